"""Tables in a fixed-width font: columns aligned, long cells wrapped (pure).

Widths and positions are in terminal cells: a Chinese character takes two.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len, chop_cells

GAP = 2
"""Between columns."""

NARROWEST = 8
"""A column with longer cells is never made narrower than this: words would be torn."""

ELLIPSIS = "…"
"""Stands for columns and rows that are left out."""

_RULE = 60  # Maximum width of the rule below a heading: without wrapping, a column may be 1,000 wide.
_NUMBER = re.compile(r"[^\w]*\d[\d.,\s]*[^\w]*")
_EMPTY = re.compile(r"[^\w]*")


class AlignedCell(NamedTuple):
    """The text of a cell, on one line, and its position from 0."""

    text: str
    row: int
    column: int
    column_span: int = 1


class CellPart(NamedTuple):
    """The part of a cell that is on one line. `x` is where it begins; `cell` is the cell's index, -1 for a rule."""

    x: int
    cell: int
    text: str


def align(cells: Sequence[AlignedCell], header_rows: int, room: int | None = None) -> list[list[CellPart]]:
    """Lay out the cells in lines, with a rule below the header; within `room` if its columns can be that narrow.

    Columns of numbers are aligned to the right.
    """
    natural = natural_widths(cells)
    widths = natural if room is None else fit(natural, room) or [min(width, NARROWEST) for width in natural]
    lefts, rights = edges(widths)
    by_row: dict[int, list[int]] = defaultdict(list)
    body: dict[int, list[str]] = defaultdict(list)
    for number, (text, row, column, _) in enumerate(cells):
        by_row[row].append(number)
        if row >= header_rows:
            body[column].append(text)
    numeric = {column for column, texts in body.items() if is_numeric(texts)}
    lines: list[list[CellPart]] = []
    for row in sorted(by_row):
        top = len(lines)
        for number in sorted(by_row[row], key=lambda number: cells[number].column):
            text, _, column, span = cells[number]
            width = rights[column + span - 1] - lefts[column]
            for down, part in enumerate(wrap(text, width)):
                if top + down == len(lines):
                    lines.append([])
                indent = width - cell_len(part) if column in numeric and span == 1 else 0
                lines[top + down].append(CellPart(lefts[column] + max(0, indent), number, part))
        if row == header_rows - 1:
            rules = ["─" * min(width, _RULE) for width in widths]
            lines.append([CellPart(left, -1, rule) for left, rule in zip(lefts, rules, strict=True) if rule])
    return lines


def natural_widths(cells: Sequence[AlignedCell]) -> list[int]:
    """The width of each column if no cell is wrapped. A cell over several columns makes room for its words only."""
    widths = [0] * max((cell.column + cell.column_span for cell in cells), default=0)
    for text, _, column, span in cells:
        if span == 1:
            widths[column] = max(widths[column], cell_len(text))
    for text, _, column, span in cells:
        if span > 1:
            filled = [width for width in widths[column : column + span] if width]
            joint = sum(filled) + GAP * max(0, len(filled) - 1)
            longest = max(map(cell_len, text.split()), default=0)
            widths[column + span - 1] += max(0, longest - joint)
    return widths


def edges(widths: Sequence[int]) -> tuple[list[int], list[int]]:
    """Where each column begins, and where it ends. An empty one takes no room and no gap."""
    lefts, rights = [], []
    left = right = 0
    for width in widths:
        right = left + width if width else right
        lefts.append(left)
        rights.append(right)
        left = right + GAP if width else left
    return lefts, rights


def fit(natural: Sequence[int], room: int) -> list[int] | None:
    """Divide `room` among columns: narrow ones keep their width, the others share the rest. None if it is too little.

    A share is `NARROWEST` or more.
    """
    left = room - GAP * (sum(map(bool, natural)) - 1)
    if sum(natural) <= left:
        return list(natural)
    if sum(min(width, NARROWEST) for width in natural) > left:
        return None
    widths = [0] * len(natural)
    by_width = sorted(range(len(natural)), key=natural.__getitem__)
    for done, column in enumerate(by_width):
        widths[column] = min(natural[column], left // (len(natural) - done))
        left -= widths[column]
    return widths


def narrow(cells: Sequence[AlignedCell], keep: Collection[int], center: int, room: int) -> list[AlignedCell]:
    """Leave out columns until the rest fits in `room`: those farthest from `center` first, those in `keep` never.

    A column of ellipses stands in their place.
    """
    natural = natural_widths(cells)
    if fit(natural, room) is not None:
        return list(cells)
    shown = {*keep, center}
    room -= 2 * (GAP + len(ELLIPSIS))
    for column in sorted(set(range(len(natural))) - shown, key=lambda column: (abs(column - center), column)):
        if fit([natural[each] for each in sorted({*shown, column})], room) is None:
            break
        shown.add(column)
    places: dict[int, int] = {}  # Of the columns that are shown; and for each gap, of its first column.
    for column in range(len(natural)):
        if column in shown or column == 0 or column - 1 in shown:
            places[column] = len(places)
    rows = sorted({cell.row for cell in cells})
    gaps = [AlignedCell(ELLIPSIS, row, at) for column, at in places.items() if column not in shown for row in rows]
    return [*_moved(cells, shown, places), *gaps]


def _moved(cells: Sequence[AlignedCell], shown: Collection[int], places: dict[int, int]) -> Iterator[AlignedCell]:
    for text, row, column, span in cells:
        inside = [places[each] for each in range(column, column + span) if each in shown]
        if inside:
            yield AlignedCell(text, row, inside[0], inside[-1] - inside[0] + 1)


def is_numeric(texts: Iterable[str]) -> bool:
    """Whether the cells of a column are numbers, but for empty ones and dashes."""
    filled = [text for text in texts if not _EMPTY.fullmatch(text)]
    return bool(filled) and all(_NUMBER.fullmatch(text) for text in filled)


def wrap(text: str, width: int) -> list[str]:
    """Break a text at its spaces, and words that are wider than `width`. At least one line."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(joined) <= width:
            lines[-1] = joined
            continue
        parts = chop_cells(word, max(2, width)) if cell_len(word) > width else [word]
        lines[len(lines) - (not lines[-1]) :] = parts
    return lines


def line_text(parts: Sequence[CellPart], painted: Callable[[CellPart], str] = lambda part: part.text) -> str:
    """A line as text. `painted` may add to a part what takes no room on a terminal."""
    line, width = "", 0
    for part in parts:
        line += " " * (part.x - width) + painted(part)
        width = max(part.x, width) + cell_len(part.text)
    return line.rstrip()
