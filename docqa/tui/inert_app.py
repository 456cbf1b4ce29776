"""The last thing before a line is drawn: whatever a widget shows is inert on the terminal."""

from collections.abc import Callable, Sequence
from time import monotonic

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.theme import Theme
from textual.widgets import Input

from docqa.errors import DocqaError
from docqa.terminal_text import plain, visible_lines
from docqa.tui.theme_colours import readable
from docqa.userdata import preferences


class InertFilter(LineFilter):
    """Makes text inert, which docqa's own widgets have done: an input, or a widget of Textual's, shows what it gets."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - as Textual has it
        """Return the segments, as wide as before."""
        return [segment if segment.control else _inert(segment) for segment in segments]


def _inert(segment: Segment) -> Segment:
    text = plain(segment.text)
    if text == segment.text:
        return segment
    return Segment(set_cell_size(text, cell_len(segment.text)), segment.style)


def _edit(line: Input, key: str) -> str:
    """What a key does in a line, as in any other; "" if it types, or does something else."""
    actions = (binding.action for binding in line._bindings.key_to_bindings.get(key, ()))
    return next((action for action in actions if f"action_{action.partition('(')[0]}" in vars(Input)), "")


class InertApp(App[None]):
    """An app of which all that is drawn or said is inert, in the theme that the user chose last."""

    def __init__(self) -> None:
        super().__init__()
        self.warning_until = 0.0
        """When the last warning disappears, by `time.monotonic`."""
        saved_theme = preferences.theme()
        if saved_theme in self.available_themes:
            self.theme = saved_theme

    @property
    def crash(self) -> Exception | None:
        """What ended the app, if it was a bug. The command tells it, as it tells that of any other."""
        return self._exception

    def _fatal_error(self) -> None:
        # Textual's prints a page of source code with the values of variables, so what is in the documents.
        self._close_messages_no_wait()

    async def on_event(self, event: events.Event) -> None:
        """Act on a key in its turn.

        Textual sends it through all widgets that have the focus before it looks for an action: a key with priority that
        follows quickly overtakes it, and the focus that it moves is then no longer where the first key was meant. In a
        line, a letter overtakes a key that moves the cursor or deletes.
        """
        if isinstance(
            event, events.Key | events.MouseDown | events.MouseScrollDown | events.MouseScrollUp | events.Paste
        ):
            self.user_acted()
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self._is_command_mode:
                for priority in (True, False):
                    if await self._check_bindings(event.key, priority):
                        return
            elif isinstance(line := self.focused, Input) and (edit := _edit(line, event.key)):
                if not await self._check_bindings(event.key, priority=True):
                    line.call_later(self.run_action, edit, line)  # After the letters that were typed before.
                return
        await super().on_event(event)

    @property
    def _is_command_mode(self) -> bool:
        """Whether letters are commands. Textual's own `escape` restores a maximized widget."""
        return self.app_focus and not isinstance(self.focused, Input) and self.screen.maximized is None

    def get_css_variables(self) -> dict[str, str]:
        """The theme's colours, those of text readable; and `$dim`, the colour of what is less important."""
        self.theme_variables = readable(super().get_css_variables())
        return self.theme_variables

    def remember_theme(self, theme: Theme) -> None:
        """Save the theme for the next session."""
        try:
            preferences.remember_theme(theme.name)
        except DocqaError as error:
            self.warn(error)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What changes each line before it is drawn."""
        return [_INERT, *super().get_line_filters()]

    def user_acted(self) -> None:
        """The user pressed a key or a button, scrolled or pasted."""

    def start(self, group: str, work: Callable[[], None]) -> None:
        """Run `work` in a worker thread, unless the app is closing."""
        if self.is_running:
            # Without a description Textual makes one of the arguments, which may be all that was found: half a second.
            # A worker that has ended is garbage in a cycle, and must not keep its work: documents, and a reader.
            waiting = [work]

            def run() -> None:
                waiting.pop()()

            self.run_worker(run, group=group, description=group, thread=True)

    def say(self, text: str) -> None:
        """Show a notice."""
        self.notify(visible_lines(text), markup=False)

    def warn(self, error: DocqaError, *, severity: SeverityLevel = "warning") -> None:
        """Show an error and its hint."""
        text = f"{error.message}\n→ {error.hint}" if error.hint else error.message
        self.notify(visible_lines(text), markup=False, severity=severity, timeout=10)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a notice. A warning stays for its time, even if another screen opens."""
        if severity != "information":
            self.warning_until = monotonic() + (timeout or self.NOTIFICATION_TIMEOUT)
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)


_INERT = InertFilter()
