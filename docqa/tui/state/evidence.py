"""The evidence for a question across a document: the rank and probability of each window (pure)."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from docqa.collection import Collection
    from docqa.ranking import Evidence
    from docqa.search_state import SearchProgress

_LEVELS = "▁▂▃▄▅▆▇█"
_UNREAD = "·"


@dataclass(frozen=True, slots=True)
class DocumentEvidence:
    """The windows of one document in text order, for one question. Parallel arrays of shape (windows,).

    `starts` and `ends` are offsets. `ranks` are the retriever's, from 1, across the windows of all documents.
    `probabilities` are those of each window's most likely span, NaN for windows that were not read; `reasons` has what
    speaks for and against that span, by the window's index.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    ranks: NDArray[np.int32]
    probabilities: NDArray[np.float64]
    reasons: "Mapping[int, Evidence]" = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def searched(self) -> tuple[int, int]:
        """How many of the windows were read, and how many there are."""
        return int((~np.isnan(self.probabilities)).sum()), len(self)

    @property
    def read(self) -> bool:
        """Whether any window of the document was read."""
        return not np.isnan(self.probabilities).all()

    def window_at(self, offset: int) -> int:
        """Return the index of the first window that contains an offset, else of the nearest before."""
        inside = np.flatnonzero((self.starts <= offset) & (offset < self.ends))
        return int(inside[0]) if len(inside) else max(0, int(np.searchsorted(self.starts, offset, side="right")) - 1)

    def most_likely(self) -> int:
        """Return the index of the window most likely to contain an answer."""
        return int(np.argmax(np.nan_to_num(self.probabilities, nan=-1.0)))


def evidence_by_document(collection: "Collection", progress: "SearchProgress") -> dict[str, DocumentEvidence]:
    """Return the evidence for each document that was asked, by name.

    A session keeps it for every question, so spans are shared.
    """
    ranks = np.zeros(collection.windows_total, dtype=np.int32)
    ranks[progress.order] = np.arange(1, len(progress.order) + 1)
    probabilities = np.full(collection.windows_total, np.nan)
    probabilities[progress.order[: progress.windows_read]] = 0.0  # A window may have no span at all.
    for window, scored in progress.best_by_window.items():
        probabilities[window] = scored.probability
    read = sorted(progress.best_by_window)
    found = {}
    first = 0
    for opened in collection.opened:
        last = first + len(opened.windows)
        if ranks[first:last].any():
            starts, ends = opened.windows.spans.T
            inside = read[bisect_left(read, first) : bisect_left(read, last)]
            reasons = {window - first: progress.best_by_window[window].evidence for window in inside}
            found[opened.document.name] = DocumentEvidence(
                starts, ends, ranks[first:last], probabilities[first:last], reasons
            )
        first = last
    return found


def strip(evidence: DocumentEvidence, width: int) -> tuple[str, list[int]]:
    """Draw a document in `width` characters, and return the index of the window that each character stands for.

    The height of a bar is the probability of the window's answer; a dot is a window that was not read. A character
    that covers several windows shows the most likely one.
    """
    if not len(evidence) or width < 1:
        return "", []
    count = len(evidence)
    characters, windows = [], []
    for column in range(width):
        first = column * count // width
        last = max(first + 1, (column + 1) * count // width)
        covered = evidence.probabilities[first:last]
        best = first + int(np.argmax(np.nan_to_num(covered, nan=-1.0)))
        windows.append(best)
        characters.append(_glyph(float(evidence.probabilities[best])))
    return "".join(characters), windows


def columns(windows: Sequence[int], number: int) -> tuple[int, int]:
    """Return the columns [first, last) that stand for a window, or for the nearest before it. Without columns, none."""
    if not windows:
        return 0, 0
    before = [column for column, window in enumerate(windows) if window <= number]
    at = before[-1] if before else 0
    first = windows.index(windows[at])
    return first, len(windows) - windows[::-1].index(windows[at])


def _glyph(probability: float) -> str:
    if np.isnan(probability):
        return _UNREAD
    return _LEVELS[min(len(_LEVELS) - 1, int(probability * len(_LEVELS)))]
