"""When Python looks for cyclic garbage, so that the app doesn't stand still meanwhile.

A full collection walks every object that was made since the last `gc.freeze`: of all documents and libraries that is
a quarter of a second. So there is none before the first documents are open, and what is loaded then, and by the first
question, is left out. Others run while nobody waits for the app, and often, so that each has little to look at. What
one that took long found in use, such as the answers of a matrix, is left out of the next ones. Objects that die young
are always collected, and others when nothing refers to them: what stays are cycles that die after they were left out,
until documents are opened again.
"""

import gc
from collections.abc import Callable
from time import thread_time

from docqa.tui.workers import events

EVERY = 0.5
"""Seconds between two looks whether a full collection may run."""

# Collections of the middle generation, one for some thousand new objects, before one of the oldest, which is full:
_NEVER = 1_000_000
_DUE = 5  # While nobody waits.
_AT_LAST = 10  # Whatever goes on.
_LOADING = 100  # The same, before a question was answered.
_OLDEST = 2
_LONG = 0.03  # Seconds of processor time.


class FullCollections:
    """Those of one app."""

    def __init__(self, nobody_waits: Callable[[], bool]) -> None:
        self._nobody_waits = nobody_waits
        self._loaded: set[str] = set()
        self._began = 0.0

    def put_off(self) -> None:
        """Run none until documents were opened. Called with the first frame."""
        _set_threshold(_NEVER)

    def handle(self, event: events.WorkerEvent | None) -> None:
        """Look at what happened."""
        match event:
            case events.DocumentsOpened():
                self._documents_opened()
            case events.QuestionAnswered():
                self._question_answered()

    def _documents_opened(self) -> None:
        """Leave out what is loaded, the first time.

        Full collections are needed from then on, because a screen that was closed and the answers that were shown are
        in cycles: a megabyte for each question. Each other time, the next one looks at what was left out, too: the
        documents and the reader before are garbage, and a reader takes 200 MB.
        """
        if not self._leave_out("documents"):
            gc.unfreeze()
            return
        _set_threshold(_LOADING)
        if self._ended not in gc.callbacks:
            gc.callbacks.append(self._ended)

    def _leave_out(self, what: str) -> bool:
        if first := what not in self._loaded:
            self._loaded.add(what)
            gc.freeze()
        return first

    def _question_answered(self) -> None:
        """Leave out what is loaded, the first time: the models, and the libraries that run them."""
        if self._leave_out("models"):
            _set_threshold(_AT_LAST)

    def run_if_due(self) -> None:
        """Run one if enough is new, and nobody waits for the app."""
        if not self._nobody_waits() or gc.get_threshold()[_OLDEST] == _NEVER or gc.get_count()[_OLDEST] < _DUE:
            return
        if "models" in self._loaded or not self._leave_out("what is loaded in the background"):
            gc.collect()

    def _ended(self, phase: str, info: dict[str, int]) -> None:
        """Leave out what a collection that took long found in use: one of `gc.callbacks`."""
        if info["generation"] != _OLDEST:
            return
        if phase == "start":
            self._began = thread_time()
        elif thread_time() - self._began > _LONG:
            gc.freeze()


def _set_threshold(oldest: int) -> None:
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, oldest)
