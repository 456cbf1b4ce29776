"""The app under the prompt, for `docqa ask --inline`: a line for the question, and its answers below it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Footer, Input, Static

from docqa.config import Settings
from docqa.errors import DocqaError
from docqa.tui import messages
from docqa.tui.formatting import cited, flat, plain
from docqa.tui.state.session import AskedQuestion, QuestionSession, QuestionState
from docqa.tui.styling import MUTED
from docqa.tui.widgets.answers_pane import AnswersPane
from docqa.tui.widgets.question_input import QuestionInput
from docqa.tui.workers.tasks import DocumentLoader, answer
from docqa.userdata import history, preferences

if TYPE_CHECKING:
    from docqa.engine import Collection


class InlineApp(App[None]):
    """Ask questions of documents, and see the answers under the prompt."""

    CSS_PATH = Path(__file__).with_name("inline.tcss")
    ENABLE_COMMAND_PALETTE = False
    INLINE_PADDING = 0
    BINDING_GROUP_TITLE = "Under the prompt (`docqa ask --inline`)"
    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, so that what is typed right after it is in the question already.
        Binding(
            "enter,i,a", "focus_question", "Ask", tooltip="Ask another question", priority=True, id="question.focus"
        ),
        Binding("n,j,down", "move(1)", "Next", tooltip="Select the next answer", id="answers.next"),
        Binding("p,k,up", "move(-1)", "Previous", tooltip="Select the answer before", id="answers.previous"),
        Binding("y", "copy", "Copy", tooltip="Copy the answer with its citation", id="answers.copy"),
        Binding("x", "read_all", "Read all", tooltip="Read every window for this question", id="question.read_all"),
        Binding("escape", "leave", "Leave", tooltip="Cancel the question, or leave its line; leave", id="app.cancel"),
        Binding("q", "quit", show=False, tooltip="Leave", id="inline.quit"),
        Binding(
            "ctrl+c", "interrupt", show=False, tooltip="Leave, with exit code 130", priority=True, id="inline.interrupt"
        ),
    ]

    def __init__(
        self,
        paths: Sequence[str],
        settings: Settings,
        password: str | None = None,
        keys: Mapping[str, str] | None = None,
        question: str = "",
    ) -> None:
        """`question` is asked at once; "" is none. `keys` are those that the person bound anew."""
        super().__init__()
        self.set_keymap(dict(keys or {}))
        kept = preferences.theme()
        if kept in self.available_themes:
            self.theme = kept
        self.session = QuestionSession()
        self.collection: Collection | None = None
        """What was opened; None where it came to nothing, or not yet to an end."""
        self.failure: DocqaError | None = None
        """Why nothing could be opened."""
        self.interrupted = False
        self.question = QuestionInput()
        self.answers = AnswersPane()
        self._loader = DocumentLoader(paths, settings, password, self.post_message)
        self._loading = Event()
        self._keeps = settings.cache
        self._names: tuple[str, ...] = ()
        self._reader = ""
        self._first = question
        self._said = Static(id="said")

    @property
    def shown(self) -> AskedQuestion | None:
        """The question whose answers are shown: the one asked last."""
        return self.session.asked[-1] if self.session.asked else None

    def compose(self) -> ComposeResult:
        """The question's line, the answers, what there is to say, the keys."""
        with Horizontal(id="question-line"):
            yield Static(Content("❯"), id="prompt")
            yield self.question
        yield self.answers
        yield self._said
        yield Footer(show_command_palette=False, compact=True)

    def on_ready(self) -> None:
        """The first frame is on the screen: begin to open the documents."""
        self.answers.list.can_focus = False  # Its keys are the app's here, and Enter asks another question.
        self.answers.show_hint(Content.styled("Opening the documents. Ask already: the question waits.", MUTED))
        self.open_documents()
        if self._first:
            self._ask(self._first)
        else:
            self.set_focus(self.question)

    def on_unmount(self) -> None:
        """Tell the workers that nobody waits for them any more."""
        for event in (self._loading, *(asked.cancel for asked in self.session.asked)):
            event.set()

    # --- workers, and what they report ---

    @work(thread=True, group="opening")
    def open_documents(self) -> None:
        """Open the documents, in a thread."""
        self._loader.run(self._loading)

    @work(thread=True, group="asking")
    def answer(self, collection: "Collection", asked: AskedQuestion) -> None:
        """Answer a question, in a thread."""
        answer(collection, asked, self.post_message)

    @on(messages.EngineStarted)
    def _engine_started(self, message: messages.EngineStarted) -> None:
        self._reader = message.reader

    @on(messages.DocumentsFound)
    def _documents_found(self, message: messages.DocumentsFound) -> None:
        self._names = message.names
        self.question.recall_from(message.asked_before)

    @on(messages.ProgressReported)
    def _progress_reported(self, message: messages.ProgressReported) -> None:
        self._say(f"» opening {message.progress.item}")

    @on(messages.DocumentFailed)
    def _document_failed(self, message: messages.DocumentFailed) -> None:
        self._say(f"✗ {message.error.message}")

    @on(messages.DocumentsOpened)
    def _documents_opened(self, message: messages.DocumentsOpened) -> None:
        self.collection = message.collection
        if not message.collection.opened:
            self.exit()  # The command says why.
            return
        failed = len(message.collection.failures)
        self._say(f"✗ {failed} could not be opened; docqa says why when you leave" if failed else "")
        if self.shown is None:
            self.answers.show_hint(Content.styled("Type a question and press Enter.", MUTED))
        self._start_next()

    @on(messages.OpeningFailed)
    def _opening_failed(self, message: messages.OpeningFailed) -> None:
        self.failure = message.error
        self.exit()

    @on(messages.ReadingReported)
    def _reading_reported(self, message: messages.ReadingReported) -> None:
        message.asked.to_read = message.progress.total
        self._refresh()

    @on(messages.AnswersFound)
    def _answers_found(self, message: messages.AnswersFound) -> None:
        if message.asked.state is QuestionState.READING:  # Else cancelled; the worker has yet to notice.
            message.asked.result = message.result
            self._refresh()

    @on(messages.QuestionAnswered)
    def _question_answered(self, message: messages.QuestionAnswered) -> None:
        self._end(message.asked, QuestionState.DONE)

    @on(messages.QuestionFailed)
    def _question_failed(self, message: messages.QuestionFailed) -> None:
        self._end(message.asked, QuestionState.FAILED, message.error)

    @on(messages.QuestionCancelled)
    def _question_cancelled(self, message: messages.QuestionCancelled) -> None:
        self._end(message.asked, QuestionState.CANCELLED)

    def _end(self, asked: AskedQuestion, state: QuestionState, error: DocqaError | None = None) -> None:
        self.session.end(asked, state, error)
        self._start_next()

    # --- what the person does ---

    @on(Input.Submitted, "#question")
    def _question_submitted(self, event: Input.Submitted) -> None:
        question = " ".join(event.value.split())
        if question:
            self._ask(question)

    def _ask(self, question: str) -> None:
        self.question.remember(question)
        self.session.ask(question)
        self.set_focus(None)  # From now on the keys are those of the answers.
        self._say("")
        self._start_next()

    def action_focus_question(self) -> None:
        """Go to the question's line."""
        self.set_focus(self.question)

    def action_move(self, step: int) -> None:
        """Select another answer."""
        self.answers.move(step)

    def action_copy(self) -> None:
        """Copy the selected answer with its citation."""
        selected = self.answers.selected
        if selected is not None:
            self.copy_to_clipboard(f"{flat(selected.text)} ({cited(selected)})")
            self._say(f"Copied: {flat(selected.text)}")

    def action_read_all(self) -> None:
        """Read every window for the question that is shown."""
        if self.shown is not None:
            self.session.ask_again(self.shown)
            self._start_next()

    def action_leave(self) -> None:
        """Cancel the question that is being read; else go from the question's line to the answers; else leave."""
        if self.session.cancel() is None:
            if self.shown is None or self.focused is not self.question:
                self.exit()
            self.set_focus(None)
        self._refresh()

    def action_interrupt(self) -> None:
        """Leave as a command does that is interrupted."""
        self.interrupted = True
        self.exit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Whether a key does anything now; where not, the footer leaves it out."""
        typing = self.focused is self.question
        if action == "focus_question":
            return not typing
        if action in {"move", "copy"}:
            return not typing and self.answers.selected is not None
        if action == "read_all":
            return not typing and bool(self.shown and not self.shown.pending and self.shown.unread)
        return True

    # --- what is shown ---

    def _start_next(self) -> None:
        if self.collection is not None and self.is_running:  # A report may come in while the app is closing.
            asked = self.session.start_next()
            if asked is not None:
                self._keep(asked.question)
                self.answer(self.collection, asked)
        self._refresh()

    def _keep(self, question: str) -> None:
        if self._keeps:
            try:
                history.remember(question, self._names)
            except DocqaError as error:
                self._say(f"{error.message}. {error.hint}")

    def _refresh(self) -> None:
        if self.shown is not None:
            waiting_for = "the question before it" if self.collection else "the documents to open"
            self.answers.show(self.shown, self._reader, waiting_for)
        self.refresh_bindings()

    def _say(self, text: str) -> None:
        self._said.update(Content.styled(flat(plain(text)), MUTED))
        self._said.display = bool(text)
