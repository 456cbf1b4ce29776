"""Opening documents and asking questions, without a user interface.

`DocqaApp` and `InlineApp` are views of one `QuestionController`. Events of the workers come in through `handle`, which
changes the controller's state and then has the view show it. All of it runs in the view's thread.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from docqa import config
from docqa.config import Applies, Settings
from docqa.errors import DocqaError
from docqa.tui.document_versions import DocumentVersions
from docqa.tui.formatting import cited, shortened
from docqa.tui.reading_on import ReadingOn, take, take_newer
from docqa.tui.state.session import AskedQuestion, QuestionSession, QuestionState, share_marks
from docqa.tui.view import View
from docqa.tui.workers import events
from docqa.tui.workers.document_loader import DocumentLoader, MakeEngine, default_engine
from docqa.tui.workers.events import WorkerEvent
from docqa.tui.workers.question_worker import answer
from docqa.userdata import history
from docqa.wording import counted

if TYPE_CHECKING:
    from docqa.answers import Answer, Citation, Result
    from docqa.collection import Collection
    from docqa.documents import Document
    from docqa.user_marks import UserMarks


_SEARCHES = 20
"""Questions whose searches are kept, to read on for them. Each has what was found in every window, half a megabyte."""


class QuestionController:
    """The documents, the settings and the questions of one session."""

    def __init__(
        self,
        view: View,
        paths: Sequence[str],
        settings: Settings,
        password: str | None = None,
        make_engine: MakeEngine = default_engine,
        *,
        remembers: bool = True,
        reads_on: bool = False,
    ) -> None:
        """If it `remembers`, it writes to the history of questions, and shows what was asked and marked before.

        If it `reads_on`, more is read for a question that was answered while nothing else is done.
        """
        self.settings = settings
        self.session = QuestionSession()
        self.shown: AskedQuestion | None = None
        """The question whose answers are shown."""
        self.cells: Callable[[], Iterable[AskedQuestion]] = tuple
        """Returns the cells of the matrix: questions that are asked beside those of the session."""
        self.collection: Collection | None = None
        """The open documents; None until they can be asked."""
        self.reader = ""
        """The name of the reader in use, "" before an engine has started."""
        self.encoder = ""
        """The name of the retriever's encoder, "" if it has none."""
        self.names: tuple[str, ...] = ()
        """The files that the paths were expanded to."""
        self.opening: Event | None = Event()
        """Set to cancel opening; None when nothing is being opened."""
        self.failure: DocqaError | None = None
        """Why no document can be opened."""
        self.loader = DocumentLoader(paths, settings, password, self._post, make_engine, remembers=remembers)
        self.reading_on = ReadingOn(view, self._post, self._start_next)
        self._reads_on = reads_on
        self._view = view
        self._remembers = remembers
        self._incomplete = False
        """Whether a document failed to open, or opening was cancelled."""
        self.versions = DocumentVersions(view.start, self._post)
        self._changed: set[str] = set()
        """Documents whose files changed on disk after they were opened."""
        self._reopen_next = False
        """Whether to open again, with other paths or settings, once the opening in progress ends."""
        self._unsaved: list[str] = []
        """Questions that are not in the history yet."""
        self._warnings: set[str] = set()
        """Messages of warnings that were shown: each is shown once."""

    def _post(self, event: WorkerEvent) -> None:
        self._view.call_later(self.handle, event)

    # --- documents ---

    def begin(self) -> None:
        """Open the documents."""
        self._start_opening(self.opening or Event())

    def _start_opening(self, cancel: Event) -> None:
        self.opening = cancel
        self.reading_on.stop()
        self._view.start("opening", partial(self.loader.run, cancel))

    def open(self, paths: Iterable[str], *, without: Sequence[str] = (), replace: bool = False) -> None:
        """Open more documents, `without` some, or `replace` the open ones. Questions keep their answers."""
        self.loader.add_paths(paths, without=without, replace=replace)
        if replace:
            self.names = ()
            self._close_documents(replaced=True)
        if self.opening is None:
            self.reopen()
            return
        self._reopen_next = True
        if replace:
            self.opening.set()
        else:
            self._view.say("These documents open after the ones that are opening now.")

    def reopen(self) -> None:
        """Open what failed, was cancelled or has changed."""
        self._reopen_next = False
        self._incomplete, self.failure = False, None
        self.loader.forget(self._changed)
        self._changed.clear()
        self._start_opening(Event())
        self._view.update(events.OpeningStarted())

    def close_documents(self, names: Sequence[str]) -> str:
        """Close some documents, and name them. Opening them again undoes it. Questions keep their answers."""
        self.loader.close(closed := frozenset(names))
        self.names = tuple(name for name in self.names if name not in closed)
        self._changed -= closed
        self._view.update(events.DocumentsRemoved(closed))
        if self.opening is None and self.collection is not None:
            # In a thread: what remains is indexed anew. Questions wait meanwhile.
            self.opening = Event()
            self._view.start("opening", partial(self.loader.rebuild, self.collection))
        return shortened(Path(names[0]).name, 40) if len(names) == 1 else counted(len(names), "document")

    def _close_documents(self, *, replaced: bool) -> None:
        self.collection = None
        self.session.forget_readings()  # They keep the reader, which would be in memory beside another that is loaded.
        self._view.update(events.DocumentsClosed(replaced))

    @property
    def can_reopen(self) -> bool:
        """Whether `reopen` would do anything, and nothing else is in progress."""
        idle = self.opening is None and self.session.running is None
        return idle and bool(self.failure or self._incomplete or self._changed)

    def cancel_opening(self) -> bool:
        """Cancel opening the documents; return whether they were being opened."""
        if self.opening is None:
            return False
        self.opening.set()  # The loader then posts `DocumentsOpened`.
        return True

    @property
    def documents(self) -> "tuple[Document, ...]":
        """The documents that are open, as far as they are opened, in their order."""
        newest = self.versions.newest
        return tuple(newest[name] for name in self.names if name in newest)

    def check_files(self) -> None:
        """Find out which files changed on disk."""
        self._view.start("checking files", self.loader.check_files)

    def changed_on_disk(self, name: str) -> bool:
        """Whether the file of an open document is known to have changed after it was opened."""
        return name in self._changed

    def cited(self, place: "Answer | Citation") -> str:
        """Return a citation to take along: of a file that has changed on disk, it is one of an earlier version."""
        return cited(replace(place, outdated=place.outdated or self.changed_on_disk(place.document)))

    @property
    def results(self) -> "list[Result]":
        """The results of the answered questions; what is from files that have changed on disk is marked."""
        from docqa.earlier_versions import mark_outdated

        return [mark_outdated(result, self._changed) for result in self.session.results]

    def use_settings(self, settings: Settings, *, model_changed: bool = False) -> None:
        """Apply settings. `model_changed`: a model was replaced by another one of the same name."""
        changes = config.changes(self.settings, settings) | ({Applies.REOPEN} if model_changed else set())
        self.settings = settings
        reload = Applies.REOPEN in changes
        if not reload and Applies.NEXT_QUESTION not in changes:
            return
        self.loader.use_settings(settings, reload=reload)
        if reload:
            self._close_documents(replaced=False)
        if self.opening is None:
            self.reopen()
            return
        self._reopen_next = True
        if reload:
            self.opening.set()

    def close(self) -> None:
        """Cancel all work: the view is closing."""
        self.reading_on.stop()
        for event in filter(None, [self.opening, *(asked.cancel for asked in self.session.asked)]):
            event.set()

    # --- questions ---

    def ask(self, question: str, only: frozenset[str] = frozenset()) -> AskedQuestion:
        """Queue a question, show it, save it to the history, and return it. `only`: as in `AskedQuestion`."""
        self.shown = asked = self.session.ask(question, only)
        self._view.update(events.QuestionAsked(asked))
        self._unsaved.append(question)
        self._save_history()
        if self.failure is not None and self.opening is None:
            self.session.fail_queued(self.failure)
        self._start_next()
        return asked

    def find_kept(self) -> None:
        """Look for the answers of an earlier session in the documents, unless these are still being opened."""
        if self.opening is None:
            self.versions.find_kept(self.session.asked, self.documents)

    def mark(self, asked: AskedQuestion, marks: "UserMarks") -> None:
        """Show what the user said about the answers to a question, wherever else it was asked of the same documents."""
        share_marks(asked, marks, (asked, *self.session.asked, *self.cells()))
        self._view.update()

    def read_all(self, entirely: frozenset[str] = frozenset()) -> None:
        """Read every window for the question that is shown, or those of the documents with these names."""
        if self.shown is not None:
            self.session.ask_again(self.shown, entirely)
            self._start_next()

    def show_newer(self) -> None:
        """Show what reading on has found since."""
        if self.shown is not None and take_newer(self.shown):
            self.versions.refind(self.shown)
            self._view.update()

    @property
    def can_read_all(self) -> bool:
        """Whether the question that is shown has unread windows."""
        return bool(self.shown and not self.shown.pending and self.shown.unread)

    def cancel_question(self) -> AskedQuestion | None:
        """Cancel the question being read, else the last one queued; return it."""
        if (cancelled := self.session.cancel()) is not None:
            self._view.update()
        return cancelled

    def show(self, asked: AskedQuestion) -> None:
        """Show the answers to a question, and what was found for it since."""
        if asked is not self.shown and take_newer(asked):
            self.versions.refind(asked)
        self.shown = asked
        self._start_next()

    @property
    def waiting_for(self) -> str:
        """What a queued question waits for."""
        return "the question before it" if self.opening is None else "the documents to open"

    def _start_next(self) -> None:
        if self.opening is None and self.collection is not None:
            # A search is continued by one worker at a time, and what is read on is no longer urgent.
            waits = self.session.waiting and not self.reading_on.stop()
            asked = None if waits else self.session.start_next()
            if asked is not None:
                recalls = self._remembers and asked.marks is None
                self._view.start("asking", partial(answer, self.collection, asked, self._post, recalls=recalls))
            elif self._reads_on and self.session.running is None:
                self.reading_on.begin(self.shown, self.collection, self.settings.read_on)
        self._view.update()

    def _save_history(self) -> None:
        """Save the questions, once it is known which documents they are asked of."""
        if not (self._remembers and self.settings.remembers and self.names):
            return
        try:
            while self._unsaved:
                history.remember(self._unsaved[0], self.names)
                del self._unsaved[0]  # Only now: what can't be saved is tried again with the next question.
        except DocqaError as error:
            self.warn_once(error)

    # --- events ---

    def handle(self, event: WorkerEvent) -> None:
        """Change the state according to an event and have the view show it."""
        if isinstance(event, events.WarningRaised):
            self.warn_once(event.error)
            return
        if isinstance(event, events.FilesLeftOut):
            self._view.say(event.told)
            return
        up_to_date = True
        if isinstance(event, events.QuestionEvent):
            up_to_date = self._handle_question(event)
        elif isinstance(event, events.MoreFound):
            if event.asked.state is QuestionState.DONE and take(event.asked, event.found, self.shown):
                self.versions.refind(event.asked)
        elif isinstance(event, events.ReadingOnProgressed | events.ReadingOnEnded):
            self.reading_on.handle(event)
        else:
            up_to_date = self._handle_document(event)
        if up_to_date:
            self._view.update(event)

    def _handle_document(self, event: events.DocumentEvent) -> bool:
        """Return whether to show the event: False if it is out of date."""
        match event:
            case events.EngineStarted():
                self.reader, self.encoder = event.reader, event.encoder
            case events.DocumentsFound():
                self.names = event.names
                self._save_history()
            case events.DocumentOpened():
                # A cell of the matrix may be shown, which is no question of the session.
                shown = {self.shown} - {None, *self.session.asked}
                self.versions.opened(event.document, [*self.session.asked, *filter(None, shown)])
            case events.DocumentFailed():
                self._incomplete = True
            case events.DocumentsOpened() | events.OpeningFailed():
                self._opening_ended(event)
                return self.opening is None  # If not, opening has started again.
            case events.DocumentsChanged():
                if self.opening is not None:
                    return False  # The changed files may be opened right now.
                self._files_changed(event.names)
        return True

    def _handle_question(self, event: events.QuestionEvent) -> bool:
        """Return whether to show the event: False if it is out of date."""
        asked = event.asked
        match event:
            case events.ReadingProgressed():
                asked.to_read = event.progress.total
            case events.ReadingBegun():
                asked.reading = event
                for early in self.session.asked[:-_SEARCHES]:
                    early.reading = None
                return False
            case events.AnswersFound():
                if asked.state is not QuestionState.READING:
                    return False  # Cancelled, and the worker has not noticed yet.
                asked.found, asked.newer, asked.new_spans = event, None, frozenset()
                self.versions.refind(asked)
            case events.AnswersMoved():
                return self.versions.take_moved(event)
            case events.KeptFound():
                return self.versions.take_kept(event)
            case events.MarksRecalled():
                asked.marks = asked.marks or event.marks
                self.versions.refind(asked)  # They may be in an earlier version, too.
            case _ if isinstance(event, events.QuestionEnded):
                self._end(event)
        return True

    def _opening_ended(self, event: events.DocumentsOpened | events.OpeningFailed) -> None:
        self.opening = None
        if isinstance(event, events.DocumentsOpened):
            self.collection = event.collection
            self.session.forget_readings()
            self._incomplete = self._incomplete or event.cancelled
        else:
            self.failure = event.error
        if self._reopen_next:
            self.reopen()
        elif self.failure is not None:
            self.session.fail_queued(self.failure)
        else:
            self.find_kept()
            self._start_next()

    def _files_changed(self, names: Iterable[str]) -> None:
        if new := [name for name in names if name not in self._changed]:
            self._changed.update(new)
            self._view.say(f"Changed on disk: {', '.join(Path(name).name for name in new)}. Press r to reopen.")

    def _end(self, event: events.QuestionEnded) -> None:
        if isinstance(event, events.QuestionFailed):
            self.session.end(event.asked, QuestionState.FAILED, event.error)
        else:
            answered = isinstance(event, events.QuestionAnswered)
            self.session.end(event.asked, QuestionState.DONE if answered else QuestionState.CANCELLED)
        self._start_next()

    def warn(self, error: DocqaError) -> None:
        """Show a warning."""
        self._view.warn(error)

    def warn_once(self, error: DocqaError) -> None:
        """Show a warning, unless it was shown before."""
        if error.message not in self._warnings:
            self._warnings.add(error.message)
            self.warn(error)
