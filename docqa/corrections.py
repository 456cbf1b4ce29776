"""What a person taught docqa: questions with the right answer, or with none, as pairs that `docqa finetune` takes.

One file for all documents, a line of JSON for each pair. A second correction of the same question of the same document
takes the place of the first: contradictory pairs teach nothing.
"""

import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from docqa import paths
from docqa.errors import DocqaError

if TYPE_CHECKING:
    from docqa.documents import Document

_AROUND = 800
"""Characters of the document kept on each side of an answer, lines kept whole: about what a reader sees at once."""


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


def keep(corrections: Iterable[Correction]) -> int:
    """Keep corrections, in the place of those before of the same questions; give how many there are now.

    A crash, or another docqa that keeps one at the same time, costs none. Raises `DocqaError` where the file can't be
    read or written.
    """
    new = list(corrections)
    replaced = {(one.question, one.document) for one in new}
    try:
        file().parent.mkdir(parents=True, exist_ok=True)
        with FileLock(file().with_name(f".{file().name}.lock")):
            others = [one for one in _read() if (one.question, one.document) not in replaced]
            _write([*others, *new])
    except OSError as error:
        raise DocqaError(
            f"the correction can't be kept in {file()}: {error.strerror or error}",
            "mend the folder's permissions, or make room, and mark the answer once more",
        ) from error
    return len(others) + len(new)


def kept() -> list[Correction]:
    """The corrections, oldest first; none where there are none. Raises `DocqaError` where the file can't be read."""
    try:
        return _read()
    except OSError as error:
        raise DocqaError(
            f"the corrections in {file()} can't be read: {error.strerror or error}", "mend the file's permissions"
        ) from error


def _read() -> list[Correction]:
    try:
        lines = file().read_text(encoding="utf-8").split("\n")  # Not splitlines: a context may have a U+2028 in it.
    except FileNotFoundError:
        return []
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


def _write(corrections: Iterable[Correction]) -> None:
    handle, draft = tempfile.mkstemp(dir=file().parent, prefix=f".{file().name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as opened:
            for one in corrections:
                opened.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        Path(draft).replace(file())
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise


def _around(document: "Document", start: int, end: int) -> tuple[int, int]:
    """The whole lines of the body around a span. Raises `DocqaError` where the document is encrypted."""
    if document.encrypted:
        raise DocqaError(
            f"{document.name} is encrypted: nothing of its text is kept on the disk",
            "to teach docqa what it says, open a copy without a password",
        )
    text = document.text
    first = text.rfind("\n", 0, max(0, start - _AROUND)) + 1
    last = text.find("\n", min(end + _AROUND, document.body_end), document.body_end)
    return first, document.body_end if last < 0 else last


def _path(name: str) -> str:
    return os.path.abspath(name)  # noqa: PTH100 - resolve() would follow links
