"""The retriever protocol, and scores without a unit. `docqa.extensions.RETRIEVERS` has the retrievers."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Retriever(Protocol):
    """Scores every window of the opened documents against a question."""

    def scores(self, question: str) -> NDArray[np.float32]:
        """Scores of shape (windows,), higher for windows likelier to hold the answer. The unit is arbitrary."""
        ...


def standardize(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """The z-scores: standard deviations from the mean; zeros if all scores are equal."""
    if not len(scores) or float(np.ptp(scores)) == 0:
        return np.zeros_like(scores)
    exact = scores.astype(np.float64)  # In float32, z-scores of nearly equal scores would be rounding errors.
    standard: NDArray[np.float32] = ((exact - exact.mean()) / exact.std()).astype(np.float32)
    return standard
