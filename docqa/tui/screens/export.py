"""Ask for a file's name, and write the questions and answers to it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from docqa.tui.formatting import MUTED, counted, plain

if TYPE_CHECKING:
    from docqa.answers import Result


class ExportScreen(ModalScreen[None]):
    """The name's ending decides on the format. Enter on a file that is there asks once more."""

    BINDING_GROUP_TITLE = "While exporting"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", tooltip="Write nothing", id="export.close"),
        Binding("enter", "submit", "Write", tooltip="Write the file", id="export.write"),
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, results: "Sequence[Result]") -> None:
        super().__init__()
        self._results = results
        self._confirmed = ""

    def compose(self) -> ComposeResult:
        """A line with a name on it, and what will happen."""
        with Vertical(id="export") as box:
            box.border_title = Content(f"Export {counted(len(self._results), 'question')}")
            yield Input(f"docqa-{date.today().isoformat()}.md", compact=True)
            yield Static(Content.styled(".md for people, .csv for spreadsheets, .json for programs", MUTED), id="about")

    def action_submit(self) -> None:
        """As Enter on the line."""
        self._submitted()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        from docqa.export import FORMATS

        typed = self.query_one(Input).value.strip()
        file = Path(typed).expanduser()
        write = FORMATS.get(file.suffix.lower())
        if write is None:
            self._tell(f"The name has to end with {', '.join(FORMATS)}.")
        elif file.exists() and self._confirmed != typed:
            self._confirmed = typed
            self._tell(f"{file} is there. Enter once more writes over it.")
        else:
            try:
                file.write_text(write(self._results), encoding="utf-8")
            except OSError as error:
                self._tell(f"{file} can't be written: {error.strerror or error}.")
            else:
                self.app.notify(plain(f"Written: {file.absolute()}"), markup=False)
                self.dismiss(None)

    def _tell(self, text: str) -> None:
        self.query_one("#about", Static).update(Content.styled(plain(text), "$text-warning"))
