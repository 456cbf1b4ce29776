"""The terminal app. Light to import: textual is imported when the app is started."""

import os
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from docqa import config
from docqa.config import Settings
from docqa.errors import DocqaError, ExitCode
from docqa.tui import served_app

if TYPE_CHECKING:
    from docqa.answers import Result
    from docqa.collection import Collection

__all__ = ["ask_inline", "run"]


def run(
    paths: Sequence[str],
    settings: Settings,
    password: str | None = None,
    flags: Mapping[str, Any] | None = None,
    *,
    resume: bool = False,
) -> int:
    """Run the app until the user quits; return the exit code. Without `paths`, the user chooses some in the app.

    `flags` are the settings given on the command line; `resume` goes on with the last session. Raises `DocqaError` if
    there is no terminal to run in.
    """
    # Textual reads keys from standard input and writes to standard error; `docqa serve` sets another driver.
    served = served_app.is_served()
    if not served and not all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stderr__)):
        raise DocqaError("the app needs a terminal", "without one, use docqa ask QUESTION PATH...")
    if served:
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    from docqa.tui.app import DocqaApp

    app = DocqaApp(
        paths, settings, password, config.keys(), flags, restricted=served_app.is_restricted(), resume=resume
    )
    app.run()
    if app.crash is not None:
        raise app.crash
    return app.return_code or 0


def _end_with(parent: int) -> None:
    """Exit when the server that started this process has ended, or was killed: nobody can reach the app then."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(ExitCode.ERROR)


def ask_inline(
    paths: Sequence[str], settings: Settings, password: str | None = None, question: str = ""
) -> "tuple[Collection | None, list[Result]]":
    """Run the inline app until the user quits; return the open documents and the results.

    Raises `DocqaError` if there is no terminal or nothing can be opened, and KeyboardInterrupt on Ctrl+C.
    """
    if sys.platform == "win32":  # Textual has no such mode there.
        raise DocqaError("--inline doesn't work on Windows", "use docqa open PATH..., or docqa ask without --inline")
    if not all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__)):
        raise DocqaError("--inline needs a terminal", "without one, use docqa ask QUESTION PATH...")
    from docqa.tui.inline import InlineApp
    from docqa.tui.key_reference import check_keymap

    keys = config.keys()
    check_keymap(keys)
    app = InlineApp(paths, settings, password, keys, question=question)
    app.run(inline=True)
    if app.crash is not None:
        raise app.crash
    if app.interrupted:
        raise KeyboardInterrupt
    if app.questions.failure is not None:
        raise app.questions.failure
    return app.questions.collection, app.questions.results
