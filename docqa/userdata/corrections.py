"""What a person taught docqa: questions with the right answer, or with none, as pairs that `docqa finetune` takes.

One file for all documents, a line of JSON for each pair. A second correction of the same question takes the place of
the first: contradictory pairs teach nothing.
"""

import json
import os
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from docqa import paths
from docqa.errors import DocqaError
from docqa.files import atomic_write

if TYPE_CHECKING:
    from docqa.documents import Document

_BLOCK = 1600
"""Characters of the document kept with an answer, about what a reader sees at once. The blocks are the same for all
answers: contexts that overlapped would be taken for different ones, and train and test would share their text."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One question of one document (an absolute path), and its answer: `context[answer_start:][:len(answer)]`.

    `answer` is None where the context does not answer the question. The names are those of docs/formats.md.
    """

    question: str
    document: str
    context: str
    answer: str | None = None
    answer_start: int | None = None


def file() -> Path:
    """Where the corrections are kept."""
    return paths.data_dir() / "corrections.jsonl"


def right(question: str, document: "Document", start: int, end: int) -> Correction:
    """`document.text[start:end]` is the right answer to the question. Raises `DocqaError` if it is encrypted."""
    first, last = _around(document, start, end)
    text = document.text
    return Correction(question, _path(document.name), text[first:last], text[start:end], start - first)


def unanswered(question: str, document: "Document", start: int, end: int) -> Correction:
    """The document doesn't have the answer; what stands around `text[start:end]` came closest to one.

    Raises `DocqaError` if the document is encrypted.
    """
    first, last = _around(document, start, end)
    return Correction(question, _path(document.name), document.text[first:last])


def keep(corrections: Iterable[Correction], asked: Iterable[str] = ()) -> int:
    """Keep corrections, in the place of those before of the same question; give how many there are now.

    `asked` are the documents that the question was put to: what is right in one of them is what none of the others has.

    A crash, or another docqa that keeps one at the same time, costs none. Raises `DocqaError` where the file can't be
    read or written.
    """
    new = list(corrections)
    return _replace({(one.question, name) for one in new for name in (one.document, *map(_path, asked))}, new)


def forget(question: str, asked: Iterable[str]) -> int:
    """Take back what was said of a question in these documents; give how many corrections there are now.

    Raises `DocqaError` as `keep`.
    """
    return _replace({(question, name) for name in map(_path, asked)}, [])


def _replace(replaced: set[tuple[str, str]], new: list[Correction]) -> int:
    try:
        file().parent.mkdir(parents=True, exist_ok=True)
        with FileLock(file().with_name(f".{file().name}.lock")):
            now = [*(one for one in kept() if (one.question, one.document) not in replaced), *new]
            with atomic_write(file()) as opened:
                for one in now:
                    opened.write((json.dumps(asdict(one), ensure_ascii=False) + "\n").encode("utf-8", "replace"))
                opened.flush()
                os.fsync(opened.fileno())
    except OSError as error:
        raise DocqaError(
            f"the correction can't be kept in {file()}: {error.strerror or error}",
            "mend the folder's permissions, or make room, and mark the answer once more",
        ) from error
    return len(now)


def kept() -> list[Correction]:
    """The corrections, oldest first; none where there are none. Raises `DocqaError` where the file can't be read."""
    try:
        lines = file().read_text(encoding="utf-8").split("\n")  # Not splitlines: a context may have a U+2028 in it.
    except FileNotFoundError:
        return []
    except UnicodeDecodeError as error:
        raise DocqaError(f"{file()} is not UTF-8: {error}", "save it as UTF-8") from error
    except OSError as error:
        raise DocqaError(
            f"the corrections in {file()} can't be read: {error.strerror or error}", "mend the file's permissions"
        ) from error
    corrections = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            corrections.append(Correction(**json.loads(line)))
        except (ValueError, TypeError) as error:
            # It was edited by hand. Writing the file anew would lose the line.
            raise DocqaError(
                f"{file()}, line {number}: this is no correction of docqa's: {line[:60]!r}", "mend or delete the line"
            ) from error
    return corrections


def _around(document: "Document", start: int, end: int) -> tuple[int, int]:
    """The blocks of the body that a span is in. Raises `DocqaError` where the document is encrypted."""
    if document.encrypted:
        raise DocqaError(
            f"{document.name} is encrypted: nothing of its text is kept on the disk",
            "to teach docqa what it says, open a copy without a password",
        )
    edges = _edges(document)
    last = len(edges) - 1
    return edges[min(bisect_right(edges, start), last) - 1], edges[min(bisect_left(edges, max(end, start + 1)), last)]


def _edges(document: "Document") -> list[int]:
    """Where the blocks begin: at 0, at the first line after each multiple of their length, and at the end."""
    text, edges = document.text, [0]
    while edges[-1] < document.body_end:
        line_end = text.find("\n", edges[-1] + _BLOCK, document.body_end)
        edges.append(document.body_end if line_end < 0 else line_end + 1)
    return edges if len(edges) > 1 else [0, document.body_end]


def _path(name: str) -> str:
    return os.path.abspath(name)  # noqa: PTH100 - resolve() would follow links
