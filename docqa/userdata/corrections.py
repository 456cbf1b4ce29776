"""The user's corrections: questions with the right answer, or with none, as pairs for `docqa finetune`.

They are in one file for all documents, as JSON lines: one for each right answer of a question. "No answer" replaces the
answers given before for the same document, and is replaced by one, because contradictory pairs teach nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docqa import paths
from docqa.userdata.kept_spans import absolute, overlap, question_key, same_answer, same_document, surroundings
from docqa.userdata.marked_lines import MarkedLines

if TYPE_CHECKING:
    from docqa.documents import Document


@dataclass(frozen=True, slots=True)
class Correction:
    """A question about a document, and a right answer: a `KeptSpan`.

    `answer` is None if the context does not answer the question. The fields are those of docs/formats.md, and `sha256`.
    """

    question: str
    document: str
    context: str
    answer: str | None = None
    answer_start: int | None = None
    sha256: str = ""


def file() -> Path:
    """Return the file of the corrections."""
    return paths.data_dir() / "corrections.jsonl"


def answered(question: str, document: "Document", start: int, end: int) -> Correction:
    """Return the correction that `document.text[start:end]` is an answer.

    Raises `DocqaError` if the document is encrypted.
    """
    first, last = surroundings(document, start, end)
    text, name = document.text, absolute(document.name)
    return Correction(question, name, text[first:last], text[start:end], start - first, document.sha256)


def unanswered(question: str, document: "Document", start: int, end: int) -> Correction:
    """Return the correction that the document has no answer; `text[start:end]` came closest to one.

    Raises `DocqaError` if the document is encrypted.
    """
    first, last = surroundings(document, start, end)
    return Correction(question, absolute(document.name), document.text[first:last], sha256=document.sha256)


def save(corrections: Iterable[Correction], searched: Iterable[str] = ()) -> int:
    """Save corrections, and return the number of all corrections.

    `searched` are the documents that the question was asked of. An answer replaces those that it shares words with, and
    "no answer" about any of these documents; "no answer" replaces all about them. A crash, or another docqa process
    that saves at the same time, loses none. Raises `DocqaError` if the file can't be read or written.
    """
    new, names = list(corrections), set(map(absolute, searched))

    def replaced(each: Correction) -> bool:
        return any(_replaces(one, each, names) for one in new)

    return _lines().rewrite(lambda each: not replaced(each), new)


def _replaces(new: Correction, old: Correction, searched: set[str]) -> bool:
    if question_key(new.question) != question_key(old.question) or not same_document(new, old, searched):
        return False
    return new.answer is None or old.answer is None or overlap(new, old)


def remove(question: str, documents: Iterable[str]) -> int:
    """Remove the corrections of a question about these documents; return the number that remain.

    Raises `DocqaError` as `save` does.
    """
    names, key = set(map(absolute, documents)), question_key(question)
    return _lines().rewrite(lambda each: question_key(each.question) != key or each.document not in names)


def remove_answer(correction: Correction, text: str) -> int:
    """Remove one right answer, in a document with this text; return the number of corrections that remain.

    Raises `DocqaError` as `save` does.
    """
    return _lines().rewrite(lambda each: not same_answer(correction, each, text))


def count_about(about: Callable[[Correction], bool]) -> int:
    """Return the number of corrections that `forget` would delete. Raises `DocqaError` as `load` does."""
    return sum(map(about, load()))


def forget(about: Callable[[Correction], bool]) -> None:
    """Delete the corrections for which `about` is true. Raises `DocqaError` as `save`."""
    _lines().rewrite(lambda each: not about(each))


def load() -> list[Correction]:
    """Return the corrections, oldest first. Raises `DocqaError` if the file can't be read."""
    return _lines().load()


def _lines() -> MarkedLines[Correction]:
    return MarkedLines(file(), Correction, "correction")
