"""The readers and encoders on this machine: which one is in use, another one instead, one more, one less."""

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
from docqa.tui.formatting import MUTED, joined, plain
from docqa.tui.screens.choose import ChooseScreen
from docqa.tui.screens.confirm import ConfirmScreen
from docqa.tui.state.models_list import KnownModel, known
from docqa.tui.widgets.table import DataRows, TableColumn, TableRow
from docqa.tui.workers.model_pull import ModelPulled, PullAdvanced, PullEnded, PullTransfer, offered, pull

_COLUMNS = (
    TableColumn("", 8),
    TableColumn("name"),
    TableColumn("kind", 7),
    TableColumn("source", 7),
    TableColumn("size", 8),
    TableColumn("EM / F1", 11),
    TableColumn("threshold", 9, least=84),
    TableColumn("base", 16, least=84),
)


class ModelsScreen(ModalScreen[None]):
    """The models as a table. It outlives being closed: a pull goes on, and is seen again when it is opened again."""

    BINDING_GROUP_TITLE = "In the models"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "use", "Use", tooltip="Use the model from now on", id="models.use"),
        Binding("p", "pull", "Pull", tooltip="Pull a model from the hub", id="models.pull"),
        Binding(
            "c", "compare", "Compare", tooltip="Ask this session's questions with this reader too", id="models.compare"
        ),
        Binding("x,delete", "remove", "Remove", tooltip="Delete the model from this machine", id="models.remove"),
        Binding("slash", "narrow", "Narrow", tooltip="Show only the models called so", id="models.narrow"),
        Binding("escape", "close", "Close", tooltip="Cancel the pull; show all again; close", id="models.close"),
        Binding("q", "dismiss(None)", "Leave", tooltip="Close, and let the pull go on", id="models.leave"),
    ]
    AUTO_FOCUS = "DataRows"

    class Used(Message):
        """The person chose a model, from now on."""

        def __init__(self, kind: ModelKind, name: str) -> None:
            super().__init__()
            self.kind = kind
            self.name = name

    class CompareWanted(Message):
        """The person wants to see what this reader answers."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class Listed(Message):
        """The models were looked for on the disk."""

        def __init__(self, models: list[KnownModel]) -> None:
            super().__init__()
            self.models = models

    class Removed(Message):
        """A model is gone."""

        def __init__(self, one: KnownModel) -> None:
            super().__init__()
            self.one = one

    class Failed(Message):
        """What was wanted could not be done; all is as before."""

        def __init__(self, error: DocqaError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, used: Mapping[ModelKind, str]) -> None:
        """`used` are the names of those that answer now."""
        super().__init__()
        self._used = dict(used)
        self._models: list[KnownModel] = []
        self._pulling: Event | None = None
        """Set to cancel the pull; None while there is none."""
        self._transfer = PullTransfer()
        self._next: str | None = None
        """The key of the row to go to when the models are listed anew."""

    def compose(self) -> ComposeResult:
        """The table, what there is to know of one model, and what is under way."""
        with Vertical(id="models", classes="dialog") as box:
            box.border_title = Content("Readers and encoders")
            box.border_subtitle = Content("Enter uses · p pulls · c compares · x deletes · / narrows · Esc")
            yield Input(placeholder="Part of a name; Enter goes back to the table", compact=True)
            yield DataRows(_COLUMNS)
            yield Static(id="about", markup=False)
            yield Static(id="under-way", markup=False)
            yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        """Nothing is narrowed, and nothing under way."""
        self.query_one(Input).display = False

    def on_screen_resume(self) -> None:
        """Look again what is there: it may have been trained or removed meanwhile."""
        self._look()

    def on_unmount(self) -> None:
        """Tell the pull that nobody waits for it any more."""
        if self._pulling is not None:
            self._pulling.set()

    def show_used(self, used: Mapping[ModelKind, str]) -> None:
        """These answer now."""
        self._used = dict(used)
        if self.is_running:
            self._draw()

    # --- in threads ---

    @work(thread=True, group="models")
    def _look(self) -> None:
        """Look for the models on the disk."""
        try:
            self.post_message(self.Listed(known(self._used)))
        except (DocqaError, OSError) as error:
            self.post_message(self.Failed(error if isinstance(error, DocqaError) else unexpected(error)))

    @work(thread=True, group="models")
    def _use(self, one: KnownModel) -> None:
        """Choose a model from now on."""
        try:
            registry.use(one.model.name, one.model.kind)
        except DocqaError as error:
            self.post_message(self.Failed(error))
        except OSError as error:
            self.post_message(self.Failed(_unwritten(error)))
        else:
            self.post_message(self.Used(one.model.kind, one.model.name))

    @work(thread=True, group="models")
    def _remove(self, one: KnownModel) -> None:
        """Delete a model."""
        try:
            registry.remove(one.model.name, one.model.kind)
        except DocqaError as error:
            self.post_message(self.Failed(error))
        except OSError as error:
            self.post_message(self.Failed(_unwritten(error)))
        else:
            self.post_message(self.Removed(one))

    @work(thread=True, group="pulling")
    def _pull(self, repo: str, cancel: Event) -> None:
        """Pull a model."""
        pull(repo, cancel, self.post_message)

    # --- what they report ---

    @on(Listed)
    def _listed(self, message: Listed) -> None:
        self._models = message.models
        self._draw()

    @on(Used)
    def _now_used(self, message: Used) -> None:
        self._used[message.kind] = message.name
        self._draw()
        self._say(f"The {message.kind} is now {message.name}. The documents are opened anew; answers stay.")

    @on(Removed)
    def _gone(self, message: Removed) -> None:
        model = message.one.model
        self._say(f"Deleted: the {model.kind} {model.name}, {message.one.bytes}.")
        if self._used.get(model.kind) == model.name:
            self.post_message(self.Used(model.kind, BUNDLED))
        self._look()

    @on(Failed)
    def _failed(self, message: Failed) -> None:
        self._complain(message.error)

    @on(PullAdvanced)
    def _pull_advanced(self, message: PullAdvanced) -> None:
        if self._pulling is not None and not self._pulling.is_set():
            line = self._transfer.told(message.progress, time.monotonic())
            self._under_way(f"{line}\nEsc cancels what is under way, q leaves it to itself.")

    @on(ModelPulled)
    def _pulled(self, message: ModelPulled) -> None:
        model = message.model
        self._pulling = None
        self._under_way("")
        self._say(f"The {model.kind} {model.name} is here. Enter uses it.")
        if not self.is_current:
            self.app.notify(plain(f"The {model.kind} {model.name} is here: M, to use it."), markup=False)
        self._next = f"{model.kind}/{model.name}"
        self._look()

    @on(PullEnded)
    def _pull_ended(self, message: PullEnded) -> None:
        self._pulling = None
        self._under_way("")
        if message.error is not None:
            self._complain(message.error)
        else:
            self._say(f"Stopped pulling {message.repo}. What is here is kept: p goes on from there.")

    # --- what the person does ---

    @property
    def _chosen(self) -> KnownModel | None:
        key = self.query_one(DataRows).chosen
        return next((one for one in self._models if one.key == key), None)

    @on(DataTable.RowHighlighted)
    def _highlighted(self) -> None:
        self._tell()

    @on(DataTable.RowSelected)
    def _clicked(self) -> None:
        self.action_use()

    def action_use(self) -> None:
        """Use the chosen model."""
        one = self._chosen
        if one is None:
            return
        if self._used.get(one.model.kind) == one.model.name:
            self._say(f"{one.model.name} is in use already.")
        else:
            self._use(one)

    def action_pull(self) -> None:
        """Choose what to pull."""
        if self._pulling is not None:
            self._say("One pull at a time: Esc cancels the one that is under way.")
            return
        screen = ChooseScreen[str](
            "Pull a model",
            "A short name, or OWNER/REPOSITORY",
            lambda typed: offered(typed, self._models),
            nothing="Type OWNER/REPOSITORY, as the hub has it.",
        )
        self.app.push_screen(screen, self._begin)

    def _begin(self, repo: str | None) -> None:
        if repo is not None:
            self._pulling, self._transfer = Event(), PullTransfer()
            self._under_way(f"pulling {repo}…")
            self._say("")
            self._pull(repo, self._pulling)

    def action_compare(self) -> None:
        """Compare the chosen reader with the one in use."""
        one = self._chosen
        if one is None or one.model.kind is not ModelKind.READER:
            self._say("Two readers can be compared: choose one.")
        elif self._used.get(ModelKind.READER) == one.model.name:
            self._say(f"{one.model.name} is the reader in use: choose another one to compare it with.")
        else:
            self.post_message(self.CompareWanted(one.model.name))

    def action_remove(self) -> None:
        """Delete the chosen model, once that is confirmed."""
        one = self._chosen
        if one is None:
            return
        again = f"It can be pulled again from {one.repo}." if one.repo else "It can't be brought back."

        def confirmed(yes: bool | None) -> None:
            if yes:
                self._remove(one)

        if one.model.source not in {"pulled", "trained"}:
            self._say(f"{one.model.name} is not docqa's to delete: {one.model.source}.")
            return
        question = f"Delete the {one.model.kind} {one.model.name}, {one.bytes}, from this machine? {again}"
        self.app.push_screen(ConfirmScreen("Delete a model", question), confirmed)

    def action_narrow(self) -> None:
        """Type a part of a name."""
        line = self.query_one(Input)
        line.display = True
        line.focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._draw()

    @on(Input.Submitted)
    def _narrowed(self) -> None:
        self.query_one(DataRows).focus()

    def action_close(self) -> None:
        """Cancel what is under way, else show all the models again, else close."""
        line = self.query_one(Input)
        if line.display:
            line.value = ""
            line.display = False
            self.query_one(DataRows).focus()
        elif self._pulling is not None:
            self._pulling.set()
            self._under_way("stopping…")
        else:
            self.dismiss(None)

    # --- what is shown ---

    def _draw(self) -> None:
        typed = self.query_one(Input).value.strip().casefold()
        shown = [one for one in self._models if typed in one.model.name.casefold()]
        used = next((one.key for one in shown if self._used.get(one.model.kind) == one.model.name), None)
        table = self.query_one(DataRows)
        at = self._next or (None if table.chosen else used)
        self._next = None
        table.show([TableRow(one.key, self._cells(one)) for one in shown], at)
        self._tell()

    def _cells(self, one: KnownModel) -> tuple[str, ...]:
        model = one.model
        mark = "✓ in use" if self._used.get(model.kind) == model.name else "! broken" if one.trouble else ""
        threshold = "" if one.threshold is None else f"{one.threshold:.0%}"
        return mark, model.name, model.kind, model.source, one.bytes, one.scores or "–", threshold, one.base

    def _tell(self) -> None:
        one = self._chosen
        lines = one.told() if one else ["No model is called so."] if self._models else ["Looking for models…"]
        about = [Content(plain(lines[0])), *(Content.styled(plain(line), MUTED) for line in lines[1:])]
        self.query_one("#about", Static).update(joined(about))

    def _under_way(self, text: str) -> None:
        self.query_one("#under-way", Static).update(Content(plain(text)))

    def _say(self, text: str, style: str = "") -> None:
        self.query_one("#said", Static).update(Content.styled(plain(text), style))

    def _complain(self, error: DocqaError) -> None:
        text = f"✗ {error.message}" + (f" → {error.hint}" if error.hint else "")
        self._say(text, "$text-error")
        if not self.is_current:
            self.app.notify(plain(text), markup=False, severity="error", timeout=10)


def _unwritten(error: OSError) -> DocqaError:
    return DocqaError(
        f"{registry.models_dir()} can't be written: {error.strerror or error}", "mend its permissions, or make room"
    )
