"""Asking for confirmation before something that can't be undone."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from docqa.terminal_text import visible_lines


class ConfirmScreen(ModalScreen[bool]):
    """A yes-or-no question. Enter does nothing: it may have been meant for the screen below."""

    BINDING_GROUP_TITLE = "In a confirmation"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "Yes", tooltip="Confirm", id="confirm.yes"),
        Binding("n,escape,q", "dismiss(False)", "No", tooltip="Cancel", id="confirm.no"),
    ]

    def __init__(self, title: str, question: str) -> None:
        super().__init__()
        self._title = title
        self._question = question

    def compose(self) -> ComposeResult:
        """Yield the question."""
        with Vertical(id="confirm", classes="dialog") as box:
            box.border_title = Content(visible_lines(self._title))
            box.border_subtitle = Content("y yes · n, Esc no")
            yield Static(Content(visible_lines(self._question)))
