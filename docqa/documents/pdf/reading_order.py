"""The lines of a page in the order in which a person reads them (pure).

Runs of text are chained to blocks, from the top down; blocks are put in order by Breuel's rules (High Performance
Document Layout Analysis, 2003): what is above comes first, and a left column comes before a right one, unless something
that spans both is between them. Where labels and values, or cells, stand side by side, a row is one line.

Lengths are in points; y grows downwards.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from typing import NamedTuple

from docqa.documents.pdf.amounts import with_amounts
from docqa.documents.pdf.block_order import in_reading_order
from docqa.documents.pdf.check_boxes import with_check_boxes
from docqa.documents.pdf.cleaning import clean, single_spaced
from docqa.documents.pdf.engines import PageContent, PdfFile, Rule, TextFragment
from docqa.documents.pdf.figures import figure_labels
from docqa.documents.pdf.form_lines import FormField
from docqa.documents.pdf.large_numbers import with_lines_joined
from docqa.documents.pdf.line_numbers import without_line_numbers
from docqa.documents.pdf.lines import LayoutLine
from docqa.documents.pdf.named_tuples import maker
from docqa.documents.pdf.page_blocks import (
    PROSE_LINES,
    PageBlock,
    are_apart,
    cut_at,
    fields_block,
    page_blocks,
)
from docqa.documents.pdf.page_faults import PageFault, page_fault
from docqa.documents.pdf.page_forms import fields_and_tables
from docqa.documents.pdf.page_zones import Zone, zones
from docqa.documents.pdf.panels import Panel, panel_rows, panels, without_panels
from docqa.documents.pdf.runs import line_text, rows, runs
from docqa.documents.pdf.tables.page_table import PageTable, TableCell
from docqa.documents.pdf.watermark import without_watermarks

_layout_line = maker(LayoutLine)

_COMMENT_SIZE = 5.0  # Points.
_THIN = 2.0
_MAX_RULES = 60


class ReadPage(NamedTuple):
    """The lines of a page, in reading order, and what is wrong with them."""

    lines: list[LayoutLine]
    fault: PageFault
    height: float
    """In points."""
    rules: list[Rule]
    """The horizontal lines, unless there are many: one is above footnotes."""


def read_page(file: PdfFile, index: int) -> ReadPage | None:
    """The page with this index, or None if it is damaged."""
    content = file.content(index)
    if content is None:
        return None
    texts = [*(fragment.text for fragment in content.fragments), *content.comments]
    fault = page_fault("\n".join(texts), content.quality)
    lines = page_lines(content, index + 1)
    if fault == "garbled":
        lines = [line if line.kind == "note" else line._replace(kind="unreadable") for line in lines]
    horizontal = [rule for rule in content.rules if rule.bottom - rule.top <= _THIN]
    return ReadPage(lines, fault, content.height, horizontal if len(horizontal) <= _MAX_RULES else [])


def page_lines(content: PageContent, page: int) -> list[LayoutLine]:
    """Lines of a page, in reading order. Comments and slanted text come last."""
    content, aside = without_watermarks(content)
    content, line_numbers = without_line_numbers(content)
    content = with_check_boxes(with_amounts(content))
    blocks = list(_ordered(content))
    labels = {id(block) for block in figure_labels(blocks)}
    lines: list[LayoutLine] = []
    for region, column in enumerate(_columns(blocks)):
        left, right = _edges(column)
        for block in column:
            if block.table:
                lines.extend(_table_lines(block.table, page, region, len(lines) + 1))
                continue
            if block.fields:
                found = (_field_line(field, page, region) for field in block.fields)
                lines.extend(line for line in found if line.row_cells)
                continue
            place = _Place(page, region, left, right, "figure" if id(block) in labels else "")
            for index, row in enumerate(block.lines):
                line = _line(row, place, len(lines) + 1)
                if len(row) > 1 and are_apart(block.lines, index):
                    line = line._replace(row_cells=tuple([(2 * i, *cell[1:]) for i, cell in enumerate(line.row_cells)]))
                lines.append(line)
    comments = (single_spaced(clean(comment)) for comment in content.comments)
    lines.extend(_comment(text, content, page) for text in comments if text)
    lines.extend(_line([run], _Place(page, -1, run.x0, run.x1, "watermark"), 0) for run in runs(aside))
    lines.extend(_line([run], _Place(page, -1, run.x0, run.x1, "line_number"), 0) for run in line_numbers)
    return [line if line.number == number else line._replace(number=number) for number, line in enumerate(lines, 1)]


class _Place(NamedTuple):
    """Where lines are: their page, their column with its edges, and their kind of block, "" if it isn't known yet."""

    page: int
    region: int
    left: float
    right: float
    kind: str


def _line(row: list[TextFragment], place: _Place, number: int) -> LayoutLine:
    page, region, left, right, kind = place
    if len(row) == 1:
        # Nine lines of ten: by position, since names cost half of the time.
        text, x0, top, x1, bottom, size, _, hyphen, _, bold, fixed_pitch, _, style = row[0]
        return _layout_line((
            text, x0, top, x1, bottom, size, hyphen, 1, page, number, right, left, region, bold, fixed_pitch, style,
            False, kind, 0, 0, 0, (),
        ))  # fmt: skip
    if all(run.fixed_pitch for run in row):
        return _line([_code_line(row)], place, number)
    first, last = row[0], row[-1]
    return LayoutLine(
        text="  ".join([run.text for run in row]),
        x0=first.x0,
        top=min([run.top for run in row]),
        x1=last.x1,
        bottom=max([run.bottom for run in row]),
        size=max(row, key=lambda run: len(run.text)).size,
        hyphen=last.hyphen,
        cells=len(row),
        page=page,
        number=number,
        right=right,
        left=left,
        region=region,
        bold=all(run.bold for run in row),
        fixed_pitch=all(run.fixed_pitch for run in row),
        style=first.style if all(run.style == first.style for run in row) else "",
        kind=kind,
        row_cells=tuple([(i, 1, 1, ((run.text, run.hyphen),)) for i, run in enumerate(row)]),
    )


def _code_line(row: list[TextFragment]) -> TextFragment:
    """The runs of a line of code, as far from each other as they are on the page."""
    first, last = row[0], row[-1]
    letter = sum([run.x1 - run.x0 for run in row]) / sum([len(run.text) for run in row])
    text = first.text
    for left, right in pairwise(row):
        text += " " * max(1, round((right.x0 - left.x1) / letter)) + right.text
    return first._replace(text=text, x1=last.x1, hyphen=last.hyphen, bold=all(run.bold for run in row))


def _comment(text: str, content: PageContent, page: int) -> LayoutLine:
    """A comment as a line below the page, in type as small as a footnote's, since it interrupts no paragraph."""
    top, size = content.height, _COMMENT_SIZE
    return LayoutLine(
        f"Note: {text}", 0.0, top, content.width, top + size, size, False, 1, page, 0, content.width, kind="note"
    )


_FilledCell = tuple[TableCell, tuple[tuple[str, bool], ...]]
"""A cell with its lines, and whether each ends with a removed hyphen."""


def _table_lines(table: PageTable, page: int, region: int, first: int) -> Iterable[LayoutLine]:
    """A line for each row, numbered from `first`. Of a cell of several lines, the row has them all."""
    filled: list[_FilledCell] = []
    for cell in table.cells:
        lines = tuple([(text, line[-1].hyphen) for line in cell.lines if line and (text := line_text(line))])
        if lines:
            filled.append((cell, lines))
    for number, (_, row) in enumerate(groupby(filled, key=_row), first):
        yield _row_line(table, list(row), page, region, number)


def _row(filled: _FilledCell) -> int:
    return filled[0].row


def _field_line(field: FormField, page: int, region: int) -> LayoutLine:
    cells = [[(line_text(line), line[-1].hyphen) for line in cell] for cell in field.cells]
    # Ornaments and invisible characters have no text.
    filled = [(number, cell) for number, cell in enumerate(cells) if any(text for text, _ in cell)]
    first = field.cells[0][0][-1]
    return LayoutLine(
        text="  ".join([" ".join([text for text, _ in lines]) for _, lines in filled]),
        x0=field.x0,
        top=field.top,
        x1=field.x1,
        bottom=field.bottom,
        size=first.size,
        hyphen=False,
        cells=len(filled),
        page=page,
        number=0,
        right=field.x1,
        left=field.x0,
        region=region,
        kind=field.kind,
        row_cells=tuple([(number, 1, 1, tuple(lines)) for number, lines in filled]),
    )


def _row_line(table: PageTable, cells: list[_FilledCell], page: int, region: int, number: int) -> LayoutLine:
    first = cells[0][0]
    sides = [fragment[1:5] for cell, _ in cells for line in cell.lines for fragment in line]
    x0, top, x1, bottom = zip(*sides, strict=True)
    return LayoutLine(
        text="  ".join([" ".join([text for text, _ in lines]) for _, lines in cells]),
        x0=min(x0),
        top=min(top),
        x1=max(x1),
        bottom=max(bottom),
        size=next(line for line in first.lines if line)[0].size,
        hyphen=False,
        cells=len(cells),
        page=page,
        number=number,
        right=table.x1,
        left=table.x0,
        region=region,
        kind="table",
        row=first.row,
        header_rows=table.header_rows,
        header_columns=table.header_columns,
        row_cells=tuple([(cell.column, cell.row_span, cell.column_span, lines) for cell, lines in cells]),
    )


# Blocks -------------------------------------------------------------------------------------------


def _ordered(content: PageContent) -> Iterator[PageBlock]:
    """The blocks of a page in reading order; those of a panel follow each other."""
    forms = fields_and_tables(content)
    found = [] if forms.fields else panels(content)
    found = [panel for panel in found if not any(_is_cell(panel, table) for table in forms.tables)]
    if not found:
        for zone in zones(content, forms):
            yield from _in_order(zone, [])
        return
    forms = fields_and_tables(without_panels(content, found))
    boxes: list[PageBlock] = []
    inside: dict[int, list[Panel]] = {}
    for row in panel_rows(found):
        boxes.append(_around(row))
        inside[id(boxes[-1])] = row
    for block in _in_order(Zone(forms.fragments, forms.tables, forms.fields), boxes):
        if id(block) in inside:
            for panel in inside[id(block)]:
                yield from _ordered(panel.content)
        else:
            yield block


def _is_cell(panel: Panel, table: PageTable) -> bool:
    """Whether a panel is a part of one row of a table."""
    within = set(map(id, panel.content.fragments))
    rows = {cell.row for cell in table.cells if any(id(run) in within for line in cell.lines for run in line)}
    return len(rows) == 1


def _around(panels_beside: list[Panel]) -> PageBlock:
    x0, top, x1, bottom = zip(*[panel.box for panel in panels_beside], strict=True)
    return PageBlock([], min(x0), min(top), max(x1), max(bottom))


def _in_order(zone: Zone, boxes: list[PageBlock]) -> list[PageBlock]:
    blocks = page_blocks(rows(runs(with_lines_joined(zone.fragments))))
    boxes = [*boxes, *(PageBlock([], *table[:4], table) for table in zone.tables), *map(fields_block, zone.fields)]
    for box in boxes:
        blocks = [part for block in blocks for part in cut_at(block, box)]
    return in_reading_order([*blocks, *boxes]) if len(blocks) + len(boxes) > 1 else [*blocks, *boxes]


def _columns(blocks: list[PageBlock]) -> list[list[PageBlock]]:
    """Blocks that follow each other in one column."""
    columns: list[list[PageBlock]] = []
    for block in blocks:
        last = columns[-1][-1] if columns else None
        if last and last.top < block.top and _are_one_column(last, block):
            columns[-1].append(block)
        else:
            columns.append([block])
    return columns


def _are_one_column(a: PageBlock, b: PageBlock) -> bool:
    """Whether blocks overlap by half of the narrower one, begin near each other, and don't differ in width."""
    left, right, x0, x1 = a.x0, a.x1, b.x0, b.x1
    narrow, wide = right - left, x1 - x0
    if narrow > wide:
        narrow, wide = wide, narrow
    shared = (right if right < x1 else x1) - (left if left > x0 else x0)
    if not shared > 0.5 * narrow or not abs(left - x0) < 0.25 * wide:
        return False
    # One of two blocks of several lines, such as an abstract, may be wider than the other.
    are_short = len(a.lines) < PROSE_LINES or len(b.lines) < PROSE_LINES
    return are_short or not abs(right - x1) > 0.15 * wide


def _edges(column: list[PageBlock]) -> tuple[float, float]:
    """The left and right edges of a column's text."""
    lines = [line for block in column for line in block.lines]
    if not lines:
        return column[0].x0, column[0].x1
    lefts, rights = sorted([line[0].x0 for line in lines]), sorted([line[-1].x1 for line in lines])
    return lefts[len(lefts) // 4], rights[int(0.75 * (len(rights) - 1))]
