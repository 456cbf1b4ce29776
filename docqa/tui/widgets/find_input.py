"""The line on which is typed what to look for in the document."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class FindInput(Input):
    """The document shows each place of what is typed, while it is typed."""

    BINDING_GROUP_TITLE = "While finding"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Go there", tooltip="Go on in the document; n is the next place", id="find.accept"),
        Binding("escape", "give_up", "Give up", tooltip="Look for nothing any more", id="find.cancel"),
    ]

    class GivenUp(Message):
        """The person looks for nothing any more."""

    def __init__(self) -> None:
        super().__init__(placeholder="Find in the document", compact=True, id="find")

    def action_give_up(self) -> None:
        """Look for nothing any more."""
        self.value = ""
        self.post_message(self.GivenUp())
