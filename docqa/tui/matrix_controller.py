"""Filling the matrix while the app is used, without a user interface.

One cell is asked at a time. A question that is asked meanwhile goes first: the cell that is being read is put back.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from docqa.errors import DocqaError, unexpected
from docqa.progress import Cancelled, Monitor
from docqa.tui.controller import QuestionController
from docqa.tui.state.matrix_cells import MatrixCells
from docqa.tui.state.matrix_text import count_marked
from docqa.tui.state.session import AskedQuestion, QuestionState
from docqa.tui.view import View
from docqa.tui.workers.events import AnswersFound
from docqa.tui.workers.refinding import CheckedCell, check_cells
from docqa.userdata import question_sets

if TYPE_CHECKING:
    from docqa.collection import Collection
    from docqa.documents import Document
    from docqa.engine import Engine
    from docqa.kept_results import KeptResult
    from docqa.matrix import Matrix, MatrixRow
    from docqa.user_marks import UserMarks


class MatrixController:
    """The questions, documents and cells of the matrix of one session."""

    def __init__(self, view: View, questions: QuestionController) -> None:
        self.cells = MatrixCells()
        questions.cells = self.cells.everything
        self.set_name = ""
        """The question set whose questions are shown; "" for those of the session."""
        self.on_change: Callable[[], None] = lambda: None
        """Called when cells, questions or documents have changed."""
        self.stopped = True
        """Whether no cells are asked: the user has stopped it, or nobody has looked at the matrix yet."""
        self._of_set: list[str] = []
        """The questions of the set as it is saved."""
        self._added: list[str] = []
        """Questions that were typed in the matrix: they are of the session, too."""
        self._removed: list[tuple[int, str]] = []
        """The questions that were deleted, with their rows."""
        self._view = view
        self._questions = questions
        self._names = frozenset[str]()
        """The documents that are shown, all if there are none."""
        self._collection: Collection | None = None
        self._engine: Engine | None = None
        """That of the answers."""
        self._matrix: Matrix | None = None
        """Only used in the worker thread."""
        self._running: AskedQuestion | None = None
        self._cancel = Event()
        self._taken: set[str] = set()
        """Questions of the session that were shown: one that the user deletes doesn't come back."""

    # --- what the user does ---

    def open(self, names: frozenset[str]) -> None:
        """Show the documents with these names, all if there are none; and what the session has asked since."""
        if not self.set_name:
            self._take_session()
        self._names = names
        self._show_documents()
        self.resume()

    def add(self, question: str) -> bool:
        """Add a question; return False if it is there already."""
        new = question not in self.cells.questions
        self._added.append(question)
        self._taken.add(question)
        self.cells.add([question])
        self.resume()
        return new

    def remove(self, row: int) -> str:
        """Remove a question, and return it."""
        removed = self.cells.remove(row)
        self._removed.append((row, removed))
        if self._running is not None and self._running.question == removed:
            self._cancel.set()
        self.on_change()
        return removed

    def bring_back(self) -> int:
        """Bring back the question that was removed last, with its answers, and return its row."""
        row, question = self._removed.pop()
        if question not in self.cells.questions:  # It may have been typed again.
            self.cells.questions.insert(row, question)
        self.resume()
        return self.cells.questions.index(question)

    @property
    def can_bring_back(self) -> bool:
        """Whether a question was removed."""
        return bool(self._removed)

    @property
    def set_changed(self) -> bool:
        """Whether other questions are shown than those of the set as it is saved."""
        return bool(self.set_name) and self.cells.questions != self._of_set

    def saved_as(self, name: str) -> None:
        """Note that the questions were saved as a set."""
        self.set_name, self._of_set = name, list(self.cells.questions)

    def load(self, name: str, questions: list[str]) -> None:
        """Show the questions of a set; without a name, those of the session."""
        self.set_name, self._of_set = name, list(dict.fromkeys(questions))
        self._removed.clear()
        self.cells.questions.clear()
        self._taken.clear()
        if name:
            self.cells.add(questions)
        else:
            self._take_session()
        self.resume()

    def restore(self, questions: Sequence[str], name: str, kept: "Iterable[KeptResult]" = ()) -> int:
        """Take the questions of an earlier session, the name of their set, and what was `kept` of their cells.

        What was not is asked when the matrix is looked at. Return how many of `kept` are of no cell.
        """
        if not self.cells.questions:
            self.set_name = name
            self._of_set = _saved_questions(name)
        if not name:
            self._added += questions
        self.cells.add(questions)
        taken = [self.cells.restore(one) for one in kept]
        self._check_kept()
        return taken.count(False)

    def resume(self) -> None:
        """Ask the cells that have not been asked, and again those that failed."""
        self.stopped = False
        self.cells.ask_again([QuestionState.FAILED])
        self.advance()
        self.on_change()

    def stop(self) -> bool:
        """Stop asking; return whether anything was left to ask."""
        if self.stopped or (self.cells.next() is None and self._running is None):
            return False
        self.stopped = True
        self._cancel.set()
        self.on_change()
        return True

    def close(self) -> None:
        """Cancel all work: the view is closing."""
        self.stopped = True
        self._cancel.set()

    @property
    def session_questions(self) -> list[str]:
        """The questions of the session, each once."""
        asked = (one for one in self._questions.session.asked if one.state is not QuestionState.CANCELLED)
        of_all = (one.question for one in asked if not one.only or len(one.only) > 1)
        return list(dict.fromkeys([*of_all, *self._added]))

    def read_all(self, cell: AskedQuestion) -> None:
        """Read all of the document for a cell."""
        cell.exhaustive, cell.state = True, QuestionState.QUEUED
        self.advance()
        self.on_change()

    @property
    def can_resume(self) -> bool:
        """Whether `resume` would ask anything."""
        waiting = self.stopped and self.cells.next() is not None
        return waiting or any(cell.state is QuestionState.FAILED for row in self.cells.rows() for cell in row)

    @property
    def documents_open(self) -> int:
        """How many documents are open, also those that are not shown."""
        return len(self._questions.documents)

    @property
    def private(self) -> bool:
        """Whether nothing may be kept."""
        return self._questions.settings.private

    def count_marked(self) -> int:
        """The number of cells of which the user said what is right."""
        return count_marked(cell for row in self.cells.rows() for cell in row)

    def rows(self) -> "list[MatrixRow]":
        """The results as the user sees them, to be exported."""
        from docqa.cell_state import unasked
        from docqa.earlier_versions import mark_outdated
        from docqa.matrix import MatrixRow

        changed = [one.name for one in self.cells.documents if self._questions.changed_on_disk(one.name)]
        rows = []
        for question, cells in zip(self.cells.questions, self.cells.rows(), strict=True):
            results = (cell.marked or unasked(question, self._questions.reader) for cell in cells)
            rows.append(MatrixRow(question, tuple(mark_outdated(result, changed) for result in results)))
        return rows

    def to_keep(self) -> list[AskedQuestion]:
        """The cells to keep for another day."""
        return self.cells.to_keep(self._questions.versions.newest)

    def _take_session(self) -> None:
        new = [question for question in self.session_questions if question not in self._taken]
        self._taken.update(new)
        self.cells.add(new)

    # --- what goes on ---

    def advance(self) -> None:
        """Ask the next cell, unless a question is being answered or documents are opened: then stop for it."""
        collection = self._questions.collection
        if collection is not self._collection:
            self._take_collection(collection)
        if self._questions.opening is not None or self._questions.session.running is not None or collection is None:
            self._cancel.set()
            return
        found = self._wanted() or (None if self.stopped else self.cells.next())
        self._questions.reading_on.set_busy("matrix", busy=found is not None or self._running is not None)
        if found is None or self._running is not None:
            return
        cell, column = found
        name = self.cells.documents[column].name
        cell.state = QuestionState.READING
        self._running, self._cancel = cell, Event()
        self._view.start("matrix", partial(self._ask, collection, name, cell, self._cancel))

    def _wanted(self) -> tuple[AskedQuestion, int] | None:
        """The cell that the user looks at in its document, if it is to be read again; and its column."""
        cell = self._questions.shown
        if cell is None or cell.state is not QuestionState.QUEUED or cell in self._questions.session.asked:
            return None
        column = self.cells.column(cell)
        return None if column is None else (cell, column)

    def _take_collection(self, collection: "Collection | None") -> None:
        self._collection = collection
        if collection is None:
            return
        if self._engine is not None and self._engine is not collection.engine:
            self.cells.ask_again([QuestionState.DONE])  # Another reader, or with other settings.
        self._check_kept()
        self._show_documents()

    def _show_documents(self) -> None:
        documents = self._questions.documents
        self.cells.documents = tuple(one for one in documents if one.name in self._names) or documents
        self.on_change()

    def _check_kept(self) -> None:
        """Look whether the cells of an earlier session are what the documents have, as far as these are open."""
        kept = [cell for cell in self.cells.everything() if cell.kept is not None and not cell.pending]
        if kept and self._collection is not None:
            self._view.start("checking cells", partial(self._check, self._collection, kept))

    # --- in worker threads ---

    def _check(self, collection: "Collection", kept: list[AskedQuestion]) -> None:
        try:
            checked = check_cells(kept, collection)
        except DocqaError as error:  # The cells stay as they were kept.
            self._view.call_later(self._questions.warn_once, error)
        except Exception as error:  # noqa: BLE001 - the same
            self._view.call_later(self._questions.warn_once, unexpected(error))
        else:
            self._view.call_later(self._take_kept, collection, checked)

    def _ask(self, collection: "Collection", name: str, cell: AskedQuestion, cancel: Event) -> None:
        try:
            found = self._found(collection, name, cell, Monitor(cancel=cancel))
        except Cancelled:
            self._view.call_later(self._ended, cell, QuestionState.QUEUED)
        except DocqaError as error:
            self._view.call_later(self._ended, cell, QuestionState.FAILED, error)
        except Exception as error:  # noqa: BLE001 - shown in the cell
            self._view.call_later(self._ended, cell, QuestionState.FAILED, unexpected(error))
        else:
            marks = self._recalled(cell, found.documents)
            self._view.call_later(self._answered, cell, found, marks, collection.engine)

    def _found(self, collection: "Collection", name: str, cell: AskedQuestion, monitor: Monitor) -> AnswersFound:
        from docqa.matrix import Matrix

        if self._matrix is None or self._matrix.collection is not collection:
            self._matrix = Matrix(collection)
        number = self._matrix.documents.index(name)
        exhaustive = True if cell.exhaustive else None  # None: as the settings have it.
        (result,) = self._matrix.ask(number, [cell.question], monitor, exhaustive=exhaustive)
        return AnswersFound(cell, result, documents=(self._matrix.opened[number].document,))

    def _recalled(self, cell: AskedQuestion, documents: "Sequence[Document]") -> "UserMarks | None":
        """What the user said about a cell before."""
        from docqa.user_marks import recalled
        from docqa.userdata import annotations, corrections

        try:
            return recalled(cell.question, documents, corrections.load(), annotations.load())
        except DocqaError as error:
            self._view.call_later(self._questions.warn_once, error)
            return None

    # --- what became of it ---

    def _take_kept(self, collection: "Collection", checked: list[CheckedCell]) -> None:
        """Go on with the cells that are as they were kept; have the others asked again."""
        if collection is not self._collection:
            return  # Another reader, or other documents, for which it is checked again.
        self._engine = collection.engine
        for cell, kept, found, marks in checked:
            if cell.kept is not kept or cell.pending:
                continue  # It was asked again meanwhile.
            if cell.marks is kept.marks and marks != kept.marks:
                cell.marks = marks
            cell.kept, cell.found = None, found
            if found is None:
                cell.state, cell.result = QuestionState.QUEUED, None
        self.advance()
        self.on_change()

    def _answered(self, cell: AskedQuestion, found: AnswersFound, marks: "UserMarks | None", engine: "Engine") -> None:
        self._engine = engine
        cell.kept, cell.found, cell.result = None, found, found.result
        cell.marks = cell.marks or marks
        self._ended(cell, QuestionState.DONE)

    def _ended(self, cell: AskedQuestion, state: QuestionState, error: DocqaError | None = None) -> None:
        self._running = None
        cell.state, cell.error = state, error
        self.advance()
        self.on_change()


def _saved_questions(name: str) -> list[str]:
    """The questions of a set; none if there is no longer one of this name."""
    try:
        return question_sets.load(name) if name else []
    except DocqaError:
        return []
