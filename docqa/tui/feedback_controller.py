"""Saving what the user marks, without a user interface: right and wrong answers, notes, pins."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from docqa.errors import DocqaError
from docqa.tui.controller import QuestionController
from docqa.tui.state import feedback
from docqa.tui.state.newer_answers import span_of
from docqa.tui.view import View
from docqa.wording import counted

if TYPE_CHECKING:
    from docqa.answers import Answer, Mark
    from docqa.documents import Document
    from docqa.tui.state.feedback import NoAnswer, RightAnswer
    from docqa.tui.state.session import AskedQuestion
    from docqa.user_marks import UserMarks

_Save = Callable[[], str]
"""Saves something in a worker thread, and returns what to say about it."""


class FeedbackController:
    """What is marked in one session, saved in the order in which it was done, to train on and to be shown again."""

    def __init__(self, view: View, questions: QuestionController, can_train: Callable[[], bool]) -> None:
        """`can_train` tells whether T trains a reader from where the user is."""
        self._view = view
        self._can_train = can_train
        self._questions = questions
        self._lock = Lock()
        self._waiting: deque[Callable[[], None]] = deque()
        self._saving = False

    # --- what the user does ---

    def right(self, asked: "AskedQuestion", right: "RightAnswer", instead: "Answer | None" = None) -> bool:
        """Mark an answer as right, and the one that was shown `instead` as wrong.

        Return whether a reader can learn it, having warned if not.
        """
        from docqa.answers import answer_at

        error = feedback.unlearnable(right) or self._too_long(right.text)
        if error is not None:
            self._view.warn(error)
            return False
        document, start, end = right.document, right.start, right.end
        place = document.name, start, end
        shown = (one for one in asked.shown if span_of(one) == place and not one.outdated)
        answer = next(shown, None) or answer_at(document, start, end)
        marks = asked.user_marks
        was_wrong = marks.of(answer).wrong
        marks = marks.with_mark(answer, document, replace(marks.of(answer), right=True, wrong=False))
        saves: list[_Save] = [
            partial(self._save_right, asked.question, right, self._names(asked), trains=self._can_train())
        ]
        if was_wrong:
            saves.append(self._annotation(asked, marks, answer, document))
        if instead is not None and not marks.of(instead).right and not instead.outdated:
            of_it = self._document(instead.document)
            if of_it is not None:
                marks = marks.with_mark(instead, of_it, replace(marks.of(instead), wrong=True))
                saves.append(self._annotation(asked, marks, instead, of_it))
        self._change(asked, marks, saves)
        return True

    def none(self, asked: "AskedQuestion", none: "NoAnswer") -> None:
        """Mark that the documents don't answer a question."""
        save = partial(self._save_none, asked.question, none, self._names(asked), trains=self._can_train())
        self._change(asked, asked.user_marks.deny(none.closest), [save])

    def wrong(self, asked: "AskedQuestion", answer: "Answer") -> None:
        """Mark an answer as wrong."""
        self._mark(asked, answer, replace(asked.user_marks.of(answer), wrong=True))

    def take_back(self, asked: "AskedQuestion", answer: "Answer | None") -> None:
        """Forget that an answer is right or wrong, or that there is none; also if it was said in an earlier session."""
        marks = asked.user_marks
        if answer is None:
            self._change(asked, replace(marks, denied=()), [partial(self._forget, asked.question, self._names(asked))])
            return
        mark = marks.of(answer)
        if mark.wrong:
            self._mark(asked, answer, replace(mark, wrong=False))
        elif mark.right:
            document = self._document(answer.document)
            after = marks.with_mark(answer, document, replace(mark, right=False))
            self._change(asked, after, [partial(self._forget_answer, asked.question, answer, document)])

    def note(self, asked: "AskedQuestion", answer: "Answer", text: str) -> None:
        """Write a note on an answer; an empty text deletes it."""
        self._mark(asked, answer, replace(asked.user_marks.of(answer), note=text))

    def pin(self, asked: "AskedQuestion", answer: "Answer") -> None:
        """Pin an answer, or unpin it."""
        mark = asked.user_marks.of(answer)
        self._mark(asked, answer, replace(mark, pinned=not mark.pinned))

    def _mark(self, asked: "AskedQuestion", answer: "Answer", mark: "Mark") -> None:
        document = self._document(answer.document)
        if document is None or answer.outdated or document.text[answer.start : answer.end] != answer.text:
            self._view.say("The document has changed since: ask again.")
            return
        marks = asked.user_marks.with_mark(answer, document, mark)
        self._change(asked, marks, [self._annotation(asked, marks, answer, document)])

    def _annotation(self, asked: "AskedQuestion", marks: "UserMarks", answer: "Answer", document: "Document") -> _Save:
        return partial(self._save_annotation, asked.question, answer, document, marks.of(answer))

    def _names(self, asked: "AskedQuestion") -> tuple[str, ...]:
        """The documents that were asked: of the others nothing was said."""
        return tuple(name for name in self._questions.names if not asked.only or name in asked.only)

    def _document(self, name: str) -> "Document | None":
        return self._questions.versions.newest.get(name)

    def _too_long(self, answer: str) -> DocqaError | None:
        """Return an error if an answer is longer than the reader ever gives; None also if no reader is known yet."""
        engine = self._questions.loader.engine
        if engine is None:
            return None
        from docqa.reader.answer_length import too_long

        return too_long(answer, engine.reader.tokenizer, engine.settings.max_answer_length)

    # --- showing and saving it ---

    def _change(self, asked: "AskedQuestion", marks: "UserMarks", saves: list[_Save]) -> None:
        before = asked.user_marks
        self._questions.mark(asked, marks)
        if self._questions.settings.private:
            self._view.say("Kept until you quit: a private session saves nothing that you mark.")
            return
        with self._lock:
            self._waiting.append(partial(self._save, asked, before, marks, saves))
            if self._saving:
                return
            self._saving = True
        self._view.start("feedback", self._work)

    def _work(self) -> None:
        """Save one thing after another: what was done later must not be overwritten."""
        while True:
            with self._lock:
                if not self._waiting:
                    self._saving = False
                    return
                save = self._waiting.popleft()
            save()

    def _save(self, asked: "AskedQuestion", before: "UserMarks", marks: "UserMarks", saves: list[_Save]) -> None:
        said = ""
        try:
            for save in saves:
                said = said or save()
        except DocqaError as error:
            self._view.call_later(self._failed, asked, before, marks, error)
        else:
            if said:
                self._view.call_later(self._view.say, said)

    def _failed(self, asked: "AskedQuestion", before: "UserMarks", marks: "UserMarks", error: DocqaError) -> None:
        self._view.warn(error)
        if asked.user_marks is marks:
            self._questions.mark(asked, before)

    # --- in worker threads ---

    @staticmethod
    def _save_right(question: str, right: "RightAnswer", names: tuple[str, ...], *, trains: bool) -> str:
        from docqa.userdata import corrections

        kept = corrections.answered(question, right.document, right.start, right.end)
        return _saved(corrections.save([kept], names), trains=trains)

    @staticmethod
    def _save_none(question: str, none: "NoAnswer", names: tuple[str, ...], *, trains: bool) -> str:
        from docqa.userdata import corrections

        kept = [
            corrections.unanswered(question, document, one.start, one.end)
            for one, document in none.closest
            if document is not None
        ]
        return _saved(corrections.save(kept, names), trains=trains)

    @staticmethod
    def _forget(question: str, names: tuple[str, ...]) -> str:
        from docqa.userdata import corrections

        return f"Taken back. {counted(corrections.remove(question, names), 'correction')} saved."

    @staticmethod
    def _forget_answer(question: str, answer: "Answer", document: "Document | None") -> str:
        from docqa.userdata import corrections

        if document is None:
            return ""
        kept = corrections.answered(question, document, answer.start, answer.end)
        return f"Taken back. {counted(corrections.remove_answer(kept, document.text), 'correction')} saved."

    @staticmethod
    def _save_annotation(question: str, answer: "Answer", document: "Document", mark: "Mark") -> str:
        from docqa.userdata import annotations

        span = answer.start, answer.end
        said = annotations.annotation(question, document, span, note=mark.note, pinned=mark.pinned, wrong=mark.wrong)
        annotations.put(said, document.text)
        return ""


def _saved(count: int, *, trains: bool) -> str:
    what_for = f" T trains a reader on {'it' if count == 1 else 'them'}." if trains else ""
    return f"{counted(count, 'correction')} saved.{what_for}"
