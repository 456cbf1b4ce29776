"""Which lines of a document are shown as one text that is wrapped to the pane: those of a paragraph (pure)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from docqa.documents import Document
from docqa.documents.blocks import BLOCK_KINDS

_FLOWING = ("paragraph", "heading", "list_item", "caption", "footnote", "aside", "note")
"""Kinds of blocks whose lines end only because they are full. A line of code or of a form ends on purpose."""
_MOST_LINES = 200  # In one text: what takes text for a paragraph, such as a listing of numbers, may be endless.


class FlowingLines(NamedTuple):
    """Texts of one line or of several that flow. `firsts` and `lasts` are the indices of their lines.

    `seams` are the indices of the lines that go on in the next one.
    """

    firsts: NDArray[np.int64]
    lasts: NDArray[np.int64]
    seams: NDArray[np.int64]


def find_flowing(document: Document, places: NDArray[np.int64], apart: NDArray[np.bool_]) -> FlowingLines:
    """Group the lines of a document into texts, without those that are `apart`.

    `places` are the lines' places in the order in which they are shown. Lines flow if they are in one block and on one
    page, and shown one after the other, with no break in between.
    """
    lines, blocks, breaks = document.lines, document.blocks, document.breaks
    if not len(lines):
        none = np.zeros(0, dtype=np.int64)
        return FlowingLines(none, none, none)
    starts, ends = lines.starts, lines.ends
    goes_on = np.zeros(len(lines), dtype=bool)
    if len(blocks):
        block = blocks.starts.searchsorted(ends[:-1]) - 1
        kinds = [BLOCK_KINDS.index(kind) for kind in _FLOWING]
        goes_on[:-1] = (block >= 0) & (blocks.ends[block] > starts[1:]) & np.isin(blocks.kinds[block], kinds)
        goes_on[:-1] &= (lines.pages[1:] == lines.pages[:-1]) & (places[1:] == places[:-1] + 1)
        goes_on[:-1] &= breaks.searchsorted(ends[:-1]) == breaks.searchsorted(starts[1:])
        goes_on[:-1] &= ~apart[:-1] & ~apart[1:] & (ends > starts)[:-1] & (ends > starts)[1:]
    begins = ~np.append(False, goes_on[:-1])
    number = np.arange(len(lines))
    goes_on &= (number - np.maximum.accumulate(np.where(begins, number, 0))) % _MOST_LINES != _MOST_LINES - 1
    begins = ~np.append(False, goes_on[:-1])
    return FlowingLines(np.flatnonzero(begins & ~apart), np.flatnonzero(~goes_on & ~apart), np.flatnonzero(goes_on))
