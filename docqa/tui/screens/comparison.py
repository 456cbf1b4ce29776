"""Two readers side by side: the same questions, each with the first answer of both."""

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
from docqa.tui.formatting import bar, plain, stage
from docqa.tui.widgets.table import DataRows, TableColumn, TableRow
from docqa.tui.workers.comparison import (
    ComparedQuestion,
    ComparisonAdvanced,
    ComparisonEnded,
    ComparisonRequest,
    QuestionCompared,
    cell,
    compare,
    difference,
    summary,
)


class CompareScreen(ModalScreen[None]):
    """Filled question by question. It outlives being closed: the asking goes on, and is seen again."""

    BINDING_GROUP_TITLE = "In the comparison"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", tooltip="Cancel the comparison; close", id="compare.close"),
        Binding("q", "dismiss(None)", "Leave", tooltip="Close, and let the comparison go on", id="compare.leave"),
    ]
    AUTO_FOCUS = "DataRows"

    def __init__(self, wanted: ComparisonRequest, password: str | None) -> None:
        """`password` is that of encrypted documents."""
        super().__init__()
        self.wanted = wanted
        self.cancel = Event()
        self._password = password
        self._compared: list[ComparedQuestion] = []
        self._ended = False

    def compose(self) -> ComposeResult:
        """How far it is, the table, and what it comes to."""
        names = self.wanted.mine.engine.reader.name, self.wanted.other
        with Vertical(id="compare", classes="dialog") as box:
            box.border_title = Content(plain(f"{names[0]} and {names[1]}"))
            box.border_subtitle = Content("Esc cancels, then closes · q leaves it going on")
            yield Static("Starting…", id="under-way", markup=False)
            columns = (
                TableColumn("", 8),
                TableColumn("question"),
                TableColumn(plain(names[0])),
                TableColumn(plain(names[1])),
            )
            yield DataRows(columns, wrap=True)
            yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        """Begin."""
        self._work()

    def on_unmount(self) -> None:
        """Tell the worker that nobody waits for it any more."""
        self.cancel.set()

    @work(thread=True, group="comparing")
    def _work(self) -> None:
        compare(self.wanted, self._password, self.cancel, self.post_message)

    @on(ComparisonAdvanced)
    def _advanced(self, message: ComparisonAdvanced) -> None:
        if not self.cancel.is_set():
            done, total = len(self._compared), len(self.wanted.asked)
            self._under_way(f"{bar(done / total, 20)} {done} of {total} · {_stage(message.progress)}")

    @on(QuestionCompared)
    def _one_more(self, message: QuestionCompared) -> None:
        self._compared.append(message.compared)
        mine = self.wanted.mine.engine.reader.name
        self.query_one(DataRows).show([TableRow(one.question, _cells(one)) for one in self._compared])
        self.query_one("#said", Static).update(
            Content(plain("\n".join(summary(self._compared, mine, self.wanted.other))))
        )

    @on(ComparisonEnded)
    def _over(self, message: ComparisonEnded) -> None:
        self._ended = True
        done, total = len(self._compared), len(self.wanted.asked)
        if message.error is not None:
            hint = f" → {message.error.hint}" if message.error.hint else ""
            self._under_way(f"✗ {message.error.message}{hint}", "$text-error")
        elif message.stopped:
            self._under_way(f"■ Cancelled after {done} of {total}.", "$text-warning")
        else:
            self._under_way(f"✓ All {total} compared." if total > 1 else "✓ Compared.", "$text-success")
        if not self.is_current:
            self.app.notify(plain(f"{self.wanted.other} was compared: M, c shows it."), markup=False)

    def action_close(self) -> None:
        """Cancel, else close."""
        if self._ended or self.cancel.is_set():
            self.dismiss(None)
        else:
            self.cancel.set()
            self._under_way("Cancelling…")

    def _under_way(self, text: str, style: str = "") -> None:
        self.query_one("#under-way", Static).update(Content.styled(plain(text), style))


def _cells(one: ComparedQuestion) -> tuple[str, ...]:
    return difference(one), one.question, cell(one.mine, one.right), cell(one.other, one.right)


def _stage(progress: Progress) -> str:
    part = f" {progress.done} of {progress.total}" if progress.total else ""
    return f"{stage(progress.stage)}{part}: {progress.item}"
