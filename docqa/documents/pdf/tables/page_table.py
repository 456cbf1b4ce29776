"""Tables on a page, and what recognizing ruled and aligned ones shares: rows of text, chunks of a row (pure).

Lengths are in points; y grows downwards.
"""

import re
from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from docqa.documents.pdf.engines import TextFragment
from docqa.documents.pdf.glyph_widths import width_of
from docqa.documents.pdf.named_tuples import maker


class TableCell(NamedTuple):
    """A cell: its place in the grid from 0, and its lines top to bottom, each left to right."""

    row: int
    column: int
    row_span: int
    column_span: int
    lines: list[list[TextFragment]]


table_cell = maker(TableCell)


class PageTable(NamedTuple):
    """A table on a page. Cells are sorted by row, then column; empty ones are left out."""

    x0: float
    top: float
    x1: float
    bottom: float
    header_rows: int
    header_columns: int
    cells: list[TableCell]


class FoundTable(NamedTuple):
    """A table, and the page's fragments that it is made of: those in its cells may be pieces of them."""

    table: PageTable
    fragments: list[TextFragment]


class Chunk:
    """Fragments of one row without a wide gap between them."""

    __slots__ = ("fragments", "text", "x0", "x1")

    def __init__(self, x0: float, x1: float, fragments: list[TextFragment]) -> None:
        self.x0 = x0
        self.x1 = x1
        self.fragments = fragments
        text = fragments[0].text if len(fragments) == 1 else " ".join([fragment.text for fragment in fragments])
        self.text = " ".join(text.split())
        """The words, with single spaces."""


TextRow = list[TextFragment]
"""Fragments side by side, left to right."""

NUMBERED_CAPTION = re.compile(
    r"(?:Table|Tab\.|Figure|Fig\.|Exhibit|Tabelle|Abbildung|Tableau)\s+[\dA-Z]", re.IGNORECASE
)
CAPTION = re.compile(r"(?:Table|Tab\.|Figure|Fig\.|Exhibit|Note|Source)s?\b", re.IGNORECASE)
"""How a line begins that stands above or below a table and is no part of it."""

TIME = re.compile(r"\d{1,2}[:.h]\d\d|\d{1,2} ?[ap]\.?m\b", re.IGNORECASE)
"""A time of the day."""

_GAP = 0.8  # Heights of type: as wide as where the engine cuts.
_LEFT = attrgetter("x0")

_CURRENCIES = {"$", "€", "£", "¥", "₹", "R$", "US$", "C$", "A$", "HK$", "Rs.", "Rs", "(", "($", "$("}
_SIGNS = "$€£¥"
_CLOSING = {"%", ")", ")%", "%)"}
_MAX_SIGN = 4  # Characters, with spaces.

_NUMERIC = re.compile(
    r"[-–−+±<>≤≥~≈$€£¥#(\[]*\s?\(?(?:[A-Z]{2,3}\s?)?\$?\d[\d.,:/ \u00a0]*[%)\]]*\s?[a-zA-Z°%µ*†‡§¹²³]{0,3}\*{0,3}$"
    r"|[-–−]?\d[\d.,]*%?\s?(?:[±(\[]\s?[-–−]?\d[\d.,]*%?[)\]]?\s?)+\*{0,3}$"
    r"|(?:[$€£¥] ?)?[-–—−.*]+$|n/?a$|nil$",
    re.IGNORECASE,
)


_DESCENDS = re.compile(r"[gjpqyQ,;()\[\]@|/]")


def is_numeric(text: str) -> bool:
    """Whether a cell's text is a number, an amount, a date of digits, or stands for one that is missing."""
    return _NUMERIC.match(text.strip()) is not None


def is_sign(text: str) -> bool:
    """Whether a text is a currency sign, a bracket or a percent sign that stands apart from its number."""
    return text in _CURRENCIES or text in _CLOSING


def text_rows(fragments: Iterable[TextFragment]) -> list[TextRow]:
    """Rows of fragments whose heights overlap by half of the lower one, from the top down."""
    ordered = [*fragments]
    if len(ordered) < 2:
        return [ordered] if ordered else []
    ordered.sort(key=_middle)
    rows: list[TextRow] = []
    top = bottom = 0.0
    for fragment in ordered:
        upper, lower = fragment.top, fragment.bottom
        if not rows or upper > bottom:
            rows.append([fragment])
            top, bottom = upper, lower
            continue
        low, high = (bottom if bottom < lower else lower), (top if top > upper else upper)
        height, whole = lower - upper, bottom - top
        if low - high >= 0.5 * (height if height < whole else whole):
            rows[-1].append(fragment)
            if height < 2 * whole:
                top, bottom = (top if top < upper else upper), (bottom if bottom > lower else lower)
        else:
            rows.append([fragment])
            top, bottom = upper, lower
    for row in rows:
        if len(row) > 1:
            row.sort(key=_LEFT)
    return rows


def _middle(fragment: TextFragment) -> float:
    return fragment.top + fragment.bottom


def type_size(row: TextRow) -> float:
    """Height of a row's type. Fonts of formulas claim several times of what their letters need."""
    main = row[0]
    if len(row) > 1:
        lengths = [len(fragment.text) for fragment in row]
        main = row[lengths.index(max(lengths))]
    return min(main.size, 3 * (main.bottom - main.top) + 2)


def chunks(row: TextRow, size: float | None = None) -> list[Chunk]:
    """Join what stands close together: superscripts, words in another font, an amount and its sign.

    `size`: the row's `type_size`, if it is known.
    """
    if len(row) == 1:
        return [Chunk(row[0].x0, row[0].x1, row)]
    gap = _GAP * min(type_size(row) if size is None else size, 30.0)
    found: list[Chunk] = []
    together, left, right = [row[0]], row[0].x0, row[0].x1
    for number, fragment in enumerate(row[1:], 1):
        x0, x1 = fragment.x0, fragment.x1
        near = x0 - right <= gap and not (fragment.text[0] in _SIGNS and _begins_amount(row, number))
        if near or _belongs_to(together[-1].text, fragment.text):
            together.append(fragment)
            right = x1 if x1 > right else right
        else:
            found.append(Chunk(left, right, together))
            together, left, right = [fragment], x0, x1
    found.append(Chunk(left, right, together))
    return found


def _begins_amount(row: TextRow, number: int) -> bool:
    """Whether a fragment is a currency sign, or begins with one, and the amount that follows is apart from it."""
    text = row[number].text.strip()
    if len(text) > 1:
        return text[1] == " " and is_numeric(text)
    return number + 1 < len(row) and is_numeric(row[number + 1].text)


def _belongs_to(left: str, right: str) -> bool:
    """Whether a sign stands in a column of its own, beside its number."""
    if len(left) <= _MAX_SIGN and left.strip() in _CURRENCIES:
        return is_numeric(right)
    return len(right) <= _MAX_SIGN and right.strip() in _CLOSING and is_numeric(left)


def right_of_digits(amount: Chunk) -> float:
    """Where the digits of a number end: the bracket and the percent sign after them may stand outside the column."""
    last = next((f for f in reversed(amount.fragments) if any(map(str.isdecimal, f.text))), amount.fragments[-1])
    text = last.text.rstrip()
    return last.x1 - width_of(text[len(text.rstrip(" )%")) :]) * last.size


def baseline(fragment: TextFragment) -> float:
    """Where the letters stand, by the usual depth of those that descend below."""
    depth = 0.18 * min(fragment.size, 20.0) if _DESCENDS.search(fragment.text) else 0.0
    return fragment.bottom - depth


def cell_text(cell: TableCell) -> str:
    """The text of a cell, its lines joined by spaces."""
    if len(cell.lines) == 1 == len(cell.lines[0]):
        return cell.lines[0][0].text.strip()
    return " ".join([fragment.text.strip() for line in cell.lines for fragment in line])


def is_form(table: PageTable) -> bool:
    """Whether a grid is a form to fill in: its cells are labels, which are in no common columns."""
    texts = list(map(cell_text, table.cells))
    labels = [cell for cell, text in zip(table.cells, texts, strict=True) if text.endswith(":")]
    if len(labels) > 0.5 * len(table.cells) and len({cell.column for cell in labels}) > 1:
        return True
    if any(map(is_numeric, texts)):
        return False
    columns = max(cell.column + cell.column_span for cell in table.cells)
    filled: dict[int, int] = {}
    for cell in table.cells:
        if cell.column_span == cell.row_span == 1:
            filled[cell.row] = filled.get(cell.row, 0) + 1
    spanning = sum(cell.column_span > 1 or cell.row_span > 1 for cell in table.cells)
    return spanning > 0.3 * len(table.cells) and sum(count == columns for count in filled.values()) < 2
