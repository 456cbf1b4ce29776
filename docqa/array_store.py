"""A cache of named arrays on disk: an npz file for each entry, without pickle.

The store has a limit. Beyond it the entries are deleted that were used longest ago, which also removes those of earlier
versions of docqa.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docqa import paths
from docqa.files import atomic_write, make_private_folder

Arrays = dict[str, NDArray[Any]]

LIMIT = 4_000_000_000
"""Bytes in a store: the index of about a hundred books of 500 pages takes a tenth of it."""

_FILE_VERSION = 1  # Increment it when entries are written differently.


class ArrayStore:
    """The entries in a directory, of at most `limit` bytes.

    With `directory=None` nothing is stored; one that is `read_only` gets no new entries.
    """

    def __init__(self, directory: Path | None, limit: int = LIMIT, *, read_only: bool = False) -> None:
        self._directory = directory
        self._limit = limit
        self._read_only = read_only
        self._size: int | None = None
        """The bytes of all entries; None before something is written."""
        self.failure: str | None = None
        """Why the last entry could not be written. Worth a warning, but not an error."""

    @classmethod
    def in_cache(cls, name: str, *, read_only: bool = False) -> "ArrayStore":
        """The store of this name in the user's cache directory."""
        return cls(paths.cache_dir() / name, read_only=read_only)

    def get(self, kind: str, name: str) -> Arrays | None:
        """The arrays of an entry, or None if there is none, or its checksums say that it is damaged."""
        if self._directory is None:
            return None
        file = _file(self._directory, kind, name)
        try:
            with zipfile.ZipFile(file) as entry:
                arrays = {name.removesuffix(".npy"): _array(entry, name) for name in entry.namelist()}
        except FileNotFoundError:
            return None
        except Exception:  # noqa: BLE001 - whatever parsing damaged bytes raises: it is computed again and overwritten
            return None
        if not self._read_only:
            with suppress(OSError):
                os.utime(file)  # When it was used last.
        return arrays

    def put(self, kind: str, name: str, arrays: Arrays) -> None:
        """Write an entry atomically."""
        if self._directory is None or self._read_only:
            return
        file = _file(self._directory, kind, name)
        try:
            make_private_folder(file.parent)
            # Not forced to the disk: an entry that a power cut damaged is computed again.
            with atomic_write(file, durable=False) as stream:
                np.savez(stream, allow_pickle=False, **arrays)
            if self._size is not None:
                self._size += file.stat().st_size
            if self._size is None or self._size > self._limit:
                self._size = self._evict(self._directory)
        except OSError as error:
            self.failure = f"the index could not be stored in {self._directory}: {error.strerror or error}"

    def _evict(self, directory: Path) -> int:
        """Delete what was used longest ago if the store is too large; return the size of the rest, in bytes."""
        entries = sorted(_entries(directory))
        size = sum(bytes_ for _, bytes_, _ in entries)
        if size > self._limit:
            for _, bytes_, file in entries:
                if size <= 0.9 * self._limit:  # So that the next entries don't each delete one.
                    break
                with suppress(OSError):
                    Path(file).unlink(missing_ok=True)
                    size -= bytes_
        return size


def _array(entry: zipfile.ZipFile, name: str) -> NDArray[Any]:
    with entry.open(name) as field:
        array: NDArray[Any] = np.lib.format.read_array(field, allow_pickle=False)
        # The checksum is compared at the field's end, where a damaged header may not have led.
        while field.read(1 << 20):
            pass
    return array


def _entries(directory: Path) -> Iterator[tuple[float, int, str]]:
    """When each entry was used last, its size in bytes, and its file."""
    for kind in directory.iterdir():
        if kind.is_dir():
            for entry in os.scandir(kind):
                with suppress(OSError):  # Another docqa may have deleted it.
                    status = entry.stat()
                    yield status.st_mtime, status.st_size, entry.path


def key(*parts: object) -> str:
    """A name for the entry that is computed from `parts`. Include everything that decides the result.

    That is the input, the settings, the versions of libraries, and a version number of the code that computes it.
    """
    return hashlib.sha256(json.dumps([_FILE_VERSION, *parts], default=str).encode()).hexdigest()[:40]


def _file(directory: Path, kind: str, name: str) -> Path:
    return directory / kind / f"{name}.npz"
