"""The user's corrections: questions with the right answer, or with none, as pairs for `docqa finetune`.

They are in one file for all documents, as JSON lines. A correction replaces an earlier one of the same question about
the same document, because contradictory pairs teach nothing.
"""

import json
import os
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from docqa import paths
from docqa.errors import DocqaError
from docqa.files import atomic_write, lock_beside, make_private_folder
from docqa.terminal_text import as_json

if TYPE_CHECKING:
    from docqa.documents import Document

_BLOCK = 1600
"""Characters of the document that are stored with an answer: about one window. All answers use the same blocks, because
overlapping contexts would count as different ones, and training and test would share their text."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A question about a document (an absolute path), and its answer: `context[answer_start:][:len(answer)]`.

    `answer` is None if the context does not answer the question. The fields are those of docs/formats.md.
    """

    question: str
    document: str
    context: str
    answer: str | None = None
    answer_start: int | None = None


def file() -> Path:
    """Return the file of the corrections."""
    return paths.data_dir() / "corrections.jsonl"


def answered(question: str, document: "Document", start: int, end: int) -> Correction:
    """Return the correction that `document.text[start:end]` is the answer.

    Raises `DocqaError` if the document is encrypted.
    """
    first, last = _surrounding_blocks(document, start, end)
    text = document.text
    return Correction(question, _absolute(document.name), text[first:last], text[start:end], start - first)


def unanswered(question: str, document: "Document", start: int, end: int) -> Correction:
    """Return the correction that the document has no answer; `text[start:end]` came closest to one.

    Raises `DocqaError` if the document is encrypted.
    """
    first, last = _surrounding_blocks(document, start, end)
    return Correction(question, _absolute(document.name), document.text[first:last])


def save(corrections: Iterable[Correction], searched: Iterable[str] = ()) -> int:
    """Save corrections, replacing earlier ones of the same questions, and return the number of all corrections.

    `searched` are the documents that the question was asked of: earlier corrections about these are replaced too. A
    crash, or another docqa process that saves at the same time, loses none. Raises `DocqaError` if the file can't be
    read or written.
    """
    new = list(corrections)
    replaced = {(each.question, name) for each in new for name in (each.document, *map(_absolute, searched))}
    return _rewrite(lambda each: (each.question, each.document) not in replaced, new)


def remove(question: str, documents: Iterable[str]) -> int:
    """Remove the corrections of a question about these documents, and return the number of those that remain.

    Raises `DocqaError` as `save` does.
    """
    removed = {(question, name) for name in map(_absolute, documents)}
    return _rewrite(lambda each: (each.question, each.document) not in removed)


def count_about(about: Callable[[str], bool]) -> int:
    """Return the number of corrections that `forget` would delete. Raises `DocqaError` as `load` does."""
    return sum(about(each.document) for each in load())


def forget(about: Callable[[str], bool]) -> None:
    """Delete the corrections of documents for whose absolute path `about` is true. Raises `DocqaError` as `save`."""
    _rewrite(lambda each: not about(each.document))


def load() -> list[Correction]:
    """Return the corrections, oldest first. Raises `DocqaError` if the file can't be read."""
    try:
        lines = file().read_text(encoding="utf-8").split("\n")  # Not splitlines: a context may contain U+2028.
    except FileNotFoundError:
        return []
    except UnicodeDecodeError as error:
        raise DocqaError(f"{file()} is not UTF-8: {error}", "save it as UTF-8") from error
    except OSError as error:
        raise DocqaError(
            f"can't read the corrections in {file()}: {error.strerror or error}", "check the file's permissions"
        ) from error
    corrections = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            corrections.append(Correction(**json.loads(line)))
        except (ValueError, TypeError) as error:
            # It was edited by hand. Skipping it would lose it when the file is written again.
            raise DocqaError(
                f"{file()}, line {number}: not a correction: {line[:60]!r}", "correct or delete the line"
            ) from error
    return corrections


def _rewrite(keep: Callable[[Correction], bool], new: Iterable[Correction] = ()) -> int:
    try:
        make_private_folder(file().parent)
        with FileLock(lock_beside(file()), mode=0o600):
            corrections = [*filter(keep, load()), *new]
            with atomic_write(file()) as opened:
                for each in corrections:
                    opened.write((as_json(asdict(each)) + "\n").encode())
    except OSError as error:
        raise DocqaError(
            f"can't save the correction in {file()}: {error.strerror or error}",
            "check the directory's permissions and free space, then mark the answer again",
        ) from error
    return len(corrections)


def _surrounding_blocks(document: "Document", start: int, end: int) -> tuple[int, int]:
    """Return the bounds of the blocks that contain a span. Raises `DocqaError` if the document is encrypted."""
    if document.encrypted:
        raise DocqaError(
            f"{document.name} is encrypted: none of its text is stored on disk",
            "to train on it, open a copy without a password",
        )
    bounds = _block_bounds(document)
    last = len(bounds) - 1
    return bounds[min(bisect_right(bounds, start), last) - 1], bounds[
        min(bisect_left(bounds, max(end, start + 1)), last)
    ]


def _block_bounds(document: "Document") -> list[int]:
    """Return where blocks begin: at 0, at the first line after each `_BLOCK` characters; and the end of the body."""
    text, bounds = document.text, [0]
    while bounds[-1] < document.body_end:
        line_end = text.find("\n", bounds[-1] + _BLOCK, document.body_end)
        bounds.append(document.body_end if line_end < 0 else line_end + 1)
    return bounds if len(bounds) > 1 else [0, document.body_end]


def _absolute(name: str) -> str:
    return os.path.abspath(name)  # noqa: PTH100 - resolve() would follow links
