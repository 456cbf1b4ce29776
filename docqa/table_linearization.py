"""Tables as a reader reads them: row by row, each cell after the headings of its column (pure).

A row "Net income  2,465  3,357" below "2018  2017" is read as "Net income: 2018: 2,465; 2017: 3,357": what a cell is
about stands beside it, however long the table is. Cells keep their offsets; what is repeated has those of the heading.
The row with its headings is the form of Oguz et al. 2022 (UniK-QA, section 3.2).
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from docqa.documents import Cell, Table

COLON, SEMICOLON = -1, -2
"""In `linearized_order`, where these marks stand that the document doesn't have."""

_LONGEST_HEADING = 16  # Tokens. Of a longer heading the end is repeated, which is the most specific.


def linearized_order(starts: NDArray[np.int32], tables: Iterable[Table]) -> NDArray[np.int32] | None:
    """The order in which tokens that begin at the offsets `starts` are read: their indices, and marks.

    Each token is in it once where it stands, and once for each repetition. None if that is the order they have.
    """
    parts: list[NDArray[np.int32]] = []
    done = 0
    for table in tables:
        if not (table.header_rows or table.header_columns):
            continue
        cells = [cell for cell in table.cells if cell.start < cell.end]
        edges = starts.searchsorted([offset for cell in cells for offset in (cell.start, cell.end)]).reshape(-1, 2)
        first, last = starts.searchsorted([table.start, table.end])
        # Whatever a table has outside its cells would be lost.
        if not cells or (edges[:, 1] - edges[:, 0]).sum() != last - first or first < done:
            continue
        parts.append(np.arange(done, first, dtype=np.int32))
        parts.extend(_linearized(table, cells, [np.arange(a, b, dtype=np.int32) for a, b in edges.tolist()]))
        done = int(last)
    if not parts:
        return None
    return np.concatenate([*parts, np.arange(done, len(starts), dtype=np.int32)])


def _linearized(
    table: Table, cells: Sequence[Cell], tokens: Sequence[NDArray[np.int32]]
) -> Iterable[NDArray[np.int32]]:
    """Yield the tokens of a table in the order in which they are read. `tokens` are those of each cell."""
    colon, semicolon = np.array([COLON], dtype=np.int32), np.array([SEMICOLON], dtype=np.int32)
    above: dict[int, list[NDArray[np.int32]]] = {}
    beside: list[tuple[Cell, NDArray[np.int32]]] = []
    row, mark = -1, colon[:0]  # The row, and what divides its last cell from the next.
    for cell, own in zip(cells, tokens, strict=True):
        if cell.row < table.header_rows:
            for column in range(cell.column, cell.column + cell.column_span):
                above.setdefault(column, []).append(own)
            yield own
            continue
        is_heading = cell.column < table.header_columns
        if cell.row > row:
            row, mark = cell.row, colon[:0]
            beside = [(other, of) for other, of in beside if other.row + other.row_span > row]
            for other, of in beside:
                if not is_heading or other.column < cell.column:
                    yield of
                    mark = colon
        if is_heading:
            beside.append((cell, own))
            yield own
            mark = colon
            continue
        yield mark
        if cell.column in above:
            yield np.concatenate(above[cell.column])[-_LONGEST_HEADING:]
            yield colon
        yield own
        mark = semicolon
