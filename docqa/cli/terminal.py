"""Answers on stdout, and what it can show; notes and progress bars on stderr."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from docqa.cli.streams import guard_stderr
from docqa.errors import DocqaError
from docqa.terminal_text import ascii_json, visible
from docqa.wording import stage

# Imported below: dataclasses take a fifth of the time of `docqa --help`.
if TYPE_CHECKING:
    import rich.progress

    from docqa.progress import Monitor, Progress

_SHOW_AFTER = 1.0  # Seconds: shorter work needs no bar.


def in_colour() -> bool:
    """Whether to write to stdout in colour."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def columns() -> int | None:
    """The width of the terminal that stdout is; None if it is none, or doesn't tell."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None
    except (OSError, ValueError):  # `io.UnsupportedOperation`, if stdout has been replaced, is both.
        return None


def say(text: str) -> None:
    """Print a text on stdout."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def say_json(text: str) -> None:
    """Print JSON on stdout, in ASCII where it would not be UTF-8, which JSON has to be."""
    is_utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    say(text if is_utf8 else ascii_json(text))


def note(text: str, *, quiet: bool = False) -> None:
    """Print a line on stderr unless `quiet`."""
    if not quiet:
        print(text, file=sys.stderr, flush=True)  # noqa: T201


def report(error: DocqaError) -> None:
    """Print an error, and its hint if it has one, on stderr."""
    note(f"docqa: {error.message}")
    if error.hint:
        note(f"  hint: {error.hint}")


@contextmanager
def progress_bar(*, quiet: bool) -> "Iterator[Monitor]":
    """A monitor that draws a progress bar, if stderr is a terminal."""
    from docqa.progress import Monitor

    if quiet or not sys.stderr.isatty():
        yield Monitor()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TimeRemainingColumn

    started = time.monotonic()
    bars = _bars(_description(), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), transient=True)
    task = bars.add_task("", total=None)

    def report(progress: "Progress") -> None:
        if time.monotonic() - started < _SHOW_AFTER:
            return
        bars.start()
        description = visible(" · ".join(filter(None, (stage(progress.stage), progress.item))))
        bars.update(task, description=description[:50], completed=progress.done, total=progress.total)

    try:
        yield Monitor(report)
    finally:
        bars.stop()


@contextmanager
def download_bar(name: str) -> "Iterator[Monitor]":
    """A monitor that draws a progress bar in bytes. If stderr is not a terminal, prints a line at the end instead."""
    from docqa.progress import Monitor

    if not sys.stderr.isatty():
        yield Monitor()
        note(f"downloaded {name}")
        return
    from rich.progress import BarColumn, DownloadColumn, TimeRemainingColumn, TransferSpeedColumn

    with _bars(_description(), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()) as bars:
        task = bars.add_task(visible(name), total=None)

        def report(progress: "Progress") -> None:
            description = visible(f"{progress.stage} {progress.item}")
            bars.update(task, description=description, completed=progress.done, total=progress.total or None)

        yield Monitor(report)


def _description() -> "rich.progress.TextColumn":
    from rich.progress import TextColumn

    return TextColumn("{task.description}", markup=False)  # A file may be called "[/].pdf".


def _bars(*columns: "rich.progress.ProgressColumn", transient: bool = False) -> "rich.progress.Progress":
    from rich.console import Console
    from rich.progress import Progress

    class Bars(Progress):
        """Bars, above which what is written to stderr appears."""

        def start(self) -> None:
            super().start()
            guard_stderr()

    # Bars are painted with control sequences, which the guarded `sys.stderr` doesn't let through.
    console = Console(file=sys.__stderr__)
    return Bars(*columns, console=console, transient=transient, redirect_stdout=False)
