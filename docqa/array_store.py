"""Named arrays on disk, each entry an npz file without pickle. Whatever was computed, and can be computed again."""

import hashlib
import json
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docqa import paths
from docqa.files import atomic_write

Arrays = dict[str, NDArray[Any]]


class ArrayStore:
    """The entries under a directory. With `directory=None` it keeps nothing, and has nothing."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self.failure: str | None = None
        """Why the last entry could not be written: worth a word to the person, not worth stopping for."""

    @classmethod
    def in_cache(cls, name: str) -> "ArrayStore":
        """The person's own store of that name."""
        return cls(paths.cache_dir() / name)

    def get(self, kind: str, name: str) -> Arrays | None:
        """The arrays of an entry, or None where there is none or it is damaged."""
        if self._directory is None:
            return None
        file = _file(self._directory, kind, name)
        try:
            with file.open("rb") as stream, np.load(stream, allow_pickle=False) as entry:
                return {field: entry[field] for field in entry.files}
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None  # It is computed again, and written over.

    def put(self, kind: str, name: str, arrays: Arrays) -> None:
        """Write an entry: whole, or not at all."""
        if self._directory is None:
            return
        file = _file(self._directory, kind, name)
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with atomic_write(file) as stream:
                np.savez(stream, allow_pickle=False, **arrays)
        except OSError as error:
            self.failure = f"the index could not be kept in {self._directory}: {error.strerror or error}"


def key(code: tuple[str, ...], *parts: object) -> str:
    """A name for what `code` computes from `parts`: files of this package, as patterns.

    After a change to one of them, or to how entries are kept, no entry from before is met again.
    """
    return hashlib.sha256(json.dumps([_digest((*code, "array_store.py")), *parts], default=str).encode()).hexdigest()[
        :40
    ]


@cache
def _digest(patterns: tuple[str, ...]) -> str:
    here = Path(__file__).parent
    files = [file for pattern in patterns for file in sorted(here.glob(pattern))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _file(directory: Path, kind: str, name: str) -> Path:
    return directory / kind / f"{name}.npz"
