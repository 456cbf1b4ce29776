"""Progress reports and cancellation of long-running work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event


@dataclass(frozen=True, slots=True)
class Progress:
    """A report: `done` of `total` units of `stage` ("reading pages", …) on `item` (a document or model name).

    `figures` are extra numbers that a program may plot, such as a training's "loss".
    """

    stage: str
    item: str
    done: int
    total: int
    figures: Mapping[str, float] = field(default_factory=dict)


class Cancelled(Exception):
    """The work was cancelled. Not an error."""


def _ignore(_: Progress) -> None:
    pass


class Monitor:
    """Passed to long-running work. `update` reports progress, and raises `Cancelled` once `cancel` is set.

    `report` is called in the thread that does the work: a user interface must pass it on to its own thread.
    """

    def __init__(self, report: Callable[[Progress], None] = _ignore, cancel: Event | None = None) -> None:
        self._report = report
        self.cancel = cancel or Event()

    def check(self) -> None:
        """Raise `Cancelled` if the work was cancelled."""
        if self.cancel.is_set():
            raise Cancelled

    def update(self, stage: str, item: str, done: int, total: int, figures: Mapping[str, float] | None = None) -> None:
        """Report progress. Raises `Cancelled` if the work was cancelled."""
        self.check()
        self._report(Progress(stage, item, done, total, figures or {}))
