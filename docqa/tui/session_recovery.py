"""Saving what a crash would lose while the app runs, and finding what an earlier crash left."""

from collections.abc import Callable
from functools import partial

from docqa.errors import DocqaError
from docqa.tui.controller import QuestionController, View
from docqa.tui.state.file_suggestions import relative
from docqa.tui.state.session import QuestionState
from docqa.userdata import history
from docqa.userdata.crash_recovery import LeftoverSession, SessionFile, SessionState, claim_leftover_session


class SessionRecovery:
    """The session file of the running app, and the session that it restored, if any.

    The file is removed when the app quits. A restored session's file is kept until this one has its content.
    """

    def __init__(self, view: View, questions: QuestionController) -> None:
        self.paths = questions.loader.paths
        """The files and folders that the app was started with."""
        self._view = view
        self._questions = questions
        self._file = SessionFile()
        self._saved = SessionState()
        self._saving = False
        self._restored: LeftoverSession | None = None

    def find(self, found: Callable[[LeftoverSession | None], None]) -> None:
        """Look for a session that a crash left, in a thread; call `found` with it, or with None."""
        if not self._questions.settings.remembers:
            found(None)
            return

        def look() -> None:
            self._view.call_later(found, claim_leftover_session(self.paths))

        self._view.start("recovery", look)

    def save(self, draft: str) -> None:
        """Save the session and the question being typed, in a thread, unless they are saved already."""
        state = self._state(draft)
        nothing_to_lose = state.empty and self._saved.empty
        if self._questions.settings.remembers and not self._saving and state != self._saved and not nothing_to_lose:
            self._saving = True
            self._view.start("saving", partial(self._write, state))

    def _state(self, draft: str) -> SessionState:
        asked = [one for one in self._questions.session.asked if one.state is not QuestionState.CANCELLED]
        return SessionState(self.paths, self._questions.loader.paths, tuple(one.question for one in asked), draft)

    def _write(self, state: SessionState) -> None:
        try:
            self._file.write(state)
        except DocqaError as error:
            self._view.call_later(self._questions.warn_once, error)
        else:
            self._drop_restored()
            self._saved = state  # If it could not be saved, it is tried again: the disk may have room by then.
        self._saving = False

    def restore(self, session: LeftoverSession, draft: str) -> str:
        """Open a session's documents and ask its questions again; return its draft, followed by `draft`."""
        self._restored = session
        state = session.state
        if history.document_set(state.opened) != history.document_set(self._questions.loader.paths):
            self._questions.open(map(relative, state.opened), replace=True)
        for question in state.questions:
            self._questions.ask(question)
        return " ".join(filter(None, [state.draft, draft]))

    def discard(self, session: LeftoverSession) -> None:
        """Forget a session, in a thread."""
        self._view.start("recovery", session.discard)

    def end(self) -> None:
        """Leave nothing to restore: the app ends without a crash."""
        self._drop_restored()
        self._file.delete()

    def _drop_restored(self) -> None:
        if self._restored is not None:
            self._restored.discard()
            self._restored = None
