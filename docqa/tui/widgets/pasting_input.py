"""A line that knows a file that is dropped on the terminal from a text that is pasted."""

from collections.abc import Sequence

from textual import events, work
from textual.message import Message
from textual.widgets import Input

from docqa.tui.state import dropped_paths


class PastingInput(Input):
    """What is pasted is typed, unless it is paths of files and folders and nothing else."""

    class Dropped(Message):
        """Paths were pasted, all of what is there."""

        def __init__(self, line: "PastingInput", paths: Sequence[str]) -> None:
            super().__init__()
            self.line = line
            self.paths = paths

    class TextPasted(Message):
        """It was a text after all."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def on_paste(self, event: events.Paste) -> None:
        """Type it at once, if it can't be paths."""
        event.stop()
        event.prevent_default()
        if next(dropped_paths.readings(event.text), None) is None:
            self.take(event.text)
        else:
            self._look_at(event.text)

    @work(thread=True)
    def _look_at(self, text: str) -> None:
        # A thread, because a disk may be slow to say what is there.
        paths = dropped_paths.named(text)
        self.post_message(self.Dropped(self, paths) if paths else self.TextPasted(text))

    def on_pasting_input_text_pasted(self, message: TextPasted) -> None:
        """Type it."""
        message.stop()
        self.take(message.text)

    def take(self, text: str) -> None:
        """Put a text, on one line, where the cursor is, or in the place of what is selected."""
        self.replace(" ".join(text.splitlines()), *sorted(self.selection))
