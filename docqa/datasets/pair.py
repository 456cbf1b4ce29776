"""A question with its accepted answers: what a reader is trained on and measured by."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gold:
    """An accepted answer. `start` is its offset in the pair's context, in code points; -1 where it is not located."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Pair:
    """One question about a context, or about a document.

    `answers` is empty where the question can't be answered there. `context` is None until the document that the pair
    names has been read. `document` is what pairs are grouped by when they are split: a SQuAD article's title or the
    name of a file, "" where the pairs say nothing of it. `place` is where in its file the pair stands ("line 7").
    """

    id: str
    question: str
    context: str | None
    answers: tuple[Gold, ...]
    document: str = ""
    page: int | None = None
    place: str = ""
