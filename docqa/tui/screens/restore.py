"""Offer to restore the session that a crash left."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from docqa.terminal_text import flat, visible
from docqa.tui.state import file_suggestions
from docqa.tui.styling import MUTED, hang, joined
from docqa.userdata.sessions import SessionState
from docqa.wording import counted

_MAX_QUESTIONS = 8
_MAX_PATHS = 3


class RestoreScreen(ModalScreen[bool]):
    """What a crash left. Its result: whether to restore it."""

    BINDING_GROUP_TITLE = "After a crash"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss(True)", "Restore", tooltip="Restore the session", id="restore.take"),
        Binding("escape", "dismiss(False)", "Discard", tooltip="Discard the session", id="restore.leave"),
    ]

    def __init__(self, state: SessionState) -> None:
        super().__init__()
        self._state = state

    def compose(self) -> ComposeResult:
        """One text, in a box that scrolls."""
        with VerticalScroll(id="restore") as box:
            box.border_title = Content("docqa did not shut down cleanly")
            box.border_subtitle = Content("Enter restores the session · Esc discards it")
            yield Static(id="restore-text")

    def on_resize(self) -> None:
        """Wrap the text to the box, once the box has its size."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        width = self.query_one("#restore").scrollable_content_region.width
        self.query_one("#restore-text", Static).update(joined(_lines(self._state, width)))


def _lines(state: SessionState, width: int) -> Iterator[Content]:
    if state.opened:
        named = ", ".join(file_suggestions.relative(path) for path in state.opened[:_MAX_PATHS])
        hidden = len(state.opened) - _MAX_PATHS
        more = f" and {counted(hidden, 'other')}" if hidden > 0 else ""
        yield from hang(Content(visible(named) + more), width, Content.styled("Documents: ", MUTED), "    ")
    hidden = len(state.questions) - _MAX_QUESTIONS
    if hidden > 0:
        yield Content.styled(f"    {counted(hidden, 'earlier question')}", MUTED)
    for question in state.questions[-_MAX_QUESTIONS:]:
        yield from hang(Content(flat(question.question)), width, Content.styled("  ? ", "$text-accent"))
    if state.matrix:
        yield Content.assemble(("Matrix: ", MUTED), counted(len(state.matrix), "question"))
    if state.draft.strip():
        yield from hang(Content(flat(state.draft)), width, Content.styled("  ❯ ", "$text-accent"))
        yield Content.styled("    not asked yet", MUTED)
