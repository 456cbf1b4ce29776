"""The questions asked in the app, kept from one session to the next: a line of JSON for each, in one file.

A line is appended as soon as its question is asked. Two docqas may append at once, and a crash costs at most a line.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from docqa import paths
from docqa.errors import DocqaError

_READ = 1 << 21  # Bytes of the file's end that are read: some ten thousand questions.


@dataclass(frozen=True, slots=True)
class Entry:
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


def remember(question: str, names: Iterable[str]) -> None:
    """Keep a question that was asked of these documents. Raises `DocqaError` where it can't be written."""
    entry = Entry(question, document_set(names), datetime.now(UTC).isoformat(timespec="seconds"))
    line = json.dumps(asdict(entry), ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    try:
        file().parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise DocqaError(
            f"the question can't be kept in {file()}: {error.strerror or error}",
            "docqa answers it all the same; mend the folder's permissions, or make room, to have it kept",
        ) from error


def entries() -> list[Entry]:
    """The questions kept, oldest first. A line that is not whole is passed over."""
    try:
        with file().open("rb") as opened:
            begin = max(0, opened.seek(0, os.SEEK_END) - _READ)
            opened.seek(begin)
            lines = opened.read().split(b"\n")
    except OSError:
        return []  # None were kept, or they can't be read: `remember` says so.
    return [entry for line in lines[1 if begin else 0 :] for entry in _entry(line)]


def _entry(line: bytes) -> list[Entry]:
    try:
        values = json.loads(line)
        return [Entry(str(values["question"]), tuple(map(str, values["documents"])), str(values["at"]))]
    except (ValueError, TypeError, KeyError):
        return []


def asked_of(names: Iterable[str], kept: Iterable[Entry]) -> list[str]:
    """The questions asked of exactly these documents before, each once, the one asked last at the end."""
    wanted = document_set(names)
    return _once(entry.question for entry in kept if entry.documents == wanted)


def questions(names: Iterable[str], kept: Iterable[Entry]) -> list[str]:
    """Every question kept, each once: first those asked of exactly these documents, then the others; newest first."""
    kept = list(kept)
    here = asked_of(names, kept)
    others = _once(entry.question for entry in kept)
    return [*reversed(here), *(question for question in reversed(others) if question not in set(here))]


def _once(found: Iterable[str]) -> list[str]:
    return list(reversed(dict.fromkeys(reversed(list(found)))))
