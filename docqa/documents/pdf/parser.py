"""PDF. PDFium reads the file; where it can't, pypdf is the second opinion.

PDFium gives the text, and with it the title, the outline and the page labels, which it has at hand already: asking
pypdf for these would make a parse up to twice as long (benchmarks/documents.py).
"""

import io
import logging
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from docqa.documents.document import Document, Lines, Section
from docqa.documents.pdf.paragraphs import RunningText
from docqa.documents.pdf.parallel import read_pages
from docqa.documents.pdf.pdfium import clean
from docqa.documents.pdf.reading_order import TextFragment, arrange, page_lines
from docqa.documents.source import Source
from docqa.errors import DocqaError
from docqa.progress import Monitor

# PDFium is not thread-safe, not even over different documents.
_PDFIUM = threading.RLock()

_SCAN_HINT = "it may be a scan; run it through OCR first, for example `ocrmypdf in.pdf out.pdf`"


def parse(source: Source, monitor: Monitor, processes: int | None = None) -> Document:
    """Parse a PDF, by `processes` of them, or as many as are worth it.

    Raises `DocqaError` where it is encrypted, damaged, empty, or has no text layer.
    """
    if not source.data:
        raise DocqaError(f"{source.name} is empty", "there is nothing in it to ask about")
    with _PDFIUM:
        try:
            file = pdfium.PdfDocument(source.data, password=source.password)
        except pdfium.PdfiumError as error:
            if "password" in str(error).lower():
                raise _password_error(source) from error
            return _second_opinion(source, monitor, str(error))
        try:
            return _parse_with_pdfium(source, file, monitor, processes)
        finally:
            file.close()


def _password_error(source: Source) -> DocqaError:
    if source.password is None:
        return DocqaError(f"{source.name} is encrypted", "give its password: --password PASSWORD")
    return DocqaError(f"{source.name} does not open with this password", "check it: --password PASSWORD")


def _parse_with_pdfium(source: Source, file: Any, monitor: Monitor, processes: int | None) -> Document:
    count = len(file)
    read = read_pages(file.raw, source, count, monitor, processes)
    damaged = [number for number, page in enumerate(read, 1) if page is None]
    layout = arrange([page or [] for page in read])
    sections = _outline(file, layout, count)
    labels = [file.get_page_label(index) or str(index + 1) for index in range(count)]
    warnings = [f"page {page} is damaged and was left out" for page in damaged]
    return _document(
        source,
        layout,
        labels=tuple(labels),
        sections=sections,
        title=clean(file.get_metadata_value("Title")).strip() or None,
        encrypted=pdfium_c.FPDF_GetSecurityHandlerRevision(file) >= 0,
        warnings=warnings,
    )


def _document(
    source: Source,
    layout: RunningText,
    *,
    labels: tuple[str, ...],
    sections: tuple[Section, ...] = (),
    title: str | None = None,
    encrypted: bool = False,
    warnings: Sequence[str] = (),
) -> Document:
    if not labels:
        raise DocqaError(f"{source.name} has no pages", "there is nothing in it to ask about")
    if not layout.text[: layout.body_end].strip():
        raise DocqaError(f"{source.name} has no text layer on any of its {len(labels)} pages", _SCAN_HINT)
    blank = len(labels) - len({int(page) for page in layout.pages})
    notes = list(warnings)
    if blank > len(labels) // 4:
        notes.append(f"{blank} of {len(labels)} pages have no text; {_SCAN_HINT}")
    order = np.argsort(np.array(layout.starts, dtype=np.int64), kind="stable")
    lines = Lines(
        np.array(layout.starts, dtype=np.int64)[order],
        np.array(layout.ends, dtype=np.int64)[order],
        np.array(layout.pages, dtype=np.int32)[order],
        np.array(layout.numbers, dtype=np.int32)[order],
    )
    return Document(
        name=source.name,
        kind="pdf",
        sha256=source.sha256,
        text=layout.text,
        body_end=layout.body_end,
        lines=lines,
        page_labels=labels,
        sections=sections,
        title=title,
        encrypted=encrypted,
        warnings=tuple(notes),
    )


def _outline(file: Any, layout: RunningText, count: int) -> tuple[Section, ...]:
    """Find each entry of the outline in the text: on its page, by its title, else by its height on the page."""
    sections = []
    by_page = layout.body_lines()
    for entry in file.get_toc():
        destination = entry.get_dest()
        page = destination.get_index() if destination else None
        title = " ".join(clean(entry.get_title()).split())
        if page is None or not title or not 0 <= page < count:
            continue
        _, view = destination.get_view()
        top = _height(file, page) - view[1] if len(view) > 1 and view[1] else None
        start = layout.find_heading(by_page.get(page + 1, []), title, top)
        if start is not None:
            sections.append(Section(title, entry.level, start))
    return tuple(sorted(sections, key=lambda section: section.start))


def _height(file: Any, page: int) -> float:
    """Height of a page in points, 0 where the page is damaged."""
    size = pdfium_c.FS_SIZEF()
    pdfium_c.FPDF_GetPageSizeByIndexF(file, page, size)
    return float(size.height)


def _second_opinion(source: Source, monitor: Monitor, first: str) -> Document:
    """Read with pypdf what PDFium can't. Lines have no boxes then: one column, one line below the other."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    damaged = DocqaError(
        f"{source.name} is damaged or not a PDF ({first.rstrip('.')})",
        "open and save it again in a PDF viewer, or try `qpdf in.pdf out.pdf`",
    )
    try:
        reader = PdfReader(io.BytesIO(source.data), password=source.password)
        count = len(reader.pages)
        pages = []
        for index in range(count):
            monitor.update("reading pages", source.name, index, count)
            pages.append(page_lines(_without_boxes(reader.pages[index].extract_text()), index + 1))
        labels = tuple(reader.page_labels)
    # pypdf meets damage with whatever its own code then trips over.
    except (
        PyPdfError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        RecursionError,
        OSError,
    ) as error:
        raise damaged from error
    return _document(source, arrange(pages), labels=labels, warnings=("PDFium can't read it; read with pypdf",))


def _without_boxes(text: str) -> list[TextFragment]:
    fragments = []
    for row, line in enumerate(text.split("\n")):
        content = clean(line)
        if content.strip():
            fragments.append(TextFragment(content, 0, row * 12, len(content) * 5, row * 12 + 10, 10, row, False))
    return fragments
