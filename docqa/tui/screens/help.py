"""The help screen: every key and what it does, in the order of a user's tasks; typing finds one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from docqa.tui.styling import MUTED, hang, joined


class HelpRow(NamedTuple):
    """Keys, what they do, and where they work; "" is anywhere."""

    keys: str
    what: str
    where: str


KeyTasks = Mapping[str, Sequence[HelpRow]]
"""The keys by what the user is doing."""


class KeyFilter(Input):
    """What is looked for. `?` is the key that closes the help, not a letter."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether the key types something, so that no binding takes it."""
        return key != "question_mark" and super().check_consume_key(key, character)


class HelpScreen(ModalScreen[None]):
    """Every key and what it does."""

    BINDING_GROUP_TITLE = "In this help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", tooltip="Show all keys again, or close the help", id="help.close"),
        Binding("question_mark", "dismiss", "Close", tooltip="Close the help", id="help.toggle", priority=True),
        Binding("down", "scroll(1)", show=False, tooltip="Scroll down", id="help.down"),
        Binding("up", "scroll(-1)", show=False, tooltip="Scroll up", id="help.up"),
        Binding("pagedown", "page(1)", show=False, tooltip="Scroll a screen down", id="help.page_down"),
        Binding("pageup", "page(-1)", show=False, tooltip="Scroll a screen up", id="help.page_up"),
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, tasks: KeyTasks) -> None:
        super().__init__()
        self._key_tasks = tasks
        self._box = VerticalScroll(can_focus=False)
        self._text = Static(id="help-text")
        self._filter = KeyFilter(placeholder="Type to find: copy, document, ctrl…", compact=True)

    def compose(self) -> ComposeResult:
        """Yield what is looked for, and one text in a scrolling box."""
        with Vertical(id="help") as frame:
            frame.border_title = "Keys"
            frame.border_subtitle = "↑ ↓ scroll · Esc close"
            yield self._filter
            with self._box:
                yield self._text

    def on_resize(self) -> None:
        """Wrap the text once the box has been resized."""
        self.call_after_refresh(self._draw)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._draw()
        self._box.scroll_home(animate=False)

    def action_close(self) -> None:
        """Show all keys again, else close."""
        if self._filter.value:
            self._filter.value = ""
        else:
            self.dismiss()

    def action_scroll(self, step: int) -> None:
        """Scroll by a line."""
        self._box.scroll_relative(y=step, animate=False)

    def action_page(self, step: int) -> None:
        """Scroll by a screen."""
        self._box.scroll_relative(y=step * max(1, self._box.size.height - 1), animate=False)

    def _draw(self) -> None:
        width = self._box.scrollable_content_region.width
        found = _matching(self._key_tasks, self._filter.value)
        lines = _lines(found, width) if found else [Content.styled("No key does that.", MUTED)]
        self._text.update(joined(lines))


def _matching(tasks: KeyTasks, typed: str) -> KeyTasks:
    """The keys of which the description has all words that were typed, or that are just that."""
    words = typed.lower().split()
    found = {
        task: [row for row in rows if typed in row.keys.split() or _has(" ".join(row).lower(), words)]
        for task, rows in tasks.items()
    }
    return {task: rows for task, rows in found.items() if rows}


def _has(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def _lines(tasks: KeyTasks, width: int) -> Iterator[Content]:
    column = 2 + max(len(row.keys) for rows in tasks.values() for row in rows)
    for number, (title, rows) in enumerate(tasks.items()):
        if number:
            yield Content("")
        yield Content.styled(title, "bold $text-accent")
        for row in rows:
            what = Content(row.what) + Content.styled(f" · {row.where}" if row.where else "", MUTED)
            yield from hang(what, width, Content.styled(f"  {row.keys:<{column}}", "bold"))
