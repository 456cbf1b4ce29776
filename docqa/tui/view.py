"""What the controllers need of a user interface."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from docqa.errors import DocqaError
    from docqa.tui.workers.events import WorkerEvent


class View(Protocol):
    """A user interface. `DocqaApp` and `InlineApp` are two."""

    def call_later(self, callback: Callable[..., Any], /, *args: Any) -> object:
        """Call `callback` in the view's thread, after what was passed before. Safe to call from any thread."""

    def start(self, group: str, work: Callable[[], None]) -> None:
        """Run `work` in a worker thread, unless the view is closing. `group` names what it does."""

    def update(self, event: "WorkerEvent | None" = None) -> None:
        """Show the state after `event`, or after something that the user did."""

    def say(self, text: str) -> None:
        """Show a notice."""

    def warn(self, error: "DocqaError") -> None:
        """Show an error that stops nothing."""
