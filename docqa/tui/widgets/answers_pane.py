"""The answers to one question, ranked; or that there is none, or why it failed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content, Span
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from docqa.tui.formatting import MUTED, bar, cited, counted, flat, hang, joined, likelihood, percent, plain
from docqa.tui.messages import AnswerSelected
from docqa.tui.state.agreement import otherwise
from docqa.tui.state.session import AskedQuestion, QuestionState

if TYPE_CHECKING:
    from docqa.answers import Answer

_ROOMY = 20  # Rows from which on answers are set apart by blank lines.
_SNIPPET = 80  # Characters of the passage that are shown before and after what came close to an answer.


class AnswersList(OptionList):
    """The answers, the likeliest first."""

    BINDING_GROUP_TITLE = "In the answers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "cursor_down", "Next", show=False, tooltip="Select the answer below", id="list.next"),
        Binding("k,up", "cursor_up", "Previous", show=False, tooltip="Select the answer above", id="list.previous"),
        Binding("home", "first", "First", show=False, tooltip="Select the first answer", id="list.first"),
        Binding("end", "last", "Last", show=False, tooltip="Select the last answer", id="list.last"),
    ]


class AnswersPane(Vertical):
    """What came of one question."""

    BORDER_TITLE = "Answers"

    class AnswerWanted(Message):
        """The person wants to see the selected answer in its document again."""

        def __init__(self, answer: "Answer") -> None:
            super().__init__()
            self.answer = answer

    def __init__(self) -> None:
        super().__init__(id="answers")
        self.list = AnswersList(id="answers-list", markup=False, compact=True)
        self._question = Static(id="asked")
        self._standing = Static(id="standing")
        self._asked: AskedQuestion | None = None
        self._answers: tuple[Answer, ...] = ()
        self._number = 0
        """Which of the answers is selected."""
        self._moved = False
        """Whether the person has chosen that one."""

    def compose(self) -> ComposeResult:
        """The question, how it stands, and the answers."""
        yield self._question
        yield self._standing
        yield self.list

    @property
    def selected(self) -> "Answer | None":
        """The answer whose page is shown."""
        return self._answers[self._number] if self._number < len(self._answers) else None

    @property
    def asked(self) -> AskedQuestion | None:
        """The question that is shown."""
        return self._asked

    def on_resize(self) -> None:
        """Wrap the answers anew, once the list inside has its own new size."""
        self.call_after_refresh(self._draw)

    def show_hint(self, hint: Content) -> None:
        """Show what to do: there is no question yet."""
        self._asked = None
        self._answers = ()
        self._question.display = False
        self._standing.update(hint)
        self._draw()
        self._tell()

    def show(self, asked: AskedQuestion, reader: str, waiting_for: str) -> None:
        """Show how a question stands and its answers so far. What the person selected stays so."""
        chosen = self.selected if self._moved and asked is self._asked else None
        if asked is not self._asked:
            self._moved = False
        self._asked = asked
        self._answers = asked.shown
        self.border_subtitle = Content(f"reader: {plain(reader)}" if reader else "")
        self._question.display = True
        self._question.update(Content(flat(asked.question)))
        self._standing.update(_standing(asked, waiting_for))
        self._number = self._find(chosen)
        self._draw()
        self._tell()

    def move(self, step: int) -> None:
        """Select the answer `step` further down; at the ends, stay."""
        self._select(max(0, min(len(self._answers) - 1, self._number + step)))

    def select(self, answer: "Answer") -> bool:
        """Select the answer that stands at the same place, if it is among those shown; tell whether it is."""
        places = [(one.document, one.start, one.end) for one in self._answers]
        place = answer.document, answer.start, answer.end
        if place in places:
            self._select(places.index(place))
        return place in places

    def _select(self, number: int) -> None:
        self._moved = True
        if number != self._number:
            self._number = number
            self._draw()
            self._tell()

    @on(OptionList.OptionHighlighted)
    def _person_moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_list.highlighted == event.option_index and event.option.id:
            self._select(int(event.option.id))

    @on(OptionList.OptionSelected)
    def _person_pressed_enter(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self.selected is not None:
            self.post_message(self.AnswerWanted(self.selected))

    def _find(self, answer: "Answer | None") -> int:
        places = [(one.document, one.start, one.end) for one in self._answers]
        place = (answer.document, answer.start, answer.end) if answer else None
        return places.index(place) if place in places else 0

    def _tell(self) -> None:
        self.post_message(AnswerSelected(self.selected))

    def _draw(self) -> None:
        width = self.list.scrollable_content_region.width
        if width <= 0:
            return
        result = self._asked.result if self._asked else None
        closest = result is not None and not result.answered
        verdict = self._asked.verdict if self._asked else None
        roomy = self.list.size.height >= _ROOMY
        with self.list.prevent(OptionList.OptionHighlighted):
            self.list.clear_options()
            for number, one in enumerate(self._answers):
                if number and roomy:
                    self.list.add_option(Option("", disabled=True))
                lines = list(_lines(one, width, selected=number == self._number, closest=closest, roomy=roomy))
                if verdict is not None and verdict.agrees(one):
                    lines.append(Content.styled("     ✓ right, you said", "$text-success"))
                self.list.add_option(Option(joined(lines), id=str(number)))
            if self._answers:
                self.list.highlighted = self.list.get_option_index(str(self._number))


def _lines(answer: "Answer", width: int, *, selected: bool, closest: bool, roomy: bool) -> Iterator[Content]:
    first = Content.styled(f"{'▸' if selected else ' '}{answer.rank:>2}  ", "$text-accent")
    text = _snippet(answer) if closest else Content.styled(flat(answer.text), "bold")
    yield from hang(text, width, first)
    probability = answer.probability
    # Words before the bar: a screen reader reads from left to right. They are as wide in all the answers.
    likely = f"{percent(probability).strip():<4} {likelihood(probability):<13} {bar(probability)}"
    if answer.other_locations and not roomy:
        likely += f" · and {counted(len(answer.other_locations), 'other place')}"
    citation = Content.styled(cited(answer), MUTED)
    if len(likely) + citation.cell_length + 7 <= width:
        yield Content("     ") + likely + "  " + citation
    else:
        yield Content("     ") + likely
        yield from hang(citation, width, "     ")
    if answer.other_locations and roomy:
        also = f"also in {counted(len(answer.other_locations), 'other place')}: {cited(answer.other_locations[0])}"
        yield from hang(Content.styled(also, MUTED), width, "     ")


def _snippet(answer: "Answer") -> Content:
    """The passage around what came close: the span alone would pass for an answer."""
    first, last = answer.start - answer.passage_start, answer.end - answer.passage_start
    text = flat(answer.passage)
    # From the first space within reach before it, to the last after it: no word is cut.
    low = text.find(" ", first - _SNIPPET, first) + 1 or first if first > _SNIPPET else 0
    high = text.rfind(" ", last, last + _SNIPPET) if last + _SNIPPET < len(text) else len(text)
    high = max(high, last)
    before, after = "…" if low else "", "…" if high < len(text) else ""
    span = Span(first - low + len(before), last - low + len(before), "underline")
    return Content(before + text[low:high] + after, spans=[span])


def _standing(asked: AskedQuestion, waiting_for: str) -> Content:
    """How a question stands, and what the person said of it, in a glyph and words."""
    standing = _state(asked, waiting_for)
    others = otherwise(asked.best)
    if others:
        say = "says" if others == 1 else "say"
        standing += Content.styled(f"\n≠ {counted(others, 'document')} {say} otherwise · D", "$text-warning")
    verdict = asked.verdict
    if verdict is None or any(verdict.agrees(answer) for answer in asked.shown):
        return standing
    said = f"right is: {flat(verdict.text)}" if verdict.answered else "these documents don't have it"
    return standing + Content.styled(f"\n✎ you said: {said}", "$text-success")


def _state(asked: AskedQuestion, waiting_for: str) -> Content:
    result = asked.result
    read = f"{result.windows_read} of {result.windows_total} windows read" if result else "nothing read yet"
    if asked.state is QuestionState.FAILED and asked.error is not None:
        hint = f"\n→ {plain(asked.error.hint)}" if asked.error.hint else ""
        failed = Content.styled(f"✗ {plain(asked.error.message)}", "bold $text-error")
        return failed + Content(hint)
    if asked.abstained:
        more = " · x reads every window" if asked.unread else ""
        closest = "\nThe closest passages:" if asked.shown else ""
        return Content.styled("∅ No answer in these documents", "bold $text-warning") + Content(
            f"\n{read}{more}{closest}"
        )
    if asked.state is QuestionState.QUEUED:
        text = f"· waiting for {waiting_for} · Esc cancels"
    elif asked.state is QuestionState.READING:
        text = "» reading · Esc cancels"
        if asked.to_read:
            done = result.windows_read if result and result.windows_read <= asked.to_read else 0
            text = f"» {bar(done / asked.to_read)} {done} of {asked.to_read} windows read · Esc cancels"
        if result and not result.answered:
            text += "\nNothing likely yet; the closest so far:"
    elif asked.state is QuestionState.CANCELLED:
        text = f"■ cancelled · {read}"
    else:
        text = f"✓ {counted(len(asked.shown), 'answer')} · {read}"
    return Content.styled(text, MUTED)
