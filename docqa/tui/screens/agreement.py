"""Each document's best answer to one question, side by side."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import ItemGrid, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from docqa.terminal_text import flat, visible
from docqa.tui.controller import QuestionController
from docqa.tui.formatting import bar, cited, context, headings, likelihood
from docqa.tui.state.agreement import AnswerGroup, group_answers, without_answer
from docqa.tui.state.session import AskedQuestion
from docqa.tui.styling import MUTED, joined
from docqa.wording import counted, percent

if TYPE_CHECKING:
    from docqa.answers import Answer
    from docqa.tui.screens.main import MainScreen

_COLUMN = 38  # Minimum width, in cells, for a readable passage.
_MAX_NAMES = 6  # Documents named in one place; the others are counted.


class DocumentsCard(Static, can_focus=True):
    """What is said of some documents. `left` are those of which passages were not searched."""

    def __init__(self, content: Content, names: Sequence[str], searched: Mapping[str, tuple[int, int]]) -> None:
        found = [(name, *searched.get(name, (0, 0))) for name in names]
        self.left = frozenset(name for name, read, total in found if read < total or not total)
        read, total = sum(read for _, read, _ in found), sum(total for *_, total in found)
        notes = [f"{read:,} of {counted(total, 'passage')} searched"] if total else []
        notes += ["x searches the rest" if read else "x searches them"] if self.left else []
        super().__init__(joined([content, Content.styled(" · ".join(notes), MUTED)]), classes="answer-card")


class AnswerCard(DocumentsCard):
    """One answer, and the documents that give it."""

    def __init__(self, group: AnswerGroup, searched: Mapping[str, tuple[int, int]]) -> None:
        super().__init__(_content(group), [answer.document for answer in group], searched)
        self.group = group


class AgreementScreen(ModalScreen["Answer | frozenset[str] | None"]):
    """The answers in columns if there is room, else below each other.

    Its result is the answer to go to, or the names of documents of which the rest is to be searched.
    """

    BINDING_GROUP_TITLE = "Side by side"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Close", tooltip="Close", id="agreement.close"),
        Binding("enter", "choose", "Go there", tooltip="Show the answer in its document", id="agreement.choose"),
        Binding("x", "search_rest", "Search the rest", tooltip="Search all of these documents", id="agreement.rest"),
        Binding("l,right,j,down", "move(1)", show=False, tooltip="Go to the next answer", id="agreement.next"),
        Binding("h,left,k,up", "move(-1)", show=False, tooltip="Go to the previous answer", id="agreement.previous"),
    ]
    AUTO_FOCUS = "AnswerCard"

    def __init__(
        self,
        question: str,
        groups: Sequence[AnswerGroup],
        unanswered: Sequence[str],
        unread: Sequence[str],
        searched: Mapping[str, tuple[int, int]] = MappingProxyType({}),
    ) -> None:
        """`unanswered` are the documents that were read and have no answer, `unread` those that were not read.

        `searched` has of each document how many of its passages were, and how many there are.
        """
        super().__init__()
        self._question = question
        self._answer_groups = groups
        self._unanswered = unanswered
        self._unread = unread
        self._searched = searched

    @classmethod
    def of(cls, asked: AskedQuestion, documents: Sequence[str]) -> "AgreementScreen":
        """The answers to a question in documents of these names, as they are known now."""
        found = asked.newer or asked
        searched = {name: evidence.searched for name, evidence in found.evidence.items()}
        read = {name for name, (count, _) in searched.items() if count}
        best = found.best if asked.marks is None else asked.marks.applied_to_best(found.best)
        return cls(asked.question, group_answers(best), *without_answer(documents, best, read), searched)

    def compose(self) -> ComposeResult:
        """Yield the answers, and which documents have none."""
        with VerticalScroll(id="agreement", can_focus=False) as box:
            box.border_title = Content(flat(self._question))
            box.border_subtitle = "Enter go there · Esc close"
            with ItemGrid(min_column_width=_COLUMN):
                yield from (AnswerCard(group, self._searched) for group in self._answer_groups)
            for what, names in (("∅ No answer in", self._unanswered), ("· Not searched:", self._unread)):
                if names:
                    yield DocumentsCard(Content(f"{what} {_names(names)}"), names, self._searched)

    def action_move(self, step: int) -> None:
        """Go to another answer. Stops at the ends."""
        cards = list(self.query(DocumentsCard))
        at = next((number for number, card in enumerate(cards) if card is self.focused), 0)
        self.set_focus(cards[max(0, min(len(cards) - 1, at + step))])

    def action_choose(self) -> None:
        """Go to the answer."""
        if isinstance(self.focused, AnswerCard):
            self.dismiss(self.focused.group[0])

    def action_search_rest(self) -> None:
        """Search what is left of the documents."""
        if isinstance(self.focused, DocumentsCard) and self.focused.left:
            self.dismiss(self.focused.left)


class SideBySide:
    """Opens the screen for the question that the main screen shows, and goes where the user wants."""

    def __init__(self, main: "MainScreen", controller: QuestionController) -> None:
        self._main = main
        self._controller = controller

    @property
    def can_open(self) -> bool:
        """Whether there is anything to compare."""
        asked = self._main.answers.asked
        return len(self._main.documents.open_documents) > 1 and bool(asked and asked.best_of_each)

    def open(self) -> None:
        """Show the best answer of each document."""
        asked = self._main.answers.asked
        if asked is not None and asked.best_of_each:
            names = [document.name for document in self._main.documents.open_documents]
            self._main.app.push_screen(AgreementScreen.of(asked, names), self._closed)

    def _closed(self, chosen: "Answer | frozenset[str] | None") -> None:
        if isinstance(chosen, frozenset):
            self._controller.read_all(chosen)
            return
        asked = self._main.answers.asked
        document = self._main.document(chosen.document) if chosen is not None else None
        if chosen is None or document is None or asked is None:
            return
        if chosen not in (*asked.best_of_each, *(asked.newer.best if asked.newer else ())):
            self._main.notify(f"{Path(document.name).name} has changed since: choose again.", markup=False)
        elif self._main.answers.selected is chosen:
            self._main.go_to_place(document, chosen)
        elif not self._main.answers.select(chosen):
            self._main.show_answer(chosen, asked.evidence)


def _names(names: Sequence[str]) -> str:
    more = f" and {counted(len(names) - _MAX_NAMES, 'other')}" if len(names) > _MAX_NAMES else ""
    return ", ".join(visible(name) for name in names[:_MAX_NAMES]) + more


def _content(group: AnswerGroup) -> Content:
    """Describe an answer: its documents, text, probability, citations and passage."""
    first = group[0]
    documents = visible(first.document) if len(group) == 1 else f"{counted(len(group), 'document')} agree"
    probability = first.probability
    likely = f"{percent(probability)} {likelihood(probability)}"
    lines = [
        Content.styled(documents, "$text-accent"),
        Content.styled(flat(first.text), "bold"),
        *(Content(named) for named in (headings(first),) if named),
        Content(f"{likely} {bar(probability)}"),
        *(Content.styled(cited(answer), MUTED) for answer in group[:_MAX_NAMES]),
    ]
    if len(group) > _MAX_NAMES:
        lines.append(Content.styled(f"and {counted(len(group) - _MAX_NAMES, 'other')}", MUTED))
    passage, start, end = context(first)
    # The quotation marks show the answer without any style.
    marked = Content.assemble(passage[:start], (f"»{passage[start:end]}«", "bold"), passage[end:])
    return joined([*lines, Content(""), marked])
