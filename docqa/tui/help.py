"""The help screen and docs/keys.md, made from the bindings themselves, so that neither is wrong about a key."""

import sys
from collections.abc import Callable, Iterator
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from docqa.tui.choosing import ChooseScreen
from docqa.tui.export import ExportScreen
from docqa.tui.keys import KEYS
from docqa.tui.main import MainScreen
from docqa.tui.text import hang, joined
from docqa.tui.widgets.answers import AnswersList
from docqa.tui.widgets.documents import DocumentsPane
from docqa.tui.widgets.evidence import EvidenceStrip
from docqa.tui.widgets.finding import FindInput
from docqa.tui.widgets.page import PageView
from docqa.tui.widgets.question import QuestionInput, QuestionsList

Groups = dict[str, list[tuple[str, str]]]

_PLACES = (
    QuestionInput,
    AnswersList,
    QuestionsList,
    DocumentsPane,
    EvidenceStrip,
    PageView,
    FindInput,
    ChooseScreen,
    ExportScreen,
)


def groups(display: Callable[[Binding], str]) -> Groups:
    """Every key of the app and what it does, by where it works; several keys of one action share a row."""
    anywhere: list[BindingType] = [*KEYS, *MainScreen.BINDINGS]
    sources = [("Anywhere", anywhere), *((place.BINDING_GROUP_TITLE or "", place.BINDINGS) for place in _PLACES)]
    titled: dict[str, dict[str, tuple[list[str], str]]] = {}
    for title, bindings in sources:
        rows = titled.setdefault(title, {})
        for binding in Binding.make_bindings(bindings):
            keys, _ = rows.setdefault(binding.action, ([], binding.tooltip or binding.description))
            if display(binding) not in keys:
                keys.append(display(binding))
    return {title: [(" ".join(keys), what) for keys, what in rows.values()] for title, rows in titled.items()}


def page() -> str:
    """docs/keys.md."""
    parts = ["# Keys", "As the app's own help (`?`) has them. `make keys` writes this page."]
    for title, rows in groups(App[None]().get_key_display).items():
        # A key may be "|", which ends a cell.
        table = ["| key | |", "|---|---|", *(f"| {keys.replace('|', chr(92) + '|')} | {what} |" for keys, what in rows)]
        parts += [f"## {title}", "\n".join(table)]
    return "\n\n".join(parts) + "\n"


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


if __name__ == "__main__":
    sys.stdout.write(page())
