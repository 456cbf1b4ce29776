"""The cells of the matrix: each question asked of each document alone, and which cell is next (pure)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docqa.tui.state.session import AskedQuestion, QuestionState

if TYPE_CHECKING:
    from docqa.documents import Document
    from docqa.kept_results import KeptResult

_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class CellArea:
    """The rows and columns that are in view: their cells are asked first."""

    rows: range = range(0)
    columns: range = range(0)


@dataclass(eq=False, slots=True)
class MatrixCells:
    """Questions down, documents across. A cell that was answered stays so, whatever is shown meanwhile."""

    questions: list[str] = field(default_factory=list)
    documents: "tuple[Document, ...]" = ()
    area: CellArea = field(default_factory=CellArea)
    _cells: dict[_Key, AskedQuestion] = field(default_factory=dict)

    def cell(self, row: int, column: int) -> AskedQuestion:
        """The question of a row, asked of the document of a column, as its content is now."""
        question, document = self.questions[row], self.documents[column]
        key = question, document.name, document.sha256
        if key not in self._cells:
            self._cells[key] = AskedQuestion(question, only=frozenset({document.name}))
        return self._cells[key]

    def everything(self) -> list[AskedQuestion]:
        """All cells, also those that are not shown."""
        return list(self._cells.values())

    def to_keep(self, newest: "Mapping[str, Document]") -> list[AskedQuestion]:
        """The cells to keep for another day: of the questions that are shown, and of no earlier version of a document.

        `newest` has the version of each document that was opened last, by name.
        """
        questions = set(self.questions)
        return [
            cell
            for (question, name, sha256), cell in self._cells.items()
            if question in questions and (name not in newest or newest[name].sha256 == sha256)
        ]

    def restore(self, kept: "KeptResult") -> bool:
        """Take the result of a cell of an earlier session, unless it was asked since; return False if it is of no cell.

        It is shown if its document's content is what it was.
        """
        result, names = kept.result, set(kept.contents)
        if len(names) != 1 or not {one.document for one in (*result.answers, *result.closest)} <= names:
            return False
        ((name, sha256),) = kept.contents.items()
        key = result.question, name, sha256
        cell = self._cells.setdefault(key, AskedQuestion(result.question, only=frozenset(names)))
        if cell.found is None and cell.state is not QuestionState.READING:
            cell.state, cell.kept = QuestionState.DONE, kept
            cell.result, cell.marks = result, kept.marks
        return True

    def column(self, cell: AskedQuestion) -> int | None:
        """The column of a cell, None if its document is not shown."""
        return next((n for n, each in enumerate(self.documents) if cell.only == {each.name}), None)

    def row(self, cell: AskedQuestion) -> int | None:
        """The row of a cell, None if its question is not shown."""
        return self.questions.index(cell.question) if cell.question in self.questions else None

    def add(self, questions: Iterable[str]) -> None:
        """Add questions that are not there, at the end."""
        self.questions += [each for each in dict.fromkeys(questions) if each not in self.questions]

    def remove(self, row: int) -> str:
        """Remove a question, and return it. Its answers are kept, should it come back."""
        return self.questions.pop(row)

    def rows(self) -> Iterator[list[AskedQuestion]]:
        """The cells of each question."""
        for row in range(len(self.questions)):
            yield [self.cell(row, column) for column in range(len(self.documents))]

    def next(self) -> tuple[AskedQuestion, int] | None:
        """The cell to ask next, and its column: one that is in view, else the first one; None if all were asked."""
        whole = range(len(self.questions)), range(len(self.documents))
        for rows, columns in ((self.area.rows, self.area.columns), whole):
            for row in rows:
                for column in columns:
                    if row < len(self.questions) and column < len(self.documents):
                        cell = self.cell(row, column)
                        if cell.state is QuestionState.QUEUED:
                            return cell, column
        return None

    def count(self) -> tuple[int, int]:
        """The number of cells that were asked, and that of all."""
        states = [cell.state for row in self.rows() for cell in row]
        return sum(state in {QuestionState.DONE, QuestionState.FAILED} for state in states), len(states)

    def ask_again(self, states: Sequence[QuestionState]) -> None:
        """Have the cells in one of these states asked again, also those that are not shown."""
        for cell in self.everything():
            if cell.state in states:
                cell.state = QuestionState.QUEUED
