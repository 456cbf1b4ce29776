"""Pulling a model from the hub. The only module of the app that uses the network, and only on request."""

import time
from threading import Event

from textual.eta import ETA
from textual.message import Message

from docqa.errors import DocqaError, unexpected
from docqa.models.registry import Model
from docqa.progress import Cancelled, Monitor, Progress
from docqa.tui.formatting import bar
from docqa.tui.messages import Post

_INTERVAL = 0.1  # Seconds between two reports.


class PullAdvanced(Message):
    """The progress of the download, in bytes, then of fitting the probabilities, in questions."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress


class ModelPulled(Message):
    """The model is downloaded and verified. `unfitted` says why fitting its probabilities failed, if so."""

    def __init__(self, model: Model, unfitted: str) -> None:
        super().__init__()
        self.model = model
        self.unfitted = unfitted


class PullEnded(Message):
    """The download failed or was cancelled; `error` is None if cancelled."""

    def __init__(self, repo: str, error: DocqaError | None) -> None:
        super().__init__()
        self.repo = repo
        self.error = error


def pull(repo: str, cancel: Event, post: Post) -> None:
    """Pull a model, and fit its probabilities if it has none. Posts the progress and the outcome; raises nothing."""
    reported = 0.0

    def report(progress: Progress) -> None:
        nonlocal reported
        now = time.monotonic()
        if now - reported >= _INTERVAL:
            reported = now
            post(PullAdvanced(progress))

    from docqa.models import hub  # Imports much that the first frame need not wait for.

    monitor = Monitor(report, cancel)
    try:
        model = hub.pull(repo, monitor=monitor)
    except Cancelled:
        post(PullEnded(repo, None))
    except DocqaError as error:
        post(PullEnded(repo, error))
    except Exception as error:  # noqa: BLE001 - shown in the models screen
        post(PullEnded(repo, unexpected(error)))
    else:
        post(ModelPulled(model, _fit(model, monitor)))


def _fit(model: Model, monitor: Monitor) -> str:
    """Fit a reader's probabilities, unless it brought them. Returns why that failed, "" if it didn't."""
    from docqa.evaluation.general_sample import calibrate_pulled, needs_calibration

    try:
        if needs_calibration(model):
            calibrate_pulled(model, monitor)
    except Cancelled:
        return "cancelled"
    except DocqaError as error:
        return error.message
    except Exception as error:  # noqa: BLE001 - shown in the models screen
        return unexpected(error).message
    return ""


class TransferRate:
    """Formats a download's progress with its speed and the time left."""

    def __init__(self) -> None:
        self._eta = ETA(estimation_period=20)
        self._eta.reset()

    def describe(self, progress: Progress, now: float) -> str:
        """Format the progress on one line; `now` in seconds."""
        done, total = progress.done, progress.total
        if not total:
            return f"{progress.stage}: {progress.item}"
        if progress.stage != "downloading":
            return f"{bar(done / total, 20)} fitting its probabilities · {done} of {total} questions"
        self._eta.add_sample(now, done / total)
        parts = [f"{bar(done / total, 20)} {done / 1e6:,.1f} of {total / 1e6:,.1f} MB"]
        speed, left = self._eta.speed, self._eta.get_eta(now)
        if speed:
            parts.append(f"{speed * total / 1e6:,.1f} MB a second")
        if left is not None:
            parts.append(f"{left // 60} min {left % 60} s left" if left >= 60 else f"{left} s left")
        return " · ".join(parts)
