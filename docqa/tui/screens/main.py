"""The main screen: where the panes are, and what stands in them while there is no answer to show."""

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static

from docqa.errors import DocqaError
from docqa.tui.formatting import cited, plain
from docqa.tui.keys import DOCUMENT_KEYS
from docqa.tui.screens.agreement import AgreementScreen
from docqa.tui.screens.choose import ChooseScreen
from docqa.tui.state import goto
from docqa.tui.state.agreement import group_answers, without_answer
from docqa.tui.state.session import AskedQuestion, QuestionSession
from docqa.tui.widgets.answers_pane import AnswersPane
from docqa.tui.widgets.documents_pane import DocumentsPane, DocumentState
from docqa.tui.widgets.evidence_strip import EvidenceStrip
from docqa.tui.widgets.footer import FittingFooter
from docqa.tui.widgets.inputs import FindInput
from docqa.tui.widgets.question_input import QuestionInput, QuestionsList
from docqa.tui.widgets.selectable_page import SelectablePage, SelectionLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docqa.answers import Answer
    from docqa.documents import Document
    from docqa.tui.state.evidence import DocumentEvidence


class MainHeader(Static):
    """One line: the documents and the reader."""


class MainSidebar(Vertical):
    """The documents and the questions. On a narrow terminal the first question makes it give way."""


class MainScreen(Screen[None]):
    """Header, three panes, the question, footer.

    The panes are attributes: a worker may report while the help or the palette lies over them, and a query
    of the app would then look for them there.
    """

    class Covered(Message):
        """Another screen lies over the panes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *DOCUMENT_KEYS,
        Binding("tab", "app.focus_next", show=False, tooltip="Go to the next pane", id="app.next"),
        Binding("shift+tab", "app.focus_previous", show=False, tooltip="Go to the pane before", id="app.before"),
    ]
    AUTO_FOCUS = "#question"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it so that a ClassVar does not fit
        (0, "-slim"),
        (60, "-narrow"),
        (100, "-medium"),
        (130, "-wide"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.header = MainHeader()
        self.sidebar = MainSidebar()
        self.documents = DocumentsPane()
        self.questions = QuestionsList()
        self.answers = AnswersPane()
        self.evidence = EvidenceStrip()
        self.page = SelectablePage()
        self.question = QuestionInput()
        self.find = FindInput()
        self.selecting = SelectionLine(self.page)
        self.training = ""
        """How a training stands, for the header."""
        self._place = 0
        """Which place of the selected answer the document shows: 0 is its own, 1 the first of its others."""
        self._selected_from: Widget | None = None
        """What had the focus before the selection."""

    def compose(self) -> ComposeResult:
        """Place the panes; app.tcss says how, by the terminal's width."""
        yield self.header
        with Container(id="panes"):
            with self.sidebar:
                yield self.documents
                yield self.questions
            with Container(id="main"):
                yield self.answers
                with Vertical(id="document"):
                    yield self.evidence
                    yield self.page
        with Horizontal(id="question-line"):
            yield Static(Content("❯"), id="prompt")
            yield self.question
            yield self.find
            yield self.selecting
        yield FittingFooter(show_command_palette=False)  # At 80 columns the room is needed.

    def on_mount(self) -> None:
        """Say at once what is going on."""
        self.show_header("")
        self.show_hint(None, loading=True)
        self.show_line(self.question)
        self.evidence.show(None, 0)

    def on_paste(self, event: events.Paste) -> None:
        """Wherever the focus is, what is pasted is a document to open, or text for the question."""
        self.ask()
        self.question.on_paste(event)

    # --- the document ---

    def show_answer(self, answer: "Answer | None", evidence: "Mapping[str, DocumentEvidence]") -> None:
        """Show the document of an answer at its place; without one, leave the document as it is."""
        self._place = 0
        document = answer.document if answer else self.page.document.name if self.page.document else ""
        self.evidence.show(evidence.get(document), answer.start if answer else self.page.first_offset)
        if answer is not None:
            self.page.show(self.document(answer.document), answer)
        else:
            self.page.show(self.page.document, None)
        self.documents.set_current(document)

    @on(DocumentsPane.DocumentChosen)
    def _document_chosen(self, message: DocumentsPane.DocumentChosen) -> None:
        """Show a document, at the answer if it is the selected one's, else from its beginning."""
        selected = self.answers.selected
        scrolled = message.read and self.page.scroll_offset.y > 0
        if scrolled or message.document is not self.page.document:
            here = selected if selected is not None and selected.document == message.document.name else None
            self.go_to(message.document, here.start if here and not message.read else 0)
        if message.read:
            self.page.focus()

    def go_to(self, document: "Document", offset: int) -> None:
        """Show a place of a document, to come back from; its evidence goes with it."""
        self.page.go_to(document, offset)
        self._follow(offset)

    def _follow(self, offset: int) -> None:
        """Show the evidence of the document that is shown, and have its row be the one that the keys begin from."""
        document, asked = self.page.document, self.answers.asked
        if document is not None:
            self.evidence.show(asked.evidence.get(document.name) if asked else None, offset)
            self.documents.set_current(document.name)

    @on(AnswersPane.AnswerOpened)
    def _answer_wanted(self, message: AnswersPane.AnswerOpened) -> None:
        """Go to the answer, if the document was scrolled or another one is shown since it was selected."""
        document = self.document(message.answer.document)
        if document is not None and not self.page.answer_in_view:
            self.go_to(document, message.answer.start)

    @on(events.ScreenSuspend)
    def _covered(self) -> None:
        """What was said of the panes would lie over the screen that covers them, its keys first of all."""
        self.post_message(self.Covered())

    def document(self, name: str) -> "Document | None":
        """The document of this name, if it is open."""
        row = self.documents.rows.get(name)
        return row.document if row is not None else None

    def action_weigh(self) -> None:
        """Go to the evidence."""
        self.evidence.focus()

    @on(EvidenceStrip.WindowChosen)
    def _window_chosen(self, message: EvidenceStrip.WindowChosen) -> None:
        self.page.bring(message.offset)

    def action_find(self) -> None:
        """Find a text in the document."""
        self.show_line(self.find)
        self.set_focus(self.find)  # As in `ask`.

    @on(Input.Changed, "#find")
    def _find_typed(self, event: Input.Changed) -> None:
        self.page.find(event.value)

    @on(Input.Submitted, "#find")
    @on(FindInput.SearchCancelled)
    def _find_ended(self) -> None:
        if self.page.selection is None:
            self.show_line(self.question)
            self.page.focus()
            return
        self.show_line(self.selecting)
        self.selecting.focus()
        if self.page.match_in_view is not None:
            self.page.move_caret(self.page.match_in_view)

    def action_select(self) -> None:
        """Select words on the page."""
        if self.page.selection is None:
            self.page.start_selection()
        elif self.selecting.display:
            self.selecting.focus()
        if self.page.selection is None:
            self.notify("There is no text to select.", markup=False)

    @on(SelectablePage.SelectionChanged)
    def _selection_changed(self, message: SelectablePage.SelectionChanged) -> None:
        if message.selection is not self.page.selection:
            return  # Another has come since.
        if message.selection is None:
            self._end_selecting()
        elif message.done and not self.find.display:
            if not self.selecting.display:
                self._selected_from = self.focused
            self.show_line(self.selecting)
            self.selecting.focus()
        self.selecting.refresh()

    def _end_selecting(self) -> None:
        if self.selecting.display:
            back = self.selecting.has_focus
            self.show_line(self.question)
            if back:
                (self._selected_from or self.page).focus()

    def ask(self) -> None:
        """Go to the question's line, whatever is in its place."""
        self.page.select(None)
        self.show_line(self.question)
        self.set_focus(self.question)  # focus() would come after the letters that are typed with the key.

    def action_go_to(self) -> None:
        """Go to a page or section of the document."""
        document = self.page.document
        if document is not None:
            screen = ChooseScreen(
                "Go to",
                goto.hint(document),
                partial(goto.targets, document),
                nothing="No page or section is called so.",
                first=goto.section_at(document, self.page.first_offset),
            )
            self.app.push_screen(screen, self._go_to)

    def _go_to(self, offset: int | None) -> None:
        if offset is not None and self.page.document is not None:
            self.page.go_to(self.page.document, offset)
            self.page.focus()

    def action_next_place(self) -> None:
        """Go to the next place of the selected answer; after the last, to its own."""
        selected = self.answers.selected
        if selected is not None and selected.places:
            self._place = (self._place + 1) % (1 + len(selected.places))
            place = selected.places[self._place - 1] if self._place else selected
            document = self.document(place.document)
            if document is not None:
                self.go_to(document, place.start)
                self.notify(f"{self._place + 1} of {1 + len(selected.places)}: {cited(place)}", markup=False)

    def action_compare(self) -> None:
        """Show the best answer of each document side by side."""
        asked = self.answers.asked
        if asked is not None and asked.best:
            read = {name for name, worth in asked.evidence.items() if worth.read}
            without = without_answer([document.name for document in self.documents.open_documents], asked.best, read)
            self.app.push_screen(AgreementScreen(asked.question, group_answers(asked.best), *without), self._compared)

    def _compared(self, answer: "Answer | None") -> None:
        asked = self.answers.asked
        document = self.document(answer.document) if answer is not None else None
        if answer is None or document is None or asked is None:
            return
        if self.answers.selected is answer:
            self.go_to(document, answer.start)
        elif not self.answers.select(answer):
            self.show_answer(answer, asked.evidence)

    def action_go_back(self) -> None:
        """Go back to where you were in the document."""
        self._follow(self.page.back())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Whether a key does anything now; where not, the footer leaves it out."""
        if action == "find":  # It has priority, and would else take the letter from a line that is typed in.
            return self.page.document is not None and not isinstance(self.focused, Input)
        if action in {"go_to", "select"}:
            return self.page.document is not None
        if action == "weigh":
            return self.evidence.display
        if action == "compare":
            return len(self.documents.open_documents) > 1 and bool(self.answers.asked and self.answers.asked.best)
        if action == "go_back":
            return self.page.can_go_back
        if action == "next_place":
            return bool(self.answers.selected and self.answers.selected.places)
        return True

    # --- what is shown ---

    def show_line(self, shown: Widget) -> None:
        """Show one of the lines that share a place: the question's, that to find on, and that of the selection."""
        for line in (self.question, self.find, self.selecting):
            line.display = line is shown
        glyph = {self.find: "/", self.selecting: "▶"}.get(shown, "❯")
        self.query_one("#prompt", Static).update(Content(glyph))

    def show_sidebar(self, display: bool) -> None:
        """Show or hide the documents and questions."""
        self.sidebar.display = display
        self.call_after_refresh(self._refit)

    def _refit(self) -> None:
        # Textual sends no Resize to panes that a returning sidebar pushes aside.
        self.answers.on_resize()
        self.page.on_resize()

    def show_header(self, reader: str) -> None:
        """Show how the documents stand, and which reader answers."""
        parts = ["", self.documents.summary()]
        if reader:
            parts.append(f"reader: {plain(reader)}")
        if self.training:
            parts.append(plain(self.training))
        self.header.update(Content.assemble(("docqa", "bold $text-accent"), "   ".join(parts)))

    def show_questions(self, session: QuestionSession, shown: AskedQuestion | None) -> None:
        """Show the questions asked."""
        self.questions.show(session.asked, shown)
        self.sidebar.set_class(shown is not None, "-asked")

    def show_hint(self, failure: DocqaError | None, *, loading: bool) -> None:
        """Say what to do, where no question has been asked."""
        if failure is not None:
            hint = Content.styled(f"✗ {plain(failure.message)}", "bold $text-error")
            hint += f"\n→ {plain(failure.hint)}" if failure.hint else ""
            hint += "\n\nr tries again, Ctrl+Q quits."
        elif loading:
            hint = Content("Opening the documents. Ask already: the question waits until they are open.")
        elif not self.documents.rows:
            hint = Content("No document is open. O chooses some, or drop a file here. Ctrl+Q quits.")
        elif not self.documents.count(DocumentState.OPEN):
            hint = Content("No document is open. The documents (d) say why; r tries again, Ctrl+Q quits.")
        else:
            hint = Content("Type a question and press Enter. Every answer is in the documents' own words.")
        self.answers.show_hint(hint)
