"""The inline app, for `docqa ask --inline`: a question input under the prompt, and the answers below it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.notifications import SeverityLevel
from textual.widgets import Input, Static

from docqa.config import Settings
from docqa.errors import DocqaError
from docqa.terminal_text import flat, visible
from docqa.tui.controller import QuestionController
from docqa.tui.inert_app import InertApp
from docqa.tui.keys import INLINE_KEYS
from docqa.tui.signal_handlers import on_termination
from docqa.tui.styling import MUTED
from docqa.tui.widgets.answers_pane import AnswersPane
from docqa.tui.widgets.footer import ForgettingFooter
from docqa.tui.widgets.question_input import QuestionInput
from docqa.tui.workers import events
from docqa.tui.workers.document_loader import MakeEngine, default_engine
from docqa.tui.workers.events import WorkerEvent


class InlineApp(InertApp):
    """Ask questions of documents, and see the answers under the prompt."""

    CSS_PATH = Path(__file__).with_name("inline.tcss")
    ENABLE_COMMAND_PALETTE = False
    INLINE_PADDING = 0
    BINDING_GROUP_TITLE = "Under the prompt (`docqa ask --inline`)"
    BINDINGS: ClassVar[list[BindingType]] = INLINE_KEYS

    def __init__(
        self,
        paths: Sequence[str],
        settings: Settings,
        password: str | None = None,
        keys: Mapping[str, str] | None = None,
        *,
        question: str = "",
        make_engine: MakeEngine = default_engine,
    ) -> None:
        """`question` is asked at once, unless it is "". `keys` are the user's key bindings by id."""
        super().__init__()
        self.set_keymap(dict(keys or {}))
        self.questions = QuestionController(self, paths, settings, password, make_engine)
        self.question = QuestionInput()
        self.answers = AnswersPane()
        self.interrupted = False
        """Whether the user pressed Ctrl+C."""
        self._first_question = question
        self._notice = Static(id="notice")

    def compose(self) -> ComposeResult:
        """The question input, the answers, a notice, the keys."""
        with Horizontal(id="question-line"):
            yield Static(Content("❯"), id="prompt")
            yield self.question
        yield self.answers
        yield self._notice
        yield ForgettingFooter(show_command_palette=False, compact=True)

    def on_ready(self) -> None:
        """Start working: the first frame is on the screen."""
        self.answers.list.can_focus = False  # The app has the keys of the list, and Enter asks another question.
        on_termination(self, lambda _: self.action_interrupt())
        self.questions.begin()
        if self._first_question:
            self._ask(self._first_question)
        else:
            self.set_focus(self.question)
            self.update()

    def on_unmount(self) -> None:
        """Stop the workers."""
        self.questions.close()

    # --- the view of the controller; `call_later` is Textual's ---

    def update(self, event: WorkerEvent | None = None) -> None:
        """Show the state after `event`, or after something that the user did."""
        match event:
            case events.DocumentsFound():
                self.question.recall_from(event.asked_before)
            case events.OpeningProgressed():
                self.say(f"» opening {event.progress.item}")
                return
            case events.DocumentFailed():
                self.say(f"✗ {event.error.message}")
            case events.DocumentsOpened():
                if not event.collection.opened:
                    self.exit()  # The command then reports the failures.
                    return
                failed = len(event.collection.failures)
                self.say(f"✗ {failed} could not be opened; docqa reports why when you quit" if failed else "")
            case events.OpeningFailed():
                self.exit()
                return
            case events.QuestionAsked():
                self.question.remember(event.asked.question)
        shown = self.questions.shown
        if shown is not None:
            collection = self.questions.collection
            documents = [document.name for document in collection.documents] if collection else []
            self.answers.show(shown, self.questions.reader, self.questions.waiting_for, documents)
        elif self.questions.opening is not None:
            self._show_hint("Opening the documents. You can already ask: the question waits until they are open.")
        else:
            private = " Private: nothing is kept." if self.questions.settings.private else ""
            self._show_hint(f"Type a question and press Enter.{private}")
        self.refresh_bindings()

    def say(self, text: str) -> None:
        """Show a notice in place of the last one; "" shows none."""
        self._notice.update(Content.styled(visible(text), MUTED))
        self._notice.display = bool(text)

    def warn(self, error: DocqaError, *, severity: SeverityLevel = "warning") -> None:  # noqa: ARG002 - as in the other
        """Show an error and its hint."""
        self.say(f"{error.message}. {error.hint}")

    def _show_hint(self, text: str) -> None:
        self.answers.show_hint(Content.styled(text, MUTED))

    # --- keys ---

    @on(Input.Submitted, "#question")
    def _question_submitted(self, event: Input.Submitted) -> None:
        question = " ".join(event.value.split())
        if question:
            self._ask(question)

    def _ask(self, question: str) -> None:
        self.set_focus(None)  # Keys now select answers.
        self.say("")
        self.questions.ask(question)

    def action_focus_question(self) -> None:
        """Go to the question input."""
        self.set_focus(self.question)

    def action_move(self, step: int) -> None:
        """Select another answer."""
        self.answers.move(step)

    def action_copy(self) -> None:
        """Copy the selected answer with its citation."""
        selected = self.answers.selected
        if selected is not None:
            self.copy_to_clipboard(f"{flat(selected.text)} ({self.questions.cited(selected)})")
            self.say(f"Copied: {flat(selected.text)}")

    def action_read_all(self) -> None:
        """Read every window for the question that is shown."""
        self.questions.read_all()

    def action_leave(self) -> None:
        """Cancel the question that is being read; else leave the question input; else quit."""
        if self.questions.cancel_question() is None:
            if self.questions.shown is None or self.focused is not self.question:
                self.exit()
            self.set_focus(None)

    def action_interrupt(self) -> None:
        """Quit as a command does when it is interrupted."""
        self.interrupted = True
        self.exit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Whether a key does anything now; if not, the footer omits it."""
        typing = self.focused is self.question
        match action:
            case "focus_question":
                return not typing
            case "move" | "copy":
                return not typing and self.answers.selected is not None
            case "read_all":
                return not typing and self.questions.can_read_all
        return True
