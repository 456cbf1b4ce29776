"""A table from its cells: without empty rows and columns, and with its headings counted (pure)."""

import re
from itertools import takewhile
from operator import attrgetter

from docqa.documents.pdf.tables.page_table import TIME, PageTable, TableCell, cell_text, is_numeric

_MAX_HEADER = 5  # Rows.
_SAME_PLACE = 3.0  # Points.
_MIN_COUNTED = 3  # Columns.
_MOST_NAMED, _MAX_GROUPS, _MOST_NUMBERS = 0.6, 0.7, 0.8  # Shares: of the rows, and of the cells.


def make_table(box: tuple[float, float, float, float], cells: list[TableCell], above_rule: int = 0) -> PageTable:
    """A table from its non-empty cells, without empty rows and columns. `above_rule`: rows above its one rule."""
    ends = "\n".join([line[-1].text for cell in cells for line in cell.lines])
    if any(leader in ends for leader in _LEADERS) or any(line[0].raised for cell in cells for line in cell.lines):
        cells = [*map(_cleaned, cells)]
    cells = _compact(sorted(cells, key=_PLACE))
    if above_rule and any("$" in cell_text(cell) for cell in cells if cell.row < above_rule):
        above_rule = 0  # The rule is below the first amounts.
    above = max(header_rows(cells), above_rule)
    return PageTable(*box, above, header_columns(cells, above), cells)


_PLACE = attrgetter("row", "column")
_LEADERS = ("..", ". .", "…")
_TRAILING_LEADERS = re.compile(r"\s*(?:\.\s?){3,}\s*$|\s*(?:…\s?)+$")


def _cleaned(cell: TableCell) -> TableCell:
    """Without leaders after a label; small type that stands alone is no superscript. Never empty."""
    lines = cell.lines
    for number, line in enumerate(lines):
        last = line[-1].text
        if last.rstrip().endswith(_LEADERS):
            text = _TRAILING_LEADERS.sub("", last)
            lines = [*lines]
            lines[number] = [*line[:-1], line[-1]._replace(text=text)] if text else line[:-1]
        elif line[0].raised and all(fragment.raised for fragment in line):
            lines = [*lines]
            lines[number] = [fragment._replace(raised=False) for fragment in line]
    if lines is cell.lines:
        return cell
    lines = [line for line in lines if line]
    return cell._replace(lines=lines) if lines else cell


def _compact(cells: list[TableCell]) -> list[TableCell]:
    """Number rows and columns anew, without those in which no cell begins."""
    rows = {row: number for number, row in enumerate(sorted({cell.row for cell in cells}))}
    columns = {column: number for number, column in enumerate(sorted({cell.column for cell in cells}))}
    if len(rows) == max(rows) + 1 and len(columns) == max(columns) + 1:
        return cells
    return [
        TableCell(
            rows[cell.row],
            columns[cell.column],
            sum(row in rows for row in range(cell.row, cell.row + cell.row_span)),
            sum(column in columns for column in range(cell.column, cell.column + cell.column_span)),
            cell.lines,
        )
        for cell in cells
    ]


def header_rows(cells: list[TableCell]) -> int:
    """How many rows at the top have the columns' headings: those in bold, or those before the first row of numbers."""
    by_row: dict[int, list[TableCell]] = {}
    for cell in cells:
        by_row.setdefault(cell.row, []).append(cell)
    rows = [by_row[row] for row in sorted(by_row)]
    columns = max(cell.column + cell.column_span for cell in cells)
    if len(rows) < 2 or (columns == 2 and (_are_fields(rows) or _defines_at_once(rows[0]))):
        return 0
    if TIME.match(cell_text(rows[0][0])) and _are_times([row[0] for row in rows if not row[0].column]):
        return 0  # An agenda begins with its first item.
    count = len([*takewhile(_is_bold, rows)]) % len(rows)
    # The heading of a section is none of a column.
    while (
        count > 1
        and len(rows[count - 1]) == 1
        and rows[count - 1][0].column == 0
        and rows[count - 1][0].column_span == 1
    ):
        count -= 1
    most = next((number for number, row in enumerate(rows) if _has_numbers(row)), len(rows) - 1)
    if not most:
        return 0 if any("$" in cell_text(cell) for cell in rows[0]) else min(count, _MAX_HEADER)
    if columns == 2 and not count and (most == len(rows) - 1 or _has_texts(rows)) and not _stands_out(rows):
        return 0
    count = max(count, *(cell.row_span for cell in rows[0]))
    labelled = _has_numbers(rows[most]) and not rows[most][0].column
    while count < most and (
        _is_divided(rows[count - 1], rows[count], columns)
        or _has_units(rows[count])
        or _has_years(rows[count])
        or (labelled and rows[count][0].column)  # Not the heading of a section.
    ):
        count += 1
    return min(count, most, _MAX_HEADER)


def _has_texts(rows: list[list[TableCell]]) -> bool:
    """Whether most values below the first row are no numbers: a list of names and values has any."""
    values = [cell for row in rows[1:] for cell in row if cell.column]
    return sum(is_numeric(cell_text(cell)) for cell in values) < _MOST_NAMED * len(values)


def _stands_out(rows: list[list[TableCell]]) -> bool:
    """Whether the cells of the first row are set in another way than those below: in their type, or their place."""
    for cell in rows[0]:
        first = cell.lines[0][0]
        below = [other.lines[0][0] for row in rows[1:] for other in row if other.column == cell.column]
        alike = sum(
            first.style == other.style and abs(first.x0 - other.x0) < _SAME_PLACE and abs(first.size - other.size) < 0.5
            for other in below
        )
        if alike < 0.5 * len(below):
            return True
    return False


def _is_divided(row: list[TableCell], following: list[TableCell], columns: int) -> bool:
    """Whether the next row has the headings of the columns that a row's cells span or leave empty."""
    for cell in row:
        below = sum(cell.column <= other.column < cell.column + cell.column_span for other in following)
        if 1 < cell.column_span < columns and below > 1:
            return True
    filled = {column for cell in row for column in range(cell.column, cell.column + cell.column_span)}
    return row[0].row == 0 and 0 not in filled and len(filled) < 0.7 * columns and len(following) > len(row)


_THOUSANDS = re.compile(r"[$£€¥]\s?['’]?0{3}s?$|[$£€¥]$")
_DATE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}$")
_YEAR = re.compile(r"(?:FY ?)?(?:19|20)\d\d(?: ?[-–/] ?(?:\d\d){1,2})?.?(?: ?\([\da-z]\))*$")

_MISSING = re.compile(r"n/?a\.?", re.IGNORECASE)
_LONGEST_NUMBER = 5  # Characters: of a column.
_MONTH = re.compile(
    r"(?:jan|feb|mar|apr|may|ma[iy]|june?|july?|aug|sept?|oct|okt|nov|de[cz])[a-z]*\.? ?\d", re.IGNORECASE
)


def _has_numbers(row: list[TableCell]) -> bool:
    """Whether there are numbers in a row that are no years or a row of dates: those may be headings."""
    texts = [cell_text(cell).strip() for cell in row if cell.column]
    if len(texts) > _MIN_COUNTED and all(len(text) < _LONGEST_NUMBER and text.isdecimal() for text in texts):
        first = int(texts[0])
        if [int(text) for text in texts] == list(range(first, first + len(texts))):
            return False  # Numbered columns.
    if len(texts) > 1 and all(map(_DATE.match, texts)):
        return False
    if any(text[0].isalpha() and _MISSING.fullmatch(text) is None for text in texts):
        texts = [text for text in texts if not _MISSING.fullmatch(text)]  # A column may be headed "N/A".
    return any(not may_head(text) and not _THOUSANDS.match(text) for text in texts)


def may_head(text: str) -> bool:
    """Whether a text may be the heading of a column: words, a year, or the name of a month with a day."""
    return not is_numeric(text) or _YEAR.match(text) is not None or _MONTH.match(text) is not None


def _has_units(row: list[TableCell]) -> bool:
    """Whether a row says only in which currency the columns are."""
    return row[0].column > 0 and all(_THOUSANDS.match(cell_text(cell).strip()) for cell in row)


def _has_years(row: list[TableCell]) -> bool:
    """Whether a row has nothing but years after its label."""
    texts = [cell_text(cell).strip() for cell in row if cell.column]
    return len(texts) > 1 and all(map(_YEAR.match, texts))


def _is_bold(row: list[TableCell]) -> bool:
    return all(line[0].bold for cell in row for line in cell.lines)


def _defines_at_once(row: list[TableCell]) -> bool:
    """Whether the first of two cells is a time, or the second one a sentence: they are no headings."""
    texts = [cell_text(cell).strip() for cell in row]
    return TIME.match(texts[0]) is not None or texts[-1].count(" ") > 5


def _are_fields(rows: list[list[TableCell]]) -> bool:
    """Whether each row is a label and its value."""
    labels = [cell_text(row[0]) for row in rows if row[0].column == 0]
    return bool(labels) and sum(label.endswith(":") for label in labels) >= 0.5 * len(labels)


def header_columns(cells: list[TableCell], above: int) -> int:
    """How many columns on the left name the rows below the first `above` ones: 0, 1, or 2 if groups of rows do."""
    by_column: dict[int, list[TableCell]] = {}
    for cell in cells:
        by_column.setdefault(cell.column, []).append(cell)
    count = max(cell.row + cell.row_span for cell in cells)
    first = by_column.get(0, [])
    below = [cell for cell in first if cell.row + cell.row_span > above]
    if len(by_column) >= _MIN_COUNTED and _are_named_twice(by_column, above, count):
        return 2
    named = sum(cell.row_span for cell in first)
    named_below = sum(cell.row + cell.row_span - max(cell.row, above) for cell in below)
    are_named = named >= _MOST_NAMED * count or named_below >= _MOST_NAMED * (count - above)
    return int(are_named or (len(below) > 1 and _are_times(below)))


def _are_times(column: list[TableCell]) -> bool:
    """Whether most cells of a column are times, which name what is below them, too."""
    return sum(TIME.match(cell_text(cell)) is not None for cell in column) > _MOST_NAMED * len(column)


def _are_named_twice(by_column: dict[int, list[TableCell]], above: int, count: int) -> bool:
    """Whether the first column names groups of rows, the second one the rows of each, and the rest is numbers.

    `above`: the rows with the headings of columns, of all `count`.
    """
    first, second, *others = ([cell for cell in by_column[column] if cell.row >= above] for column in sorted(by_column))
    if len(second) < _MOST_NUMBERS * (count - above):
        return False
    groups = {cell.row: cell_text(cell).strip() for cell in first}
    texts = {cell.row: cell_text(cell).strip() for cell in second}
    names = [*groups.values(), *texts.values()]
    if not groups or len({*groups.values()}) > _MAX_GROUPS * (count - above) or not all(map(may_head, names)):
        return False
    full: set[tuple[str, str]] = set()
    group = ""
    for row in range(above, count):
        group = groups.get(row, group)
        full.add((group, texts.get(row, "")))
    rest = [cell_text(cell) for column in others for cell in column]
    return len(full) == count - above and sum(map(is_numeric, rest)) >= _MOST_NUMBERS * max(1, len(rest))
