"""Tables in a passage of unknown origin, written as docqa writes them: a row a line, two spaces between cells (pure).

Empty cells are not written, so only a row that has all of its cells has headings: those of the first line, which has a
cell for each column, or for each but the first.
"""

import re
from collections import Counter
from typing import NamedTuple

from docqa.documents import Cell, Table

_CELL = re.compile(r"\S+(?: \S+)*")
_LINE = re.compile(r"[^\n]+")
_AMOUNT = re.compile(r"[-–—(]?(?:[$€£¥]\s?)?[-–—(]?[\d.,]+\)?\s?%?\)?|[-–—]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LONGEST = 1_000  # Characters in a line with cells.
_FEWEST_ROWS = 3  # The headings' included.


class _Row(NamedTuple):
    """A line: where it ends, and the spans of its cells."""

    end: int
    cells: list[tuple[int, int]]


def written_tables(text: str) -> list[Table]:
    """The tables of a text, as far as one can tell the columns of their cells."""
    if "  " not in text:
        return []
    tables: list[Table] = []
    rows: list[_Row] = []
    for line in _LINE.finditer(text):
        is_short = line.end() - line.start() <= _LONGEST
        row = _Row(line.end(), [cell.span() for cell in _CELL.finditer(text, *line.span())] if is_short else [])
        follows = rows and line.start() == rows[-1].end + 1
        # A single cell between two rows is the heading of a section.
        if not (follows and row.cells and (len(row.cells) > 1 or len(rows[-1].cells) > 1)):
            tables += _table(text, rows)
            rows = []
        if rows or len(row.cells) > 1:
            rows.append(row)
    return tables + _table(text, rows)


def _table(text: str, rows: list[_Row]) -> list[Table]:
    """The table of some rows, if the first has the headings of most of the others."""
    if rows and len(rows[-1].cells) == 1:
        rows = rows[:-1]
    if len(rows) < _FEWEST_ROWS:
        return []
    headings = rows[0].cells
    width, count = Counter(len(row.cells) for row in rows[1:] if len(row.cells) > 1).most_common(1)[0]
    if count * 2 < len(rows) or not 0 <= width - len(headings) <= 1 or any(_is_amount(text, *one) for one in headings):
        return []
    whole = [row.cells for row in rows[1:] if len(row.cells) == width]
    labelled = sum(_is_amount(text, *cells[0]) for cells in whole) * 2 < len(whole)
    cells = [Cell(*span, 0, column) for column, span in enumerate(headings, width - len(headings))]
    for number, row in enumerate(rows[1:], 1):
        # A cell of a row that has not all of them may be in any column: it is put in one without a heading.
        first = 0 if len(row.cells) == width else width
        cells += [Cell(*span, number, column + (column > 0) * first) for column, span in enumerate(row.cells)]
    return [Table(headings[0][0], rows[-1].end, 1, int(labelled), tuple(cells))]


def _is_amount(text: str, start: int, end: int) -> bool:
    return _AMOUNT.fullmatch(text, start, end) is not None and _YEAR.fullmatch(text, start, end) is None
