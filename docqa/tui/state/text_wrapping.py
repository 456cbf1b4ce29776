"""Texts broken into rows that fit a width, all at once (pure).

A text may have several lines of the document. Where one ends and the next one begins, its seam, the white space is
drawn as one space, however much there is.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from docqa.terminal_text import flat

_BLOCK = 1 << 20  # Characters wrapped together: bounds the memory, since some arrays have a number for each.
_FIRST_WIDE = 0x300  # Every character below this code point is one cell wide.


_SPACE = ord(" ")
_Hidden = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Spans of text that are not drawn, ascending."""


class WrappedTexts(NamedTuple):
    """Parts of texts. Several are in one row where white space between them is left out.

    For each part: the index of its `texts`, its row in it from 0 `down`, its start and end, its column, and how many
    cells its row has `used`. `resumed` is not of the parts but of the seams: the offset of the first text after each.
    """

    texts: NDArray[np.int64]
    down: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    columns: NDArray[np.int64]
    used: NDArray[np.int64]
    resumed: NDArray[np.int64]


class _Texts(NamedTuple):
    """Texts to wrap: their indices, spans and widths."""

    indices: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    widths: NDArray[np.int64]


class _Seams(NamedTuple):
    """Where lines end and where the next ones begin, ascending."""

    ends: NDArray[np.int64]
    starts: NDArray[np.int64]


def wrap(
    text: str,
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    widths: NDArray[np.int64],
    seams: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> WrappedTexts:
    """Break `text[starts[i]:ends[i]]` into rows that fit `widths[i]`, for each i.

    `seams` are the offsets at which lines inside of these texts end, and at which the next ones begin.
    """
    found = [
        _wrap(text, _Texts(block, starts[block], ends[block], widths[block]), _Seams(*seams))
        for block in _blocks(starts)
    ]
    if not found:
        none = np.zeros(0, dtype=np.int64)
        return WrappedTexts(none, none, none, none, none, none, none)
    return WrappedTexts(*(np.concatenate(arrays) for arrays in zip(*found, strict=True)))


def _blocks(starts: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield indices of texts in blocks of nearby ones."""
    order = np.argsort(starts, kind="stable")
    ordered = starts[order]
    first = 0
    while first < len(order):
        last = int(np.searchsorted(ordered, ordered[first] + _BLOCK, side="right"))
        yield order[first:last]
        first = last


def _wrap(text: str, texts: _Texts, seams: _Seams) -> WrappedTexts:
    """Break each text after the last space that fits its width, or inside a word if there is none."""
    base, end = int(texts.starts.min()), int(texts.ends.max())
    codes = np.frombuffer(flat(text[base:end]).encode("utf-32-le"), dtype=np.uint32)
    inside = slice(*seams.ends.searchsorted([base, end]))
    seams = _Seams(seams.ends[inside] - base, seams.starts[inside] - base)
    resumed, hidden = _at_seams(codes, seams)
    cells, breaks = _measured(codes, hidden)
    doubled = np.zeros(len(codes) + 1, dtype=bool)  # The second space of two, as typed after a full stop.
    doubled[1:-1] = (codes[1:] == _SPACE) & (codes[:-1] == _SPACE)
    indents = _indents(texts, _Seams(seams.ends + base, seams.starts + base), resumed - seams.starts)
    indices, at, stop, room = texts.indices, texts.starts - base, texts.ends - base, texts.widths
    columns = np.zeros(len(at), dtype=np.int64)
    rows: list[tuple[NDArray[np.int64], ...]] = []
    while len(at):
        fits = np.searchsorted(cells, cells[at] + room, side="right") - 1
        after = breaks[np.minimum(fits + 1, len(codes))]  # A trailing space may stick out.
        following = np.where(after > at, after, np.maximum(fits, at + 1))
        following = np.where(fits >= stop, stop, np.minimum(following, stop))
        following += doubled[following] & (following < stop)
        rows.append((indices, np.full(len(at), len(rows)), at, following, columns))
        on = following < stop
        columns = indents if len(rows) == 1 else columns
        room = texts.widths - indents if len(rows) == 1 else room
        indices, at, stop, room, columns = indices[on], following[on], stop[on], room[on], columns[on]
    indices, down, first, last, columns = (np.concatenate(arrays) for arrays in zip(*rows, strict=True))
    used = cells[last] - cells[first]
    row, starts, ends = _cut(first, last, hidden)
    columns = columns[row] + cells[starts] - cells[first[row]]
    return WrappedTexts(indices[row], down[row], starts + base, ends + base, columns, used[row], resumed + base)


def _at_seams(codes: NDArray[np.uint32], seams: _Seams) -> tuple[NDArray[np.int64], _Hidden]:
    """Where text goes on after each seam, and the white space there that is not drawn: all but its last character."""
    solid = np.append(np.flatnonzero(codes != _SPACE), len(codes))
    resumed = solid[solid.searchsorted(seams.starts)]
    before = solid.searchsorted(seams.ends) - 1
    first, last = solid[np.maximum(before, 0)] + 1, resumed - 1
    more = (last > first) & (before >= 0)
    return resumed, (first[more], last[more])


def _measured(codes: NDArray[np.uint32], hidden: _Hidden) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many cells come before each character, and after which character before it a row may end: a space."""
    changes = np.zeros(len(codes) + 1, dtype=np.int8)
    changes[hidden[0]], changes[hidden[1]] = 1, -1
    drawn = np.cumsum(changes, dtype=np.int8)[:-1] == 0
    cells, breaks = np.zeros((2, len(codes) + 1), dtype=np.int64)
    np.cumsum(_widths(codes) * drawn, out=cells[1:])
    breaks[1:] = np.where(drawn & (codes == _SPACE), np.arange(1, len(codes) + 1), 0)
    return cells, np.maximum.accumulate(breaks, out=breaks)


def _indents(texts: _Texts, seams: _Seams, indents: NDArray[np.int64]) -> NDArray[np.int64]:
    """From which column on the rows below the first one are drawn: that of the text in the second line."""
    if not len(seams.ends):
        return np.zeros(len(texts.starts), dtype=np.int64)
    first = np.minimum(seams.ends.searchsorted(texts.starts), len(seams.ends) - 1)
    own = (texts.starts <= seams.ends[first]) & (seams.ends[first] < texts.ends)
    return np.where(own, np.minimum(indents[first], texts.widths // 3), 0)


def _cut(
    starts: NDArray[np.int64], ends: NDArray[np.int64], hidden: _Hidden
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Cut rows where something is hidden. Returns the row of each part, its start and its end."""
    first, last = hidden[0].searchsorted(starts), hidden[0].searchsorted(ends)
    counts = last - first + 1
    rows = np.repeat(np.arange(len(starts)), counts)
    number = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    part_starts, part_ends = starts[rows], ends[rows]
    later, earlier = number > 0, number < counts[rows] - 1
    part_starts[later] = hidden[1][(first[rows] + number - 1)[later]]
    part_ends[earlier] = hidden[0][(first[rows] + number)[earlier]]
    return rows, part_starts, part_ends


def _widths(codes: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Return the width of each character in cells."""
    widths = np.ones(len(codes), dtype=np.int64)
    special = np.flatnonzero(codes >= _FIRST_WIDE)
    if len(special):
        kinds, where = np.unique(codes[special], return_inverse=True)
        widths[special] = np.array([cell_len(chr(kind)) for kind in kinds.tolist()], dtype=np.int64)[where]
    return widths
