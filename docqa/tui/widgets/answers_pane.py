"""The answers pane: one question, its state, and the places of its answers."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from docqa.terminal_text import visible
from docqa.tui.messages import AnswerSelected
from docqa.tui.state.newer_answers import offer, span_of
from docqa.tui.state.places import Place, places
from docqa.tui.state.session import AskedQuestion
from docqa.tui.state.short_names import document_titles
from docqa.tui.styling import joined
from docqa.tui.widgets.answers_head import head
from docqa.tui.widgets.place_lines import ListStyle, place_lines

if TYPE_CHECKING:
    from docqa.answers import Answer

_ROOMY = 24  # Minimum height, in rows, for whole sentences and blank lines between places.
_LEAST = 2  # Rows of the list that the head leaves: a place.


class AnswersList(OptionList):
    """The places of the answers, most likely first."""

    BINDING_GROUP_TITLE = "In the answers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "cursor_down", "Next", show=False, tooltip="Select the next answer", id="list.next"),
        Binding("k,up", "cursor_up", "Previous", show=False, tooltip="Select the previous answer", id="list.previous"),
        Binding("home", "first", "First", show=False, tooltip="Select the first answer", id="list.first"),
        Binding("end", "last", "Last", show=False, tooltip="Select the last answer", id="list.last"),
    ]


class AnswersPane(Vertical):
    """One question, its state and its answers."""

    BORDER_TITLE = "Answers"

    class AnswerOpened(Message):
        """Enter was pressed on an answer, to show it in its document."""

        def __init__(self, answer: "Answer") -> None:
            super().__init__()
            self.answer = answer

    def __init__(self) -> None:
        super().__init__(id="answers")
        self.list = AnswersList(id="answers-list", markup=False, compact=True)
        self._head = Static(id="head")
        self._asked: AskedQuestion | None = None
        self._waiting_for = ""
        self._documents: frozenset[str] = frozenset()
        """The names of the documents that are open."""
        self._places: list[Place] = []
        self._number = 0
        """The index of the selected place."""
        self._moved = False
        """Whether the user selected it."""

    def compose(self) -> ComposeResult:
        """Yield the question with its state, and the answers."""
        yield self._head
        yield self.list

    @property
    def selected(self) -> "Answer | None":
        """The selected answer, which the document pane shows."""
        return self._places[self._number].answer if self._number < len(self._places) else None

    def selected_in(self, document: str) -> "Answer | None":
        """The selected answer, if it is in the document of this name, as it is now."""
        answer = self.selected
        return answer if answer is not None and answer.document == document and not answer.outdated else None

    @property
    def asked(self) -> AskedQuestion | None:
        """The question shown."""
        return self._asked

    def on_resize(self) -> None:
        """Wrap the answers, once the list inside has been resized."""
        self.call_after_refresh(self._draw)

    def show_hint(self, hint: Content) -> None:
        """Show a hint in place of a question."""
        self._asked = None
        self._places = []
        self._head.update(hint)
        self._draw()
        self._notify_selection()

    def show(self, asked: AskedQuestion, reader: str, waiting_for: str, documents: Iterable[str]) -> None:
        """Show a question's state and answers so far, and which of some documents they are in.

        An answer that the user selected stays selected.
        """
        chosen = self.selected if self._moved and asked is self._asked else None
        if asked is not self._asked:
            self._moved = False
        self._asked = asked
        self._waiting_for = waiting_for
        self._documents = frozenset(documents)
        self._places = places(asked.shown)
        self._show_title(asked)
        self.border_subtitle = Content(f"reader: {visible(reader)}" if reader else "")
        self._number = self._find(chosen)
        self._draw()
        self._notify_selection()

    def _show_title(self, asked: AskedQuestion) -> None:
        title = Content("Answers")
        if asked.newer is not None and asked.result is not None:
            title += Content.styled(f" · {offer(asked.result, asked.newer.result)}: press u", "bold $text-accent")
        self.border_title = title

    def move(self, step: int) -> bool:
        """Select the place `step` further down. Stops at the ends. Returns whether that is another one."""
        before = self._number
        self._select(max(0, min(len(self._places) - 1, self._number + step)))
        return self._number != before

    def select(self, answer: "Answer") -> bool:
        """Select the place of an answer. Returns whether it is among those shown."""
        number = self._number_of(answer)
        if number is not None:
            self._select(number)
        return number is not None

    def select_new(self) -> None:
        """Select the first place with an answer that was not there before, if any has."""
        new = self._asked.new_spans if self._asked else ()
        found = (i for i, place in enumerate(self._places) if any(span_of(one) in new for one in place.answers))
        self._select(next(found, self._number))

    def _select(self, number: int) -> None:
        self._moved = True
        if number != self._number:
            self._number = number
            self._draw()
            self._notify_selection()

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_list.highlighted == event.option_index and event.option.id:
            self._select(int(event.option.id))

    @on(OptionList.OptionSelected)
    def _enter_pressed(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self.selected is not None:
            self.post_message(self.AnswerOpened(self.selected))

    def _number_of(self, answer: "Answer") -> int | None:
        """The index of the place that an answer is in."""
        at = span_of(answer)
        return next((i for i, place in enumerate(self._places) if at in map(span_of, place.answers)), None)

    def _find(self, answer: "Answer | None") -> int:
        if answer is None:
            return 0
        number = self._number_of(answer)
        if number is None:
            # It may have been found again in a new version of its document.
            firsts = [(place.answer.rank, place.answer.text) for place in self._places]
            same = answer.rank, answer.text
            number = firsts.index(same) if same in firsts else 0
        return number

    def _notify_selection(self) -> None:
        self.post_message(AnswerSelected(self.selected))

    def _draw(self) -> None:
        width = self.list.scrollable_content_region.width
        if width <= 0:
            return
        asked = self._asked
        if asked is not None:
            rows = self.content_size.height - (_LEAST if self._places else 0)
            self._head.update(head(asked, self._waiting_for, len(self._places), self.content_size.width, rows))
        style = self._style(width)
        with self.list.prevent(OptionList.OptionHighlighted):
            self.list.clear_options()
            above = ""
            for number, place in enumerate(self._places):
                if number and style.roomy:
                    self.list.add_option(Option("", disabled=True))
                document = place.answer.document
                lines = place_lines(
                    place,
                    number + 1,
                    style,
                    selected=number == self._number,
                    named=len(style.titles) > 1 and document != above,
                    new=asked is not None and any(span_of(one) in asked.new_spans for one in place.answers),
                )
                above = document
                self.list.add_option(Option(joined(lines), id=str(number)))
            if self._places:
                self.list.highlighted = self.list.get_option_index(str(self._number))

    def _style(self, width: int) -> ListStyle:
        result = self._asked.marked if self._asked else None
        return ListStyle(
            width,
            roomy=self.size.height >= _ROOMY,
            claimed=result is None or result.answered,
            claims=self._asked.claims if self._asked else lambda _: True,
            titles=document_titles({*self._documents, *(place.answer.document for place in self._places)}),
        )
