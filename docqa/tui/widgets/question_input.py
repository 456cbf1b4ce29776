"""The line that questions are typed on, and the list of those asked."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from docqa.tui.formatting import MUTED, flat, hang, joined
from docqa.tui.state.session import AskedQuestion, QuestionState
from docqa.tui.widgets.pasting_input import PastingInput

_GLYPHS = {
    QuestionState.QUEUED: "·",
    QuestionState.READING: "»",
    QuestionState.DONE: "✓",
    QuestionState.FAILED: "✗",
    QuestionState.CANCELLED: "■",
}


class QuestionInput(PastingInput):
    """The line that questions are typed on. Every printable key types itself here."""

    BINDING_GROUP_TITLE = "In the question"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Ask", tooltip="Ask the question", id="question.ask"),
        Binding("up", "earlier", "Earlier", tooltip="Recall the question asked before", id="question.earlier"),
        Binding(
            "down",
            "later",
            "Later",
            show=False,
            tooltip="Recall the question asked after",
            id="question.later",
        ),
    ]

    def __init__(self) -> None:
        hint = "Ask a question of your documents"
        super().__init__(placeholder=hint, compact=True, id="question", select_on_focus=False)
        self._history: list[str] = []
        self._place = 0
        self._draft = ""

    def recall_from(self, questions: Sequence[str]) -> None:
        """Put these, asked in earlier sessions, before the questions that can be recalled. Nothing typed is lost."""
        self._history = [*questions, *(question for question in self._history if question not in set(questions))]
        self._place = len(self._history)

    def remember(self, question: str) -> None:
        """Add a question to those that can be recalled, and empty the line."""
        if not self._history or self._history[-1] != question:
            self._history.append(question)
        self._place = len(self._history)
        self._draft = ""
        self.value = ""

    @property
    def unasked(self) -> str:
        """What was typed and not asked; while a question is recalled and as it was, what was typed before."""
        recalled = self._place < len(self._history) and self.value == self._history[self._place]
        return self._draft if recalled else self.value

    def action_earlier(self) -> None:
        """Recall the question before."""
        self._recall(self._place - 1)

    def action_later(self) -> None:
        """Recall the question after, and at last what was being typed."""
        self._recall(self._place + 1)

    def edit(self, text: str) -> None:
        """Put a text into the line, to go on typing."""
        self.value = text
        self.cursor_position = len(text)

    def _recall(self, place: int) -> None:
        if not 0 <= place <= len(self._history):
            return
        if self._place == len(self._history):
            self._draft = self.value
        self._place = place
        self.edit(self._draft if place == len(self._history) else self._history[place])


class QuestionsList(OptionList):
    """The questions asked, newest last. The one that is highlighted is the one whose answers are shown."""

    BINDING_GROUP_TITLE = "In the questions"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "j,down",
            "cursor_down",
            "Later",
            show=False,
            tooltip="Show the question after",
            id="questions.later",
        ),
        Binding(
            "k,up",
            "cursor_up",
            "Earlier",
            show=False,
            tooltip="Show the question before",
            id="questions.earlier",
        ),
        Binding("enter", "select", "Answers", tooltip="Go to the question's answers", id="questions.select"),
    ]
    BORDER_TITLE = "Questions"

    def __init__(self) -> None:
        super().__init__(id="questions", markup=False, compact=True)
        self._asked: list[AskedQuestion] = []

    def on_mount(self) -> None:
        """Say what will be here."""
        self._draw(None)

    def on_resize(self) -> None:
        """Wrap the questions anew."""
        self._draw(self.highlighted)

    def show(self, asked: list[AskedQuestion], current: AskedQuestion | None) -> None:
        """Show the questions, with one highlighted."""
        self._asked = asked
        self._draw(asked.index(current) if current in asked else None)

    def _draw(self, highlighted: int | None) -> None:
        width = self.scrollable_content_region.width
        if width <= 0:
            return
        with self.prevent(OptionList.OptionHighlighted):
            self.clear_options()
            if not self._asked:
                hint = Content.styled("None yet. They stay here, to be looked at again.", MUTED)
                self.add_option(Option(joined(hint.wrap(width)), disabled=True))
            for one in self._asked:
                lines = hang(Content(flat(one.question)), width, f"{_GLYPHS[one.state]} ")
                self.add_option(Option(joined(lines)))
            if self._asked:
                self.highlighted = highlighted
