"""Headings of groups of columns, in a table without a grid: a rule below each says which columns it is for (pure)."""

from itertools import pairwise

from docqa.documents.pdf.engines import Rule
from docqa.documents.pdf.tables.page_table import Chunk
from docqa.documents.pdf.tables.table_headings import may_head
from docqa.documents.pdf.tables.text_columns import ChunkedLine, PlacedChunk, TableBody

_MAX_WIDTH = 0.9  # Of the table's: what is wider divides rows.
_MAX_LINES = 8  # Of all headings.
_OVER = 9.0  # Points that a column may be wider than the rule over it.
_BESIDE = 5.0  # Points that a heading may be wider than the rule below it.
_APART = 2.0  # Heights of type between two headings above one rule.
_LEADING = 0.7  # Heights of type between the lines of a heading.


def with_group_headings(
    body: TableBody, lines: list[ChunkedLine], groups: list[list[int]], rules: list[Rule]
) -> list[list[int]]:
    """The rows, with a heading above a rule as one cell of the columns below, and the headings below it as one row.

    `lines` are those of the body as they are drawn, before they were cut at its columns; `rules` are horizontal.
    Changes where the chunks of the headings are placed.
    """
    below = _rules_below(body, rules)
    joined: list[list[int]] = []
    for last, spans in sorted(below.items()):
        first = _first_line(body, last, [rule for rule, _, _ in spans], joined[-1][-1] + 1 if joined else 0)
        if first > last:
            continue
        joint = [span for span in spans if not _are_single(lines[last], span)]
        for index in range(first, last + 1):
            body.placed[index] = _spanning(body.placed[index], lines[index], joint)
        joined.append([*range(first, last + 1)])
    if not joined:
        return groups
    single = _single_columns(body, joined[-1][-1] + 1, rules)
    if single:
        joined.append(single)
    taken = {index for group in joined for index in group}
    rest = [[index for index in group if index not in taken] for group in groups]
    return sorted([*joined, *filter(None, rest)])


_Span = tuple[Rule, int, int]
"""A rule, and the first and the last column below it."""


def _rules_below(body: TableBody, rules: list[Rule]) -> dict[int, list[_Span]]:
    """The rules across several columns, not all of them, by the number of the line right above."""
    columns, headings = body.extents, body.lines[:_MAX_LINES]
    widest = _MAX_WIDTH * (columns[-1].end - columns[0].begin)
    found: dict[int, list[_Span]] = {}
    for rule in rules:
        if rule.x1 - rule.x0 > widest:
            continue
        covered = [n for n, (begin, end) in enumerate(columns) if rule.x0 - _OVER < begin and end < rule.x1 + _OVER]
        above = [number for number, line in enumerate(headings) if -2 < rule.top - line.bottom < line.size]
        if len(covered) < 2 or not above or not _is_heading(body.placed[above[-1]], rule):
            continue
        spans = found.setdefault(above[-1], [])
        if not any(first <= covered[-1] and covered[0] <= last for _, first, last in spans):
            spans.append((rule, covered[0], covered[-1]))
    return found


def _is_heading(pieces: list[PlacedChunk], rule: Rule) -> bool:
    """Whether there are words above a rule, or years."""
    texts = [piece.chunk.text for piece in pieces if _is_over(rule, piece.chunk)]
    return bool(texts) and all(map(may_head, texts))


def _is_over(rule: Rule, chunk: Chunk) -> bool:
    return rule.x0 - _BESIDE < chunk.x0 and chunk.x1 < rule.x1 + _BESIDE


def _first_line(body: TableBody, last: int, rules: list[Rule], floor: int) -> int:
    """The first line of the headings above rules; `last` + 1 if others stand between them."""
    first = last + 1
    for index in range(last, floor - 1, -1):
        line, pieces = body.lines[index], body.placed[index]
        outside = [piece for piece in pieces if not any(_is_over(rule, piece.chunk) for rule in rules)]
        crossing = any(piece.chunk.x0 < rule.x1 and rule.x0 < piece.chunk.x1 for piece in outside for rule in rules)
        if len(outside) == len(pieces) or crossing or not any(_is_heading(pieces, rule) for rule in rules):
            break
        if index < last and body.lines[index + 1].top - line.bottom > _LEADING * line.size:
            break
        first = index
    return first


def _are_single(line: ChunkedLine, span: _Span) -> bool:
    """Whether there are several headings above a rule: those of single columns."""
    rule, first, last = span
    inside = [chunk for chunk in line.chunks if _is_over(rule, chunk)]
    return len(inside) == last - first + 1 or any(b.x0 - a.x1 > _APART * line.size for a, b in pairwise(inside))


def _spanning(pieces: list[PlacedChunk], line: ChunkedLine, spans: list[_Span]) -> list[PlacedChunk]:
    """The headings of a line, each over a rule in all its columns."""
    placed = [piece for piece in pieces if not any(_is_over(rule, piece.chunk) for rule, _, _ in spans)]
    for rule, first, last in spans:
        inside = [chunk for chunk in line.chunks if _is_over(rule, chunk)]
        if inside:
            fragments = [fragment for chunk in inside for fragment in chunk.fragments]
            placed.append(PlacedChunk(first, last, Chunk(inside[0].x0, inside[-1].x1, fragments)))
    return sorted(placed, key=lambda piece: piece.first)


def _single_columns(body: TableBody, first: int, rules: list[Rule]) -> list[int]:
    """The lines with the headings of single columns, down to a rule across all columns; [] if there are others."""
    columns = body.extents
    group: list[int] = []
    for index, line in enumerate(body.lines[first:_MAX_LINES], first):
        pieces = body.placed[index]
        if any(piece.first < piece.last for piece in pieces) or not all(may_head(piece.chunk.text) for piece in pieces):
            return []
        if group and line.top - body.lines[index - 1].bottom > _LEADING * line.size:
            return []
        group.append(index)
        for rule in rules:
            whole = rule.x0 < columns[0].begin + 15 and rule.x1 > columns[-1].end - 15
            if whole and -2 < rule.top - line.bottom < line.size and not _is_above(index + 1, body, rule):
                return group
    return []


def _is_above(index: int, body: TableBody, rule: Rule) -> bool:
    return index < len(body.lines) and body.lines[index].bottom < rule.top + 2
