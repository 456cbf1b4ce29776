"""Two readers side by side: the same questions, with the first answer of each."""

from threading import Event
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from docqa.progress import Progress
from docqa.terminal_text import plain, visible_lines
from docqa.tui.formatting import bar
from docqa.tui.state.comparison import ComparedQuestion, cell, difference, summary
from docqa.tui.styling import error_line
from docqa.tui.widgets.table import RowTable, TableColumn, TableRow
from docqa.tui.workers.comparison import (
    ComparisonAdvanced,
    ComparisonEnded,
    ComparisonRequest,
    QuestionCompared,
    compare,
)
from docqa.wording import counted, stage


class ComparisonScreen(ModalScreen[None]):
    """A table that fills up question by question. The comparison continues while the screen is closed."""

    BINDING_GROUP_TITLE = "In the comparison"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", tooltip="Cancel the comparison, or close", id="comparison.close"),
        Binding(
            "q",
            "dismiss(None)",
            "Leave",
            tooltip="Close; the comparison continues in the background",
            id="comparison.leave",
        ),
    ]
    AUTO_FOCUS = "RowTable"

    def __init__(self, request: ComparisonRequest, password: str | None) -> None:
        """`password` decrypts the documents."""
        super().__init__()
        self.request = request
        self.cancel = Event()
        self._password = password
        self._compared: list[ComparedQuestion] = []
        self._ended = False

    @property
    def _readers(self) -> tuple[str, str]:
        return self.request.collection.engine.reader.name, self.request.other

    def compose(self) -> ComposeResult:
        """Yield the progress, the table and the summary."""
        mine, other = map(plain, self._readers)
        with Vertical(id="comparison", classes="dialog") as box:
            box.border_title = Content(f"{mine} and {other}")
            box.border_subtitle = Content("Esc cancel, close · q continue in background")
            yield Static("Starting…", id="progress", markup=False)
            columns = (TableColumn("", 8), TableColumn("question"), TableColumn(mine), TableColumn(other))
            yield RowTable(columns, wrap=True)
            yield Static(id="message", markup=False)

    def on_mount(self) -> None:
        """Start comparing."""
        self._compare()

    def on_unmount(self) -> None:
        """Stop the worker."""
        self.cancel.set()

    @work(thread=True, group="comparing")
    def _compare(self) -> None:
        compare(self.request, self._password, self.cancel, self.post_message)

    @on(ComparisonAdvanced)
    def _advanced(self, message: ComparisonAdvanced) -> None:
        if not self.cancel.is_set():
            done, total = len(self._compared), len(self.request.asked)
            self._show_progress(f"{bar(done / total, 20)} {done} of {total} · {_stage(message.progress)}")

    @on(QuestionCompared)
    def _question_compared(self, message: QuestionCompared) -> None:
        self._compared.append(message.compared)
        self.query_one(RowTable).show([TableRow(one.question, _cells(one)) for one in self._compared])
        self.query_one("#message", Static).update(
            Content(visible_lines("\n".join(summary(self._compared, *self._readers))))
        )

    @on(ComparisonEnded)
    def _comparison_ended(self, message: ComparisonEnded) -> None:
        self._ended = True
        done, total = len(self._compared), len(self.request.asked)
        if message.error is not None:
            self._show_progress(error_line(message.error), "$text-error")
        elif message.cancelled:
            self._show_progress(f"■ Cancelled after {done} of {total}.", "$text-warning")
        else:
            self._show_progress(f"✓ Compared {counted(total, 'question')}.", "$text-success")
        if not self.is_current:
            text = f"The comparison with {self.request.other} has finished. Press M, then c to see it."
            self.app.notify(visible_lines(text), markup=False, timeout=10)

    def action_close(self) -> None:
        """Cancel the comparison if it is running, else close."""
        if self._ended or self.cancel.is_set():
            self.dismiss(None)
        else:
            self.cancel.set()
            self._show_progress("Cancelling…")

    def _show_progress(self, text: str, style: str = "") -> None:
        self.query_one("#progress", Static).update(Content.styled(visible_lines(text), style))


def _cells(compared: ComparedQuestion) -> tuple[str, ...]:
    mine, other = cell(compared.mine, compared.right), cell(compared.other, compared.right)
    return difference(compared), compared.question, mine, other


def _stage(progress: Progress) -> str:
    part = f" {progress.done} of {progress.total}" if progress.total else ""
    return f"{stage(progress.stage)}{part}: {progress.item}"
