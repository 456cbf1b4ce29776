"""The question line, and the list of questions asked."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from docqa.terminal_text import flat, visible
from docqa.tui.formatting import shortened
from docqa.tui.state.session import AskedQuestion, QuestionState
from docqa.tui.styling import MUTED, hang, joined
from docqa.tui.widgets.inputs import LONGEST_LINE, PastingInput

if TYPE_CHECKING:
    from docqa.user_marks import UserMarks

_GLYPHS = {
    QuestionState.QUEUED: "·",
    QuestionState.READING: "»",
    QuestionState.DONE: "✓",
    QuestionState.FAILED: "✗",
    QuestionState.CANCELLED: "■",
}


_HINT = "Ask your documents a question"


class QuestionInput(PastingInput):
    """The question line. Every printable key is typed."""

    BINDING_GROUP_TITLE = "In the question"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Ask", tooltip="Ask the question", id="question.ask"),
        Binding("up", "earlier", "Earlier", tooltip="Recall the previous question", id="question.earlier"),
        Binding(
            "down",
            "later",
            "Later",
            show=False,
            tooltip="Recall the next question",
            id="question.later",
        ),
    ]

    def __init__(self) -> None:
        super().__init__(placeholder=_HINT, compact=True, id="question", select_on_focus=False, max_length=LONGEST_LINE)
        self._history: list[str] = []
        self._position = 0
        self._draft = ""

    def show_asked(self, ticked: Collection[str]) -> None:
        """Show which documents are asked: all, if none is ticked."""
        if not ticked:
            self.placeholder = _HINT
        elif len(ticked) == 1:
            self.placeholder = f"Ask {visible(Path(next(iter(ticked))).name)} a question"
        else:
            self.placeholder = f"Ask the {len(ticked)} ticked documents a question"

    def recall_from(self, questions: Sequence[str]) -> None:
        """Add questions of earlier sessions before those of this one. Typed text is kept."""
        self._history = [*questions, *(question for question in self._history if question not in set(questions))]
        self._position = len(self._history)

    def remember(self, question: str) -> None:
        """Add a question to the history, and empty the line."""
        if not self._history or self._history[-1] != question:
            self._history.append(question)
        self._position = len(self._history)
        self._draft = ""
        self.value = ""

    @property
    def unasked(self) -> str:
        """Text that was typed but not asked. While an unedited recalled question is shown, the draft before it."""
        recalled = self._position < len(self._history) and self.value == self._history[self._position]
        return self._draft if recalled else self.value

    def action_earlier(self) -> None:
        """Recall the previous question."""
        self._recall(self._position - 1)

    def action_later(self) -> None:
        """Recall the next question; after the last, the draft."""
        self._recall(self._position + 1)

    def edit(self, text: str) -> None:
        """Set the text, with the cursor at its end."""
        self.value = text
        self.cursor_position = len(text)

    def _recall(self, position: int) -> None:
        if not 0 <= position <= len(self._history):
            return
        if self._position == len(self._history):
            self._draft = self.value
        self._position = position
        self.edit(self._draft if position == len(self._history) else self._history[position])


class QuestionsList(OptionList):
    """The questions asked, newest last. The answers of the highlighted one are shown."""

    BINDING_GROUP_TITLE = "In the questions"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "j,down",
            "cursor_down",
            "Later",
            show=False,
            tooltip="Show the next question",
            id="questions.later",
        ),
        Binding(
            "k,up",
            "cursor_up",
            "Earlier",
            show=False,
            tooltip="Show the previous question",
            id="questions.earlier",
        ),
        Binding("enter", "select", "Answers", tooltip="Go to the question's answers", id="questions.select"),
    ]
    BORDER_TITLE = "Questions"

    def __init__(self) -> None:
        super().__init__(id="questions", markup=False, compact=True)
        self._asked: list[AskedQuestion] = []
        self._current: AskedQuestion | None = None
        self._width = 0
        self._drawn: list[_Drawn] = []

    def on_mount(self) -> None:
        """Show the hint."""
        self._draw()

    def on_resize(self) -> None:
        """Wrap the questions to the new width."""
        self._draw()

    def show(self, asked: list[AskedQuestion], current: AskedQuestion | None) -> None:
        """Show the questions, and highlight one."""
        self._asked, self._current = asked, current
        self._draw()

    def _draw(self) -> None:
        width = self.scrollable_content_region.width
        if width <= 0:
            return
        wanted = [_Drawn(one, "∅" if one.abstained else _GLYPHS[one.state], one.marks) for one in self._asked]
        with self.prevent(OptionList.OptionHighlighted):
            if width != self._width or not self._goes_on(wanted):
                self._width, self._drawn = width, []
                self.clear_options()
            if not wanted and not self.option_count:
                hint = Content.styled("None yet. Questions you ask are listed here.", MUTED)
                self.add_option(Option(joined(hint.wrap(width)), disabled=True))
            for number, one in enumerate(wanted):
                if number >= len(self._drawn):
                    self.add_option(Option(one.prompt(width)))
                elif not one.looks_like(self._drawn[number]):
                    self.replace_option_prompt_at_index(number, one.prompt(width))
            self._drawn = wanted
            if self._asked:
                self.highlighted = self._asked.index(self._current) if self._current in self._asked else None

    def _goes_on(self, wanted: "list[_Drawn]") -> bool:
        """Whether the questions that are drawn are the first of those wanted: hundreds take long to draw."""
        same = (one.asked is drawn.asked for one, drawn in zip(wanted, self._drawn, strict=False))
        return bool(self._drawn or not wanted) and len(wanted) >= len(self._drawn) and all(same)


class _Drawn(NamedTuple):
    """What is shown of a question."""

    asked: AskedQuestion
    glyph: str
    marks: "UserMarks | None"

    def looks_like(self, other: "_Drawn") -> bool:
        """Whether the same is shown; marks are replaced if they change."""
        return self.glyph == other.glyph and self.marks is other.marks

    def prompt(self, width: int) -> Content:
        return joined(
            [*hang(Content(flat(self.asked.question)), width, f"{self.glyph} "), *_annotated(self.asked, width)]
        )


def _annotated(asked: AskedQuestion, width: int) -> Iterator[Content]:
    """The pinned answers and the notes of a question."""
    for answer in asked.marks.answers if asked.marks is not None else ():
        note = f" — {flat(answer.mark.note)}" if answer.mark.note else ""
        glyph = "★" if answer.mark.pinned else "✎"
        yield from hang(Content.styled(f"{shortened(flat(answer.text), 40)}{note}", MUTED), width, f"  {glyph} ")
