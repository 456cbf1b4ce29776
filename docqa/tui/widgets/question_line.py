"""The line at the bottom of the panes: the question input, or in its place the find input, the selection or a note."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from docqa.tui.widgets.inputs import FindInput, NoteInput
from docqa.tui.widgets.question_input import QuestionInput
from docqa.tui.widgets.selectable_page import SelectablePage, SelectionLine

if TYPE_CHECKING:
    from docqa.answers import Answer


class QuestionLine(Horizontal):
    """Four inputs, of which one is displayed. The find input and the selection are about `page`."""

    def __init__(self, page: SelectablePage) -> None:
        super().__init__(id="question-line")
        self.question = QuestionInput()
        self.find = FindInput()
        self.selecting = SelectionLine(page)
        self.note = NoteInput()
        self._prompt = Static(id="prompt")
        self._page = page
        self._focus_before: Widget | None = None
        """What had the focus before the selection, or the note."""

    def compose(self) -> ComposeResult:
        """The prompt and the inputs."""
        yield self._prompt
        yield self.question
        yield self.find
        yield self.selecting
        yield self.note

    def on_mount(self) -> None:
        """Begin with the question."""
        self._display(self.question)

    def _display(self, shown: Widget) -> None:
        for line in (self.question, self.find, self.selecting, self.note):
            line.display = line is shown
        glyph = {self.find: "/", self.selecting: "▶", self.note: "✎"}.get(shown, "❯")
        self._prompt.update(Content(glyph))

    def ask(self) -> None:
        """Go to the question input, and end a selection."""
        self._page.select(None)
        self._display(self.question)
        self.screen.set_focus(self.question)  # focus() would take effect after the letters typed with the key.

    def find_text(self) -> None:
        """Go to the find input."""
        self._page.begin_find()
        self._display(self.find)
        self.screen.set_focus(self.find)  # As in `ask`.

    def write_note(self, answer: "Answer") -> None:
        """Go to the note on an answer, and end a selection."""
        self._page.select(None)
        self._focus_before = self.screen.focused
        self.note.edit(answer)
        self._display(self.note)
        self.screen.set_focus(self.note)  # As in `ask`.

    @on(NoteInput.NoteEnded)
    def _note_ended(self) -> None:
        if self.note.display:
            self._display(self.question)
            self.screen.set_focus(self._focus_before or self._page)

    @on(Input.Changed, "#find")
    def _find_typed(self, event: Input.Changed) -> None:
        self._page.find(event.value)

    @on(FindInput.SearchCancelled)
    def _find_cancelled(self) -> None:
        self._page.find("")
        self._find_ended()

    @on(FindInput.AllRequested)
    @on(Input.Submitted, "#find")
    def _find_ended(self) -> None:
        if self._page.selection is None:
            self._display(self.question)
            self.screen.set_focus(self._page)
            return
        self._display(self.selecting)
        self.screen.set_focus(self.selecting)
        if self._page.match_in_view is not None:
            self._page.move_caret(self._page.match_in_view)

    def select(self) -> bool:
        """Go to the selection, or begin one; return whether there is text to select."""
        if self._page.selection is None:
            self._page.start_selection()
        elif self.selecting.display:
            self.screen.set_focus(self.selecting)
        return self._page.selection is not None

    def selection_changed(self, message: SelectablePage.SelectionChanged) -> None:
        """Show the selection, or the question input again once there is none."""
        if message.selection is not self._page.selection:
            return  # It has changed again since.
        if message.selection is None:
            self._end_selection()
        elif message.done and not self.find.display:
            if not self.selecting.display:
                self._focus_before = self.screen.focused
            self._display(self.selecting)
            self.screen.set_focus(self.selecting)
        self.selecting.refresh()

    def _end_selection(self) -> None:
        if self.selecting.display:
            had_focus = self.screen.focused is self.selecting
            self._display(self.question)
            if had_focus:
                self.screen.set_focus(self._focus_before or self._page)
