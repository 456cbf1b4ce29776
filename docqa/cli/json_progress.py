"""Progress for a program that runs docqa: one JSON object per line on stderr."""

import os
import sys
from threading import Event

from docqa.progress import Monitor, Progress
from docqa.terminal_text import as_json, ascii_json


class JsonProgress:
    """Writes events, among them the progress reported to `monitor`.

    If nobody can read stderr any more, the work is cancelled as by Ctrl-C: nobody would see it, or could stop it.
    """

    def __init__(self) -> None:
        self._cancel = Event()
        self.monitor = Monitor(self._progress, self._cancel)

    def emit(self, event: str, **values: object) -> None:
        """Write an event."""
        line = ascii_json(as_json({"event": event, **values})) + "\n"
        try:
            # Not through `sys.stderr`: a signal handler may emit an event in the middle of a line.
            os.write(sys.stderr.fileno(), line.encode())
        except OSError:
            self._cancel.set()

    def note(self, text: str) -> None:
        """Write what would be a line for the user."""
        self.emit("note", text=text)

    def _progress(self, progress: Progress) -> None:
        self.emit(
            "progress",
            stage=progress.stage,
            item=progress.item,
            step=progress.done,
            total=progress.total,
            **progress.figures,
        )
