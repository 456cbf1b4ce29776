"""The terminal app. Light to import: textual is imported when the app is started."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from docqa import config
from docqa.config import Settings
from docqa.errors import DocqaError

__all__ = ["run"]


def run(
    paths: Sequence[str], settings: Settings, password: str | None = None, flags: Mapping[str, Any] | None = None
) -> int:
    """Run the app on files and folders until the person quits; give the exit code. Without any, they are chosen there.

    `flags` are those of the settings that the file can't win over.
    Raises `DocqaError` where there is no terminal to run in.
    """
    # Textual reads the keys from standard input and paints on standard error.
    if not all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stderr__)):
        raise DocqaError("the app needs a terminal, and this is none", "without one: docqa ask QUESTION PATH...")
    from docqa.tui.app import DocqaApp

    app = DocqaApp(paths, settings, password, config.keys(), flags)
    app.run()
    return app.return_code or 0
