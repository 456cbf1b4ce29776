"""PDF to `Document`, by the first engine that can read the file.

Title, outline and page labels come from the same engine as the text: asking pypdf for them would make a parse up to
twice as long (benchmarks/documents.py).
"""

import gc
import pkgutil
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from docqa.documents.blocks import Blocks
from docqa.documents.document import Document, Lines, Section, find_breaks
from docqa.documents.pdf.arrangement import arrange
from docqa.documents.pdf.cleaning import clean
from docqa.documents.pdf.damage import Damage, damage_of
from docqa.documents.pdf.engines import (
    ENGINES,
    OpenPdf,
    OutlineEntry,
    PasswordRejectedError,
    PdfEngine,
    PdfEngineError,
    PdfFile,
    UnsupportedEncryptionError,
)
from docqa.documents.pdf.page_faults import PageFaults, page_ranges
from docqa.documents.pdf.parallel import ReadPages, read_pages
from docqa.documents.pdf.reading_order import ReadPage, page_lines
from docqa.documents.pdf.running_text import RunningText
from docqa.documents.pdf.xfa import is_placeholder, values_page
from docqa.documents.signatures import kind_of
from docqa.documents.source import Source
from docqa.errors import DocqaError
from docqa.progress import Monitor
from docqa.wording import counted

# In running text, a line end or a wide gap is one between rows or cells.
_BREAKS = re.compile("\n"), re.compile("  ")  # One after the other, they are found ten times as fast as at once.

_LISTED_ATTACHMENTS = 3
_HEADER = 1024  # Bytes in which a PDF begins.
_NO_TITLES = frozenset({"untitled", "_goback"})  # What editors call a bookmark that nobody gave a name.

_COPY_AGAIN = "copy or download it again, and compare its size with the original's"
_DAMAGES: dict[Damage, tuple[str, str]] = {
    "cut": ("its end is missing", _COPY_AGAIN),
    "text": ("its bytes were converted as if it were text", "copy or download it again, as a binary file"),
    "parts": ("parts of it can't be decompressed", _COPY_AGAIN),
}
"""For messages: what happened, and what to do."""


def parse(source: Source, monitor: Monitor, processes: int | None = None) -> Document:
    """Parse a PDF, with as many processes as is fastest if `processes` is None.

    Raises `DocqaError` if it is encrypted, damaged, empty, or has no text layer.
    """
    if not source.data:
        raise DocqaError(f"{source.display_name} is empty", "there is nothing in it to ask about")
    errors: list[PdfEngineError] = []
    for engine in ENGINES:
        open_pdf: OpenPdf = pkgutil.resolve_name(engine.open)
        try:
            with open_pdf(source.data, source.password) as file, _without_collections():
                document = _read(source, file, engine, monitor, processes)
        except PasswordRejectedError as error:
            raise _password_error(source) from error
        except PdfEngineError as error:
            errors.append(error)
            if damage_of(source.data) == "text":
                break  # The next one would look for each of its objects in the whole file.
            continue
        return document
    raise _unreadable(source, errors[0]) from errors[-1]


@contextmanager
def _without_collections() -> Iterator[None]:
    """Don't look for cyclic garbage meanwhile: a parse makes hardly any, and the search takes a tenth of its time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _password_error(source: Source) -> DocqaError:
    if source.password is None:
        return DocqaError(f"{source.display_name} is encrypted", "give its password: --password PASSWORD")
    return DocqaError(f"{source.display_name} does not open with this password", "check it: --password PASSWORD")


def _unreadable(source: Source, error: PdfEngineError) -> DocqaError:
    if isinstance(error, UnsupportedEncryptionError):
        return DocqaError(
            f"{source.display_name} is encrypted by a method that docqa does not support, such as a certificate",
            "save or print it without encryption from a viewer that opens it",
        )
    kind = kind_of(source.data)
    if kind:
        return DocqaError(
            f"{source.display_name} is no PDF: it is {kind}", "save it as a PDF in the program that it is from"
        )
    if b"%PDF" in source.data[:_HEADER] and (damage := damage_of(source.data)):
        return _damage_error(source, damage)
    return DocqaError(
        f"{source.display_name} is damaged or not a PDF ({error})",
        "open and save it again in a PDF viewer, or try `qpdf in.pdf out.pdf`",
    )


def _damage_error(source: Source, damage: Damage) -> DocqaError:
    what, hint = _DAMAGES[damage]
    return DocqaError(f"{source.display_name} is damaged: {what}", hint)


def _read(source: Source, file: PdfFile, engine: PdfEngine, monitor: Monitor, processes: int | None) -> Document:
    pages = read_pages(file, engine, source, monitor, processes)
    if not pages:
        raise DocqaError(f"{source.display_name} has no pages", "there is nothing in it to ask about")
    pages, form_warnings = _without_placeholder(source, file, pages)
    faults = PageFaults([page.fault if page else "" for page in pages])
    running_text = arrange(pages)
    text = running_text.text
    is_unread = faults.all_unread or not text[: running_text.body_end].strip()
    damage = damage_of(source.data)
    if is_unread:
        raise _damage_error(source, damage) if damage else faults.as_error(source.display_name)
    return Document(
        name=source.name,
        format="pdf",
        sha256=source.sha256,
        text=text,
        body_end=running_text.body_end,
        lines=_lines(running_text),
        breaks=np.sort(np.concatenate([find_breaks(pattern, text) for pattern in _BREAKS])),
        blocks=Blocks.of(running_text.blocks),
        tables=tuple(running_text.tables),
        page_labels=tuple(clean(label).strip() or str(number) for number, label in enumerate(file.page_labels(), 1)),
        sections=_sections(file.outline(), running_text),
        title=clean(file.title).strip() or None,
        encrypted=file.encrypted,
        warnings=(
            *_engine_warnings(pages, engine),
            *_damage_warnings(damage),
            *form_warnings,
            *faults.warnings(),
            *_attachments(file),
        ),
    )


def _engine_warnings(pages: ReadPages, engine: PdfEngine) -> Iterator[str]:
    preferred = ENGINES[0]
    if engine is not preferred:
        yield f"{preferred.name} can't read it; read with {engine.name}"
    damaged = [number for number, page in enumerate(pages, 1) if page is None]
    if damaged:
        yield f"{page_ranges(damaged)} {'is' if len(damaged) == 1 else 'are'} damaged and {_was(damaged)} left out"


def _damage_warnings(damage: Damage) -> Iterator[str]:
    if damage:
        what, hint = _DAMAGES[damage]
        yield f"is damaged: {what}, so that text may be missing; {hint}"


def _was(items: Sequence[object]) -> str:
    return "was" if len(items) == 1 else "were"


def _attachments(file: PdfFile) -> Iterator[str]:
    names = [clean(name).strip() or "without a name" for name in file.attachments()]
    names = [name for name in names if not name.endswith(".joboptions")]  # How Adobe's Distiller made the file.
    if names:
        listed = ", ".join(names[:_LISTED_ATTACHMENTS]) + (", …" if len(names) > _LISTED_ATTACHMENTS else "")
        yield f"has {counted(len(names), 'attachment')}, which {_was(names)} not read: {listed}"


def _without_placeholder(source: Source, file: PdfFile, pages: ReadPages) -> tuple[ReadPages, list[str]]:
    """Replace the page of an XFA form that only asks for Adobe's programs by the values typed into the form."""
    form = file.xfa() if len(pages) == 1 else None
    page = pages[0]
    if form is None or page is None:
        return pages, []
    if not is_placeholder(" ".join(line.text for line in page.lines), is_dynamic=form.is_dynamic):
        return pages, []
    values = values_page(form.data)
    if not values.fragments:
        raise DocqaError(
            f"{source.display_name} is an XFA form, of which only Adobe's programs show the text",
            "open it in Adobe Reader and print it to a PDF",
        )
    warning = "is an XFA form: only the values typed into it were read; print it to a PDF from Adobe Reader to read all"
    return [ReadPage(page_lines(values, 1), "", values.height, [])], [warning]


def _lines(running_text: RunningText) -> Lines:
    """The lines, sorted by offset."""
    starts = np.array(running_text.starts, dtype=np.int64)
    order = np.argsort(starts, kind="stable")
    return Lines(
        starts[order],
        np.array(running_text.ends, dtype=np.int64)[order],
        np.array(running_text.pages, dtype=np.int32)[order],
        np.array(running_text.numbers, dtype=np.int32)[order],
    )


def _sections(outline: Sequence[OutlineEntry], running_text: RunningText) -> tuple[Section, ...]:
    """Locate each outline entry in the text: on its page by its title, else by its height on the page."""
    sections: list[Section] = []
    by_page = running_text.body_lines() if outline else {}
    for entry in outline:
        title = " ".join(clean(entry.title).split())
        if not title or title.casefold() in _NO_TITLES:
            continue
        start = running_text.find_heading(by_page.get(entry.page + 1, []), title, entry.top)
        if start is not None:
            sections.append(Section(title, entry.level, start))
    return tuple(sorted(sections, key=lambda section: section.start))
