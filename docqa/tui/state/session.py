"""The questions of one session: what was asked, what came of it, and which is next (pure)."""

from dataclasses import dataclass, field
from enum import Enum
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docqa.answers import Answer, Result
    from docqa.errors import DocqaError
    from docqa.tui.state.evidence import DocumentEvidence
    from docqa.tui.state.feedback import Verdict


class QuestionState(Enum):
    """Where a question stands."""

    QUEUED = "waiting"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(eq=False, slots=True)
class AskedQuestion:
    """One question and what came of it. Only the event loop's thread changes it."""

    question: str
    state: QuestionState = QuestionState.QUEUED
    exhaustive: bool = False
    result: "Result | None" = None
    evidence: "Mapping[str, DocumentEvidence]" = field(default_factory=dict)
    """What each window of each document was worth."""
    best: "tuple[Answer, ...]" = ()
    """The best answer of each document that has one, the likeliest first."""
    error: "DocqaError | None" = None
    to_read: int = 0
    """Windows that this reading comes to, as far as is known."""
    cancel: Event = field(default_factory=Event)
    verdict: "Verdict | None" = None
    """What the person says is right."""

    @property
    def shown(self) -> "tuple[Answer, ...]":
        """The answers, or what came closest where there is none."""
        if self.result is None:
            return ()
        return self.result.answers if self.result.answered else self.result.closest

    @property
    def abstained(self) -> bool:
        """Whether docqa says that the documents don't have the answer. Not before the last window is read."""
        return self.state is QuestionState.DONE and self.result is not None and not self.result.answered

    @property
    def unread(self) -> int:
        """Windows that have not been read for this question."""
        return self.result.windows_total - self.result.windows_read if self.result else 0

    @property
    def pending(self) -> bool:
        """Whether more is to come."""
        return self.state in {QuestionState.QUEUED, QuestionState.READING}


@dataclass(eq=False, slots=True)
class QuestionSession:
    """The questions, in the order of asking. One is read at a time: two would share one processor."""

    asked: list[AskedQuestion] = field(default_factory=list)
    running: AskedQuestion | None = None
    """The question that a worker is busy with; after a cancel it stays until the worker has noticed."""

    @property
    def results(self) -> "list[Result]":
        """What came of the questions that are done, in the order of asking."""
        return [one.result for one in self.asked if one.state is QuestionState.DONE and one.result is not None]

    def ask(self, question: str) -> AskedQuestion:
        """Add a question to the end of the queue."""
        asked = AskedQuestion(question)
        self.asked.append(asked)
        return asked

    def ask_again(self, asked: AskedQuestion) -> None:
        """Queue a question again, for all the windows. Its result stays until there is a better one."""
        asked.exhaustive = True
        asked.state = QuestionState.QUEUED

    def start_next(self) -> AskedQuestion | None:
        """Start the question that has waited longest, unless one is being read; give it."""
        if self.running is not None:
            return None
        self.running = next((one for one in self.asked if one.state is QuestionState.QUEUED), None)
        if self.running is not None:
            # A new event: the worker of an attempt that was cancelled must go on seeing its own.
            self.running.cancel = Event()
            self.running.state = QuestionState.READING
            self.running.error = None
            self.running.to_read = 0
        return self.running

    def end(self, asked: AskedQuestion, state: QuestionState, error: "DocqaError | None" = None) -> None:
        """Note how a worker's attempt ended. A question that was cancelled meanwhile stays cancelled."""
        self.running = None
        if asked.state is QuestionState.READING:
            asked.state = state
            asked.error = error

    def fail_waiting(self, error: "DocqaError") -> None:
        """Let every question that waits fail: nothing is open, or will be."""
        for asked in self.asked:
            if asked.state is QuestionState.QUEUED:
                asked.state, asked.error = QuestionState.FAILED, error

    def cancel(self) -> AskedQuestion | None:
        """Cancel the question that is being read, else the one asked last that waits; give it."""
        waiting = [one for one in self.asked if one.state is QuestionState.QUEUED]
        running = self.running if self.running and self.running.state is QuestionState.READING else None
        asked = running or (waiting[-1] if waiting else None)
        if asked is not None:
            asked.state = QuestionState.CANCELLED
            asked.cancel.set()
        return asked
