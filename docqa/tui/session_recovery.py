"""Keeping the session of the running app, and going on with an earlier one."""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from docqa.errors import DocqaError
from docqa.tui.controller import QuestionController
from docqa.tui.matrix_controller import MatrixController
from docqa.tui.state.file_suggestions import relative
from docqa.tui.state.session import AskedQuestion, QuestionState
from docqa.tui.view import View
from docqa.userdata import sessions
from docqa.userdata.kept_spans import absolute
from docqa.userdata.sessions import KeptSession, SessionFile, SessionQuestion, SessionState
from docqa.wording import counted

if TYPE_CHECKING:
    from docqa.answers import Result
    from docqa.kept_results import KeptResult
    from docqa.user_marks import UserMarks

_Saved = tuple["Result | None", "UserMarks | None"]


class SessionRecovery:
    """The session file of the running app, and the sessions that it went on with, if any.

    It stays when the app quits, marked as ended. The file of a session that was restored is deleted when this one has
    its content.
    """

    def __init__(self, view: View, questions: QuestionController, matrix: MatrixController) -> None:
        self.paths = questions.loader.paths
        """The files and folders that the app was started with."""
        self._view = view
        self._questions = questions
        self._matrix = matrix
        self._file = SessionFile()
        self._state = SessionState()
        """As it was saved last."""
        self._answers: dict[AskedQuestion, _Saved] = {}
        """The answers that were saved last."""
        self._saving = False
        self._restored: list[KeptSession] = []
        self._cells: dict[KeptSession, list[KeptResult | None]] = {}
        """The cells of the matrix of sessions that were found; None for one that can't be read."""

    # --- keeping ---

    def save(self, draft: str, ticked: Iterable[str] = ()) -> None:
        """Save the session and the question being typed, in a thread, unless they are saved already."""
        state, changed = self._current(draft, ticked), self._changed()
        nothing_to_lose = state.empty and self._state.empty
        if not self._questions.settings.remembers or self._saving or nothing_to_lose:
            return
        if state != self._state or changed:
            self._saving = True
            self._view.start("saving", partial(self._write, state, changed))

    def _current(self, draft: str, ticked: Iterable[str]) -> SessionState:
        shown = self._questions.shown
        asked = (SessionQuestion(one.number, one.question, tuple(sorted(one.only))) for one in self._asked())
        return SessionState(
            arguments=self.paths,
            opened=self._questions.loader.paths,
            documents=self._questions.names,
            questions=tuple(asked),
            draft=draft,
            ticked=tuple(sorted(ticked)),
            shown=-1 if shown is None else shown.number,
            closed=tuple(sorted(self._questions.loader.closed)),
            matrix=tuple(self._matrix.cells.questions),
            question_set=self._matrix.set_name,
        )

    def _asked(self) -> list[AskedQuestion]:
        everything = self._questions.session.asked
        return [one for one in everything if one.state is not QuestionState.CANCELLED or one.result is not None]

    def _changed(self, *, ends: bool = False) -> list[AskedQuestion]:
        """The questions, and the cells of the matrix, whose answers are complete and not saved as they are.

        While more is read for one, once is enough.
        """
        more = None if ends else self._questions.reading_on.asked
        everything = (*self._asked(), *self._matrix.to_keep())
        done = (one for one in everything if not one.pending and one.result is not None)
        done = (one for one in done if one is not more or one not in self._answers)
        return [one for one in done if not _same(self._answers.get(one), _saved(one))]

    def _write(self, state: SessionState, changed: list[AskedQuestion]) -> None:
        saved = {one: _saved(one) for one in changed}
        asked = {one for one in changed if one in self._questions.session.asked}
        try:
            kept = self._kept(changed)
            answers = {one.number: values for one, values in kept.items() if one in asked}
            of_cells = (values for one, values in kept.items() if one not in asked)
            self._file.write(state, answers, {_cell(values): values for values in of_cells})
        except DocqaError as error:
            self._view.call_later(self._questions.warn_once, error)
        else:
            self._drop_restored()
            self._answers |= saved
            self._state = state  # If it could not be saved, it is tried again: the disk may have room by then.
        self._saving = False

    @staticmethod
    def _kept(changed: Iterable[AskedQuestion]) -> dict[AskedQuestion, sessions.KeptAnswers]:
        """The answers as they were found, to be stored. Those of encrypted documents are not."""
        from docqa.kept_results import KeptResult
        from docqa.user_marks import UserMarks

        kept: dict[AskedQuestion, sessions.KeptAnswers] = {}
        for one in changed:
            found, marks = one.found, one.marks or UserMarks()
            if found is None and one.kept is not None:
                kept[one] = replace(one.kept, marks=marks).as_values()
            elif found is not None and not any(document.encrypted for document in found.documents):
                contents = {document.name: document.sha256 for document in found.documents}
                kept[one] = KeptResult(found.result, found.best, marks, contents).as_values()
        return kept

    def end(self, draft: str, ticked: Iterable[str] = ()) -> None:
        """Keep the session for another day: the app quits. Nothing is kept if the settings say so."""
        if not self._questions.settings.remembers:
            self._file.delete()
            return
        state, changed = self._current(draft, ticked), self._changed(ends=True)
        if changed or self._restored:  # What was restored is deleted only when it is in this session's file.
            self._write(state, changed)
        self._file.end(state)

    def _drop_restored(self) -> None:
        while self._restored:
            self._restored.pop().discard()

    # --- going on ---

    def find(self, found: Callable[[KeptSession | None], None], *, resume: bool = False) -> None:
        """Look for a session that a crash left, or for the last one to `resume`, in a thread; call `found` with it."""
        if not self._questions.settings.remembers:
            found(None)
            return
        look = sessions.claim_newest if resume else sessions.claim_crashed
        self._look(found, partial(look, self.paths))

    def take(self, name: str, found: Callable[[KeptSession | None], None]) -> None:
        """Look for the session of this name in a thread; call `found` with it."""
        self._look(found, partial(sessions.claim, name))

    def _look(self, found: Callable[[KeptSession | None], None], claim: Callable[[], KeptSession | None]) -> None:
        def look() -> None:
            session = claim()
            if session is not None:
                _ = session.answers  # There may be megabytes of them, for which the view must not wait.
                self._cells[session] = _cells(session)
            self._view.call_later(found, session)

        self._view.start("recovery", look)

    def restore(self, session: KeptSession, draft: str, *, instead: bool = True) -> str:
        """Open a session's documents, beside those that are open or `instead` of them, and show its answers.

        Questions that were not answered are asked; those of the matrix, when it is shown. Returns the draft of the
        session, followed by `draft`.
        """
        from docqa.kept_results import from_values

        self._restored.append(session)
        state, answers = session.state, session.answers
        self._open(state.opened, list(map(relative, state.closed)), instead=instead)
        cells = self._cells.pop(session, None) or _cells(session)
        lost = self._matrix.restore(state.matrix, state.question_set, filter(None, cells)) + cells.count(None)
        shown: AskedQuestion | None = None
        unreadable = 0
        for one in state.questions:
            only = frozenset(map(relative, one.only))
            kept = from_values(answers[one.number], relative) if one.number in answers else None
            if kept is not None:
                asked = self._questions.session.restore(one.question, kept, only)
                self._questions.versions.check_kept(asked)
            else:
                unreadable += one.number in answers
                asked = self._questions.ask(one.question, only)
            if shown is None or one.number == state.shown:
                shown = asked
        told = [counted(unreadable, "question")] if unreadable else []
        told += [f"{counted(lost, 'cell')} of the matrix"] if lost else []
        if told:
            self._view.say(f"Asked again, since the kept answers can't be read: {' and '.join(told)}.")
        if shown is not None:
            self._questions.show(shown)
            self._questions.find_kept()
        return " ".join(filter(None, [state.draft, draft]))

    def _open(self, wanted: tuple[str, ...], closed: list[str], *, instead: bool) -> None:
        missing = [path for path in wanted if not os.path.exists(path)]  # noqa: PTH110 - never raises
        if missing:
            self._view.say(f"No longer there: {', '.join(map(relative, missing))}. The rest is opened.")
        there = [path for path in wanted if path not in missing]
        is_open = set(map(absolute, self._questions.loader.paths))
        if there and (set(there) != is_open if instead else not set(there) <= is_open):
            self._questions.open(map(relative, there), without=closed, replace=instead)
        elif closed:
            self._questions.close_documents(closed)

    def discard(self, session: KeptSession) -> None:
        """Forget a session, in a thread."""
        self._view.start("recovery", session.discard)


def _cells(session: KeptSession) -> "list[KeptResult | None]":
    """The cells of a session's matrix; None for one that can't be read."""
    from docqa.kept_results import from_values

    return [from_values(values, relative) for values in session.cells.values()]


def _cell(values: sessions.KeptAnswers) -> sessions.Cell:
    """The cell with this result, which is of one document."""
    (name,) = values["contents"]
    return values["result"]["question"], name


def _saved(one: AskedQuestion) -> _Saved:
    kept = one.found or one.kept
    return (None if kept is None else kept.result), one.marks


def _same(one: _Saved | None, other: _Saved) -> bool:
    """Whether both are the same objects: comparing their contents would take long."""
    return one is not None and one[0] is other[0] and one[1] is other[1]
