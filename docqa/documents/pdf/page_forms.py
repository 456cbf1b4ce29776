"""The fields of the forms on a page, and its tables (pure): numbered lines, labelled boxes, grids to fill in.

Lengths are in points; y grows downwards.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from docqa.documents.pdf.contents_rows import with_whole_entries
from docqa.documents.pdf.engines import PageContent, TextFragment
from docqa.documents.pdf.form_boxes import LabelledBox, boxes_beside_labels, is_tight, labelled_boxes
from docqa.documents.pdf.form_headings import part_headings
from docqa.documents.pdf.form_lines import FormField, boxed, form_lines
from docqa.documents.pdf.form_rules import beside_fields, without_combs, without_separators
from docqa.documents.pdf.form_tables import with_row_numbers
from docqa.documents.pdf.tables import PageTable, find_aligned_tables, find_ruled_tables
from docqa.documents.pdf.tables.page_table import cell_text, is_form

_FEWEST_BOXES = 3  # On a page without numbered lines.
_BESIDE = 0.4  # Of the lower one's height: fields in one row.
_ALIGNED = 12.0  # Points: the left sides of fields below each other.
_NUMBERED = re.compile(r"\d{1,3}[a-z]?\.\s+[A-Z]")  # A label of its own.
_FARTHEST = 6.0  # Heights of type between two fields of one group.


class PageForms(NamedTuple):
    """The fields of a page, its tables, and the fragments that are in neither."""

    fields: list[list[FormField]]
    """In groups that are read row by row."""
    tables: list[PageTable]
    fragments: list[TextFragment]
    is_form: bool
    """Whether there are numbered lines or labelled boxes."""


def fields_and_tables(content: PageContent) -> PageForms:
    """Find the fields and tables of a page."""
    content = without_separators(content)
    headings, rest = part_headings(content)
    content = content._replace(fragments=rest)
    fields, rest = form_lines(content)
    fields += headings
    if fields:
        content = content._replace(fragments=rest, rules=beside_fields(content.rules, fields, rest))
    else:
        content = with_whole_entries(content)
    content = content._replace(rules=without_combs(content.rules))
    boxes = labelled_boxes(content)
    ruled, page = find_ruled_tables(content)
    tables = [table for table in ruled if not is_form(table) and not _has_only(table, boxes)]
    boxes = [box for box in boxes if not any(_is_in(field, table) for field in box.fields for table in tables)]
    if len(boxes) < _FEWEST_BOXES and not fields:
        boxes = []
    grids = [table for table in ruled if table not in tables]
    inside = [field for box in boxes for field in box.fields]
    fields += inside
    form = bool(fields)
    taken = {number for box in boxes for number in box.sources}
    left = {id(fragment) for fragment in page.fragments}
    for grid in grids:
        in_grid = [f for f in content.fragments if id(f) not in left and _is_in(f, grid)]
        cells = _cells(grid, inside)
        if inside and any(_goes_on(cell, in_grid) for cell in cells):
            left.update(map(id, in_grid))  # The grid is not that of the text.
        else:
            fields += cells
    rest = content.fragments
    if ruled or taken:
        rest = [fragment for fragment in rest if id(fragment) in left and id(fragment) not in taken]
    if form:
        beside, rest = _beside_labels(content._replace(fragments=rest), tables)
        fields += beside
    for index, table in enumerate(tables):
        tables[index], rest = with_row_numbers(table, rest)
    aligned, page = find_aligned_tables(page._replace(fragments=rest))
    for table in aligned:
        if is_form(table):
            fields += _cells(table, [])
        else:
            tables.append(table)
    tables.sort(key=lambda table: table.top)
    return PageForms(_grouped(fields, tables, page.fragments), tables, page.fragments, form)


def _beside_labels(content: PageContent, tables: list[PageTable]) -> tuple[list[FormField], list[TextFragment]]:
    """The fields of boxes with their labels outside, and the fragments that are in none."""
    fields: list[FormField] = []
    taken: set[int] = set()
    for box in boxes_beside_labels(content):
        if not box.sources & taken and not any(_is_in(field, table) for field in box.fields for table in tables):
            fields += box.fields
            taken |= box.sources
    return fields, [fragment for fragment in content.fragments if id(fragment) not in taken]


def _has_only(table: PageTable, boxes: list[LabelledBox]) -> bool:
    """Whether all cells of a table are labels with room below them."""
    return bool(boxes) and all(any(_is_in(cell.lines[0][0], box) for box in boxes) for cell in table.cells)


def _is_in(fragment: TextFragment | FormField, box: PageTable | FormField | LabelledBox) -> bool:
    x, y = (fragment.x0 + fragment.x1) / 2, (fragment.top + fragment.bottom) / 2
    return box.x0 - 1 < x < box.x1 + 1 and box.top - 1 < y < box.bottom + 1


def _goes_on(cell: FormField, fragments: list[TextFragment]) -> bool:
    """Whether a cell begins in the midst of a paragraph."""
    first = cell.cells[0][0][0]
    return any(is_tight(above, first) for above in fragments)


def _cells(form: PageTable, boxes: list[FormField]) -> list[FormField]:
    """The fields of a grid but those that are known: a box with its label, or a label with the box on its right."""
    cells = [
        cell
        for cell in sorted(form.cells, key=lambda cell: (cell.row, cell.column))
        if not any(_is_in(fragment, box) for box in boxes for line in cell.lines for fragment in line)
    ]
    fields: list[FormField] = []
    label = None
    for cell in cells:
        text = cell_text(cell)
        ends = text.rstrip().endswith(":")
        if label and label.row == cell.row and not (ends or _NUMBERED.match(text)):
            fields[-1] = boxed([label.lines, cell.lines])
            label = None
            continue
        fields.append(boxed([cell.lines]))
        label = cell if ends else None
    return fields


def _grouped(fields: list[FormField], tables: list[PageTable], others: list[TextFragment]) -> list[list[FormField]]:
    """Fields in rows, and the rows without other text between them: they are read row by row."""
    groups: list[list[FormField]] = []
    for row in _rows(fields):
        last = groups[-1] if groups else None
        if last and _follows(last, row, tables, others):
            last += row
        else:
            groups.append(row)
    return groups


def _rows(fields: list[FormField]) -> Iterator[list[FormField]]:
    """The fields side by side, from the left."""
    row: list[FormField] = []
    for field in sorted(fields, key=lambda field: field.top):
        if row:
            (top, bottom), (upper, lower) = _head(field), _head(row[0])
            if min(bottom, lower) - max(top, upper) < _BESIDE * min(bottom - top, lower - upper):
                yield _by_column(row)
                row = []
        row.append(field)
    if row:
        yield _by_column(row)


def _head(field: FormField) -> tuple[float, float]:
    """The top and bottom of a field's first two lines: the others may be beside the next fields."""
    if field.row:
        return field.row
    lines = field.cells[0][:2]
    return lines[0][0].top, lines[-1][0].bottom


def _by_column(row: list[FormField]) -> list[FormField]:
    """The fields of a row from the left, those below each other from the top."""
    columns: list[list[FormField]] = []
    for field in sorted(row, key=lambda field: field.x0):
        if not columns or field.x0 - columns[-1][0].x0 > _ALIGNED:
            columns.append([])
        columns[-1].append(field)
    return [field for column in columns for field in sorted(column, key=lambda field: field.top)]


def _follows(group: list[FormField], row: list[FormField], tables: list[PageTable], others: list[TextFragment]) -> bool:
    x0, x1 = min(field.x0 for field in (*group, *row)), max(field.x1 for field in (*group, *row))
    top, bottom = min(field.top for field in group[-3:]), max(field.bottom for field in row)
    above = max(field.bottom for field in group)
    if min(field.top for field in row) - above > _FARTHEST * row[0].cells[0][0][0].size:
        return False
    sides = [(other.x0, other.top, other.x1, other.bottom) for other in others]
    sides += [(table.x0, table.top, table.x1, table.bottom) for table in tables]
    return not any(a < x1 and c > x0 and top < (b + d) / 2 < bottom for a, b, c, d in sides)
