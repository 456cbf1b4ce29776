"""What the recognition of ruled and of aligned tables share: tables, rows of text, chunks of a row, headings (pure).

Lengths are in points; y grows downwards.
"""

import re
from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

from docqa.documents.pdf.engines import TextFragment


class TableCell(NamedTuple):
    """A cell: its place in the grid from 0, and its lines top to bottom, each left to right."""

    row: int
    column: int
    row_span: int
    column_span: int
    lines: list[list[TextFragment]]


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


class Chunk(NamedTuple):
    """Fragments of one row without a wide gap between them."""

    x0: float
    x1: float
    fragments: list[TextFragment]

    @property
    def text(self) -> str:
        """The words, with single spaces between fragments."""
        return " ".join(fragment.text.strip() for fragment in self.fragments)


TextRow = list[TextFragment]
"""Fragments side by side, left to right."""

_GAP = 0.8  # Heights of type: as wide as where the engine cuts.
_LEFT = itemgetter(1)

_NUMERIC = re.compile(
    r"[-–−+±<>≤≥~≈$€£¥#(\[]*\s?(?:[A-Z]{2,3}\s?)?\$?\d[\d.,:/ \u00a0]*[%)\]]*\s?[a-zA-Z°%µ*†‡§¹²³]{0,3}\*{0,3}$|[-–—−.*]+$|n/?a$|nil$",
    re.IGNORECASE,
)


def is_numeric(text: str) -> bool:
    """Whether a cell's text is a number, an amount, a date of digits, or stands for one that is missing."""
    return _NUMERIC.match(text.strip()) is not None


def text_rows(fragments: Iterable[TextFragment]) -> list[TextRow]:
    """Rows of fragments whose heights overlap by half of the lower one, from the top down."""
    rows: list[TextRow] = []
    top = bottom = 0.0
    for fragment in sorted(fragments, key=_middle):
        upper, lower = fragment.top, fragment.bottom
        if rows and min(bottom, lower) - max(top, upper) >= 0.5 * min(bottom - top, lower - upper):
            rows[-1].append(fragment)
            if lower - upper < 2 * (bottom - top):
                top, bottom = min(top, upper), max(bottom, lower)
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
    return min(min(fragment.size for fragment in row), 3 * max(fragment.bottom - fragment.top for fragment in row) + 2)


def chunks(row: TextRow) -> list[Chunk]:
    """Join what stands close together: superscripts, words in another font."""
    if len(row) == 1:
        return [Chunk(row[0].x0, row[0].x1, row)]
    gap = _GAP * min(type_size(row), 30.0)
    found: list[Chunk] = []
    for fragment in row:
        if found and fragment.x0 - found[-1].x1 <= gap:
            last = found[-1]
            found[-1] = Chunk(last.x0, max(last.x1, fragment.x1), [*last.fragments, fragment])
        else:
            found.append(Chunk(fragment.x0, fragment.x1, [fragment]))
    return found


def cell_text(cell: TableCell) -> str:
    """The text of a cell, its lines joined by spaces."""
    return " ".join(fragment.text.strip() for line in cell.lines for fragment in line)


def make_table(box: tuple[float, float, float, float], cells: list[TableCell]) -> PageTable:
    """A table from its non-empty cells, without empty rows and columns, with its headings counted."""
    cells = _compact(sorted(cells, key=lambda cell: (cell.row, cell.column)))
    return PageTable(*box, header_rows(cells), header_columns(cells), cells)


def _compact(cells: list[TableCell]) -> list[TableCell]:
    """Number rows and columns anew, without those in which no cell begins."""
    rows = {row: number for number, row in enumerate(sorted({cell.row for cell in cells}))}
    columns = {column: number for number, column in enumerate(sorted({cell.column for cell in cells}))}
    if len(rows) == max(rows) + 1 and len(columns) == max(columns) + 1:
        return cells
    return [
        TableCell(
            rows[cell.row],
            columns[cell.column],
            sum(row in rows for row in range(cell.row, cell.row + cell.row_span)),
            sum(column in columns for column in range(cell.column, cell.column + cell.column_span)),
            cell.lines,
        )
        for cell in cells
    ]


def header_rows(cells: list[TableCell]) -> int:
    """How many rows at the top have the columns' headings: those before the first row of numbers, or in bold."""
    by_row: dict[int, list[TableCell]] = {}
    for cell in cells:
        by_row.setdefault(cell.row, []).append(cell)
    rows = [by_row[row] for row in sorted(by_row)]
    if len(rows) < 2:
        return 0
    columns = max(cell.column + cell.column_span for cell in cells)
    bold = [_is_bold(row) for row in rows]
    count = 0
    while count < min(len(rows) - 1, 4) and bold[count]:
        count += 1
    if count > 0 and not all(bold):
        return count
    numeric = [sum(is_numeric(cell_text(cell)) for cell in row if cell.column) for row in rows]
    first_numbers = next((number for number, found in enumerate(numeric) if found), None)
    if first_numbers is None:
        if columns == 2 and _are_fields(rows):
            return 0
        return 1
    if first_numbers == 0:
        # A heading may be a year.
        years = all(re.fullmatch(r"(?:FY ?)?(?:19|20)\d\d.?", cell_text(cell)) for cell in rows[0] if cell.column)
        return 1 if years and len(rows[0]) > 1 else 0
    return min(first_numbers, 1 + max((cell.row_span for cell in rows[0]), default=1)) if first_numbers < 4 else 1


def _is_bold(row: list[TableCell]) -> bool:
    return all(line[0].bold for cell in row for line in cell.lines)


def _are_fields(rows: list[list[TableCell]]) -> bool:
    """Whether each row is a label and its value."""
    labels = [cell_text(row[0]) for row in rows if row[0].column == 0]
    return bool(labels) and sum(label.endswith(":") for label in labels) >= 0.5 * len(labels)


def header_columns(cells: list[TableCell]) -> int:
    """1 if the first column names the rows, else 0."""
    count = max(cell.row + cell.row_span for cell in cells)
    first = [cell for cell in cells if cell.column == 0]
    named = sum(cell.row_span for cell in first)
    return int(named >= 0.6 * count)


def is_form(table: PageTable) -> bool:
    """Whether a grid is a form to fill in: its cells are labels, which are in no common columns."""
    texts = {
        id(cell): " ".join(fragment.text for line in cell.lines for fragment in line).strip() for cell in table.cells
    }
    labels = [cell for cell in table.cells if texts[id(cell)].endswith(":")]
    if len(labels) > 0.5 * len(table.cells) and len({cell.column for cell in labels}) > 1:
        return True
    if any(is_numeric(text) for text in texts.values()):
        return False
    columns = max(cell.column + cell.column_span for cell in table.cells)
    filled: dict[int, int] = {}
    for cell in table.cells:
        if cell.column_span == cell.row_span == 1:
            filled[cell.row] = filled.get(cell.row, 0) + 1
    spanning = sum(cell.column_span > 1 or cell.row_span > 1 for cell in table.cells)
    return spanning > 0.3 * len(table.cells) and sum(count == columns for count in filled.values()) < 2
