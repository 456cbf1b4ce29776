"""Work in the background that waits while the user does something."""

from collections.abc import Callable, Mapping
from threading import Event
from time import monotonic

from docqa.progress import Monitor, Progress

_PATIENCE = 1.0  # Seconds without a key or a click before work goes on.


class Quiet:
    """When the user did something last. The view's thread notes it, and workers wait."""

    def __init__(self) -> None:
        self._from = 0.0

    def disturb(self) -> None:
        """The user did something just now."""
        self._from = monotonic() + _PATIENCE

    @property
    def is_quiet(self) -> bool:
        """Whether the user has done nothing for a moment."""
        return monotonic() >= self._from

    def wait(self, cancel: Event) -> None:
        """Wait until the user has done nothing for a moment, or until `cancel` is set."""
        while (left := self._from - monotonic()) > 0 and not cancel.wait(left):
            pass


class PatientMonitor(Monitor):
    """A monitor whose work waits for quiet: keys are answered at once, and questions have the processor."""

    def __init__(self, report: Callable[[Progress], None], cancel: Event, quiet: Quiet) -> None:
        super().__init__(report, cancel)
        self._quiet = quiet

    def update(self, stage: str, item: str, done: int, total: int, figures: Mapping[str, float] | None = None) -> None:
        """Report progress once it is quiet. Raises `Cancelled` if the work was cancelled."""
        self._quiet.wait(self.cancel)
        super().update(stage, item, done, total, figures)
