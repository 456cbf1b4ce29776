"""The questions asked in the app and what was opened, from one session to the next: lines of JSON in one file.

A line is appended as soon as it happens. Two docqas may append at once, and a crash costs at most a line.
"""

import json
import os
from collections.abc import Container, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docqa import paths
from docqa.errors import DocqaError

_READ = 1 << 21  # Bytes of the file's end that are read: some ten thousand questions.


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A question, the documents that it was asked of (absolute paths, sorted), and when (ISO 8601, UTC)."""

    question: str
    documents: tuple[str, ...]
    at: str


def file() -> Path:
    """Where the questions are kept."""
    return paths.data_dir() / "history.jsonl"


def document_set(names: Iterable[str]) -> tuple[str, ...]:
    """Documents as an entry has them, whatever the folder they are named from."""
    return tuple(sorted({os.path.abspath(name) for name in names}))  # noqa: PTH100 - resolve() would follow links


@dataclass(frozen=True, slots=True)
class OpenedSet:
    """What was opened together: files and folders as the person named them (absolute, sorted), and when."""

    paths: tuple[str, ...]
    at: str


def remember(question: str, names: Iterable[str]) -> None:
    """Keep a question that was asked of these documents. Raises `DocqaError` where it can't be written."""
    _append(asdict(HistoryEntry(question, document_set(names), _now())))


def remember_opened(paths: Iterable[str]) -> None:
    """Keep what was opened: a folder stays a folder. Raises `DocqaError` where it can't be written."""
    _append({"opened": document_set(paths), "at": _now()})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _append(values: dict[str, Any]) -> None:
    line = json.dumps(values, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    try:
        file().parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise DocqaError(
            f"what is asked and opened can't be kept in {file()}: {error.strerror or error}",
            "docqa answers all the same; mend the folder's permissions, or make room, to have it kept",
        ) from error


def entries() -> list[HistoryEntry]:
    """The questions kept, oldest first. A line that is not whole is passed over."""
    return [one for one in _kept() if isinstance(one, HistoryEntry)]


def recent() -> list[OpenedSet]:
    """What was opened together, each set once, the newest first.

    Documents that questions were asked of stand for themselves where nothing says how they were opened.
    """
    kept = _kept()
    known = {path for one in kept if isinstance(one, OpenedSet) for path in one.paths}
    newest: dict[tuple[str, ...], OpenedSet] = {}
    for line in kept:
        one = OpenedSet(line.documents, line.at) if isinstance(line, HistoryEntry) else line
        if one is line or not all(_within(document, known) for document in one.paths):
            newest.pop(one.paths, None)
            newest[one.paths] = one
    return list(reversed(newest.values()))


def _within(name: str, known: Container[str]) -> bool:
    """Whether a document is one of those known, or below one."""
    return name in known or any(str(folder) in known for folder in Path(name).parents)


def _kept() -> list[HistoryEntry | OpenedSet]:
    """What the lines say, oldest first."""
    try:
        with file().open("rb") as opened:
            begin = max(0, opened.seek(0, os.SEEK_END) - _READ)
            opened.seek(begin)
            lines = opened.read().split(b"\n")
    except OSError:
        return []  # None were kept, or they can't be read: `remember` says so.
    return [entry for line in lines[1 if begin else 0 :] for entry in _entry(line)]


def _entry(line: bytes) -> list[HistoryEntry | OpenedSet]:
    try:
        values = json.loads(line)
        if "opened" in values:
            return [OpenedSet(tuple(map(str, values["opened"])), str(values["at"]))]
        return [HistoryEntry(str(values["question"]), tuple(map(str, values["documents"])), str(values["at"]))]
    except (ValueError, TypeError, KeyError):
        return []


def asked_of(names: Iterable[str], kept: Iterable[HistoryEntry]) -> list[str]:
    """The questions asked of exactly these documents before, each once, the one asked last at the end."""
    wanted = document_set(names)
    return _once(entry.question for entry in kept if entry.documents == wanted)


def questions(names: Iterable[str], kept: Iterable[HistoryEntry]) -> list[str]:
    """Every question kept, each once: first those asked of exactly these documents, then the others; newest first."""
    kept = list(kept)
    here = asked_of(names, kept)
    others = _once(entry.question for entry in kept)
    return [*reversed(here), *(question for question in reversed(others) if question not in set(here))]


def _once(found: Iterable[str]) -> list[str]:
    return list(reversed(dict.fromkeys(reversed(list(found)))))
