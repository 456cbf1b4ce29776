"""The keys at the bottom of the screen."""

from collections.abc import Sequence
from functools import partial

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Footer, Static
from textual.widgets._footer import FooterKey

from docqa.terminal_text import visible

_PADDING = 3  # Cells around a key and its description.
_SAID = 4.0  # Seconds that something said stays.


class ForgettingFooter(Footer):
    """A footer that lets go of keys that it no longer shows.

    They change with every question. Textual's footer keeps all that it ever had among the watchers of `compact`
    (Textualize/textual#6666), which are only sorted out when that changes.
    """

    def compose(self) -> ComposeResult:
        """Yield Textual's keys."""
        self.mutate_reactive(Footer.compact)  # To the same value.
        yield from super().compose()


class FittingFooter(ForgettingFooter):
    """A footer that leaves out the keys that don't fit, but never the help key. Textual's cuts the last one off.

    For some seconds it may say something in place of the keys: a notice would lie over the text.
    """

    _fitted_width = 0
    """The width that the keys were chosen for."""
    said = ""
    """What it says in place of the keys."""
    _silence: Timer | None = None
    _enabled: Sequence[tuple[str, bool]] = ()
    """The keys, and whether each does anything now."""

    def say(self, text: str) -> bool:
        """Say something; "" shows the keys again. Returns whether it fits."""
        if cell_len(text) + _PADDING > self.app.size.width or "\n" in text:
            return False
        if self._silence is not None:
            self._silence.stop()
        if text or self.said:
            self.said = text
            self.refresh(recompose=True)
        self._silence = self.set_timer(_SAID, partial(self.say, "")) if text else None
        return True

    def follow(self) -> None:
        """Show the keys anew if others do something now; redrawing takes too long to do it for every event."""
        active = self.screen.active_bindings
        enabled = [(key, binding.enabled) for key, binding in active.items() if binding.binding.show]
        if enabled != self._enabled:
            self._enabled = enabled
            self.screen.refresh_bindings()

    def compose(self) -> ComposeResult:
        """Yield the keys that fit, in Textual's order."""
        self._fitted_width = self.app.size.width
        if self.said:
            yield Static(Content(visible(self.said)), id="said")
            return
        keys = list(super().compose())
        room = self._fitted_width - sum(map(_width, filter(_is_help, keys)))
        for key in keys:
            if not _is_help(key):
                room -= _width(key)
                if room < 0:
                    continue
            yield key

    def on_resize(self, event: events.Resize) -> None:
        """Choose the keys again if the width changed."""
        if event.size.width != self._fitted_width:
            self.call_after_refresh(self.recompose)


def _is_help(key: Widget) -> bool:
    return isinstance(key, FooterKey) and key.action in {"help", "app.help"}


def _width(key: Widget) -> int:
    return len(key.key_display) + len(key.description) + _PADDING if isinstance(key, FooterKey) else 0
