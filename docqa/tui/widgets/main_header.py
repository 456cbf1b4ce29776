"""The line at the top of the app."""

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from docqa.terminal_text import visible

if TYPE_CHECKING:
    from docqa.tui.controller import QuestionController
    from docqa.tui.widgets.documents_pane import DocumentsPane


class MainHeader(Static):
    """One line: how many documents are open, the reader, and what goes on in the background."""

    def show(self, controller: "QuestionController", documents: "DocumentsPane", training: str) -> None:
        """Show the present state. `training` is a training's progress, or ""."""
        parts = ["", documents.summary(), *documents.changes()]
        if controller.reader:
            parts.append(f"reader: {visible(controller.reader)}")
        if controller.settings.private:
            parts.append("private")
        if training:
            parts.append(visible(training))
        reading = controller.reading_on.progress
        if reading is not None:
            parts.append(f"reading on: {reading.done:,} of {reading.total:,} passages")
        self.update(Content.assemble(("docqa", "bold $text-accent"), "   ".join(parts)))
