"""The matrix: questions down, documents across, in each cell the best answer of one document."""

from collections.abc import Callable, Container
from functools import partial
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import ScreenResume
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from docqa.errors import DocqaError
from docqa.terminal_text import flat, visible
from docqa.tui.feedback_controller import FeedbackController
from docqa.tui.formatting import bar, quotation, shortened
from docqa.tui.matrix_controller import MatrixController
from docqa.tui.screens.choose import ChooseScreen
from docqa.tui.screens.matrix_export import MatrixExportScreen
from docqa.tui.state import feedback
from docqa.tui.state.choices import Choice, matching
from docqa.tui.state.matrix_text import best
from docqa.tui.state.session import AskedQuestion
from docqa.tui.widgets.cell_detail import CellDetail
from docqa.tui.widgets.footer import FittingFooter
from docqa.tui.widgets.inputs import LONGEST_LINE
from docqa.tui.widgets.matrix_table import MatrixTable
from docqa.userdata import question_sets
from docqa.wording import counted

if TYPE_CHECKING:
    from docqa.answers import Answer
    from docqa.documents import Document

_BAR = 12  # Cells.


class MatrixLine(Input):
    """The line below the matrix: a question to add, or the name of a set."""

    BINDING_GROUP_TITLE = "In the line of the matrix"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", show=False, tooltip="Add the question, or save the set", id="matrix.accept"),
        Binding("escape", "screen.leave_line", show=False, tooltip="Leave the line", id="matrix.leave_line"),
    ]


class CellToOpen(NamedTuple):
    """A cell to show in its document; `selecting` if the right answer is to be selected there."""

    cell: AskedQuestion
    selecting: bool = False


class MatrixScreen(ModalScreen["CellToOpen | None"]):
    """Fills while it is open, and after it is left. Its result is the cell to show in its document."""

    BINDING_GROUP_TITLE = "In the matrix"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open_cell", "Open", tooltip="Show the answer in its document; b comes back", id="matrix.go"),
        Binding("c", "confirm", "Right", tooltip="Mark the answer as right, or that there is none", id="matrix.right"),
        Binding("w", "correct", "Wrong", tooltip="Say what is right, or take that back", id="matrix.wrong"),
        Binding("i,a", "add", "Add", tooltip="Add a question", id="matrix.add"),
        Binding("delete", "remove", "Delete", tooltip="Delete the question", id="matrix.remove"),
        Binding("u", "bring_back", show=False, tooltip="Bring back the question deleted last", id="matrix.bring_back"),
        Binding("x", "read_cell", "Read all", tooltip="Read all of the document for this question", id="matrix.read"),
        Binding("e", "export", "Export", tooltip="Write the matrix to a file", id="matrix.export"),
        Binding("S", "save_set", "Save set", tooltip="Save the questions as a set", id="matrix.save"),
        Binding("L", "load_set", "Load set", tooltip="Load a question set", id="matrix.load"),
        Binding("r", "resume", "Resume", tooltip="Ask what was stopped or has failed", id="matrix.resume"),
        Binding("y", "copy", show=False, tooltip="Copy the answer with its citation", id="matrix.copy"),
        Binding("Y", "copy_passage", show=False, tooltip="Copy the passage with its citation", id="matrix.quote"),
        Binding("escape", "close", "Stop, close", show=False, tooltip="Stop asking, or close", id="matrix.close"),
        Binding("t,q", "dismiss(None)", "Back", tooltip="Close; asking goes on in the background", id="matrix.leave"),
        Binding("question_mark", "app.help", "Keys", tooltip="Show every key and what it does", id="matrix.help"),
    ]
    AUTO_FOCUS = "MatrixTable"

    def __init__(
        self,
        controller: MatrixController,
        feedback_controller: FeedbackController,
        cited_now: "Callable[[Answer], str]",
        *,
        forbidden: Container[str] = (),
    ) -> None:
        """`cited_now` cites an answer as of the file as it is. `forbidden` are actions that this page may not do."""
        super().__init__()
        self._feedback = feedback_controller
        self._controller = controller
        self._cells = controller.cells
        self._cited = cited_now
        self._forbidden = forbidden
        self._accept: Callable[[str], None] = self._add
        self._saving = ""
        """The name of a set that exists, and is replaced if it is entered again."""

    def compose(self) -> ComposeResult:
        """Yield a title, the table, the cell under the cursor, a line to type in, and the keys."""
        yield Static(id="matrix-title", markup=False)
        yield MatrixTable(self._cells)
        yield Static(id="matrix-hint", markup=False)
        yield CellDetail()
        yield MatrixLine(id="matrix-line", compact=True, max_length=LONGEST_LINE)
        yield FittingFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Show what is known already."""
        self.query_one(MatrixLine).display = False
        self._controller.on_change = self.show

    def on_resize(self) -> None:
        """Fit the title to the new width."""
        self.call_after_refresh(self.show)

    def on_unmount(self) -> None:
        """Stop the worker: the app is closing."""
        self._controller.close()

    @on(ScreenResume)
    def show(self) -> None:
        """Show the cells, and how many were asked."""
        if not self.is_current:
            return  # It is shown anew when it is.
        empty = not self._cells.questions or not self._cells.documents
        table, hint = self.query_one(MatrixTable), self.query_one("#matrix-hint", Static)
        table.display, hint.display = not empty, empty
        self.query_one(CellDetail).display = not empty
        if empty:
            hint.update(Content(self._hint()))
            if self.focused is table:
                self.set_focus(None)
        else:
            table.show()
            if self.focused is None and self.is_current:
                self.set_focus(table)
        self._show_title()
        self._show_cell()

    def _hint(self) -> str:
        if not self._cells.documents:
            return "The matrix has a column for each document: it fills once they are open."
        return "No questions yet. Press i to add one, or L to load a question set."

    def _show_title(self) -> None:
        done, total = self._cells.count()
        shown, there = len(self._cells.documents), self._controller.documents_open
        of = f"{shown} of " if shown < there else ""  # Those that are ticked.
        parts = [counted(len(self._cells.questions), "question"), of + counted(there if of else shown, "document")]
        if self._controller.set_name:
            changed = "*" if self._controller.set_changed else ""
            parts.insert(0, f"set {visible(self._controller.set_name)}{changed}")
        marked = self._controller.count_marked()
        if marked:
            parts.append(f"✓ {marked} marked")
        if done < total:
            stopped = "stopped, r resumes" if self._controller.stopped else "Esc stops"
            parts.append(f"{done} of {total} · {stopped}")
        text, title = "   ".join(parts), self.query_one("#matrix-title", Static)
        if done < total and len(f"Matrix   {text} ") + _BAR <= title.content_size.width:  # Else it is left out first.
            text = "   ".join([*parts[:-1], f"{bar(done / total, _BAR)} {parts[-1]}"])
        title.update(Content.assemble(("Matrix", "bold $text-accent"), "   ", text))

    @on(MatrixTable.CellReached)
    def _show_cell(self) -> None:
        table = self.query_one(MatrixTable)
        if self._cells.questions and self._cells.documents and table.place is not None:
            row, column = table.place
            cell = self._cell
            document = self._cells.documents[column].name if cell is not None else ""
            self.query_one(CellDetail).show(self._cells.questions[row], document, cell)
        self.refresh_bindings()

    @property
    def _cell(self) -> AskedQuestion | None:
        """The cell under the cursor."""
        place = self.query_one(MatrixTable).place if self._cells.documents else None
        if place is None or not 0 <= place[1] < len(self._cells.documents):
            return None
        return self._cells.cell(*place)

    @property
    def _document(self) -> "Document | None":
        """The document of the cell under the cursor."""
        place = self.query_one(MatrixTable).place
        return self._cells.documents[place[1]] if self._cell is not None and place is not None else None

    # --- what the keys do ---

    def action_open_cell(self) -> None:
        """Show the cell in its document."""
        cell = self._cell
        if cell is not None and cell.result is not None:
            self.dismiss(CellToOpen(cell))

    def action_add(self) -> None:
        """Type a question."""
        self._type("A question; Enter adds it, Esc leaves", self._add)

    def _add(self, typed: str) -> None:
        question = " ".join(typed.split())
        if not question:
            self.action_leave_line()
        elif self._controller.add(question):
            self.query_one(MatrixLine).value = ""  # Ready for the next one.
            self.query_one(MatrixTable).go_to(len(self._cells.questions) - 1, 0)
        else:
            self.notify("This question is in the matrix already.", markup=False)

    def action_remove(self) -> None:
        """Delete the question under the cursor."""
        place = self.query_one(MatrixTable).place
        if place is not None and self._cells.questions:
            removed = self._controller.remove(place[0])
            self.notify(f"Deleted: {shortened(flat(removed))}. u brings it back.", markup=False)

    def action_bring_back(self) -> None:
        """Bring back the question that was deleted last."""
        row = self._controller.bring_back()
        place = self.query_one(MatrixTable).place
        self.query_one(MatrixTable).go_to(row, max(0, place[1]) if place is not None else 0)

    def action_read_cell(self) -> None:
        """Read all of the document for the question under the cursor."""
        if self._cell is not None:
            self._controller.read_all(self._cell)

    def action_copy(self) -> None:
        """Copy the answer with its citation."""
        answer = best(self._cell) if self._cell is not None else None
        if answer is not None:
            self.app.copy_to_clipboard(f"{flat(answer.text)} ({self._cited(answer)})")
            self.notify(f"Copied: {shortened(flat(answer.text))}", markup=False)

    def action_copy_passage(self) -> None:
        """Copy the passage with its citation."""
        answer = best(self._cell) if self._cell is not None else None
        if answer is not None:
            self.app.copy_to_clipboard(f"{quotation(answer)} ({self._cited(answer)})")
            self.notify(f"Copied: {shortened(quotation(answer))}", markup=False)

    def action_export(self) -> None:
        """Write the matrix to a file."""
        self.app.push_screen(MatrixExportScreen(self._controller.rows(), self._cells.documents))

    # --- marking ---

    def action_confirm(self) -> None:
        """Mark the answer as right; or, if there is none, that the document has none."""
        cell, document = self._cell, self._document
        if cell is None or document is None or cell.marked is None:
            return
        answer = best(cell)
        choice = self._none(cell, document) if answer is None else feedback.confirm(answer, document)
        if choice is None:
            self.notify("There is nothing to confirm here.", markup=False)
        else:
            self._mark(cell, choice)

    @staticmethod
    def _none(cell: AskedQuestion, document: "Document") -> feedback.NoAnswer | None:
        chosen = (each.value for each in feedback.choices("", cell.shown, [document]))
        return next((each for each in chosen if isinstance(each, feedback.NoAnswer)), None)

    def action_correct(self) -> None:
        """Mark what is right, that the document has no answer, or take that back."""
        cell, document = self._cell, self._document
        if cell is None or document is None or cell.marked is None:
            return
        shown, denied = cell.shown, cell.marked.denied
        screen = ChooseScreen(
            f"Right answer to: {flat(cell.question)}",
            f"Choose, or type the right answer as it is in {visible(document.name)}",
            lambda typed: feedback.choices(typed, shown, [document], best(cell), denied=denied),
            nothing="This document does not contain this text.",
        )
        self.app.push_screen(screen, partial(self._mark, cell))

    def _mark(self, cell: AskedQuestion, chosen: feedback.FeedbackChoice | None) -> None:
        match chosen:
            case feedback.ON_PAGE:
                self.dismiss(CellToOpen(cell, selecting=True))
            case feedback.WRONG:
                answer = best(cell)
                if answer is not None:
                    self._feedback.wrong(cell, answer)
            case feedback.TakenBack():
                self._feedback.take_back(cell, chosen.answer)
            case feedback.NoAnswer():
                self._feedback.none(cell, chosen)
            case feedback.RightAnswer():
                self._feedback.right(cell, chosen, best(cell))

    # --- question sets ---

    def action_save_set(self) -> None:
        """Type the name of a set."""
        if self._controller.private:
            self.notify("A private session saves no question sets. e exports the matrix.", markup=False)
            return
        self._type("The name of the set", self._save, self._controller.set_name)

    def _save(self, typed: str) -> None:
        name = typed.strip().removeprefix(question_sets.MARK)
        try:
            if question_sets.exists(name) and name != self._saving:
                self._saving = name
                comments = " and its comments" if question_sets.has_comments(name) else ""
                told = f"There is a set {visible(name)} already. Enter again replaces it{comments}."
                self.notify(told, markup=False)
                return
            count = question_sets.save(name, question_sets.as_text(self._cells.questions))
        except DocqaError as error:
            self._warn(error)
        else:
            self._controller.saved_as(name)
            self.action_leave_line()
            self.show()
            self.notify(f"{counted(count, 'question')} saved as {visible(name)}.", markup=False)

    def action_load_set(self) -> None:
        """Choose a question set, or the session's questions."""
        of_session = counted(len(self._controller.session_questions), "question")
        rows = [Choice("The questions of this session", "", after=f"  {of_session}")]
        rows += [Choice(visible(name), name) for name in question_sets.names()]

        def fitting(typed: str) -> list[Choice[str]]:
            return matching(typed, rows)

        screen = ChooseScreen("Question sets", "Type to filter", fitting, nothing="No set has this name.")
        self.app.push_screen(screen, self._load)

    def _load(self, name: str | None) -> None:
        if name is None:
            return
        try:
            self._controller.load(name, question_sets.load(name) if name else [])
        except DocqaError as error:
            self._warn(error)

    def action_resume(self) -> None:
        """Ask what was stopped or has failed."""
        self._controller.resume()

    def action_close(self) -> None:
        """Stop asking; if nothing is being asked, close."""
        if not self._controller.stop():
            self.dismiss(None)

    # --- the line ---

    def _type(self, what: str, accept: Callable[[str], None], value: str = "") -> None:
        line = self.query_one(MatrixLine)
        line.placeholder, line.value, line.display = what, value, True
        self._accept, self._saving = accept, ""
        self.set_focus(line)  # focus() would take effect after the letters typed with the key.

    @on(Input.Submitted, "#matrix-line")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._accept(event.value)

    def action_leave_line(self) -> None:
        """Return to the table."""
        self.query_one(MatrixLine).display = False
        self.set_focus(self.query_one(MatrixTable))

    def _warn(self, error: DocqaError) -> None:
        hint = f"\n→ {error.hint}" if error.hint else ""
        self.notify(f"{error.message}{hint}", severity="warning", markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Whether a key does anything now; if not, the footer omits it."""
        if action in self._forbidden:
            return False
        if not self.is_mounted:
            return True
        cell = self._cell
        match action:
            case "open_cell":
                return cell is not None and cell.result is not None
            case "confirm" | "correct":
                return cell is not None and cell.marked is not None
            case "copy" | "copy_passage":
                return cell is not None and best(cell) is not None
            case "read_cell":
                return cell is not None and bool(cell.unread)
            case "remove" | "save_set" | "export":
                return bool(self._cells.questions)
            case "bring_back":
                return self._controller.can_bring_back
            case "resume":
                return self._controller.can_resume
        return True
