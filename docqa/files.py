"""Files that are written completely or not at all, and folders that only their owner can enter."""

import json
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from typing import Any, BinaryIO

from docqa import paths
from docqa.errors import DocqaError
from docqa.terminal_text import as_json

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@contextmanager
def atomic_write(file: Path) -> Iterator[BinaryIO]:
    """A stream whose contents replace `file` on exit: readers see the old contents or the new, never a mixture.

    After an exception `file` is unchanged. Only its owner can read it. Raises `OSError`.
    """
    handle, draft = tempfile.mkstemp(dir=file.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        Path(draft).replace(file)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def read_json_object(file: Path) -> dict[str, Any]:
    """Read a JSON object. Raises `DocqaError` if the file cannot be read or contains something else."""
    try:
        contents = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DocqaError(f"cannot read {file}: {error}") from error
    if not isinstance(contents, dict):
        raise DocqaError(f"{file} should contain a JSON object, but contains a {type(contents).__name__}")
    return contents


def write_json_object(file: Path, contents: dict[str, Any]) -> None:
    """Write `contents` as JSON with `atomic_write`, creating the folder. Raises `OSError`."""
    make_private_folder(file.parent)
    with atomic_write(file) as stream:
        stream.write((as_json(contents, indent=2) + "\n").encode())


def make_private_folder(folder: Path) -> None:
    """Create a folder of docqa's, and what is missing above it, for its owner alone, whatever the umask.

    If it is in one of docqa's directories that others can enter, that is tightened. Raises `OSError`.
    """
    missing = list(takewhile(lambda each: not each.exists(), (folder, *folder.parents)))
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        each.chmod(stat.S_IRWXU)
    if not folder.is_dir():
        raise NotADirectoryError(20, "it is not a folder", str(folder))
    for root in _roots():
        if folder.is_relative_to(root):
            with suppress(OSError):  # `tighten` reports it.
                _close(root)


def tighten() -> list[str]:
    """Close docqa's directories to everyone but their owner. Returns what others can still enter."""
    open_to_others = []
    for root in _roots():
        try:
            _close(root)
        except FileNotFoundError:
            continue
        except OSError:
            open_to_others.append(str(root))
    return open_to_others


def make_private(folder: Path) -> None:
    """Close a folder of docqa's and all that is in it to everyone but their owner. Raises `OSError`."""
    for parent, _, names in os.walk(folder):
        Path(parent).chmod(stat.S_IRWXU)
        for name in names:
            file = Path(parent, name)
            if not file.is_symlink():
                file.chmod(stat.S_IRUSR | stat.S_IWUSR)


def make_readable(folder: Path, umask: int) -> None:
    """Give a folder that was written by `owner_only` for the user the permissions of any other. Raises `OSError`."""
    for parent, _, names in os.walk(folder):
        Path(parent).chmod(0o777 & ~umask)
        for name in names:
            Path(parent, name).chmod(0o666 & ~umask)


@contextmanager
def owner_only() -> Iterator[int]:
    """Have this process create files that only their owner can read. Yields the user's own umask."""
    umask = os.umask(_OTHERS)
    try:
        yield umask
    finally:
        os.umask(umask)


def _roots() -> set[Path]:
    return {paths.config_dir(), paths.data_dir(), paths.cache_dir()}


def _close(folder: Path) -> None:
    mode = folder.stat().st_mode
    # On Windows these bits mean nothing; there, docqa's directories are in the user's profile.
    if mode & _OTHERS and os.name != "nt":
        folder.chmod(stat.S_IMODE(mode) & ~_OTHERS)
