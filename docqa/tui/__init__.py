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

if TYPE_CHECKING:
    from docqa.answers import Result
    from docqa.engine import Collection

__all__ = ["ask_inline", "run"]


def run(
    paths: Sequence[str], settings: Settings, password: str | None = None, flags: Mapping[str, Any] | None = None
) -> int:
    """Run the app on files and folders until the person quits; give the exit code. Without any, they are chosen there.

    `flags` are those of the settings that the file can't win over.
    Raises `DocqaError` where there is no terminal to run in.
    """
    # Textual reads the keys from standard input and paints on standard error; `docqa serve` names another driver.
    served = os.environ.get("TEXTUAL_DRIVER")
    if served is None and not all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stderr__)):
        raise DocqaError("the app needs a terminal, and this is none", "without one: docqa ask QUESTION PATH...")
    if served is not None:
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    from docqa.tui.app import DocqaApp

    app = DocqaApp(paths, settings, password, config.keys(), flags)
    app.run()
    return app.return_code or 0


def _end_with(parent: int) -> None:
    """End this process when the server that started it is gone, even killed: nobody could reach the app any more."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(ExitCode.ERROR)


def ask_inline(
    paths: Sequence[str], settings: Settings, password: str | None = None, question: str = ""
) -> "tuple[Collection | None, list[Result]]":
    """Ask under the prompt until the person leaves; give what was opened and what was answered.

    Raises `DocqaError` where there is no terminal, or nothing can be opened; KeyboardInterrupt at Ctrl-C.
    """
    if sys.platform == "win32":  # Textual has no such mode there.
        raise DocqaError("--inline doesn't work on Windows", "docqa open PATH..., or docqa ask without --inline")
    if not all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__)):
        raise DocqaError("--inline needs a terminal, and this is none", "without one: docqa ask QUESTION PATH...")
    from docqa.tui.inline import InlineApp
    from docqa.tui.key_reference import check_keymap

    keys = config.keys()
    check_keymap(keys)
    app = InlineApp(paths, settings, password, keys, question)
    app.run(inline=True)
    if app.interrupted:
        raise KeyboardInterrupt
    if app.failure is not None:
        raise app.failure
    return app.collection, app.session.results
