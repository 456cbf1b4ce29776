"""Every setting with its meaning, value and origin; changes are written to `config.toml`."""

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
from docqa.terminal_text import visible_lines
from docqa.tui.styling import MUTED, error_line, joined
from docqa.tui.widgets.table import RowTable, TableColumn, TableRow

_COLUMNS = (TableColumn("setting", 17), TableColumn("value"), TableColumn("from", 11))
_KINDS = {"reader": ModelKind.READER, "encoder": ModelKind.ENCODER}

Layers = Mapping[Origin, Mapping[str, Any]]


class SettingsScreen(ModalScreen[None]):
    """The settings as a table. Changes are saved and applied immediately."""

    BINDING_GROUP_TITLE = "In the settings"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "edit",
            "Change",
            tooltip="Change the setting; on/off settings toggle",
            id="settings.edit",
        ),
        Binding("x,delete", "unset", "Reset", tooltip="Remove the setting from config.toml", id="settings.unset"),
        Binding("escape,q,comma", "close", "Close", tooltip="Cancel editing, or close", id="settings.close"),
    ]
    AUTO_FOCUS = "RowTable"

    class SettingsChanged(Message):
        """`config.toml` was written; these are the new settings."""

        def __init__(self, name: str, settings: Settings, layers: Layers) -> None:
            super().__init__()
            self.name = name
            self.settings = settings
            self.layers = layers

    class SettingsLoaded(Message):
        """The settings of each source, and the names of the models to choose from."""

        def __init__(self, layers: Layers, models: Mapping[str, list[str]]) -> None:
            super().__init__()
            self.layers = layers
            self.models = models

    class ChangeRejected(Message):
        """The file or the value is invalid; nothing was written."""

        def __init__(self, error: DocqaError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, settings: Settings, flags: Mapping[str, Any], used: Mapping[ModelKind, str]) -> None:
        """`flags` override the file: command-line flags, and models chosen for this session.

        `used` are the names of the models in use.
        """
        super().__init__()
        self._settings = settings
        self._flags = flags
        self._used = {name: used.get(kind, "") for name, kind in _KINDS.items()}
        self._layers: Layers = {}
        """Empty until they are read, or if they can't be."""
        self._model_names: Mapping[str, list[str]] = {}

    def compose(self) -> ComposeResult:
        """Yield the table, details of a setting, the editing line and a message."""
        with Vertical(id="settings", classes="dialog") as box:
            box.border_title = Content("Settings")
            box.border_subtitle = Content("Enter change · x reset · Esc close")
            yield RowTable(_COLUMNS)
            yield Static(id="about", markup=False)
            with Horizontal(id="editing"):
                yield Static(id="name", markup=False)
                yield Input(compact=True)
            yield Static(id="message", markup=False)

    def on_mount(self) -> None:
        """Show the current settings; their origins are read in a thread."""
        self.query_one("#editing").display = False
        self._draw()
        self._read()

    # --- workers ---

    @work(thread=True, group="settings")
    def _read(self) -> None:
        """Read the origins of the settings."""
        try:
            models = {name: [model.name for model in registry.installed(kind)] for name, kind in _KINDS.items()}
            self.post_message(self.SettingsLoaded(config.layers(self._flags), models))
        except DocqaError as error:
            self.post_message(self.ChangeRejected(error))

    @work(thread=True, group="settings")
    def _put(self, name: str, text: str | None) -> None:
        """Check and write a value. None removes the setting from the file."""
        try:
            value = None if text is None else config.parse(name, text)
            self._try(name, value)
            config_writer.put(name, value)
            layers = config.layers(self._flags)
            self.post_message(self.SettingsChanged(name, config.merged(layers), layers))
        except DocqaError as error:
            self.post_message(self.ChangeRejected(error))
        except Exception as error:  # noqa: BLE001 - shown below the table
            self.post_message(self.ChangeRejected(unexpected(error)))

    def _try(self, name: str, value: Any) -> None:
        """Raise `DocqaError` if the engine can't run with the value, e.g. because there is no such reader."""
        layers = config.layers(self._flags)
        layers[Origin.FILE] = {**layers[Origin.FILE], name: value}
        if value is None:
            del layers[Origin.FILE][name]
        changed = config.merged(layers)
        if Applies.REOPEN in config.changes(self._settings, changed):
            from docqa.engine import Engine

            _ = Engine(changed).reader.device  # Doesn't load the weights.

    # --- what they report ---

    @on(SettingsLoaded)
    def _settings_loaded(self, message: SettingsLoaded) -> None:
        self._layers, self._model_names = message.layers, message.models
        self._draw()

    @on(SettingsChanged)
    def _settings_changed(self, message: SettingsChanged) -> None:
        self._settings, self._layers = message.settings, message.layers
        self._used.pop(message.name, None)  # The new one is still loading.
        self._stop_editing()
        self._draw()
        override = _override(message.name, message.layers)
        text = f"Saved {message.name} in {config.file()}"
        text += f", but {override}" if override else f"; takes effect {config.about(message.name).applies}."
        self._say(text, "$text-warning" if override else "$text-success")

    @on(ChangeRejected)
    def _change_rejected(self, message: ChangeRejected) -> None:
        self._say(error_line(message.error), "$text-error")

    # --- what the user does ---

    @property
    def _selected(self) -> str:
        return self.query_one(RowTable).chosen or config.names()[0]

    @on(DataTable.RowHighlighted)
    def _row_highlighted(self) -> None:
        self.query_one("#about", Static).update(_details(self._selected, self._layers))

    @on(DataTable.RowSelected)
    def _row_clicked(self) -> None:
        self.action_edit()

    def action_edit(self) -> None:
        """Toggle an on/off setting, else edit the value."""
        name = self._selected
        now = self._layers.get(Origin.FILE, {}).get(name, getattr(self._settings, name))
        self._say("")
        if isinstance(now, bool):
            self._put(name, config.format_value(not now))
            return
        line = self.query_one(Input)
        line.value = "" if now == getattr(Settings(), name) and config.about(name).unset else config.format_value(now)
        line.placeholder = config.about(name).unset.replace("`", "")
        line.suggester = SuggestFromList(self._model_names.get(name, config.choices(name)), case_sensitive=False)
        self.query_one("#name", Static).update(Content(f"{name} = "))
        self.query_one("#editing").display = True
        self.set_focus(line)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        self._put(self._selected, None if not text and config.about(self._selected).unset else text)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._say("")

    def action_unset(self) -> None:
        """Restore the default."""
        self._put(self._selected, None)

    def action_close(self) -> None:
        """Cancel editing, else close the screen."""
        if self.query_one("#editing").display:
            self._stop_editing()
            self._say("")
        else:
            self.dismiss(None)

    def _stop_editing(self) -> None:
        self.query_one("#editing").display = False
        self.set_focus(self.query_one(RowTable))

    # --- what is shown ---

    def _draw(self) -> None:
        self.query_one(RowTable).show([TableRow(name, self._cells(name)) for name in config.names()])

    def _cells(self, name: str) -> tuple[str, str, str]:
        value, about = getattr(self._settings, name), config.about(name)
        unset = about.unset and value == getattr(Settings(), name)
        used = self._used.get(name, "")
        default = f"{used} (default)" if used else f"({about.unset.replace('`', '')})"
        shown = default if unset else config.format_value(value)
        return name, shown, config.origin(name, self._layers) if self._layers else "?"

    def _say(self, text: str, style: str = "") -> None:
        self.query_one("#message", Static).update(Content.styled(visible_lines(text), style))


def _details(name: str, layers: Layers) -> Content:
    """Describe a setting: its meaning, default, and what overrides the file."""
    about = config.about(name)
    default = about.unset or config.format_value(getattr(Settings(), name)) or '""'
    lines = [
        Content(about.text.replace("`", "")),
        Content.styled(f"Default: {default.replace('`', '')}. Takes effect {about.applies}.", MUTED),
    ]
    override = _override(name, layers)
    if override:
        lines.append(Content.styled(f"! {override[0].upper()}{override[1:]}", "$text-warning"))
    return joined(lines)


def _override(name: str, layers: Layers) -> str:
    """Say what overrides the file; "" if nothing does."""
    origin = config.origin(name, layers) if layers else Origin.DEFAULT
    if origin is Origin.ENVIRONMENT:
        return f"the environment variable {config.variable(name)} overrides config.toml."
    if origin is Origin.FLAG:
        return "a flag or the model list (M) overrides config.toml in this session."
    return ""
