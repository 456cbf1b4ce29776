"""Grids that are only a part of their table: headings alone, with the rows below, or rows alone (pure)."""

from bisect import bisect_right

from docqa.documents.pdf.engines import TextFragment
from docqa.documents.pdf.tables.page_table import PageTable, TableCell, cell_text, chunks, text_rows, type_size
from docqa.documents.pdf.tables.table_headings import header_rows, may_head

_MAX_HEADINGS = 4  # Rows.
_NEAR = 1.5  # Heights of type between headings and the row below them.
_OUTSIDE = 3.0  # Points.
_MIN_NUMBERS = 2


def has_rows_below(table: PageTable, fragments: list[TextFragment]) -> bool:
    """Whether a grid has only the headings of columns, and rows of numbers stand right below it."""
    last = max(cell.row + cell.row_span for cell in table.cells)
    if last > _MAX_HEADINGS or not all(may_head(cell_text(cell)) for cell in table.cells):
        return False
    beside = [f for f in fragments if f.x0 > table.x0 - _OUTSIDE and f.x1 < table.x1 + _OUTSIDE]
    size = max((f.size for cell in table.cells for line in cell.lines for f in line), default=0.0)
    below = text_rows(f for f in beside if table.bottom - 1 < f.top < table.bottom + _NEAR * size and f.text.strip())
    return bool(below) and sum(not may_head(chunk.text) for chunk in chunks(below[0])) >= _MIN_NUMBERS


def headings_above(
    cells: list[TableCell], xs: list[float], top: float, fragments: list[TextFragment]
) -> list[TableCell]:
    """The headings of the columns right above a grid without any, as cells of rows from 0; [] if there are none.

    `xs`: the sides of the columns; `top`: that of the grid.
    """
    if header_rows(cells) or not any(not may_head(cell_text(cell)) for cell in cells if cell.column):
        return []
    beside = [f for f in fragments if f.x0 > xs[0] - _OUTSIDE and f.x1 < xs[-1] + _OUTSIDE and f.bottom < top + 2]
    lines: list[list[tuple[int, list[TextFragment]]]] = []
    for row in reversed(text_rows(f for f in beside if f.top > top - 6 * _MAX_HEADINGS * _NEAR and f.text.strip())):
        found = chunks(row)
        limit = _NEAR if not lines else 0.5
        if top - max(f.bottom for f in row) > limit * type_size(row) or len(found) < (2 if not lines else 1):
            break
        places = [bisect_right(xs, (chunk.x0 + chunk.x1) / 2) - 1 for chunk in found]
        inside = all(
            xs[column] - _OUTSIDE < chunk.x0 and chunk.x1 < xs[column + 1] + _OUTSIDE and may_head(chunk.text)
            for column, chunk in zip(places, found, strict=True)
        )
        if not inside or len({*places}) < len(places):
            break
        lines.insert(0, [(column, chunk.fragments) for column, chunk in zip(places, found, strict=True)])
        top = min(f.top for f in row)
    covered = {column for line in lines for column, _ in line}
    if not lines or len(covered) < max(2, len(xs) - 2):
        return []
    by_column = {column: [parts for line in lines for number, parts in line if number == column] for column in covered}
    return [TableCell(0, column, 1, 1, parts) for column, parts in sorted(by_column.items())]


def with_headings(cells: list[TableCell], headings: list[TableCell]) -> list[TableCell]:
    """The cells with a row of headings above them."""
    return [*headings, *(cell._replace(row=cell.row + 1) for cell in cells)]
