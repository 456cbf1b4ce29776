"""Single-line inputs: one that recognizes dropped files, the search line, and a note on an answer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from docqa.tui.state import dropped_paths

if TYPE_CHECKING:
    from docqa.answers import Answer

LONGEST_LINE = 10_000
"""Characters that an input takes. Readers take questions of some hundred words; each key copies the line."""


class PastingInput(Input):
    """An input that types pasted text, unless it consists of paths of existing files and folders."""

    opens_paths = True
    """Whether pasted paths are dropped files; if not, they are text, and nothing tells whether they exist."""

    class PathsDropped(Message):
        """Paths of existing files and folders were pasted."""

        def __init__(self, line: "PastingInput", paths: Sequence[str]) -> None:
            super().__init__()
            self.line = line
            self.paths = paths

    class TextPasted(Message):
        """The pasted text was no list of existing paths."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def on_paste(self, event: events.Paste) -> None:
        """Type the text at once unless it may be paths."""
        event.stop()
        event.prevent_default()
        if not self.opens_paths or next(dropped_paths.parse_paths(event.text), None) is None:
            self.type_text(event.text)
        else:
            self._check_paths(event.text)

    @work(thread=True)
    def _check_paths(self, text: str) -> None:
        # In a thread, because the disk may be slow.
        paths = dropped_paths.existing_paths(text)
        self.post_message(self.PathsDropped(self, paths) if paths else self.TextPasted(text))

    def on_pasting_input_text_pasted(self, message: TextPasted) -> None:
        """Type the text."""
        message.stop()
        self.type_text(message.text)

    def type_text(self, text: str) -> None:
        """Insert text at the cursor, on one line, replacing the selection. Text that is too long is not inserted."""
        if len(self.value) + len(text) > LONGEST_LINE:
            self.notify(f"Not pasted: a line has up to {LONGEST_LINE:,} characters.", severity="warning", markup=False)
            return
        self.replace(" ".join(text.splitlines()), *sorted(self.selection))


class FindInput(Input):
    """The search line. The document shows the matches while the user types."""

    BINDING_GROUP_TITLE = "While finding"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Accept", tooltip="Go to the document; n is the next match", id="find.accept"),
        Binding(
            "slash",
            "find_all",
            "All documents",
            tooltip="In the empty line: find in all documents instead",
            id="find.all",
            priority=True,
        ),
        Binding("escape", "cancel", "Cancel", tooltip="Cancel the search", id="find.cancel"),
    ]

    class SearchCancelled(Message):
        """The search was cancelled."""

    class AllRequested(Message):
        """All documents are to be searched."""

    def __init__(self) -> None:
        super().__init__(
            placeholder="Find in this document · / in all", compact=True, max_length=LONGEST_LINE, id="find"
        )

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether the line types this key: a slash is one only after something else."""
        return (key != "slash" or bool(self.value)) and super().check_consume_key(key, character)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Whether a key does anything now."""
        return not self.value if action == "find_all" else True

    def action_find_all(self) -> None:
        """Find in all documents."""
        self.post_message(self.AllRequested())

    def action_cancel(self) -> None:
        """Cancel the search."""
        self.value = ""
        self.post_message(self.SearchCancelled())


class NoteInput(Input):
    """A note on an answer, in one line."""

    BINDING_GROUP_TITLE = "While writing a note"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Save", tooltip="Save the note; an empty one is deleted", id="note.save"),
        Binding("escape", "cancel", "Cancel", tooltip="Leave the note as it was", id="note.cancel"),
    ]

    class NoteWritten(Message):
        """A note was written, or emptied."""

        def __init__(self, answer: "Answer", text: str) -> None:
            super().__init__()
            self.answer = answer
            self.text = text

    class NoteEnded(Message):
        """The note was saved or left as it was."""

    def __init__(self) -> None:
        hint = "A note on this answer; empty, it is deleted"
        super().__init__(placeholder=hint, compact=True, max_length=LONGEST_LINE, select_on_focus=False, id="note")
        self._answer: Answer | None = None

    def edit(self, answer: "Answer") -> None:
        """Show the note on an answer, with the cursor at its end."""
        self._answer = answer
        self.value = answer.mark.note
        self.cursor_position = len(self.value)

    def action_cancel(self) -> None:
        """Leave the note as it was."""
        self.post_message(self.NoteEnded())

    @on(Input.Submitted)
    def _written(self, event: Input.Submitted) -> None:
        event.stop()
        note = " ".join(event.value.split())
        if self._answer is not None and note != self._answer.mark.note:
            self.post_message(self.NoteWritten(self._answer, note))
        self.post_message(self.NoteEnded())
