"""What a person says is right about a question, and what they choose it from (pure)."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from textual.content import Content, Span

from docqa.tui.choosing import Choice
from docqa.tui.find import matches
from docqa.tui.text import MUTED, cited, flat

if TYPE_CHECKING:
    from docqa.answers import Answer, Result
    from docqa.corrections import Correction
    from docqa.documents import Document

_MOST = 50  # Places of a text that are offered: who has not found it among them types more of it.
_AROUND = 40  # Characters shown on each side of a place.


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
        places = [(answer.document, answer.start, answer.end), *((p.document, p.start, p.end) for p in answer.places)]
        return self.answered and (document.name, start, end) in places

    def corrections(self, question: str) -> "list[Correction]":
        """What is kept of it."""
        from docqa.corrections import right, unanswered

        make = right if self.answered else unanswered
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


def choices(typed: str, shown: "Iterable[Answer]", documents: "Iterable[Document]") -> list[Choice[Verdict]]:
    """What can be right: any place of what is typed; while nothing is, that there is no answer, or one shown."""
    if typed:
        places = (
            (document, start, end)
            for document in documents
            for start, end in matches(document.text, typed, _MOST)
            if end <= document.body_end
        )
        return [_choice(*place) for place in islice(places, _MOST)]
    by_name = {document.name: document for document in documents}
    closest: dict[str, tuple[Document, int, int]] = {}
    offered: list[Choice[Verdict]] = []
    for answer in shown:
        document = by_name.get(answer.document)
        if document is not None and confirm(answer, document):
            place = document, answer.start, answer.end
            closest.setdefault(answer.document, place)
            offered.append(_choice(*place))
    none = (Content("∅ Not in these documents"), Verdict(answered=False, places=tuple(closest.values())))
    return [none, *offered] if closest else []


def _choice(document: "Document", start: int, end: int) -> Choice[Verdict]:
    from docqa.answers import cite  # numpy comes with it, and the first frame is not to wait for that.

    low, high = max(0, start - _AROUND), min(document.body_end, end + _AROUND)
    text = flat(document.text[low:high])
    content = Content(text, spans=[Span(start - low, end - low, "bold underline")])
    where = Content.styled(f"{cited(cite(document, start, end))}  ", MUTED)
    return where + content, Verdict(answered=True, places=((document, start, end),))
