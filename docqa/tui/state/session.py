"""The questions of one session, their results, and which one is next (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from threading import Event
from typing import TYPE_CHECKING

from docqa.answer_kinds import asks_for_passage
from docqa.tui.formatting import POSSIBLE
from docqa.userdata.kept_spans import question_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docqa.answers import Answer, Result
    from docqa.errors import DocqaError
    from docqa.kept_results import KeptResult
    from docqa.tui.state.evidence import DocumentEvidence
    from docqa.tui.state.newer_answers import AnswerSpan
    from docqa.tui.workers.events import AnswersFound, ReadingBegun
    from docqa.user_marks import UserMarks


class QuestionState(Enum):
    """A question's state."""

    QUEUED = "waiting"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(eq=False, slots=True)
class AskedQuestion:
    """One question and its result. Only the view's thread changes it."""

    question: str
    number: int = 0
    """Its number in the session."""
    state: QuestionState = QuestionState.QUEUED
    exhaustive: bool = False
    entirely: frozenset[str] = frozenset()
    """The names of documents of which every window is to be read, and nothing else."""
    only: frozenset[str] = frozenset()
    """The names of the documents that are asked; all if it is empty."""
    result: "Result | None" = None
    """The result, as far as it is known of the documents as they are now."""
    found: "AnswersFound | None" = None
    """The result as it was found, in the documents as they were then."""
    reading: "ReadingBegun | None" = None
    """The windows in the order in which they are read; None once other documents are open."""
    newer: "AnswersFound | None" = None
    """What reading on has found since, if it would change the list of answers."""
    new_spans: "frozenset[AnswerSpan]" = frozenset()
    """The places that came into the list when it was brought up to date last."""
    rests: bool = False
    """Whether the user stopped reading on."""
    evidence: "Mapping[str, DocumentEvidence]" = field(default_factory=dict)
    """The evidence of each document, by name."""
    best: "tuple[Answer, ...]" = ()
    """The best answer of each document that has one, most probable first."""
    error: "DocqaError | None" = None
    to_read: int = 0
    """Windows that will be read, 0 before that is known."""
    cancel: Event = field(default_factory=Event)
    marks: "UserMarks | None" = None
    """What the user said about the answers; None if nothing."""
    kept: "KeptResult | None" = None
    """The result as it was kept from an earlier session, until it has been looked for in the documents of this one."""
    _marked: "tuple[Result | None, UserMarks | None, Result | None]" = (None, None, None)
    """A result and marks, and the result with them."""

    @property
    def user_marks(self) -> "UserMarks":
        """What the user said about the answers."""
        from docqa.user_marks import UserMarks  # Imports numpy, which must not delay the first frame.

        return self.marks or UserMarks()

    @property
    def marked(self) -> "Result | None":
        """The result as the user sees it: with what they said about it."""
        result, marks, marked = self._marked
        if result is not self.result or marks is not self.marks:
            marked = self.result if self.result is None or self.marks is None else self.marks.applied(self.result)
            self._marked = self.result, self.marks, marked
        return marked

    @property
    def shown(self) -> "tuple[Answer, ...]":
        """The answers, or the closest passages if there are none; last what the user marked as wrong."""
        result = self.marked
        if result is None:
            return self.marks.right if self.marks is not None else ()
        if not result.answered:
            return result.closest
        return (*result.answers, *(one for one in result.closest if one.mark.wrong))

    def claims(self, answer: "Answer") -> bool:
        """Whether the words of an answer are marked as such, and not only its passage.

        They aren't if docqa abstained, and where a passage is asked for only if they are at least possible.
        """
        result = self.marked
        if result is not None and not result.answered:
            return False
        return not answer.estimated or answer.probability >= POSSIBLE or not asks_for_passage(self.question)

    @property
    def best_of_each(self) -> "tuple[Answer, ...]":
        """The best answer of each document, with what the user said about it."""
        return self.best if self.marks is None else self.marks.applied_to_best(self.best)

    @property
    def abstained(self) -> bool:
        """Whether there is no answer in the documents. False until the last window is read."""
        result = self.marked
        return self.state is QuestionState.DONE and result is not None and not result.answered

    @property
    def unread(self) -> int:
        """Windows not read for this question."""
        read, total = self.searched
        return total - read

    @property
    def searched(self) -> tuple[int, int]:
        """How many windows have been read, and how many there are; also those read on for what isn't shown yet."""
        now = self.newer.result if self.newer is not None else self.result
        return (now.windows_read, now.windows_total) if now is not None else (0, 0)

    @property
    def pending(self) -> bool:
        """Whether the question is queued or being read."""
        return self.state in {QuestionState.QUEUED, QuestionState.READING}


@dataclass(eq=False, slots=True)
class QuestionSession:
    """The questions in the order they were asked. One is read at a time: two would compete for the processor."""

    asked: list[AskedQuestion] = field(default_factory=list)
    running: AskedQuestion | None = None
    """The question that a worker is reading. A cancelled one stays until the worker has stopped."""

    @property
    def results(self) -> "list[Result]":
        """The results of the answered questions as they are shown, in the order they were asked."""
        return [
            replace(asked.marked, windows_read=asked.searched[0])
            for asked in self.asked
            if asked.state is QuestionState.DONE and asked.marked is not None
        ]

    @property
    def waiting(self) -> bool:
        """Whether a question is queued."""
        return any(asked.state is QuestionState.QUEUED for asked in self.asked)

    def ask(self, question: str, only: frozenset[str] = frozenset()) -> AskedQuestion:
        """Queue a question and return it. `only` has the names of the documents that are asked; all if it is empty."""
        asked = AskedQuestion(question, len(self.asked), only=only)
        same = self.same(asked)
        if same:
            asked.marks = same[-1].marks
        self.asked.append(asked)
        return asked

    def restore(self, question: str, kept: "KeptResult", only: frozenset[str]) -> AskedQuestion:
        """Add a question of an earlier session with its answers."""
        asked = self.ask(question, only)
        asked.state, asked.kept = QuestionState.DONE, kept
        asked.result, asked.best, asked.marks = kept.result, kept.best, kept.marks
        return asked

    def forget_readings(self) -> None:
        """Drop what reading on would start from: the documents are others."""
        for asked in self.asked:
            asked.reading = None

    def same(self, asked: AskedQuestion) -> list[AskedQuestion]:
        """The questions in the same words about the same documents, without this one."""
        key = question_key(asked.question)
        others = (one for one in self.asked if one is not asked and one.only == asked.only)
        return [one for one in others if question_key(one.question) == key]

    def ask_again(self, asked: AskedQuestion, entirely: frozenset[str] = frozenset()) -> None:
        """Queue a question again, to read every window, or those of some documents. Its result stays until then."""
        asked.exhaustive = asked.exhaustive or not entirely
        asked.entirely = entirely
        asked.state = QuestionState.QUEUED

    def start_next(self) -> AskedQuestion | None:
        """Start and return the question that has waited longest, unless one is being read."""
        if self.running is not None:
            return None
        self.running = next((asked for asked in self.asked if asked.state is QuestionState.QUEUED), None)
        if self.running is not None:
            # A new event: the worker of a cancelled attempt must still see its own.
            self.running.cancel = Event()
            self.running.state = QuestionState.READING
            self.running.error = None
            self.running.to_read = 0
        return self.running

    def end(self, asked: AskedQuestion, state: QuestionState, error: "DocqaError | None" = None) -> None:
        """Note how reading a question ended. One that was cancelled meanwhile stays cancelled."""
        self.running = None
        if asked.state is QuestionState.READING:
            asked.state = state
            asked.error = error

    def fail_queued(self, error: "DocqaError") -> None:
        """Fail all queued questions: no document can be opened."""
        for asked in self.asked:
            if asked.state is QuestionState.QUEUED:
                asked.state, asked.error = QuestionState.FAILED, error

    def cancel(self) -> AskedQuestion | None:
        """Cancel and return the question being read, else the last one queued."""
        queued = [asked for asked in self.asked if asked.state is QuestionState.QUEUED]
        running = self.running if self.running and self.running.state is QuestionState.READING else None
        asked = running or (queued[-1] if queued else None)
        if asked is not None:
            asked.state = QuestionState.CANCELLED
            asked.cancel.set()
        return asked


def share_marks(asked: AskedQuestion, marks: "UserMarks", others: Iterable[AskedQuestion]) -> None:
    """Have what the user said about the answers to a question shown wherever it was asked in the same words.

    What was asked of other documents takes what is said of those that both were asked of, once it has a result: it
    recalls its marks when it is asked.
    """
    key = question_key(asked.question)
    for one in others:
        if question_key(one.question) != key:
            continue
        if one.only == asked.only:
            one.marks = marks
        elif one.result is not None:
            both = one.only & asked.only if one.only and asked.only else one.only or asked.only
            one.marks = one.user_marks.with_those_of(marks, both)
