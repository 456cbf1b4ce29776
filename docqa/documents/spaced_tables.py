"""Tables in plain text: columns made of spaces, tabs or pipes.

Two spaces are a gap between cells if neighbouring lines have such gaps too: justified text and old-fashioned typists
put two between words and sentences.
"""

import re
from itertools import pairwise
from typing import NamedTuple

from docqa.documents.blocks import Cell, Table
from docqa.documents.text_lines import PlainLine

_GAP = re.compile(r"[ \t]*\t[ \t]*|(?:^|[ \t]+)\|(?:[ \t]+|$)|[ \u00a0]{2,}")
_AFTER_SENTENCE = re.compile(r"[.!?:;]['\")\]]*$")
_LIST_MARK = re.compile(r"(?:[-*+•◦‣▪■●○–—·o]|[(\[]?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{2,5})[.)\]]|\d+(?:\.\d+)+\.?)[ \t]+")
_RULE = frozenset("-=_+|:~. \t")
_LEADERS = re.compile(r"(?:\.{4,}|(?:\. ){4,}|…{2,})\s*[\divxlc]+$")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_SIGNS = {"$", "€", "£", "¥"}
_AMOUNT = re.compile(r"(?:[$€£¥]\s*)?[(-]?[\d,.]*\d\)?\s?%?\)?$|[-–—]+$")
_SECTION_WORDS = 8
_WIDE = 3  # Spaces that are a gap wherever they stand.


class _Piece(NamedTuple):
    """A cell's span in the text, and the columns on the screen that it takes up."""

    start: int
    end: int
    left: int
    right: int


def is_rule(text: str) -> bool:
    """Whether a line is a rule under or between rows: "----  ------", "+---+---+", "|:--|--:|"."""
    return _RULE.issuperset(text) and any(three in text for three in ("---", "===", "___"))


def is_contents_entry(text: str) -> bool:
    """Whether a line is an entry of a table of contents: a title, dots and a page number."""
    return len(text) < 200 and _LEADERS.search(text) is not None  # Longer ones would take quadratic time.


def find_cells(line: PlainLine) -> list[_Piece]:
    """The parts of a line between gaps. What a gap after a list mark separates is no cell."""
    mark = _LIST_MARK.match(line.text)
    begin, pieces = 0, []
    for gap in _GAP.finditer(line.text, mark.end() if mark else 0):
        one, other = gap.span()
        if one == 0:
            begin = other
            continue
        if other - one == 2 and gap.group().isspace() and _AFTER_SENTENCE.search(line.text, max(0, one - 3), one):
            continue
        if other < len(line.text) or "|" in gap.group():
            if one > begin:
                pieces.append((begin, one))
            begin = other
    if begin < len(line.text):
        pieces.append((begin, len(line.text)))
    pieces = _signed(line.text, pieces)
    columns = _columns(line, [at for piece in pieces for at in piece])
    return [
        _Piece(line.start + a, line.start + b, columns[2 * i], columns[2 * i + 1]) for i, (a, b) in enumerate(pieces)
    ]


def _signed(text: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The parts, with a currency sign that stands in a column of its own and its amount as one."""
    if not any(end - start == 1 and text[start] in _SIGNS for start, end in pieces):
        return pieces
    joined: list[tuple[int, int]] = []
    for start, end in pieces:
        if joined and text[slice(*joined[-1])] in _SIGNS and text[start] in "(0123456789-.":
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined


def _columns(line: PlainLine, positions: list[int]) -> list[int]:
    """The columns on the screen of a line's characters at these positions, which ascend."""
    if "\t" not in line.text:
        return [line.indent + at for at in positions]
    columns, column, done = [], line.indent, 0
    for at in positions:
        for char in line.text[done:at]:
            column = (column // 8 + 1) * 8 if char == "\t" else column + 1
        columns.append(column)
        done = at
    return columns


def rows_among(group: list[PlainLine]) -> list[tuple[int, int]]:
    """The runs of lines, as ranges of a group's indices, that are rows of columns; a run may be one line."""
    if not any(_GAP.search(line.text) for line in group):
        return []
    cells = [[] if is_rule(line.text) else find_cells(line) for line in group]
    several = [len(row) >= 2 and not is_contents_entry(line.text) for row, line in zip(cells, group, strict=True)]
    if _is_justified(group, cells):
        return []
    rows = [
        several[i] and (_is_wide(group[i]) or (i > 0 and several[i - 1]) or (i + 1 < len(group) and several[i + 1]))
        for i in range(len(group))
    ]
    # A rule, or a cell that goes on in its column, is part of the rows around it.
    for i, row in enumerate(cells):
        if i > 0 and rows[i - 1] and not rows[i]:
            rows[i] = not row or _is_continued(row, cells[i - 1])
        if not row and i + 1 < len(group) and several[i + 1]:
            rows[i] = True
        if i > 0 and rows[i - 1] and not rows[i] and _is_section(group, several, i):
            rows[i] = True
    runs: list[tuple[int, int]] = []
    for i, is_row in enumerate(rows):
        if is_row and runs and runs[-1][1] == i:
            runs[-1] = runs[-1][0], i + 1
        elif is_row:
            runs.append((i, i + 1))
    return runs


def _is_section(group: list[PlainLine], several: list[bool], index: int) -> bool:
    """Whether a line among rows is the heading of those below it."""
    line, following = group[index], index + 1
    if following == len(group) or not several[following] or line.text.count(" ") >= _SECTION_WORDS:
        return False
    return line.text.endswith(":") or line.indent < group[following].indent


def with_statements_joined(groups: list[list[PlainLine]]) -> list[list[PlainLine]]:
    """Join groups of rows that an empty line divides, if their amounts, two or more, are in the same columns."""
    joined: list[list[PlainLine]] = []
    upper: set[int] | None = None
    for group in groups:
        lower = _amount_columns(group)
        if upper and lower and len(lower) > 1 and lower <= upper:
            joined[-1] = joined[-1] + group
        else:
            joined.append(group)
            upper = lower
    return joined


def _amount_columns(lines: list[PlainLine]) -> set[int] | None:
    """Where amounts end, None if some line is neither a row of them, nor a heading, nor a rule."""
    if not any(_GAP.search(line.text) for line in lines):
        return None
    rights: set[int] = set()
    for line in lines:
        cells = [] if is_rule(line.text) else find_cells(line)
        amounts = [cell for cell in cells if _AMOUNT.match(line.text, cell.start - line.start, cell.end - line.start)]
        if len(cells) > 1 and len(amounts) < len(cells) - 1:
            if not rights:
                continue  # Headings.
            return None
        if len(cells) == 1 and line.text.count(" ") >= _SECTION_WORDS:
            return None
        # A bracket stands outside the column.
        rights |= {cell.right - line.text[: cell.end - line.start].endswith(")") for cell in amounts}
    return rights


def _is_continued(row: list[_Piece], above: list[_Piece]) -> bool:
    """Whether a row is one cell that stands under another one than the first."""
    return len(row) == 1 and any(abs(row[0].left - piece.left) <= 1 for piece in above[1:])


def _is_wide(line: PlainLine) -> bool:
    mark = _LIST_MARK.match(line.text)
    return any(
        "\t" in gap.group() or "|" in gap.group() or len(gap.group()) >= _WIDE
        for gap in _GAP.finditer(line.text, mark.end() if mark else 0)
        if gap.start() > 0 and gap.end() < len(line.text)
    )


def _is_justified(group: list[PlainLine], cells: list[list[_Piece]]) -> bool:
    """Whether the gaps are those of a justified paragraph: small, not under each other, all lines but one as wide."""
    widths = [line.width for line in group[:-1]]
    if len(widths) < 2 or max(widths) - min(widths) > 1 or max(widths) < 40:
        return False
    if any(len(gap.group()) > _WIDE for line in group for gap in _GAP.finditer(line.text)):
        return False
    lined_up = sum(bool(_starts(one) & _starts(other)) for one, other in pairwise(cells))
    return lined_up * 2 < len(cells) - 1


def _starts(row: list[_Piece]) -> set[int]:
    return {piece.left for piece in row[1:]} | {-piece.right for piece in row[1:-1]}


def make_table(lines: list[PlainLine]) -> Table | None:
    """The table that rows make, None if they are too few. Its columns are where the fullest rows have gaps."""
    rows: list[list[_Piece]] = []
    rules: list[int] = []
    for line in lines:
        if is_rule(line.text):
            rules.append(len(rows))
        elif row := find_cells(line):
            rows.append(row)
    if len(rows) < 2:
        return None
    most = max(map(len, rows))
    spans = _column_spans([row for row in rows if len(row) == most])
    cells = []
    for number, row in enumerate(rows):
        places = _placed(row, spans) if len(spans) == most else None
        for piece, (first, last) in zip(row, places or [(i, i) for i in range(len(row))], strict=True):
            cells.append(Cell(piece.start, piece.end, number, first, 1, last - first + 1))
    header_rows = next((rule for rule in rules if 0 < rule <= 3 and rule < len(rows)), 0) or _is_header(lines, rows)
    names = [cell for cell in cells if cell.column == 0 and cell.row >= header_rows]
    return Table(cells[0].start, cells[-1].end, header_rows, int(len(names) > 1), tuple(cells))


def _placed(row: list[_Piece], spans: list[tuple[int, int]]) -> list[tuple[int, int]] | None:
    """The first and the last column of each cell of a row, None if two cells would be in one column."""
    places = []
    for piece in row:
        over = [i for i, (left, right) in enumerate(spans) if piece.left < right and left < piece.right]
        nearest = min(range(len(spans)), key=lambda i: max(spans[i][0] - piece.right, piece.left - spans[i][1]))
        places.append((over[0], over[-1]) if over else (nearest, nearest))
    return None if any(one[1] >= other[0] for one, other in pairwise(places)) else places


def _is_header(lines: list[PlainLine], rows: list[list[_Piece]]) -> int:
    """1 if the first row has no digits, or several years alone, but most others have digits, else 0."""
    texts = [line.text for line in lines if not is_rule(line.text)]
    years = len(_YEAR.findall(texts[0])) > 1
    named = not any(char.isdigit() for char in (_YEAR.sub("", texts[0]) if years else texts[0]))
    numeric = sum(any(char.isdigit() for char in text) for text in texts[1:])
    return int(len(rows) > 2 and named and numeric * 2 > len(rows) - 1)


def _column_spans(rows: list[list[_Piece]]) -> list[tuple[int, int]]:
    """The columns, on the screen, that each column of the table takes up: between them, no row has a character."""
    spans: list[tuple[int, int]] = []
    for left, right in sorted((piece.left, piece.right) for row in rows for piece in row):
        if spans and left <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(spans[-1][1], right)
        else:
            spans.append((left, right))
    return spans
