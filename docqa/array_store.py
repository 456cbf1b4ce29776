"""A cache of named arrays on disk: an npz file for each entry, without pickle."""

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docqa import paths
from docqa.files import atomic_write, make_private_folder

Arrays = dict[str, NDArray[Any]]

_FILE_VERSION = 1  # Increment it when entries are written differently.


class ArrayStore:
    """The entries in a directory. With `directory=None` nothing is stored; one that is `read_only` gets no new ones."""

    def __init__(self, directory: Path | None, *, read_only: bool = False) -> None:
        self._directory = directory
        self._read_only = read_only
        self.failure: str | None = None
        """Why the last entry could not be written. Worth a warning, but not an error."""

    @classmethod
    def in_cache(cls, name: str, *, read_only: bool = False) -> "ArrayStore":
        """The store of this name in the user's cache directory."""
        return cls(paths.cache_dir() / name, read_only=read_only)

    def get(self, kind: str, name: str) -> Arrays | None:
        """The arrays of an entry, or None if there is none or it is damaged."""
        if self._directory is None:
            return None
        file = _file(self._directory, kind, name)
        try:
            with file.open("rb") as stream, np.load(stream, allow_pickle=False) as entry:
                return {field: entry[field] for field in entry.files}
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None  # It will be computed again and overwritten.

    def has(self, kind: str, name: str) -> bool:
        """Whether there is an entry, which may be damaged. True if nothing is stored at all."""
        return self._directory is None or self._read_only or _file(self._directory, kind, name).is_file()

    def put(self, kind: str, name: str, arrays: Arrays) -> None:
        """Write an entry atomically."""
        if self._directory is None or self._read_only:
            return
        file = _file(self._directory, kind, name)
        try:
            make_private_folder(file.parent)
            with atomic_write(file) as stream:
                np.savez(stream, allow_pickle=False, **arrays)
        except OSError as error:
            self.failure = f"the index could not be stored in {self._directory}: {error.strerror or error}"


def key(*parts: object) -> str:
    """A name for the entry that is computed from `parts`. Include everything that decides the result.

    That is the input, the settings, the versions of libraries, and a version number of the code that computes it.
    """
    return hashlib.sha256(json.dumps([_FILE_VERSION, *parts], default=str).encode()).hexdigest()[:40]


def _file(directory: Path, kind: str, name: str) -> Path:
    return directory / kind / f"{name}.npz"
