"""What docqa writes to stdout and stderr: inert on a terminal, in any encoding, and told if it can't be written."""

import io
import os
import sys
from collections.abc import Callable
from typing import Any, TextIO

from docqa.errors import DocqaError
from docqa.terminal_text import painted, plain, visible_lines


def prepare(in_colour: Callable[[], bool]) -> None:
    """Replace `sys.stdout` and `sys.stderr` for the rest of the process. What paints itself has `sys.__stderr__`.

    Whatever reaches them is inert: also what argparse, a library's warnings or a traceback say. docqa's own colours
    are let through where output is `in_colour`. Closed streams are opened: else the next file would have their number.
    """
    _open_closed()
    for stream in (sys.stdout, sys.stderr):
        # The encoding of a pipe may lack a character of an answer: escape it.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.stdout = _InertStream(sys.stdout, painted if in_colour() else plain, _told)
    guard_stderr()


def guard_stderr() -> None:
    """Put the guard before `sys.stderr`, also before what a progress bar has put in its place."""
    if not isinstance(sys.stderr, _InertStream):
        sys.stderr = _InertStream(sys.stderr, visible_lines, lambda _: None)


class _InertStream:
    """A text stream that makes what is written inert, and says what happens if that fails: all else is the stream's."""

    def __init__(self, stream: TextIO, inert: Callable[[str], str], failed: Callable[[OSError], None]) -> None:
        self._stream = stream
        self._inert = inert
        self._failed = failed

    def write(self, text: str) -> int:
        """Write a text. Returns its length."""
        try:
            self._stream.write(self._inert(text))
        except OSError as error:
            self._failed(error)
        return len(text)

    def flush(self) -> None:
        """Write what is buffered."""
        try:
            self._stream.flush()
        except OSError as error:
            self._failed(error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _told(error: OSError) -> None:
    """Raise what happened to stdout: unlike notes on stderr, an answer that is lost must be told of."""
    if isinstance(error, BrokenPipeError):
        raise error
    reason = (error.strerror or str(error)).lower()
    raise DocqaError(f"standard output can't be written: {reason}", "the output is not complete") from error


def _open_closed() -> None:
    """Open stdin, stdout and stderr if they are closed (`>&-`): an output to it fails, a note vanishes."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)  # Gets the lowest free number.
        if getattr(sys, name) is None:
            mode = "w" if number else "r"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - for good
