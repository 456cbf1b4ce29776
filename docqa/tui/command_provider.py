"""The command palette: what can be done, with the key for it beside."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from docqa.tui.styling import MUTED

if TYPE_CHECKING:
    from docqa.tui.app import DocqaApp

KEY = "Key: "
"""What the help of a command begins with that a key does as well."""
_COLUMN = 7  # Cells for the key.
_NOT_DOCQAS = {"Keys", "Maximize", "Minimize"}  # Textual's, for which docqa has its own.


class KeyCommands(Provider):
    """The app's commands. What is typed is looked for in their titles; a key finds its command."""

    app: "DocqaApp"  # type: ignore[assignment]

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
            is_key = command.help == f"{KEY}{query}"
            score = 1.0 if is_key else matcher.match(command.title)
            if score > 0:
                row = _row(matcher.highlight(command.title), command.help)
                yield Hit(score, row, command.callback, text=command.title)


def _row(title: Content, about: str) -> Content:
    """The key, or nothing, and the title; after it what Textual says of its own."""
    if about.startswith(KEY):
        return Content.styled(f"{about.removeprefix(KEY):>{_COLUMN}}", "bold $text-accent") + "  " + title
    return Content(" " * _COLUMN) + "  " + title + Content.styled(f"  {about}", MUTED)
