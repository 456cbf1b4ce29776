"""What a command tells a program that runs it: a line of JSON on stderr for each thing that happens."""

import json
import os
import sys
from threading import Event

from docqa.progress import Monitor, Progress


class JsonProgress:
    """The lines, and a monitor whose progress is among them.

    Once nobody reads them any more the work is told to stop, as by Ctrl-C: what goes on unseen can't be stopped.
    """

    def __init__(self) -> None:
        self._cancel = Event()
        self.monitor = Monitor(self._progress, self._cancel)

    def tell(self, event: str, **values: object) -> None:
        """Write one line; `event` says what happened."""
        line = json.dumps({"event": event, **values}) + "\n"
        try:
            # Not through the stream: a signal's handler tells something too, maybe in the middle of a line.
            os.write(sys.stderr.fileno(), line.encode())
        except BrokenPipeError:
            self._cancel.set()

    def note(self, text: str) -> None:
        """Tell what would be a line for a person."""
        self.tell("note", text=text)

    def _progress(self, progress: Progress) -> None:
        self.tell(
            "progress",
            stage=progress.stage,
            item=progress.item,
            step=progress.done,
            total=progress.total,
            **progress.figures,
        )
