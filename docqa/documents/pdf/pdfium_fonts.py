"""The fonts and colours of a page's text, read with PDFium: headings often differ from the text in these alone."""

import ctypes
import re
from functools import lru_cache
from typing import Any

import pypdfium2_raw as pdfium

from docqa.documents.pdf.pdfium_calls import HANDLE, argument, fill_colour, quick, render_mode
from docqa.documents.pdf.pdfium_hidden import is_white

_SUBSET = re.compile(r"^[A-Z]{6}\+")
_BOLD_WEIGHT = 600
_BLACK = 80  # Of 255: darker colours are as good as black.
_BOLD = re.compile(r"bold|black|heavy|demi|cmbx|cmssbx|sfbx|-bd|,b|\.b$", re.IGNORECASE)
_FIXED = re.compile(r"mono(?!type)|courier|consol|typewriter|cmtt|sftt|fixed|(?<!uni)code", re.IGNORECASE)
_FIXED_PITCH, _FORCE_BOLD = 1, 1 << 18
_OUTLINED = pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE

_font_of = quick(pdfium.FPDFTextObj_GetFont, HANDLE)
_font_name = quick(pdfium.FPDFFont_GetBaseFontName, ctypes.c_size_t)
_font_weight = quick(pdfium.FPDFFont_GetWeight, ctypes.c_int)
_font_flags = quick(pdfium.FPDFFont_GetFlags, ctypes.c_int)


# Buffers for what PDFium returns. Whoever has a page open holds its lock.
_name = ctypes.create_string_buffer(128)
_colour = ctypes.create_string_buffer(16)  # Four integers. As bytes, they are looked up at once.
_colour_references = [ctypes.byref(_colour, offset) for offset in range(0, 16, 4)]


class ObjectFonts:
    """The fonts of an open page's text objects."""

    def __init__(self) -> None:
        self.has_white = False
        """Whether a text object that was asked for is white."""
        # By font, colour and how it is drawn. An address is a font's only while the page is open.
        self._types: dict[tuple[int, int, bytes], tuple[bool, bool, str]] = {}

    def of(self, handle: int | None) -> tuple[bool, bool, str]:
        """Whether a text object is bold, and in a font whose letters have the same width; font and colour."""
        text_object = argument(handle)
        font = _font_of(text_object) if handle else None
        if not font:
            return False, False, ""
        colour = _colour.raw if fill_colour(text_object, *_colour_references) else b""
        key = font, render_mode(text_object), colour
        found = self._types.get(key)
        if found is None:
            found = self._types[key] = self._type(*key)
        return found

    def _type(self, font: int, mode: int, colour: bytes) -> tuple[bool, bool, str]:
        name, bold, fixed_pitch = _font_type(HANDLE(font))
        if colour:
            red, green, blue, _ = memoryview(colour).cast("I")
            self.has_white = self.has_white or is_white(red, green, blue)
            if red > _BLACK or green > _BLACK or blue > _BLACK:
                name = f"{name} {red // 32},{green // 32},{blue // 32}"
        # Outlined letters are bold, too, if the font has no bold ones.
        return bold or mode == _OUTLINED, fixed_pitch, name


def _font_type(font: Any) -> tuple[str, bool, bool]:
    """The name of a font, whether it is bold, and whether its letters have the same width."""
    _font_name(font, _name, ctypes.c_size_t(len(_name)))
    return _named_type(_name.value, max(0, _font_flags(font)), _font_weight(font))


@lru_cache(maxsize=256)  # Most pages of a document have the same few fonts.
def _named_type(base_name: bytes, flags: int, weight: int) -> tuple[str, bool, bool]:
    name = _SUBSET.sub("", base_name.decode("latin-1"))
    bold = bool(flags & _FORCE_BOLD) or weight >= _BOLD_WEIGHT or _BOLD.search(name) is not None
    return name, bold, bool(flags & _FIXED_PITCH) or _FIXED.search(name) is not None
