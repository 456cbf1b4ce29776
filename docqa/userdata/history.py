"""The history of the app: questions, and the documents that were opened. One file of JSON lines.

Each entry is appended at once, so that a crash loses at most one line. Several docqa processes may append. It is not
forced to the disk, which would hold up each question: a power cut can lose the last half minute, of which the session's
file (`sessions`) has the questions.
"""

import errno
import json
import os
from collections.abc import Callable, Container, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from docqa import paths
from docqa.errors import DocqaError
from docqa.files import atomic_write, lock_beside, make_private_folder
from docqa.terminal_text import as_json

_READ = 1 << 21  # Bytes that are read from the end of the file: some ten thousand questions.


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A question, the documents that it was asked of (absolute paths, sorted), and when (ISO 8601, UTC)."""

    question: str
    documents: tuple[str, ...]
    at: str


@dataclass(frozen=True, slots=True)
class OpenedSet:
    """Files and folders that were opened together (absolute paths, sorted), and when (ISO 8601, UTC)."""

    paths: tuple[str, ...]
    at: str


def file() -> Path:
    """Return the file of the history."""
    return paths.data_dir() / "history.jsonl"


def document_set(names: Iterable[str]) -> tuple[str, ...]:
    """Return documents as entries have them: absolute, sorted, without duplicates."""
    return tuple(sorted({os.path.abspath(name) for name in names}))  # noqa: PTH100 - resolve() would follow links


def remember(question: str, names: Iterable[str]) -> None:
    """Append a question about these documents. Raises `DocqaError` if it can't be written."""
    _append(asdict(HistoryEntry(question, document_set(names), _now())))


def remember_opened(paths: Iterable[str]) -> None:
    """Append files and folders that were opened together. Raises `DocqaError` if it can't be written."""
    _append({"opened": document_set(paths), "at": _now()})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _append(values: dict[str, Any]) -> None:
    line = as_json(values).encode() + b"\n"
    try:
        make_private_folder(file().parent)
        with _lock():
            descriptor = os.open(file(), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                if _is_torn(descriptor):
                    line = b"\n" + line
                if os.write(descriptor, line) < len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            finally:
                os.close(descriptor)
    except OSError as error:
        raise DocqaError(
            f"can't save the history in {file()}: {error.strerror or error}",
            "questions are still answered; check the directory's permissions and free space",
        ) from error


def _lock() -> FileLock:
    return FileLock(lock_beside(file()), mode=0o600)


def _is_torn(descriptor: int) -> bool:
    """Whether the last line has no end: the disk was full, or the power failed. The next would be lost with it."""
    end = os.lseek(descriptor, 0, os.SEEK_END)
    if not end:
        return False
    os.lseek(descriptor, end - 1, os.SEEK_SET)
    return os.read(descriptor, 1) != b"\n"


def entries() -> list[HistoryEntry]:
    """Return the questions, oldest first. Damaged lines are skipped."""
    return [each for each in _read() if isinstance(each, HistoryEntry)]


def recent() -> list[OpenedSet]:
    """Return what was opened together, each set once, the newest first.

    Documents of a question count as opened together, unless they are in, or are, something that was opened.
    """
    lines = _read()
    opened = {path for each in lines if isinstance(each, OpenedSet) for path in each.paths}
    newest: dict[tuple[str, ...], OpenedSet] = {}
    for line in lines:
        if isinstance(line, HistoryEntry):
            if all(_is_within(document, opened) for document in line.documents):
                continue
            found = OpenedSet(line.documents, line.at)
        else:
            found = line
        newest.pop(found.paths, None)
        newest[found.paths] = found
    return list(reversed(newest.values()))


def _is_within(name: str, opened: Container[str]) -> bool:
    """Return whether a path or a folder above it was opened."""
    return name in opened or any(str(folder) in opened for folder in Path(name).parents)


def count_about(about: Callable[[str], bool]) -> int:
    """Return the number of lines that `forget` would change or delete."""
    return sum(kept != line for line, kept in _without(about))


def forget(about: Callable[[str], bool]) -> None:
    """Delete the questions that were asked of documents for whose absolute path `about` is true, and their paths.

    A question that was asked of others at the same time is deleted too. Raises `DocqaError` if it can't be written.
    """
    try:
        make_private_folder(file().parent)
        with _lock():  # What another docqa appends meanwhile must not be lost.
            kept = [line for _, line in _without(about) if line]
            with atomic_write(file()) as opened:
                opened.writelines(line + b"\n" for line in kept)
    except OSError as error:
        raise DocqaError(
            f"can't change the history in {file()}: {error.strerror or error}", "check the directory's permissions"
        ) from error


def _without(about: Callable[[str], bool]) -> list[tuple[bytes, bytes]]:
    """Return each line of the file, and what is left of it, b"" for nothing: `forget` has the rules."""
    try:
        lines = file().read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    found = []
    for line in filter(None, lines):
        entry, kept = _parse(line), line
        if entry is None:
            kept = b""  # Damaged, and so never read.
        elif isinstance(entry, HistoryEntry):
            kept = b"" if any(map(about, entry.documents)) else line
        elif any(map(about, entry.paths)):
            left = [path for path in entry.paths if not about(path)]
            kept = as_json({"opened": left, "at": entry.at}).encode() if left else b""
        found.append((line, kept))
    return found


def _read() -> list[HistoryEntry | OpenedSet]:
    """Return the entries at the end of the file, oldest first."""
    try:
        with file().open("rb") as opened:
            begin = max(0, opened.seek(0, os.SEEK_END) - _READ)
            opened.seek(begin)
            lines = opened.read().split(b"\n")
    except OSError:
        return []  # There is none, or it can't be read, which `remember` reports.
    return [entry for line in lines[1 if begin else 0 :] if (entry := _parse(line)) is not None]


def _parse(line: bytes) -> HistoryEntry | OpenedSet | None:
    try:
        values = json.loads(line)
        if "opened" in values:
            return OpenedSet(tuple(map(str, values["opened"])), str(values["at"]))
        return HistoryEntry(str(values["question"]), tuple(map(str, values["documents"])), str(values["at"]))
    except (ValueError, TypeError, KeyError):
        return None


def questions_about(names: Iterable[str], history: Iterable[HistoryEntry]) -> list[str]:
    """Return the questions asked of exactly these documents, each once, the most recent last."""
    documents = document_set(names)
    return _last_occurrences(entry.question for entry in history if entry.documents == documents)


def questions(names: Iterable[str], history: Iterable[HistoryEntry]) -> list[str]:
    """Return every question once: those asked of exactly these documents, then the others; each newest first."""
    history = list(history)
    same = questions_about(names, history)
    others = _last_occurrences(entry.question for entry in history)
    return [*reversed(same), *(question for question in reversed(others) if question not in set(same))]


def _last_occurrences(texts: Iterable[str]) -> list[str]:
    return list(reversed(dict.fromkeys(reversed(list(texts)))))
