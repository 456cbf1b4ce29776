"""The app: what each key does, and how the parts work together.

`QuestionController` opens documents and answers questions, `FeedbackController` saves what the user marks,
`SessionRecovery` keeps what a crash would lose, and the screens show it.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar

from textual import on
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.events import Event, Key
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.theme import Theme
from textual.widgets import Input

from docqa.config import Settings
from docqa.terminal_text import flat
from docqa.tui import garbage, messages
from docqa.tui.answer_marking import AnswerMarking
from docqa.tui.command_provider import KeyCommands, key_commands
from docqa.tui.controller import QuestionController
from docqa.tui.earlier_session import EarlierSession
from docqa.tui.formatting import quotation, shortened
from docqa.tui.inert_app import InertApp
from docqa.tui.key_reference import check_keymap, group_titles, key_tasks
from docqa.tui.keys import KEYS
from docqa.tui.matrix_screens import MatrixScreens
from docqa.tui.model_screens import ModelScreens
from docqa.tui.screens.choose import ChooseScreen
from docqa.tui.screens.export import ExportScreen
from docqa.tui.screens.help import HelpScreen
from docqa.tui.screens.main import MainScreen
from docqa.tui.screens.models import ModelsScreen
from docqa.tui.screens.pick import PickScreen
from docqa.tui.screens.settings import SettingsScreen
from docqa.tui.screens.training import TrainingScreen
from docqa.tui.served_app import FORBIDDEN, refusal
from docqa.tui.session_recovery import SessionRecovery
from docqa.tui.signal_handlers import on_termination
from docqa.tui.state.choices import Choice, matching
from docqa.tui.state.file_suggestions import PickedDocuments, relative
from docqa.tui.widgets.documents_pane import DocumentsPane
from docqa.tui.widgets.footer import FittingFooter
from docqa.tui.widgets.inputs import NoteInput, PastingInput
from docqa.tui.workers import events
from docqa.tui.workers.document_loader import MakeEngine, default_engine
from docqa.tui.workers.events import WorkerEvent
from docqa.userdata import history

_CHECK_FILES = 2.0  # Seconds between two checks whether a file changed.
_SAVE_SESSION = 0.5  # Seconds between two saves of the session: what a crash may lose.


class DocqaApp(InertApp):
    """Ask questions of documents, and see the answers where they are in the text."""

    TITLE = "docqa"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    BINDING_GROUP_TITLE = "Anywhere"
    BINDINGS: ClassVar[list[BindingType]] = KEYS
    COMMANDS = {KeyCommands}  # noqa: RUF012 - Textual declares it so

    def __init__(
        self,
        paths: Sequence[str],
        settings: Settings,
        password: str | None = None,
        keys: Mapping[str, str] | None = None,
        flags: Mapping[str, Any] | None = None,
        *,
        make_engine: MakeEngine = default_engine,
        restricted: bool = False,
        resume: bool = False,
    ) -> None:
        """`keys` are the user's key bindings by id. `flags` are the settings given on the command line.

        `resume` goes on with the last session. If it is `restricted`, the user can only ask. Raises `DocqaError` if
        `keys` has an unknown id.
        """
        super().__init__()
        self._keys = dict(keys or {})
        check_keymap(self._keys)
        self.set_keymap(self._keys)
        self._terminal_animation = self.animation_level
        self.restricted = restricted
        self._resume = resume
        self._forbidden = FORBIDDEN if restricted else frozenset[str]()
        self.questions = QuestionController(
            self, paths, settings, password, make_engine, remembers=not restricted, reads_on=True
        )
        self.collections = garbage.FullCollections(self._nobody_waits)
        self.marking = AnswerMarking(self)
        self.matrix = MatrixScreens(self, self.marking.controller, self._forbidden)
        self.recovery = SessionRecovery(self, self.questions, self.matrix.controller)
        self.earlier = EarlierSession(self)
        self.models = ModelScreens(
            self, self, self.questions, flags=flags or {}, password=password, make_engine=make_engine
        )
        self._set_animation()

    def get_default_screen(self) -> Screen[None]:
        """The screen with the panes."""
        self.main = MainScreen(self.questions)
        self.main.question.opens_paths = self.main.documents.can_close = not self.restricted
        return self.main

    def on_ready(self) -> None:
        """Start working: the first frame is on the screen."""
        self.collections.put_off()
        self.set_interval(garbage.EVERY, self.collections.run_if_due)
        if self.main.focused is None:  # In a browser, where Textual starts without the focus.
            self.main.set_focus(self.main.question)
        self.questions.begin()
        self.set_interval(_CHECK_FILES, self.questions.check_files)
        if not self.restricted:
            self.recovery.find(partial(self.earlier.offer, resume=self._resume), resume=self._resume)
            self.set_interval(_SAVE_SESSION, self._save_session)
            self.theme_changed_signal.subscribe(self, self._save_theme)
        on_termination(self, lambda code: self.exit(return_code=code))  # The session stays: nobody chose to quit.
        self.update()

    def on_unmount(self) -> None:
        """Keep the session, and stop the workers. After a crash, its file stays as it is."""
        if not self.return_code and not self.restricted:  # First: a question that is being asked is kept, too.
            self.recovery.end(self.main.question.unasked, self.main.documents.ticked)
        self.questions.close()
        self.models.training.stop()

    def user_acted(self) -> None:
        """Have reading on wait."""
        self.questions.reading_on.quiet.disturb()

    def _nobody_waits(self) -> bool:
        busy = self.questions.opening or self.questions.session.running
        return not busy and self.questions.reading_on.quiet.is_quiet

    async def on_event(self, event: Event) -> None:
        """Say of a key that does nothing on this page that it would do something elsewhere."""
        key = event if self._forbidden and isinstance(event, Key) and not event.is_forwarded else None
        if key and (told := refusal(key, self.screen, self._forbidden)):
            self.say(told)
        await super().on_event(event)

    async def action_quit(self) -> None:
        """Quit, having asked if a training is running."""
        self.models.quit()

    # --- the view of the controllers; `call_later` is Textual's ---

    def update(self, event: WorkerEvent | None = None) -> None:
        """Show the state after `event`, or after something that the user did."""
        match event:
            case events.OpeningFailed() if self.questions.shown is not None or self.screen is not self.main:
                self.warn(event.error, severity="error")  # The hint that would show it is hidden.
            case events.EngineStarted():
                self.models.engine_started()
        self.collections.handle(event)
        self.main.update(event)
        self.matrix.update()

    def notify(
        self, message: str, *, severity: SeverityLevel = "information", timeout: float | None = None, **options: Any
    ) -> None:
        """Show a notice; in the footer, if it fits there and has no `timeout` of its own, so that it hides no text."""
        footer = next(iter(self.screen.query(FittingFooter)), None)
        if severity != "information" or timeout is not None or footer is None or not footer.say(message):
            super().notify(message, severity=severity, timeout=timeout, **options)

    @on(MainScreen.Covered)
    def _covered(self) -> None:
        if monotonic() > self.warning_until:
            self.clear_notifications()

    # --- documents ---

    def action_open(self) -> None:
        """Choose documents to open."""
        self.push_screen(PickScreen(self.main.documents.rows, self.questions.loader.closed_together), self._picked)

    def _picked(self, picked: PickedDocuments | None) -> None:
        if picked is not None and picked.session:
            self.recovery.take(picked.session, partial(self.earlier.go_on, picked))
        elif picked is not None:
            self.questions.open(picked.paths, replace=picked.instead)
        elif not self.main.documents.rows:
            self.main.set_focus(self.main.answers.list)  # There, O is a key and not a letter to type.

    @on(DocumentsPane.CloseRequested)
    def _close(self, message: DocumentsPane.CloseRequested) -> None:
        them = "it" if len(message.names) == 1 else "them"
        self.say(f"Closed {self.questions.close_documents(message.names)}. To open {them} again: O, Enter.")

    @on(PastingInput.PathsDropped)
    def _dropped(self, message: PastingInput.PathsDropped) -> None:
        self.questions.open(map(relative, message.paths))

    def action_reopen(self) -> None:
        """Open what failed, was cancelled or has changed."""
        self.questions.reopen()

    def action_toggle_documents(self) -> None:
        """Show or hide the documents and questions."""
        self.main.panes.show_sidebar(not self.main.sidebar.display)

    # --- questions ---

    def action_focus_question(self) -> None:
        """Go to the question input."""
        self.main.ask()

    def action_recall(self) -> None:
        """Choose an earlier question, of these documents or others, to edit and ask again."""
        asked_before = history.questions(self.questions.names, history.entries())

        def fitting(typed: str) -> list[Choice[str]]:
            return matching(typed, (Choice(flat(question), question) for question in asked_before))

        nothing = "No matching question." if asked_before else "No question has been asked yet."
        self.push_screen(ChooseScreen("Earlier questions", "Type to filter", fitting, nothing=nothing), self._recall)

    def _recall(self, question: str | None) -> None:
        if question is not None:
            self.main.question.edit(question)
            self.main.ask()

    def action_show_questions(self) -> None:
        """Go to the list of questions."""
        if not self.main.panes.zoomed:
            self.main.panes.show_sidebar(True)
        self.main.set_focus(self.main.questions)

    def action_zoom(self) -> None:
        """Show the pane with the focus alone, or all panes again."""
        self.main.panes.toggle_zoom()

    def action_read_all(self) -> None:
        """Read every window for the question that is shown."""
        self.questions.read_all()

    def action_cancel(self) -> None:
        """Cancel the question, else opening the documents; else end finding, or leave the question input."""
        cancelled = self.questions.cancel_question()
        if cancelled is not None:
            self.say(f"Cancelled: {cancelled.question}")
        elif self.questions.cancel_opening():
            return
        elif not isinstance(self.focused, Input) and self.main.page.finding:
            self.main.page.find("")
        elif not isinstance(self.focused, Input) and self.questions.reading_on.rest():
            self.main.show_header()
            self.say("Stopped reading on. x searches the rest.")
        else:
            self.main.panes.leave_input()

    def action_show_newer(self) -> None:
        """Show the answers that reading on has found since, and select the best of them."""
        self.questions.show_newer()
        self.main.answers.select_new()

    def action_move(self, step: int) -> None:
        """Select another answer."""
        self.main.move(step)

    def action_copy(self) -> None:
        """Copy the selected answer with its citation."""
        selected = self.main.answers.selected
        if selected is not None:
            self.copy_to_clipboard(f"{flat(selected.text)} ({self.questions.cited(selected)})")
            self.say(f"Copied: {shortened(flat(selected.text))}")

    def action_copy_passage(self) -> None:
        """Copy the sentences around the selected answer, or its cell with the headings, with the citation."""
        selected = self.main.answers.selected
        if selected is not None:
            quoted = quotation(selected)
            self.copy_to_clipboard(f"{quoted} ({self.questions.cited(selected)})")
            self.say(f"Copied: {shortened(quoted)}")

    def action_export(self) -> None:
        """Write the questions and answers to a file."""
        self.push_screen(ExportScreen(self.questions.results, self.questions.documents))

    def action_confirm(self) -> None:
        """Mark the selected answer as right."""
        self.marking.confirm()

    def action_correct(self) -> None:
        """Mark another answer as right, the selected one as wrong, or that these documents have none; or undo that."""
        self.marking.correct()

    @on(messages.SpanChosen)
    def _span_chosen(self, message: messages.SpanChosen) -> None:
        self.marking.mark_span(message)

    def action_note(self) -> None:
        """Write a note on the selected answer."""
        self.marking.write_note()

    @on(NoteInput.NoteWritten)
    def _note_written(self, message: NoteInput.NoteWritten) -> None:
        self.marking.note(message.answer, message.text)

    def action_pin(self) -> None:
        """Pin the selected answer, or unpin it."""
        self.marking.pin()

    def action_matrix(self) -> None:
        """Show the matrix, and fill it."""
        self.matrix.show(self.main.documents.ticked)

    # --- training, models and settings ---

    def action_train(self) -> None:
        """Train a reader, or show the training in progress."""
        self.models.show_training()

    @on(TrainingScreen.StatusChanged)
    def _training_progressed(self, message: TrainingScreen.StatusChanged) -> None:
        self.questions.reading_on.set_busy("training", busy=self.models.training.running)
        if message.summary != self.main.header.training:
            self.main.header.training = message.summary
            self.main.show_header()
            self.screen.refresh()  # A screen that covers the header has to repaint it.

    @on(TrainingScreen.ReaderRequested)
    def _reader_wanted(self, message: TrainingScreen.ReaderRequested) -> None:
        self.models.use_trained(message.name)

    def action_models(self) -> None:
        """Show the readers and encoders on this machine."""
        self.models.show_models()

    @on(ModelsScreen.ModelChosen)
    def _model_used(self, message: ModelsScreen.ModelChosen) -> None:
        self.models.use_model(message.kind, message.name)

    @on(ModelsScreen.ComparisonRequested)
    def _compare(self, message: ModelsScreen.ComparisonRequested) -> None:
        self.models.compare(message.name)

    def action_settings(self) -> None:
        """Show and change the settings."""
        self.models.show_settings()

    @on(SettingsScreen.SettingsChanged)
    def _settings_changed(self, message: SettingsScreen.SettingsChanged) -> None:
        self.questions.use_settings(message.settings)
        self._set_animation()

    def _set_animation(self) -> None:
        self.animation_level = self._terminal_animation if self.questions.settings.animations else "none"

    def _save_theme(self, theme: Theme) -> None:
        if not self.questions.settings.private:
            self.remember_theme(theme)

    def _save_session(self) -> None:
        self.recovery.save(self.main.question.unasked, self.main.documents.ticked)

    def action_help(self) -> None:
        """Show every key and what it does; first, if another screen is over the main one, the keys of that."""
        here = () if self.screen is self.main else group_titles(self.screen)
        self.push_screen(HelpScreen(key_tasks(self.get_key_display, self._keys, here, without=self._forbidden)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Whether a key does anything now; if not, the footer omits it."""
        if action in self._forbidden:
            return False
        shown = self.questions.shown
        match action:
            case "help":  # A priority key, as below; the help itself closes with it.
                return not isinstance(self.focused, Input) and not isinstance(self.screen, HelpScreen)
            case "recall" | "command_palette" | "zoom":  # Nothing may happen behind another screen.
                return self.screen is self.main
            case "focus_question" | "note" if self.screen is not self.main or isinstance(self.focused, Input):
                # A priority key would take its letter from any input.
                return False
            case "export":
                return bool(self.questions.session.results)
            case "move" | "copy" | "copy_passage" | "confirm" | "correct" | "note" | "pin":
                return bool(shown and shown.shown)
            case "read_all":
                return self.questions.can_read_all
            case "show_newer":
                return bool(shown and shown.newer)
            case "reopen":
                return self.questions.can_reopen
        return True

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Add the keys' actions to the command palette."""
        yield from super().get_system_commands(screen)
        yield from key_commands(self, self.main, self._keys)
