"""Rows of a table without a rule between them (pure)."""

from collections import defaultdict

from docqa.documents.pdf.engines import TextFragment
from docqa.documents.pdf.tables.page_table import TableCell, TextRow, is_numeric, text_rows


def split_bands(cells: list[TableCell]) -> list[TableCell]:
    """Split the rows between two edges that are several rows of text: each has its own number."""
    by_row: dict[int, list[TableCell]] = defaultdict(list)
    for cell in cells:
        by_row[cell.row].append(cell)
    lines_of = {row: lines for row, band in by_row.items() if (lines := _lines_of_band(band))}
    if not lines_of:
        return cells
    split: list[TableCell] = []
    starts: list[int] = []  # The new number of each row.
    count = 0
    for row in range(max((cell.row + cell.row_span for cell in cells), default=0)):
        starts.append(count)
        band = by_row.get(row, [])
        lines = lines_of.get(row, [])
        count += max(1, len(lines))
        for cell in band:
            if not lines:
                split.append(cell)
                continue
            numbers: dict[int, list[list[TextFragment]]] = defaultdict(list)
            for line in cell.lines:
                middle = line[0].top + line[0].bottom
                nearest = min(range(len(lines)), key=lambda n: abs(lines[n] - middle + 1))
                numbers[nearest].append(line)
            split += [cell._replace(row_span=-n, lines=part) for n, part in numbers.items()]
    starts.append(count)
    return [
        cell._replace(row=starts[cell.row], row_span=starts[cell.row + cell.row_span] - starts[cell.row])
        if cell.row_span > 0
        else cell._replace(row=starts[cell.row] - cell.row_span, row_span=1)
        for cell in split
    ]


def _lines_of_band(band: list[TableCell]) -> list[float]:
    """The middles (doubled) of the rows of text in a row of cells, [] if they are one row of the table."""
    if len(band) < 2 or any(cell.row_span > 1 for cell in band):
        return []
    several = [cell for cell in band if len(cell.lines) > 1]
    if len(several) < 2:
        return []
    rows = text_rows(fragment for cell in band for line in cell.lines for fragment in line)
    count = len(rows)
    numeric = [
        cell
        for cell in several
        if cell.column and sum(is_numeric(" ".join(f.text for f in line)) for line in cell.lines) >= 0.6 * count
    ]
    labels = sum(len(cell.lines) >= 0.6 * count for cell in several)
    pairs = numeric and all(len(cell.lines) == count for cell in band) and not _begins_within(band[0])
    if len(numeric) >= 2 or pairs or (count >= 3 and ((numeric and labels >= 2) or _are_lists(band, count))):
        # The rest of a label is no row.
        rest = {id(fragment) for line in band[0].lines if line[0].text.lstrip()[:1].islower() for fragment in line}
        return [row[0].top + row[0].bottom for row in rows if not all(id(fragment) in rest for fragment in row)]
    return _blocks(rows, band)


def _begins_within(cell: TableCell) -> bool:
    """Whether a line of a cell begins like the rest of the one above."""
    return any(line[0].text.lstrip()[:1].islower() for line in cell.lines[1:])


def _are_lists(band: list[TableCell], count: int) -> bool:
    """Whether all cells have short lines side by side that don't go on from line to line."""
    lines = [line for cell in band for line in cell.lines[1:]]
    if any(len(cell.lines) != count for cell in band):
        return False
    short = sum(len(line[0].text.split()) <= 4 for line in lines)
    lower = sum(line[0].text.lstrip()[:1].islower() for line in lines)
    return short > 0.8 * len(lines) and lower < 0.25 * len(lines)


def _blocks(rows: list[TextRow], band: list[TableCell]) -> list[float]:
    """The middles (doubled) of what white space divides in all cells alike, if each cell has its part of each block."""
    blocks: list[list[TextFragment]] = []
    bottom = 0.0
    for row in rows:
        if not blocks or min(fragment.top for fragment in row) - bottom > 0.8 * row[0].size:
            blocks.append([])
        blocks[-1] += row
        bottom = max(bottom, *(fragment.bottom for fragment in row))
    if len(blocks) < 3:
        return []
    for cell in band:
        inside = {id(fragment) for line in cell.lines for fragment in line}
        if not all(any(id(fragment) in inside for fragment in block) for block in blocks):
            return []
    return [(min(f.top for f in block) + max(f.bottom for f in block)) for block in blocks]
