"""The app's core: documents are opened, questions answered, and what the workers report of it is shown."""

import gc
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import App
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widgets import Input, OptionList

from docqa import config
from docqa.config import Applies, Settings
from docqa.errors import DocqaError
from docqa.tui import messages
from docqa.tui.formatting import plain
from docqa.tui.screens.main import MainScreen
from docqa.tui.screens.pick import PickScreen
from docqa.tui.state import session
from docqa.tui.state.file_suggestions import PickedDocuments, relative
from docqa.tui.state.session import AskedQuestion, QuestionSession
from docqa.tui.widgets.inputs import PastingInput
from docqa.tui.workers.tasks import DocumentLoader, answer
from docqa.userdata import history

if TYPE_CHECKING:
    from docqa.engine import Collection

_LOOK = 2.0  # Seconds between two looks at whether a file changed.
_NEVER = 1_000_000  # Collections of the younger generation before one of the oldest.


class BaseApp(App[None]):
    """What there is without a key: `DocqaApp` adds them."""

    def __init__(self, paths: Sequence[str], settings: Settings, password: str | None) -> None:
        super().__init__()
        self.session = QuestionSession()
        self.shown: AskedQuestion | None = None
        """The question whose answers are shown."""
        self._loader = DocumentLoader(paths, settings, password, self.post_message)
        self._loading: Event | None = Event()
        """Set to cancel the opening; None when nothing is being opened."""
        self._again = False
        """Whether there is more to open, or other settings hold, once the opening that goes on has ended."""
        self._collection: Collection | None = None
        self._reader = self._encoder = ""
        self._failure: DocqaError | None = None
        self._offered: list[bool | None] = []
        self._settings = settings
        self._animation_level = self.animation_level
        """The level that the environment asks for."""
        self._move_or_not()
        self._to_keep: list[str] = []
        self._troubles: set[str] = set()
        """What was said of what goes wrong and stops nothing: once is enough."""
        self._grave_until = 0.0
        """Until when a warning is shown, by `time.monotonic`."""

    def get_default_screen(self) -> Screen[None]:
        """The screen with the panes."""
        self.main = MainScreen()
        return self.main

    def on_ready(self) -> None:
        """The first frame is on the screen: begin to open the documents."""
        # A collection of the oldest generation looks at every object of every document and library, and all else waits
        # for a quarter of a second. What dies young is collected as ever, and little else has cycles.
        gc.set_threshold(*gc.get_threshold()[:2], _NEVER)
        if self.main.focused is None:  # In a browser, where Textual begins as if the keys went elsewhere.
            self.main.question.focus()
        self.open_documents(self._loading or Event())
        self.set_interval(_LOOK, self.look_at_files)
        self._refresh()

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
    def answer(self, collection: "Collection", asked: AskedQuestion) -> None:
        """Answer a question, in a thread."""
        answer(collection, asked, self.post_message)

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
        if self.main.page.document is None:  # It can be read, searched and gone through before anything is asked.
            self.main.page.show(message.document, None)
            self.main.documents.set_current(message.document.name)
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
        if message.asked.state is session.QuestionState.READING:  # Else cancelled; the worker has yet to notice.
            message.asked.result, message.asked.evidence = message.result, message.evidence
            message.asked.best = message.best
            self._refresh_if_shown(message.asked)

    @on(messages.QuestionAnswered)
    def _question_answered(self, message: messages.QuestionAnswered) -> None:
        self.session.end(message.asked, session.QuestionState.DONE)
        self._start_next()

    @on(messages.QuestionFailed)
    def _question_failed(self, message: messages.QuestionFailed) -> None:
        self.session.end(message.asked, session.QuestionState.FAILED, message.error)
        self._start_next()

    @on(messages.QuestionCancelled)
    def _question_cancelled(self, message: messages.QuestionCancelled) -> None:
        self.session.end(message.asked, session.QuestionState.CANCELLED)
        self._start_next()

    @on(messages.Troubled)
    def _troubled(self, message: messages.Troubled) -> None:
        if message.error.message not in self._troubles:
            self._troubles.add(message.error.message)
            self._warn(message.error)

    # --- what is asked ---

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

    def _start_next(self) -> None:
        # A report may come in while the app is closing.
        if self._loading is None and self._collection is not None and self.is_running:
            asked = self.session.start_next()
            if asked is not None:
                self.answer(self._collection, asked)
        self._refresh()

    # --- what is open ---

    def action_open(self) -> None:
        """Choose documents to open."""
        self.push_screen(PickScreen(self.main.documents.rows), self._picked)

    def _picked(self, picked: PickedDocuments | None) -> None:
        if picked is not None:
            self.open(picked.paths, instead=picked.instead)
        elif not self.main.documents.rows:
            self.main.answers.list.focus()  # Where O is a key, and no letter.

    @on(PastingInput.PathsDropped)
    def _dropped(self, message: PastingInput.PathsDropped) -> None:
        self.open(map(relative, message.paths))

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

    def action_reopen(self) -> None:
        """Open what failed, was cancelled, or has changed."""
        self._again = False
        self._loading, self._failure = Event(), None
        self._loader.forget(self.main.documents.changed)
        self.main.documents.restart()
        self.open_documents(self._loading)
        self._refresh()

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

    # --- what is shown ---

    def _refresh_if_shown(self, asked: AskedQuestion) -> None:
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

    @on(MainScreen.Covered)
    def _covered(self) -> None:
        if monotonic() > self._grave_until:
            self.clear_notifications()

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a notice. A warning stays for its time, whatever is opened meanwhile."""
        if severity != "information":
            self._grave_until = monotonic() + (timeout or self.NOTIFICATION_TIMEOUT)
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def _say(self, text: str) -> None:
        self.notify(plain(text), markup=False)

    def _warn(self, error: DocqaError, severity: SeverityLevel = "warning") -> None:
        # As the answers pane has it: messages begin small, and would look broken after a full stop.
        said = f"{error.message}\n→ {error.hint}" if error.hint else error.message
        self.notify(plain(said), markup=False, severity=severity, timeout=10)
