"""What PDFium's annotations show: the values of form fields, typed-in text and comments.

PDFium's text page does not include them. Besides `pdfium_engine`, the only module that uses PDFium's handles.
"""

import ctypes
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2_raw as pdfium

from docqa.documents.pdf.engines import XfaForm
from docqa.documents.pdf.form_fields import CHECKED, UNCHECKED, ShownValue

_INVISIBLE = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW

_BOXES = {pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON}
_CHOICES = {pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX}

_COMMENTS = {
    pdfium.FPDF_ANNOT_TEXT,
    pdfium.FPDF_ANNOT_LINE,
    pdfium.FPDF_ANNOT_SQUARE,
    pdfium.FPDF_ANNOT_CIRCLE,
    pdfium.FPDF_ANNOT_POLYGON,
    pdfium.FPDF_ANNOT_POLYLINE,
    pdfium.FPDF_ANNOT_HIGHLIGHT,
    pdfium.FPDF_ANNOT_UNDERLINE,
    pdfium.FPDF_ANNOT_SQUIGGLY,
    pdfium.FPDF_ANNOT_STRIKEOUT,
    pdfium.FPDF_ANNOT_STAMP,
    pdfium.FPDF_ANNOT_CARET,
    pdfium.FPDF_ANNOT_INK,
}

_MAX_OPTIONS = 1000
_MAX_STAMP_OBJECTS = 100
_NUMBER = re.compile(r"[+-]?\d*[.,]?\d+")
_FILLED = re.compile(r"\sre\s+[fFbB]\b")
_SHOWN_STRING = re.compile(r"\(((?:[^()\\]|\\.)*)\)\s*(?:Tj|'|\")")


class PdfiumForm:
    """The form of an open document. It must be closed before the document."""

    def __init__(self, document: Any) -> None:
        self._info = pdfium.FPDF_FORMFILLINFO(version=2)  # PDFium keeps a pointer to it.
        self._handle = pdfium.FPDFDOC_InitFormFillEnvironment(document, self._info)

    def close(self) -> None:
        """Release PDFium's form."""
        if self._handle:
            pdfium.FPDFDOC_ExitFormFillEnvironment(self._handle)

    def read_page(self, page: Any) -> tuple[list[ShownValue], list[str]]:
        """The values on a page, with PDFium's boxes, and its comments."""
        values: list[ShownValue] = []
        comments: list[str] = []
        for _, annotation in _annotations(page):
            subtype = pdfium.FPDFAnnot_GetSubtype(annotation)
            if subtype in _COMMENTS:
                comments += _comment(annotation)
            elif subtype == pdfium.FPDF_ANNOT_FREETEXT:
                covers = _FILLED.search(_appearance(annotation)) is not None
                values.append(ShownValue(_value(annotation, b"Contents"), _box(annotation), 0.0, True, covers))
            elif subtype == pdfium.FPDF_ANNOT_WIDGET:
                values += self._field(annotation)
        return values, comments

    def draw_stamps(self, page: Any) -> bool:
        """Make signatures and stamps with text part of the page, which must be loaded again to see them.

        Their text is only in their appearance, which no other function of PDFium returns. It changes the open
        document, not the file.
        """
        stamps = [index for index, stamp in _annotations(page) if self._is_stamp(stamp)]
        if not stamps:
            return False
        for index, annotation in _annotations(page):
            if index not in stamps:
                pdfium.FPDFAnnot_SetFlags(annotation, pdfium.FPDF_ANNOT_FLAG_HIDDEN)
        return bool(pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_SUCCESS)

    def _is_stamp(self, annotation: Any) -> bool:
        subtype = pdfium.FPDFAnnot_GetSubtype(annotation)
        if subtype != pdfium.FPDF_ANNOT_STAMP and (
            subtype != pdfium.FPDF_ANNOT_WIDGET
            or pdfium.FPDFAnnot_GetFormFieldType(self._handle, annotation) != pdfium.FPDF_FORMFIELD_SIGNATURE
        ):
            return False
        kinds = {
            pdfium.FPDFPageObj_GetType(pdfium.FPDFAnnot_GetObject(annotation, index))
            for index in range(min(_MAX_STAMP_OBJECTS, pdfium.FPDFAnnot_GetObjectCount(annotation)))
        }
        return not kinds.isdisjoint({pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_FORM})

    def _field(self, widget: Any) -> Iterator[ShownValue]:
        left, bottom, right, top = box = _box(widget)
        if right - left < 1 or top - bottom < 1:
            return  # Fields that scripts use have no extent.
        kind = pdfium.FPDFAnnot_GetFormFieldType(self._handle, widget)
        if kind in _BOXES:
            yield ShownValue(CHECKED if self._checked(widget) else UNCHECKED, box)
        elif kind in _CHOICES:
            yield ShownValue(self._choice(widget), box, self._size(widget))
        elif kind == pdfium.FPDF_FORMFIELD_TEXTFIELD:
            flags = pdfium.FPDFAnnot_GetFormFieldFlags(self._handle, widget)
            if not flags & pdfium.FPDF_FORMFLAG_TEXT_PASSWORD:
                value = _as_shown(wide_string(pdfium.FPDFAnnot_GetFormFieldValue, self._handle, widget), widget)
                multiline = bool(flags & pdfium.FPDF_FORMFLAG_TEXT_MULTILINE)
                yield ShownValue(value, box, self._size(widget), from_top=multiline)
        elif kind in {-1, pdfium.FPDF_FORMFIELD_UNKNOWN} and _value(widget, b"FT") == "Tx":
            yield ShownValue(_value(widget, b"V"), box)  # The document's form does not list this field.

    def _checked(self, widget: Any) -> bool:
        if pdfium.FPDFAnnot_HasKey(widget, b"AS"):
            return _value(widget, b"AS") not in {"", "Off"}
        value = wide_string(pdfium.FPDFAnnot_GetFormFieldValue, self._handle, widget)
        return bool(value) and value == wide_string(pdfium.FPDFAnnot_GetFormFieldExportValue, self._handle, widget)

    def _choice(self, widget: Any) -> str:
        """The labels of the selected options: the value is what a program is sent."""
        count = min(_MAX_OPTIONS, pdfium.FPDFAnnot_GetOptionCount(self._handle, widget))
        selected = [
            wide_string(pdfium.FPDFAnnot_GetOptionLabel, self._handle, widget, index)
            for index in range(count)
            if pdfium.FPDFAnnot_IsOptionSelected(self._handle, widget, index)
        ]
        return ", ".join(selected) or wide_string(pdfium.FPDFAnnot_GetFormFieldValue, self._handle, widget)

    def _size(self, widget: Any) -> float:
        """The font's size in points, 0 if it depends on the field's size."""
        size = ctypes.c_float()
        pdfium.FPDFAnnot_GetFontSize(self._handle, widget, size)
        return float(size.value)


def xfa_form(document: Any) -> XfaForm | None:
    """The XFA form of an open document: its packet with the values, or all of them if they are one."""
    kind = pdfium.FPDF_GetFormType(document)
    if kind not in {pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND}:
        return None
    packets = {
        _bytes(pdfium.FPDF_GetXFAPacketName, document, index).rstrip(b"\0"): index
        for index in range(pdfium.FPDF_GetXFAPacketCount(document))
    }
    index = packets.get(b"datasets", 0 if len(packets) == 1 else None)
    data = b"" if index is None else _content(document, index)
    return XfaForm(kind == pdfium.FORMTYPE_XFA_FULL, data)


def _content(document: Any, index: int) -> bytes:
    size = ctypes.c_ulong()
    pdfium.FPDF_GetXFAPacketContent(document, index, None, 0, size)
    buffer = ctypes.create_string_buffer(size.value)
    pdfium.FPDF_GetXFAPacketContent(document, index, buffer, size.value, size)
    return buffer.raw[: size.value]


def _bytes(function: Callable[..., int], *arguments: Any) -> bytes:
    size = function(*arguments, None, 0)
    buffer = ctypes.create_string_buffer(size)
    function(*arguments, buffer, size)
    return buffer.raw


@contextmanager
def _opened(page: Any, index: int) -> Iterator[Any]:
    annotation = pdfium.FPDFPage_GetAnnot(page, index)
    try:
        yield annotation
    finally:
        if annotation:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _annotations(page: Any) -> Iterator[tuple[int, Any]]:
    """The visible annotations of a page with their indices, each open until the next."""
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        with _opened(page, index) as annotation:
            if annotation and not pdfium.FPDFAnnot_GetFlags(annotation) & _INVISIBLE:
                yield index, annotation


def _comment(annotation: Any) -> Iterator[str]:
    if pdfium.FPDFAnnot_HasKey(annotation, b"StateModel"):
        return  # "Accepted set by …", of a review.
    text = " ".join(_value(annotation, b"Contents").split())
    if text:
        yield text


def _as_shown(value: str, widget: Any) -> str:
    """A number as its field formats it: a value of 302.8 may be shown as "302,80 €"."""
    if not _NUMBER.fullmatch(value):
        return value
    shown = "".join(_SHOWN_STRING.findall(_appearance(widget))).replace("\\", "").strip()
    return shown if any(map(str.isdigit, shown)) and shown.isprintable() else value


def _appearance(annotation: Any) -> str:
    """The operators that draw an annotation."""
    return wide_string(pdfium.FPDFAnnot_GetAP, annotation, pdfium.FPDF_ANNOT_APPEARANCEMODE_NORMAL)


def _box(annotation: Any) -> tuple[float, float, float, float]:
    rectangle = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(annotation, rectangle)
    return rectangle.left, rectangle.bottom, rectangle.right, rectangle.top


def _value(annotation: Any, key: bytes) -> str:
    return wide_string(pdfium.FPDFAnnot_GetStringValue, annotation, key)


def wide_string(function: Callable[..., int], *arguments: Any) -> str:
    """Call a function that fills a buffer with UTF-16: once for its size in bytes, once for the text.

    Half of a surrogate pair becomes U+FFFD: PDFium returns what the file has, and such a text can't be printed.
    """
    size = function(*arguments, None, 0)
    if size <= 2:
        return ""
    buffer = (pdfium.FPDF_WCHAR * (size // 2))()
    function(*arguments, buffer, size)
    return bytes(buffer)[: size - 2].decode("utf-16-le", "replace")
