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
    """The progress of the download, in bytes."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress


class ModelPulled(Message):
    """The model is downloaded and verified."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model


class PullEnded(Message):
    """The download failed or was cancelled; `error` is None if cancelled."""

    def __init__(self, repo: str, error: DocqaError | None) -> None:
        super().__init__()
        self.repo = repo
        self.error = error


def pull(repo: str, cancel: Event, post: Post) -> None:
    """Pull a model. Posts the progress and the outcome; raises nothing."""
    reported = 0.0

    def report(progress: Progress) -> None:
        nonlocal reported
        now = time.monotonic()
        if now - reported >= _INTERVAL:
            reported = now
            post(PullAdvanced(progress))

    from docqa.models import hub  # Imports much that the first frame need not wait for.

    try:
        model = hub.pull(repo, monitor=Monitor(report, cancel))
    except Cancelled:
        post(PullEnded(repo, None))
    except DocqaError as error:
        post(PullEnded(repo, error))
    except Exception as error:  # noqa: BLE001 - shown in the models screen
        post(PullEnded(repo, unexpected(error)))
    else:
        post(ModelPulled(model))


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
        self._eta.add_sample(now, done / total)
        parts = [f"{bar(done / total, 20)} {done / 1e6:,.1f} of {total / 1e6:,.1f} MB"]
        speed, left = self._eta.speed, self._eta.get_eta(now)
        if speed:
            parts.append(f"{speed * total / 1e6:,.1f} MB a second")
        if left is not None:
            parts.append(f"{left // 60} min {left % 60} s left" if left >= 60 else f"{left} s left")
        return " · ".join(parts)
