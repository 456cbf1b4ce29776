"""How far the text that PDFium returns for a page can be trusted.

Besides `pdfium_engine` and `pdfium_forms`, the only module that uses PDFium's handles.
"""

import ctypes
import re
from itertools import repeat
from typing import Any

import pypdfium2_raw as pdfium

from docqa.documents.pdf.engines import TextQuality
from docqa.documents.pdf.pdfium_calls import argument_of, quick

_SAMPLED_CHARACTERS = 32
_SAMPLED_OBJECTS = 100

# PDFium returns nothing for an object of spaces, either: in some files of word processors two thirds are of that kind.
_MIN_EMPTY_OBJECTS, _EMPTY_OBJECTS_PER_FULL = 40, 3.0
_MIN_UPRIGHT_OBJECTS = 3
_EAST_ASIAN = re.compile("[\u3040-\u9fff]")

_has_map_error = quick(pdfium.FPDFText_HasUnicodeMapError, ctypes.c_int)


def quality(page: Any, text_page: Any, text: str) -> TextQuality:
    """The quality of the text of an open page. `text` has one code point for each of PDFium's characters."""
    objects = pdfium.FPDFPage_CountObjects(page)
    return TextQuality(
        unmapped=_unmapped(text_page, text),
        loses_letters=_may_lose_letters(objects, text) and _loses_letters(page, text_page, objects),
        is_blank=objects <= 0,
    )


def _unmapped(text_page: Any, text: str) -> float:
    step = max(1, len(text) // _SAMPLED_CHARACTERS)
    sampled = [index for index in range(0, len(text), step) if not text[index].isspace()]
    errors = list(map(_has_map_error, repeat(argument_of(text_page)), sampled)).count(1)
    return errors / len(sampled) if sampled else 0.0


def _may_lose_letters(objects: int, text: str) -> bool:
    """Whether a page is worth a look: more objects than characters, or a script that is also written vertically."""
    if not text:
        return objects > 0
    if objects > max(_MIN_EMPTY_OBJECTS, len(text)):
        return True
    return not text.isascii() and _EAST_ASIAN.search(text) is not None


def _loses_letters(page: Any, text_page: Any, objects: int) -> bool:
    """Whether PDFium has no letters for many of the page's text objects.

    It has none for a font whose character codes it can't interpret, and skips part of vertical writing.
    """
    full = empty = upright = 0
    for index in range(0, objects, max(1, objects // _SAMPLED_OBJECTS)):
        item = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_TEXT:
            continue
        if pdfium.FPDFTextObj_GetText(item, text_page, None, 0) > 2:
            full += 1
            continue
        width, height = _extent(item)
        if width > 0.5:
            continue  # Drawn a second time, to look bold.
        if height > 0.5:
            upright += 1
        else:
            empty += 1
    return upright >= _MIN_UPRIGHT_OBJECTS or (empty >= _MIN_EMPTY_OBJECTS and empty > _EMPTY_OBJECTS_PER_FULL * full)


def _extent(item: Any) -> tuple[float, float]:
    """Width and height of a page's object, in points."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
        return 0.0, 0.0
    return right.value - left.value, top.value - bottom.value
