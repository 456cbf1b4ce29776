"""What a retriever is: it scores each window of the open documents against a question."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Retriever(Protocol):
    """Scores every window of a document set against a question."""

    def scores(self, question: str) -> NDArray[np.float32]:
        """Scores of shape (windows,): higher is likelier to hold the answer, in no fixed unit."""
        ...


def standardize(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores in standard deviations from their mean; zeros where they are all alike."""
    if not len(scores) or float(np.ptp(scores)) == 0:
        return np.zeros_like(scores)
    exact = scores.astype(np.float64)  # Of scores that are nearly alike, rounding would make any z whatever.
    standard: NDArray[np.float32] = ((exact - exact.mean()) / exact.std()).astype(np.float32)
    return standard
