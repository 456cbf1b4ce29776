"""The keys at the bottom of the screen."""

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

_PADDING = 3  # Cells around a key and its description.


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
    """A footer that leaves out the keys that don't fit, but never the help key. Textual's cuts the last one off."""

    _fitted_width = 0
    """The width that the keys were chosen for."""

    def compose(self) -> ComposeResult:
        """Yield the keys that fit, in Textual's order."""
        self._fitted_width = self.app.size.width
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
    return isinstance(key, FooterKey) and key.action == "help"


def _width(key: Widget) -> int:
    return len(key.key_display) + len(key.description) + _PADDING if isinstance(key, FooterKey) else 0
