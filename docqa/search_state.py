"""The state of one question's search while its windows are read (pure)."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docqa.ranking import Calibration, Candidate, ScoredCandidate, score

_MAX_CANDIDATES = 200  # Only the most probable are ranked and cited, which keeps an exhaustive search linear.


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """What was found for a question so far.

    `candidates` are the most probable spans of all windows read. `best_by_document` maps a document's number to its
    most probable span, which may be too improbable to be among `candidates`. `order` lists all window numbers, the
    best-ranked first; the first `windows_read` of them were read. Two arrays have the shape (windows,): `retrieval_z`,
    the retrieval scores in standard deviations, and `probabilities`, that of each window's most probable span, NaN
    for windows that were not read.
    """

    candidates: Sequence[ScoredCandidate]
    best_by_document: Mapping[int, ScoredCandidate]
    order: NDArray[np.int64]
    windows_read: int
    retrieval_z: NDArray[np.float32]
    probabilities: NDArray[np.float64]


class QuestionSearch:
    """A question, the order in which its windows are read, and the spans found so far."""

    def __init__(
        self,
        question: str,
        question_ids: Sequence[int],
        retrieval_z: NDArray[np.float32],
        windows_to_read: int,
        calibration: Calibration,
    ) -> None:
        """Order the windows by `retrieval_z`, of shape (windows,). `question_ids` are the question's tokens."""
        self.question = question
        self.question_ids = question_ids
        self.retrieval_z = retrieval_z
        self.order = np.argsort(-retrieval_z, kind="stable")
        self.windows_to_read = windows_to_read
        self._calibration = calibration
        self._candidates: list[ScoredCandidate] = []
        self._best_by_document: dict[int, ScoredCandidate] = {}
        self._probabilities = np.full(len(retrieval_z), np.nan)

    def add(self, candidate: Candidate, window: int) -> None:
        """Add a span that was found in a window."""
        scored = score(candidate, self._calibration)
        self._probabilities[window] = np.fmax(self._probabilities[window], scored.probability)
        best = self._best_by_document.get(candidate.document)
        if best is None or scored.sort_key < best.sort_key:
            self._best_by_document[candidate.document] = scored
        self._candidates.append(scored)

    def progress(self, windows_read: int) -> SearchProgress:
        """What was found after the first `windows_read` windows."""
        self._candidates = heapq.nsmallest(_MAX_CANDIDATES, self._candidates, key=lambda scored: scored.sort_key)
        probabilities = self._probabilities.copy()
        read = self.order[:windows_read]
        probabilities[read] = np.nan_to_num(probabilities[read])  # A window may have no span at all.
        return SearchProgress(
            tuple(self._candidates),
            dict(self._best_by_document),
            self.order,
            windows_read,
            self.retrieval_z,
            probabilities,
        )
