"""Text in the colour of the page, with nothing behind it: nobody sees it. Some word processors indent with it."""

import ctypes
from typing import Any

import pypdfium2_raw as pdfium

from docqa.documents.pdf.pdfium_calls import HANDLE, quick
from docqa.documents.pdf.pdfium_frame import Box

_WHITE = 250  # Of 255: no darker is a page.
_MAX_OBJECTS, _MAX_PAIRS = 5000, 200_000  # With more, nothing is taken for hidden: this is for speed.
_FLAT = 0.1  # Points: spaces, and thin rules.
_WHOLE = 0.9  # Of a page's width and height.

_page_object = quick(pdfium.FPDFPage_GetObject, HANDLE)
_object_type = quick(pdfium.FPDFPageObj_GetType, ctypes.c_int)
_object_bounds = quick(pdfium.FPDFPageObj_GetBounds, ctypes.c_int)
_fill_colour = quick(pdfium.FPDFPageObj_GetFillColor, ctypes.c_int)
_render_mode = quick(pdfium.FPDFTextObj_GetTextRenderMode, ctypes.c_int)


def is_white(red: int, green: int, blue: int) -> bool:
    """Whether a colour, from 0 to 255, is that of a page."""
    return red >= _WHITE and green >= _WHITE and blue >= _WHITE


def hidden_objects(page: Any) -> set[int]:
    """The addresses of the white text objects of an open page that stand on nothing but the page."""
    white: dict[int, Box] = {}
    drawn: list[Box] = []
    count = pdfium.FPDFPage_CountObjects(page)
    for index in range(count if count <= _MAX_OBJECTS else 0):
        address = _page_object(page, index)
        box = _bounds(address)
        if box[3] - box[1] < _FLAT:
            continue
        if _object_type(HANDLE(address)) == pdfium.FPDF_PAGEOBJ_TEXT and _is_white_text(address):
            white[address] = box
        elif not _is_background(page, address, box):
            drawn.append(box)
    if len(white) * len(drawn) > _MAX_PAIRS:
        return set()
    return {address for address, box in white.items() if not any(_is_behind(other, box) for other in drawn)}


def _bounds(address: int) -> Box:
    sides = (ctypes.c_float * 4)()  # Left, bottom, right, top.
    _object_bounds(HANDLE(address), *(ctypes.byref(sides, 4 * number) for number in range(4)))
    left, bottom, right, top = sides
    return left, bottom, right, top


def _is_white_text(address: int) -> bool:
    return _render_mode(HANDLE(address)) == pdfium.FPDF_TEXTRENDERMODE_FILL and _is_filled_white(address)


def _is_filled_white(address: int) -> bool:
    colour = (ctypes.c_uint * 4)()  # Red, green, blue, alpha.
    known = _fill_colour(HANDLE(address), *(ctypes.byref(colour, 4 * number) for number in range(4)))
    return bool(known) and is_white(*colour[:3])


def _is_background(page: Any, address: int, box: Box) -> bool:
    """Whether an object is a white rectangle as large as the page. A smaller one may have a pattern."""
    left, bottom, right, top = box
    return (
        _object_type(HANDLE(address)) == pdfium.FPDF_PAGEOBJ_PATH
        and right - left > _WHOLE * pdfium.FPDF_GetPageWidthF(page)
        and top - bottom > _WHOLE * pdfium.FPDF_GetPageHeightF(page)
        and _is_filled_white(address)
    )


def _is_behind(box: Box, text: Box) -> bool:
    """Whether a box and a text overlap, by more than what neighbours on a line do."""
    across = min(box[2], text[2]) - max(box[0], text[0])
    upward = min(box[3], text[3]) - max(box[1], text[1])
    return across > 0.3 * (text[2] - text[0]) and upward > 0.3 * (text[3] - text[1])
