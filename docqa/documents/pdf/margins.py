"""The rows in the upper and the lower margin of pages, and the numbers in them that may count the pages (pure)."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from operator import attrgetter
from typing import Literal, NamedTuple

from docqa.documents.pdf.lines import LayoutLine

Place = Literal["header", "footer"]

MAX_ROWS = 5
_SHARE = 0.2  # Of the page's height, above and below.

_TOP = attrgetter("top")

_WORD = re.compile(r"\w")
_DASHES = str.maketrans(dict.fromkeys("-–—_"))
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
            if min(bottom, line.bottom) - max(top, line.top) > 0.5 * min(bottom - top, line.bottom - line.top):
                last.append(line)
                rows[-1] = Row(last, min(top, line.top), max(bottom, line.bottom))
                continue
            if len(rows) > MAX_ROWS or low < (top + bottom) / 2 < high:
                break
        rows.append(Row([line], line.top, line.bottom))
    return rows


def candidates(margins: list[Margin]) -> Iterator[MarginLine]:
    """The lines of all margins, with the numbers that count the pages recognized."""
    lines = []
    pages_by_offset: dict[tuple[Place, int], set[int]] = defaultdict(set)
    for margin in margins:
        for number, row in enumerate(margin.rows[:MAX_ROWS]):
            for line in row.lines:
                middle = (line.top + line.bottom) / 2
                y = middle if margin.place == "header" else margin.height - middle
                if y <= _SHARE * margin.height:
                    numbers = list(_page_numbers(line.text))
                    lines.append((line, margin, number, y, numbers))
                    for _, _, value in numbers:
                        pages_by_offset[margin.place, value - line.page].add(line.page)
    counting = {key for key, pages in pages_by_offset.items() if _follow(pages)}
    for line, margin, number, y, numbers in lines:
        text, end, offset = "", 0, None
        for start, stop, value in numbers:
            if start >= end and (margin.place, value - line.page) in counting:
                offset = value - line.page
                text += line.text[end:start] + "#"
                end = stop
        yield MarginLine(line, margin, number, y, words_of(text + line.text[end:]), offset)


def words_of(text: str) -> str:
    """A text without what differs from page to page: spaces, dashes, capitals."""
    return "".join(text.casefold().translate(_DASHES).split())


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
