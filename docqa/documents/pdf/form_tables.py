"""The numbers of a form's lines that stand left of a table to fill in: they name its rows (pure)."""

import re
from collections import defaultdict

from docqa.documents.pdf.engines import TextFragment
from docqa.documents.pdf.tables import PageTable, TableCell

_NUMBER = re.compile(r"\s*(?:\d{1,3}[a-z]?|[a-z])\.?\s*")
_FARTHEST = 45.0  # Points.
_FEWEST = 2
_NUMBERED = 0.6  # Share of the rows.


def with_row_numbers(table: PageTable, fragments: list[TextFragment]) -> tuple[PageTable, list[TextFragment]]:
    """A table with the numbers left of it as its first column, and the fragments that are left."""
    near = [
        fragment
        for fragment in fragments
        if table.x0 - _FARTHEST < fragment.x0
        and fragment.x1 < table.x0 + 1
        and table.top < fragment.top
        and fragment.bottom < table.bottom + 1
        and _NUMBER.fullmatch(fragment.text)
    ]
    if len(near) < _FEWEST:
        return table, fragments
    rows: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for cell in table.cells:
        if cell.row >= table.header_rows:
            rows[cell.row] += [(f.top, f.bottom) for line in cell.lines for f in line]
    numbers: dict[int, TextFragment] = {}
    for fragment in near:
        middle = (fragment.top + fragment.bottom) / 2
        row = next((row for row, spans in rows.items() if any(a - 1 < middle < b + 1 for a, b in spans)), None)
        if row is None or row in numbers:
            return table, fragments
        numbers[row] = fragment
    if len(numbers) < max(_FEWEST, _NUMBERED * len(rows)):
        return table, fragments
    cells = [cell._replace(column=cell.column + 1) for cell in table.cells]
    cells += [TableCell(row, 0, 1, 1, [[fragment]]) for row, fragment in numbers.items()]
    taken = {id(fragment) for fragment in numbers.values()}
    numbered = table._replace(
        x0=min(fragment.x0 for fragment in numbers.values()),
        header_columns=1,
        cells=sorted(cells, key=lambda cell: (cell.row, cell.column)),
    )
    return numbered, [fragment for fragment in fragments if id(fragment) not in taken]
