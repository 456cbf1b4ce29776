"""What the user can mark as the right answer to a question, and the choices offered for it (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, Literal

from docqa.errors import DocqaError
from docqa.terminal_text import flat
from docqa.tui.formatting import cited, shortened
from docqa.tui.state.choices import Choice
from docqa.tui.state.page_marks import find_matches
from docqa.tui.state.page_selection import whole_words
from docqa.wording import which

if TYPE_CHECKING:
    from docqa.answers import Answer
    from docqa.documents import Document
    from docqa.user_marks import MarkedAnswer, UserMarks

_MAX_CHOICES = 50  # Occurrences offered; typing more of the text narrows them.
_CONTEXT = 40  # Maximum characters shown on each side of an occurrence.


class _Action(Enum):
    ON_PAGE = "on the page"
    WRONG = "wrong"


ON_PAGE = _Action.ON_PAGE
"""Chosen instead of an answer: select the right answer on the page."""

WRONG = _Action.WRONG
"""Chosen instead of an answer: the selected answer is wrong, and what is right is not known."""


@dataclass(frozen=True, slots=True)
class RightAnswer:
    """`document.text[start:end]` is a right answer."""

    document: "Document"
    start: int
    end: int

    @property
    def text(self) -> str:
        """The answer."""
        return self.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The documents don't answer the question; `closest` seemed most probable, one passage for each document."""

    closest: "tuple[MarkedAnswer, ...]"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What was said before is not so: that an answer is right, or wrong; or, if None, that there is none."""

    answer: "Answer | None"


FeedbackChoice = RightAnswer | NoAnswer | TakenBack | Literal[_Action.ON_PAGE, _Action.WRONG]


def confirm(answer: "Answer", document: "Document") -> RightAnswer | None:
    """Mark an answer as right. None if the document has changed since."""
    if answer.outdated or document.text[answer.start : answer.end] != answer.text:
        return None
    return RightAnswer(document, answer.start, answer.end)


def marks_again(marks: "UserMarks", newest: "Mapping[str, Document]") -> "UserMarks":
    """Find what was marked again in the present versions of the documents, by name, or mark it as outdated."""
    from docqa.earlier_versions import find_answer_again
    from docqa.user_marks import MarkedAnswer

    def again(marked: "MarkedAnswer") -> "MarkedAnswer":
        answer, old = marked
        new = newest.get(answer.document)
        if old is None or new is None:
            return marked
        answer = replace(answer, outdated=False)
        if new.text == old.text:
            return MarkedAnswer(answer, new)
        found = find_answer_again(answer, {answer.document: (old, new)})
        return MarkedAnswer(found, old if found.outdated else new)

    return marks.change(again)


def outdated_marks(marks: "UserMarks", newest: "Mapping[str, Document]") -> "UserMarks":
    """Mark what is in another version of a document than the present one, until it is found again."""

    def outdated(marked: "MarkedAnswer") -> "MarkedAnswer":
        answer, old = marked
        new = newest.get(answer.document)
        if old is None or new is None or new is old or new.text == old.text:
            return marked
        return marked._replace(answer=replace(answer, outdated=True))

    return marks.change(outdated)


def unlearnable(right: RightAnswer) -> DocqaError | None:
    """Return an error if the reader can't learn this answer because it could never return it."""
    if right.document.spans_break(right.start, right.end):
        return DocqaError(
            "can't learn this: it crosses a paragraph, row or cell boundary, and answers never do",
            "choose the part that answers the question",
        )
    return None


def choices(
    typed: str,
    shown: "Iterable[Answer]",
    documents: "Iterable[Document]",
    selected: "Answer | None" = None,
    *,
    denied: bool = False,
) -> list[Choice[FeedbackChoice]]:
    """Return what can be marked as right: the occurrences of the typed text, or the answers shown if nothing is typed.

    Matching ignores case and white space, and extends to whole words. What was marked before can be taken back. With
    `denied`, it was said that the documents don't answer it.
    """
    if typed:
        places = (
            (document, start, end)
            for document in documents
            for start, end in dict.fromkeys(
                whole_words(document, start, end)
                for start, end in find_matches(document.text, typed, _MAX_CHOICES, ignore_case=True)
                if end <= document.body_end
            )
        )
        found = [_choice(*place) for place in islice(places, _MAX_CHOICES)]
        return [*found, _on_page("" if found else "Not found in these documents. ")]
    from docqa.user_marks import MarkedAnswer

    by_name = {document.name: document for document in documents}
    closest: dict[str, MarkedAnswer] = {}
    offered: list[Choice[FeedbackChoice]] = []
    back: list[Choice[FeedbackChoice]] = []
    for answer in shown:
        if answer.mark.right or answer.mark.wrong:
            back.append(_take_back(answer))
        document = by_name.get(answer.document)
        if document is not None and confirm(answer, document):
            best = closest.get(answer.document)
            if best is None or answer.probability > best.answer.probability:
                closest[answer.document] = MarkedAnswer(answer, document)
            if not answer.mark.right:
                offered.append(_choice(document, answer.start, answer.end))
    back.sort(key=lambda choice: choice.value != TakenBack(selected))
    if denied:
        back.append(Choice("↶ Take back that these documents don't answer it", TakenBack(None)))
    if not closest:
        return back
    wrong: list[Choice[FeedbackChoice]] = []
    none: list[Choice[FeedbackChoice]] = []
    # First what loses least if Enter follows out of habit: it concerns one answer, and no other mark.
    if selected is not None and not (selected.mark.right or selected.mark.wrong or selected.outdated):
        wrong.append(Choice(f"✗ Only mark “{shortened(flat(selected.text), 30)}” as wrong", WRONG))
    if not denied:
        these = "these " if len(closest) > 1 else ""
        none.append(Choice(f"∅ Not in {these}{which(closest)}", NoAnswer(tuple(closest.values()))))
    return [*wrong, *back, *none, *offered, _on_page()]


def _take_back(answer: "Answer") -> Choice[FeedbackChoice]:
    said = "right" if answer.mark.right else "wrong"
    text = f"↶ Take back that “{shortened(flat(answer.text), 30)}” is {said}"
    return Choice(text, TakenBack(answer), after=f"\n  {cited(answer)}")


def _on_page(before: str = "") -> Choice[FeedbackChoice]:
    return Choice(f"{before}Select it on the page… (s)", ON_PAGE)


def _choice(document: "Document", start: int, end: int) -> Choice[FeedbackChoice]:
    from docqa.answers import cite  # Imports numpy, which must not delay the first frame.

    first, last = max(0, start - _CONTEXT), min(document.body_end, end + _CONTEXT)
    text = flat(document.text[first:last])
    # Cut at spaces, so that no word is split.
    low = (text.find(" ", 0, start - first) + 1 or start - first) if first else 0
    high = max(text.rfind(" ", end - first), end - first) if last < document.body_end else len(text)
    low += len(text[low : start - first]) - len(text[low : start - first].lstrip())
    before, after = "…" if first + low else "", "…" if first + high < document.body_end else ""
    return Choice(
        before + text[low:high] + after,
        RightAnswer(document, start, end),
        # Below the text: citations begin with the document's name, which is often the same in every row.
        after=f"\n  {cited(cite(document, start, end))}",
        emphasis=(start - first - low + len(before), end - first - low + len(before)),
    )
