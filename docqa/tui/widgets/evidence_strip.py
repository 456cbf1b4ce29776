"""The evidence across the document, drawn as a strip: what was read, and how likely an answer is there."""

from math import isnan
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widget import Widget

from docqa.explanation import short
from docqa.tui.formatting import likelihood
from docqa.tui.styling import MUTED
from docqa.wording import percent

if TYPE_CHECKING:
    from docqa.tui.state.evidence import DocumentEvidence


class EvidenceStrip(Widget, can_focus=True):
    """One row; while focused, two more describe the window under the cursor, and why its answer is so likely."""

    BINDING_GROUP_TITLE = "In the evidence"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l,right", "step(1)", "Next", show=False, tooltip="Go to the next part", id="evidence.next"),
        Binding(
            "h,left", "step(-1)", "Previous", show=False, tooltip="Go to the previous part", id="evidence.previous"
        ),
        Binding("enter", "best", "Best", tooltip="Go to the most likely part", id="evidence.best"),
    ]

    class WindowChosen(Message):
        """A window was chosen; its text begins at `offset`."""

        def __init__(self, offset: int) -> None:
            super().__init__()
            self.offset = offset

    def __init__(self) -> None:
        super().__init__(id="evidence")
        self._evidence: DocumentEvidence | None = None
        self._cursor = 0

    def show(self, evidence: "DocumentEvidence | None", offset: int) -> None:
        """Show a document's evidence, with the cursor on the window that contains an offset."""
        self._evidence = evidence if evidence is not None and len(evidence) else None
        self.display = self._evidence is not None
        if self._evidence is not None:
            self._cursor = self._evidence.window_at(offset)
        self.refresh(layout=True)

    def render(self) -> Content:
        """The strip, and the window under the cursor."""
        evidence = self._evidence
        if evidence is None:
            return Content("")
        from docqa.tui.state.evidence import columns, strip  # numpy is heavy; the evidence has loaded it already.

        width = self.content_size.width
        bars, windows = strip(evidence, width)
        first, last = columns(windows, self._cursor)
        content = Content(bars).stylize("$text-accent").stylize("bold underline $foreground", first, last)
        return content + Content("\n") + self._description(evidence) if self.has_focus else content

    def _description(self, evidence: "DocumentEvidence") -> Content:
        """Describe the window under the cursor in the longest form that fits."""
        probability = float(evidence.probabilities[self._cursor])
        window, total = f"{self._cursor + 1:,}", f"{len(evidence):,}"
        rank = f"{int(evidence.ranks[self._cursor]):,}"
        if isnan(probability):
            result = brief = "not searched · x searches all"
        else:
            brief = f"{percent(probability)}, {likelihood(probability)}"
            result = f"best answer {brief}"
        lines = (
            f"part {window} of {total} · number {rank} in the search · {result}",
            f"part {window} of {total} · number {rank} · {result}",
            f"part {window} of {total} · number {rank} · {brief}",
            f"{window} of {total} · {brief}",
        )
        width = self.content_size.width
        fitting = next((line for line in lines if len(line) <= width), lines[-1])
        reasons = evidence.reasons.get(self._cursor)
        return Content.styled(fitting if reasons is None else f"{fitting}\n{short(reasons, width)}", MUTED)

    def on_focus(self) -> None:
        """Make room for the description."""
        self.styles.height = 3

    def on_blur(self) -> None:
        """Remove the description."""
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
            self._go(max(0, min(len(self._evidence) - 1, self._cursor + step)))

    def action_best(self) -> None:
        """Go to the most likely window."""
        if self._evidence is not None:
            self._go(self._evidence.most_likely())

    def _go(self, window: int) -> None:
        if self._evidence is not None:
            self._cursor = window
            self.refresh()
            self.post_message(self.WindowChosen(int(self._evidence.starts[window])))
