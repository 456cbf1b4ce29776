"""The rows in the upper and the lower margin of pages, and the numbers in them that may count the pages (pure)."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from operator import attrgetter
from typing import Literal, NamedTuple

from docqa.documents.pdf.lines import LayoutLine
from docqa.documents.pdf.named_tuples import maker

Place = Literal["header", "footer"]

MAX_ROWS = 5
_SHARE = 0.2  # Of the page's height, above and below.

_TOP = attrgetter("top")

_WORD = re.compile(r"\w")
_INTEGER = re.compile(r"(?<![\w.,:/])(?:\d{1,4}|[ivxl]{1,7}|[IVXL]{1,7})(?![\w:]|[.,]\w)")
# A page number stands at a line's beginning or end, after "page", or before "of 12" or "/12".
_PAGE_WORD = re.compile(r"(?:\bp(?:age|\.|ágina)?|\bseite)\W*$", re.IGNORECASE)
_TOTAL = re.compile(r"\s*(?:of|/|\||von|sur|de)\s*\d", re.IGNORECASE)

_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}


class Row(NamedTuple):
    """The lines at one height in a margin."""

    lines: list[LayoutLine]
    top: float
    bottom: float


_row = maker(Row)


class Margin(NamedTuple):
    """The rows of one margin of a page, from the edge inwards, and as the last one the row after them."""

    place: Place
    height: float
    rows: list[Row]


class MarginLine(NamedTuple):
    """A line in a margin that may be a running head."""

    line: LayoutLine
    margin: Margin
    row: int
    y: float
    """Distance of its middle from the page's edge."""
    key: str
    """Its words without spaces and dashes, with # for a number that counts the pages."""
    offset: int | None
    """What that number is ahead of the page's."""
    cells: tuple[str, ...]
    """The words of its cells, if it has several."""

    @property
    def id(self) -> tuple[int, int]:
        """The page and the number of the line."""
        return self.line.page, self.line.number


def margins_of(on_page: list[LayoutLine], height: float) -> Iterator[Margin]:
    """The upper and the lower margin of a page, from its lines and its height in points."""
    by_height = sorted(on_page, key=_TOP)
    yield Margin("header", height, _rows(by_height, _SHARE * height, height))
    by_height.reverse()
    yield Margin("footer", height, _rows(by_height, 0, (1 - _SHARE) * height))


def _rows(lines: list[LayoutLine], low: float, high: float) -> list[Row]:
    """The rows from the page's edge inwards, to the first one that lies between the heights `low` and `high`."""
    rows: list[Row] = []
    for line in lines:
        if rows:
            last, top, bottom = rows[-1]
            shared = (bottom if bottom < line.bottom else line.bottom) - (top if top > line.top else line.top)
            if shared > 0.5 * (line.bottom - line.top) or shared > 0.5 * (bottom - top):
                last.append(line)
                rows[-1] = Row(last, min(top, line.top), max(bottom, line.bottom))
                continue
            if len(rows) > MAX_ROWS or low < (top + bottom) / 2 < high:
                break
        rows.append(_row(([line], line.top, line.bottom)))
    return rows


def candidates(margins: list[Margin]) -> list[MarginLine]:
    """The lines of all margins: two rows, and more as long as they have something in common with other pages.

    Of their numbers, those that count the pages are recognized.
    """
    found: list[MarginLine] = []
    pages_by_offset: dict[tuple[Place, int], set[int]] = defaultdict(set)
    first: dict[tuple[Place, str], MarginLine] = {}
    for number in range(MAX_ROWS):
        lines = [
            (margin, line, y, list(_page_numbers(line.text)))
            for margin in margins
            if number < len(margin.rows)
            for line in margin.rows[number].lines
            if (y := _distance(line, margin)) <= _SHARE * margin.height
        ]
        for margin, line, _, numbers in lines:
            for _, _, value in numbers:
                pages_by_offset[margin.place, value - line.page].add(line.page)
        counting = {key for key, pages in pages_by_offset.items() if _follow(pages)}
        recurring: set[tuple[int, Place]] = set()
        for margin, line, y, numbers in lines:
            text, offset = _masked(line, [n for n in numbers if (margin.place, n[2] - line.page) in counting])
            cells = tuple(words_of(cell) for cell in line.text.split("  ") if len(cell) > 3) if line.cells > 1 else ()
            head = MarginLine(line, margin, number, y, words_of(text), offset, cells)
            found.append(head)
            if offset is not None:
                recurring.add((line.page, margin.place))
            for key in (head.key, *cells):
                other = first.setdefault((margin.place, key), head).line
                if other.page != line.page:
                    recurring.update(((other.page, margin.place), (line.page, margin.place)))
        if number > 0:
            margins = [margin for margin in margins if (margin.rows[0].lines[0].page, margin.place) in recurring]
    return found


def _distance(line: LayoutLine, margin: Margin) -> float:
    middle = (line.top + line.bottom) / 2
    return middle if margin.place == "header" else margin.height - middle


def _masked(line: LayoutLine, numbers: list[tuple[int, int, int]]) -> tuple[str, int | None]:
    """The text with # for the numbers, and how much the last one is ahead of the page."""
    text, end, offset = "", 0, None
    for start, stop, value in numbers:
        if start >= end:
            text, end, offset = text + line.text[end:start] + "#", stop, value - line.page
    return text + line.text[end:], offset


def words_of(text: str) -> str:
    """A text without what differs from page to page: spaces, dashes, capitals."""
    words = "".join(text.casefold().split()).replace("-", "").replace("_", "")
    return words if words.isascii() else words.replace("–", "").replace("—", "")


def _page_numbers(text: str) -> Iterator[tuple[int, int, int]]:
    """The spans and values of what may be a page number. "66" is 66, or 6 that is drawn twice."""
    for match in _INTEGER.finditer(text):
        start, stop = match.span()
        if (
            not _WORD.search(text, 0, start)
            or not _WORD.search(text, stop)
            or _PAGE_WORD.search(text, max(0, start - 9), start)
            or _TOTAL.match(text, stop)
        ):
            digits = match.group()
            yield start, stop, int(digits) if digits.isdecimal() else _roman(digits.casefold())
            half = len(digits) // 2
            if digits.isdecimal() and half and digits[:half] == digits[half:]:
                yield start, stop, int(digits[:half])


def _roman(letters: str) -> int:
    values = [_ROMAN[letter] for letter in letters]
    return sum(-value if value < following else value for value, following in pairwise([*values, 0]))


def _follow(pages: set[int]) -> bool:
    """Whether there are three pages, or two next to each other; left and right pages count as next."""
    return len(pages) > 2 or any(page + 1 in pages or page + 2 in pages for page in pages)
