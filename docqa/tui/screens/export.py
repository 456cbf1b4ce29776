"""Exporting questions and answers to a file."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from docqa.files import write_export
from docqa.terminal_text import visible
from docqa.tui.external_viewer import ascii_name
from docqa.tui.styling import MUTED
from docqa.wording import counted

if TYPE_CHECKING:
    from docqa.answers import Result
    from docqa.documents import Document
    from docqa.export import ExportHead


class ExportScreen(ModalScreen[None]):
    """Asks for a file name, whose suffix decides the format. Overwriting takes a second Enter."""

    BINDING_GROUP_TITLE = "While exporting"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", tooltip="Close without writing", id="export.close"),
        Binding("enter", "submit", "Write", tooltip="Write the file", id="export.write"),
    ]
    AUTO_FOCUS = "Input"
    STEM = "docqa"
    """How the name that is offered begins."""

    def __init__(self, results: "Sequence[Result]", documents: "Iterable[Document]") -> None:
        super().__init__()
        self._results = results
        self._documents = tuple(documents)
        self._confirmed = ""

    def compose(self) -> ComposeResult:
        """Yield the input and a line for messages."""
        with Vertical(id="export") as box:
            box.border_title = Content(f"Export {counted(len(self._results), 'question')}")
            yield Input(f"{self.STEM}-{date.today().isoformat()}{next(iter(self.formats()))}", compact=True)
            yield Static(
                Content.styled(".md for reading, .csv for spreadsheets, .json for programs", MUTED), id="about"
            )

    def action_submit(self) -> None:
        """Write the file."""
        self._submitted()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        formats = self.formats()
        typed = self.query_one(Input).value.strip()
        file = Path(typed).expanduser()
        write = formats.get(file.suffix.lower())
        if write is None:
            self._show(f"The name must end with {', '.join(formats)}.")
        elif self.app.is_web:
            self._deliver(file.name, write(self._head()))
        elif file.exists() and self._confirmed != typed:
            self._confirmed = typed
            self._show(f"{file} exists. Press Enter again to overwrite it.")
        else:
            try:
                write_export(file, write(self._head()).encode("utf-8", "replace"))
            except OSError as error:
                self._show(f"Can't write {file}: {error.strerror or error}.")
            else:
                self.dismiss(None)  # First: the notice is for the screen below.
                self.app.notify(visible(f"Written: {file.absolute()}"), markup=False)

    def formats(self) -> "Mapping[str, Callable[[ExportHead], str]]":
        """What writes the file, for each suffix."""
        from docqa.export import FORMATS

        return {suffix: partial(write, self._results) for suffix, write in FORMATS.items()}

    def _head(self) -> "ExportHead":
        from docqa.export import ExportHead

        return ExportHead.of(self._documents, date.today().isoformat())

    def _deliver(self, name: str, text: str) -> None:
        """Have the browser save the file: it may be on another machine, and this one's files are not the page's."""
        file = io.BytesIO(text.encode())
        self.app.deliver_binary(file, save_filename=ascii_name(name), open_method="download")
        self.dismiss(None)
        self.app.notify(visible(f"Downloading: {name}"), markup=False)

    def _show(self, text: str) -> None:
        self.query_one("#about", Static).update(Content.styled(visible(text), "$text-warning"))
