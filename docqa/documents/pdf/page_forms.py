"""The fields of the forms on a page, and its tables (pure): numbered lines, labelled boxes, grids to fill in.

Lengths are in points; y grows downwards.
"""

from collections.abc import Iterator

from docqa.documents.pdf.contents_rows import with_whole_entries
from docqa.documents.pdf.engines import PageContent, TextFragment
from docqa.documents.pdf.form_boxes import LabelledBox, labelled_boxes
from docqa.documents.pdf.form_headings import part_headings
from docqa.documents.pdf.form_lines import FormField, boxed, form_lines
from docqa.documents.pdf.form_rules import beside_fields, without_combs
from docqa.documents.pdf.form_tables import with_row_numbers
from docqa.documents.pdf.tables import PageTable, find_aligned_tables, find_ruled_tables
from docqa.documents.pdf.tables.page_table import cell_text, is_form

_FEWEST_BOXES = 3  # On a page without numbered lines.
_FARTHEST = 3.0  # Heights of type between two fields of one group.


def fields_and_tables(content: PageContent) -> tuple[list[list[FormField]], list[PageTable], list[TextFragment]]:
    """The fields of a page in groups, its tables, and the fragments that are in neither."""
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
    for grid in grids:
        fields += _cells(grid, inside)
    taken = {number for box in boxes for number in box.sources}
    rest = [fragment for fragment in page.fragments if id(fragment) not in taken]
    for index, table in enumerate(tables):
        tables[index], rest = with_row_numbers(table, rest)
    aligned, page = find_aligned_tables(page._replace(fragments=rest))
    tables = sorted([*tables, *aligned], key=lambda table: table.top)
    return _grouped(fields, tables, page.fragments), tables, page.fragments


def _has_only(table: PageTable, boxes: list[LabelledBox]) -> bool:
    """Whether all cells of a table are labels with room below them."""
    return bool(boxes) and all(any(_is_in(cell.lines[0][0], box) for box in boxes) for cell in table.cells)


def _is_in(fragment: TextFragment | FormField, box: PageTable | FormField | LabelledBox) -> bool:
    x, y = (fragment.x0 + fragment.x1) / 2, (fragment.top + fragment.bottom) / 2
    return box.x0 - 1 < x < box.x1 + 1 and box.top - 1 < y < box.bottom + 1


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
        ends = cell_text(cell).rstrip().endswith(":")
        if label and label.row == cell.row and not ends:
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
    row: list[FormField] = []
    for field in sorted(fields, key=lambda field: _first_line(field)[0]):
        top, bottom = _first_line(field)
        if row:
            upper, lower = _first_line(row[0])
            if min(bottom, lower) - max(top, upper) < 0.4 * (bottom - top):
                yield sorted(row, key=lambda field: field.x0)
                row = []
        row.append(field)
    if row:
        yield sorted(row, key=lambda field: field.x0)


def _first_line(field: FormField) -> tuple[float, float]:
    first = field.cells[0][0][0]
    return first.top, first.bottom


def _follows(group: list[FormField], row: list[FormField], tables: list[PageTable], others: list[TextFragment]) -> bool:
    x0, x1 = min(field.x0 for field in (*group, *row)), max(field.x1 for field in (*group, *row))
    top, bottom = min(field.top for field in group[-3:]), max(field.bottom for field in row)
    above = max(field.bottom for field in group)
    if min(field.top for field in row) - above > _FARTHEST * row[0].cells[0][0][0].size:
        return False
    sides = [(other.x0, other.top, other.x1, other.bottom) for other in others]
    sides += [(table.x0, table.top, table.x1, table.bottom) for table in tables]
    return not any(a < x1 and c > x0 and top < (b + d) / 2 < bottom for a, b, c, d in sides)
