"""Ending the app from outside: by `kill` (SIGTERM), or because the terminal was closed (SIGHUP)."""

import sys
from asyncio import get_running_loop
from collections.abc import Callable
from functools import partial
from threading import current_thread, main_thread
from typing import Any

from textual.app import App

from docqa.termination import termination_signals


def on_termination(app: App[Any], end: Callable[[int], None]) -> None:
    """Have `end` called with the exit code, so that the terminal is restored.

    Nothing is changed for an app in a browser, whose driver has handlers of its own.
    """
    if app.is_web or sys.platform == "win32" or current_thread() is not main_thread():
        return
    for number in termination_signals():
        get_running_loop().add_signal_handler(number, partial(end, 128 + number))
