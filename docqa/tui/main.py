"""The main screen: where the panes are, and what stands in them while there is no answer to show."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from docqa.errors import DocqaError
from docqa.tui.session import Asked, Session
from docqa.tui.text import plain
from docqa.tui.widgets.answers import AnswersPane
from docqa.tui.widgets.documents import DocumentsPane, State
from docqa.tui.widgets.finding import FindInput
from docqa.tui.widgets.page import PageView
from docqa.tui.widgets.question import QuestionInput, QuestionsList


class Header(Static):
    """One line: the documents and the reader."""


class Sidebar(Vertical):
    """The documents and the questions. On a narrow terminal the first question makes it give way."""


class MainScreen(Screen[None]):
    """Header, three panes, the question, footer.

    The panes are attributes: a worker may report while the help or the palette lies over them, and a query
    of the app would then look for them there.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", show=False, tooltip="Go to the next pane", id="app.next"),
        Binding("shift+tab", "app.focus_previous", show=False, tooltip="Go to the pane before", id="app.before"),
    ]
    AUTO_FOCUS = "#question"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it so that a ClassVar does not fit
        (0, "-narrow"),
        (100, "-medium"),
        (130, "-wide"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.header = Header()
        self.sidebar = Sidebar()
        self.documents = DocumentsPane()
        self.questions = QuestionsList()
        self.answers = AnswersPane()
        self.page = PageView()
        self.question = QuestionInput()
        self.find = FindInput()

    def compose(self) -> ComposeResult:
        """Place the panes; app.tcss says how, by the terminal's width."""
        yield self.header
        with Container(id="panes"):
            with self.sidebar:
                yield self.documents
                yield self.questions
            with Container(id="main"):
                yield self.answers
                yield self.page
        with Horizontal(id="question-line"):
            yield Static(Content("❯"), id="prompt")
            yield self.question
            yield self.find
        yield Footer(show_command_palette=False)  # At 80 columns the room is needed.

    def on_mount(self) -> None:
        """Say at once what is going on."""
        self.show_header("")
        self.show_hint(None, loading=True)
        self.show_find(False)

    def show_find(self, display: bool) -> None:
        """Put the line to find on in the place of the question's, or back."""
        self.find.display = display
        self.question.display = not display
        self.query_one("#prompt", Static).update(Content("/" if display else "❯"))

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
        self.header.update(Content.assemble(("docqa", "bold $text-accent"), "   ".join(parts)))

    def show_questions(self, session: Session, shown: Asked | None) -> None:
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
            hint = Content("No document is open. Start docqa with files or folders: docqa open PATH... Ctrl+Q quits.")
        elif not self.documents.count(State.OPEN):
            hint = Content("No document is open. The documents (d) say why; r tries again, Ctrl+Q quits.")
        else:
            hint = Content("Type a question and press Enter. Every answer is in the documents' own words.")
        self.answers.show_hint(hint)
