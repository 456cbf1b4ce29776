"""Where the cells of a document's tables are drawn: each in its column, if the columns have room (pure)."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from docqa.aligned_table import AlignedCell, edges, fit, is_numeric, natural_widths
from docqa.documents import Document, Table
from docqa.terminal_text import flat


class PlacedCells(NamedTuple):
    """Cells of the tables that are drawn in columns. `covered` is of shape (lines,), the others of shape (cells,).

    A cell is `document.text[starts:ends]`. It is drawn from column `columns` on, `widths` wide, to the right if
    `numeric`, in the row that begins at the offset `rows`, in the line with the index `lines`. `headings` are in the
    table's header. The lines that are `covered` are drawn as cells.
    """

    covered: NDArray[np.bool_]
    lines: NDArray[np.int64]
    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    columns: NDArray[np.int64]
    widths: NDArray[np.int64]
    numeric: NDArray[np.bool_]
    headings: NDArray[np.bool_]


def place_cells(document: Document, width: int) -> PlacedCells:
    """Place the cells of all tables whose columns fit in `width`. The lines of the others are not covered."""
    starts = document.lines.starts
    covered = np.zeros(len(starts), dtype=bool)
    found: list[tuple[int, int, int, int, int, bool, bool]] = []
    for table in document.tables:
        first = int(starts.searchsorted(table.start, side="right")) - 1
        last = int(starts.searchsorted(table.end))
        indent = document.text[int(starts[first]) : table.start]
        if indent.strip() or not _has_all_text(document, table):
            continue
        placed = list(_place(document, table, width))
        covered[first:last] = bool(placed)
        found += placed
    rows, begins, ends, columns, widths, numeric, headings = np.array(found, dtype=np.int64).reshape(-1, 7).T
    lines = starts.searchsorted(rows, side="right") - 1
    flags = numeric.astype(bool), headings.astype(bool)
    return PlacedCells(covered, lines, rows, begins, ends, columns, widths, *flags)


def _place(document: Document, table: Table, width: int) -> Iterator[tuple[int, int, int, int, int, bool, bool]]:
    """Yield row, start, end, column, width, numeric and heading of each cell, if the columns fit."""
    text, at = flat(document.text[table.start : table.end]), table.start
    cells = [
        AlignedCell(text[cell.start - at : cell.end - at], cell.row, cell.column, cell.column_span)
        for cell in table.cells
    ]
    widths = fit(natural_widths(cells), width)
    if widths is None:
        return
    lefts, rights = edges(widths)
    body: dict[int, list[str]] = {}
    rows: dict[int, int] = {}
    for cell, aligned in zip(table.cells, cells, strict=True):
        rows.setdefault(cell.row, cell.start)
        if cell.row >= table.header_rows:
            body.setdefault(cell.column, []).append(aligned.text)
    numeric = {column for column, texts in body.items() if is_numeric(texts)}
    for cell in table.cells:
        room = rights[cell.column + cell.column_span - 1] - lefts[cell.column]
        to_the_right = cell.column in numeric and cell.column_span == 1
        heading = cell.row < table.header_rows
        yield rows[cell.row], cell.start, cell.end, lefts[cell.column], room, to_the_right, heading


def _has_all_text(document: Document, table: Table) -> bool:
    """Whether nothing but white space is between the cells: what is in no cell would not be drawn."""
    text, at = document.text, table.start
    for cell in table.cells:
        if cell.start < at or text[at : cell.start].strip():
            return False
        at = cell.end
    return not text[at : table.end].strip()
