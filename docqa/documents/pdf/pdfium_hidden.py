"""Text in the colour of the page, with nothing behind it: nobody sees it. Some word processors indent with it."""

import ctypes
from typing import Any

import pypdfium2_raw as pdfium

from docqa.documents.pdf.pdfium_calls import (
    HANDLE,
    fill_colour,
    four,
    object_bounds,
    object_type,
    page_object,
    render_mode,
)
from docqa.documents.pdf.pdfium_frame import Box

_WHITE = 250  # Of 255: no darker is a page.
_MAX_OBJECTS, _MAX_PAIRS = 5000, 200_000  # With more, nothing is taken for hidden: this is for speed.
_FLAT = 0.1  # Points: spaces, and thin rules.
_WHOLE = 0.9  # Of a page's width and height.


def is_white(red: int, green: int, blue: int) -> bool:
    """Whether a colour, from 0 to 255, is that of a page."""
    return red >= _WHITE and green >= _WHITE and blue >= _WHITE


def hidden_objects(page: Any) -> set[int]:
    """The addresses of the white text objects of an open page that stand on nothing but the page."""
    white: dict[int, Box] = {}
    drawn: list[Box] = []
    count = pdfium.FPDFPage_CountObjects(page)
    for index in range(count if count <= _MAX_OBJECTS else 0):
        address = page_object(page, index)
        box = _bounds(address)
        if box[3] - box[1] < _FLAT:
            continue
        if object_type(HANDLE(address)) == pdfium.FPDF_PAGEOBJ_TEXT and _is_white_text(address):
            white[address] = box
        elif not _is_background(page, address, box):
            drawn.append(box)
    if len(white) * len(drawn) > _MAX_PAIRS:
        return set()
    return {address for address, box in white.items() if not any(_is_behind(other, box) for other in drawn)}


def _bounds(address: int) -> Box:
    sides, references = four(ctypes.c_float)
    object_bounds(HANDLE(address), *references)
    left, bottom, right, top = sides
    return left, bottom, right, top


def _is_white_text(address: int) -> bool:
    return render_mode(HANDLE(address)) == pdfium.FPDF_TEXTRENDERMODE_FILL and _is_filled_white(address)


def _is_filled_white(address: int) -> bool:
    colour, references = four(ctypes.c_uint)
    known = fill_colour(HANDLE(address), *references)
    return bool(known) and is_white(*colour[:3])


def _is_background(page: Any, address: int, box: Box) -> bool:
    """Whether an object is a white rectangle as large as the page. A smaller one may have a pattern."""
    left, bottom, right, top = box
    return (
        object_type(HANDLE(address)) == pdfium.FPDF_PAGEOBJ_PATH
        and right - left > _WHOLE * pdfium.FPDF_GetPageWidthF(page)
        and top - bottom > _WHOLE * pdfium.FPDF_GetPageHeightF(page)
        and _is_filled_white(address)
    )


def _is_behind(box: Box, text: Box) -> bool:
    """Whether a box and a text overlap, by more than what neighbours on a line do."""
    across = min(box[2], text[2]) - max(box[0], text[0])
    upward = min(box[3], text[3]) - max(box[1], text[1])
    return across > 0.3 * (text[2] - text[0]) and upward > 0.3 * (text[3] - text[1])
