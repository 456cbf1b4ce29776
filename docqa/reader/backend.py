"""What a reader's network takes and gives, whichever library computes it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from docqa.reader.sequences import Batch

ROWS_ON_CPU = 4
"""Sequences in a batch on a CPU: no slower than more of them, and the first answers are there sooner."""


class Backend(Protocol):
    """Weights that are loaded and compute."""

    def rows(self, width: int) -> int:
        """Sequences of so many tokens that are best computed as one batch."""
        ...

    def logits(self, batches: Sequence[Batch]) -> list[NDArray[np.float32]]:
        """For each batch the start and end logits, of shape (2, rows, width)."""
        ...
