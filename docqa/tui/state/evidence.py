"""How the evidence for a question lies over a document: what each window was worth (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from docqa.engine import Collection
    from docqa.search_state import SearchProgress

_LEVELS = "▁▂▃▄▅▆▇█"
_UNREAD = "·"


@dataclass(frozen=True, slots=True)
class DocumentEvidence:
    """The windows of one document in its order, for one question. Parallel arrays of shape (windows,).

    `starts` and `ends` are offsets; `ranks` count from 1 over the windows of all the documents, as the retriever has
    them; `probabilities` are those of each window's likeliest span, NaN where it was not read.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    ranks: NDArray[np.int64]
    probabilities: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def read(self) -> bool:
        """Whether any window of the document was read."""
        return not np.isnan(self.probabilities).all()

    def window_at(self, offset: int) -> int:
        """The number, from 0, of the first window that has an offset in it, else of the nearest before."""
        inside = np.flatnonzero((self.starts <= offset) & (offset < self.ends))
        return int(inside[0]) if len(inside) else max(0, int(np.searchsorted(self.starts, offset, side="right")) - 1)

    def likeliest(self) -> int:
        """The number of the window that an answer most likely stands in."""
        return int(np.argmax(np.nan_to_num(self.probabilities, nan=-1.0)))


def by_document(collection: "Collection", reading: "SearchProgress") -> dict[str, DocumentEvidence]:
    """The evidence of a reading, for each document by its name."""
    ranks = np.empty(len(reading.order), dtype=np.int64)
    ranks[reading.order] = np.arange(1, len(reading.order) + 1)
    places = np.array([collection.locate_window(window) for window in range(len(ranks))], dtype=np.int64).reshape(-1, 3)
    found = {}
    for number, document in enumerate(collection.documents):
        own = places[:, 0] == number
        found[document.name] = DocumentEvidence(places[own, 1], places[own, 2], ranks[own], reading.probabilities[own])
    return found


def strip(evidence: DocumentEvidence, width: int) -> tuple[str, list[int]]:
    """A document from left to right in `width` characters, and for each the window that it stands for.

    The higher a bar, the likelier the answer of the window; a dot was not read. Where a character stands for several
    windows, it is the likeliest's.
    """
    if not len(evidence) or width < 1:
        return "", []
    count = len(evidence)
    characters, windows = [], []
    for column in range(width):
        first = column * count // width
        last = max(first + 1, (column + 1) * count // width)
        some = evidence.probabilities[first:last]
        best = first + int(np.argmax(np.nan_to_num(some, nan=-1.0)))
        windows.append(best)
        characters.append(_glyph(float(evidence.probabilities[best])))
    return "".join(characters), windows


def columns(windows: Sequence[int], number: int) -> tuple[int, int]:
    """The first column that stands for a window, or for the nearest before it, and the one after the last."""
    before = [column for column, window in enumerate(windows) if window <= number]
    at = before[-1] if before else 0
    first = windows.index(windows[at])
    return first, len(windows) - windows[::-1].index(windows[at])


def _glyph(probability: float) -> str:
    if np.isnan(probability):
        return _UNREAD
    return _LEVELS[min(len(_LEVELS) - 1, int(probability * len(_LEVELS)))]
