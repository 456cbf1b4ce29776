"""PDF. PDFium reads the file; where it can't, pypdf is the second opinion.

PDFium gives the text, and with it the title, the outline and the page labels, which it has at hand already: asking
pypdf for these would make a parse up to twice as long (benchmarks/documents.py).
"""

import ctypes
import hashlib
import io
import logging
import re
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from docqa.documents.document import Document, Lines, Section
from docqa.documents.layout import Fragment, arrange
from docqa.documents.paragraphs import Layout
from docqa.documents.source import Source
from docqa.errors import DocqaError
from docqa.progress import Monitor

# PDFium is not thread-safe, not even over different documents.
_PDFIUM = threading.RLock()

# PDFium ends a line with CR LF, or with U+FFFE where a hyphen was and the word goes on.
_LINE = re.compile("[^\r\n\ufffe]+")
_SURROGATE = re.compile("[\ud800-\udfff]")

# Typographic ligatures are one glyph for several letters: a person who types "office" means the letters.
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | {chr(code): " " for code in (*range(0x20), 0x7F, 0xA0)}
    | {"\u00ad": None, "\ufeff": None, "\uffff": None}
)

# The dots that lead the eye across a table of contents are no text, and a reader would spend half a window on them.
_LEADER = re.compile(r"(?:\s?[.·…]){5,}")

_SCAN_HINT = "it may be a scan; run it through OCR first, for example `ocrmypdf in.pdf out.pdf`"


def parse(source: Source, monitor: Monitor) -> Document:
    """Parse a PDF. Raises `DocqaError` where it is encrypted, damaged, empty, or has no text layer."""
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
            return _parse_with_pdfium(source, file, monitor)
        finally:
            file.close()


def _password_error(source: Source) -> DocqaError:
    if source.password is None:
        return DocqaError(f"{source.name} is encrypted", "give its password: --password PASSWORD")
    return DocqaError(f"{source.name} does not open with this password", "check it: --password PASSWORD")


def _parse_with_pdfium(source: Source, file: Any, monitor: Monitor) -> Document:
    count = len(file)
    pages: list[list[Fragment]] = []
    labels = []
    unreadable = []
    for index in range(count):
        monitor.update("reading pages", source.name, index, count)
        labels.append(file.get_page_label(index) or str(index + 1))
        try:
            pages.append(_fragments(file[index]))
        except pdfium.PdfiumError:
            pages.append([])
            unreadable.append(index + 1)
    monitor.update("reading pages", source.name, count, count)
    heights = [file.get_page_size(index)[1] for index in range(count)]
    layout = arrange(pages)
    sections = _outline(file, layout, heights)
    warnings = [f"page {page} is damaged and was left out" for page in unreadable]
    return _document(
        source,
        layout,
        labels=tuple(labels),
        sections=sections,
        title=_clean(file.get_metadata_value("Title")).strip() or None,
        encrypted=pdfium_c.FPDF_GetSecurityHandlerRevision(file) >= 0,
        warnings=warnings,
    )


def _document(
    source: Source,
    layout: Layout,
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
        sha256=hashlib.sha256(source.data).hexdigest(),
        text=layout.text,
        body_end=layout.body_end,
        lines=lines,
        page_labels=labels,
        sections=sections,
        title=title,
        encrypted=encrypted,
        warnings=tuple(notes),
    )


def _fragments(page: Any) -> list[Fragment]:
    """Read one page's lines, each cut where a gap of columns stands in it, in PDFium's order."""
    text_page = page.get_textpage()
    text = _characters(text_page)
    turn = page.get_rotation()
    width, height = page.get_size()
    if turn in {90, 270}:
        width, height = height, width  # Coordinates are those of the page before it was turned.
    fragments = []
    for row, match in enumerate(_LINE.finditer(text)):
        begin, end = match.span()
        hyphen = text[end : end + 1] == "\ufffe"
        pieces = list(_pieces(text_page, begin, end))
        for place, (first, last, box, size) in enumerate(pieces):
            content = _clean(text[first:last])
            if not content.strip():
                continue
            x0, top, x1, bottom = _turned(box, turn, width, height)
            fragments.append(Fragment(content, x0, top, x1, bottom, size, row, hyphen and place == len(pieces) - 1))
    text_page.close()
    page.close()
    return fragments


def _characters(text_page: Any) -> str:
    """Give the page's text with one code point for each of PDFium's characters, so that indices serve for both."""
    count = text_page.count_chars()
    text: str = text_page.get_text_range()
    if len(text) == count:
        return text
    unicode_at = pdfium_c.FPDFText_GetUnicode
    return "".join(chr(unicode_at(text_page, i) or 0x20) for i in range(count))


_Box = tuple[float, float, float, float]


def _pieces(text_page: Any, begin: int, end: int) -> Iterator[tuple[int, int, _Box, float]]:
    """Cut one line of PDFium's at wide gaps: (first, last, box, height of the type in points)."""
    count = pdfium_c.FPDFText_CountRects(text_page, begin, end - begin)
    boxes = [text_page.get_rect(i) for i in range(count)]
    size = _type_height(text_page, begin)
    if not boxes:
        return
    groups = [[boxes[0]]]
    for box in boxes[1:]:
        if box[0] - max(b[2] for b in groups[-1]) > 1.5 * size:
            groups.append([box])
        else:
            groups[-1].append(box)
    first = begin
    for index, group in enumerate(groups):
        last = end
        if index + 1 < len(groups):
            last = _first_right_of(text_page, first + 1, end, groups[index + 1][0][0])
        yield first, last, _union(group), size
        first = last


def _union(boxes: list[_Box]) -> _Box:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def _type_height(text_page: Any, index: int) -> float:
    """Height of the font's box: unlike the font's size, it has been through the page's transformations."""
    box = pdfium_c.FS_RECTF()
    if not pdfium_c.FPDFText_GetLooseCharBox(text_page, index, box):
        return 10.0
    return float(max(1.0, min(abs(box.top - box.bottom), 200.0)))


def _first_right_of(text_page: Any, first: int, end: int, left: float) -> int:
    """Index of the first character from `first` on whose box begins at `left` or further right."""
    x0, x1, y0, y1 = (ctypes.c_double() for _ in range(4))
    for index in range(first, end):
        if (
            pdfium_c.FPDFText_GetCharBox(text_page, index, x0, x1, y0, y1)
            and x0.value >= left - 0.5
            and x1.value > x0.value
        ):
            return index
    return end


def _turned(box: _Box, turn: int, width: float, height: float) -> _Box:
    """Turn PDF's (left, bottom, right, top), y upwards, into (x0, top, x1, bottom) as a person sees it, y downwards."""
    left, bottom, right, top = box
    if turn == 90:
        return bottom, left, top, right
    if turn == 180:
        return width - right, bottom, width - left, top
    if turn == 270:
        return height - top, width - right, height - bottom, width - left
    return left, height - top, right, height - bottom


def _clean(text: str) -> str:
    """Spell out ligatures, shorten leaders, drop what has no width, and mend surrogates."""
    text = _LEADER.sub(" … ", text.translate(_LIGATURES))
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _outline(file: Any, layout: Layout, heights: list[float]) -> tuple[Section, ...]:
    """Find each entry of the outline in the text: on its page, by its title, else by its height on the page."""
    sections = []
    by_page = layout.body_lines()
    for entry in file.get_toc():
        destination = entry.get_dest()
        page = destination.get_index() if destination else None
        title = " ".join(_clean(entry.get_title()).split())
        if page is None or not title or not 0 <= page < len(heights):
            continue
        _, view = destination.get_view()
        top = heights[page] - view[1] if len(view) > 1 and view[1] else None
        start = layout.find_heading(by_page.get(page + 1, []), title, top)
        if start is not None:
            sections.append(Section(title, entry.level, start))
    return tuple(sorted(sections, key=lambda section: section.start))


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
            pages.append(_lines_without_boxes(reader.pages[index].extract_text()))
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


def _lines_without_boxes(text: str) -> list[Fragment]:
    fragments = []
    for row, line in enumerate(text.split("\n")):
        content = _clean(line)
        if content.strip():
            fragments.append(Fragment(content, 0, row * 12, len(content) * 5, row * 12 + 10, 10, row, False))
    return fragments
