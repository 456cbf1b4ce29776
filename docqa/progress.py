"""How long work tells what it has done, and how it is told to stop."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event


@dataclass(frozen=True, slots=True)
class Progress:
    """One report: `done` of `total` units of `stage` ("reading pages", …) on `item` (a document or model name).

    `figures` are what a program may want to draw: a training's "loss", say.
    """

    stage: str
    item: str
    done: int
    total: int
    figures: Mapping[str, float] = field(default_factory=dict)


class Cancelled(Exception):
    """The work was asked to stop, and stopped. Not an error: nothing went wrong."""


def _ignore(_: Progress) -> None:
    pass


class Monitor:
    """Passed down to whatever takes time. `update` reports, and raises `Cancelled` once `cancel` is set.

    `report` is called from the thread that does the work; a shell that paints has to hand the report over itself.
    """

    def __init__(self, report: Callable[[Progress], None] = _ignore, cancel: Event | None = None) -> None:
        self._report = report
        self.cancel = cancel or Event()

    def check(self) -> None:
        """Raise `Cancelled` if the work was asked to stop."""
        if self.cancel.is_set():
            raise Cancelled

    def update(self, stage: str, item: str, done: int, total: int, figures: Mapping[str, float] | None = None) -> None:
        """Report progress, having first raised `Cancelled` if the work was asked to stop."""
        self.check()
        self._report(Progress(stage, item, done, total, figures or {}))
