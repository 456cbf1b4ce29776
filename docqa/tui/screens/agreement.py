"""Each document's best answer to one question, side by side."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import ItemGrid, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from docqa.tui.formatting import MUTED, bar, cited, counted, flat, joined, likelihood, percent, plain
from docqa.tui.state.agreement import Side

if TYPE_CHECKING:
    from docqa.answers import Answer  # noqa: F401 - in the screen's type

_COLUMN = 38  # Cells that a passage is still read easily in.
_NAMED = 6  # Documents that are named in one place; the others are counted.


class SideView(Static, can_focus=True):
    """One answer, and the documents that have it."""

    def __init__(self, side: Side) -> None:
        super().__init__(_content(side), classes="side")
        self.side = side


class SidesScreen(ModalScreen["Answer | None"]):
    """In columns where there is room, else below each other. Its result is the answer to go to."""

    BINDING_GROUP_TITLE = "Side by side"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Close", tooltip="Stay where you were", id="sides.close"),
        Binding("enter", "choose", "Go there", tooltip="Show the answer in its document", id="sides.choose"),
        Binding("l,right,j,down", "move(1)", show=False, tooltip="The answer after", id="sides.next"),
        Binding("h,left,k,up", "move(-1)", show=False, tooltip="The answer before", id="sides.previous"),
    ]
    AUTO_FOCUS = "SideView"

    def __init__(self, question: str, sides: Sequence[Side], silent: Sequence[str], unread: Sequence[str]) -> None:
        """`silent` are the documents that were read and have no answer, `unread` those that were not read."""
        super().__init__()
        self._question = question
        self._sides = sides
        self._silent = silent
        self._unread = unread

    def compose(self) -> ComposeResult:
        """The answers, and which documents have none."""
        with VerticalScroll(id="sides", can_focus=False) as box:
            box.border_title = Content(flat(self._question))
            box.border_subtitle = "Enter goes there · Esc closes"
            with ItemGrid(min_column_width=_COLUMN):
                yield from map(SideView, self._sides)
            if self._silent:
                yield Static(Content(f"∅ No answer in {_named(self._silent)}"))
            if self._unread:
                yield Static(Content.styled(f"· Not read: {_named(self._unread)}; x reads all", MUTED))

    def action_move(self, step: int) -> None:
        """Go to another answer; at the ends, stay."""
        views = list(self.query(SideView))
        at = next((number for number, view in enumerate(views) if view.has_focus), 0)
        if at + step == len(views):
            self.query_one("#sides").scroll_end(animate=False)  # What stands below has no focus to be brought by.
        else:
            views[max(0, at + step)].focus()

    def action_choose(self) -> None:
        """Go to the answer."""
        if isinstance(self.focused, SideView):
            self.dismiss(self.focused.side[0])


def _named(names: Sequence[str]) -> str:
    more = f" and {counted(len(names) - _NAMED, 'other')}" if len(names) > _NAMED else ""
    return ", ".join(plain(name) for name in names[:_NAMED]) + more


def _content(side: Side) -> Content:
    """Who says it and what, how likely it is, where it stands, and the sentences around it."""
    first = side[0]
    who = plain(first.document) if len(side) == 1 else f"{counted(len(side), 'document')} agree"
    probability = first.probability
    likely = f"{percent(probability).strip()} {likelihood(probability)}"
    lines = [
        Content.styled(who, "$text-accent"),
        Content.styled(flat(first.text), "bold"),
        Content(f"{likely} {bar(probability)}"),
        *(Content.styled(cited(answer), MUTED) for answer in side[:_NAMED]),
    ]
    if len(side) > _NAMED:
        lines.append(Content.styled(f"and {counted(len(side) - _NAMED, 'other')}", MUTED))
    start, end = first.start - first.passage_start, first.end - first.passage_start
    passage = flat(first.passage)
    # The marks say without any style where the answer is.
    marked = Content.assemble(passage[:start], (f"»{passage[start:end]}«", "bold"), passage[end:])
    return joined([*lines, Content(""), marked])
