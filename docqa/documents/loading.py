"""From paths to the bytes of files: folders are searched, and what can't be read is reported."""

import errno
import os
import re
import shlex
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from docqa.documents.formats import by_suffix, readable, suffixes, too_large
from docqa.documents.source import STDIN, Source, display_name
from docqa.errors import DocqaError, not_found
from docqa.extensions import FORMATS
from docqa.progress import Monitor
from docqa.wording import counted

# Descriptors that are open already, as in `docqa ask QUESTION <(command)`.
_DESCRIPTORS = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")

_PART = 1 << 24
"""Bytes read at a time, so that a slow disk can be given up."""
_READINGS = 3
"""How often a file is read that is written to meanwhile."""

_LINKS, _SPECIAL, _NO_SUFFIX = "link", "special", "without a suffix"
_USUAL_SUFFIX = re.compile(r"\.\w{1,10}")
_NAMED_KINDS = 5

_SPECIAL_FILES = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class LeftOut(NamedTuple):
    """What a folder has that is not read, in words: "3 files of other types (.docx 2, .png) were left out"."""

    folder: str
    message: str


def expand(paths: Sequence[str | Path], left_out: list[LeftOut] | None = None) -> Iterator[str | DocqaError]:
    """Yield each file once, in order. A folder stands for the supported files below it, sorted, without hidden ones.

    Links to folders are not followed; pipes, sockets and devices are skipped. What of a folder is passed over, but for
    hidden files, is added to `left_out`. A folder that is unreadable or has no supported files yields a `DocqaError`,
    so that the other paths are still read.
    """
    seen: set[str] = set()
    for path in map(str, paths):
        if path == STDIN:
            if path not in seen:
                seen.add(path)
                yield path
            continue
        others: Counter[str] = Counter()
        found = _walk(path, others) if os.path.isdir(path) else iter([path])  # noqa: PTH112 - never raises
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
        elif others and left_out is not None:
            left_out.append(LeftOut(path, _in_words(others)))


def _walk(root: str, others: Counter[str]) -> Iterator[str | DocqaError]:
    """The files below a folder. `others` counts what is passed over, by what it is."""
    supported = frozenset(suffixes())
    pending = [(Path(root), True)]
    while pending:
        path, is_folder = pending.pop()
        if not is_folder:
            yield str(path)
            continue
        found = []
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    folder = entry.is_dir(follow_symlinks=False)  # A link to a folder may lead back up.
                    if folder or _is_document(entry, supported):
                        found.append((entry.name, folder))
                    else:
                        others[_kind(entry, supported)] += 1
        except OSError as error:
            yield DocqaError(
                f"{path} can't be read: {_reason(error)}",
                f"its files were left out; try `ls -ld {shlex.quote(str(path))}`",
            )
            continue
        pending.extend((path / name, folder) for name, folder in sorted(found, reverse=True))


def _kind(entry: "os.DirEntry[str]", supported: frozenset[str]) -> str:
    """What an entry is that is passed over: its suffix, or another word."""
    suffix = Path(entry.name).suffix.lower()
    try:
        if entry.is_dir():
            return _LINKS
    except OSError:  # A link that leads to itself.
        return _SPECIAL
    if suffix in supported:
        return _SPECIAL
    return suffix if _USUAL_SUFFIX.fullmatch(suffix) else _NO_SUFFIX


def _in_words(others: Counter[str]) -> str:
    links, special = others.pop(_LINKS, 0), others.pop(_SPECIAL, 0)
    parts = []
    if others:
        kinds = [f"{kind} {count}" if count > 1 else kind for kind, count in others.most_common(_NAMED_KINDS)]
        more = ", …" if len(others) > _NAMED_KINDS else ""
        of_other_types = "files of other types" if others.total() > 1 else "file of another type"
        parts.append(f"{others.total():,} {of_other_types} ({', '.join(kinds)}{more})")
    if links:
        parts.append(counted(links, "link") + " to folders")
    if special:
        parts.append(f"{special:,} that {'is no file' if special == 1 else 'are no files'}")
    *firsts, last = parts
    listed = f"{', '.join(firsts)} and {last}" if firsts else last
    return f"{listed} {'was' if others.total() + links + special == 1 else 'were'} left out"


def read(path: str, password: str | None = None, monitor: Monitor | None = None) -> Source:
    """Read a file, or standard input for "-".

    Raises `DocqaError` if it is not a readable file of a known format, too large, or being written to, and `Cancelled`.
    """
    check = (monitor or Monitor()).check
    name = display_name(path)
    if path == STDIN:
        return Source(STDIN, _read_all(sys.stdin.buffer, name, check), password)
    try:
        # Asked before it is opened: opening a device may do anything.
        _require_document(path, os.stat(path).st_mode)  # noqa: PTH116 - a path may have any characters
        # It may be another file by now: opening a pipe would wait for its writer.
        with open(path, "rb", opener=_open_without_waiting) as stream:
            mode = os.fstat(stream.fileno()).st_mode
            _require_document(path, mode)
            # What looks like a file may wait for ever, as /proc/kmsg does. A real one never waits.
            if hasattr(os, "O_NONBLOCK") and not stat.S_ISREG(mode):
                os.set_blocking(stream.fileno(), True)
            return Source(path, _read_unchanged(stream, name, check), password)
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


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))


def _read_unchanged(stream: BinaryIO, name: str, check: Callable[[], None]) -> bytes:
    """The bytes of a file, none of which was written meanwhile. Those that are appended don't matter."""
    before = _state(stream)
    data = _read_all(stream, name, check)
    for _ in range(_READINGS):
        if (after := _state(stream)) == before or not stream.seekable():
            return data
        stream.seek(0)
        again = _read_all(stream, name, check)
        if again.startswith(data):
            return again
        before, data = after, again
    raise DocqaError(f"{name} is being written to", "try again when it is complete")


def _state(stream: BinaryIO) -> tuple[int, int]:
    status = os.fstat(stream.fileno())
    return status.st_size, status.st_mtime_ns


def _read_all(stream: BinaryIO, name: str, check: Callable[[], None]) -> bytes:
    """All bytes of a stream, which may be endless: not more than the largest file that any format takes."""
    largest = max((format.largest for format in FORMATS), default=0)
    parts: list[bytes] = []
    size = 0
    while part := _next_part(stream, name):
        check()
        parts.append(part)
        size += len(part)
        if size > largest:
            raise too_large(name, largest)
    return b"".join(parts)


def _next_part(stream: BinaryIO, name: str) -> bytes:
    part: bytes | None = stream.read(_PART)
    if part is None:
        raise DocqaError(f"{name} has no end: it waits for more", "write to a file what it has, and open that")
    return part


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


def _is_document(entry: "os.DirEntry[str]", supported: frozenset[str]) -> bool:
    if Path(entry.name).suffix.lower() not in supported:
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
