"""Choose one of many by typing some of it."""

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from docqa.tui.formatting import MUTED

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
        self._values: list[T | None] = []

    def compose(self) -> ComposeResult:
        """A line to type on, and the list."""
        with Vertical(id="choose") as box:
            box.border_title = Content(self._title)
            yield Input(placeholder=self._hint, compact=True)
            yield OptionList(markup=False, compact=True)

    def on_mount(self) -> None:
        """Show all there is."""
        self.narrow("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.narrow(event.value.strip())

    def narrow(self, typed: str) -> None:
        """Offer what fits."""
        self.offer(self._choices(typed), 0 if typed else self._first)

    def offer(self, found: Sequence[tuple[Content, T | None]], first: int = 0) -> None:
        """Put these into the list, with one of them highlighted. What has no value is a heading."""
        self._values = [value for _, value in found]
        shown = self.query_one(OptionList)
        shown.clear_options()
        if not found:
            shown.add_option(Option(Content.styled(self._nothing, MUTED), disabled=True))
            return
        shown.add_options([Option(content, disabled=value is None) for content, value in found])
        shown.highlighted = min(first, len(found) - 1)

    @property
    def highlighted(self) -> T | None:
        """What would be chosen now."""
        number = self.query_one(OptionList).highlighted
        return self._values[number] if self._values and number is not None else None

    def action_move(self, step: int) -> None:
        """Highlight another one while typing."""
        shown = self.query_one(OptionList)
        (shown.action_cursor_down if step > 0 else shown.action_cursor_up)()

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        self.choose()

    def choose(self) -> None:
        """Close, with what is highlighted."""
        self.dismiss(self.highlighted)


def matching(typed: str, named: Iterable[tuple[str, Choice[T]]]) -> list[Choice[T]]:
    """Those whose names have what was typed in them, the best first; all, where nothing was."""
    if not typed:
        return [choice for _, choice in named]
    words = typed.lower().split()
    scored = [(closeness(words, name), choice) for name, choice in named]
    return [choice for score, choice in sorted(scored, key=lambda one: -one[0]) if score > 0]


def closeness(words: Sequence[str], name: str) -> float:
    """How well a name fits words in lower case, 0 where it doesn't: best as they stand, else by their letters in order.

    Textual's own matcher weighs every way to place the letters: that takes milliseconds for a long path, and there may
    be a hundred thousand of them.
    """
    name = name.lower()
    total = 0.0
    for word in words:
        at = name.rfind(word)
        if at >= 0:
            begins = at == 0 or not name[at - 1].isalnum()
            total += 3 + begins + len(word) / len(name)
            continue
        last = first = name.find(word[0])
        for letter in word[1:]:
            last = name.find(letter, last + 1) if last >= 0 else -1
        if last < 0:
            return 0
        total += len(word) / (last - first + 1)
    return total
