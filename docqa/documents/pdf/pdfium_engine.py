"""PDFium as a PDF engine, through its C functions. Only the `pdfium_` modules use its handles.

Worker processes import it, so it must be cheap to import. The functions are called with buffers that are reused:
wrapper objects with finalizers cost more than what they wrap.
"""

import ctypes
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2_raw as pdfium

from docqa.documents.pdf.engines import (
    OutlineEntry,
    PageContent,
    PasswordRejectedError,
    PdfEngineError,
    Rule,
    UnsupportedEncryptionError,
    XfaForm,
)
from docqa.documents.pdf.form_fields import ShownValue, with_values, without_copies
from docqa.documents.pdf.named_tuples import maker
from docqa.documents.pdf.pdfium_forms import PdfiumForm, wide_string, xfa_form
from docqa.documents.pdf.pdfium_hidden import hidden_objects
from docqa.documents.pdf.pdfium_page import PageText
from docqa.documents.pdf.pdfium_paths import drawn_boxes, within_rules
from docqa.documents.pdf.pdfium_quality import quality
from docqa.documents.pdf.pdfium_underscores import with_underscores

_rule = maker(Rule)

# PDFium is not thread-safe, not even for different documents.
_LOCK = threading.RLock()

_ERRORS = {
    pdfium.FPDF_ERR_FILE: "file access error",
    pdfium.FPDF_ERR_FORMAT: "data format error",
    pdfium.FPDF_ERR_PAGE: "page not found or content error",
}

_MAX_OUTLINE_DEPTH = 15

# What is U+FFFE in a page's text is U+0002 as a single character. It may be a symbol's code too.
_REMOVED_HYPHEN = re.compile(r"(?<=[^\W_])\x02(?=\w)")

pdfium.FPDF_InitLibraryWithConfig(pdfium.FPDF_LIBRARY_CONFIG(version=2))  # Does nothing if it is initialized already.


@contextmanager
def open_pdf(data: bytes, password: str | None) -> Iterator["PdfiumFile"]:
    """Open a PDF and hold PDFium's lock until it is closed. Raises `PdfEngineError` if PDFium cannot read it."""
    with _LOCK:
        encoded = None if password is None else password.encode("utf-8", "surrogateescape")
        document = pdfium.FPDF_LoadMemDocument64(data, len(data), encoded)
        if not document:
            raise _error()
        file = PdfiumFile(document)
        try:
            if not file.page_count:
                raise _error()
            yield file
        finally:
            file.close()


def _error() -> PdfEngineError:
    code = pdfium.FPDF_GetLastError()
    if code == pdfium.FPDF_ERR_PASSWORD:
        return PasswordRejectedError()
    if code == pdfium.FPDF_ERR_SECURITY:
        return UnsupportedEncryptionError()
    return PdfEngineError(f"PDFium: {_ERRORS.get(code, 'unknown error')}")


class PdfiumFile:
    """A PDF opened by PDFium."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self.page_count: int = pdfium.FPDF_GetPageCount(document)
        # PDFium unloads a font with the last page that uses it: keeping one page open saves loading it again.
        self._open_page: Any = None
        self._capacity = 0
        self._characters: Any = None
        self._form: PdfiumForm | None = None

    def close(self) -> None:
        """Close the file and the page that is still open."""
        self._close_page()
        if self._form is not None:
            self._form.close()
        pdfium.FPDF_CloseDocument(self._document)

    def _close_page(self) -> None:
        if self._open_page is not None:
            pdfium.FPDF_ClosePage(self._open_page)
            self._open_page = None

    # Metadata -------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """Title in the metadata, "" if missing."""
        return wide_string(pdfium.FPDF_GetMetaText, self._document, b"Title")

    @property
    def encrypted(self) -> bool:
        """Whether the file is encrypted, with or without a password."""
        return bool(pdfium.FPDF_GetSecurityHandlerRevision(self._document) >= 0)

    def page_labels(self) -> list[str]:
        """The label of each page, "" where the file has none."""
        return [wide_string(pdfium.FPDF_GetPageLabel, self._document, page) for page in range(self.page_count)]

    def outline(self) -> list[OutlineEntry]:
        """The outline entries that lead to a page, in order."""
        return list(self._outline_below(None, 0, set()))

    def _outline_below(self, parent: Any, level: int, seen: set[int]) -> Iterator[OutlineEntry]:
        entry = pdfium.FPDFBookmark_GetFirstChild(self._document, parent)
        while entry:
            address = ctypes.addressof(entry.contents)
            if address in seen:
                return  # Damaged files have outlines that lead back into themselves.
            seen.add(address)
            target = pdfium.FPDFBookmark_GetDest(self._document, entry)
            page = pdfium.FPDFDest_GetDestPageIndex(self._document, target) if target else -1
            if 0 <= page < self.page_count:
                title = wide_string(pdfium.FPDFBookmark_GetTitle, entry)
                yield OutlineEntry(title, level, page, self._top(target, page))
            if level + 1 < _MAX_OUTLINE_DEPTH:
                yield from self._outline_below(entry, level + 1, seen)
            entry = pdfium.FPDFBookmark_GetNextSibling(self._document, entry)

    def _top(self, target: Any, page: int) -> float | None:
        """Distance of an outline target from the top of its page, None if it doesn't say."""
        count, position = ctypes.c_ulong(), (pdfium.FS_FLOAT * 4)()
        pdfium.FPDFDest_GetView(target, count, position)
        if count.value < 2 or not position[1]:
            return None
        size = pdfium.FS_SIZEF()  # Stays 0 if the page is damaged.
        pdfium.FPDF_GetPageSizeByIndexF(self._document, page, size)
        return float(size.height - position[1])

    def attachments(self) -> list[str]:
        """The names of embedded files."""
        count = pdfium.FPDFDoc_GetAttachmentCount(self._document)
        embedded = (pdfium.FPDFDoc_GetAttachment(self._document, index) for index in range(count))
        return [wide_string(pdfium.FPDFAttachment_GetName, file) for file in embedded if file]

    def xfa(self) -> XfaForm | None:
        """The XFA form, None if there is none."""
        return xfa_form(self._document)

    # Text -----------------------------------------------------------------------------------------

    def content(self, page: int) -> PageContent | None:
        """The text of a page in PDFium's order, cut at wide gaps, and its rules; None if the page is damaged."""
        handle = pdfium.FPDF_LoadPage(self._document, page)
        if not handle:
            return None
        self._close_page()
        self._open_page = handle
        values, comments = self._annotations(page) if pdfium.FPDFPage_GetAnnotCount(handle) > 0 else ([], [])
        text_page = pdfium.FPDFText_LoadPage(self._open_page)
        if not text_page:
            return None
        try:
            return self._content(text_page, values, comments)
        finally:
            pdfium.FPDFText_ClosePage(text_page)

    def _annotations(self, index: int) -> tuple[list[ShownValue], list[str]]:
        """The values and comments on the open page. It is opened again if stamps became part of it."""
        if self._form is None:
            self._form = PdfiumForm(self._document)
        annotations = self._form.read_page(self._open_page)
        if self._form.draw_stamps(self._open_page) and (page := pdfium.FPDF_LoadPage(self._document, index)):
            self._close_page()
            self._open_page = page
        return annotations

    def _content(self, text_page: Any, values: list[ShownValue], comments: list[str]) -> PageContent:
        page = self._open_page
        boxes = drawn_boxes(page)
        characters = with_underscores(text_page, self._text(text_page), boxes)
        text = PageText(page, text_page, characters)
        frame = text.frame
        displayed = [value._replace(box=frame.as_displayed(value.box)) for value in values]
        drawn = [_rule(frame.as_displayed(box)) for box in boxes]
        in_table = within_rules(drawn)
        fragments = text.fragments(in_table)
        if text.has_white and (hidden := hidden_objects(page)):
            text.hide(hidden)
            fragments = text.fragments(in_table)
        return PageContent(
            with_values(fragments, [value for value in displayed if not frame.hides(value.box)]),
            drawn,
            frame.width,
            frame.height,
            without_copies(comments, characters) if comments else (),
            quality(page, text_page, characters),
        )

    def _text(self, text_page: Any) -> str:
        """The page's text with one code point for each of PDFium's characters, so that indices fit both."""
        count = pdfium.FPDFText_CountChars(text_page)
        if count <= 0:
            return ""
        if count > self._capacity:
            self._capacity = 2 * count
            self._characters = (ctypes.c_ushort * (2 * self._capacity + 2))()
        written = pdfium.FPDFText_GetText(text_page, 0, count, self._characters)
        text = bytes(memoryview(self._characters).cast("B")[: 2 * (written - 1)]).decode("utf-16-le", "ignore")
        if len(text) == count:
            return text
        unicode_at = pdfium.FPDFText_GetUnicode
        text = "".join(chr(unicode_at(text_page, i) or 0x20) for i in range(count))
        return _REMOVED_HYPHEN.sub("\ufffe", text)
