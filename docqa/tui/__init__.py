"""The terminal app. Light to import: textual is imported when the app is started."""

import os
import sys
from collections.abc import Sequence

from docqa import config
from docqa.config import Settings
from docqa.errors import DocqaError

__all__ = ["run"]


def run(paths: Sequence[str], settings: Settings, password: str | None = None) -> int:
    """Run the app on files and folders until the person quits; give the exit code.

    Raises `DocqaError` where there is no terminal to run in.
    """
    # Textual reads the keys from standard input and paints on standard error; `docqa serve` names another driver.
    served = os.environ.get("TEXTUAL_DRIVER")
    if served is None and not all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stderr__)):
        raise DocqaError("the app needs a terminal, and this is none", "without one: docqa ask QUESTION PATH...")
    from docqa.tui.app import DocqaApp

    app = DocqaApp(paths, settings, password, config.keys())
    app.run()
    return app.return_code or 0
