"""Files that are written completely or not at all.

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
from pathlib import Path
from typing import Any, BinaryIO

from docqa.errors import DocqaError

DRAFT = ".writing-"
"""How the names of drafts begin."""

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
    except (OSError, ValueError) as error:
        raise DocqaError(f"cannot read {file}: {error}") from error
    if not isinstance(contents, dict):
        raise DocqaError(f"{file} should contain a JSON object, but contains a {type(contents).__name__}")
    return contents


def write_json_object(file: Path, contents: dict[str, Any]) -> None:
    """Write `contents` as JSON with `atomic_write`, creating the folder. Raises `OSError`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(file) as stream:
        stream.write((json.dumps(contents, indent=2, ensure_ascii=False) + "\n").encode())
