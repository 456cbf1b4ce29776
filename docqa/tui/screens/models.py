"""The readers and encoders on this machine: choosing, pulling, comparing and deleting them."""

import time
from collections.abc import Mapping
from threading import Event
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import DataTable, Input, Static

from docqa.errors import DocqaError, unexpected
from docqa.models import registry
from docqa.models.registry import BUNDLED, ModelKind
from docqa.terminal_text import visible_lines
from docqa.tui.screens.choose import ChooseScreen
from docqa.tui.screens.confirm import ConfirmScreen
from docqa.tui.state.models_list import KnownModel, known_models, pullable
from docqa.tui.styling import MUTED, error_line, joined
from docqa.tui.widgets.table import RowTable, TableColumn, TableRow
from docqa.tui.workers.model_pull import ModelPulled, PullAdvanced, PullEnded, TransferRate, pull

_COLUMNS = (
    TableColumn("", 8),
    TableColumn("name"),
    TableColumn("kind", 7),
    TableColumn("source", 7),
    TableColumn("size", 8),
    TableColumn("EM / F1", 11),
    TableColumn("threshold", 9, min_table_width=84),
    TableColumn("base", 16, min_table_width=84),
)


class ModelsScreen(ModalScreen[None]):
    """The models as a table. A pull continues while the screen is closed."""

    BINDING_GROUP_TITLE = "In the models"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "use", "Use", tooltip="Use the model from now on", id="models.use"),
        Binding("p", "pull", "Pull", tooltip="Pull a model from the hub", id="models.pull"),
        Binding(
            "c",
            "compare",
            "Compare",
            tooltip="Ask this reader the session's questions too, and compare",
            id="models.compare",
        ),
        Binding("x,delete", "remove", "Delete", tooltip="Delete the model from this machine", id="models.remove"),
        Binding("slash", "filter", "Filter", tooltip="Filter the models by name", id="models.filter"),
        Binding("escape", "close", "Close", tooltip="Clear the filter, cancel the pull, or close", id="models.close"),
        Binding(
            "q",
            "dismiss(None)",
            "Leave",
            tooltip="Close; a pull continues in the background",
            id="models.leave",
        ),
    ]
    AUTO_FOCUS = "RowTable"

    class ModelChosen(Message):
        """A model is used from now on."""

        def __init__(self, kind: ModelKind, name: str) -> None:
            super().__init__()
            self.kind = kind
            self.name = name

    class ComparisonRequested(Message):
        """The user wants to compare this reader with the one in use."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class ModelsListed(Message):
        """The models on the disk."""

        def __init__(self, models: list[KnownModel]) -> None:
            super().__init__()
            self.models = models

    class ModelRemoved(Message):
        """A model was deleted."""

        def __init__(self, known: KnownModel) -> None:
            super().__init__()
            self.known = known

    class ModelActionFailed(Message):
        """An action failed and changed nothing."""

        def __init__(self, error: DocqaError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, used: Mapping[ModelKind, str]) -> None:
        """`used` are the names of the models in use."""
        super().__init__()
        self._used = dict(used)
        self._models: list[KnownModel] = []
        self._cancel_pull: Event | None = None
        """Set to cancel the pull; None if there is none."""
        self._rate = TransferRate()
        self._next_row: str | None = None
        """The key of the row to go to when the models are listed next."""

    def compose(self) -> ComposeResult:
        """Yield the filter, the table, details of a model, the pull's progress and messages."""
        with Vertical(id="models", classes="dialog") as box:
            box.border_title = Content("Readers and encoders")
            box.border_subtitle = Content("Enter use · p pull · c compare · x delete · / filter · Esc close")
            yield Input(placeholder="Part of a name; Enter returns to the table", compact=True)
            yield RowTable(_COLUMNS)
            yield Static(id="about", markup=False)
            yield Static(id="progress", markup=False)
            yield Static(id="message", markup=False)

    def on_mount(self) -> None:
        """Hide the filter."""
        self.query_one(Input).display = False

    def on_screen_resume(self) -> None:
        """List the models again: some may have been added or deleted meanwhile."""
        self._list_models()

    def on_unmount(self) -> None:
        """Stop the pull."""
        if self._cancel_pull is not None:
            self._cancel_pull.set()

    def show_used(self, used: Mapping[ModelKind, str]) -> None:
        """Mark the models in use."""
        self._used = dict(used)
        if self.is_running:
            self._draw()

    # --- workers ---

    @work(thread=True, group="models")
    def _list_models(self) -> None:
        try:
            self.post_message(self.ModelsListed(known_models(self._used)))
        except (DocqaError, OSError) as error:
            self.post_message(self.ModelActionFailed(error if isinstance(error, DocqaError) else unexpected(error)))

    @work(thread=True, group="models")
    def _use(self, known: KnownModel) -> None:
        try:
            registry.use(known.model.name, known.model.kind)
        except DocqaError as error:
            self.post_message(self.ModelActionFailed(error))
        except OSError as error:
            self.post_message(self.ModelActionFailed(_write_error(error)))
        else:
            self.post_message(self.ModelChosen(known.model.kind, known.model.name))

    @work(thread=True, group="models")
    def _remove(self, known: KnownModel) -> None:
        try:
            registry.remove(known.model.name, known.model.kind)
        except DocqaError as error:
            self.post_message(self.ModelActionFailed(error))
        except OSError as error:
            self.post_message(self.ModelActionFailed(_write_error(error)))
        else:
            self.post_message(self.ModelRemoved(known))

    @work(thread=True, group="pulling")
    def _pull(self, repo: str, cancel: Event) -> None:
        pull(repo, cancel, self.post_message)

    # --- what they report ---

    @on(ModelsListed)
    def _models_listed(self, message: ModelsListed) -> None:
        self._models = message.models
        self._draw()

    @on(ModelChosen)
    def _model_chosen(self, message: ModelChosen) -> None:
        self._used[message.kind] = message.name
        self._draw()
        self._say(f"Now using the {message.kind} {message.name}. The documents are reopened; answers stay.")

    @on(ModelRemoved)
    def _model_removed(self, message: ModelRemoved) -> None:
        model = message.known.model
        self._say(f"Deleted the {model.kind} {model.name} ({message.known.megabytes}).")
        if self._used.get(model.kind) == model.name:
            self.post_message(self.ModelChosen(model.kind, BUNDLED))
        self._list_models()

    @on(ModelActionFailed)
    def _model_action_failed(self, message: ModelActionFailed) -> None:
        self._show_error(message.error)

    @on(PullAdvanced)
    def _pull_advanced(self, message: PullAdvanced) -> None:
        if self._cancel_pull is not None and not self._cancel_pull.is_set():
            line = self._rate.describe(message.progress, time.monotonic())
            self._show_progress(f"{line}\nEsc cancel · q continue in background")

    @on(ModelPulled)
    def _model_pulled(self, message: ModelPulled) -> None:
        model = message.model
        self._cancel_pull = None
        self._show_progress("")
        said = f"Pulled the {model.kind} {model.name}. Press Enter to use it."
        if message.unfitted:
            said += f" Its probabilities are default ones ({message.unfitted}); pull it again to fit them."
        self._say(said)
        if not self.is_current:
            text = f"Pulled the {model.kind} {model.name}. Press M to use it."
            self.app.notify(visible_lines(text), markup=False, timeout=10)
        self._next_row = f"{model.kind}/{model.name}"
        self._list_models()

    @on(PullEnded)
    def _pull_ended(self, message: PullEnded) -> None:
        self._cancel_pull = None
        self._show_progress("")
        if message.error is not None:
            self._show_error(message.error)
        else:
            self._say(f"Cancelled pulling {message.repo}. Press p to continue where it stopped.")

    # --- what the user does ---

    @property
    def _selected(self) -> KnownModel | None:
        key = self.query_one(RowTable).chosen
        return next((known for known in self._models if known.key == key), None)

    @on(DataTable.RowHighlighted)
    def _row_highlighted(self) -> None:
        self._show_details()

    @on(DataTable.RowSelected)
    def _row_clicked(self) -> None:
        self.action_use()

    def action_use(self) -> None:
        """Use the selected model."""
        known = self._selected
        if known is None:
            return
        if self._used.get(known.model.kind) == known.model.name:
            self._say(f"{known.model.name} is already in use.")
        else:
            self._use(known)

    def action_pull(self) -> None:
        """Choose a model to pull."""
        if self._cancel_pull is not None:
            self._say("Another pull is running. Press Esc to cancel it.")
            return
        screen = ChooseScreen[str](
            "Pull a model",
            "A short name, or OWNER/REPOSITORY",
            lambda typed: pullable(typed, [known.repo for known in self._models]),
            nothing="Type OWNER/REPOSITORY as on the hub.",
        )
        self.app.push_screen(screen, self._start_pull)

    def _start_pull(self, repo: str | None) -> None:
        if repo is not None:
            self._cancel_pull, self._rate = Event(), TransferRate()
            self._show_progress(f"pulling {repo}…")
            self._say("")
            self._pull(repo, self._cancel_pull)

    def action_compare(self) -> None:
        """Compare the selected reader with the one in use."""
        known = self._selected
        if known is None or known.model.kind is not ModelKind.READER:
            self._say("Only readers can be compared. Select one.")
        elif self._used.get(ModelKind.READER) == known.model.name:
            self._say(f"{known.model.name} is in use. Select another reader to compare it with.")
        else:
            self.post_message(self.ComparisonRequested(known.model.name))

    def action_remove(self) -> None:
        """Delete the selected model after a confirmation."""
        known = self._selected
        if known is None:
            return
        again = f"You can pull it again from {known.repo}." if known.repo else "This can't be undone."

        def confirmed(yes: bool | None) -> None:
            if yes:
                self._remove(known)

        if known.model.source not in {"pulled", "trained"}:
            self._say(f"Can't delete {known.model.name}: docqa deletes only models that it pulled or trained.")
            return
        question = f"Delete the {known.model.kind} {known.model.name} ({known.megabytes}) from this machine? {again}"
        self.app.push_screen(ConfirmScreen("Delete a model", question), confirmed)

    def action_filter(self) -> None:
        """Type part of a name."""
        line = self.query_one(Input)
        line.display = True
        self.set_focus(line)

    @on(Input.Changed)
    def _filter_typed(self) -> None:
        self._draw()

    @on(Input.Submitted)
    def _filter_submitted(self) -> None:
        self.set_focus(self.query_one(RowTable))

    def action_close(self) -> None:
        """Clear the filter, else cancel the pull, else close."""
        line = self.query_one(Input)
        if line.display:
            line.value = ""
            line.display = False
            self.set_focus(self.query_one(RowTable))
        elif self._cancel_pull is not None:
            self._cancel_pull.set()
            self._show_progress("Cancelling…")
        else:
            self.dismiss(None)

    # --- what is shown ---

    def _draw(self) -> None:
        typed = self.query_one(Input).value.strip().casefold()
        shown = [known for known in self._models if typed in known.model.name.casefold()]
        used = next((known.key for known in shown if self._used.get(known.model.kind) == known.model.name), None)
        table = self.query_one(RowTable)
        at = self._next_row or (None if table.chosen else used)
        self._next_row = None
        table.show([TableRow(known.key, self._cells(known)) for known in shown], at)
        self._show_details()

    def _cells(self, known: KnownModel) -> tuple[str, ...]:
        model = known.model
        mark = "✓ in use" if self._used.get(model.kind) == model.name else "! broken" if known.problem else ""
        threshold = "" if known.threshold is None else f"{known.threshold:.0%}"
        scores = known.scores or "–"
        return mark, model.name, model.kind, model.source, known.megabytes, scores, threshold, known.base

    def _show_details(self) -> None:
        known = self._selected
        lines = known.description() if known else ["No matching model." if self._models else "Looking for models…"]
        details = [
            Content(visible_lines(lines[0])),
            *(Content.styled(visible_lines(line), MUTED) for line in lines[1:]),
        ]
        self.query_one("#about", Static).update(joined(details))

    def _show_progress(self, text: str) -> None:
        self.query_one("#progress", Static).update(Content(visible_lines(text)))

    def _say(self, text: str, style: str = "") -> None:
        self.query_one("#message", Static).update(Content.styled(visible_lines(text), style))

    def _show_error(self, error: DocqaError) -> None:
        text = error_line(error)
        self._say(text, "$text-error")
        if not self.is_current:
            self.app.notify(visible_lines(text), markup=False, severity="error", timeout=10)


def _write_error(error: OSError) -> DocqaError:
    return DocqaError(
        f"can't write {registry.models_dir()}: {error.strerror or error}", "check its permissions and the free space"
    )
