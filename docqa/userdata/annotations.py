"""The user's notes on answers, answers that are pinned, and those marked as wrong. One file of JSON lines."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docqa import paths
from docqa.userdata.kept_spans import absolute, same_answer, surroundings
from docqa.userdata.marked_lines import MarkedLines

if TYPE_CHECKING:
    from docqa.documents import Document


@dataclass(frozen=True, slots=True)
class Annotation:
    """What the user said about one answer to a question: a `KeptSpan`."""

    question: str
    document: str
    context: str
    answer: str
    answer_start: int
    sha256: str = ""
    note: str = ""
    pinned: bool = False
    wrong: bool = False


def file() -> Path:
    """Return the file of the annotations."""
    return paths.data_dir() / "annotations.jsonl"


def annotation(
    question: str,
    document: "Document",
    span: tuple[int, int],
    *,
    note: str = "",
    pinned: bool = False,
    wrong: bool = False,
) -> Annotation:
    """Return the annotation of a span of a document. Raises `DocqaError` if the document is encrypted."""
    (start, end), text = span, document.text
    first, last = surroundings(document, start, end)
    name = absolute(document.name)
    return Annotation(
        question, name, text[first:last], text[start:end], start - first, document.sha256, note, pinned, wrong
    )


def put(new: Annotation, text: str) -> None:
    """Replace what was said about the same answer, by nothing if there is nothing more to say.

    `text` is that of the document. Raises `DocqaError` if the file can't be read or written.
    """
    says = bool(new.note or new.pinned or new.wrong)
    _lines().rewrite(lambda each: not same_answer(new, each, text), [new] if says else [])


def count_about(about: Callable[[Annotation], bool]) -> int:
    """Return the number of annotations that `forget` would delete. Raises `DocqaError` as `load` does."""
    return sum(map(about, load()))


def forget(about: Callable[[Annotation], bool]) -> None:
    """Delete the annotations for which `about` is true. Raises `DocqaError` as `put`."""
    _lines().rewrite(lambda each: not about(each))


def load() -> list[Annotation]:
    """Return the annotations, oldest first. Raises `DocqaError` if the file can't be read."""
    return _lines().load()


def _lines() -> MarkedLines[Annotation]:
    return MarkedLines(file(), Annotation, "annotation")
