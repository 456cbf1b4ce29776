"""Which lines of an aligned table are one row: cells may be wrapped (pure)."""

from itertools import pairwise

from docqa.documents.pdf.engines import Rule
from docqa.documents.pdf.tables.page_table import is_numeric
from docqa.documents.pdf.tables.text_columns import PlacedChunk, TableBody, TextLine, is_ruled


def logical_rows(body: TableBody, rules: list[Rule]) -> list[list[int]]:
    """The lines of each row of the table: a wrapped cell has several."""
    lines, placed = body.lines, body.placed
    ruled = [is_ruled(lines, index, rules) for index in range(1, len(lines))]
    if sum(ruled) >= 2 and sum(ruled) >= 0.3 * len(ruled):
        groups = _groups([True, *ruled])
        if _one_number(groups, placed):
            return groups
    starts = _by_gaps(lines, placed)
    if not starts:
        starts = [True, *(ruled[i - 1] or not _continues(placed, lines, i) for i in range(1, len(lines)))]
    return _groups(starts)


def _groups(starts: list[bool]) -> list[list[int]]:
    groups: list[list[int]] = []
    for index, start in enumerate(starts):
        if start or not groups:
            groups.append([index])
        else:
            groups[-1].append(index)
    return groups


def _by_gaps(lines: list[TextLine], placed: list[list[PlacedChunk]]) -> list[bool] | None:
    """Where rows start if the space between them is wider than that between the lines of their cells."""
    steps = [b.top - a.bottom for a, b in pairwise(lines)]
    low, high = min(steps), max(steps)
    if high - low < 0.25 * lines[0].size:
        return None
    cut = (low + high) / 2
    starts = [True, *(step > cut for step in steps)]
    groups = _groups(starts)
    if len(groups) < 3 or len(groups) > 0.8 * len(lines):
        return None
    if not _one_number(groups, placed):
        return None
    if any(placed[group[0]][0].first > 0 for group in groups[1:] if len(group) > 1):
        return None
    return starts


def _one_number(groups: list[list[int]], placed: list[list[PlacedChunk]]) -> bool:
    """Whether no cell has two lines of numbers: those are two rows."""
    for group in groups:
        numbers: set[int] = set()
        for index in group:
            for first, _, chunk in placed[index]:
                if first and is_numeric(chunk.text):
                    if first in numbers:
                        return False
                    numbers.add(first)
    return True


def _continues(placed: list[list[PlacedChunk]], lines: list[TextLine], index: int) -> bool:
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
