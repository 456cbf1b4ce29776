"""The help screen, made from the bindings themselves, so that it is never wrong about a key."""

from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from docqa.tui.text import hang, joined

Groups = dict[str, list[tuple[str, str]]]


def groups(sources: Iterable[tuple[str, Iterable[BindingType]]], display: Callable[[Binding], str]) -> Groups:
    """Bindings as rows of keys and description, under titles; several keys of one action share a row."""
    titled: dict[str, dict[str, tuple[list[str], str]]] = {}
    for title, bindings in sources:
        rows = titled.setdefault(title, {})
        for binding in Binding.make_bindings(bindings):
            keys, _ = rows.setdefault(binding.action, ([], binding.tooltip or binding.description))
            if display(binding) not in keys:
                keys.append(display(binding))
    return {title: [(" ".join(keys), what) for keys, what in rows.values()] for title, rows in titled.items()}


class HelpScreen(ModalScreen[None]):
    """Every key and what it does."""

    BINDING_GROUP_TITLE = "In this help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss", "Close", tooltip="Close the help", id="help.close"),
    ]

    def __init__(self, shown: Groups) -> None:
        super().__init__()
        self._shown = shown

    def compose(self) -> ComposeResult:
        """One text, in a box that scrolls."""
        with VerticalScroll(id="help"):
            yield Static(id="help-text")

    def on_mount(self) -> None:
        """Name the box."""
        box = self.query_one("#help")
        box.border_title = "Keys"
        box.border_subtitle = "Esc closes"

    def on_resize(self) -> None:
        """Wrap the text to the box, once the box has its size."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        width = self.query_one("#help").scrollable_content_region.width
        self.query_one("#help-text", Static).update(joined(_lines(self._shown, width)))


def _lines(shown: Groups, width: int) -> Iterator[Content]:
    column = 2 + max(len(keys) for rows in shown.values() for keys, _ in rows)
    for number, (title, rows) in enumerate(shown.items()):
        if number:
            yield Content("")
        yield Content.styled(title, "bold $text-accent")
        for keys, what in rows:
            yield from hang(Content(what), width, Content.styled(f"  {keys:<{column}}", "bold"))
