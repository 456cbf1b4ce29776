"""What the user marks as the right answer to a question, and the choices offered for it (pure)."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, Literal

from docqa.errors import DocqaError
from docqa.moved_spans import find_again
from docqa.passages import passage
from docqa.terminal_text import flat
from docqa.tui.formatting import cited
from docqa.tui.state.choices import Choice
from docqa.tui.state.page_marks import find_matches
from docqa.tui.state.page_selection import whole_words

if TYPE_CHECKING:
    from docqa.answers import Answer, Result
    from docqa.documents import Document
    from docqa.userdata.corrections import Correction

_MAX_CHOICES = 50  # Occurrences offered; typing more of the text narrows them.
_CONTEXT = 40  # Maximum characters shown on each side of an occurrence.


class _Action(Enum):
    ON_PAGE = "on the page"
    TAKE_BACK = "take back"


ON_PAGE = _Action.ON_PAGE
"""Chosen instead of a verdict: select the right answer on the page."""

TAKE_BACK = _Action.TAKE_BACK
"""Chosen instead of a verdict: forget the verdict given before."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The user's verdict: `places[0]` is the right answer, or these documents have none.

    A place is a document and the start and end offsets of a span. Without an answer, the places are the closest
    passages, one for each document.
    """

    answered: bool
    places: "tuple[tuple[Document, int, int], ...]"
    outdated: bool = False
    """Whether the places are in an earlier version of a document, and are not in the present one."""

    @property
    def text(self) -> str:
        """The right answer; "" if there is none."""
        document, start, end = self.places[0]
        return document.text[start:end] if self.answered else ""

    def confirms(self, answer: "Answer") -> bool:
        """Whether this answer is the right one, at its own place or at another."""
        document, start, end = self.places[0]
        places = [
            *([] if answer.outdated else [(answer.document, answer.start, answer.end)]),
            *((p.document, p.start, p.end) for p in answer.other_locations if not p.outdated),
        ]
        return self.answered and not self.outdated and (document.name, start, end) in places

    def corrections(self, question: str) -> "list[Correction]":
        """The corrections to store for this verdict."""
        from docqa.userdata.corrections import answered, unanswered

        make = answered if self.answered else unanswered
        return [make(question, document, start, end) for document, start, end in self.places]


def confirm(answer: "Answer", document: "Document") -> Verdict | None:
    """Mark an answer as right. None if the document has changed since."""
    if answer.outdated or document.text[answer.start : answer.end] != answer.text:
        return None
    return Verdict(answered=True, places=((document, answer.start, answer.end),))


def verdict_again(verdict: Verdict, newest: "Mapping[str, Document]") -> Verdict:
    """Find the places of a verdict again in the present versions of their documents, by name."""
    from docqa.earlier_versions import find_span_again

    places = []
    for document, start, end in verdict.places:
        new = newest.get(document.name, document)
        place = (start, end) if new.text == document.text else find_span_again(document, new, (start, end))
        if place is None:
            return replace(verdict, outdated=True)
        places.append((new, *place))
    return replace(verdict, places=tuple(places), outdated=False)


def recalled(result: "Result", documents: "Iterable[Document]", kept: "Iterable[Correction]") -> Verdict | None:
    """Return the verdict stored in an earlier session, if it still applies to these documents.

    An answer applies if its sentence is still in the document, even if something around it has changed.

    A stored "no answer" covers only the documents that were among the closest then. If another one is shown now, the
    verdict says nothing about it and does not apply.
    """
    by_path = {os.path.abspath(document.name): document for document in documents}  # noqa: PTH100 - as it is stored
    closest: list[tuple[Document, int, int]] = []
    verdict: Verdict | None = None
    for correction in kept:
        document = by_path.get(correction.document) if correction.question == result.question else None
        if document is None:
            continue
        if correction.answer is None:
            at = document.text.find(correction.context)
            if at >= 0:
                closest.append((document, at, at + len(correction.context)))
        else:
            place = _place_of(correction.answer, correction.answer_start or 0, correction.context, document)
            if place is not None:
                verdict = Verdict(answered=True, places=((document, *place),))
    shown = {answer.document for answer in (result.answers if result.answered else result.closest)}
    if verdict is None and closest and shown <= {document.name for document, _, _ in closest}:
        return Verdict(answered=False, places=tuple(closest))
    return verdict


def _place_of(answer: str, start: int, context: str, document: "Document") -> "tuple[int, int] | None":
    """Where an answer that was marked in a context is in a document."""
    at = document.text.find(context)
    if at >= 0:
        return at + start, at + start + len(answer)
    span = start, start + len(answer)
    return find_again(context, document.text, span, passage(context, *span, 0))


FeedbackChoice = Verdict | Literal[_Action.ON_PAGE, _Action.TAKE_BACK]


def unlearnable(verdict: Verdict) -> DocqaError | None:
    """Return an error if the reader can't learn this answer because it could never return it."""
    document, start, end = verdict.places[0]
    if verdict.answered and document.spans_break(start, end):
        return DocqaError(
            "can't learn this: it crosses a paragraph, row or cell boundary, and answers never do",
            "choose the part that answers the question",
        )
    return None


def choices(
    typed: str, shown: "Iterable[Answer]", documents: "Iterable[Document]", *, has_verdict: bool = False
) -> list[Choice[FeedbackChoice]]:
    """Return what can be marked as right: the occurrences of the typed text, or the answers shown if nothing is typed.

    Matching ignores case and white space, and extends to whole words. With `has_verdict`, the earlier verdict can be
    taken back.
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
    by_name = {document.name: document for document in documents}
    closest: dict[str, tuple[Document, int, int]] = {}
    offered: list[Choice[FeedbackChoice]] = []
    for answer in shown:
        document = by_name.get(answer.document)
        if document is not None and confirm(answer, document):
            place = document, answer.start, answer.end
            closest.setdefault(answer.document, place)
            offered.append(_choice(*place))
    none: Choice[FeedbackChoice] = Choice(
        "∅ Not in these documents", Verdict(answered=False, places=tuple(closest.values()))
    )
    back: list[Choice[FeedbackChoice]] = [Choice("↶ Take back your correction", TAKE_BACK)] if has_verdict else []
    return [none, *back, *offered, _on_page()] if closest else back


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
        Verdict(answered=True, places=((document, start, end),)),
        # Below the text: citations begin with the document's name, which is often the same in every row.
        after=f"\n  {cited(cite(document, start, end))}",
        emphasis=(start - first - low + len(before), end - first - low + len(before)),
    )
