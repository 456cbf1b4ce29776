"""A question with its accepted answers, for training and evaluation."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gold:
    """An accepted answer."""

    text: str
    start: int
    """Offset in the pair's context, in code points; -1 if it is not located."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question about a context or a document."""

    id: str
    question: str
    context: str | None
    """None until the document that the pair refers to has been read."""
    answers: tuple[Gold, ...]
    """Empty if the context does not answer the question."""
    document: str = ""
    """What pairs are grouped by when they are split: the title of a SQuAD article, the path of a document, or ""."""
    page: int | None = None
    """The page of the answer, from 1."""
    location: str = ""
    """Where in its file the pair is: "line 7"."""
    file: str = ""
    """The file of pairs that it is from, as it was given."""
    weight: float = 1.0
    """What it counts in the training loss. Above 0."""
