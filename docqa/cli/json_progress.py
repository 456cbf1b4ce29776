"""Progress for a program that runs docqa: one JSON object per line on stderr."""

import json
import os
import sys
from threading import Event

from docqa.progress import Monitor, Progress


class JsonProgress:
    """Writes events, among them the progress reported to `monitor`.

    If nobody reads stderr any more, the work is cancelled as by Ctrl-C: nobody would see it, or could stop it.
    """

    def __init__(self) -> None:
        self._cancel = Event()
        self.monitor = Monitor(self._progress, self._cancel)

    def emit(self, event: str, **values: object) -> None:
        """Write an event."""
        line = json.dumps({"event": event, **values}) + "\n"
        try:
            # Not through `sys.stderr`: a signal handler may emit an event in the middle of a line.
            os.write(sys.stderr.fileno(), line.encode())
        except BrokenPipeError:
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
