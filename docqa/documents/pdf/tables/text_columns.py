"""Lines of text with gaps, and the columns of several of them (pure)."""

from itertools import pairwise
from typing import NamedTuple

from docqa.documents.pdf.engines import Rule
from docqa.documents.pdf.named_tuples import maker
from docqa.documents.pdf.tables.page_table import Chunk, TextRow, chunks, is_numeric, is_sign, type_size
from docqa.documents.pdf.tables.table_headings import may_head

_SIGN, _TOUCHING = 6.0, 1.0  # Points: its width, and how near it is to its number.
_ALIGNED = 5.0  # Points.


class ChunkedLine(NamedTuple):
    """A row of text as chunks."""

    chunks: list[Chunk]
    top: float
    bottom: float
    size: float


class Extent(NamedTuple):
    begin: float
    end: float


def text_line(row: TextRow) -> ChunkedLine:
    """The chunks of a row."""
    if len(row) == 1:  # Most are: this is for speed.
        (one,) = row
        return ChunkedLine([Chunk(one.x0, one.x1, row)], one.top, one.bottom, type_size(row))
    size = type_size(row)
    top, bottom = min([fragment.top for fragment in row]), max([fragment.bottom for fragment in row])
    return ChunkedLine(chunks(row, size), top, bottom, size)


def is_ruled(lines: list[ChunkedLine], index: int, rules: list[Rule]) -> bool:
    """Whether there is a rule between a line and the one before."""
    above, below = lines[index - 1].bottom - 2, lines[index].top + 2
    left, right = lines[index].chunks[0].x0, lines[index].chunks[-1].x1
    return any(above <= rule.top <= below and rule.x0 < right and rule.x1 > left for rule in rules)


def columns_of(lines: list[ChunkedLine]) -> list[Extent]:
    """The columns' sides.

    Amounts with a sign apart and narrow chunks come first: a wide one that crosses two columns is a heading of both.
    """
    found: list[tuple[float, float, int]] = []
    divided = [chunk for line in lines if len(line.chunks) > 1 for chunk in line.chunks]
    for chunk in sorted(divided, key=lambda chunk: (not _has_sign(chunk), chunk.x1 - chunk.x0)):
        x0, x1 = chunk.x0, chunk.x1
        hit = [column for column in found if column[0] < x1 and column[1] > x0]
        if not hit:
            found.append((x0, x1, 1))
        elif len(hit) == 1:
            begin, end, count = hit[0]
            if begin <= x0 and x1 <= end:
                found[found.index(hit[0])] = begin, end, count + 1
            elif count <= 3 or not _stands_apart(chunk, hit[0]):
                found[found.index(hit[0])] = min(x0, begin), max(x1, end), count + 1
        elif _has_sign(chunk) or any(count == 1 for _, _, count in hit):
            found = [column for column in found if column not in hit]
            begin, end = min(begin for begin, _, _ in hit), max(end for _, end, _ in hit)
            found.append((min(x0, begin), max(x1, end), 1 + sum(count for _, _, count in hit)))
    columns = [Extent(begin, end) for begin, end, _ in sorted(found)]
    return _without_halves(_without_signs(columns), lines)


def _has_sign(chunk: Chunk) -> bool:
    """Whether a chunk is a currency sign and its number: whatever stands between them is in their column."""
    if len(chunk.fragments) > 1:
        return is_sign(chunk.fragments[0].text.strip())
    sign, space, number = chunk.text.partition(" ")
    return bool(space) and is_sign(sign) and is_numeric(number)


def _stands_apart(chunk: Chunk, column: tuple[float, float, int]) -> bool:
    """Whether a chunk reaches out of a column with which it has no side and no middle in common."""
    left, right = chunk.x0 - column[0], chunk.x1 - column[1]
    return (left < 0 or right > 0) and min(abs(left), abs(right), abs(left + right) / 2) > _ALIGNED


def _without_signs(columns: list[Extent]) -> list[Extent]:
    """Join a column that is as narrow as a sign with the one that it touches on its left: there are no such columns."""
    joined = columns[:1]
    for begin, end in columns[1:]:
        last = joined[-1]
        if end - begin < _SIGN and begin - last.end < _TOUCHING:
            joined[-1] = Extent(last.begin, end)
        else:
            joined.append(Extent(begin, end))
    return joined


def _without_halves(columns: list[Extent], lines: list[ChunkedLine]) -> list[Extent]:
    """Join neighbours that are never filled both, the nearest ones first: a heading beside its column."""
    filled = [_filled(column, lines) for column in columns]
    while len(columns) > 2:
        halves = [
            (columns[index + 1].begin - columns[index].end, index)
            for index, (a, b) in enumerate(pairwise(filled))
            if a.isdisjoint(b) and min(len(a), len(b)) <= 0.3 * max(len(a), len(b))
        ]
        if not halves:
            break
        _, index = min(halves)
        columns[index : index + 2] = [Extent(columns[index].begin, columns[index + 1].end)]
        filled[index : index + 2] = [_filled(columns[index], lines)]
    return columns


def _filled(column: Extent, lines: list[ChunkedLine]) -> set[int]:
    """The numbers of the lines with something in a column."""
    begin, end = column
    return {number for number, line in enumerate(lines) for c in line.chunks if c.x0 < end and c.x1 > begin}


def column_place(chunk: Chunk, columns: list[Extent]) -> tuple[int, int]:
    """The first and the last column of a chunk."""
    x0, x1 = chunk.x0, chunk.x1
    first = last = -1
    for number, (begin, end) in enumerate(columns):
        if begin >= x1:
            break
        if end > x0:
            first, last = (number if first < 0 else first), number
    if first >= 0:
        return first, last
    middle = (x0 + x1) / 2
    nearest = min(range(len(columns)), key=lambda n: min(abs(columns[n].begin - middle), abs(columns[n].end - middle)))
    return nearest, nearest


class PlacedChunk(NamedTuple):
    """A chunk in its columns."""

    first: int
    last: int
    chunk: Chunk


_placed_chunk = maker(PlacedChunk)


class TableBody:
    """The lines of a table, and their chunks in its columns."""

    def __init__(
        self, lines: list[ChunkedLine], columns: list[Extent], placed: list[list[PlacedChunk]] | None = None
    ) -> None:
        """`placed`: the chunks of the lines in their columns, if they are known."""
        self.lines = lines
        self.width = len(columns)
        self.extents = columns
        self.placed = placed or [_placed(line, columns) for line in lines]
        self.columns: list[list[Chunk]] = [[] for _ in columns]
        """The chunks of each column, without those that span several."""
        for pieces in self.placed:
            for first, last, chunk in pieces:
                if first == last:
                    self.columns[first].append(chunk)

    def extended(self, above: list[ChunkedLine], below: list[ChunkedLine]) -> "TableBody":
        """The same table with more lines above and below."""
        if not above and not below:
            return self
        columns = self.extents
        placed = [[_placed(line, columns) for line in lines] for lines in (above, below)]
        return TableBody([*above, *self.lines, *below], columns, [*placed[0], *self.placed, *placed[1]])


def _placed(line: ChunkedLine, columns: list[Extent]) -> list[PlacedChunk]:
    """The chunks of a line in their columns; a label or number that reaches under the next is in those before it."""
    pieces = [_placed_chunk((*column_place(chunk, columns), chunk)) for chunk in line.chunks]
    for number in range(len(pieces) - 1, 0, -1):
        first, last, chunk = pieces[number - 1]
        following = pieces[number].first
        if first < following <= last and (not first or not may_head(chunk.text)):
            pieces[number - 1] = PlacedChunk(first, following - 1, chunk)
    return pieces
