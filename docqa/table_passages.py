"""The part of a table around an answer: its headings, its row, and the rows next to it (pure)."""

from dataclasses import dataclass

from docqa.aligned_table import ELLIPSIS, AlignedCell
from docqa.documents import Cell, Document, Table
from docqa.passages import PASSAGE, grown

_MAX_HEADER_ROWS = 3
_NEIGHBOURS = 1  # Rows shown above and below the answer's.


@dataclass(frozen=True, slots=True)
class TablePassage:
    """A part of a table. `cells[cell].text[start:end]` is the answer."""

    row_headings: tuple[str, ...]
    """The cells that name the answer's row, left to right."""
    column_headings: tuple[str, ...]
    """The cells that name its column, from the top down."""
    cells: tuple[AlignedCell, ...]
    header_rows: int
    header_columns: int
    cell: int
    start: int
    end: int


def table_passage(document: Document, start: int, end: int, neighbours: int = _NEIGHBOURS) -> TablePassage | None:
    """The part of the table around `document.text[start:end]`; None if that is not in one cell of a table.

    `neighbours` are the rows above and below.
    """
    table = document.table_at(start)
    cell = table.cell_at(start) if table is not None else None
    if table is None or cell is None or end > cell.end:
        return None
    text = document.text
    header = min(table.header_rows, _MAX_HEADER_ROWS)
    first = max(header, cell.row - neighbours)
    rows = [*range(header), *range(first, cell.row + cell.row_span + neighbours)]
    places = {row: place for place, row in enumerate(rows)}
    if first > header > 0:
        # Below the header is not the row that follows it.
        places = {row: place + (row >= first) for row, place in places.items()}
    shown = [one for one in table.cells if any(row in places for row in range(one.row, one.row + one.row_span))]
    cells = [AlignedCell(text[one.start : one.end], _first(one, places), one.column, one.column_span) for one in shown]
    if first > header > 0:
        cells.append(AlignedCell(ELLIPSIS, header, 0))
    return TablePassage(
        row_headings=tuple(text[one.start : one.end] for one in table.row_headings(cell)),
        column_headings=tuple(text[one.start : one.end] for one in table.column_headings(cell)),
        cells=tuple(cells),
        header_rows=header,
        header_columns=table.header_columns,
        cell=shown.index(cell),
        start=start - cell.start,
        end=end - cell.start,
    )


def rows_around(
    document: Document, start: int, end: int, longest: int = PASSAGE, within: tuple[int, int] | None = None
) -> tuple[int, int] | None:
    """The same as `passage` in whole rows of the table that `document.text[start:end]` is in; None outside tables."""
    table = document.table_at(start)
    if table is None or end > table.end:
        return None
    low, high = within or (0, len(document.text))
    rows = [row for row in _rows(table) if low <= row[0] and row[1] <= high]
    return grown(document.text, rows, (start, end), longest)


def _rows(table: Table) -> list[tuple[int, int]]:
    """The spans of the rows, from the first cell to the last."""
    spans: dict[int, tuple[int, int]] = {}
    for cell in table.cells:
        first, last = spans.get(cell.row, (cell.start, cell.end))
        spans[cell.row] = min(first, cell.start), max(last, cell.end)
    return sorted(spans.values())


def _first(cell: Cell, places: dict[int, int]) -> int:
    """Where the first row of a cell that is shown stands: a cell over several rows may begin above them."""
    return next(places[row] for row in range(cell.row, cell.row + cell.row_span) if row in places)
