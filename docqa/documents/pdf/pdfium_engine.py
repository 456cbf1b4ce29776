"""PDFium as a PDF engine, through its C functions. The only module that uses PDFium's handles.

Worker processes import it, so it must be cheap to import. The functions are called with buffers that are reused:
wrapper objects with finalizers cost more than what they wrap.
"""

import ctypes
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2_raw as pdfium

from docqa.documents.pdf.engines import (
    OutlineEntry,
    PasswordRejectedError,
    PdfEngineError,
    TextFragment,
    TextQuality,
    UnsupportedEncryptionError,
    XfaForm,
)
from docqa.documents.pdf.form_fields import FilledField, append_comments, insert_fields
from docqa.documents.pdf.pdfium_forms import PdfiumForm, wide_string, xfa_form
from docqa.documents.pdf.pdfium_quality import quality

# PDFium is not thread-safe, not even for different documents.
_LOCK = threading.RLock()

_ERRORS = {
    pdfium.FPDF_ERR_FILE: "file access error",
    pdfium.FPDF_ERR_FORMAT: "data format error",
    pdfium.FPDF_ERR_PAGE: "page not found or content error",
}

# PDFium ends a line with CR LF, or with U+FFFE if it removed a hyphen and the word continues.
_LINE = re.compile("[^\r\n\ufffe]+")

_MAX_OUTLINE_DEPTH = 15

_Box = tuple[float, float, float, float]

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
        self._sides = [ctypes.c_double() for _ in range(4)]
        self._side_pointers = [ctypes.byref(side) for side in self._sides]
        self._loose_box = pdfium.FS_RECTF()
        self._loose_box_pointer = ctypes.byref(self._loose_box)
        self._form: PdfiumForm | None = None
        self._quality = TextQuality(0.0, loses_letters=False, is_blank=True)

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

    def fragments(self, page: int) -> list[TextFragment] | None:
        """The lines of a page, cut at wide gaps, in PDFium's order; None if the page is damaged."""
        handle = pdfium.FPDF_LoadPage(self._document, page)
        if not handle:
            return None
        self._close_page()
        self._open_page = handle
        fields, comments = self._annotations(page) if pdfium.FPDFPage_GetAnnotCount(handle) > 0 else ([], [])
        text_page = pdfium.FPDFText_LoadPage(self._open_page)
        if not text_page:
            return None
        try:
            fragments = self._fragments(self._open_page, text_page)
        finally:
            pdfium.FPDFText_ClosePage(text_page)
        return append_comments(insert_fields(fragments, fields), comments)

    def _annotations(self, index: int) -> tuple[list[FilledField], list[str]]:
        """The filled fields and the comments of the open page. It is opened again if stamps became part of it."""
        if self._form is None:
            self._form = PdfiumForm(self._document)
        page = self._open_page
        annotations = self._form.read_page(page, _to_display(page))
        if self._form.draw_stamps(page):
            drawn = pdfium.FPDF_LoadPage(self._document, index)
            if drawn:
                self._close_page()
                self._open_page = drawn
        return annotations

    def text_quality(self) -> TextQuality:
        """How far the text of the page whose fragments were read last can be trusted."""
        return self._quality

    def _fragments(self, page: Any, text_page: Any) -> list[TextFragment]:
        text = self._text(text_page)
        self._quality = quality(page, text_page, text)
        to_display = _to_display(page)
        fragments = []
        for row, match in enumerate(_LINE.finditer(text)):
            begin, end = match.span()
            hyphen = text[end : end + 1] == "\ufffe"
            pieces = self._pieces(text_page, begin, end)
            for number, (first, last, box, size) in enumerate(pieces, 1):
                x0, top, x1, bottom = to_display(box)
                fragments.append(
                    TextFragment(text[first:last], x0, top, x1, bottom, size, row, hyphen and number == len(pieces))
                )
        return fragments

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
        return "".join(chr(unicode_at(text_page, i) or 0x20) for i in range(count))

    def _pieces(self, text_page: Any, begin: int, end: int) -> list[tuple[int, int, _Box, float]]:
        """Cut one of PDFium's lines at wide gaps: (first, last, box, height of the type in points)."""
        count = pdfium.FPDFText_CountRects(text_page, begin, end - begin)
        if count <= 0:
            return []
        size = self._type_height(text_page, begin)
        groups: list[_Box] = []
        lefts = []  # Of the first box of each group: in right-to-left text, the others may extend further left.
        for i in range(count):
            left, bottom, right, top = self._rectangle(text_page, i)
            if groups and left - groups[-1][2] <= 1.5 * size:
                x0, y0, x1, y1 = groups[-1]
                groups[-1] = (min(x0, left), min(y0, bottom), max(x1, right), max(y1, top))
            else:
                groups.append((left, bottom, right, top))
                lefts.append(left)
        if len(groups) == 1:
            return [(begin, end, groups[0], size)]
        pieces = []
        first = begin
        for index, box in enumerate(groups):
            last = end
            if index + 1 < len(groups):
                last = self._first_right_of(text_page, first + 1, end, lefts[index + 1])
            pieces.append((first, last, box, size))
            first = last
        return pieces

    def _rectangle(self, text_page: Any, index: int) -> _Box:
        left, top, right, bottom = self._sides
        pdfium.FPDFText_GetRect(text_page, index, *self._side_pointers)
        return left.value, bottom.value, right.value, top.value

    def _type_height(self, text_page: Any, index: int) -> float:
        """Height of the font's box: unlike the font size, it includes the page's transformations."""
        box = self._loose_box
        if not pdfium.FPDFText_GetLooseCharBox(text_page, index, self._loose_box_pointer):
            return 10.0
        return float(max(1.0, min(abs(box.top - box.bottom), 200.0)))

    def _first_right_of(self, text_page: Any, first: int, end: int, left: float) -> int:
        """Index of the first character from `first` on whose box begins at `left` or further right."""
        x0, x1, *_ = self._sides
        for index in range(first, end):
            if (
                pdfium.FPDFText_GetCharBox(text_page, index, *self._side_pointers)
                and x0.value >= left - 0.5
                and x1.value > x0.value
            ):
                return index
        return end


def _to_display(page: Any) -> Callable[[_Box], _Box]:
    """Returns what converts PDF's boxes of an open page."""
    rotation = pdfium.FPDFPage_GetRotation(page) * 90
    width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    if rotation in {90, 270}:
        width, height = height, width  # Coordinates are those of the page before rotation.
    return lambda box: _rotated(box, rotation, width, height)


def _rotated(box: _Box, rotation: int, width: float, height: float) -> _Box:
    """Convert PDF's (left, bottom, right, top), y upwards, to (x0, top, x1, bottom) as displayed, y downwards."""
    left, bottom, right, top = box
    if rotation == 90:
        return bottom, left, top, right
    if rotation == 180:
        return width - right, bottom, width - left, top
    if rotation == 270:
        return height - top, width - right, height - bottom, width - left
    return left, height - top, right, height - bottom
