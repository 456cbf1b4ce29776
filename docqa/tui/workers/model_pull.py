"""A model pulled from within the app. The only module of the app that uses the network, and only when asked to."""

import time
from collections.abc import Sequence
from threading import Event

from textual.content import Content
from textual.eta import ETA
from textual.message import Message

from docqa.errors import DocqaError, unexpected
from docqa.models import hub
from docqa.models.registry import ALIASES, Model
from docqa.progress import Cancelled, Monitor, Progress
from docqa.tui.formatting import MUTED, bar, flat
from docqa.tui.messages import Post
from docqa.tui.screens.choose import Choice, matching
from docqa.tui.state.models_list import KnownModel, is_here

_INTERVAL = 0.1  # Seconds between two reports.


class PullAdvanced(Message):
    """So many bytes are here."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress


class ModelPulled(Message):
    """The model is on this machine, checked."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model


class PullEnded(Message):
    """It is not; `error` says why, None where the person stopped it."""

    def __init__(self, repo: str, error: DocqaError | None) -> None:
        super().__init__()
        self.repo = repo
        self.error = error


def offered(typed: str, listed: Sequence[KnownModel]) -> list[Choice[str]]:
    """What can be pulled: the models with short names, and whatever repository is typed. Asks the network nothing."""
    named = []
    for name, alias in ALIASES.items():
        here = " · on this machine" if is_here(name, list(listed)) else ""
        about = Content.styled(f"  {alias.kind}: {alias.about}{here}", MUTED)
        named.append((name, (Content(name) + about, name)))
    found = matching(typed, named)
    if "/" in typed and typed not in ALIASES:
        found.append((Content(flat(typed)) + Content.styled("  from the hub, as it is called there", MUTED), typed))
    return found


def pull(repo: str, cancel: Event, post: Post) -> None:
    """Pull a model, and post how far it came and how it ended. Raises nothing."""
    reported = 0.0

    def report(progress: Progress) -> None:
        nonlocal reported
        now = time.monotonic()
        if now - reported >= _INTERVAL:
            reported = now
            post(PullAdvanced(progress))

    try:
        model = hub.pull(repo, monitor=Monitor(report, cancel))
    except Cancelled:
        post(PullEnded(repo, None))
    except DocqaError as error:
        post(PullEnded(repo, error))
    except Exception as error:  # noqa: BLE001 - shown where the person looks
        post(PullEnded(repo, unexpected(error)))
    else:
        post(ModelPulled(model))


class PullTransfer:
    """How far a pull has come, how fast it goes and how long it will take, in words."""

    def __init__(self) -> None:
        self._eta = ETA(estimation_period=20)
        self._eta.reset()

    def told(self, progress: Progress, now: float) -> str:
        """One line; `now` in seconds."""
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
