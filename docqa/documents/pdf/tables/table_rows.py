"""Which lines of an aligned table are one row: cells may be wrapped (pure)."""

import re
from itertools import pairwise

from docqa.documents.pdf.engines import Rule
from docqa.documents.pdf.tables.page_table import is_numeric
from docqa.documents.pdf.tables.text_columns import ChunkedLine, PlacedChunk, TableBody, is_ruled

_YEAR = re.compile(r"(?:19|20)\d\d\b")


def logical_rows(body: TableBody, rules: list[Rule]) -> list[list[int]]:
    """The lines of each row of the table: a wrapped cell has several."""
    lines, placed = body.lines, body.placed
    if _has_terms(body):
        return _groups([line[0].first == 0 for line in placed])
    ruled = [
        is_ruled(lines, index, rules) or (_spans_columns(placed[index - 1]) and not _spans_columns(placed[index]))
        for index in range(1, len(lines))
    ]
    if sum(ruled) >= 2:
        groups = _groups([True, *ruled])
        named = sum(line[0].first == 0 for line in placed)
        if (sum(ruled) >= 0.3 * len(ruled) or named < 2 * len(groups)) and _are_wrapped(groups, body):
            return groups
    starts = _by_gaps(body)
    if not starts:
        starts = [True, *(ruled[i - 1] or not _continues(placed, lines, i) for i in range(1, len(lines)))]
    return _groups(starts)


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
    groups = _groups(starts)
    if len(groups) < 3 or len(groups) > 0.8 * len(lines):
        return None
    if not _are_wrapped(groups, body):
        return None
    if any(placed[group[0]][0].first > 0 for group in groups[1:] if len(group) > 1):
        return None
    return starts


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
