"""The evidence over the whole document, as a strip: where it was read, and how likely the answer is there."""

from math import isnan
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widget import Widget

from docqa.tui.formatting import MUTED, likelihood, percent

if TYPE_CHECKING:
    from docqa.tui.state.evidence import DocumentEvidence


class EvidenceStrip(Widget, can_focus=True):
    """One row, and a second that says what the window under the cursor is worth while the strip has the focus."""

    BINDING_GROUP_TITLE = "In the evidence"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l,right", "step(1)", "Next", show=False, tooltip="Go to the window after", id="evidence.next"),
        Binding("h,left", "step(-1)", "Before", show=False, tooltip="Go to the window before", id="evidence.before"),
        Binding("enter", "best", "Likeliest", tooltip="Go to the likeliest window", id="evidence.best"),
    ]

    class WindowChosen(Message):
        """The person wants to see the text of a window, which begins at `offset`."""

        def __init__(self, offset: int) -> None:
            super().__init__()
            self.offset = offset

    def __init__(self) -> None:
        super().__init__(id="evidence")
        self._evidence: DocumentEvidence | None = None
        self._at = 0

    def show(self, evidence: "DocumentEvidence | None", offset: int) -> None:
        """Show the evidence of a document, with the cursor on the window that has this offset in it."""
        self._evidence = evidence if evidence is not None and len(evidence) else None
        self.display = self._evidence is not None
        if self._evidence is not None:
            self._at = self._evidence.window_at(offset)
        self.refresh(layout=True)

    def render(self) -> Content:
        """The strip, and what is under the cursor."""
        evidence = self._evidence
        if evidence is None:
            return Content("")
        from docqa.tui.state.evidence import (  # Here, because numpy is heavy: what made the evidence loaded it.
            columns,
            strip,
        )

        width = self.content_size.width
        drawn, windows = strip(evidence, width)
        first, last = columns(windows, self._at)
        content = Content(drawn).stylize("$text-accent").stylize("bold underline $foreground", first, last)
        return content + Content("\n") + self._about(evidence) if self.has_focus else content

    def _about(self, evidence: "DocumentEvidence") -> Content:
        """In as many words as there is room for: nothing is cut that says more than what is before it."""
        probability = float(evidence.probabilities[self._at])
        which, of = f"{self._at + 1:,}", f"{len(evidence):,}"
        rank = f"{int(evidence.ranks[self._at]):,}"
        if isnan(probability):
            worth = brief = "not read; x reads all"
        else:
            brief = f"{percent(probability).strip()}, {likelihood(probability)}"
            worth = f"likeliest answer {brief}"
        said = (
            f"window {which} of {of} · retrieved as number {rank} · {worth}",
            f"window {which} of {of} · number {rank} · {worth}",
            f"window {which} of {of} · number {rank} · {brief}",
            f"{which} of {of} · {brief}",
        )
        fits = next((line for line in said if len(line) <= self.content_size.width), said[-1])
        return Content.styled(fits, MUTED)

    def on_focus(self) -> None:
        """Make room for what the cursor is on."""
        self.styles.height = 2

    def on_blur(self) -> None:
        """Give the room back."""
        self.styles.height = 1

    def on_click(self, event: Click) -> None:
        """Go to the window that was clicked."""
        if self._evidence is not None:
            from docqa.tui.state.evidence import strip

            _, windows = strip(self._evidence, self.content_size.width)
            at = event.get_content_offset(self)
            if at is not None and at.x < len(windows):
                self._go(windows[at.x])

    def action_step(self, step: int) -> None:
        """Go to another window."""
        if self._evidence is not None:
            self._go(max(0, min(len(self._evidence) - 1, self._at + step)))

    def action_best(self) -> None:
        """Go to the likeliest window."""
        if self._evidence is not None:
            self._go(self._evidence.likeliest())

    def _go(self, window: int) -> None:
        if self._evidence is not None:
            self._at = window
            self.refresh()
            self.post_message(self.WindowChosen(int(self._evidence.starts[window])))
