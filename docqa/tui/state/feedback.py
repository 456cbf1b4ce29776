"""What a person says is right about a question, and what they choose it from (pure)."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, Literal

from textual.content import Content, Span

from docqa.errors import DocqaError
from docqa.tui.formatting import MUTED, cited, flat
from docqa.tui.screens.choose import Choice
from docqa.tui.state.find import matches
from docqa.tui.state.page_selection import whole

if TYPE_CHECKING:
    from docqa.answers import Answer, Result
    from docqa.documents import Document
    from docqa.userdata.corrections import Correction

_MOST = 50  # Places of a text that are offered: who has not found it among them types more of it.
_AROUND = 40  # Characters shown on each side of a place, at most.


class _Instead(Enum):
    ON_PAGE = "on the page"
    TAKE_BACK = "take back"


ON_PAGE = _Instead.ON_PAGE
"""Is chosen instead of a verdict: the right answer is to be selected on the page."""

TAKE_BACK = _Instead.TAKE_BACK
"""Is chosen instead of a verdict: what was said before is to be forgotten."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the person says: that `places[0]` is the right answer, or that these documents have none.

    A place is a document and the offsets of a span in it. Where there is no answer they are what came closest to one,
    in each document.
    """

    answered: bool
    places: "tuple[tuple[Document, int, int], ...]"

    @property
    def text(self) -> str:
        """The right answer, "" where there is none."""
        document, start, end = self.places[0]
        return document.text[start:end] if self.answered else ""

    def agrees(self, answer: "Answer") -> bool:
        """Whether this answer is the right one, at its own place or at another."""
        document, start, end = self.places[0]
        places = [
            (answer.document, answer.start, answer.end),
            *((p.document, p.start, p.end) for p in answer.other_locations),
        ]
        return self.answered and (document.name, start, end) in places

    def corrections(self, question: str) -> "list[Correction]":
        """What is kept of it."""
        from docqa.userdata.corrections import answered, unanswered

        make = answered if self.answered else unanswered
        return [make(question, document, start, end) for document, start, end in self.places]


def confirm(answer: "Answer", document: "Document") -> Verdict | None:
    """The person says that this answer is right; None where the document is another by now."""
    if document.text[answer.start : answer.end] != answer.text:
        return None
    return Verdict(answered=True, places=((document, answer.start, answer.end),))


def recalled(result: "Result", documents: "Iterable[Document]", kept: "Iterable[Correction]") -> Verdict | None:
    """What the person said of this question in another session, if it is about these documents as they are now.

    That they don't have the answer was said of those that came close to one: one that does now was not among them.
    """
    by_path = {os.path.abspath(document.name): document for document in documents}  # noqa: PTH100 - as it is kept
    closest: list[tuple[Document, int, int]] = []
    verdict: Verdict | None = None
    for one in kept:
        document = by_path.get(one.document) if one.question == result.question else None
        at = document.text.find(one.context) if document is not None else -1
        if document is None or at < 0:
            continue
        if one.answer is None:
            closest.append((document, at, at + len(one.context)))
        else:
            start = at + (one.answer_start or 0)
            verdict = Verdict(answered=True, places=((document, start, start + len(one.answer)),))
    shown = {answer.document for answer in (result.answers if result.answered else result.closest)}
    if verdict is None and closest and shown <= {document.name for document, _, _ in closest}:
        return Verdict(answered=False, places=tuple(closest))
    return verdict


Chosen = Verdict | Literal[_Instead.ON_PAGE, _Instead.TAKE_BACK]


def unfit(verdict: Verdict) -> DocqaError | None:
    """What to say where the reader could never give this answer, so that there is nothing to learn from it."""
    document, start, end = verdict.places[0]
    if verdict.answered and document.spans_break(start, end):
        return DocqaError(
            "this goes over the end of a paragraph, row or cell, and no answer does: it can't be learned",
            "choose the part that answers the question",
        )
    return None


def choices(
    typed: str, shown: "Iterable[Answer]", documents: "Iterable[Document]", *, said: bool = False
) -> list[Choice[Chosen]]:
    """What can be right: any place of what is typed; while nothing is, that there is no answer, or one shown.

    Where something was `said` before, that can be taken back.

    Case and white space don't matter, and words that were typed in part are taken whole.
    """
    if typed:
        places = (
            (document, start, end)
            for document in documents
            for start, end in dict.fromkeys(
                whole(document, start, end)
                for start, end in matches(document.text, typed, _MOST, any_case=True)
                if end <= document.body_end
            )
        )
        found = [_choice(*place) for place in islice(places, _MOST)]
        return [*found, _on_page("" if found else "This doesn't stand in these documents. ")]
    by_name = {document.name: document for document in documents}
    closest: dict[str, tuple[Document, int, int]] = {}
    offered: list[Choice[Chosen]] = []
    for answer in shown:
        document = by_name.get(answer.document)
        if document is not None and confirm(answer, document):
            place = document, answer.start, answer.end
            closest.setdefault(answer.document, place)
            offered.append(_choice(*place))
    none = (Content("∅ Not in these documents"), Verdict(answered=False, places=tuple(closest.values())))
    # Not the first: who says that there is no answer need not look.
    back: list[Choice[Chosen]] = [(Content("↶ Take back what you said"), TAKE_BACK)] if said else []
    return [none, *back, *offered, _on_page()] if closest else back


def _on_page(before: str = "") -> Choice[Chosen]:
    return Content(f"{before}Select it on the page… (s)"), ON_PAGE


def _choice(document: "Document", start: int, end: int) -> Choice[Chosen]:
    from docqa.answers import cite  # numpy comes with it, and the first frame is not to wait for that.

    first, last = max(0, start - _AROUND), min(document.body_end, end + _AROUND)
    text = flat(document.text[first:last])
    # From the first space before it to the last after it: no word is cut.
    low = (text.find(" ", 0, start - first) + 1 or start - first) if first else 0
    high = max(text.rfind(" ", end - first), end - first) if last < document.body_end else len(text)
    low += len(text[low : start - first]) - len(text[low : start - first].lstrip())
    before, after = "…" if first + low else "", "…" if first + high < document.body_end else ""
    span = Span(start - first - low + len(before), end - first - low + len(before), "bold underline")
    content = Content(before + text[low:high] + after, spans=[span])
    # Below it: all begin with what tells them apart, and citations with the same name of a document.
    where = Content.styled(f"\n  {cited(cite(document, start, end))}", MUTED)
    return content + where, Verdict(answered=True, places=((document, start, end),))
