"""Every key of the app by where it works: for the help, docs/keys.md, and the keys in config.toml.

Run as a script, it prints docs/keys.md.
"""

import sys
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from textual.app import App
from textual.binding import Binding, BindingType
from textual.dom import DOMNode

from docqa import config
from docqa.errors import DocqaError
from docqa.tui.inline import InlineApp
from docqa.tui.keys import KEYS
from docqa.tui.screens.agreement import AgreementScreen
from docqa.tui.screens.choose import ChooseScreen
from docqa.tui.screens.comparison import ComparisonScreen
from docqa.tui.screens.confirm import ConfirmScreen
from docqa.tui.screens.export import ExportScreen
from docqa.tui.screens.find_all import FindAllScreen
from docqa.tui.screens.help import HelpRow, KeyTasks
from docqa.tui.screens.main import MainScreen
from docqa.tui.screens.models import ModelsScreen
from docqa.tui.screens.pick import PickScreen
from docqa.tui.screens.restore import RestoreScreen
from docqa.tui.screens.review import MatrixLine, MatrixScreen
from docqa.tui.screens.settings import SettingsScreen
from docqa.tui.screens.training import TrainingScreen
from docqa.tui.widgets.answers_pane import AnswersList
from docqa.tui.widgets.documents_pane import DocumentsPane
from docqa.tui.widgets.evidence_strip import EvidenceStrip
from docqa.tui.widgets.inputs import FindInput, NoteInput
from docqa.tui.widgets.matrix_table import MatrixTable
from docqa.tui.widgets.page_view import PageView
from docqa.tui.widgets.question_input import QuestionInput, QuestionsList
from docqa.tui.widgets.selectable_page import SelectionLine
from docqa.tui.widgets.table import RowTable
from docqa.wording import did_you_mean

_PREFACE = """\
# Keys

These are the keys in the app's help (`?`). `make keys` generates this page. To change keys, set them by id in
[`config.toml`](configuration.md), with commas between alternatives:

```toml
[keys]
"answers.copy" = "Z"
"answers.next" = "right_square_bracket,f3"
```"""

_Place = type[DOMNode]


PLACES: tuple[_Place, ...] = (
    QuestionInput,
    AnswersList,
    QuestionsList,
    DocumentsPane,
    EvidenceStrip,
    PageView,
    SelectionLine,
    FindInput,
    FindAllScreen,
    NoteInput,
    ChooseScreen,
    PickScreen,
    AgreementScreen,
    MatrixScreen,
    MatrixTable,
    MatrixLine,
    ExportScreen,
    RestoreScreen,
    RowTable,
    ModelsScreen,
    ComparisonScreen,
    SettingsScreen,
    ConfirmScreen,
    TrainingScreen,
)
"""The widgets and screens with keys of their own, in the order of the help. `BINDING_GROUP_TITLE` names each."""


_ANYWHERE = "Anywhere"

_TASKS = {
    "Ask": ("question", "questions"),
    "Look through the answers": ("answers", "list", "evidence", "agreement"),
    "Read and find in the documents": ("document", "page", "panes", "find", "hits", "choose"),
    "Say what is right, and train on it": ("feedback", "select", "training"),
    "Open, tick and close documents": ("documents", "pick"),
    "Keep and restore": ("export", "restore"),
    "Models and settings": ("models", "comparison", "settings", "table", "confirm"),
}
"""What a user does, in that order, and how the ids of the keys for it begin."""
_OTHER = "All else"
_HERE = "Here"


class _KeyRow(NamedTuple):
    """Keys of one action, where they work, what they do, and the id of the first binding."""

    place: str
    keys: str
    what: str
    id: str


def _rows(
    display: Callable[[Binding], str],
    keymap: Mapping[str, str] | None,
    places: Sequence[_Place],
    without: Container[str],
) -> Iterator[_KeyRow]:
    """Yield every key, by where it works, `without` some actions. The keys of one action share a row.

    `display` formats a binding's key. `keymap` has the user's keys by binding id.
    """
    found: dict[tuple[str, str], tuple[list[str], Binding]] = {}
    for title, binding in _bindings(places):
        if binding.action in without:
            continue
        keys, _ = found.setdefault((title, binding.action), ([], binding))
        for key in (keymap or {}).get(binding.id or "", binding.key).split(","):
            shown = display(replace(binding, key=key.strip()))
            if shown not in keys:
                keys.append(shown)
    for (title, _), (keys, binding) in found.items():
        yield _KeyRow(title, " ".join(keys), binding.tooltip or binding.description, binding.id or "")


def key_tasks(
    display: Callable[[Binding], str],
    keymap: Mapping[str, str] | None = None,
    here: Container[str] = (),
    *,
    without: Container[str] = (),
) -> KeyTasks:
    """Return every key, what it does and where, by what the user is doing, in that order, `without` some actions.

    First are those of the places with the titles `here`, where the user is. `display` formats a binding's key.
    `keymap` has the user's keys by binding id.
    """
    tasks: dict[str, list[HelpRow]] = {title: [] for title in (_HERE, *_TASKS, _OTHER)}
    task_of = {prefix: title for title, prefixes in _TASKS.items() for prefix in prefixes}
    for row in _rows(display, keymap, PLACES, without):
        where = "" if row.place == _ANYWHERE else row.place[:1].lower() + row.place[1:]
        if row.place in here:
            tasks[_HERE].append(HelpRow(row.keys, row.what, ""))
        else:
            tasks[task_of.get(row.id.partition(".")[0], _OTHER)].append(HelpRow(row.keys, row.what, where))
    return {title: rows for title, rows in tasks.items() if rows}


def group_titles(screen: DOMNode) -> set[str]:
    """The titles of the places on a screen that have keys of their own."""
    return {title for node in (screen, *screen.query("*")) if (title := node.BINDING_GROUP_TITLE)}


def check_keymap(keymap: Mapping[str, str]) -> None:
    """Raise `DocqaError` if the keymap has an unknown binding id."""
    known = [binding.id for _, binding in _bindings((*PLACES, InlineApp)) if binding.id]
    for name in keymap:
        if name not in known:
            raise DocqaError(
                f"{config.file()} has an unknown key id, {name!r}",
                did_you_mean(name, known, "docs/keys.md lists them all"),
            )


def _bindings(places: Sequence[_Place]) -> Iterator[tuple[str, Binding]]:
    """Yield every binding and where it works."""
    anywhere: list[BindingType] = [*KEYS, *MainScreen.BINDINGS]
    sources = [(_ANYWHERE, anywhere), *((place.BINDING_GROUP_TITLE or "", place.BINDINGS) for place in places)]
    for title, bindings in sources:
        for binding in Binding.make_bindings(bindings):
            yield title, binding


def page() -> str:
    """Return docs/keys.md."""
    ids: dict[tuple[str, str], dict[str, None]] = {}
    places: list[_Place] = [*PLACES, InlineApp]
    for title, binding in _bindings(places):
        ids.setdefault((title, binding.tooltip or binding.description), {})[f"`{binding.id}`"] = None
    parts = [_PREFACE]
    tables: dict[str, list[str]] = {}
    for row in _rows(App[None]().get_key_display, None, places, ()):
        line = f"| {row.keys} | {row.what} | {', '.join(ids[row.place, row.what])} |"
        tables.setdefault(row.place, ["| key | | id |", "|---|---|---|"]).append(line)
    for title, table in tables.items():
        parts += [f"## {title}", "\n".join(table)]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
