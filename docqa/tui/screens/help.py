"""The help screen and docs/keys.md, made from the bindings themselves, so that neither is wrong about a key."""

import difflib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen
from textual.widgets import Static

from docqa.errors import DocqaError
from docqa.tui.formatting import hang, joined
from docqa.tui.inline import InlineApp
from docqa.tui.keys import KEYS
from docqa.tui.screens.agreement import SidesScreen
from docqa.tui.screens.choose import ChooseScreen
from docqa.tui.screens.comparison import CompareScreen
from docqa.tui.screens.confirm import ConfirmScreen
from docqa.tui.screens.export import ExportScreen
from docqa.tui.screens.main import MainScreen
from docqa.tui.screens.models import ModelsScreen
from docqa.tui.screens.pick import PickScreen
from docqa.tui.screens.restore import RestoreScreen
from docqa.tui.screens.settings import SettingsScreen
from docqa.tui.screens.training import TrainingScreen
from docqa.tui.widgets.answers_pane import AnswersList
from docqa.tui.widgets.documents_pane import DocumentsPane
from docqa.tui.widgets.evidence_strip import EvidenceStrip
from docqa.tui.widgets.find_input import FindInput
from docqa.tui.widgets.page_view import PageView
from docqa.tui.widgets.question_input import QuestionInput, QuestionsList
from docqa.tui.widgets.selectable_page import SelectionLine
from docqa.tui.widgets.table import DataRows

Groups = dict[str, list[tuple[str, str]]]

_PREFACE = """\
# Keys

As the app's own help (`?`) has them. `make keys` writes this page. To bind other keys, put their ids into
[`config.toml`](configuration.md), several keys with commas between them:

```toml
[keys]
"answers.copy" = "Y"
"answers.next" = "n,right_square_bracket"
```"""

_Place = type[DOMNode]

_PLACES: tuple[_Place, ...] = (
    QuestionInput,
    AnswersList,
    QuestionsList,
    DocumentsPane,
    EvidenceStrip,
    PageView,
    SelectionLine,
    FindInput,
    ChooseScreen,
    PickScreen,
    SidesScreen,
    ExportScreen,
    RestoreScreen,
    DataRows,
    ModelsScreen,
    CompareScreen,
    SettingsScreen,
    ConfirmScreen,
    TrainingScreen,
)


def groups(
    display: Callable[[Binding], str], bound: Mapping[str, str] | None = None, places: Sequence[_Place] = _PLACES
) -> Groups:
    """Every key of the app and what it does, by where it works; several keys of one action share a row.

    `bound` are the keys that the person bound anew, by the bindings' ids.
    """
    titled: dict[str, dict[str, tuple[list[str], str]]] = {}
    for title, binding in _bindings(places):
        keys, _ = titled.setdefault(title, {}).setdefault(binding.action, ([], binding.tooltip or binding.description))
        for key in (bound or {}).get(binding.id or "", binding.key).split(","):
            shown = display(replace(binding, key=key.strip()))
            if shown not in keys:
                keys.append(shown)
    return {title: [(" ".join(keys), what) for keys, what in rows.values()] for title, rows in titled.items()}


def check(bound: Mapping[str, str]) -> None:
    """Raise `DocqaError` where a key was bound to what has no key in the app."""
    known = [binding.id for _, binding in _bindings((*_PLACES, InlineApp)) if binding.id]
    for name in bound:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            raise DocqaError(
                f"config.toml binds a key to {name!r}, which the app doesn't have",
                f"did you mean {close[0]}?" if close else "docs/keys.md has all of them",
            )


def _bindings(places: Sequence[_Place]) -> Iterator[tuple[str, Binding]]:
    """Every binding and where it works."""
    anywhere: list[BindingType] = [*KEYS, *MainScreen.BINDINGS]
    sources = [("Anywhere", anywhere), *((place.BINDING_GROUP_TITLE or "", place.BINDINGS) for place in places)]
    for title, bindings in sources:
        for binding in Binding.make_bindings(bindings):
            yield title, binding


def page() -> str:
    """docs/keys.md."""
    ids: dict[tuple[str, str], dict[str, None]] = {}
    places: list[_Place] = [*_PLACES, InlineApp]
    for title, binding in _bindings(places):
        ids.setdefault((title, binding.tooltip or binding.description), {})[f"`{binding.id}`"] = None
    parts = [_PREFACE]
    for title, rows in groups(App[None]().get_key_display, places=places).items():
        table = [f"| {keys} | {what} | {', '.join(ids[title, what])} |" for keys, what in rows]
        parts += [f"## {title}", "\n".join(["| key | | id |", "|---|---|---|", *table])]
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
