"""Reading on: after a question is answered, more windows are read for it while nothing else is done.

First those that are the best of their documents, then the next best. It has a bound, `read_on` in the settings, and
gives way: to whatever is asked, opened or trained, and for a moment to every key.
"""

from collections.abc import Callable
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from docqa.tui.state import newer_answers
from docqa.tui.state.session import AskedQuestion, QuestionState
from docqa.tui.view import View
from docqa.tui.workers import events
from docqa.tui.workers.question_worker import read_on
from docqa.tui.workers.quiet import Quiet

if TYPE_CHECKING:
    from docqa.collection import Collection
    from docqa.progress import Progress


class ReadingOn:
    """Reads on for one question at a time."""

    def __init__(self, view: View, post: events.PostEvent, idle: Callable[[], None]) -> None:
        """`idle` is called when a worker has stopped, and when nothing else is done any longer."""
        self.quiet = Quiet()
        """Is told what the user does."""
        self.asked: AskedQuestion | None = None
        """The question that a worker reads on for, until it has stopped."""
        self.progress: Progress | None = None
        self._busy: set[str] = set()
        self._view = view
        self._post = post
        self._idle = idle
        self._cancel = Event()

    def begin(self, asked: AskedQuestion | None, collection: "Collection", limit: int) -> None:
        """Read on for a question, `limit` windows in all, unless nothing is left to read or the user stopped it."""
        if self.asked is not None:
            if asked is not self.asked:
                self.stop()
            return
        reading = asked.reading if asked is not None and asked.state is QuestionState.DONE else None
        if asked is None or reading is None or reading.collection is not collection or asked.rests or self._busy:
            return
        until = min(limit, len(reading.search.window_order.windows))
        if reading.search.windows_read < until:
            self.asked, self._cancel = asked, Event()
            self._view.start("reading on", partial(read_on, reading, until, self._cancel, self.quiet, self._post))

    def stop(self) -> bool:
        """Stop at the next window; return whether nothing is being read."""
        self._cancel.set()
        self.progress = None
        return self.asked is None

    def rest(self) -> bool:
        """Stop, because the user wants it; return whether anything was being read."""
        if self.asked is None or self._cancel.is_set():
            return False
        self.asked.rests = True
        self.stop()
        return True

    def set_busy(self, what: str, *, busy: bool) -> None:
        """Something else is done in the background, or no longer: meanwhile nothing is read on."""
        if busy:
            self._busy.add(what)
            self.stop()
        elif what in self._busy:
            self._busy.remove(what)
            self._idle()

    def handle(self, event: events.ReadingOnProgressed | events.ReadingOnEnded) -> None:
        """Note what the worker has posted."""
        if isinstance(event, events.ReadingOnProgressed):
            if not self._cancel.is_set():
                self.progress = event.progress
            return
        self.asked = self.progress = None
        if event.error is not None:
            event.asked.rests = True
            self._view.warn(event.error)
        self._idle()


def take(asked: AskedQuestion, found: events.AnswersFound, looked_at: AskedQuestion | None = None) -> bool:
    """Take what reading on has found for a question; return whether it counts now.

    While the question is looked at, its list of answers keeps its rows: what would change them waits in `newer`.
    """
    if asked.found is None:
        return False
    before = asked.found.result
    if asked is looked_at and not newer_answers.looks_the_same(before, found.result):
        asked.newer = found
        return False
    asked.new_spans |= newer_answers.new_spans(before, found.result)
    asked.found, asked.newer = found, None
    return True


def take_newer(asked: AskedQuestion) -> bool:
    """Show what was found since; return whether there was anything."""
    if asked.newer is None:
        return False
    asked.new_spans = frozenset()
    return take(asked, asked.newer)
