"""The app: what happens when a key is pressed or a worker reports. What is shown is the panes' business."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.content import Content
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.theme import Theme
from textual.widgets import Input, OptionList
from textual.worker import Worker

from docqa import config, history, models
from docqa.config import Applies, Settings
from docqa.errors import DocqaError
from docqa.models import Kind
from docqa.tui import messages, remembered, session, teaching, viewer
from docqa.tui.choosing import ChooseScreen, matching
from docqa.tui.compare_screen import CompareScreen
from docqa.tui.comparing import Wanted, to_compare
from docqa.tui.export import ExportScreen
from docqa.tui.help import HelpScreen, check, groups
from docqa.tui.keys import KEYS, palette
from docqa.tui.main import MainScreen
from docqa.tui.models_screen import ModelsScreen
from docqa.tui.offers import Picked, called
from docqa.tui.picking import PickScreen
from docqa.tui.recovering import Recovery, RestoreScreen
from docqa.tui.session import Asked, Session
from docqa.tui.settings_screen import SettingsScreen
from docqa.tui.text import cited, counted, flat, plain
from docqa.tui.training_screen import TrainingScreen
from docqa.tui.widgets.documents import State
from docqa.tui.widgets.pasting import PastingInput
from docqa.tui.work import Loader, answer, keep, unexpected
from docqa.unfinished import State as Unfinished

if TYPE_CHECKING:
    from docqa.engine import Collection

_LOOK = 2.0  # Seconds between two looks at whether a file changed.
_KEEP = 0.5  # Seconds after which what is typed is kept: so much of it a crash may cost.


class DocqaApp(App[None]):
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
        super().__init__()
        self._bound = dict(keys or {})
        check(self._bound)
        self.set_keymap(self._bound)
        kept = remembered.theme()
        if kept in self.available_themes:
            self.theme = kept
        self.session = Session()
        self.shown: Asked | None = None
        """The question whose answers are shown."""
        self._loader = Loader(paths, settings, password, self.post_message)
        self._loading: Event | None = Event()
        """Set to cancel the opening; None when nothing is being opened."""
        self._again = False
        """Whether there is more to open, or other settings hold, once the opening that goes on has ended."""
        self._collection: Collection | None = None
        self._reader = self._encoder = ""
        self._failure: DocqaError | None = None
        self._offered: list[bool | None] = []
        self._settings = settings
        self._password = password
        self._flags = dict(flags or {})
        self._animation_level = self.animation_level
        """The level that the environment asks for."""
        self._move_or_not()
        self._models: ModelsScreen | None = None
        self._comparison: CompareScreen | None = None
        self._to_keep: list[str] = []
        self._troubles: set[str] = set()
        """What was said of what goes wrong and stops nothing: once is enough."""
        self._named = self._loader.paths
        self._recovery = Recovery(self.post_message)
        self._keeping: Worker[None] | None = None
        self.training = TrainingScreen(settings.device)
        self.install_screen(self.training, "training")  # Closed, it goes on.

    def get_default_screen(self) -> Screen[None]:
        """The screen with the panes."""
        self.main = MainScreen()
        return self.main

    def on_ready(self) -> None:
        """The first frame is on the screen: begin to open the documents."""
        if self.main.focused is None:  # In a browser, where Textual begins as if the keys went elsewhere.
            self.main.question.focus()
        self.open_documents(self._loading or Event())
        self.look_for_session()
        self.set_interval(_LOOK, self.look_at_files)
        self.set_interval(_KEEP, self._keep_session)
        self.theme_changed_signal.subscribe(self, self._theme_chosen)
        self._refresh()

    def _theme_chosen(self, theme: Theme) -> None:
        try:
            remembered.remember_theme(theme.name)
        except DocqaError as error:
            self._warn(error)

    def on_unmount(self) -> None:
        """Tell the workers that nobody waits for them any more."""
        for event in filter(None, [self._loading, *(asked.cancel for asked in self.session.asked)]):
            event.set()
        if not self.return_code:  # Else it crashed.
            self._recovery.end()
        self.training.stop()

    # --- workers ---

    @work(thread=True, group="opening")
    def open_documents(self, cancel: Event) -> None:
        """Open the documents, in a thread."""
        self._loader.run(cancel)

    @work(thread=True, group="looking", exclusive=True)
    def look_at_files(self) -> None:
        """See whether a file changed, in a thread: a disk may be slow to say."""
        self._loader.look()

    @work(thread=True, group="looking-back")
    def look_for_session(self) -> None:
        """See whether a crash left a session of these documents, in a thread."""
        if self._settings.cache:
            self._recovery.look(self._named)
        else:
            self.post_message(messages.SessionLookedFor(None))

    @work(thread=True, group="keeping")
    def keep_session(self, state: Unfinished) -> None:
        """Keep what a crash would cost, in a thread."""
        self._recovery.write(state)

    @work(thread=True, group="asking")
    def answer(self, collection: "Collection", asked: Asked) -> None:
        """Answer a question, in a thread."""
        answer(collection, asked, self.post_message)

    @work(thread=True, group="teaching")
    def teach(self, asked: Asked, verdict: teaching.Verdict) -> None:
        """Keep what the person says is right, in a thread."""
        keep(asked, verdict, list(self.main.documents.rows), self.post_message)

    # --- what they report about documents ---

    @on(messages.EngineStarted)
    def _engine_started(self, message: messages.EngineStarted) -> None:
        self._reader, self._encoder = message.reader, message.encoder
        if self._models is not None:
            self._models.show_used(self._used)
        self._refresh()

    @on(messages.DocumentsFound)
    def _documents_found(self, message: messages.DocumentsFound) -> None:
        self.main.documents.found(message.names)
        self.main.question.recall_from(message.asked_before)
        self._keep()
        self._refresh()

    @on(messages.ProgressReported)
    def _progress_reported(self, message: messages.ProgressReported) -> None:
        self.main.documents.advanced(message.progress)
        self.main.show_header(self._reader)

    @on(messages.DocumentOpened)
    def _document_opened(self, message: messages.DocumentOpened) -> None:
        self.main.documents.opened(message.document)
        self._refresh()

    @on(messages.DocumentFailed)
    def _document_failed(self, message: messages.DocumentFailed) -> None:
        self.main.documents.failed(message.name, message.error)
        self._refresh()

    @on(messages.DocumentsOpened)
    def _documents_opened(self, message: messages.DocumentsOpened) -> None:
        self._loading, self._collection = None, message.collection
        if self._again:
            self.action_reopen()
            return
        pane = self.main.documents
        if message.cancelled:
            pane.stopped()
            self._say(f"Stopped opening documents: {pane.summary()}. r opens the others.")
        pane.finished()
        self._start_next()

    @on(messages.DocumentsChanged)
    def _documents_changed(self, message: messages.DocumentsChanged) -> None:
        if self._loading is None and self.main.documents.mark_changed(message.names):
            names = ", ".join(Path(name).name for name in message.names)
            self._say(f"Changed since it was opened: {names}. r reads it again.")
            self._refresh_keys()

    @on(messages.OpeningFailed)
    def _opening_failed(self, message: messages.OpeningFailed) -> None:
        self._loading, self._failure = None, message.error
        if self._again:
            self.action_reopen()
            return
        self.main.documents.stopped()
        self.session.fail_waiting(message.error)
        if self.shown is not None or self.screen is not self.main:
            self._warn(message.error, severity="error")  # Where the hint would stand is something else.
        self._refresh()

    # --- what they report about questions ---

    @on(messages.ReadingReported)
    def _reading_reported(self, message: messages.ReadingReported) -> None:
        message.asked.to_read = message.progress.total
        self._refresh_if_shown(message.asked)

    @on(messages.AnswersFound)
    def _answers_found(self, message: messages.AnswersFound) -> None:
        if message.asked.state is session.State.READING:  # Else cancelled; the worker has yet to notice.
            message.asked.result, message.asked.evidence = message.result, message.evidence
            message.asked.best = message.best
            self._refresh_if_shown(message.asked)

    @on(messages.QuestionAnswered)
    def _question_answered(self, message: messages.QuestionAnswered) -> None:
        self.session.end(message.asked, session.State.DONE)
        self._start_next()

    @on(messages.QuestionFailed)
    def _question_failed(self, message: messages.QuestionFailed) -> None:
        self.session.end(message.asked, session.State.FAILED, message.error)
        self._start_next()

    @on(messages.QuestionCancelled)
    def _question_cancelled(self, message: messages.QuestionCancelled) -> None:
        self.session.end(message.asked, session.State.CANCELLED)
        self._start_next()

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

    @on(messages.Troubled)
    def _troubled(self, message: messages.Troubled) -> None:
        if message.error.message not in self._troubles:
            self._troubles.add(message.error.message)
            self._warn(message.error)

    @on(messages.SessionLookedFor)
    def _session_looked_for(self, message: messages.SessionLookedFor) -> None:
        left = message.left

        def decided(restored: bool | None) -> None:
            if left is not None and restored:
                self._recovery.take_up(left)
                self._restore(left.state)
                return
            if left is not None:
                self.run_worker(left.drop, thread=True)
            if not self._named:
                self.action_open()

        if left is not None:
            self.push_screen(RestoreScreen(left.state), decided)
        else:
            decided(False)

    # --- what the person does ---

    @on(Input.Submitted, "#question")
    def _question_submitted(self, event: Input.Submitted) -> None:
        question = " ".join(event.value.split())
        if not question:
            self._say("Type a question first.")
            return
        self._ask(question)
        self.main.answers.list.focus()
        self._start_next()

    def _ask(self, question: str) -> None:
        self.main.question.remember(question)
        self._to_keep.append(question)
        self._keep()
        self.shown = self.session.ask(question)
        if self._failure is not None and self._loading is None:
            self.session.fail_waiting(self._failure)

    def _keep(self) -> None:
        """Keep the questions for the next session, as soon as it is known of which documents they are asked."""
        names = self.main.documents.rows
        if not self._settings.cache or not names:
            return
        try:
            while self._to_keep:
                history.remember(self._to_keep.pop(0), names)
        except DocqaError as error:
            self.post_message(messages.Troubled(error))

    def _keep_session(self) -> None:
        asked = [one.question for one in self.session.asked if one.state is not session.State.CANCELLED]
        state = Unfinished(self._named, self._loader.paths, tuple(asked), self.main.question.unasked)
        idle = self._keeping is None or self._keeping.is_finished
        if self._settings.cache and idle and self._recovery.due(state):
            self._keeping = self.keep_session(state)

    def _restore(self, state: Unfinished) -> None:
        """Open and ask again what was, and put back what was being typed, before what is typed by now."""
        typed = " ".join(filter(None, [state.typed, self.main.question.value]))
        if history.document_set(state.opened) != history.document_set(self._loader.paths):
            self.open(map(called, state.opened), instead=True)
        for question in state.asked:
            self._ask(question)
        self.main.question.value = typed
        self.main.question.cursor_position = len(typed)
        self.main.question.focus()
        self._start_next()

    @on(OptionList.OptionHighlighted, "#questions")
    def _question_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_list.highlighted == event.option_index:
            self.shown = self.session.asked[event.option_index]
            self._refresh()

    @on(OptionList.OptionSelected, "#questions")
    def _question_selected(self) -> None:
        self.main.answers.list.focus()

    @on(messages.AnswerSelected)
    def _answer_selected(self, message: messages.AnswerSelected) -> None:
        self.main.show_answer(message.answer, self.shown.evidence if self.shown else {})
        self._refresh_keys()

    def action_focus_question(self) -> None:
        """Go to the question's line."""
        self.main.ask()

    def action_recall(self) -> None:
        """Choose a question asked before, of these documents or others, to edit and ask again."""
        kept = history.questions(self.main.documents.rows, history.entries())

        def fitting(typed: str) -> list[tuple[Content, str]]:
            return matching(typed, ((question, (Content(flat(question)), question)) for question in kept))

        nothing = "No question like that was asked." if kept else "No question was asked yet."
        self.push_screen(
            ChooseScreen("Questions asked before", "Type some of it", fitting, nothing=nothing), self._recall
        )

    def _recall(self, question: str | None) -> None:
        if question is not None:
            self.main.question.value = question
            self.main.question.cursor_position = len(question)
            self.main.ask()

    def action_export(self) -> None:
        """Write the questions and answers to a file."""
        self.push_screen(ExportScreen(self.session.results))

    def action_move(self, step: int) -> None:
        """Select another answer."""
        self.main.answers.move(step)

    def action_copy(self) -> None:
        """Copy the selected answer with its citation."""
        selected = self.main.answers.selected
        if selected is not None:
            self.copy_to_clipboard(f"{flat(selected.text)} ({cited(selected)})")
            self._say(f"Copied: {flat(selected.text)}")

    def action_copy_passage(self) -> None:
        """Copy the sentences around the selected answer with their citation."""
        selected = self.main.answers.selected
        if selected is not None:
            self.copy_to_clipboard(f"“{flat(selected.passage)}” ({cited(selected)})")
            self._say(f"Copied: {flat(selected.passage)}")

    @work(thread=True, group="viewing")
    def action_view(self) -> None:
        """Open the document in the system's viewer, at the selected answer's page."""
        selected, document = self.main.answers.selected, self.main.page.document
        if document is None:
            return
        page = selected.page if selected and selected.document == document.name else None
        try:
            if self.is_web:  # The person is where the browser is, and that may be far from here.
                opened, name, kind = viewer.to_deliver(document.name)
                self.call_from_thread(
                    self.deliver_binary, opened, save_filename=name, open_method="browser", mime_type=kind
                )
            else:
                viewer.show(document.name, page, self._settings.viewer)
        except DocqaError as error:
            self._warn(error)

    def action_confirm(self) -> None:
        """Say that the selected answer is right."""
        selected = self.main.answers.selected
        document = self.main.document(selected.document) if selected else None
        if selected is not None and document is not None:
            verdict = teaching.confirm(selected, document)
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
                    lambda typed: teaching.choices(typed, asked.shown, open_now),
                    nothing="This doesn't stand in these documents.",
                ),
                self._corrected,
            )

    def _corrected(self, chosen: teaching.Chosen | None) -> None:
        if chosen is teaching.ON_PAGE:
            self.main.action_select()
        elif chosen is not None:
            self._judge(chosen)

    @on(messages.SpanChosen)
    def _span_chosen(self, message: messages.SpanChosen) -> None:
        place = message.document, message.start, message.end
        if self.shown is None:
            self._say("Ask a question first (i): then Enter says that this is its right answer.")
        elif self._judge(teaching.Verdict(answered=True, places=(place,))):
            self.main.page.select(None)

    def _judge(self, verdict: teaching.Verdict | None) -> bool:
        """Keep what the person says, and tell whether it can be."""
        if verdict is None or self.shown is None:
            return False
        unfit = teaching.unfit(verdict) or self._loader.too_long(verdict.text)
        if unfit is not None:
            self._warn(unfit)
            return False
        self.shown.verdict = verdict
        self.teach(self.shown, verdict)
        self._refresh()
        return True

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

    def action_models(self) -> None:
        """Show the readers and encoders on this machine."""
        if self._models is None:
            self._models = ModelsScreen(self._used)
            self.install_screen(self._models, "models")  # It outlives being closed: a pull goes on.
        self.push_screen(self._models)

    @property
    def _used(self) -> dict[Kind, str]:
        return {Kind.READER: self._reader, Kind.ENCODER: self._encoder}

    @on(ModelsScreen.Used)
    def _model_used(self, message: ModelsScreen.Used) -> None:
        settings, setting = self._settings, message.kind.value
        named = getattr(settings, setting)
        if named:  # Else the choice that was just made is what holds.
            self._flags[setting] = message.name
            settings = config.with_value(settings, setting, message.name)
            self._say(f"The settings name {named} as the {setting}: it answers again in the next session.")
        self.apply(settings, anew=True)

    @on(ModelsScreen.CompareWanted)
    def _compare(self, message: ModelsScreen.CompareWanted) -> None:
        asked = tuple(to_compare(self.session.asked))
        if self._collection is None or not asked:
            self._say("There is nothing to compare yet: ask a question first, and let it be answered.")
            return
        kept, wanted = self._comparison, Wanted(self._collection, message.name, asked)
        if kept is None or kept.wanted != wanted or kept.cancel.is_set():
            if kept is not None:
                self.uninstall_screen(kept)
                kept.remove()
            self._comparison = CompareScreen(wanted, self._password)
            self.install_screen(self._comparison, "comparison")  # As above.
        if self._comparison is not None:
            self.push_screen(self._comparison)

    def action_settings(self) -> None:
        """Show the settings, and change them."""
        self.push_screen(SettingsScreen(self._settings, self._flags, self._used))

    @on(SettingsScreen.Changed)
    def _settings_changed(self, message: SettingsScreen.Changed) -> None:
        self.apply(message.settings)

    def apply(self, settings: Settings, *, anew: bool = False) -> None:
        """Go on under other settings. `anew`: a model is another one, even if it is called the same."""
        changes = config.changes(self._settings, settings) | ({Applies.ANEW} if anew else set())
        self._settings = settings
        self._move_or_not()
        if not changes & {Applies.ANEW, Applies.NEXT}:
            return
        self._loader.use(settings, anew=Applies.ANEW in changes)
        if Applies.ANEW in changes:
            self._collection = None
            self.main.documents.close()
        self._again = True
        if self._loading is None:
            self.action_reopen()
        elif Applies.ANEW in changes:
            self._loading.set()  # What it brings is no longer wanted.

    def _move_or_not(self) -> None:
        self.animation_level = self._animation_level if self._settings.animations else "none"

    def action_open(self) -> None:
        """Choose documents to open."""
        self.push_screen(PickScreen(self.main.documents.rows), self._picked)

    def _picked(self, picked: Picked | None) -> None:
        if picked is not None:
            self.open(picked.paths, instead=picked.instead)
        elif not self.main.documents.rows:
            self.main.answers.list.focus()  # Where O is a key, and no letter.

    @on(PastingInput.Dropped)
    def _dropped(self, message: PastingInput.Dropped) -> None:
        self.open(map(called, message.paths))

    def open(self, paths: Iterable[str], *, instead: bool = False) -> None:
        """Open documents, with those that are open or instead of them. Questions asked keep their answers."""
        self._loader.take(paths, instead=instead)
        if instead:
            self._collection = None
            self.main.documents.close()
            self.main.page.show(None, None)
        if self._loading is None:
            self.action_reopen()
            return
        self._again = True
        if instead:
            self._loading.set()
        else:
            self._say("They are opened after those that are being opened now.")

    def action_train(self) -> None:
        """Train a reader, or see how the training stands."""
        self.push_screen(self.training)

    @on(TrainingScreen.Stood)
    def _training_stood(self, message: TrainingScreen.Stood) -> None:
        if message.brief != self.main.training:
            self.main.training = message.brief
            self.main.show_header(self._reader)
            self.screen.refresh()  # Where another screen lies over the header, that one paints it.

    @on(TrainingScreen.ReaderWanted)
    def _reader_wanted(self, message: TrainingScreen.ReaderWanted) -> None:
        try:
            models.use(message.name, Kind.READER)
        except (DocqaError, OSError) as error:
            self._warn(error if isinstance(error, DocqaError) else unexpected(error), severity="error")
        else:
            self._model_used(ModelsScreen.Used(Kind.READER, message.name))

    async def action_quit(self) -> None:
        """Quit; a training is stopped first, if the person agrees, and the second time at once."""
        if not self.training.running:
            self.exit()
        elif self.training.quitting:
            self.training.stop(self.exit)
        elif self.screen.id != "quitting":
            choices = [
                (Content("Stop it, with a checkpoint, and quit: T goes on with it next time"), True),
                (Content("Stay"), False),
            ]
            screen = ChooseScreen("A training is running", "Enter chooses", lambda _: choices, nothing="")
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

    def action_reopen(self) -> None:
        """Open what failed, was cancelled, or has changed."""
        self._again = False
        self._loading, self._failure = Event(), None
        self._loader.forget(self.main.documents.changed)
        self.main.documents.restart()
        self.open_documents(self._loading)
        self._refresh()

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

    def action_help(self) -> None:
        """Show every key and what it does."""
        self.push_screen(HelpScreen(groups(self.get_key_display, self._bound)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Whether a key does anything now; where not, the footer leaves it out."""
        if action == "focus_question":
            return not self.main.question.has_focus
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
            unopened = self.main.documents.count(State.FAILED) + self.main.documents.count(State.CANCELLED)
            return idle and bool(self._failure or unopened or self.main.documents.changed)
        return True

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Put the keys' actions into the command palette."""
        yield from super().get_system_commands(screen)
        for title, what, action in palette():
            namespace, _, name = action.partition("(")[0].rpartition(".")
            if (self.main if namespace else self).check_action(name, ()):
                yield SystemCommand(title, what, partial(self.run_action, action))

    # --- what is shown ---

    def _start_next(self) -> None:
        # A report may come in while the app is closing.
        if self._loading is None and self._collection is not None and self.is_running:
            asked = self.session.start_next()
            if asked is not None:
                self.answer(self._collection, asked)
        self._refresh()

    def _refresh_if_shown(self, asked: Asked) -> None:
        if asked is self.shown:
            self._refresh_answers()

    def _refresh(self) -> None:
        self.main.show_header(self._reader)
        self.main.show_questions(self.session, self.shown)
        self._refresh_answers()
        self._refresh_keys()

    def _refresh_answers(self) -> None:
        asked = self.shown
        if asked is None:
            self.main.show_hint(self._failure, loading=self._loading is not None)
            return
        reader = asked.result.reader if asked.result else self._reader
        waiting_for = "the documents to open" if self._loading else "the question before it"
        self.main.answers.show(asked, reader, waiting_for)

    def _refresh_keys(self) -> None:
        # The footer is made anew each time, which is slow to do for every report of a worker.
        offered = [self.check_action(action, ()) for action in ("move", "read_all", "reopen")]
        offered += [self.main.check_action(action, ()) for action in ("find", "next_place", "compare")]
        if offered != self._offered:
            self._offered = offered
            self.main.refresh_bindings()

    def _say(self, text: str) -> None:
        self.notify(plain(text), markup=False)

    def _warn(self, error: DocqaError, severity: SeverityLevel = "warning") -> None:
        self.notify(plain(f"{error.message}. {error.hint}"), markup=False, severity=severity, timeout=10)
