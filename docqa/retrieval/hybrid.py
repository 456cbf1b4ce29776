"""Hybrid retrieval: several retrievers' scores, summed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from docqa.retrieval.retriever import Retriever, standardize


class HybridRetriever:
    """The weighted sum of several retrievers' z-scores: each counts in its own standard deviations."""

    def __init__(self, parts: Sequence[tuple[Retriever, float]]) -> None:
        self._parts = parts

    def scores(self, question: str) -> NDArray[np.float32]:
        """Sums of shape (windows,)."""
        total: NDArray[np.float32] = np.sum(
            [weight * standardize(part.scores(question)) for part, weight in self._parts], axis=0
        )
        return total
