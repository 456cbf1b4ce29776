"""Reader backends: the libraries that compute a reader's logits. `docqa.extensions.BACKENDS` has them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from docqa.array_store import ArrayStore
from docqa.errors import DocqaError
from docqa.extensions import BACKENDS, BackendKind, resolve
from docqa.reader.sequences import Batch

ROWS_ON_CPU = 4
"""Sequences in a batch on a CPU: larger batches are no faster, and the first answers would appear later."""


class Backend(Protocol):
    """A reader's weights, loaded on a device."""

    def rows(self, width: int) -> int:
        """The best number of sequences of this width for one batch."""
        ...

    def logits(self, batches: Sequence[Batch]) -> list[NDArray[np.float32]]:
        """The start and end logits of each batch, of shape (2, rows, width)."""
        ...


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """What a backend is asked to load, and what it may use to do so.

    `sample` makes unpadded batches of typical text, for measurements; `store` keeps their results between runs, under
    keys that include `fingerprint`, the model's.
    """

    folder: Path
    device: str
    """Its torch name: "cpu", "cuda", "cuda:1", "mps"…"""
    exact: bool
    """Compute in float32, even where the device is faster in another type."""
    fingerprint: str
    sample: Callable[[], Sequence[Batch]]
    store: ArrayStore


def choose_backend(folder: Path, device: str) -> BackendKind:
    """The backend registered last of those that can load the reader in `folder`. Raises `DocqaError` if none can."""
    for kind in BACKENDS:
        if resolve(kind.can_load)(folder, device):
            return kind
    raise DocqaError(
        f"no reader backend can load {folder} on {device!r}", f"registered: {', '.join(BACKENDS.names()) or 'none'}"
    )


def load_backend(kind: BackendKind, request: LoadRequest) -> Backend:
    """Load a reader. Raises `DocqaError` if its folder is damaged."""
    backend: Backend = resolve(kind.load)(request)
    return backend
