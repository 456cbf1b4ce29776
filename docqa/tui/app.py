"""The app: what happens when a key is pressed or a worker reports. What is shown is the panes' business."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.content import Content
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.theme import Theme
from textual.widgets import Input, OptionList

from docqa import history, models
from docqa.config import Settings
from docqa.errors import DocqaError
from docqa.models import Kind
from docqa.tui import choosing_models, messages, remembered, session, teaching, viewer
from docqa.tui.choosing import ChooseScreen, matching
from docqa.tui.export import ExportScreen
from docqa.tui.help import HelpScreen, check, groups
from docqa.tui.keys import KEYS, palette
from docqa.tui.main import MainScreen
from docqa.tui.session import Asked, Session
from docqa.tui.text import cited, counted, flat, plain
from docqa.tui.widgets.documents import State
from docqa.tui.work import Loader, answer, keep

if TYPE_CHECKING:
    from docqa.engine import Collection

_LOOK = 2.0  # Seconds between two looks at whether a file changed.


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
    ) -> None:
        """`keys` are those that the person bound anew, by the bindings' ids; `DocqaError` if there is no such id."""
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
        self._collection: Collection | None = None
        self._reader = self._encoder = ""
        self._failure: DocqaError | None = None
        self._offered: list[bool | None] = []
        self._viewer = settings.viewer
        self._keeps = settings.cache
        """Whether questions are kept for the next session."""
        self._to_keep: list[str] = []
        self._unkept = False
        """Whether it was said that questions can't be kept."""

    def get_default_screen(self) -> Screen[None]:
        """The screen with the panes."""
        self.main = MainScreen()
        return self.main

    def on_ready(self) -> None:
        """The first frame is on the screen: begin to open the documents."""
        if self.main.focused is None:  # In a browser, where Textual begins as if the keys went elsewhere.
            self.main.question.focus()
        self.open_documents(self._loading or Event())
        self.set_interval(_LOOK, self.look_at_files)
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

    # --- workers ---

    @work(thread=True, group="opening")
    def open_documents(self, cancel: Event) -> None:
        """Open the documents, in a thread."""
        self._loader.run(cancel)

    @work(thread=True, group="looking", exclusive=True)
    def look_at_files(self) -> None:
        """See whether a file changed, in a thread: a disk may be slow to say."""
        self._loader.look()

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
        self.main.documents.stopped()
        self.session.fail_waiting(message.error)
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
        self._say(f"{kept} kept. To learn from {them}: docqa finetune {shlex.quote(message.file)}")

    @on(messages.CorrectionFailed)
    def _correction_failed(self, message: messages.CorrectionFailed) -> None:
        message.asked.verdict = None
        self._refresh()
        self._warn(message.error, severity="error")

    # --- what the person does ---

    @on(Input.Submitted, "#question")
    def _question_submitted(self, event: Input.Submitted) -> None:
        question = " ".join(event.value.split())
        if not question:
            self._say("Type a question first.")
            return
        self.main.question.remember(question)
        self._to_keep.append(question)
        self._keep()
        self.shown = self.session.ask(question)
        if self._failure is not None and self._loading is None:
            self.session.fail_waiting(self._failure)
        self.main.answers.list.focus()
        self._start_next()

    def _keep(self) -> None:
        """Keep the questions for the next session, as soon as it is known of which documents they are asked."""
        names = self.main.documents.rows
        if not self._keeps or not names:
            return
        try:
            while self._to_keep:
                history.remember(self._to_keep.pop(0), names)
        except DocqaError as error:
            if not self._unkept:
                self._warn(error)
            self._unkept = True  # Once is enough.

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
        self.main.question.focus()

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
            self.main.question.focus()

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
                viewer.show(document.name, page, self._viewer)
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
                self._judge,
            )

    def _judge(self, verdict: teaching.Verdict | None) -> None:
        if verdict is not None and self.shown is not None:
            self.shown.verdict = verdict
            self.teach(self.shown, verdict)
            self._refresh()

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

    def action_choose_model(self) -> None:
        """Choose the reader or the retriever's encoder, for now and from now on."""
        listed = choosing_models.listed({Kind.READER: self._reader, Kind.ENCODER: self._encoder})
        screen = ChooseScreen(
            "Readers and encoders",
            "Type some of a name; docqa models pull brings others",
            lambda typed: matching(typed, listed),
            nothing="No model on this machine is called so.",
        )
        self.push_screen(screen, self._use_model)

    def _use_model(self, chosen: tuple[Kind, str] | None) -> None:
        if chosen is None:
            return
        kind, name = chosen
        try:
            models.use(name, kind)
        except (DocqaError, OSError) as error:
            self.notify(plain(str(error)), markup=False, severity="error", timeout=10)
            return
        self._loader.use(kind, name)
        self._collection = None
        self.main.documents.close()
        self.action_reopen()
        self._say(f"The {kind} is now {name}. What was asked keeps its answers; ask again to compare.")

    def action_reopen(self) -> None:
        """Open what failed, was cancelled, or has changed."""
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
        if action == "choose_model":
            return self._loading is None
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
        offered += [self.main.check_action(action, ()) for action in ("find", "next_place")]
        if offered != self._offered:
            self._offered = offered
            self.main.refresh_bindings()

    def _say(self, text: str) -> None:
        self.notify(plain(text), markup=False)

    def _warn(self, error: DocqaError, severity: SeverityLevel = "warning") -> None:
        self.notify(plain(f"{error.message}. {error.hint}"), markup=False, severity=severity, timeout=10)
