"""Tables without a grid: their columns are aligned, with white space between them (pure).

After Nurminen (2013): white space that runs down several rows divides columns. What only looks so is told apart by what
is in it: columns of prose, lists and clauses with their numbers, contents, equations.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from docqa.documents.pdf.engines import PageContent, Rule
from docqa.documents.pdf.table_grid import (
    Chunk,
    FoundTable,
    TableCell,
    TextRow,
    chunks,
    is_numeric,
    make_table,
    text_rows,
    type_size,
)

_MAX_LEADING = 2.5  # Heights of type between two rows of a table.
_RIVER = 0.5  # Heights of type: narrower white space divides no columns.
_ALIGNED = 2.5  # Points.
_MIN_ROWS = 3
_MAX_SINGLE = 8  # Rows of one cell that follow each other: a wrapped cell.
_PROSE_WORDS = 5

_MARKER = re.compile(
    r"(?:[•●○◦▪■□☐☑☒✓✔❑➢➤►▶‣⁃–—−*·o§ü\uf0a7\uf0b7\uf0d8-]|[(\[]?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)\]:]{0,2}"
    r"|(?:\d+\.)+\d*\.?|[A-Z]\.(?:\d+\.?)*|[A-Z]\d+(?:\.\d+)*|§+ ?\d.*|(?:Article|Section|Step|Note|Figure|Table|Q)\s?[\d.]*:?)$"
)
_EQUATION_NUMBER = re.compile(r"\(\w?\.?\d+(?:\.\d+)*[a-z]?\)$")
_LEADERS = re.compile(r"\.{4}|(?:\. ){3}|…|_{4}|(?:· ){3}")
_PAGE_NUMBER = re.compile(r"(?:[ivxlc]+|[A-Z]?-?\d{1,4})$")


class _Line(NamedTuple):
    """A row of text as chunks."""

    chunks: list[Chunk]
    top: float
    bottom: float
    size: float


class _Span(NamedTuple):
    begin: float
    end: float


def aligned_tables(rows: list[TextRow], content: PageContent) -> list[FoundTable]:
    """The tables among rows of text that no grid encloses."""
    rules = [rule for rule in content.rules if rule.bottom - rule.top <= 3 and rule.x1 - rule.x0 > 40]
    tables = []
    for strip in _strips(rows):
        lines = [_line(row) for row in strip]
        if sum(len(line.chunks) > 1 for line in lines) < 2:
            continue
        for candidate in _candidates(lines):
            table = _table(candidate, rules)
            if table:
                tables.append(table)
    return tables


def _line(row: TextRow) -> _Line:
    top = min(fragment.top for fragment in row)
    bottom = max(fragment.bottom for fragment in row)
    return _Line(chunks(row), top, bottom, type_size(row))


# Columns of a page --------------------------------------------------------------------------------


def _strips(rows: list[TextRow]) -> list[list[TextRow]]:
    """The rows of each column of a page of prose, and those that are as wide as the page."""
    prose = [f for row in rows for f in row if len(f.text) >= 22 and f.text.count(" ") >= 3]
    columns: list[tuple[float, float, list[float]]] = []
    for fragment in sorted(prose, key=lambda f: f.x1 - f.x0):
        hit = [c for c in columns if c[0] < fragment.x1 and c[1] > fragment.x0]
        if not hit:
            columns.append((fragment.x0, fragment.x1, [fragment.top]))
        elif len(hit) == 1:
            columns.remove(hit[0])
            columns.append((min(hit[0][0], fragment.x0), max(hit[0][1], fragment.x1), [*hit[0][2], fragment.top]))
        elif any(len(c[2]) < 4 for c in hit):
            for c in hit:
                columns.remove(c)
            tops = [top for c in hit for top in c[2]]
            columns.append(
                (min(fragment.x0, *(c[0] for c in hit)), max(fragment.x1, *(c[1] for c in hit)), [*tops, fragment.top])
            )
    columns = sorted(c for c in columns if len(c[2]) >= 5)
    if len(columns) < 2:
        return [rows]
    gutters = [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
    zones = [_zones(c[2]) for c in columns]
    wide: list[TextRow] = []
    strips: list[list[TextRow]] = [[] for _ in columns]
    for row in rows:
        middle = (row[0].top + row[0].bottom) / 2
        beside = sum(any(a - 20 <= middle <= b + 20 for a, b in zone) for zone in zones)
        if not beside or any(f.x0 < g - 2 and f.x1 > g + 2 for f in row for g in gutters):
            wide.append(row)
            continue
        for number in range(len(columns)):
            low = gutters[number - 1] if number else float("-inf")
            high = gutters[number] if number < len(gutters) else float("inf")
            part = [f for f in row if low <= (f.x0 + f.x1) / 2 < high]
            if part:
                strips[number].append(part)
    return [strip for strip in (wide, *strips) if strip]


def _zones(tops: list[float]) -> list[tuple[float, float]]:
    """Heights at which there are lines, without gaps of more than three lines."""
    tops = sorted(tops)
    zones = [(tops[0], tops[0])]
    for top in tops:
        if top - zones[-1][1] < 40:
            zones[-1] = (zones[-1][0], top)
        else:
            zones.append((top, top))
    return zones


# Candidates ---------------------------------------------------------------------------------------


def _candidates(lines: list[_Line]) -> Iterator[list[_Line]]:
    """Runs of lines through which the same white space runs."""
    index = 0
    while index < len(lines):
        if len(lines[index].chunks) < 2:
            index += 1
            continue
        end = _run(lines, index)
        if end - index >= 2:
            yield lines[index:end]
            index = end
        else:
            index += 1


def _run(lines: list[_Line], start: int) -> int:
    """Where a run of lines ends that begins at `start`."""
    first = lines[start]
    rivers = _gaps(first)
    left, right = first.chunks[0].x0, first.chunks[-1].x1
    end, single = start + 1, 0
    for index in range(start + 1, len(lines)):
        previous, line = lines[index - 1], lines[index]
        if line.top - previous.bottom > _MAX_LEADING * min(previous.size, line.size):
            break
        if len(line.chunks) > 1:
            narrowed = _intersect(rivers, line)
            if not narrowed:
                break
            rivers, end, single = narrowed, index + 1, 0
            left, right = min(left, line.chunks[0].x0), max(right, line.chunks[-1].x1)
            continue
        single += 1
        chunk = line.chunks[0]
        crosses = any(chunk.x0 < river.begin and chunk.x1 > river.end for river in rivers)
        if single > _MAX_SINGLE or (crosses and (single > 1 or chunk.x1 - chunk.x0 > 0.6 * (right - left))):
            break
    # The last cell may be wrapped.
    while end < len(lines) and len(lines[end].chunks) == 1:
        previous, line = lines[end - 1], lines[end]
        chunk = line.chunks[0]
        if line.top - previous.bottom > 0.7 * line.size or chunk.x1 > right + line.size:
            break
        if not any(river.end <= chunk.x0 + 1 for river in rivers):
            break
        end += 1
    return end


def _gaps(line: _Line) -> list[_Span]:
    return [_Span(a.x1, b.x0) for a, b in pairwise(line.chunks)]


def _intersect(rivers: list[_Span], line: _Line) -> list[_Span]:
    """What remains of the rivers beside the chunks of a line."""
    edges = [float("-inf"), *(x for chunk in line.chunks for x in (chunk.x0, chunk.x1)), float("inf")]
    free = [_Span(edges[i], edges[i + 1]) for i in range(0, len(edges), 2)]
    width = _RIVER * min(line.size, 12.0)
    return [
        _Span(max(a.begin, b.begin), min(a.end, b.end))
        for a in rivers
        for b in free
        if min(a.end, b.end) - max(a.begin, b.begin) >= width
    ]


# Columns ------------------------------------------------------------------------------------------


def _columns(lines: list[_Line]) -> list[_Span]:
    """The columns' sides. Narrow chunks come first: a wide one that crosses two columns is a heading of both."""
    found: list[tuple[float, float, int]] = []
    for chunk in sorted((c for line in lines if len(line.chunks) > 1 for c in line.chunks), key=lambda c: c.x1 - c.x0):
        hit = [c for c in found if c[0] < chunk.x1 and c[1] > chunk.x0]
        if len(hit) > 1 and all(c[2] > 1 for c in hit):
            continue
        for c in hit:
            found.remove(c)
        found.append(
            (
                min(chunk.x0, *(c[0] for c in hit)) if hit else chunk.x0,
                max(chunk.x1, *(c[1] for c in hit)) if hit else chunk.x1,
                1 + sum(c[2] for c in hit),
            )
        )
    columns = [_Span(c[0], c[1]) for c in sorted(found)]
    return _without_halves(columns, lines)


def _without_halves(columns: list[_Span], lines: list[_Line]) -> list[_Span]:
    """Join neighbours that are never filled both: a heading beside its column."""
    index = 0
    while index < len(columns) - 1 and len(columns) > 2:
        a, b = columns[index], columns[index + 1]
        in_a = [any(c.x0 < a.end and c.x1 > a.begin for c in line.chunks) for line in lines]
        in_b = [any(c.x0 < b.end and c.x1 > b.begin for c in line.chunks) for line in lines]
        both = sum(x and y for x, y in zip(in_a, in_b, strict=True))
        if not both and min(sum(in_a), sum(in_b)) <= 0.3 * max(sum(in_a), sum(in_b)):
            columns[index : index + 2] = [_Span(a.begin, b.end)]
        else:
            index += 1
    return columns


def _place(chunk: Chunk, columns: list[_Span]) -> tuple[int, int]:
    """The first and the last column of a chunk."""
    hit = [number for number, column in enumerate(columns) if column.begin < chunk.x1 and column.end > chunk.x0]
    if hit:
        return hit[0], hit[-1]
    middle = (chunk.x0 + chunk.x1) / 2
    nearest = min(range(len(columns)), key=lambda n: min(abs(columns[n].begin - middle), abs(columns[n].end - middle)))
    return nearest, nearest


# Tables -------------------------------------------------------------------------------------------


class _Piece(NamedTuple):
    """A chunk in its columns."""

    first: int
    last: int
    chunk: Chunk


def _table(lines: list[_Line], rules: list[Rule]) -> FoundTable | None:
    columns = _columns(lines)
    if len(columns) < 2:
        return None
    placed = [[_Piece(*_place(chunk, columns), chunk) for chunk in line.chunks] for line in lines]
    left, right = columns[0].begin, columns[-1].end
    inside = [
        rule
        for rule in rules
        if lines[0].top - 20 < rule.top < lines[-1].bottom + 20
        and min(rule.x1, right) - max(rule.x0, left) > 0.7 * (right - left)
    ]
    if not _is_table(placed, lines, columns, len(inside)):
        return None
    groups = _logical_rows(lines, placed, inside)
    cells: list[TableCell] = []
    for number, group in enumerate(groups):
        spans: dict[tuple[int, int], list[Chunk]] = defaultdict(list)
        for index in group:
            for first, last, chunk in placed[index]:
                key = next((k for k in spans if k[0] <= first and last <= k[1]), (first, last))
                spans[key].append(chunk)
        for (first, last), found in spans.items():
            fragments = [fragment for chunk in found for fragment in chunk.fragments]
            cells.append(TableCell(number, first, 1, last - first + 1, text_rows(fragments)))
    fragments = [fragment for line in lines for chunk in line.chunks for fragment in chunk.fragments]
    return FoundTable(make_table((left, lines[0].top, right, lines[-1].bottom), cells), fragments)


def _is_table(placed: list[list[_Piece]], lines: list[_Line], columns: list[_Span], rules: int) -> bool:
    """Whether the columns are those of a table, by their texts."""
    full = [pieces for pieces in placed if len(pieces) > 1]
    ruled = rules >= 2
    if len(full) < (2 if ruled else _MIN_ROWS):
        return False
    texts: list[list[str]] = [[] for _ in columns]
    lefts: list[list[float]] = [[] for _ in columns]
    rights: list[list[float]] = [[] for _ in columns]
    for pieces in placed:
        for first, last, chunk in pieces:
            if first == last:
                texts[first].append(chunk.text)
                if len(pieces) > 1:
                    lefts[first].append(chunk.x0)
                    rights[first].append(chunk.x1)
    filled = sum(len(pieces) for pieces in full)
    if filled < 0.5 * len(full) * len(columns):
        return False
    if not all(texts):
        return False
    words = [_median([len(text.split()) for text in column]) for column in texts]
    prose = sum(count >= _PROSE_WORDS for count in words)
    markers = sum(_MARKER.match(text) is not None for text in texts[0]) / len(texts[0])
    if len(columns) == 2:
        if markers > 0.5 or prose:
            return False
        if _is_contents(texts):
            return False
    if prose >= 2 and not ruled:
        return False
    if prose and not ruled and sum(any(is_numeric(t) for t in column) for column in texts[1:]) == 0:
        return False
    if sum(_EQUATION_NUMBER.match(text) is not None for text in texts[-1]) > 0.5 * len(texts[-1]):
        return False
    aligned = sum(
        _share_aligned(a) >= 0.7
        or _share_aligned(b) >= 0.7
        or _share_aligned([(x + y) / 2 for x, y in zip(a, b, strict=True)]) >= 0.7
        for a, b in zip(lefts, rights, strict=True)
        if a
    )
    return aligned >= (len(columns) if len(columns) == 2 else 0.6 * len(columns))


def _is_contents(texts: list[list[str]]) -> bool:
    """Whether two columns are titles and the numbers of their pages."""
    numbers = [text for text in texts[1] if _PAGE_NUMBER.match(text)]
    if len(numbers) < 0.7 * len(texts[1]):
        return False
    if sum(_LEADERS.search(text) is not None for text in texts[0]) > 0.3 * len(texts[0]):
        return True
    values = [int(number) for number in numbers if number.isdecimal()]
    return values == sorted(values)


def _share_aligned(positions: list[float]) -> float:
    """The share of positions that are near the most common one."""
    if not positions:
        return 0.0
    return max(sum(abs(other - position) <= _ALIGNED for other in positions) for position in positions) / len(positions)


def _median(values: list[int]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


# Rows ---------------------------------------------------------------------------------------------


def _logical_rows(lines: list[_Line], placed: list[list[_Piece]], rules: list[Rule]) -> list[list[int]]:
    """The lines of each row of the table: a wrapped cell has several."""
    separators = sorted({round(rule.top) for rule in rules if lines[0].bottom - 1 < rule.top < lines[-1].top + 1})
    between = [any(lines[i].bottom - 2 <= y <= lines[i + 1].top + 2 for y in separators) for i in range(len(lines) - 1)]
    by_rules = sum(between) >= 2 and sum(between) >= 0.3 * (len(lines) - 1)
    if by_rules:
        starts = [True, *between]
        return _groups(starts)
    pitches = [b.bottom - a.bottom for a, b in pairwise(lines)]
    starts = [True]
    for index in range(1, len(lines)):
        starts.append(between[index - 1] or not _continues(placed, lines, index, pitches))
    by_gaps = _by_gaps(lines, placed)
    return _groups(by_gaps or starts)


def _groups(starts: list[bool]) -> list[list[int]]:
    groups: list[list[int]] = []
    for index, start in enumerate(starts):
        if start or not groups:
            groups.append([index])
        else:
            groups[-1].append(index)
    return groups


def _by_gaps(lines: list[_Line], placed: list[list[_Piece]]) -> list[bool] | None:
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
    for group in groups:
        numbers: dict[int, int] = defaultdict(int)
        for index in group:
            for first, _, chunk in placed[index]:
                if first and is_numeric(chunk.text):
                    numbers[first] += 1
        if any(count > 1 for count in numbers.values()):
            return None
        if len(group) > 1 and placed[group[0]][0].first > 0 and group is not groups[0]:
            return None
    return starts


def _continues(placed: list[list[_Piece]], lines: list[_Line], index: int, pitches: list[float]) -> bool:
    """Whether a line is the rest of the row before it."""
    pieces, before = placed[index], placed[index - 1]
    if lines[index].top - lines[index - 1].bottom > 0.7 * lines[index].size:
        return False
    texts = [piece.chunk.text for piece in pieces]
    if pieces[0].first > 0:
        filled = {piece.first for piece in before}
        return all(piece.first in filled for piece in pieces) and not any(is_numeric(text) for text in texts)
    if len(pieces) == 1:
        # A label that goes on.
        return texts[0][:1].islower() or (lines[index - 1].chunks[0].fragments[-1].hyphen)
    return len(before) == 1 and before[0].first == 0 and before[0].last == 0 and texts[0][:1].islower() and index > 0
