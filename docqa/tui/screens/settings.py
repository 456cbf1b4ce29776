"""Every setting: what it means, what it is, where that comes from; and another value for it, in `config.toml`."""

from collections.abc import Mapping
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import DataTable, Input, Static

from docqa import config, config_writer
from docqa.config import Applies, Origin, Settings
from docqa.errors import DocqaError, unexpected
from docqa.models import registry
from docqa.models.registry import ModelKind
from docqa.tui.formatting import MUTED, joined, plain
from docqa.tui.widgets.table import DataRows, TableColumn, TableRow

_COLUMNS = (TableColumn("setting", 17), TableColumn("value"), TableColumn("from", 11))
_KINDS = {"reader": ModelKind.READER, "encoder": ModelKind.ENCODER}

Layers = Mapping[Origin, Mapping[str, Any]]


class SettingsScreen(ModalScreen[None]):
    """The settings as a table. What is changed is written at once, and felt at once."""

    BINDING_GROUP_TITLE = "In the settings"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "edit",
            "Change",
            tooltip="Change the setting; what is on or off changes at once",
            id="settings.edit",
        ),
        Binding("x,delete", "unset", "Default", tooltip="Take the setting out of config.toml", id="settings.unset"),
        Binding("escape,comma", "close", "Close", tooltip="Leave the value as it is; close", id="settings.close"),
    ]
    AUTO_FOCUS = "DataRows"

    class Changed(Message):
        """`config.toml` was written; these are the settings now."""

        def __init__(self, name: str, settings: Settings, layers: Layers) -> None:
            super().__init__()
            self.name = name
            self.settings = settings
            self.layers = layers

    class Found(Message):
        """What each source of settings says, and which models there are to name."""

        def __init__(self, layers: Layers, named: Mapping[str, list[str]]) -> None:
            super().__init__()
            self.layers = layers
            self.named = named

    class Refused(Message):
        """The file or the value is not right; nothing was written."""

        def __init__(self, error: DocqaError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, settings: Settings, flags: Mapping[str, Any], used: Mapping[ModelKind, str]) -> None:
        """`flags` are the settings that the file does not win over: from the command line, or chosen for now.

        `used` are the names of the models that answer now.
        """
        super().__init__()
        self._settings = settings
        self._flags = flags
        self._used = {name: used.get(kind, "") for name, kind in _KINDS.items()}
        self._layers: Layers = {}
        """Empty until they are read, and where they can't be."""
        self._named: Mapping[str, list[str]] = {}

    def compose(self) -> ComposeResult:
        """The table, what there is to know of one setting, and a line to edit on."""
        with Vertical(id="settings", classes="dialog") as box:
            box.border_title = Content("Settings")
            box.border_subtitle = Content("Enter changes · x default · Esc closes")
            yield DataRows(_COLUMNS)
            yield Static(id="about", markup=False)
            with Horizontal(id="editing"):
                yield Static(id="name", markup=False)
                yield Input(compact=True)
            yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        """Show the settings in force at once; where they are from is read in a thread."""
        self.query_one("#editing").display = False
        self._draw()
        self._read()

    # --- in threads ---

    @work(thread=True, group="settings")
    def _read(self) -> None:
        """Find out where the settings are from."""
        try:
            named = {name: [model.name for model in registry.installed(kind)] for name, kind in _KINDS.items()}
            self.post_message(self.Found(config.layers(self._flags), named))
        except DocqaError as error:
            self.post_message(self.Refused(error))

    @work(thread=True, group="settings")
    def _put(self, name: str, text: str | None) -> None:
        """Check a value, and write it; None takes the setting out of the file."""
        try:
            value = None if text is None else config.parse(name, text)
            self._try(name, value)
            config_writer.put(name, value)
            layers = config.layers(self._flags)
            self.post_message(self.Changed(name, config.merged(layers), layers))
        except DocqaError as error:
            self.post_message(self.Refused(error))
        except Exception as error:  # noqa: BLE001 - shown where the person looks
            self.post_message(self.Refused(unexpected(error)))

    def _try(self, name: str, value: Any) -> None:
        """Raise `DocqaError` where documents could not be opened with the value: no such reader, windows too large."""
        layers = config.layers(self._flags)
        layers[Origin.FILE] = {**layers[Origin.FILE], name: value}
        if value is None:
            del layers[Origin.FILE][name]
        to_be = config.merged(layers)
        if Applies.REOPEN in config.changes(self._settings, to_be):
            from docqa.engine import Engine

            _ = Engine(to_be).reader.device  # Weights are not loaded for it.

    # --- what they report ---

    @on(Found)
    def _found(self, message: Found) -> None:
        self._layers, self._named = message.layers, message.named
        self._draw()

    @on(Changed)
    def _changed(self, message: Changed) -> None:
        self._settings, self._layers = message.settings, message.layers
        self._used.pop(message.name, None)  # Another one is on its way.
        self._leave()
        self._draw()
        wins = _wins(message.name, message.layers)
        told = f"{message.name} is saved in {config.file()}"
        told += f"; {wins}" if wins else f": {config.about(message.name).applies}."
        self._say(told, "$text-success" if not wins else "$text-warning")

    @on(Refused)
    def _refused(self, message: Refused) -> None:
        hint = f" → {message.error.hint}" if message.error.hint else ""
        self._say(f"✗ {message.error.message}{hint}", "$text-error")

    # --- what the person does ---

    @property
    def _chosen(self) -> str:
        return self.query_one(DataRows).chosen or config.names()[0]

    @on(DataTable.RowHighlighted)
    def _highlighted(self) -> None:
        self.query_one("#about", Static).update(_told(self._chosen, self._layers))

    @on(DataTable.RowSelected)
    def _clicked(self) -> None:
        self.action_edit()

    def action_edit(self) -> None:
        """Turn on or off what is one of the two; else edit the value."""
        name = self._chosen
        now = self._layers.get(Origin.FILE, {}).get(name, getattr(self._settings, name))
        self._say("")
        if isinstance(now, bool):
            self._put(name, config.format_value(not now))
            return
        line = self.query_one(Input)
        line.value = "" if now == getattr(Settings(), name) and config.about(name).unset else config.format_value(now)
        line.placeholder = config.about(name).unset.replace("`", "")
        line.suggester = SuggestFromList(self._named.get(name, config.choices(name)), case_sensitive=False)
        self.query_one("#name", Static).update(Content(f"{name} = "))
        self.query_one("#editing").display = True
        line.focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        self._put(self._chosen, None if not text and config.about(self._chosen).unset else text)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._say("")

    def action_unset(self) -> None:
        """Let the default hold again."""
        self._put(self._chosen, None)

    def action_close(self) -> None:
        """Leave the line, else the screen."""
        if self.query_one("#editing").display:
            self._leave()
            self._say("")
        else:
            self.dismiss(None)

    def _leave(self) -> None:
        self.query_one("#editing").display = False
        self.query_one(DataRows).focus()

    # --- what is shown ---

    def _draw(self) -> None:
        self.query_one(DataRows).show([TableRow(name, self._cells(name)) for name in config.names()])

    def _cells(self, name: str) -> tuple[str, str, str]:
        value, about = getattr(self._settings, name), config.about(name)
        unset = about.unset and value == getattr(Settings(), name)
        meaning = ": ".join(filter(None, [self._used.get(name, ""), about.unset.replace("`", "")]))
        shown = f"({meaning})" if unset else config.format_value(value)
        return name, shown, config.origin(name, self._layers) if self._layers else "?"

    def _say(self, text: str, style: str = "") -> None:
        self.query_one("#said", Static).update(Content.styled(plain(text), style))


def _told(name: str, layers: Layers) -> Content:
    """What there is to know of a setting."""
    about = config.about(name)
    default = about.unset or config.format_value(getattr(Settings(), name)) or '""'
    lines = [
        Content(about.text.replace("`", "")),
        Content.styled(f"Default: {default.replace('`', '')}. A change is felt: {about.applies}.", MUTED),
    ]
    wins = _wins(name, layers)
    if wins:
        lines.append(Content.styled(f"! {wins[0].upper()}{wins[1:]}", "$text-warning"))
    return joined(lines)


def _wins(name: str, layers: Layers) -> str:
    """What keeps the file from being heard, "" where it is."""
    origin = config.origin(name, layers) if layers else Origin.DEFAULT
    if origin is Origin.ENVIRONMENT:
        return f"{config.variable(name)} in the environment wins over config.toml."
    if origin is Origin.FLAG:
        return "a flag, or M, has set it for this session and wins over config.toml."
    return ""
