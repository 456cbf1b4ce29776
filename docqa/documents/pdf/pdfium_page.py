"""The text of one page, read with PDFium: cut into fragments at wide gaps and at superscripts, with their boxes.

PDFium's calls are made by the line or by the fragment, hardly ever by the character: each costs a quarter of a
microsecond.
"""

import ctypes
import math
import re
import struct
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise, repeat
from typing import Any, NamedTuple

import pypdfium2_raw as pdfium

from docqa.documents.pdf.engines import TextFragment
from docqa.documents.pdf.line_boxes import (
    BACK,
    GAP,
    TALL,
    LineGroup,
    are_overprinted,
    grouped,
    line_places,
    stretched_width,
)
from docqa.documents.pdf.named_tuples import maker
from docqa.documents.pdf.pdfium_calls import HANDLE, argument_of, four, quick
from docqa.documents.pdf.pdfium_fonts import ObjectFonts
from docqa.documents.pdf.pdfium_frame import Box, Frame, is_next_line, most_common_angle, union
from docqa.documents.pdf.pdfium_glyphs import GlyphText

_SPACES = re.compile(r"[ \u00a0]+(?=\S)")

_SUPERSCRIPT_SIZE = 0.85  # At most, relative to its line.
_FEW = 3  # Letters before a subscript, at least: less may be a mark with a space before it.
_BOX_OF_LETTERS = 2.2  # Of their height, at most, is the height of their type; more, and the font's box may be odd.
_ODD_FONT, _USUAL_FONT = 1.8, 1.2  # Heights of a font's box, in sizes of the font.

_LONG = 20  # Characters of a line that tells how wide the page's are.

_four_floats, _four_doubles = struct.Struct("4f").unpack_from, struct.Struct("4d").unpack_from

_text_object = quick(pdfium.FPDFText_GetTextObject, HANDLE)
_count_rectangles = quick(pdfium.FPDFText_CountRects, ctypes.c_int)
_rectangle = quick(pdfium.FPDFText_GetRect, ctypes.c_int)
_char_box = quick(pdfium.FPDFText_GetCharBox, ctypes.c_int)
_loose_char_box = quick(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int)
_char_angle = quick(pdfium.FPDFText_GetCharAngle, ctypes.c_float)


# Buffers for what PDFium returns. Whoever has a page open holds its lock.
_sides, (_left, _bottom, _right, _top) = four(ctypes.c_double)
_loose_box = (ctypes.c_float * 4)()  # Left, top, right, bottom.
_loose_reference = ctypes.byref(_loose_box)
_matrix = pdfium.FS_MATRIX()


class _Piece(NamedTuple):
    first: int
    last: int
    box: Box
    size: float
    raised: bool
    row: int
    text_object: int | None
    """The one that it begins with, None if that isn't known."""
    several: bool
    """Whether it is of several text objects, maybe in several fonts."""


_piece, _fragment = maker(_Piece), maker(TextFragment)

_Run = tuple[int, int | None]
"""Characters of one text object: the first one, and the object."""


class PageText:
    """The text of an open page. Valid until the page is closed."""

    def __init__(self, page: Any, text_page: Any, text: str) -> None:
        """`text` has one code point for each of PDFium's characters."""
        self._text_page = text_page
        self._page = argument_of(text_page)  # For quick functions.
        self._text = text
        self._glyphs = GlyphText(text_page, text)
        self._fonts = ObjectFonts()
        self._hidden: set[int] = set()
        self._rows = list(line_places(text))
        angles = map(_char_angle, repeat(self._page), [begin for begin, _ in self._rows])
        self._angles = [
            self._turn(begin, angle) if angle else 0 for (begin, _), angle in zip(self._rows, angles, strict=True)
        ]
        # A page may be turned by its rotation or by its text's matrix.
        self._upright = most_common_angle(zip(self._angles, self._rows, strict=True)) if any(self._angles) else 0
        turn = self._upright if self._upright >= 0 else pdfium.FPDFPage_GetRotation(page) * 90
        self.frame = Frame(page, turn)

    def hide(self, objects: set[int]) -> None:
        """Leave the text of some objects out. `objects`: their addresses."""
        self._hidden = {index for index in range(len(self._text)) if _text_object(self._page, index) in objects}
        self._glyphs.leave_out(self._hidden)

    @property
    def has_white(self) -> bool:
        """Whether any of the fragments that were read is white."""
        return self._fonts.has_white

    def fragments(self, in_table: Callable[[Box], bool] | None) -> list[TextFragment]:
        """The page's text in PDFium's order. `in_table`: whether a box is likely in a table; None if none is."""
        pieces: list[_Piece] = []
        for row, (begin, end) in enumerate(self._rows):
            pieces += self._pieces(row, begin, end)
        widths = [(piece.box[2] - piece.box[0]) / (piece.size * (piece.last - piece.first)) for piece in pieces]
        long = [width for piece, width in zip(pieces, widths, strict=True) if piece.last - piece.first > _LONG]
        stretched = stretched_width(long)
        fragments: list[TextFragment] = []
        for piece, width in zip(pieces, widths, strict=True):
            is_wide = width >= stretched
            may_be_cut = (is_wide or in_table) and not piece.raised and self._has_space(piece.first, piece.last)
            if may_be_cut and (is_wide or (in_table and in_table(piece.box))):
                for part in self._at_spaces(piece):
                    self._append(fragments, part)
            else:
                self._append(fragments, piece)
        return fragments

    def _has_space(self, first: int, last: int) -> bool:
        """Whether there is a space, and not only at the end."""
        space = self._text.find(" ", first, last)
        return 0 <= space < last - 1 or (space >= 0 and "\u00a0" in self._text[first:last])

    def _append(self, fragments: list[TextFragment], piece: _Piece) -> None:
        first, last, box, size, raised, row, text_object, several = piece
        if self.frame.hides(box):
            return
        x0, top, x1, bottom = box
        if first in self._hidden:
            shown = (i for i in range(first, last) if i not in self._hidden and not self._text[i].isspace())
            first = next(shown, last)
            visible = self._character_box(first) if first < last else None
            if not visible:
                return
            x0, text_object = visible[0], None
        if x1 < x0:  # It is drawn left of the text before it: a sign after its number, or by a damaged file.
            x0, x1 = self._sides_of(first, last)
        begin, end = self._rows[row]
        angle = self._angles[row] if first == begin else self._turn(first, _char_angle(self._page, first))
        hyphen = last == end and self._text.startswith("\ufffe", end)
        text_object = text_object or _text_object(self._page, first)
        bold, fixed_pitch, style = self._fonts.of(text_object)
        if several:
            final = _text_object(self._page, self._last_letter(first, last))
            if final != text_object:
                also_bold, also_fixed_pitch, other = self._fonts.of(final)
                if other and other != style:
                    bold, fixed_pitch, style = bold and also_bold, fixed_pitch and also_fixed_pitch, ""
        text, slanted = self._glyphs.between(first, last), angle != self._upright
        fields = text, x0, top, x1, bottom, size, row, hyphen, raised, bold, fixed_pitch, slanted, style
        fragments.append(_fragment(fields))

    def _sides_of(self, first: int, last: int) -> tuple[float, float]:
        """The left and the right side of characters, whatever their order."""
        boxes = [box for index in range(first, last) if (box := self._character_box(index))]
        return min((box[0] for box in boxes), default=0.0), max((box[2] for box in boxes), default=0.0)

    def _last_letter(self, first: int, last: int) -> int:
        """Index of the last character that is no space, and no underscore, which may be drawn as a line."""
        final = last - 1
        if self._text[final].isspace():
            final = first + len(self._text[first:last].rstrip()) - 1
        if self._text[final] == "_":
            final -= 1
        return final if final > first else first

    def _pieces(self, row: int, begin: int, end: int) -> Iterable[_Piece]:
        """Cut one of PDFium's lines at wide gaps and at superscripts."""
        count = _count_rectangles(self._page, begin, end - begin)
        if count <= 0:
            return ()
        # One for each text object.
        boxes = [self._rectangle(index) for index in range(count)]
        size = self._usual_height(begin, boxes[0])
        if count == 1:
            return (_piece((begin, end, boxes[0], size, False, row, None, False)),)
        groups = grouped(boxes, size)
        runs = self._runs(begin, end, count) if len(groups) > 1 else []
        overprinted = are_overprinted(boxes, size)
        if count > 2 or overprinted:
            beginnings = [first for first, _ in runs] if runs else None
            self._glyphs.drop_repeated(begin, end, overprinted, beginnings)
        starts = self._starts(begin, end, boxes, groups, runs)
        pairs = list(pairwise([*[first for first, _, _ in starts], end]))
        heights = [self._height_at_end(a, b, box) for (_, box, _), (a, b) in zip(groups, pairs, strict=True)]
        # The first group may be a superscript itself.
        lengths = [b - a for a, b in pairs]
        size = heights[lengths.index(max(lengths))]
        small = _SUPERSCRIPT_SIZE * size
        pieces: list[_Piece] = []
        piece = None
        for (_, box, raised), (first, text_object, several), (_, last), height in zip(
            groups, starts, pairs, heights, strict=True
        ):
            if first < last:
                following = _piece((first, last, box, height, raised and height < small, row, text_object, several))
                if (
                    (piece and raised and not following.raised and not is_next_line(piece.box, box, BACK * size))
                    and box[0] - piece.box[2] <= GAP * size
                    and box[1] - piece.box[3] < TALL * size
                ):
                    # Low letters without descenders, after letters with them.
                    piece = piece._replace(last=last, box=union(piece.box, box), several=True)
                    continue
                if piece:
                    pieces.append(piece)
                piece = following
        if piece:
            pieces.append(piece)
        return pieces

    def _starts(
        self, begin: int, end: int, boxes: list[Box], groups: list[LineGroup], runs: list[_Run]
    ) -> list[tuple[int, int | None, bool]]:
        """The first character of each group, its text object if that is known, and whether there may be others."""
        if len(runs) == len(boxes):
            numbers = [number for number, _, _ in groups]
            return [(*runs[a], b - a > 1) for a, b in pairwise([*numbers, len(boxes)])]
        starts = [begin]
        for number, _, _ in groups[1:]:
            starts.append(self._first_in(boxes[number], starts[-1] + 1, end))
        return [(start, None, True) for start in starts]

    def _runs(self, begin: int, end: int, count: int) -> list[_Run]:
        """Where text objects begin in a line. `count`: how many there should be."""
        runs = self._runs_of_words(begin, end)
        if runs is not None and len(runs) == count:
            return runs
        page = self._page
        last = _text_object(page, begin)
        runs = [(begin, last)]
        for index, text_object in enumerate(map(_text_object, repeat(page), range(begin + 1, end)), begin + 1):
            if text_object != last and text_object:  # None: a space or hyphen that PDFium put there.
                if last:
                    runs.append((index, text_object))
                last = text_object
        return runs

    def _runs_of_words(self, begin: int, end: int) -> list[_Run] | None:
        """The same, None if one begins elsewhere than with a word. For most tables, it is a look at each word."""
        page, text = self._page, self._text
        last = _text_object(page, begin)
        runs = [(begin, last)]
        space = text.find(" ", begin, end)
        while space >= 0:
            text_object = _text_object(page, space + 1) if space + 1 < end else None
            if text_object != last and text_object:
                at_space = _text_object(page, space)
                if (at_space and at_space != last) or _text_object(page, space - 1) != last:
                    return None
                runs.append((space + 1, text_object))
                last = text_object
            space = text.find(" ", space + 1, end)
        return runs if _text_object(page, end - 1) in {None, last} else None

    def _first_in(self, group: Box, first: int, end: int) -> int:
        """Index of the first character from `first` on that is not further left than a box, and not above it."""
        left, lowest = group[0] - 0.5, group[3] - 0.6 * (group[3] - group[1])
        for index in range(first, end):
            box = self._character_box(index)
            if box and box[0] >= left and box[3] >= lowest and box[2] > box[0]:
                return index
        return end

    def _at_spaces(self, piece: _Piece) -> Iterator[_Piece]:
        """Cut a piece at wide spaces: LaTeX and line printers draw a table's row as one piece."""
        first, last, box, size, *_ = piece
        left, gap = box[0], GAP * size
        for spaces in _SPACES.finditer(self._text, first, last):
            if spaces.start() == 0 or self._text[spaces.start() - 1].isspace():
                continue
            before = self._character_box(spaces.start() - 1)
            after = self._character_box(spaces.end())
            if before and after and after[0] - before[2] > gap:
                place = left, box[1], before[2], box[3]
                yield piece._replace(first=first, last=spaces.start(), box=place, text_object=None)
                first, left = spaces.end(), after[0]
        yield piece._replace(first=first, box=(left, *box[1:]), text_object=None) if first > piece.first else piece

    def _rectangle(self, index: int) -> Box:
        """A rectangle of the line whose rectangles were counted last."""
        _rectangle(self._page, index, _left, _top, _right, _bottom)
        return self.frame.as_displayed(_four_doubles(_sides))

    def _character_box(self, index: int) -> Box | None:
        if not _char_box(self._page, index, _left, _right, _bottom, _top):
            return None
        return self.frame.as_displayed(_four_doubles(_sides))

    def _height_at_end(self, first: int, last: int, box: Box) -> float:
        """Height of the type with which a piece of a line ends. That of a subscript is not the line's."""
        final = self._last_letter(first, last)
        ends = self._usual_height(final, box)
        if final - first < _FEW or ends >= box[3] - box[1]:
            return ends
        median = sorted((self._usual_height(first, box), self._usual_height((first + final) // 2, box), ends))[1]
        return ends if ends >= _SUPERSCRIPT_SIZE * median else median

    def _usual_height(self, index: int, box: Box) -> float:
        """Height of the font's box: unlike the font size, it includes the page's transformations.

        But of usual type if the box is far higher than its letters, as for formulas.
        """
        size = 10.0
        if _loose_char_box(self._page, index, _loose_reference):
            left, top, right, bottom = _four_floats(_loose_box)
            size = abs(right - left if self.frame.turned else top - bottom)
            size = 1.0 if size < 1.0 else 200.0 if size > 200.0 else size
        if size <= _BOX_OF_LETTERS * (box[3] - box[1]):
            return size
        if not pdfium.FPDFText_GetMatrix(self._text_page, index, _matrix):
            return size
        drawn = pdfium.FPDFText_GetFontSize(self._text_page, index) * math.hypot(_matrix.c, _matrix.d)
        return _USUAL_FONT * drawn if size > _ODD_FONT * drawn > 1.0 else size

    def _turn(self, index: int, angle: float) -> int:
        """Counter-clockwise turn of a character in degrees if it is a multiple of 90, give or take two, else -1.

        `angle` is PDFium's: clockwise, in radians; -1 if unknown.
        """
        if not 0 < angle < math.inf:  # It is no number where the numbers of the page's matrices are too large.
            return 0
        degrees = -angle * 180 / math.pi
        nearest = round(degrees / 90) * 90
        if abs(degrees - nearest) <= 2:
            return int(nearest) % 360
        if pdfium.FPDFText_GetMatrix(self._text_page, index, _matrix) and abs(_matrix.b) < 0.03 * abs(_matrix.a):
            return 180 if float(_matrix.a) < 0 else 0  # Letters that lean, in an upright line: italics.
        return -1
