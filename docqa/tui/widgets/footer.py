"""The keys at the foot of the screen: as many as there is room for."""

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

_BESIDE = 3  # Cells around a key and its word.


class FittingFooter(Footer):
    """Textual's, but that it cuts off no word: a key that has no room is left to the help, whose key always stays."""

    _fitted = 0
    """The width that the keys were chosen for."""

    def compose(self) -> ComposeResult:
        """Give the keys that fit, in Textual's order."""
        self._fitted = self.app.size.width
        keys = list(super().compose())
        room = self._fitted - sum(map(_width, filter(_always, keys)))
        for key in keys:
            if not _always(key):
                room -= _width(key)
                if room < 0:
                    continue
            yield key

    def on_resize(self, event: events.Resize) -> None:
        """Choose anew where the terminal has another width."""
        if event.size.width != self._fitted:
            self.call_after_refresh(self.recompose)


def _always(key: Widget) -> bool:
    return isinstance(key, FooterKey) and key.action == "help"


def _width(key: Widget) -> int:
    return len(key.key_display) + len(key.description) + _BESIDE if isinstance(key, FooterKey) else 0
