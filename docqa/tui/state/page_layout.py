"""A document as rows on the screen: its pages in order, paragraphs wrapped to a width, tables in columns (pure).

All is wrapped at once, with arrays: a thousand pages take a fraction of a second, and scrolling only draws the rows in
view.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from docqa.documents import Document
from docqa.tui.state.flowing_lines import find_flowing
from docqa.tui.state.table_columns import place_cells
from docqa.tui.state.text_wrapping import wrap

RULE = -1
"""Value in `PageLayout.lines` of the row that begins a page."""


class RowPart(NamedTuple):
    """A part of a row: `document.text[start:end]`, drawn from the column `column`. `heading` is in a table's header."""

    column: int
    start: int
    end: int
    heading: bool


@dataclass(frozen=True)
class PageLayout:
    """Rows, from the top, each of one part, or of several in a table and where white space is left out.

    `lines`, `numbers`, `pages` and `bounds` are of shape (rows,), but `bounds` has one number more. Row `i` is on page
    `pages[i]`, and begins with text of the line with index `lines[i]`; if that is `RULE`, it is the rule that begins
    the page, with one empty part. `numbers[i]` is the number of the first line that begins in it, 0 if none does. Its
    parts are those from `bounds[i]` to `bounds[i + 1]`. The other arrays are of shape (parts,): part `k` shows
    `document.text[starts[k]:ends[k]]` from the column `columns[k]` on.
    """

    document: Document
    width: int
    lines: NDArray[np.int64]
    numbers: NDArray[np.int32]
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

    def first_in_body(self, row: int) -> int:
        """Return the offset of the first text of the body at or below a row; running heads are behind the body."""
        starts = self.starts[self.bounds[row:-1]]
        inside = (self.lines[row:] != RULE) & (starts < self.document.body_end)
        return int(starts[inside.argmax()]) if inside.any() else self.document.body_end

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
    order = np.lexsort((lines.numbers, lines.pages))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    flowing = find_flowing(document, place, cells.covered)
    # The texts to wrap: those of lines, and cells of tables.
    count = len(flowing.firsts)
    owners = np.concatenate([flowing.firsts, cells.lines])
    rows = np.concatenate([lines.starts[flowing.firsts], cells.rows])
    starts = np.concatenate([lines.starts[flowing.firsts], cells.starts])
    ends = np.concatenate([lines.ends[flowing.lasts], cells.ends])
    columns = np.concatenate([np.zeros(count, dtype=np.int64), cells.columns])
    widths = np.concatenate([np.full(count, width), cells.widths])
    seams = lines.ends[flowing.seams], lines.starts[flowing.seams + 1]
    texts, down, starts, ends, indents, used, resumed = wrap(document.text, starts, ends, widths, seams)
    owners, rows, columns, widths = owners[texts], rows[texts], columns[texts] + indents, widths[texts]
    numeric = np.concatenate([np.zeros(count, dtype=bool), cells.numeric])[texts]
    headings = np.concatenate([np.zeros(count, dtype=bool), cells.headings])[texts]
    columns = np.where(numeric, columns + np.maximum(0, widths - used), columns)
    # A rule comes before the first line of its page.
    rules = document.page_count
    none = np.zeros(rules, dtype=np.int64)
    pages = np.concatenate([np.arange(1, rules + 1), lines.pages[owners].astype(np.int64)])
    places = np.concatenate([np.full(rules, RULE), place[owners]])
    owners = np.concatenate([np.full(rules, RULE), owners])
    flows = np.concatenate([none.astype(bool), texts < count])
    rows, down, columns, starts, ends = (np.concatenate([none, array]) for array in (rows, down, columns, starts, ends))
    headings = np.concatenate([none.astype(bool), headings])
    shown = np.lexsort((columns, down, rows, places, pages))
    keys = np.stack([pages, places, rows, down])[:, shown]
    begins = np.flatnonzero(np.append(True, (keys[:, 1:] != keys[:, :-1]).any(axis=0))) if len(shown) else none
    first, bounds = shown[begins], np.append(begins, len(shown))
    line_starts = lines.starts.copy()
    line_starts[flowing.seams + 1] = resumed
    at, last = starts[first], ends[shown[bounds[1:] - 1]]
    first_lines = owners[first]
    later = flows[first] & (down[first] > 0)
    first_lines[later] = line_starts.searchsorted(at[later], side="right") - 1
    return PageLayout(
        document,
        width,
        first_lines,
        _numbers(document, line_starts, first_lines, at, last),
        pages[first],
        bounds,
        starts[shown],
        ends[shown],
        columns[shown],
        headings[shown],
    )


def _numbers(
    document: Document,
    line_starts: NDArray[np.int64],
    first_lines: NDArray[np.int64],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> NDArray[np.int32]:
    """The number of the first line that begins in each row from `starts` to `ends`, 0 if none does."""
    if not len(line_starts):
        return np.zeros(len(starts), dtype=np.int32)
    begins = line_starts[first_lines] == starts
    following = np.minimum(first_lines + 1, len(line_starts) - 1)
    found = np.where(begins, first_lines, following)
    begins |= (starts < line_starts[following]) & (line_starts[following] < ends)
    return np.where(begins & (first_lines != RULE), document.lines.numbers[found], 0)
