"""The answers pane: the ranked answers to one question, and its state."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content, Span
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from docqa.terminal_text import flat, visible
from docqa.tui.formatting import bar, cited, context, headings, likelihood, shortened
from docqa.tui.messages import AnswerSelected
from docqa.tui.state.agreement import count_disagreeing
from docqa.tui.state.newer_answers import offer, place
from docqa.tui.state.session import AskedQuestion, QuestionState
from docqa.tui.styling import MUTED, error_lines, hang, joined
from docqa.wording import counted, percent, sentence

if TYPE_CHECKING:
    from docqa.answers import Answer

_ROOMY = 20  # Minimum height, in rows, for blank lines between answers.
_MAX_HEADINGS = 120  # Characters of the headings of a table's row and column.
_SNIPPET = 80  # Characters of context shown on each side of a close passage.


class AnswersList(OptionList):
    """The answers, most likely first."""

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
        self._question = Static(id="asked")
        self._status = Static(id="status")
        self._asked: AskedQuestion | None = None
        self._answers: tuple[Answer, ...] = ()
        self._number = 0
        """The index of the selected answer."""
        self._moved = False
        """Whether the user selected it."""

    def compose(self) -> ComposeResult:
        """Yield the question, its state and the answers."""
        yield self._question
        yield self._status
        yield self.list

    @property
    def selected(self) -> "Answer | None":
        """The selected answer, which the document pane shows."""
        return self._answers[self._number] if self._number < len(self._answers) else None

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
        self._answers = ()
        self._question.display = False
        self._status.update(hint)
        self._draw()
        self._notify_selection()

    def show(self, asked: AskedQuestion, reader: str, waiting_for: str) -> None:
        """Show a question's state and answers so far. An answer that the user selected stays selected."""
        chosen = self.selected if self._moved and asked is self._asked else None
        if asked is not self._asked:
            self._moved = False
        self._asked = asked
        self._answers = asked.shown
        self._show_title(asked)
        self.border_subtitle = Content(f"reader: {visible(reader)}" if reader else "")
        self._question.display = True
        self._question.update(Content(flat(asked.question)))
        self._status.update(_status(asked, waiting_for))
        self._number = self._find(chosen)
        self._draw()
        self._notify_selection()

    def _show_title(self, asked: AskedQuestion) -> None:
        title = Content("Answers")
        if asked.newer is not None and asked.result is not None:
            title += Content.styled(f" · {offer(asked.result, asked.newer.result)}: press u", "bold $text-accent")
        self.border_title = title

    def move(self, step: int) -> None:
        """Select the answer `step` rows down. Stops at the ends."""
        self._select(max(0, min(len(self._answers) - 1, self._number + step)))

    def select(self, answer: "Answer") -> bool:
        """Select the answer at the same place. Returns whether it is among those shown."""
        places = [(one.document, one.start, one.end) for one in self._answers]
        place = answer.document, answer.start, answer.end
        if place in places:
            self._select(places.index(place))
        return place in places

    def select_new(self) -> None:
        """Select the first answer that was not there before, if any is."""
        new = self._asked.new_places if self._asked else ()
        self._select(next((number for number, one in enumerate(self._answers) if place(one) in new), self._number))

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

    def _find(self, answer: "Answer | None") -> int:
        places = [(one.document, one.start, one.end) for one in self._answers]
        place = (answer.document, answer.start, answer.end) if answer else None
        if answer is not None and place not in places:
            # It may have been found again in a new version of its document.
            same = [i for i, one in enumerate(self._answers) if (one.rank, one.text) == (answer.rank, answer.text)]
            return same[0] if same else 0
        return places.index(place) if place in places else 0

    def _notify_selection(self) -> None:
        self.post_message(AnswerSelected(self.selected))

    def _draw(self) -> None:
        width = self.list.scrollable_content_region.width
        if width <= 0:
            return
        result = self._asked.marked if self._asked else None
        closest = result is not None and not result.answered
        withheld = closest and result is not None and result.withheld is not None
        roomy = self.list.size.height >= _ROOMY
        with self.list.prevent(OptionList.OptionHighlighted):
            self.list.clear_options()
            for number, one in enumerate(self._answers):
                if number and roomy:
                    self.list.add_option(Option("", disabled=True))
                lines = list(
                    _lines(one, width, selected=number == self._number, closest=closest, withheld=withheld, roomy=roomy)
                )
                if self._asked is not None and place(one) in self._asked.new_places:
                    lines[0] += Content.styled(" new", "bold $text-accent")
                lines += _said(one, width)
                self.list.add_option(Option(joined(lines), id=str(number)))
            if self._answers:
                self.list.highlighted = self.list.get_option_index(str(self._number))


def _lines(
    answer: "Answer", width: int, *, selected: bool, closest: bool, withheld: bool, roomy: bool
) -> Iterator[Content]:
    pinned = "★" if answer.mark.pinned else " "
    first = Content.styled(f"{'▸' if selected else ' '}{answer.rank:>2} {pinned}", "$text-accent")
    text = _snippet(answer, marked=not withheld) if closest else Content.styled(flat(answer.text), "bold")
    yield from hang(text, width, first)
    named = headings(answer)
    if named:
        yield from hang(Content(shortened(named, _MAX_HEADINGS)), width, "     ")
    style = "$text-warning" if answer.outdated else MUTED
    if withheld or not answer.estimated:
        yield from hang(Content.styled(cited(answer), style), width, "     ")
        return
    probability = answer.probability
    # Words before the bar, for screen readers. They have the same width in all answers.
    likely = f"{percent(probability):<4} {likelihood(probability):<13} {bar(probability)}"
    if answer.other_locations and not roomy:
        likely += f" · and {counted(len(answer.other_locations), 'other place')}"
    citation = Content.styled(cited(answer), style)
    if len(likely) + citation.cell_length + 7 <= width:
        yield Content("     ") + likely + "  " + citation
    else:
        yield Content("     ") + likely
        yield from hang(citation, width, "     ")
    if answer.other_locations and roomy:
        also = f"also in {counted(len(answer.other_locations), 'other place')}: {cited(answer.other_locations[0])}"
        yield from hang(Content.styled(also, MUTED), width, "     ")


def _said(answer: "Answer", width: int) -> Iterator[Content]:
    """What the user said about an answer."""
    mark = answer.mark
    if mark.right:
        yield Content.styled("     ✓ you marked this right", "$text-success")
    if mark.wrong:
        yield Content.styled("     ✗ you marked this wrong", "$text-warning")
    if not (mark.found or mark.right):
        yield Content.styled("     not among the answers now", MUTED)
    if mark.note:
        yield from hang(Content.styled(flat(mark.note), "italic"), width, Content.styled("     ✎ ", "$text-accent"))


def _snippet(answer: "Answer", *, marked: bool) -> Content:
    """Return the passage around a close match: the span alone would look like an answer; `marked` underlines it."""
    text, first, last = context(answer)
    # Cut at spaces, so that no word is split.
    low = text.find(" ", first - _SNIPPET, first) + 1 or first if first > _SNIPPET else 0
    high = text.rfind(" ", last, last + _SNIPPET) if last + _SNIPPET < len(text) else len(text)
    high = max(high, last)
    before, after = "…" if low else "", "…" if high < len(text) else ""
    span = Span(first - low + len(before), last - low + len(before), "underline")
    return Content(before + text[low:high] + after, spans=[span] if marked else [])


def _status(asked: AskedQuestion, waiting_for: str) -> Content:
    """Describe a question's state, disagreement between documents, and the user's correction."""
    status = _state(asked, waiting_for)
    others = count_disagreeing(asked.best_of_each)
    if others:
        status += Content.styled(f"\n≠ another answer in {counted(others, 'document')} · D", "$text-warning")
    outdated = sum(answer.outdated for answer in asked.shown)
    if outdated:
        status += Content.styled(
            f"\n≠ {counted(outdated, 'answer')} from an earlier version: ask again", "$text-warning"
        )
    return status


def _state(asked: AskedQuestion, waiting_for: str) -> Content:
    result = asked.marked
    now = asked.newer.result if asked.newer is not None else result
    read = f"{now.windows_read} of {now.windows_total} passages searched" if now else "nothing searched yet"
    if asked.only:
        names = [visible(Path(name).name) for name in asked.only]
        read += f" · asked: {names[0] if len(names) == 1 else counted(len(names), 'document')}"
    if asked.state is QuestionState.FAILED and asked.error is not None:
        return joined(error_lines(asked.error))
    if asked.abstained:
        more = " · x searches them all" if asked.unread else ""
        closest = "\nClosest passages:" if asked.shown else ""
        why = "No answer in these documents"
        if result is not None and result.withheld is not None:
            closest = "\nPassages that bear on it:" if asked.shown else ""
            why = sentence(result.withheld.message)
        if result is not None and result.denied:
            why = "You marked that these documents don't answer this"
        return Content.styled(f"∅ {why}", "bold $text-warning") + Content(f"\n{read}{more}{closest}")
    if asked.state is QuestionState.QUEUED:
        text = f"· waiting for {waiting_for} · Esc cancels"
    elif asked.state is QuestionState.READING:
        text = "» searching · Esc cancels"
        if asked.to_read:
            done = result.windows_read if result and result.windows_read <= asked.to_read else 0
            text = f"» {bar(done / asked.to_read)} {done} of {asked.to_read} passages searched · Esc cancels"
        if result and not result.answered:
            text += "\nNothing likely yet. Closest passages so far:"
    elif asked.state is QuestionState.CANCELLED:
        text = f"■ cancelled · {read}"
    else:
        text = f"✓ {counted(len(result.answers) if result else 0, 'answer')} · {read}"
    return Content.styled(text, MUTED)
