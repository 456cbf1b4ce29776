"""The help screen: every key and what it does."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from docqa.tui.styling import hang, joined

KeyGroups = Mapping[str, Sequence[tuple[str, str]]]
"""Keys and what they do, by where they work."""


class HelpScreen(ModalScreen[None]):
    """Every key and what it does."""

    BINDING_GROUP_TITLE = "In this help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss", "Close", tooltip="Close the help", id="help.close"),
    ]

    def __init__(self, groups: KeyGroups) -> None:
        super().__init__()
        self._groups_of_keys = groups

    def compose(self) -> ComposeResult:
        """Yield one text in a scrolling box."""
        with VerticalScroll(id="help") as box:
            box.border_title = "Keys"
            box.border_subtitle = "Esc close"
            yield Static(id="help-text")

    def on_resize(self) -> None:
        """Wrap the text once the box has been resized."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        width = self.query_one("#help").scrollable_content_region.width
        self.query_one("#help-text", Static).update(joined(_lines(self._groups_of_keys, width)))


def _lines(groups: KeyGroups, width: int) -> Iterator[Content]:
    column = 2 + max(len(keys) for rows in groups.values() for keys, _ in rows)
    for number, (title, rows) in enumerate(groups.items()):
        if number:
            yield Content("")
        yield Content.styled(title, "bold $text-accent")
        for keys, what in rows:
            yield from hang(Content(what), width, Content.styled(f"  {keys:<{column}}", "bold"))
