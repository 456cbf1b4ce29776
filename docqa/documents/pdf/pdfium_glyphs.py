"""Characters that PDFium gets from glyphs otherwise than a person sees them: accents, soft hyphens, doubled letters.

TeX draws an accent and its letter one over the other. Some fonts have a soft hyphen in the hyphen's place. Bold type is
sometimes made by drawing twice, a little aside. All this takes the places of characters, which are looked at only where
the text gives reason to.
"""

import ctypes
import re
import unicodedata
from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import pypdfium2_raw as pdfium

from docqa.documents.pdf.pdfium_calls import HANDLE, quick

_text_object = quick(pdfium.FPDFText_GetTextObject, HANDLE)

# Buffers for what PDFium returns. Whoever has a page open holds its lock.
_sides = [ctypes.c_double() for _ in range(4)]
_pointers = [ctypes.byref(side) for side in _sides]
_loose_box = pdfium.FS_RECTF()

_COMBINING = {
    "´": "\u0301",
    "`": "\u0300",
    "¨": "\u0308",
    "ˆ": "\u0302",
    "˜": "\u0303",
    "¸": "\u0327",
    "˛": "\u0328",
    "ˇ": "\u030c",
    "˚": "\u030a",
    "¯": "\u0304",
    "˘": "\u0306",
    "˙": "\u0307",
    "˝": "\u030b",
}
_ACCENT = re.compile(f"[{''.join(_COMBINING)}]")
_BELOW = "¸˛"
_DOTLESS = {"ı": "i", "ȷ": "j"}
_DOUBLED = re.compile(r"([^\s_.\-=*])\1")

# Relative to the advance of a character: its width with the space around it.
_TOUCHING = 0.3
_DRAWN_AGAIN = 0.45

_SAME = 0.01  # Points.
_BY_CHANCE = 0.5  # Of the letters of a text object: where more are drawn again, the text is.
_MOST_BESIDE = 64


class _Glyph(NamedTuple):
    left: float
    right: float
    bottom: float
    top: float


class _Drawn(NamedTuple):
    glyph: _Glyph
    advance: float
    text_object: int | None
    """Its address."""


class GlyphText:
    """The text of a page with one code point for each of PDFium's characters, and what they are to be read as."""

    def __init__(self, text_page: Any, text: str) -> None:
        """`text` has the characters as PDFium gives them. Keeps a reference to `text_page`."""
        self._text_page = text_page
        self._text = text
        self._replaced: dict[int, str] = {}
        self._places: list[int] = []  # Of what is replaced, in order.
        self._repeated: list[int] | None = None
        if not text.isascii() or "`" in text:
            for match in _ACCENT.finditer(text):
                self._compose(match.start(), match.group())
        if "\u00ad" in text:
            self._show_hyphens()

    def between(self, first: int, last: int) -> str:
        """What is read from the characters `first` to `last`, without the latter."""
        replaced, text = self._replaced, self._text
        if replaced:
            if len(self._places) < len(replaced):
                self._places = sorted(replaced)
            next_place = bisect_left(self._places, first)
            if next_place < len(replaced) and self._places[next_place] < last:
                return "".join([replaced.get(index, text[index]) for index in range(first, last)])
        return text[first:last]

    def leave_out(self, indices: Iterable[int]) -> None:
        """Leave out characters; a space is where they parted others."""
        text, dropped = self._text, {*indices}
        for index in dropped:
            parts = index - 1 not in dropped and not text[max(index - 1, 0)].isspace()
            self._replaced[index] = " " if parts else ""

    def drop_repeated(self, first: int, last: int, overprinted: bool, runs: list[int] | None) -> None:
        """Leave out letters of a line that are drawn again over themselves, or hardly beside.

        Not where one text is drawn over another one, and a few of their letters happen to be in the same place.

        `overprinted`: whether text objects of the line overlap. Without, only repeated letters give reason to look.
        `runs`: where its text objects begin, if that is known.
        """
        if not overprinted:
            doubled = self._doubled(first, last) if runs is None else self._doubled_at(runs)
            if not any(self._drawn_again(index, index + 1) for index in doubled):
                return
        drawn: dict[str, list[_Drawn]] = defaultdict(list)  # By letter, from the left.
        reach: dict[str, float] = defaultdict(float)
        letters: Counter[int | None] = Counter()
        again: dict[int | None, list[int]] = defaultdict(list)
        for index in range(first, last):
            letter = self._text[index]
            glyph = None if letter.isspace() else self._glyph(index)
            if not glyph:
                continue
            # In a damaged file, a line may have all letters of the page: only those near it are looked at.
            same, near = drawn[letter], reach[letter]
            begin = bisect_left(same, glyph.left - near, key=_left)
            beside = same[begin : bisect_right(same, glyph.left + near, begin, key=_left)][:_MOST_BESIDE]
            # Letters of one object are those of one ligature, or of a font with wrong widths.
            text_object = _text_object(self._text_page, index)
            letters[text_object] += 1
            if any(one.text_object != text_object and _coincide(one.glyph, glyph, one.advance) for one in beside):
                again[text_object].append(index)
            else:
                advance = self._advance(index)
                insort(same, _Drawn(glyph, advance, text_object), key=_left)
                reach[letter] = max(near, _DRAWN_AGAIN * advance)
        for text_object, indices in again.items():
            if len(indices) > _BY_CHANCE * letters[text_object]:
                self._replaced.update(dict.fromkeys(indices, ""))

    def _doubled(self, first: int, last: int) -> list[int]:
        """Where a letter of a line is followed by itself. Of three in a row, only the first."""
        if self._repeated is None:
            self._repeated = [match.start() for match in _DOUBLED.finditer(self._text)]
        return self._repeated[bisect_left(self._repeated, first) : bisect_left(self._repeated, last - 1)]

    def _doubled_at(self, runs: list[int]) -> list[int]:
        """The same, if letters can only be doubled where text objects begin."""
        text = self._text
        return [begin - 1 for begin in runs[1:] if text[begin - 1] == text[begin] and _DOUBLED.match(text, begin - 1)]

    def _drawn_again(self, index: int, other: int) -> bool:
        """Whether a character is drawn again, hardly aside, by another text object."""
        if _text_object(self._text_page, index) == _text_object(self._text_page, other):
            return False
        a, b = self._glyph(index), self._glyph(other)
        return a is not None and b is not None and _coincide(a, b, self._advance(index))

    # Accents --------------------------------------------------------------------------------------

    def _compose(self, index: int, accent: str) -> None:
        """Put an accent on the letter that it is drawn over, or under."""
        glyph = self._glyph(index)
        if not glyph:
            return
        reach = 0.5 * self._advance(index)
        y = glyph.top + reach if accent in _BELOW else glyph.bottom - reach
        letter = pdfium.FPDFText_GetCharIndexAtPos(self._text_page, (glyph.left + glyph.right) / 2, y, 0.5, reach)
        if letter < 0 or letter == index:
            return
        base = self._replaced.get(letter, self._text[letter])
        composed = unicodedata.normalize("NFC", _DOTLESS.get(base, base) + _COMBINING[accent])
        if len(composed) == 1 and base.isalpha():
            self._replaced[letter] = composed
            self._replaced[index] = ""
            self._close_gap(index)

    def _close_gap(self, index: int) -> None:
        """Leave out the spaces that PDFium puts beside an accent within a word."""
        before, after = index - 1, index + 1
        while before >= 0 and self._text[before] == " ":
            before -= 1
        while after < len(self._text) and self._text[after] == " ":
            after += 1
        if before < 0 or after == len(self._text):
            return
        a, b = self._glyph(before), self._glyph(after)
        if a and b and abs(b.left - a.right) < _TOUCHING * self._advance(index):
            self._replaced.update(dict.fromkeys(range(before + 1, after), ""))

    # Soft hyphens ---------------------------------------------------------------------------------

    def _show_hyphens(self) -> None:
        """Read soft hyphens that take room as hyphens."""
        for match in re.finditer("\u00ad", self._text):
            index = match.start()
            here, following = self._origin(index), self._origin(index + 1)
            last = index + 1 == len(self._text) or self._text[index + 1] in "\r\n"
            if last or abs(following - here) > _TOUCHING * self._advance(index):
                self._replaced[index] = "-"

    # PDFium ---------------------------------------------------------------------------------------

    def _glyph(self, index: int) -> _Glyph | None:
        left, right, bottom, top = _sides
        if not pdfium.FPDFText_GetCharBox(self._text_page, index, *_pointers):
            return None
        return _Glyph(left.value, right.value, bottom.value, top.value)

    def _origin(self, index: int) -> float:
        pdfium.FPDFText_GetCharOrigin(self._text_page, index, *_pointers[:2])
        return _sides[0].value

    def _advance(self, index: int) -> float:
        found = pdfium.FPDFText_GetLooseCharBox(self._text_page, index, _loose_box)
        return max(1.0, float(_loose_box.right - _loose_box.left)) if found else 1.0


def _left(drawn: _Drawn) -> float:
    return drawn.glyph.left


def _coincide(a: _Glyph, b: _Glyph, advance: float) -> bool:
    # Two letters of a ligature have one and the same box. PDFium itself leaves out what is drawn in the same place.
    aside = max(abs(a.left - b.left), abs(a.bottom - b.bottom))
    return _SAME < aside < _DRAWN_AGAIN * advance
