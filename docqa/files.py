"""Files that are written completely or not at all, and folders that only their owner can enter.

A draft is written beside the file and takes its place in one step, so that a crash leaves the old contents or the new.
A power cut can undo the last seconds of what was written; what the user would miss is forced to the disk.
"""

import json
import os
import stat
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from typing import Any, BinaryIO

from docqa import paths
from docqa.errors import DocqaError
from docqa.terminal_text import as_json

DRAFT = ".writing-"
"""How the names of drafts begin."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LEFT_BEHIND = 86_400  # Seconds after which a draft is taken for one that a crash left: each takes moments to write.
_swept: set[Path] = set()


@contextmanager
def atomic_write(file: Path, *, mode: int = 0o600, durable: bool = True) -> Iterator[BinaryIO]:
    """A stream whose contents replace `file` on exit: readers see the old contents or the new, never a mixture.

    After an exception `file` is unchanged. `mode` is that of the new file, less the user's umask. If `durable`, the
    contents survive a power cut. Also removes drafts that a crash left in the folder. Raises `OSError`.
    """
    _sweep(file.parent)
    draft = file.with_name(f"{DRAFT}{uuid.uuid4().hex}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            if durable:
                os.fsync(stream.fileno())
        draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(file.parent)


def write_export(file: Path, contents: bytes) -> None:
    """Write a file that the user named, completely or not at all. Raises `OSError`.

    An existing file keeps its permissions, and a link leads to the file that is written. What is no regular file, such
    as a pipe or a device, is written to.
    """
    target = file.resolve()
    try:
        existing = target.stat().st_mode
    except FileNotFoundError:
        existing = None
    if existing is not None and not stat.S_ISREG(existing):
        target.write_bytes(contents)
        return
    if existing is not None:
        target.open("r+b").close()  # A read-only file could still be replaced, which is not what its owner meant.
    with atomic_write(target, mode=0o666) as stream:
        stream.write(contents)
        if existing is not None and hasattr(os, "fchmod"):
            os.fchmod(stream.fileno(), stat.S_IMODE(existing))


def lock_beside(path: Path) -> Path:
    """The file that whoever writes a file or folder locks."""
    return path.with_name(f".{path.name}.lock")


def sync_folder(folder: Path) -> None:
    """Force a folder's entries to the disk: what was created, renamed or removed. Some systems can't; then nothing."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sync_files(folder: Path) -> None:
    """Force the contents of all files below a folder to the disk. Raises `OSError`."""
    for file in folder.rglob("*"):
        if file.is_file():
            sync_file(file)
        elif file.is_dir():
            sync_folder(file)
    sync_folder(folder)


def sync_file(file: Path) -> None:
    """Force the contents of a file to the disk. Raises `OSError`."""
    with file.open("r+b") as stream:  # Windows syncs only what is open for writing.
        os.fsync(stream.fileno())


def _sweep(folder: Path) -> None:
    """Remove the drafts that a crash left in a folder, once in each process."""
    if folder in _swept:
        return
    _swept.add(folder)
    with suppress(OSError):
        for entry in os.scandir(folder):
            # Either way from now, because the clock may have been wrong.
            if entry.name.startswith(DRAFT) and abs(time.time() - entry.stat().st_mtime) > _LEFT_BEHIND:
                Path(entry.path).unlink(missing_ok=True)


def read_json_object(file: Path) -> dict[str, Any]:
    """Read a JSON object. Raises `DocqaError` if the file cannot be read or contains something else."""
    try:
        contents = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
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
