"""The app: what happens when a key is pressed. What is shown is the panes' business."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual import on, work
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.screen import Screen
from textual.theme import Theme
from textual.widgets import Input

from docqa import config
from docqa.config import Settings
from docqa.errors import DocqaError
from docqa.models import registry
from docqa.models.registry import ModelKind
from docqa.tui import external_viewer, messages
from docqa.tui.formatting import cited, counted, flat, shortened
from docqa.tui.key_reference import check_keymap, key_groups
from docqa.tui.keys import KEYS, palette
from docqa.tui.screens.choose import ChooseScreen
from docqa.tui.screens.comparison import ComparisonScreen
from docqa.tui.screens.export import ExportScreen
from docqa.tui.screens.help import HelpScreen
from docqa.tui.screens.models import ModelsScreen
from docqa.tui.screens.restore import RecoveringApp
from docqa.tui.screens.settings import SettingsScreen
from docqa.tui.screens.training import TrainingScreen
from docqa.tui.state import feedback
from docqa.tui.state.choices import Choice, matching
from docqa.tui.state.comparison import ComparisonRequest, comparable
from docqa.tui.state.session import AskedQuestion
from docqa.tui.widgets.documents_pane import DocumentState
from docqa.tui.workers.tasks import keep, take_back, unexpected
from docqa.userdata import history, preferences


class DocqaApp(RecoveringApp):
    """Ask questions of documents, and see the answers where they stand."""

    TITLE = "docqa"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    BINDING_GROUP_TITLE = "Anywhere"
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(
        self,
        paths: Sequence[str],
        settings: Settings,
        password: str | None = None,
        keys: Mapping[str, str] | None = None,
        flags: Mapping[str, Any] | None = None,
    ) -> None:
        """`keys` are those that the person bound anew, by the bindings' ids; `DocqaError` if there is no such id.

        `flags` are those of the settings that the file can't win over.
        """
        super().__init__(paths, settings, password)
        self._bound = dict(keys or {})
        check_keymap(self._bound)
        self.set_keymap(self._bound)
        kept = preferences.theme()
        if kept in self.available_themes:
            self.theme = kept
        self._password = password
        self._flags = dict(flags or {})
        self._models: ModelsScreen | None = None
        self._comparison: ComparisonScreen | None = None
        self.training = TrainingScreen(settings.device)
        self.install_screen(self.training, "training")  # Closed, it goes on.

    def on_ready(self) -> None:
        """Remember the theme from now on."""
        self.theme_changed_signal.subscribe(self, self._theme_chosen)

    def _theme_chosen(self, theme: Theme) -> None:
        try:
            preferences.remember_theme(theme.name)
        except DocqaError as error:
            self._warn(error)

    def on_unmount(self) -> None:
        """Let a training end with the app."""
        self.training.stop()

    # --- questions ---

    def action_focus_question(self) -> None:
        """Go to the question's line."""
        self.main.ask()

    def action_recall(self) -> None:
        """Choose a question asked before, of these documents or others, to edit and ask again."""
        kept = history.questions(self.main.documents.rows, history.entries())

        def fitting(typed: str) -> list[Choice[str]]:
            return matching(typed, (Choice(flat(question), question) for question in kept))

        nothing = "No question like that was asked." if kept else "No question was asked yet."
        self.push_screen(
            ChooseScreen("Questions asked before", "Type some of it", fitting, nothing=nothing), self._recall
        )

    def _recall(self, question: str | None) -> None:
        if question is not None:
            self.main.question.value = question
            self.main.question.cursor_position = len(question)
            self.main.ask()

    def action_read_all(self) -> None:
        """Read every window for the question that is shown."""
        if self.shown is not None:
            self.session.ask_again(self.shown)
            self._start_next()

    def action_show_questions(self) -> None:
        """Go to the questions asked."""
        self.main.show_sidebar(True)
        self.main.questions.focus()

    def action_toggle_documents(self) -> None:
        """Show or hide the documents and questions."""
        self.main.show_sidebar(not self.main.sidebar.display)

    def action_cancel(self) -> None:
        """Cancel the question, else the opening; else leave the question's line."""
        cancelled = self.session.cancel()
        if cancelled is not None:
            self._say(f"Cancelled: {cancelled.question}")
            self._refresh()
        elif self._loading is not None:
            self._loading.set()  # The worker says when it has stopped, and how far it came.
        else:
            self.main.answers.list.focus()

    # --- answers ---

    def action_move(self, step: int) -> None:
        """Select another answer."""
        self.main.answers.move(step)

    def action_copy(self) -> None:
        """Copy the selected answer with its citation."""
        selected = self.main.answers.selected
        if selected is not None:
            self.copy_to_clipboard(f"{flat(selected.text)} ({cited(selected)})")
            self._say(f"Copied: {shortened(flat(selected.text))}")

    def action_copy_passage(self) -> None:
        """Copy the sentences around the selected answer with their citation."""
        selected = self.main.answers.selected
        if selected is not None:
            self.copy_to_clipboard(f"“{flat(selected.passage)}” ({cited(selected)})")
            self._say(f"Copied: {shortened(flat(selected.passage))}")

    def action_export(self) -> None:
        """Write the questions and answers to a file."""
        self.push_screen(ExportScreen(self.session.results))

    @work(thread=True, group="viewing")
    def action_view(self) -> None:
        """Open the document in the system's viewer, at the selected answer's page."""
        selected, document = self.main.answers.selected, self.main.page.document
        if document is None:
            return
        page = selected.page if selected and selected.document == document.name else None
        try:
            if self.is_web:  # The person is where the browser is, and that may be far from here.
                opened, name, kind = external_viewer.to_deliver(document.name)
                self.call_from_thread(
                    self.deliver_binary, opened, save_filename=name, open_method="browser", mime_type=kind
                )
            else:
                external_viewer.show(document.name, page, self._settings.viewer)
        except DocqaError as error:
            self._warn(error)

    # --- teaching ---

    def action_confirm(self) -> None:
        """Say that the selected answer is right."""
        selected = self.main.answers.selected
        document = self.main.document(selected.document) if selected else None
        if selected is not None and document is not None:
            verdict = feedback.confirm(selected, document)
            if verdict is None:
                self._say("The document changed since: ask again.")
            self._judge(verdict)

    def action_correct(self) -> None:
        """Say what is right instead of the answers, or that these documents don't have it."""
        if self.shown is not None:
            asked, open_now = self.shown, self.main.documents.open_documents
            title = f"What is right? {flat(asked.question)}"
            self.push_screen(
                ChooseScreen(
                    title,
                    "Choose, or type the right answer as the document has it",
                    lambda typed: feedback.choices(typed, asked.shown, open_now, has_verdict=asked.verdict is not None),
                    nothing="This doesn't stand in these documents.",
                ),
                self._corrected,
            )

    def _corrected(self, chosen: feedback.FeedbackChoice | None) -> None:
        if chosen is feedback.ON_PAGE:
            self.main.action_select()
        elif chosen is feedback.TAKE_BACK:
            if self.shown is not None:
                self.unteach(self.shown)
        elif isinstance(chosen, feedback.Verdict):
            self._judge(chosen)

    @on(messages.SpanChosen)
    def _span_chosen(self, message: messages.SpanChosen) -> None:
        place = message.document, message.start, message.end
        if self.shown is None:
            self._say("Ask a question first (i): then Enter says that this is its right answer.")
        elif self._judge(feedback.Verdict(answered=True, places=(place,))):
            self.main.page.select(None)

    def _judge(self, verdict: feedback.Verdict | None) -> bool:
        """Keep what the person says, and tell whether it can be."""
        if verdict is None or self.shown is None:
            return False
        unfit = feedback.unlearnable(verdict) or self._loader.too_long(verdict.text)
        if unfit is not None:
            self._warn(unfit)
            return False
        self.shown.verdict = verdict
        self.teach(self.shown, verdict)
        self._refresh()
        return True

    @work(thread=True, group="teaching")
    def teach(self, asked: AskedQuestion, verdict: feedback.Verdict) -> None:
        """Keep what the person says is right, in a thread."""
        keep(asked, verdict, list(self.main.documents.rows), self.post_message)

    @work(thread=True, group="teaching")
    def unteach(self, asked: AskedQuestion) -> None:
        """Forget what the person said of a question, in a thread."""
        take_back(asked, list(self.main.documents.rows), self.post_message)

    @on(messages.CorrectionTakenBack)
    def _correction_taken_back(self, message: messages.CorrectionTakenBack) -> None:
        message.asked.verdict = None
        self._refresh()
        self._say(f"Taken back. {counted(message.count, 'correction')} kept.")

    @on(messages.CorrectionKept)
    def _correction_kept(self, message: messages.CorrectionKept) -> None:
        kept, them = counted(message.count, "correction"), "it" if message.count == 1 else "them"
        self._say(f"{kept} kept. To learn from {them}: T, or docqa finetune {shlex.quote(message.file)}")

    @on(messages.CorrectionFailed)
    def _correction_failed(self, message: messages.CorrectionFailed) -> None:
        message.asked.verdict = None
        self._refresh()
        self._warn(message.error, severity="error")

    @on(messages.VerdictRecalled)
    def _verdict_recalled(self, message: messages.VerdictRecalled) -> None:
        if message.asked.verdict is None:
            message.asked.verdict = message.verdict
            self._refresh_if_shown(message.asked)

    def action_train(self) -> None:
        """Train a reader, or see how the training stands."""
        self.push_screen(self.training)

    @on(TrainingScreen.StatusChanged)
    def _training_stood(self, message: TrainingScreen.StatusChanged) -> None:
        if message.summary != self.main.training:
            self.main.training = message.summary
            self.main.show_header(self._reader)
            self.screen.refresh()  # Where another screen lies over the header, that one paints it.

    @on(TrainingScreen.ReaderRequested)
    def _reader_wanted(self, message: TrainingScreen.ReaderRequested) -> None:
        try:
            registry.use(message.name, ModelKind.READER)
        except (DocqaError, OSError) as error:
            self._warn(error if isinstance(error, DocqaError) else unexpected(error), severity="error")
        else:
            self._model_used(ModelsScreen.ModelChosen(ModelKind.READER, message.name))

    # --- models and settings ---

    def action_models(self) -> None:
        """Show the readers and encoders on this machine."""
        if self._models is None:
            self._models = ModelsScreen(self._used)
            self.install_screen(self._models, "models")  # It outlives being closed: a pull goes on.
        self.push_screen(self._models)

    @property
    def _used(self) -> dict[ModelKind, str]:
        return {ModelKind.READER: self._reader, ModelKind.ENCODER: self._encoder}

    @on(messages.EngineStarted)
    def _used_changed(self, message: messages.EngineStarted) -> None:
        if self._models is not None:
            self._models.show_used({ModelKind.READER: message.reader, ModelKind.ENCODER: message.encoder})

    @on(ModelsScreen.ModelChosen)
    def _model_used(self, message: ModelsScreen.ModelChosen) -> None:
        settings, setting = self._settings, message.kind.value
        named = getattr(settings, setting)
        if named:  # Else the choice that was just made is what holds.
            self._flags[setting] = message.name
            settings = config.with_value(settings, setting, message.name)
            self._say(f"The settings name {named} as the {setting}: it answers again in the next session.")
        self.apply(settings, anew=True)

    @on(ModelsScreen.ComparisonRequested)
    def _compare(self, message: ModelsScreen.ComparisonRequested) -> None:
        asked = tuple(comparable(self.session.asked))
        if self._collection is None or not asked:
            self._say("There is nothing to compare yet: ask a question first, and let it be answered.")
            return
        kept, wanted = self._comparison, ComparisonRequest(self._collection, message.name, asked)
        if kept is None or kept.request != wanted or kept.cancel.is_set():
            if kept is not None:
                self.uninstall_screen(kept)
                kept.remove()
            self._comparison = ComparisonScreen(wanted, self._password)
            self.install_screen(self._comparison, "comparison")  # As above.
        if self._comparison is not None:
            self.push_screen(self._comparison)

    def action_settings(self) -> None:
        """Show the settings, and change them."""
        self.push_screen(SettingsScreen(self._settings, self._flags, self._used))

    @on(SettingsScreen.SettingsChanged)
    def _settings_changed(self, message: SettingsScreen.SettingsChanged) -> None:
        self.apply(message.settings)

    # --- the app ---

    def action_help(self) -> None:
        """Show every key and what it does."""
        self.push_screen(HelpScreen(key_groups(self.get_key_display, self._bound)))

    async def action_quit(self) -> None:
        """Quit; a training is stopped first, if the person agrees, and the second time at once."""
        if not self.training.running:
            self.exit()
        elif self.training.quitting:
            self.training.stop(self.exit)
        elif self.screen.id != "quitting":
            choices = [
                Choice("Stop it, with a checkpoint, and quit: T goes on with it next time", True),
                Choice("Stay", False),
            ]
            screen = ChooseScreen[bool]("A training is running", "Enter chooses", lambda _: choices, nothing="")
            screen.id = "quitting"
            self.push_screen(screen, self._stop_and_quit)

    def _stop_and_quit(self, chosen: bool | None) -> None:
        if not chosen:
            return
        self.training.stop(self.exit)
        if self.training.running and not self.training.is_active:
            self.push_screen(self.training)
        elif not self.training.running:
            self.exit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Whether a key does anything now; where not, the footer leaves it out."""
        if action == "focus_question":
            # It has priority, and would else take the letter from a line that is typed in.
            return self.screen is self.main and not isinstance(self.focused, Input)
        if action == "export":
            return bool(self.session.results)
        if action == "view":
            return self.main.page.document is not None
        if action in {"move", "copy", "copy_passage", "confirm", "correct"}:
            return bool(self.shown and self.shown.shown)
        if action == "read_all":
            return bool(self.shown and not self.shown.pending and self.shown.unread)
        if action == "reopen":
            idle = self._loading is None and self.session.running is None
            unopened = self.main.documents.count(DocumentState.FAILED) + self.main.documents.count(
                DocumentState.CANCELLED
            )
            return idle and bool(self._failure or unopened or self.main.documents.changed)
        return True

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Put the keys' actions into the command palette."""
        yield from super().get_system_commands(screen)
        for title, what, action in palette():
            namespace, _, name = action.partition("(")[0].rpartition(".")
            if (self.main if namespace else self).check_action(name, ()):
                yield SystemCommand(title, what, partial(self.run_action, action))
