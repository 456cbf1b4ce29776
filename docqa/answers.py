"""Answers: ranked spans with their passages and citations (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from docqa.documents import Document
from docqa.passages import passage
from docqa.ranking import Evidence, ScoredCandidate, rank
from docqa.table_passages import TablePassage, rows_around, table_passage


@dataclass(frozen=True, slots=True)
class Citation:
    """One location in one document: `document[start:end]` is cited. Pages are None in formats without pages."""

    document: str
    format: str
    page: int | None
    page_label: str | None
    page_end: int | None
    section: str | None
    line_start: int
    line_end: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A verbatim span. `text == document.text[start:end]`, and `passage` starts at the offset `passage_start`."""

    rank: int
    text: str
    probability: float
    document: str
    format: str
    page: int | None
    page_label: str | None
    page_end: int | None
    section: str | None
    line_start: int
    line_end: int
    start: int
    end: int
    passage: str
    passage_start: int
    other_locations: tuple[Citation, ...]
    """Where else the same answer was found, the most probable first."""
    evidence: Evidence
    """What spoke for and against the answer: the probability follows from it."""
    table: TablePassage | None = None
    """The part of the table around the answer, if it is in a cell."""


@dataclass(frozen=True, slots=True)
class DocumentWarning:
    """What of a document was not read, in one sentence."""

    document: str
    message: str


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one question.

    `answers` is empty if docqa abstained; `closest` has the best spans below the threshold. `warnings` are those of all
    documents: what was not read was not answered from.
    """

    question: str
    answered: bool
    answers: tuple[Answer, ...]
    closest: tuple[Answer, ...]
    windows_read: int
    windows_total: int
    reader: str
    retriever: str
    elapsed_seconds: float
    warnings: tuple[DocumentWarning, ...] = ()


def rank_answers(candidates: Iterable[ScoredCandidate], documents: Sequence[Document], top: int) -> list[Answer]:
    """The `top` distinct answers in the order of `docqa.ranking.rank`, each with its passage and all its locations."""
    ranked = rank(candidates, [document.text for document in documents])
    return [_answer(number, locations, documents) for number, locations in enumerate(ranked[:top], 1)]


def _answer(number: int, locations: Sequence[ScoredCandidate], documents: Sequence[Document]) -> Answer:
    first, *others = (scored.candidate for scored in locations)
    document = documents[first.document]
    rows = rows_around(document, first.start, first.end)
    passage_start, passage_end = rows or passage(document.text, first.start, first.end)
    citation = cite(document, first.start, first.end)
    return Answer(
        rank=number,
        text=document.text[first.start : first.end],
        probability=locations[0].probability,
        document=citation.document,
        format=citation.format,
        page=citation.page,
        page_label=citation.page_label,
        page_end=citation.page_end,
        section=citation.section,
        line_start=citation.line_start,
        line_end=citation.line_end,
        start=first.start,
        end=first.end,
        passage=document.text[passage_start:passage_end],
        passage_start=passage_start,
        other_locations=tuple(cite(documents[other.document], other.start, other.end) for other in others),
        evidence=locations[0].evidence,
        table=table_passage(document, first.start, first.end),
    )


def cite(document: Document, start: int, end: int) -> Citation:
    """Cite `document.text[start:end]`."""
    location = document.locate(start, end)
    return Citation(
        document=document.name,
        format=document.format,
        page=location.page,
        page_label=location.page_label,
        page_end=location.page_end,
        section=location.section,
        line_start=location.line_start,
        line_end=location.line_end,
        start=start,
        end=end,
    )
