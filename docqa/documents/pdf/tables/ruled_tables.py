"""Tables with a grid of rules, also partly ruled ones and those whose cells are filled boxes (pure).

After Nurminen (2013): slots of a grid without an edge between them become one cell.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise, product

from docqa.documents.pdf.engines import PageContent, Rule, TextFragment
from docqa.documents.pdf.glyph_widths import cut_near
from docqa.documents.pdf.tables.page_table import (
    FoundTable,
    TableCell,
    TextRow,
    chunks,
    is_form,
    is_numeric,
    is_sign,
    table_cell,
    text_rows,
)
from docqa.documents.pdf.tables.row_bands import split_bands
from docqa.documents.pdf.tables.rule_grids import NEAR, GridEdge, RuleGrid, rule_grids
from docqa.documents.pdf.tables.ruled_headings import has_rows_below, headings_above, with_headings
from docqa.documents.pdf.tables.table_headings import make_table

_THIN = 3.0  # Points: no rule is thicker.
_TIGHT = 1.5  # Points: no cell is as narrow around its text.
_MAX_LINE = 30.0  # Points: the height of a line of text with its shading.
_MIN_CELLS = 0.35  # Share of the grid's slots that are cells of their own.
_MIN_REGULAR = 0.6  # Share of the columns that a row has as cells of its own: less in a form's boxes.
# Share of the slots that must be divided from a cell since it is no rectangle: more in a drawing.
_MAX_IRREGULAR = 0.35
# Share of the cells' lines that gaps divide in three: more in a chart, or without rules between columns.
_MAX_GAPS = 0.15
_MIN_HEADINGS = 4  # Cells of the first row: the others may be nearly empty.
_MAX_SIGN = 14.0  # Points: no column for a sign is wider.
_MIN_SIGNS = 0.25  # Share of the columns.
_MAX_UNDIVIDED = 0.4  # Share of the rows.
_MAX_LINES = 12  # In a cell, on average: with more they are columns of a page.


def ruled_tables(content: PageContent, fragments: list[TextFragment]) -> list[FoundTable]:
    """The tables of a page that have a grid of rules or of boxes."""
    lines: list[Rule] = []
    boxes: list[Rule] = []
    wide, high = 0.95 * content.width, 0.8 * content.height
    for rule in content.rules:
        x0, top, x1, bottom = rule
        if x1 - x0 <= _THIN or bottom - top <= _THIN:
            lines.append(rule)
        elif x1 - x0 < wide or bottom - top < high:
            boxes.append(rule)
    tables = _tables(lines, [], fragments)
    boxes = _without_highlights(boxes, fragments) if len(boxes) > 1 else boxes
    if tables:
        boxes = [box for box in boxes if not any(_overlaps(box, found) for found in tables)]
    if len(boxes) > 1:
        taken = {id(fragment) for found in tables for fragment in found.fragments}
        rest = [fragment for fragment in fragments if id(fragment) not in taken]
        outside = [line for line in lines if not any(_overlaps(line, found) for found in tables)]
        tables += _tables(outside, boxes, rest)
    return tables


def _without_highlights(boxes: list[Rule], fragments: list[TextFragment]) -> list[Rule]:
    """The boxes without those that shade a line of text: as wide as the text, or as a cell that is higher."""
    rows: dict[tuple[int, int], int] = defaultdict(int)
    for box in {*boxes}:
        rows[round(box.top), round(box.bottom)] += 1
    cells: dict[tuple[int, int], list[Rule]] = defaultdict(list)
    for box in {*boxes}:
        if rows[round(box.top), round(box.bottom)] > 1:
            left, right = round(box.x0 / NEAR), round(box.x1 / NEAR)
            for column in product((left - 1, left, left + 1), (right - 1, right, right + 1)):
                cells[column].append(box)
    for boxes_of_one_width in cells.values():
        boxes_of_one_width.sort(key=_height, reverse=True)
    placed = sorted((f.top + f.bottom, f.x0, f.x1) for f in fragments)
    return [box for box in boxes if not _is_shading(box, cells[round(box.x0 / NEAR), round(box.x1 / NEAR)], placed)]


def _height(box: Rule) -> float:
    return box.bottom - box.top


def _is_shading(box: Rule, cells: list[Rule], placed: list[tuple[float, float, float]]) -> bool:
    """Whether a box shades a line.

    `cells`: those that are as wide, the highest first; `placed`: the doubled middle, the left and the right side of
    each text.
    """
    height = _height(box)
    for cell in cells:
        if _height(cell) <= height + NEAR:
            break
        if cell.top - 1 < box.top and box.bottom < cell.bottom + 1:
            return True
    if height > _MAX_LINE:
        return False
    first, last = bisect_left(placed, (2 * box.top,)), bisect_left(placed, (2 * box.bottom,))
    inside = [(x0, x1) for _, x0, x1 in placed[first:last] if box.x0 - NEAR < x0 and x1 < box.x1 + NEAR]
    if not inside:
        return False
    return abs(min(inside)[0] - box.x0) < _TIGHT and abs(max(x1 for _, x1 in inside) - box.x1) < _TIGHT


def _overlaps(rule: Rule, found: FoundTable) -> bool:
    table = found.table
    return rule.x0 < table.x1 and rule.x1 > table.x0 and rule.top < table.bottom and rule.bottom > table.top


def _tables(lines: list[Rule], boxes: list[Rule], fragments: list[TextFragment]) -> list[FoundTable]:
    tables = []
    for grid in rule_grids(lines, boxes):
        if (found := _table(grid, fragments)) and not has_rows_below(found.table, fragments):
            tables.append(found)
            taken = {id(fragment) for fragment in found.fragments}
            fragments = [fragment for fragment in fragments if id(fragment) not in taken]
    return tables


# Cells --------------------------------------------------------------------------------------------


def _table(grid: RuleGrid, fragments: list[TextFragment]) -> FoundTable | None:
    xs, ys = grid.xs, grid.ys
    inside = [
        fragment
        for fragment in fragments
        if ys[0] < (fragment.top + fragment.bottom) / 2 < ys[-1] and xs[0] < (fragment.x0 + fragment.x1) / 2 < xs[-1]
    ]
    if len(inside) < 4:
        return None
    merged = _merged_slots(grid)
    width = len(xs) - 1
    owner = _rectangular(merged, width)
    if sum(a != b for a, b in zip(merged, owner, strict=True)) > _MAX_IRREGULAR * len(owner):
        return None
    texts: dict[int, list[TextFragment]] = defaultdict(list)
    for fragment in inside:
        row = bisect_right(ys, (fragment.top + fragment.bottom) / 2) - 1
        for piece, column in _cut(fragment, row * width, owner, xs):
            texts[owner[row * width + column]].append(piece)
    if _has_sign_columns(owner, texts, xs):
        return None
    cells = sorted(_cells(grid, owner, texts))
    if cells[0].column_span == width > 1:
        cells[:1] = _at_columns(cells[0], xs)
    cells = [part for cell in cells for part in _divided(cell, xs, owner)]
    top = ys[0]
    if _has_title(cells, width):
        top = ys[cells[0].row + cells[0].row_span]
        cells = cells[1:]
        inside = [fragment for fragment in inside if (fragment.top + fragment.bottom) / 2 >= top]
    cells = split_bands(cells)
    if not _is_table(cells):
        return None
    inside_ids = {*map(id, inside)}
    outside = [fragment for fragment in fragments if id(fragment) not in inside_ids]
    if above := headings_above(cells, xs, top, outside):
        cells = with_headings(cells, above)
        headings = [fragment for cell in above for line in cell.lines for fragment in line]
        inside += headings
        top = min(fragment.top for fragment in headings)
    table = make_table((xs[0], top, xs[-1], ys[-1]), cells)
    regular = len(set(owner)) >= _MIN_CELLS * len(owner) and _regularity(owner, width) >= _MIN_REGULAR
    return FoundTable(table, inside) if regular or is_form(table) else None


def _has_sign_columns(owner: list[int], texts: dict[int, list[TextFragment]], xs: list[float]) -> bool:
    """Whether boxes are the shading of a statement: currency signs, brackets and spaces have columns of their own."""
    width = len(xs) - 1
    signs = currencies = 0
    for column in range(width):
        alone = [
            slot
            for slot in range(column, len(owner), width)
            if owner[slot] == slot and (column + 1 == width or owner[slot + 1] != slot)
        ]
        inside = [fragment.text.strip() for slot in alone for fragment in texts.get(slot, ())]
        if inside or xs[column + 1] - xs[column] < _MAX_SIGN:
            signs += all(map(is_sign, inside))
            currencies += len(inside) > 1 and all(map(is_sign, inside))
    return signs >= max(1 if currencies else 2, _MIN_SIGNS * width)


def _merged_slots(grid: RuleGrid) -> list[int]:
    """For each slot of the grid, row by row, the number of the first slot of its cell."""
    xs, ys = grid.xs, grid.ys
    width, height = len(xs) - 1, len(ys) - 1
    owner = list(range(width * height))

    def root(slot: int) -> int:
        while owner[slot] != slot:
            slot = owner[slot]
        return slot

    joined = [(row * width + column, 1) for row, column in _open(ys, width, grid.vertical)]
    joined += [(row * width + column, width) for column, row in _open(xs, height, grid.horizontal)]
    for slot, step in joined:
        a, b = root(slot - step), root(slot)
        owner[max(a, b)] = min(a, b)
    return [root(slot) for slot in range(width * height)]


def _open(positions: list[float], count: int, edges: dict[int, list[GridEdge]]) -> Iterator[tuple[int, int]]:
    """The places between positions where there is no edge, each with the number of the inner line: 1 to `count` - 1."""
    middles = [(a + b) / 2 for a, b in pairwise(positions)]
    for number in range(1, count):
        sides = edges.get(number, ())
        if not any(begin < middles[0] and middles[-1] < end for _, begin, end in sides):  # Most go all the way.
            for place, middle in enumerate(middles):
                if not any(begin < middle < end for _, begin, end in sides):
                    yield place, number


def _rectangular(owner: list[int], width: int) -> list[int]:
    """Divide cells that are no rectangles, since an edge is missing, row by row."""
    if len({*owner}) == len(owner):
        return owner
    owner = [*owner]
    members: dict[int, list[int]] = defaultdict(list)
    for slot, first in enumerate(owner):
        members[first].append(slot)
    for slots in members.values():
        rows, columns = {slot // width for slot in slots}, {slot % width for slot in slots}
        if len(slots) == len(rows) * len(columns) and len(columns) == max(columns) - min(columns) + 1:
            continue
        for before, slot in zip([-2, *slots], slots, strict=False):
            owner[slot] = owner[before] if slot == before + 1 and slot % width else slot
    return owner


def _cut(fragment: TextFragment, first_slot: int, owner: list[int], xs: list[float]) -> list[tuple[TextFragment, int]]:
    """The pieces of a fragment in a row of slots, each with its column: some files draw a row as one string.

    Its middle is within the slots.
    """
    first, last = bisect_right(xs, fragment.x0 + 1) - 1, bisect_left(xs, fragment.x1 - 1) - 1
    if first >= last:
        return [(fragment, bisect_right(xs, (fragment.x0 + fragment.x1) / 2) - 1)]  # Most are in one column.
    pieces = []
    for column in range(max(0, first), min(len(xs) - 2, last)):
        if owner[first_slot + column] == owner[first_slot + column + 1]:
            continue
        wall = xs[column + 1]
        if wall - fragment.x0 < 2 or fragment.x1 - wall < 2:
            continue
        if parts := cut_near(fragment, wall):
            pieces.append((parts[0], column))
            fragment = parts[1]
    middle = (fragment.x0 + fragment.x1) / 2
    column = min(len(xs) - 2, max(0, bisect_right(xs, middle) - 1))
    return [*pieces, (fragment, column)]


def _cells(grid: RuleGrid, owner: list[int], texts: dict[int, list[TextFragment]]) -> list[TableCell]:
    width = len(grid.xs) - 1
    last: dict[int, tuple[int, int]] = {}
    for slot, first in enumerate(owner):
        row, column = divmod(slot, width)
        _, right = last.get(first, (row, column))
        last[first] = row, (right if right > column else column)
    cells = []
    for first, inside in texts.items():
        row, column = divmod(first, width)
        below, right = last[first]
        lines = text_rows(inside) if len(inside) > 1 else [inside]
        cells.append(table_cell((row, column, below - row + 1, right - column + 1, lines)))
    return cells


def _at_columns(cell: TableCell, xs: list[float]) -> list[TableCell]:
    """The cells of a row without edges between them: each part of the text in a column of its own."""
    parts: dict[int, list[TextRow]] = defaultdict(list)
    for line in cell.lines:
        for chunk in chunks(line):
            column = bisect_right(xs, chunk.x0 + 1) - 1
            if chunk.x1 > xs[column + 1] + 1:
                return [cell]
            parts[column].append(chunk.fragments)
    if len(parts) < cell.column_span:
        return [cell]
    return [cell._replace(column=column, column_span=1, lines=lines) for column, lines in sorted(parts.items())]


def _divided(cell: TableCell, xs: list[float], owner: list[int]) -> list[TableCell]:
    """The cells of a slot that spans columns, if its text stands apart with a side of a cell below in each gap.

    The rules between headings of groups are often not drawn: each heading takes the columns around it.
    """
    width = len(xs) - 1
    below = (cell.row + 1) * width
    if not 1 < cell.column_span < width or cell.row_span > 1 or len(cell.lines) > 1 or below >= len(owner):
        return [cell]
    end = cell.column + cell.column_span
    sides = [column for column in range(cell.column + 1, end) if owner[below + column] != owner[below + column - 1]]
    parts = chunks(cell.lines[0])
    starts = [cell.column]
    for left, right in pairwise(parts):
        middle = (left.x1 + right.x0) / 2
        between = [(abs(xs[column] - middle), column) for column in sides if left.x1 - 1 < xs[column] < right.x0 + 1]
        if not between:
            return [cell]
        starts.append(min(between)[1])
    return [
        cell._replace(column=first, column_span=following - first, lines=[part.fragments])
        for part, (first, following) in zip(parts, pairwise([*starts, end]), strict=True)
    ]


def _has_title(cells: list[TableCell], width: int) -> bool:
    """Whether the first row is one cell across all columns: it is above the table, not a row of it."""
    return width > 2 and len(cells) > 4 and cells[0].column_span == width and cells[1].row > cells[0].row


def _regularity(owner: list[int], width: int) -> float:
    """The cells of a row relative to the grid's columns, on average, without rows of one cell."""
    counts = [len(set(owner[first : first + width])) for first in range(0, len(owner), width)]
    divided = [count for count in counts if count > 1]
    return sum(divided) / (len(divided) * width) if divided else 0.0


def _is_table(cells: list[TableCell]) -> bool:
    if len(cells) < 4:
        return False
    rows = Counter(cell.row for cell in cells)
    headed = rows[cells[0].row] >= _MIN_HEADINGS and len(rows) > 1
    if sum(count > 1 for count in rows.values()) < (1 if headed else 2):
        return False
    if any(cell.row_span > 2 and sum(map(_is_number, cell.lines)) > 2 for cell in cells):
        return False  # The amounts of the year that is not shaded.
    lines = [line for cell in cells for line in cell.lines]
    gaps = [line for line in lines if len(line) > 1 and len(chunks(line)) > 1]
    if sum(len(chunks(line)) > 2 for line in gaps) > _MAX_GAPS * len(lines):
        return False
    undivided = sum(_has_label_and_number(line) for line in gaps)
    return len(lines) <= _MAX_LINES * len(cells) and undivided <= _MAX_UNDIVIDED * len(rows)


def _is_number(line: TextRow) -> bool:
    return is_numeric(" ".join(fragment.text.strip() for fragment in line))


def _has_label_and_number(line: TextRow) -> bool:
    """Whether a line of a cell is one of a table that the rules don't divide: a label, or a number, and a number."""
    first, *others = chunks(line)
    return (first.text[:1].isalpha() or is_numeric(first.text)) and is_numeric(others[-1].text)
