"""The line at the top of the main screen."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from docqa.terminal_text import visible

if TYPE_CHECKING:
    from docqa.progress import Progress


class MainHeader(Static):
    """One line: how many documents are open and asked, the reader, a training in progress."""

    def __init__(self) -> None:
        super().__init__()
        self.training = ""
        """The progress of a training."""

    def show(self, documents: Iterable[str], reader: str, reading_on: "Progress | None", *, private: bool) -> None:
        """Show what is said of the documents, the reader, the progress of reading on, and whether nothing is kept.

        What matters most comes first: on a narrow terminal the end is cut off.
        """
        parts = ["", *documents]
        if reader:
            parts.append(f"reader: {visible(reader)}")
        if private:
            parts.append("private")
        if self.training:
            parts.append(visible(self.training))
        if reading_on is not None:
            parts.append(f"reading on until {reading_on.total:,} passages are searched")
        self.update(Content.assemble(("docqa", "bold $text-accent"), "   ".join(parts)))
