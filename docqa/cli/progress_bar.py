"""Progress on stderr, for work that takes over a second, and only where a person sees it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from docqa.progress import Monitor, Progress

_SHOWN_AFTER = 1.0  # Seconds.


@contextmanager
def bar(*, quiet: bool) -> Iterator[Monitor]:
    """A monitor that draws a bar. Ctrl-C ends the work, as anywhere."""
    if quiet or not sys.stderr.isatty():
        yield Monitor()
        return
    import time

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    began = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bars = Bars(*columns, console=Console(stderr=True), transient=True)
    task = bars.add_task("", total=None)

    def report(progress: Progress) -> None:
        if time.monotonic() - began < _SHOWN_AFTER:
            return
        bars.start()
        description = f"{progress.stage} · {progress.item}"
        bars.update(task, description=description[:50], completed=progress.done, total=progress.total)

    try:
        yield Monitor(report)
    finally:
        bars.stop()
