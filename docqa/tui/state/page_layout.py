"""A document as rows on the screen: its pages in order, each line wrapped to a width (pure).

All lines are wrapped at once, with arrays: a thousand pages take a fraction of a second, and scrolling only draws the
rows in view.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from docqa.documents import Document
from docqa.tui.formatting import flat

RULE = -1
"""Value in `PageLayout.lines` of the row that begins a page."""

_BLOCK = 1 << 21  # Characters wrapped together: bounds the memory, since some arrays have a number for each.
_FIRST_WIDE = 0x300  # Every character below this code point is one cell wide.


@dataclass(frozen=True)
class PageLayout:
    """Rows, from the top. Four parallel arrays of shape (rows,).

    Row `i` shows `document.text[starts[i]:ends[i]]`, part of the line with index `lines[i]`. If `lines[i]` is `RULE`,
    it is the rule that begins page `pages[i]`.
    """

    document: Document
    width: int
    lines: NDArray[np.int64]
    pages: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.lines)

    def row_of(self, offset: int) -> int:
        """Return the row that shows `document.text[offset]`."""
        at = int(np.searchsorted(self.starts[self._by_offset], offset, side="right")) - 1
        return int(self._by_offset[max(0, at)]) if len(self._by_offset) else 0

    @cached_property
    def _by_offset(self) -> NDArray[np.int64]:
        """The rows that show text, sorted by offset: page headers are elsewhere in the text."""
        shown = np.flatnonzero(self.lines != RULE)
        return shown[np.argsort(self.starts[shown], kind="stable")]


def lay_out(document: Document, width: int) -> PageLayout:
    """Lay out a document for a width in cells."""
    lines = document.lines
    owners, starts, ends = _wrapped(document, max(2, width))
    order = np.lexsort((lines.numbers, lines.pages))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    pages = lines.pages[owners].astype(np.int64)
    # A rule comes before the first line of its page.
    ruled = np.arange(1, document.page_count + 1)
    owners = np.concatenate([np.full(len(ruled), RULE), owners])
    keys = np.concatenate([np.full(len(ruled), -1), place[owners[len(ruled) :]]])
    starts = np.concatenate([np.zeros(len(ruled), dtype=np.int64), starts])
    ends = np.concatenate([np.zeros(len(ruled), dtype=np.int64), ends])
    pages = np.concatenate([ruled, pages])
    shown = np.lexsort((starts, keys, pages))
    return PageLayout(document, width, owners[shown], pages[shown], starts[shown], ends[shown])


def _wrapped(document: Document, width: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return each row's line index, start and end offset."""
    found = [_wrap(document.text, *block, width) for block in _blocks(document)]
    if not found:
        none = np.zeros(0, dtype=np.int64)
        return none, none, none
    owners, starts, ends = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return owners, starts, ends


def _blocks(document: Document) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """Yield the lines in blocks of nearby text: indices, starts and ends."""
    lines = document.lines
    first = 0
    while first < len(lines):
        last = int(np.searchsorted(lines.starts, lines.starts[first] + _BLOCK, side="right"))
        yield np.arange(first, last), lines.starts[first:last], lines.ends[first:last]
        first = last


def _wrap(
    text: str, owners: NDArray[np.int64], starts: NDArray[np.int64], ends: NDArray[np.int64], width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Break each line after the last space that fits into `width` cells, or inside a word if there is none."""
    base = int(starts.min())
    shown = flat(text[base : int(ends.max())])
    codes = np.frombuffer(shown.encode("utf-32-le"), dtype=np.uint32)
    cells = np.concatenate([[0], np.cumsum(_widths(codes))])
    after_space = np.concatenate([[0], np.where(codes == ord(" "), np.arange(1, len(codes) + 1), 0)])
    breaks = np.maximum.accumulate(after_space)
    at, stop = starts - base, ends - base
    rows: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]] = []
    while len(at):
        fits = np.searchsorted(cells, cells[at] + width, side="right") - 1
        after = breaks[np.minimum(fits + 1, len(codes))]  # A trailing space may stick out.
        following = np.where(after > at, after, np.maximum(fits, at + 1))
        following = np.where(fits >= stop, stop, np.minimum(following, stop))
        rows.append((owners, at + base, following + base))
        on = following < stop
        owners, at, stop = owners[on], following[on], stop[on]
    return tuple(np.concatenate(parts) for parts in zip(*rows, strict=True))  # type: ignore[return-value]


def _widths(codes: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Return the width of each character in cells."""
    widths = np.ones(len(codes), dtype=np.int64)
    special = np.flatnonzero(codes >= _FIRST_WIDE)
    if len(special):
        kinds, where = np.unique(codes[special], return_inverse=True)
        widths[special] = np.array([cell_len(chr(kind)) for kind in kinds.tolist()], dtype=np.int64)[where]
    return widths
