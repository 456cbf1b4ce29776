"""Pages of a PDF to lines in reading order, through PDFium's bare functions.

This is what the processes of `reading` import, so that it takes little to begin: PDFium, and the pure part of reading
order. The functions are called with buffers that are used again, since wrapper objects with their finalizers cost more
than what they wrap.
"""

import ctypes
import re
from typing import Any

import pypdfium2_raw as pdfium

from docqa.documents.pdf.paragraphs import LayoutLine
from docqa.documents.pdf.reading_order import TextFragment, page_lines

# PDFium ends a line with CR LF, or with U+FFFE where a hyphen was and the word goes on.
_LINE = re.compile("[^\r\n\ufffe]+")
_SURROGATE = re.compile("[\ud800-\udfff]")

# Typographic ligatures are one glyph for several letters: a person who types "office" means the letters.
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | {chr(code): " " for code in (*range(0x20), 0x7F, 0xA0)}
    | {"\u00ad": None, "\ufeff": None, "\uffff": None}
)

# The dots that lead the eye across a table of contents are no text, and a reader would spend half a window on them.
_LEADER = re.compile(r"(?:\s?[.·…]){5,}")

_Box = tuple[float, float, float, float]


def clean(text: str) -> str:
    """Spell out ligatures, shorten leaders, drop what has no width, and mend surrogates."""
    # Most lines are plain: these two questions cost a tenth of what the answers would.
    plain = text.isascii() and text.isprintable()
    if not plain:
        text = text.translate(_LIGATURES)
    if text.count(".") + text.count("·") + text.count("…") >= 5:
        text = _LEADER.sub(" … ", text)
    if not plain and _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


class PdfiumPageReader:
    """Reads the pages of one open document, one at a time. `close` before the document is closed."""

    def __init__(self, document: Any) -> None:
        self._document = document
        # PDFium drops a font with the last page that uses it: held a page longer, it need not be loaded again.
        self._held: Any = None
        self._room = 0
        self._text: Any = None
        self._sides = [ctypes.c_double() for _ in range(4)]
        self._side_pointers = [ctypes.byref(side) for side in self._sides]
        self._loose = pdfium.FS_RECTF()
        self._loose_pointer = ctypes.byref(self._loose)

    def close(self) -> None:
        """Let go of the last page."""
        if self._held is not None:
            pdfium.FPDF_ClosePage(self._held)
            self._held = None

    def lines(self, index: int) -> list[LayoutLine] | None:
        """Lines of the page with this index, in reading order; None where the page is damaged."""
        page = pdfium.FPDF_LoadPage(self._document, index)
        if not page:
            return None
        self.close()
        self._held = page
        text_page = pdfium.FPDFText_LoadPage(page)
        if not text_page:
            return None
        try:
            return page_lines(self._fragments(page, text_page), index + 1)
        finally:
            pdfium.FPDFText_ClosePage(text_page)

    def _fragments(self, page: Any, text_page: Any) -> list[TextFragment]:
        """One page's lines, each cut where a gap of columns stands in it, in PDFium's order."""
        text = self._characters(text_page)
        turn = pdfium.FPDFPage_GetRotation(page) * 90
        width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
        if turn in {90, 270}:
            width, height = height, width  # Coordinates are those of the page before it was turned.
        fragments = []
        for row, match in enumerate(_LINE.finditer(text)):
            begin, end = match.span()
            hyphen = text[end : end + 1] == "\ufffe"
            pieces = self._pieces(text_page, begin, end)
            for place, (first, last, box, size) in enumerate(pieces, 1):
                content = clean(text[first:last])
                if not content or content.isspace():
                    continue
                x0, top, x1, bottom = _turned(box, turn, width, height)
                fragments.append(TextFragment(content, x0, top, x1, bottom, size, row, hyphen and place == len(pieces)))
        return fragments

    def _characters(self, text_page: Any) -> str:
        """The page's text with one code point for each of PDFium's characters, so that indices serve for both."""
        count = pdfium.FPDFText_CountChars(text_page)
        if count <= 0:
            return ""
        if count > self._room:
            self._room = 2 * count
            self._text = (ctypes.c_ushort * (2 * self._room + 2))()
        written = pdfium.FPDFText_GetText(text_page, 0, count, self._text)
        text = bytes(memoryview(self._text).cast("B")[: 2 * (written - 1)]).decode("utf-16-le", "ignore")
        if len(text) == count:
            return text
        unicode_at = pdfium.FPDFText_GetUnicode
        return "".join(chr(unicode_at(text_page, i) or 0x20) for i in range(count))

    def _pieces(self, text_page: Any, begin: int, end: int) -> list[tuple[int, int, _Box, float]]:
        """Cut one line of PDFium's at wide gaps: (first, last, box, height of the type in points)."""
        count = pdfium.FPDFText_CountRects(text_page, begin, end - begin)
        if count <= 0:
            return []
        size = self._type_height(text_page, begin)
        groups: list[_Box] = []
        lefts = []  # Of the first box of each group: the others may reach further left, where a line runs backwards.
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
        """Height of the font's box: unlike the font's size, it has been through the page's transformations."""
        box = self._loose
        if not pdfium.FPDFText_GetLooseCharBox(text_page, index, self._loose_pointer):
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


def _turned(box: _Box, turn: int, width: float, height: float) -> _Box:
    """Turn PDF's (left, bottom, right, top), y upwards, into (x0, top, x1, bottom) as a person sees it, y downwards."""
    left, bottom, right, top = box
    if turn == 90:
        return bottom, left, top, right
    if turn == 180:
        return width - right, bottom, width - left, top
    if turn == 270:
        return height - top, width - right, height - bottom, width - left
    return left, height - top, right, height - bottom
