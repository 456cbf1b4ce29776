"""What a reader's network takes and gives, whichever library computes it."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

ROWS_ON_CPU = 4
"""Sequences in a batch on a CPU: no slower than more of them, and the first answers are there sooner."""


class Batch(NamedTuple):
    """Sequences of one width: token ids, 1 where there is a token, token types. Each of shape (rows, width)."""

    ids: NDArray[np.int64]
    mask: NDArray[np.int64]
    types: NDArray[np.int64]


class Backend(Protocol):
    """Weights that are loaded and compute."""

    def rows(self, width: int) -> int:
        """Sequences of so many tokens that are best computed as one batch."""
        ...

    def logits(self, batches: Sequence[Batch]) -> list[NDArray[np.float32]]:
        """For each batch the start and end logits, of shape (2, rows, width)."""
        ...
