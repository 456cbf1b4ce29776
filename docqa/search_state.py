"""What was found for one question while its windows are read, the best-ranked first (pure)."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from docqa.answers import Calibration, Candidate

_WEIGHED = 200  # Candidates that are merged and ranked: the likeliest. It keeps an exhaustive reading linear.


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """What was found for a question so far.

    `candidates` are the likeliest spans of the windows that were read, and `best` the likeliest of each document, by
    its number: that may be too unlikely to be among them. Read were the first `read` of `order`, which has the numbers
    of all windows, the best-ranked first. By window, of shape (windows,), are `z`, the retrieval scores
    in standard deviations, and `probabilities`, that of the window's likeliest span: NaN where it was not read.
    """

    candidates: Sequence[Candidate]
    best: Mapping[int, Candidate]
    order: NDArray[np.int64]
    read: int
    z: NDArray[np.float32]
    probabilities: NDArray[np.float64]


class QuestionSearch:
    """A question, the order in which its windows are read, and what was found in those that were."""

    def __init__(
        self, question: str, ids: Sequence[int], z: NDArray[np.float32], count: int, calibration: Calibration
    ) -> None:
        self.question = question
        self.ids = ids
        self.z = z
        self.order = np.argsort(-z, kind="stable")
        self.count = count
        """Windows that are to be read: the first of `order`."""
        self._calibration = calibration
        self._candidates: list[tuple[float, Candidate]] = []
        self._best: dict[int, tuple[float, Candidate]] = {}
        self._probabilities = np.full(len(z), np.nan)

    def take(self, candidate: Candidate, window: int) -> None:
        """Take a span that was found in a window."""
        probability = self._calibration.probability(candidate.score, candidate.z)
        self._probabilities[window] = np.fmax(self._probabilities[window], probability)
        leading = self._best.get(candidate.document)
        if leading is None or probability > leading[0]:
            self._best[candidate.document] = probability, candidate
        self._candidates.append((probability, candidate))

    def reading(self, read: int) -> SearchProgress:
        """What was found once the first `read` windows were read."""
        self._candidates = heapq.nlargest(_WEIGHED, self._candidates, key=itemgetter(0))
        probabilities = self._probabilities.copy()
        done = self.order[:read]
        probabilities[done] = np.nan_to_num(probabilities[done])  # A window may have no span at all.
        return SearchProgress(
            [candidate for _, candidate in self._candidates],
            {document: candidate for document, (_, candidate) in self._best.items()},
            self.order,
            read,
            self.z,
            probabilities,
        )
