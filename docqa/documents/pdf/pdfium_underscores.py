"""Underscores that are drawn as lines, read with PDFium: TeX's usual fonts have none, so that `\\_` is a short rule."""

import ctypes
from typing import Any

import pypdfium2_raw as pdfium

from docqa.documents.pdf.pdfium_frame import Box

# Points.
_SHORTEST, _LONGEST, _THICKEST = 2.0, 10.0, 1.5
_ASIDE, _OVERLAP = 1.8, 0.8  # Between an underscore and the letters beside it, at most.
_ABOVE, _BELOW = 1.2, 3.0  # From the baseline.
_SAME = 0.5
_FLAT = 3.0  # Width, relative to the height.
_MANY = 300  # On a page: it has a drawing, or a table with dashed lines.


def with_underscores(text_page: Any, text: str, drawn: list[Box]) -> str:
    """The text of a page with an underscore for each space that a short line on the baseline fills.

    `text` has one code point for each of PDFium's characters; `drawn` are PDFium's boxes of lines and rectangles.
    """
    short = [box for box in drawn if _is_short(*box)]
    if not short or len(short) > _MANY:
        return text
    characters = list(text)
    for left, bottom, right, top in short:
        index = pdfium.FPDFText_GetCharIndexAtPos(text_page, left - 0.5, top + 2, _ASIDE, _BELOW)
        if index < 0 or text[index + 1 : index + 2] != " " or not text[index + 2 : index + 3].isalnum():
            continue
        (_, before, baseline), (after, _, level) = (_place(text_page, place) for place in (index, index + 2))
        if (
            -_OVERLAP < left - before < _ASIDE
            and -_OVERLAP < after - right < _ASIDE
            and abs(level - baseline) < _SAME
            and baseline - _BELOW < bottom < top < baseline + _ABOVE
        ):
            characters[index + 1] = "_"
    return "".join(characters)


def _is_short(left: float, bottom: float, right: float, top: float) -> bool:
    height, width = top - bottom, right - left
    return height < _THICKEST and _SHORTEST < width < _LONGEST and width > _FLAT * height


def _place(text_page: Any, index: int) -> tuple[float, float, float]:
    """The left and the right side of a character, and its baseline."""
    x0, x1, y0, y1 = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharBox(text_page, index, x0, x1, y0, y1)
    pdfium.FPDFText_GetCharOrigin(text_page, index, y0, y1)
    return x0.value, x1.value, y1.value
