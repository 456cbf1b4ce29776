"""Choosing from a list that is narrowed by typing."""

from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content, Span
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from docqa.tui.state.choices import Choice
from docqa.tui.styling import MUTED
from docqa.tui.widgets.inputs import LONGEST_LINE

T = TypeVar("T")


class ChooseScreen(ModalScreen[T | None]):
    """A list of choices. Its result is the chosen value, or None."""

    BINDING_GROUP_TITLE = "While choosing from a list"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", tooltip="Close without choosing", id="choose.close"),
        Binding("down", "move(1)", show=False, tooltip="Go to the next row", id="choose.next"),
        Binding("up", "move(-1)", show=False, tooltip="Go to the previous row", id="choose.previous"),
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
        """`choices` returns those that match the typed text, best first. `first` is highlighted while none is typed.

        `nothing` is shown if no choice matches.
        """
        super().__init__()
        self._title = title
        self._hint = hint
        self._choices = choices
        self._nothing = nothing
        self._first = first
        self._values: list[T | None] = []

    def compose(self) -> ComposeResult:
        """Yield the input and the list."""
        with Vertical(id="choose") as box:
            box.border_title = Content(self._title)
            yield Input(placeholder=self._hint, compact=True, max_length=LONGEST_LINE)
            yield OptionList(markup=False, compact=True)

    def on_mount(self) -> None:
        """Show all choices."""
        self.narrow("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.narrow(event.value.strip())

    def narrow(self, typed: str) -> None:
        """Show the choices that match."""
        self.offer(self._choices(typed), 0 if typed else self._first)

    def offer(self, choices: Sequence[Choice[T]], first: int = 0) -> None:
        """Fill the list, and highlight one of the choices."""
        self._values = [choice.value for choice in choices]
        options = self.query_one(OptionList)
        options.clear_options()
        if not choices:
            options.add_option(Option(Content.styled(self._nothing, MUTED), disabled=True))
            return
        options.add_options([Option(self.row(choice), disabled=choice.value is None) for choice in choices])
        options.highlighted = min(first, len(choices) - 1)

    def row(self, choice: Choice[T]) -> Content:
        """Style a choice. Headings are muted."""
        if choice.value is None:
            return Content.styled(choice.text, MUTED)
        spans = [Span(*choice.emphasis, "bold underline")] if choice.emphasis else []
        text = Content(choice.text, spans=spans)
        return Content.styled(choice.before, MUTED) + text + Content.styled(choice.after, MUTED)

    @property
    def highlighted(self) -> T | None:
        """The highlighted value."""
        number = self.query_one(OptionList).highlighted
        return self._values[number] if self._values and number is not None else None

    def action_move(self, step: int) -> None:
        """Move the highlight while the input has the focus."""
        options = self.query_one(OptionList)
        (options.action_cursor_down if step > 0 else options.action_cursor_up)()

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        self.choose()

    def choose(self) -> None:
        """Close with the highlighted value."""
        self.dismiss(self.highlighted)
