"""Which columns headings belong to where no rule below them says it (pure)."""

import re
from itertools import pairwise

from docqa.documents.pdf.tables.table_headings import may_head
from docqa.documents.pdf.tables.text_columns import ChunkedLine, PlacedChunk, TableBody, column_place

_MAX_GROUPS = 6  # Of lines, above the first row of numbers.
_NEAR = 15.0  # Points between the middle of a heading of all columns and theirs.
_OF_ALL = re.compile(
    r"\(?(?:(?:amounts |dollars |figures |\S )?in (?:thousands|millions|billions)"
    r"|(?:thousands|millions|billions|unaudited)\b"
    r"|(?:(?:three|six|nine|twelve) )?(?:fiscal )?(?:years?|quarters?|months|weeks)(?: ended\b|$)"
    r"|(?:as )?(?:of|at) [A-Z])|(?:January|March|June|September|December) 3[01],?$",
    re.IGNORECASE,
)
"""A unit, or a period of time without its year."""

_UNIT = re.compile(r"\([^()]*(?:thousands|millions|billions)[^()]*\)$", re.IGNORECASE)


def with_heading_places(body: TableBody, lines: list[ChunkedLine], groups: list[list[int]]) -> list[list[int]]:
    """The rows, with those of headings divided where a heading of several columns stands above or below single ones.

    `lines` are those of the body before they were cut at its columns. Changes where the chunks of headings are placed.
    """
    count = _heading_groups(body, groups)
    if not count or body.width <= 2:
        return groups
    above = [index for group in groups[:count] for index in group]
    names = _names(body, above)
    for number, index in enumerate(above, 1):
        pieces = body.placed[index]
        if not _go_on(pieces, body.placed[above[number]] if number < len(above) else []):
            pieces = _uncut(pieces, lines[index], body)
        body.placed[index] = _one_each(pieces, body) or _repeated(pieces, body, names) or _of_all(pieces, body)
    parts = [part for group in groups[:count] for part in _divided(body, group)]
    return [*parts, *groups[count:]]


def _heading_groups(body: TableBody, groups: list[list[int]]) -> int:
    """How many groups of lines are above the first row of numbers, 0 if they are too many."""
    for count, group in enumerate(groups[: _MAX_GROUPS + 1]):
        if any(piece.first and not may_head(piece.chunk.text) for index in group for piece in body.placed[index]):
            return count
    return 0


def _names(body: TableBody, above: list[int]) -> list[str]:
    """The headings of all single columns but the first, "" where there is none: of the lowest line that has them."""
    for index in reversed(above):
        pieces = [piece for piece in body.placed[index] if piece.first]
        if len(pieces) == body.width - 1 and all(piece.first == piece.last for piece in pieces):
            return [piece.chunk.text for piece in pieces]
    return []


def _one_each(pieces: list[PlacedChunk], body: TableBody) -> list[PlacedChunk]:
    """The headings of a line in one column each, if there are as many as columns; [] if there are not."""
    headings = [piece for piece in pieces if piece.first]
    if len(headings) != body.width - 1:
        return []
    extents = body.extents
    for column, (_, _, chunk) in enumerate(headings, 1):
        middle = (chunk.x0 + chunk.x1) / 2
        high = extents[column + 1].begin if column + 1 < body.width else chunk.x1
        if not extents[column - 1].end < middle < high:
            return []
    return [*pieces[: len(pieces) - len(headings)], *(PlacedChunk(n, n, p.chunk) for n, p in enumerate(headings, 1))]


def _go_on(pieces: list[PlacedChunk], below: list[PlacedChunk]) -> bool:
    """Whether each heading goes on in the line below, in small letters: "graduate Graduate" above "only  only"."""
    small = {piece.first for piece in below if piece.first == piece.last and piece.chunk.text[:1].islower()}
    headings = [piece for piece in pieces if piece.first]
    return all(piece.first == piece.last and piece.first in small for piece in headings)


def _uncut(pieces: list[PlacedChunk], line: ChunkedLine, body: TableBody) -> list[PlacedChunk]:
    """The pieces of a line, whole as they are drawn if they are not the headings of all columns."""
    if len(line.chunks) >= len(pieces) or len(pieces) >= body.width - 1:
        return pieces
    return [PlacedChunk(*column_place(chunk, body.extents), chunk) for chunk in line.chunks]


def _repeated(pieces: list[PlacedChunk], body: TableBody, names: list[str]) -> list[PlacedChunk]:
    """The headings of groups, each over as many columns, if the headings below repeat in each group; [] if not."""
    headings = [piece.chunk for piece in pieces if piece.first]
    if not 1 < len(headings) < len(names) or len(names) % len(headings):
        return []
    width = len(names) // len(headings)
    if any(name != names[number % width] for number, name in enumerate(names)):
        return []
    placed = [piece for piece in pieces if not piece.first]
    for first, chunk in zip(range(1, len(names) + 1, width), headings, strict=True):
        last = first + width - 1
        doubled = chunk.x0 + chunk.x1
        whole = abs(body.extents[first].begin + body.extents[last].end - doubled)
        if any(abs(begin + end - doubled) < whole for begin, end in body.extents[first : last + 1]):
            return []
        placed.append(PlacedChunk(first, last, chunk))
    return placed


def _of_all(pieces: list[PlacedChunk], body: TableBody) -> list[PlacedChunk]:
    """The pieces of a line; a unit in brackets, or a period in the middle of all columns, is their heading."""
    *labels, last = pieces
    if not last.first or last.last - last.first == body.width - 2 or any(label.first for label in labels):
        return pieces
    text, middle = last.chunk.text, body.extents[1].begin + body.extents[-1].end
    centered = abs(last.chunk.x0 + last.chunk.x1 - middle) < 2 * _NEAR
    outside = all(last.chunk.x1 < begin or end < last.chunk.x0 for begin, end in body.extents[1:])
    if not _OF_ALL.match(text) or not (centered or outside or _UNIT.match(text)):
        return pieces
    return [*labels, PlacedChunk(1, body.width - 1, last.chunk)]


def _divided(body: TableBody, group: list[int]) -> list[list[int]]:
    """The lines of a row of headings, cut between a heading of several columns and those of each of these."""
    parts = [group[:1]]
    for above, index in pairwise(group):
        a, b = body.placed[above], body.placed[index]
        if _spans_others(a, b) or _spans_others(b, a) or _is_of_all(a, body) != _is_of_all(b, body):
            parts.append([])
        parts[-1].append(index)
    return parts


def _is_of_all(pieces: list[PlacedChunk], body: TableBody) -> bool:
    """Whether the last heading of a line is a unit or a period over all columns."""
    first, last, chunk = pieces[-1]
    return first == 1 and last == body.width - 1 > 1 and _OF_ALL.match(chunk.text) is not None


def _spans_others(pieces: list[PlacedChunk], others: list[PlacedChunk]) -> bool:
    return any(sum(first <= o.first <= o.last <= last for o in others) > 1 for first, last, _ in pieces if first < last)
