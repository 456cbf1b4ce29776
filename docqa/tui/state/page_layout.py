"""A document as rows on the screen: its pages in order, each line wrapped to a width, tables in columns (pure).

All lines are wrapped at once, with arrays: a thousand pages take a fraction of a second, and scrolling only draws the
rows in view.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from docqa.documents import Document
from docqa.terminal_text import flat
from docqa.tui.state.table_columns import place_cells

RULE = -1
"""Value in `PageLayout.lines` of the row that begins a page."""

_BLOCK = 1 << 21  # Characters wrapped together: bounds the memory, since some arrays have a number for each.
_FIRST_WIDE = 0x300  # Every character below this code point is one cell wide.


class RowPart(NamedTuple):
    """A part of a row: `document.text[start:end]`, drawn from the column `column`. `heading` is in a table's header."""

    column: int
    start: int
    end: int
    heading: bool


@dataclass(frozen=True)
class PageLayout:
    """Rows, from the top, each of one part or, in a table, of one for each cell.

    `lines`, `pages` and `bounds` are of shape (rows,), but `bounds` has one number more. Row `i` is on page `pages[i]`,
    and begins with text of the line with index `lines[i]`; if that is `RULE`, it is the rule that begins the page, with
    one empty part. Its parts are those from `bounds[i]` to `bounds[i + 1]`. The other arrays are of shape (parts,):
    part `k` shows `document.text[starts[k]:ends[k]]` from the column `columns[k]` on.
    """

    document: Document
    width: int
    lines: NDArray[np.int64]
    pages: NDArray[np.int64]
    bounds: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    columns: NDArray[np.int64]
    headings: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.lines)

    def parts(self, row: int) -> list[RowPart]:
        """Return the parts of a row, from left to right."""
        own = slice(int(self.bounds[row]), int(self.bounds[row + 1]))
        arrays = (self.columns, self.starts, self.ends, self.headings)
        return [RowPart(*part) for part in zip(*(array[own].tolist() for array in arrays), strict=True)]

    def first_offset(self, row: int) -> int:
        """Return the offset of the first text in a row."""
        return int(self.starts[self.bounds[row]])

    def row_of(self, offset: int) -> int:
        """Return the row that shows `document.text[offset]`."""
        shown, starts = self._by_offset
        at = int(starts.searchsorted(offset, side="right")) - 1
        return int(self.bounds.searchsorted(shown[max(0, at)], side="right")) - 1 if len(shown) else 0

    @cached_property
    def _by_offset(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The parts that show text, and their starts, sorted by offset: page headers are elsewhere in the text."""
        shown = np.flatnonzero(np.repeat(self.lines != RULE, np.diff(self.bounds)))
        shown = shown[np.argsort(self.starts[shown], kind="stable")]
        return shown, self.starts[shown]


def lay_out(document: Document, width: int) -> PageLayout:
    """Lay out a document for a width in cells. A table with too many columns for it is laid out as lines."""
    width = max(2, width)
    lines = document.lines
    cells = place_cells(document, width)
    plain = np.flatnonzero(~cells.covered)
    # The texts to wrap: lines, and cells of tables.
    owners = np.concatenate([plain, cells.lines])
    rows = np.concatenate([lines.starts[plain], cells.rows])
    starts = np.concatenate([lines.starts[plain], cells.starts])
    ends = np.concatenate([lines.ends[plain], cells.ends])
    columns = np.concatenate([np.zeros(len(plain), dtype=np.int64), cells.columns])
    widths = np.concatenate([np.full(len(plain), width), cells.widths])
    texts, down, starts, ends, used = _wrapped(document.text, starts, ends, widths)
    owners, rows, columns, widths = owners[texts], rows[texts], columns[texts], widths[texts]
    numeric = np.concatenate([np.zeros(len(plain), dtype=bool), cells.numeric])[texts]
    headings = np.concatenate([np.zeros(len(plain), dtype=bool), cells.headings])[texts]
    columns = np.where(numeric, columns + np.maximum(0, widths - used), columns)
    order = np.lexsort((lines.numbers, lines.pages))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    # A rule comes before the first line of its page.
    rules = document.page_count
    none = np.zeros(rules, dtype=np.int64)
    pages = np.concatenate([np.arange(1, rules + 1), lines.pages[owners].astype(np.int64)])
    places = np.concatenate([np.full(rules, RULE), place[owners]])
    owners = np.concatenate([np.full(rules, RULE), owners])
    rows, down, columns, starts, ends = (np.concatenate([none, array]) for array in (rows, down, columns, starts, ends))
    headings = np.concatenate([none.astype(bool), headings])
    shown = np.lexsort((columns, down, rows, places, pages))
    keys = np.stack([pages, places, rows, down])[:, shown]
    begins = np.flatnonzero(np.append(True, (keys[:, 1:] != keys[:, :-1]).any(axis=0))) if len(shown) else none
    first = shown[begins]
    return PageLayout(
        document,
        width,
        owners[first],
        pages[first],
        np.append(begins, len(shown)),
        starts[shown],
        ends[shown],
        columns[shown],
        headings[shown],
    )


_Wrapped = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
"""For each part: the index of its text, its number in it from 0, its start, its end, its width in cells."""


def _wrapped(text: str, starts: NDArray[np.int64], ends: NDArray[np.int64], widths: NDArray[np.int64]) -> _Wrapped:
    """Break `text[starts[i]:ends[i]]` into parts that fit `widths[i]`, for each i."""
    found = [_wrap(text, block, starts[block], ends[block], widths[block]) for block in _blocks(starts)]
    if not found:
        none = np.zeros(0, dtype=np.int64)
        return none, none, none, none, none
    return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))  # type: ignore[return-value]


def _blocks(starts: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield indices of texts in blocks of nearby ones."""
    order = np.argsort(starts, kind="stable")
    ordered = starts[order]
    first = 0
    while first < len(order):
        last = int(np.searchsorted(ordered, ordered[first] + _BLOCK, side="right"))
        yield order[first:last]
        first = last


def _wrap(
    text: str,
    texts: NDArray[np.int64],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    widths: NDArray[np.int64],
) -> _Wrapped:
    """Break each text after the last space that fits its width, or inside a word if there is none."""
    base = int(starts.min())
    shown = flat(text[base : int(ends.max())])
    codes = np.frombuffer(shown.encode("utf-32-le"), dtype=np.uint32)
    cells = np.concatenate([[0], np.cumsum(_widths(codes))])
    after_space = np.concatenate([[0], np.where(codes == ord(" "), np.arange(1, len(codes) + 1), 0)])
    breaks = np.maximum.accumulate(after_space)
    at, stop = starts - base, ends - base
    parts: list[_Wrapped] = []
    while len(at):
        fits = np.searchsorted(cells, cells[at] + widths, side="right") - 1
        after = breaks[np.minimum(fits + 1, len(codes))]  # A trailing space may stick out.
        following = np.where(after > at, after, np.maximum(fits, at + 1))
        following = np.where(fits >= stop, stop, np.minimum(following, stop))
        parts.append((texts, np.full(len(at), len(parts)), at + base, following + base, cells[following] - cells[at]))
        on = following < stop
        texts, at, stop, widths = texts[on], following[on], stop[on], widths[on]
    return tuple(np.concatenate(arrays) for arrays in zip(*parts, strict=True))  # type: ignore[return-value]


def _widths(codes: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Return the width of each character in cells."""
    widths = np.ones(len(codes), dtype=np.int64)
    special = np.flatnonzero(codes >= _FIRST_WIDE)
    if len(special):
        kinds, where = np.unique(codes[special], return_inverse=True)
        widths[special] = np.array([cell_len(chr(kind)) for kind in kinds.tolist()], dtype=np.int64)[where]
    return widths
