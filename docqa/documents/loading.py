"""From paths to the bytes of files: folders are searched, and what can't be read is reported."""

import errno
import os
import shlex
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from docqa.documents.formats import by_suffix, readable, suffixes
from docqa.documents.source import STDIN, Source
from docqa.errors import DocqaError, not_found

# Descriptors that are open already, as in `docqa ask QUESTION <(command)`.
_DESCRIPTORS = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")

_SPECIAL_FILES = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def expand(paths: Sequence[str | Path]) -> Iterator[str | DocqaError]:
    """Yield each file once, in order. A folder stands for the supported files below it, sorted, without hidden ones.

    Links to folders are not followed; pipes, sockets and devices are skipped. A folder that is unreadable or has no
    supported files yields a `DocqaError`, so that the other paths are still read.
    """
    seen: set[str] = set()
    for path in map(str, paths):
        if path == STDIN:
            if path not in seen:
                seen.add(path)
                yield path
            continue
        found = _walk(path) if os.path.isdir(path) else iter([path])  # noqa: PTH112 - never raises
        empty = True
        for item in found:
            empty = False
            if isinstance(item, DocqaError):
                yield item
            elif (identity := _identity(item)) not in seen:
                seen.add(identity)
                yield item
        if empty:
            yield DocqaError(f"no supported files in {path}", readable())


def _walk(root: str) -> Iterator[str | DocqaError]:
    supported = frozenset(suffixes())
    pending = [(Path(root), True)]
    while pending:
        path, is_folder = pending.pop()
        if not is_folder:
            yield str(path)
            continue
        try:
            with os.scandir(path) as entries:
                found = [
                    (entry.name, folder)
                    for entry in entries
                    if (folder := _is_folder(entry)) or _is_document(entry, supported)
                ]
        except OSError as error:
            yield DocqaError(
                f"{path} can't be read: {_reason(error)}",
                f"its files were left out; try `ls -ld {shlex.quote(str(path))}`",
            )
            continue
        pending.extend((path / name, folder) for name, folder in sorted(found, reverse=True))


def read(path: str, password: str | None = None) -> Source:
    """Read a file, or standard input for "-". Raises `DocqaError` if it is not a readable file of a known format."""
    if path == STDIN:
        return Source(STDIN, sys.stdin.buffer.read(), password)
    file = Path(path)
    try:
        # Asked before it is opened: opening a pipe waits for its writer, and opening a device may do anything.
        _require_document(path, file.stat().st_mode)
        return Source(path, file.read_bytes(), password)
    except FileNotFoundError:
        raise not_found(path) from None
    except PermissionError:
        raise DocqaError(f"{path} can't be read: permission denied", f"try `ls -l {shlex.quote(path)}`") from None
    except ValueError:
        raise DocqaError(f"{path!r} is not a path", "check the spelling") from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise DocqaError(
                f"{path[:60]}… does not exist: the name is too long", "check the order: docqa ask QUESTION PATH..."
            ) from None
        raise DocqaError(f"{path} can't be read: {_reason(error)}", "check that it is a readable file") from error


def _require_document(path: str, mode: int) -> None:
    special = _SPECIAL_FILES.get(stat.S_IFMT(mode))
    if special and not path.startswith(_DESCRIPTORS):
        raise DocqaError(
            f"{path} is {special}, not a file", "write its content to a file, or pipe it: … | docqa ask QUESTION -"
        )
    if not stat.S_ISDIR(mode) and by_suffix(path) is None:
        raise DocqaError(
            f"{path} is of a type that docqa does not read ({Path(path).suffix})",
            f"{readable()}; convert it, or pipe its text: … | docqa ask QUESTION -",
        )


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    """Whether to search an entry. A link to a folder is not followed: it may lead back up."""
    return not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)


def _is_document(entry: "os.DirEntry[str]", supported: frozenset[str]) -> bool:
    if entry.name.startswith(".") or Path(entry.name).suffix.lower() not in supported:
        return False
    try:
        if entry.is_file():
            return True
        entry.stat()
    except OSError:
        return True  # `read` reports why.
    return False


def _identity(path: str) -> str:
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return path  # `read` reports why.


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
