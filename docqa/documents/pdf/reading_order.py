"""The lines of a page in the order in which a person reads them (pure).

Runs of text are chained to blocks, from the top down; blocks are put in order by Breuel's rules (High Performance
Document Layout Analysis, 2003): what is above comes first, and a left column comes before a right one, unless something
that spans both is between them. Where labels and values, or cells, stand side by side, a row is one line.

Lengths are in points; y grows downwards.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from docqa.documents.pdf.engines import PageContent, PdfFile, TextFragment
from docqa.documents.pdf.lines import LayoutLine
from docqa.documents.pdf.runs import LIST_MARK, joined_with_spaces, rows, runs
from docqa.documents.pdf.table_grid import PageTable
from docqa.documents.pdf.tables import find_tables

_JUSTIFIED_WORDS = 3
_PROSE_LINES = 3
_PROSE_LETTERS, _PROSE_WORDS = 18, 3.0  # A line, on average.


class _Block(NamedTuple):
    """A part of a page: lines below each other, each of one run or more, or a table."""

    lines: list[list[TextFragment]]
    x0: float
    top: float
    x1: float
    bottom: float
    table: PageTable | None = None


def read_page(file: PdfFile, index: int) -> list[LayoutLine] | None:
    """Lines of the page with this index, in reading order, or None if the page is damaged."""
    content = file.content(index)
    return None if content is None else page_lines(content, index + 1)


def page_lines(content: PageContent, page: int) -> list[LayoutLine]:
    """Lines of a page, in reading order. Slanted text comes last."""
    tables, fragments = find_tables(content)
    found = runs(fragments)
    slanted = [run for run in found if run.slanted]
    blocks = _in_order(rows([run for run in found if not run.slanted]), tables)
    lines: list[LayoutLine] = []
    for region, column in enumerate(_columns(blocks)):
        left, right = _edges(column)
        for block in column:
            if block.table:
                lines.extend(_table_lines(block.table, page, region))
            else:
                lines.extend(_line(row, page, region, left, right) for row in block.lines)
    lines.extend(_line([run], page, -1, run.x0, run.x1)._replace(kind="watermark") for run in slanted)
    return [line._replace(number=number) for number, line in enumerate(lines, 1)]


def _line(row: list[TextFragment], page: int, region: int, left: float, right: float) -> LayoutLine:
    first, last = row[0], row[-1]
    return LayoutLine(
        text="  ".join(run.text for run in row),
        x0=first.x0,
        top=min(run.top for run in row),
        x1=last.x1,
        bottom=max(run.bottom for run in row),
        size=max(row, key=lambda run: len(run.text)).size,
        hyphen=last.hyphen,
        cells=len(row),
        page=page,
        number=0,
        right=right,
        left=left,
        region=region,
        bold=all(run.bold for run in row),
        fixed_pitch=all(run.fixed_pitch for run in row),
        style=first.style if all(run.style == first.style for run in row) else "",
        row_cells=tuple((i, 1, 1, ((run.text, run.hyphen),)) for i, run in enumerate(row)) if len(row) > 1 else (),
    )


def _table_lines(table: PageTable, page: int, region: int) -> Iterable[LayoutLine]:
    """A line for each row. Of a cell of several lines, the row has them all."""
    by_row = defaultdict(list)
    for cell in table.cells:
        lines = tuple((" ".join(run.text for run in runs(line)), line[-1].hyphen) for line in cell.lines if line)
        lines = tuple(line for line in lines if line[0])
        if lines:
            by_row[cell.row].append((cell, lines))
    for row, cells in sorted(by_row.items()):
        fragments = [fragment for cell, _ in cells for line in cell.lines for fragment in line]
        yield LayoutLine(
            text="  ".join(" ".join(text for text, _ in lines) for _, lines in cells),
            x0=min(fragment.x0 for fragment in fragments),
            top=min(fragment.top for fragment in fragments),
            x1=max(fragment.x1 for fragment in fragments),
            bottom=max(fragment.bottom for fragment in fragments),
            size=fragments[0].size,
            hyphen=False,
            cells=len(cells),
            page=page,
            number=0,
            right=table.x1,
            left=table.x0,
            region=region,
            kind="table",
            row=row,
            header_rows=table.header_rows,
            header_columns=table.header_columns,
            row_cells=tuple((cell.column, cell.row_span, cell.column_span, lines) for cell, lines in cells),
        )


# Blocks -------------------------------------------------------------------------------------------


def _in_order(page: list[list[TextFragment]], tables: list[PageTable]) -> list[_Block]:
    boxes = [_Block([], table.x0, table.top, table.x1, table.bottom, table) for table in tables]
    if all(len(row) == 1 for row in page) and not boxes:
        # Most pages: one column.
        return [_block(page)] if page else []
    chained = _chained(_cells_joined(_justified(page)))
    blocks = [block._replace(lines=_justified(block.lines)) for block in chained]
    return _sorted([*blocks, *boxes])


def _block(lines: list[list[TextFragment]]) -> _Block:
    every = [run for line in lines for run in line]
    return _Block(
        lines,
        min(run.x0 for run in every),
        min(run.top for run in every),
        max(run.x1 for run in every),
        max(run.bottom for run in every),
    )


def _chained(lines: list[list[TextFragment]]) -> list[_Block]:
    """Chain lines to blocks: each with the one right below it, if there is exactly one."""
    chains: list[list[list[TextFragment]]] = []
    open_chains: list[list[list[TextFragment]]] = []
    for group in _at_one_height(lines):
        # The lines of a row, each with the chains that end right above it.
        above = [[chain for chain in open_chains if _below(chain[-1], line)] for line in group]
        taken = [chain for each in above for chain in each]
        for line, candidates in zip(group, above, strict=True):
            chain = candidates[0] if len(candidates) == 1 else None
            if chain is not None and sum(other is chain for other in taken) == 1:
                chain.append(line)
            else:
                chains.append([line])
                open_chains.append(chains[-1])
        limit = min(line[0].top for line in group)
        open_chains = [chain for chain in open_chains if limit - chain[-1][0].bottom < 2 * chain[-1][0].size]
    return [_block(chain) for chain in chains]


def _at_one_height(lines: list[list[TextFragment]]) -> Iterable[list[list[TextFragment]]]:
    group: list[list[TextFragment]] = []
    for line in lines:
        if group and not line[0].top < (group[0][0].top + group[0][0].bottom) / 2 < line[0].bottom:
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _below(upper: list[TextFragment], lower: list[TextFragment]) -> bool:
    """Whether a line is right below another one, in type of about the same size."""
    a, b = upper[0], lower[0]
    size = max(a.size, b.size)
    overlap = min(upper[-1].x1, lower[-1].x1) - max(a.x0, b.x0)
    return overlap > 0 and b.top > a.top and b.top - a.bottom < 1.2 * size and abs(a.size - b.size) < 0.25 * size


def _is_prose(block: _Block) -> bool:
    """Whether the lines of a block are those of running text: long ones that fill their column."""
    texts = [" ".join(run.text for run in line) for line in block.lines]
    if len(texts) < _PROSE_LINES:
        return False
    words = sum(text.count(" ") + 1 for text in texts) / len(texts)
    letters = sum(map(len, texts)) / len(texts)
    width = block.x1 - block.x0
    filled = sum(line[-1].x1 - line[0].x0 for line in block.lines) / len(texts)
    return words >= _PROSE_WORDS and letters >= _PROSE_LETTERS and filled > 0.6 * width


def _justified(page: list[list[TextFragment]]) -> list[list[TextFragment]]:
    """Rejoin the words of a stretched line between two full ones."""
    justified = []
    for index, row in enumerate(page):
        neighbours = [page[i] for i in (index - 1, index + 1) if 0 <= i < len(page)]
        if len(row) > 1 and any(_same_column(row, other) for other in neighbours) and _evenly_spaced(row):
            justified.append([joined_with_spaces(row)])
        else:
            justified.append(row)
    return justified


def _same_column(row: list[TextFragment], other: list[TextFragment]) -> bool:
    """Whether another row is one run as wide as this row, in the same type, right above or below it."""
    if len(other) > 1 or other[0].text.count(" ") < _JUSTIFIED_WORDS - 1:
        return False
    first, size = row[0], row[0].size
    return (
        abs(other[0].x0 - first.x0) < 2 * size
        and abs(other[0].x1 - row[-1].x1) < size
        and abs(other[0].size - size) < 0.1 * size
        and abs(other[0].top - first.top) < 2 * size
    )


def _evenly_spaced(row: list[TextFragment]) -> bool:
    gaps = [b.x0 - a.x1 for a, b in pairwise(row)]
    return max(gaps) < 2.5 * row[0].size or (max(gaps) < 5 * row[0].size and max(gaps) < 1.3 * min(gaps))


def _cells_joined(page: list[list[TextFragment]]) -> list[list[TextFragment]]:
    """Lines from rows: a row of cells, or of labels and values, is one line; a row across columns is several."""
    blocks = _chained([[run] for row in page for run in row])
    block_of = {id(run): block for block in blocks for line in block.lines for run in line}
    prose = {id(block): _is_prose(block) for block in blocks}
    lines: list[list[TextFragment]] = []
    for row in page:
        line = [row[0]]
        for run in row[1:]:
            left, right = block_of[id(line[-1])], block_of[id(run)]
            column = block_of[id(line[0])]
            if prose[id(column)] and run.x1 < column.x1 + 0.5 * run.size:
                line.append(run)  # A word of a stretched line.
            elif prose[id(left)] or prose[id(right)] or not _side_by_side(left, right, line[-1], run):
                lines.append(line)
                line = [run]
            else:
                line.append(run)
        lines.append(line)
    return lines


def _side_by_side(left: _Block, right: _Block, a: TextFragment, b: TextFragment) -> bool:
    """Whether two runs at one height are cells of one row, and not lines of two columns."""
    if LIST_MARK.match(b.text) and len(b.text.split()) > 1 and a.row != b.row:
        return False
    if a.row == b.row:
        return True
    # The file draws the columns one after the other: are they labels and values?
    heights = sorted((line[0].top + line[0].bottom) / 2 for line in right.lines)
    paired = 0
    for line in left.lines:
        middle = (line[0].top + line[0].bottom) / 2
        index = bisect_left(heights, middle - 0.3 * line[0].size)
        paired += index < len(heights) and heights[index] < middle + 0.3 * line[0].size
    if paired < 0.8 * max(len(left.lines), len(right.lines)):
        return False
    labels = sum(line[-1].text.endswith(":") for line in left.lines)
    return labels >= 0.5 * len(left.lines) or len(left.lines) == len(right.lines) == paired


def _sorted(blocks: list[_Block]) -> list[_Block]:
    """Blocks in reading order, by a topological sort of Breuel's relations."""
    blocks = sorted(blocks, key=lambda block: (block.top, block.x0))
    count = len(blocks)
    before: list[set[int]] = [set() for _ in blocks]  # The blocks that must precede each block.
    for i in range(count):
        for j in range(count):
            if i != j and _precedes(blocks, i, j):
                before[j].add(i)
    order: list[_Block] = []
    left = list(range(count))
    while left:
        # If relations contradict each other, the highest block is next.
        ready = next((i for i in _by_column(left, blocks, order) if not before[i]), left[0])
        left.remove(ready)
        order.append(blocks[ready])
        for needed in before:
            needed.discard(ready)
    return order


def _by_column(left: list[int], blocks: list[_Block], order: list[_Block]) -> list[int]:
    """The blocks that are left, those in the column of the last one first."""
    if not order:
        return left
    last = order[-1]
    return sorted(left, key=lambda i: min(blocks[i].x1, last.x1) - max(blocks[i].x0, last.x0) <= 0)


def _precedes(blocks: list[_Block], i: int, j: int) -> bool:
    a, b = blocks[i], blocks[j]
    if min(a.x1, b.x1) - max(a.x0, b.x0) > 0:
        return a.top < b.top
    if a.x1 > b.x0:
        return False
    low, high = min(a.top, b.top), max(a.top, b.top)
    return not any(
        low < c.top < high and min(a.x1, c.x1) > max(a.x0, c.x0) and min(b.x1, c.x1) > max(b.x0, c.x0)
        for k, c in enumerate(blocks)
        if k not in {i, j}
    )


def _columns(blocks: list[_Block]) -> list[list[_Block]]:
    """Blocks that follow each other in one column."""
    columns: list[list[_Block]] = []
    for block in blocks:
        last = columns[-1][-1] if columns else None
        if (
            last
            and last.top < block.top
            and min(last.x1, block.x1) - max(last.x0, block.x0) > 0.5 * min(last.x1 - last.x0, block.x1 - block.x0)
            and abs(last.x0 - block.x0) < 0.25 * max(last.x1 - last.x0, block.x1 - block.x0)
        ):
            columns[-1].append(block)
        else:
            columns.append([block])
    return columns


def _edges(column: list[_Block]) -> tuple[float, float]:
    """The left and right edges of a column's text."""
    lines = [line for block in column for line in block.lines]
    if not lines:
        return column[0].x0, column[0].x1
    lefts, rights = sorted(line[0].x0 for line in lines), sorted(line[-1].x1 for line in lines)
    return lefts[len(lefts) // 4], rights[int(0.75 * (len(rights) - 1))]
