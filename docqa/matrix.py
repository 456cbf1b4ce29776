"""Questions down, documents across: each question is asked of each document alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docqa.answers import Result
from docqa.collection import QUESTIONS_AT_ONCE, Collection
from docqa.progress import Monitor
from docqa.scope import Scope


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A question and its results, parallel to the documents."""

    question: str
    results: tuple[Result, ...]


class Matrix:
    """The documents of a collection, each to be asked alone, so that its answers are those it has by itself."""

    def __init__(self, collection: Collection, names: Sequence[str] = (), pages: str | None = None) -> None:
        """`names` and `pages` are those of `Collection.scope`. Raises `DocqaError` if nothing is left."""
        self.collection = collection
        opened = [collection.opened[number] for number in sorted(collection.scope(names, pages).numbers)]
        self.documents = tuple(one.document.name for one in opened)
        """Their names: the columns."""
        self.opened = tuple(opened)
        self._pages = pages
        self._alone: dict[int, tuple[Collection, Scope]] = {}

    def rows(self, questions: Sequence[str], monitor: Monitor | None = None) -> Iterator[MatrixRow]:
        """Ask the questions; yield a row for each, in their order. Raises as `Collection.ask`."""
        for first in range(0, len(questions), QUESTIONS_AT_ONCE):
            batch = questions[first : first + QUESTIONS_AT_ONCE]
            columns = [self.ask(number, batch, monitor) for number in range(len(self.documents))]
            for number, question in enumerate(batch):
                yield MatrixRow(question, tuple(column[number] for column in columns))

    def ask(
        self,
        document: int,
        questions: Sequence[str],
        monitor: Monitor | None = None,
        *,
        exhaustive: bool | None = None,
    ) -> list[Result]:
        """Ask the questions of the document with this number. Raises as `Collection.ask`."""
        if document not in self._alone:  # Its words are counted only now: a person may look at a part of the matrix.
            alone = Collection(self.collection.engine, [self.opened[document]])
            self._alone[document] = alone, alone.scope(pages=self._pages)
        alone, scope = self._alone[document]
        return alone.ask_all(questions, monitor, exhaustive=exhaustive, scope=scope)
