"""Saving what the user marks as right or wrong, without a user interface."""

import shlex
from functools import partial
from typing import TYPE_CHECKING

from docqa.errors import DocqaError
from docqa.tui.controller import QuestionController, View
from docqa.tui.state import feedback
from docqa.wording import counted

if TYPE_CHECKING:
    from docqa.tui.state.feedback import Verdict
    from docqa.tui.state.session import AskedQuestion


class FeedbackController:
    """The verdicts on the questions of one session, saved as corrections to train on."""

    def __init__(self, view: View, questions: QuestionController) -> None:
        self._view = view
        self._questions = questions

    def judge(self, asked: "AskedQuestion", verdict: "Verdict") -> bool:
        """Save a verdict on a question; return whether a reader can learn it, having warned if not."""
        error = feedback.unlearnable(verdict) or self._too_long(verdict.text)
        if error is not None:
            self._view.warn(error)
            return False
        asked.verdict = verdict
        if self._questions.settings.private:
            self._view.say("Kept until you quit: a private session saves no corrections.")
        else:
            self._view.start("feedback", partial(self._save, asked, verdict, self._questions.names))
        self._view.update()
        return True

    def withdraw(self, asked: "AskedQuestion") -> None:
        """Forget the verdict on a question, also one from an earlier session, unless this session is private."""
        if self._questions.settings.private:
            asked.verdict = None
            self._view.say("Feedback withdrawn. A private session changes no saved corrections.")
            self._view.update()
            return
        self._view.start("feedback", partial(self._forget, asked, self._questions.names))

    def _too_long(self, answer: str) -> DocqaError | None:
        """Return an error if an answer is longer than the reader ever gives; None also if no reader is known yet."""
        engine = self._questions.loader.engine
        if engine is None:
            return None
        from docqa.reader.answer_length import too_long

        return too_long(answer, engine.reader.tokenizer, engine.reader.max_answer_length)

    # --- in worker threads ---

    def _save(self, asked: "AskedQuestion", verdict: "Verdict", names: tuple[str, ...]) -> None:
        from docqa.userdata import corrections

        try:
            count = corrections.save(verdict.corrections(asked.question), names)
        except DocqaError as error:
            self._view.call_later(self._failed, asked, error)
        else:
            self._view.call_later(self._saved, count, str(corrections.file()))

    def _forget(self, asked: "AskedQuestion", names: tuple[str, ...]) -> None:
        from docqa.userdata import corrections

        try:
            count = corrections.remove(asked.question, names)
        except DocqaError as error:
            self._view.call_later(self._questions.warn_once, error)
        else:
            self._view.call_later(self._forgotten, asked, count)

    # --- what became of it ---

    def _saved(self, count: int, file: str) -> None:
        them = "it" if count == 1 else "them"
        command = f"docqa finetune {shlex.quote(file)}"
        self._view.say(f"{counted(count, 'correction')} saved. To train a reader on {them}: T, or {command}")

    def _failed(self, asked: "AskedQuestion", error: DocqaError) -> None:
        asked.verdict = None
        self._view.warn(error)
        self._view.update()

    def _forgotten(self, asked: "AskedQuestion", count: int) -> None:
        asked.verdict = None
        self._view.say(f"Feedback withdrawn. {counted(count, 'correction')} saved.")
        self._view.update()
