"""Questions down, documents across: each question is asked of each document alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docqa.answers import Result
from docqa.collection import Collection
from docqa.progress import Monitor

_BATCH = 16  # Questions read together: few enough that the first rows are there soon.


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A question and its results, parallel to the documents."""

    question: str
    results: tuple[Result, ...]


class Matrix:
    """The documents of a collection, each to be asked alone, so that its answers are those it has by itself."""

    def __init__(self, collection: Collection, names: Sequence[str] = (), pages: str | None = None) -> None:
        """`names` and `pages` are those of `Collection.scope`. Raises `DocqaError` if nothing is left."""
        opened = [collection.opened[number] for number in sorted(collection.scope(names, pages).numbers)]
        self.documents = tuple(one.document.name for one in opened)
        """Their names: the columns."""
        self._alone = [Collection(collection.engine, [one]) for one in opened]
        self._scopes = [each.scope(pages=pages) for each in self._alone]

    def rows(self, questions: Sequence[str], monitor: Monitor | None = None) -> Iterator[MatrixRow]:
        """Ask the questions; yield a row for each, in their order. Raises as `Collection.ask`."""
        for first in range(0, len(questions), _BATCH):
            batch = questions[first : first + _BATCH]
            columns = [
                each.ask_all(batch, monitor, scope=scope) for each, scope in zip(self._alone, self._scopes, strict=True)
            ]
            for number, question in enumerate(batch):
                yield MatrixRow(question, tuple(column[number] for column in columns))
