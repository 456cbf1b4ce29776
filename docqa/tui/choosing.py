"""Choose one of many by typing some of it."""

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.fuzzy import Matcher
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from docqa.tui.text import MUTED

T = TypeVar("T")

Choice = tuple[Content, T]


class ChooseScreen(ModalScreen[T | None]):
    """A list that is narrowed by what is typed. Its result is what was chosen, None where nothing was."""

    BINDING_GROUP_TITLE = "While choosing from a list"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", tooltip="Choose nothing", id="choose.close"),
        Binding("down", "move(1)", show=False, tooltip="The one below", id="choose.next"),
        Binding("up", "move(-1)", show=False, tooltip="The one above", id="choose.previous"),
    ]
    AUTO_FOCUS = "Input"

    def __init__(
        self,
        title: str,
        hint: str,
        choices: Callable[[str], Sequence[Choice[T]]],
        *,
        nothing: str,
        first: int = 0,
    ) -> None:
        """`choices` gives those that fit what is typed, the best first; `first` is highlighted of all of them."""
        super().__init__()
        self._title = title
        self._hint = hint
        self._choices = choices
        self._nothing = nothing
        self._first = first
        self._values: list[T] = []

    def compose(self) -> ComposeResult:
        """A line to type on, and the list."""
        with Vertical(id="choose") as box:
            box.border_title = Content(self._title)
            yield Input(placeholder=self._hint, compact=True)
            yield OptionList(markup=False, compact=True)

    def on_mount(self) -> None:
        """Show all there is."""
        self._narrow("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._narrow(event.value.strip())

    def _narrow(self, typed: str) -> None:
        found = self._choices(typed)
        self._values = [value for _, value in found]
        shown = self.query_one(OptionList)
        shown.clear_options()
        if not found:
            shown.add_option(Option(Content.styled(self._nothing, MUTED), disabled=True))
            return
        shown.add_options([Option(content) for content, _ in found])
        shown.highlighted = 0 if typed else min(self._first, len(found) - 1)

    def action_move(self, step: int) -> None:
        """Highlight another one while typing."""
        shown = self.query_one(OptionList)
        (shown.action_cursor_down if step > 0 else shown.action_cursor_up)()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        highlighted = self.query_one(OptionList).highlighted
        self.dismiss(self._values[highlighted] if self._values and highlighted is not None else None)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._values[event.option_index])


def matching(typed: str, named: Iterable[tuple[str, Choice[T]]]) -> list[Choice[T]]:
    """Those whose name has the letters that were typed in it, in their order, the best first; all, where none were."""
    if not typed:
        return [choice for _, choice in named]
    matcher = Matcher(typed)
    scored = [(matcher.match(name), choice) for name, choice in named]
    return [choice for score, choice in sorted(scored, key=lambda one: -one[0]) if score > 0]
