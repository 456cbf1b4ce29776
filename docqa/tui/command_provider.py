"""The command palette: what can be done, with the key for it beside."""

from collections.abc import Iterator, Mapping
from functools import partial

from textual.app import App, SystemCommand
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.screen import Screen

from docqa.tui.keys import palette
from docqa.tui.styling import MUTED

_KEY = "Key: "
"""What the help of a command begins with that a key does as well."""
_COLUMN = 7  # Cells for the key.
_NOT_DOCQAS = {"Keys", "Maximize", "Minimize"}  # Textual's, for which docqa has its own.


def key_commands(app: App[None], main: Screen[None], keymap: Mapping[str, str]) -> Iterator[SystemCommand]:
    """Yield what the keys of an app and of its main screen do, as far as they do anything now.

    `keymap` has the user's keys by binding id.
    """
    for title, key, action in palette(app.get_key_display, keymap):
        namespace, _, name = action.partition("(")[0].rpartition(".")
        if (main if namespace else app).check_action(name, ()):
            yield SystemCommand(title, f"{_KEY}{key}", partial(app.run_action, action))


class KeyCommands(Provider):
    """The app's commands. What is typed is looked for in their titles; a key finds its command."""

    def _commands(self) -> Iterator[SystemCommand]:
        return (one for one in self.app.get_system_commands(self.screen) if one.title not in _NOT_DOCQAS)

    async def discover(self) -> Hits:
        """Yield all commands."""
        for command in self._commands():
            yield DiscoveryHit(_row(Content(command.title), command.help), command.callback, text=command.title)

    async def search(self, query: str) -> Hits:
        """Yield the commands that match."""
        matcher = self.matcher(query)
        for command in self._commands():
            is_key = command.help == f"{_KEY}{query}"
            score = 1.0 if is_key else matcher.match(command.title)
            if score > 0:
                row = _row(matcher.highlight(command.title), command.help)
                yield Hit(score, row, command.callback, text=command.title)


def _row(title: Content, about: str) -> Content:
    """The key, or nothing, and the title; after it what Textual says of its own."""
    if about.startswith(_KEY):
        return Content.styled(f"{about.removeprefix(_KEY):>{_COLUMN}}", "bold $text-accent") + "  " + title
    return Content(" " * _COLUMN) + "  " + title + Content.styled(f"  {about}", MUTED)
