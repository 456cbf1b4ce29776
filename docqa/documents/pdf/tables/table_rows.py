"""Which lines of an aligned table are one row: cells may be wrapped (pure)."""

import re
from itertools import pairwise
from operator import or_

from docqa.documents.pdf.engines import Rule
from docqa.documents.pdf.tables.page_table import Chunk, baseline, is_numeric
from docqa.documents.pdf.tables.table_headings import may_head
from docqa.documents.pdf.tables.text_columns import ChunkedLine, PlacedChunk, TableBody, is_ruled

_MIN_WRAPPED = 2  # Lines.
_MIN_BOLD = 0.8  # Share of the parts of a heading: a formula may be in another font.
_MIN_SHADED = 3  # Rows.
_INDENT = 4.0  # Points.
_YEAR = re.compile(r"(?:19|20)\d\d\b")


def headings_joined(body: TableBody, groups: list[list[int]]) -> list[list[int]]:
    """The rows, with the lines of wrapped headings as one row."""
    groups = [*_section_apart(body, groups[0]), *groups[1:]]
    while len(groups) > 2 and _is_wrapped_heading(body, groups[0], groups[1]):
        groups[:2] = [groups[0] + groups[1]]
    return groups


def _is_wrapped_heading(body: TableBody, upper: list[int], lower: list[int]) -> bool:
    """Whether two rows in bold, right below each other, are the lines of one row of headings."""
    a, b = body.lines[upper[-1]], body.lines[lower[0]]
    pieces = [piece for index in (*upper, *lower) for piece in body.placed[index]]
    if b.top - a.bottom > 0.5 * b.size or any(piece.first < piece.last for piece in pieces):
        return False
    columns = [{piece.first for index in group for piece in body.placed[index]} for group in (upper, lower)]
    if columns[1] == {0} != columns[0] and _begins_section(body, upper, lower):
        return False
    if max(map(max, columns)) == 0 or not (columns[0] <= columns[1] or columns[1] <= columns[0]):
        return False
    if sum(piece.chunk.fragments[0].bold for piece in pieces) < _MIN_BOLD * len(pieces):
        return False
    return all(may_head(piece.chunk.text) for piece in pieces)


def _section_apart(body: TableBody, headings: list[int]) -> list[list[int]]:
    """The first row, without the heading of a section below it, or the amounts of a row."""
    for number in range(1, len(headings)):
        upper, lower = headings[:number], headings[number:]
        above = [piece for index in upper for piece in body.placed[index]]
        texts = [piece.chunk.text for piece in above if piece.first]
        if not texts or not all(map(may_head, texts)):
            break
        below = [piece for index in lower for piece in body.placed[index]]
        if _are_amounts(body.placed[lower[0]]):
            return [upper, lower]
        if len({piece.first for piece in above}) > 1 and all(piece.first == piece.last == 0 for piece in below):
            return [upper, lower] if _begins_section(body, upper, lower) else [headings]
    return [headings]


def _are_amounts(pieces: list[PlacedChunk]) -> bool:
    """Whether a line has a label, and an amount in each of its other columns."""
    label, *others = pieces
    return not label.first and len(others) > 1 and not any(may_head(piece.chunk.text) for piece in others)


def _begins_section(body: TableBody, upper: list[int], lower: list[int]) -> bool:
    """Whether a label alone is no rest of the heading above: it would have begun on its line."""
    label = body.placed[lower[0]][0].chunk
    above = [piece.chunk for index in upper for piece in body.placed[index] if not piece.first]
    fits = not above or above[-1].x1 + _first_word(label) < body.extents[0].end
    return fits and not _begins_within(label.text)


def logical_rows(body: TableBody, rules: list[Rule], bands: list[Rule]) -> list[list[int]]:
    """The lines of each row of the table: a wrapped cell has several. `bands`: the sides of shaded rows."""
    lines, placed = body.lines, body.placed
    if _has_terms(body):
        return _groups([line[0].first == 0 for line in placed])
    divided = [_spans_columns(a) and not _spans_columns(b) for a, b in pairwise(placed)]
    if bands:
        shaded = [is_ruled(lines, index, bands) for index in range(1, len(lines))]
        if sum(shaded) >= _MIN_SHADED:
            groups = _groups([True, *map(or_, shaded, divided)])
            return _sections_apart(body, [part for group in groups for part in _between_bands(body, group)])
    ruled = [is_ruled(lines, index, rules) or divided[index - 1] for index in range(1, len(lines))]
    if sum(ruled) >= 2:
        groups = _groups([True, *ruled])
        named = sum(line[0].first == 0 for line in placed)
        if (sum(ruled) >= 0.3 * len(ruled) or named < 2 * len(groups)) and _are_wrapped(groups, body):
            return _sections_apart(body, groups)
    starts = _by_gaps(body) or _by_width(body)
    if not starts:
        starts = [True, *(ruled[i - 1] or not _continues(placed, lines, i) for i in range(1, len(lines)))]
    return _groups(starts)


def _between_bands(body: TableBody, group: list[int]) -> list[list[int]]:
    """The rows between two sides of shaded rows: several if below a label's number there is another label's."""
    numbers: set[int] = set()
    for index in group:
        label, *others = body.placed[index]
        found = {piece.first for piece in others if is_numeric(piece.chunk.text)}
        if label.first == 0 and numbers & found:
            break
        numbers |= found
    else:
        return [group]
    starts = [True, *(not _continues(body.placed, body.lines, index) for index in group[1:])]
    return [[group[0] + number for number in part] for part in _groups(starts)]


def _sections_apart(body: TableBody, groups: list[list[int]]) -> list[list[int]]:
    """The rows, with the headings of sections as rows of their own: labels alone, above labels that are indented."""
    right = max((chunk.x1 for chunk in body.columns[0]), default=0.0)
    apart: list[list[int]] = []
    for group in groups:
        apart.append(group[:1])
        for above, index in pairwise(group):
            (heading, *others), label = body.placed[above], body.placed[index][0]
            if not others and not heading.first and not label.first and _is_above(heading.chunk, label.chunk, right):
                apart.append([])
            apart[-1].append(index)
    return apart


def _is_above(heading: Chunk, label: Chunk, right: float) -> bool:
    """Whether a label is no rest of the one above: it is indented, and would have begun on its line."""
    return label.x0 > heading.x0 + _INDENT and (heading.text.endswith(":") or heading.x1 + _first_word(label) < right)


def _first_word(chunk: Chunk) -> float:
    """The width of the first word, with a space."""
    text = chunk.text
    return (chunk.x1 - chunk.x0) * (len(text.partition(" ")[0]) + 1) / len(text)


def _spans_columns(pieces: list[PlacedChunk]) -> bool:
    return any(piece.first != piece.last for piece in pieces)


def _groups(starts: list[bool]) -> list[list[int]]:
    groups: list[list[int]] = []
    for index, start in enumerate(starts):
        if start or not groups:
            groups.append([index])
        else:
            groups[-1].append(index)
    return groups


def _has_terms(body: TableBody) -> bool:
    """Whether there are two columns, terms and texts of several lines."""
    if body.width > 2 or len(body.columns[0]) > 0.6 * len(body.lines):
        return False
    return sum(chunk.text.count(" ") > 3 for chunk in body.columns[1]) > 0.5 * len(body.columns[1])


def _by_gaps(body: TableBody) -> list[bool] | None:
    """Where rows start if the space between them is wider than that between the lines of their cells."""
    lines, placed = body.lines, body.placed
    steps = [b.top - a.bottom for a, b in pairwise(lines)]
    low, high = min(steps), max(steps)
    if high - low < 0.25 * lines[0].size:
        return None
    cut = (low + high) / 2
    starts = [True, *(step > cut for step in steps)]
    # Letters that descend make gaps differ, too.
    standing = [max(baseline(chunk.fragments[0]) for chunk in line.chunks) for line in lines]
    leads = [(start, b - a) for start, (a, b) in zip(starts[1:], pairwise(standing), strict=True)]
    between, within = (sorted(lead for start, lead in leads if start == wanted) for wanted in (True, False))
    if between[len(between) // 5] < within[-1 - len(within) // 5] + 0.5:
        return None
    groups = _groups(starts)
    if len(groups) < 3 or len(groups) > 0.8 * len(lines):
        return None
    if not _are_wrapped(groups, body):
        return None
    if any(placed[group[0]][0].first > 0 for group in groups[1:] if len(group) > 1):
        return None
    return starts


def _by_width(body: TableBody) -> list[bool] | None:
    """Where rows start if the other lines have fewer cells, whose words would not have fitted on the line above."""
    starts = [True]
    wrapped = 0
    cells = len(body.placed[0])  # Of the first line of the row.
    for index in range(1, len(body.lines)):
        pieces = body.placed[index]
        if _wraps(body, index) and (len(pieces) < cells or _goes_on(body, index)):
            starts.append(False)
            wrapped += len(pieces) > 1 or pieces[0].first > 0 or _begins_within(pieces[0].chunk.text)
        else:
            starts.append(True)
            cells = len(pieces)
    return starts if wrapped >= _MIN_WRAPPED and _are_wrapped(_groups(starts), body) else None


def _wraps(body: TableBody, index: int) -> bool:
    """Whether a line may be the rest of cells: their first words would not have fitted on the line above."""
    above = {piece.first: piece.chunk for piece in body.placed[index - 1]}
    line = body.lines[index]
    if line.top - body.lines[index - 1].bottom > 0.7 * line.size:
        return False
    for first, last, chunk in body.placed[index]:
        before = above.get(first)
        if before is None or first != last or chunk.fragments[0].bold != before.fragments[0].bold:
            return False
        text = chunk.text
        if _is_open(before) or (_begins_within(text) and not first):
            continue
        if is_numeric(text) and is_numeric(before.text):
            return False
        begin, end = body.extents[first]
        if before.x1 - (before.x0 - begin if first else 0.0) + _first_word(chunk) < end - 2:
            return False
    # What stands further left than the line below it is the heading of a section.
    label, *others = body.placed[index]
    following = body.placed[index + 1][0].chunk if index + 1 < len(body.lines) else label.chunk
    return bool(others) or label.first > 0 or following.x0 < label.chunk.x0 + _INDENT


def _goes_on(body: TableBody, index: int) -> bool:
    """Whether a line of as many cells as its row must be the rest of it."""
    texts = [piece.chunk.text for piece in body.placed[index]]
    return all(map(_begins_within, texts)) or any(_is_open(piece.chunk) for piece in body.placed[index - 1])


def _begins_within(text: str) -> bool:
    """Whether a text begins like the rest of a sentence."""
    return text[:1].islower() or text[:1] in "(&"


def _is_open(chunk: Chunk) -> bool:
    """Whether a text goes on: it ends with a dash, or a removed hyphen."""
    return chunk.fragments[-1].hyphen or chunk.text.endswith((" -", " –"))


def _are_wrapped(groups: list[list[int]], body: TableBody) -> bool:
    """Whether groups of lines are rows: their cells go on from line to line.

    Two lines of numbers in a cell are two rows, and so are full lines that begin like cells.
    """
    for group in groups:
        numbers: set[int] = set()
        for index in group:
            for first, _, chunk in body.placed[index]:
                if first and (is_numeric(chunk.text) or _YEAR.match(chunk.text)):
                    if first in numbers:
                        return False
                    numbers.add(first)
        if len(group) > 2 and sum(len(body.placed[index]) == body.width for index in group) > 0.6 * len(group):
            following = [piece.chunk.text for index in group[1:] for piece in body.placed[index]]
            if sum(text[:1].islower() for text in following) < 0.25 * len(following):
                return False
    return True


def _continues(placed: list[list[PlacedChunk]], lines: list[ChunkedLine], index: int) -> bool:
    """Whether a line is the rest of the row before it."""
    pieces, before = placed[index], placed[index - 1]
    if lines[index].top - lines[index - 1].bottom > 0.7 * lines[index].size:
        return False
    texts = [piece.chunk.text for piece in pieces]
    if before[0].first == 0 and len(before) > 1 and before[0].chunk.text.endswith((" -", " –")):
        return True  # A time.
    if pieces[0].first > 0:
        filled = {piece.first for piece in before}
        return all(piece.first in filled for piece in pieces) and not any(is_numeric(text) for text in texts)
    if len(pieces) == 1:
        # A label that goes on.
        return texts[0][:1].islower() or (lines[index - 1].chunks[0].fragments[-1].hyphen)
    return len(before) == 1 and before[0].first == 0 and before[0].last == 0 and texts[0][:1].islower()
