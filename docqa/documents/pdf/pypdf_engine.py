"""pypdf as a PDF engine: the fallback for files that PDFium rejects.

It has no boxes: every page is one column, one line below the other.
"""

import io
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pypdf import PageObject, PdfReader
from pypdf.generic import TextStringObject

from docqa.documents.pdf.cleaning import clean
from docqa.documents.pdf.engines import OutlineEntry, PageContent, PdfEngineError, TextFragment

_LOCK = threading.Lock()

_SCANNED = 1024**3
"""Bytes that may be scanned for a lost catalog, which takes seconds: pypdf goes through the file once an object."""

_OVERHEAD = 40_000
"""Bytes that are scanned in the time that looking for an object takes besides."""

_INVISIBLE, _PASSWORD = 2 | 32, 1 << 13  # Flags of annotations, and of fields.

# Points, for the boxes that pypdf doesn't give.
_SIZE, _PITCH, _CHARACTER_WIDTH = 10, 12, 5


@contextmanager
def open_pdf(data: bytes, password: str | None) -> Iterator["PypdfFile"]:
    """Open a PDF. Raises `PdfEngineError` if pypdf cannot read it."""
    with _quiet():
        with _errors():
            limit = 1 + _SCANNED // (_OVERHEAD + len(data))
            file = PypdfFile(PdfReader(io.BytesIO(data), password=password, root_object_recovery_limit=limit))
        yield file


class PypdfFile:
    """A PDF read by pypdf."""

    title = ""

    def __init__(self, reader: PdfReader) -> None:
        self._reader = reader
        self.page_count = len(reader.pages)
        self.encrypted = reader.is_encrypted

    def page_labels(self) -> Sequence[str]:
        """The label of each page."""
        with _errors():
            return self._reader.page_labels

    def outline(self) -> Sequence[OutlineEntry]:
        """Empty: without boxes, the headings could not be placed."""
        return ()

    def content(self, page: int) -> PageContent:
        """The lines of a page, with made-up boxes."""
        with _errors():
            content = self._reader.pages[page]
            texts = [*content.extract_text().split("\n"), *_form_values(content)]
        lines = [(row, clean(line)) for row, line in enumerate(texts)]
        fragments = [
            TextFragment(
                line, 0, row * _PITCH, len(line) * _CHARACTER_WIDTH, row * _PITCH + _SIZE, _SIZE, row, hyphen=False
            )
            for row, line in lines
        ]
        width = max((fragment.x1 for fragment in fragments), default=0.0)
        return PageContent(fragments, [], width, len(lines) * _PITCH)

    def attachments(self) -> Sequence[str]:
        """The names of embedded files."""
        with _errors():
            return list(self._reader.attachments)

    def xfa(self) -> None:
        """None: the XFA forms of files that only pypdf opens are not worth the code."""
        return


def _form_values(page: PageObject) -> Iterator[str]:
    """The values of the text and choice fields on a page, with their fields' names: "Boat: Kittiwake"."""
    for annotation in page.get("/Annots", ()):
        widget = annotation.get_object()
        parent = widget["/Parent"].get_object() if "/Parent" in widget else {}
        value = widget.get("/V", parent.get("/V"))
        if (
            widget.get("/FT", parent.get("/FT")) in {"/Tx", "/Ch"}
            and isinstance(value, TextStringObject)
            and value.strip()
            and not widget.get("/F", 0) & _INVISIBLE
            and not widget.get("/Ff", parent.get("/Ff", 0)) & _PASSWORD
        ):
            name = widget.get("/TU") or widget.get("/T") or parent.get("/T")
            yield f"{name}: {value}"


@contextmanager
def _errors() -> Iterator[None]:
    """Turn every exception of pypdf into a `PdfEngineError`: on damaged files, any line of its code may fail."""
    try:
        yield
    except Exception as error:
        raise PdfEngineError(f"pypdf: {type(error).__name__}") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence pypdf's log while a file is read: the user can do nothing about its warnings."""
    logger = logging.getLogger("pypdf")
    with _LOCK:  # Overlapping calls would restore each other's level.
        level = logger.level
        logger.setLevel(logging.CRITICAL)
        try:
            yield
        finally:
            logger.setLevel(level)
