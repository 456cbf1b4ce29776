"""Answers: ranked spans with their passages and citations (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from docqa.documents import Document
from docqa.passages import PASSAGE, passage
from docqa.ranking import Candidate, Evidence, RankedAnswer, ScoredCandidate, rank
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
    outdated: bool = False
    """Whether it is a place in an earlier version of a document that has changed since."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another span in an answer's sentence, or row of a table: `text == document.text[start:end]`."""

    text: str
    probability: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What the user said about an answer. `found`: whether docqa gave it too, and so has a probability for it."""

    right: bool = False
    wrong: bool = False
    pinned: bool = False
    note: str = ""
    found: bool = True

    @property
    def empty(self) -> bool:
        """Whether nothing was said."""
        return not (self.right or self.wrong or self.pinned or self.note)


UNMARKED = Mark()
NO_EVIDENCE = Evidence(0.0, (), (), ())
"""Of what was not found by reading."""


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
    alternatives: tuple[Alternative, ...] = ()
    """What else was found in the same sentence, or row of a table, the most probable first."""
    outdated: bool = False
    """Whether it is from an earlier version of a document that has changed since: `docqa.earlier_versions`."""
    mark: Mark = UNMARKED
    """What the user said about it: `docqa.user_marks`."""

    @property
    def estimated(self) -> bool:
        """Whether `probability` is an estimate: it isn't for what the user marked as right, or docqa didn't find."""
        return self.mark.found and not self.mark.right


@dataclass(frozen=True, slots=True)
class DocumentWarning:
    """What of a document was not read, in one sentence."""

    document: str
    message: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why no answer is claimed although passages bear on the question.

    `reason` is a value of `docqa.nonextractive.NonExtractive`, or "language"; `message` says it in one sentence.
    """

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one question.

    `answers` is empty if docqa abstained; `closest` has the best spans that are not listed: the most probable first, or
    if there are no answers, those in the passages that match the question best. If `withheld`, the passages bear on the
    question, and neither the spans nor their probabilities are claimed. `warnings` are those of all documents: what was
    not read was not answered from. `denied`: the user said that the documents don't answer it.
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
    withheld: Withheld | None = None
    denied: bool = False

    @property
    def denied_documents(self) -> frozenset[str]:
        """The documents of which the user said that they don't answer the question; none if not `denied`."""
        return frozenset(one.document for one in self.closest if one.mark.found) if self.denied else frozenset()

    @property
    def most_probable(self) -> Answer | None:
        """The most probable candidate, an answer or not: if docqa abstained, `closest` need not begin with it."""
        return max((*self.answers, *self.closest), key=lambda one: one.probability, default=None)


def rank_answers(candidates: Iterable[ScoredCandidate], documents: Sequence[Document], top: int) -> list[Answer]:
    """The `top` distinct answers in the order of `docqa.ranking.rank`, each with its passage and all its locations."""
    return _answers(_ranked(candidates, documents, top), documents)


def closest_passages(candidates: Sequence[ScoredCandidate], documents: Sequence[Document], top: int) -> list[Answer]:
    """The same answers in the retriever's order, for a question that has none.

    That none is probable is all that their probabilities say. How well a passage matches the question, retrieval knows.
    """

    def place(ranked: RankedAnswer) -> int:
        """That of the best window that the sentence was found in."""
        return min(one.candidate.rank for one in candidates if ranked.shares_sentence(one.candidate))

    return _answers(sorted(_ranked(candidates, documents, top), key=place), documents)


def _ranked(candidates: Iterable[ScoredCandidate], documents: Sequence[Document], top: int) -> list[RankedAnswer]:
    def sentence(candidate: Candidate) -> tuple[int, int]:
        return sentence_around(documents[candidate.document], candidate.start, candidate.end)

    return rank(candidates, [document.text for document in documents], sentence, top)


def _answers(ranked: Sequence[RankedAnswer], documents: Sequence[Document]) -> list[Answer]:
    """Ranked answers with their passages, numbered as they come."""
    shown = [(answer.document, *answer.sentence) for answer in ranked]
    answers = []
    for number, answer in enumerate(ranked):
        document, start, end = shown[number]
        # Up to the passages of better answers, and the sentences of the others.
        before = [last for other, _, last in shown if other == document and last <= start]
        after = [first for other, first, _ in shown if other == document and first >= end]
        within = max(before, default=0), min(after, default=len(documents[document].text))
        start, end = _passage(documents[document], start, end, PASSAGE, within)
        shown[number] = document, start, end
        answers.append(_answer(number + 1, answer, (start, end), documents))
    return answers


def sentence_around(document: Document, start: int, end: int) -> tuple[int, int]:
    """The whole sentences around a span, or the whole rows of a table."""
    return _passage(document, start, end, 0)


def _passage(
    document: Document, start: int, end: int, longest: int, within: tuple[int, int] | None = None
) -> tuple[int, int]:
    """The whole rows or sentences around a span, and as many more as they may be long."""
    rows = rows_around(document, start, end, longest, within)
    return passage(document.text, start, end, longest, within) if rows is None else rows


def _answer(number: int, ranked: RankedAnswer, around: tuple[int, int], documents: Sequence[Document]) -> Answer:
    first, *others = (scored.candidate for scored in ranked.locations)
    document = documents[first.document]
    passage_start, passage_end = around
    citation = cite(document, first.start, first.end)
    return Answer(
        rank=number,
        text=document.text[first.start : first.end],
        probability=ranked.locations[0].probability,
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
        evidence=ranked.locations[0].evidence,
        table=table_passage(document, first.start, first.end),
        alternatives=tuple(_alternative(scored, document) for scored in ranked.alternatives),
    )


def _alternative(scored: ScoredCandidate, document: Document) -> Alternative:
    start, end = scored.candidate.start, scored.candidate.end
    return Alternative(document.text[start:end], scored.probability, start, end)


def answer_at(document: Document, start: int, end: int) -> Answer:
    """`document.text[start:end]` as an answer that nobody estimated: its probability says nothing."""
    first, last = _passage(document, start, end, PASSAGE)
    cited = cite(document, start, end)
    return Answer(
        rank=0,
        text=document.text[start:end],
        probability=0.0,
        document=cited.document,
        format=cited.format,
        page=cited.page,
        page_label=cited.page_label,
        page_end=cited.page_end,
        section=cited.section,
        line_start=cited.line_start,
        line_end=cited.line_end,
        start=start,
        end=end,
        passage=document.text[first:last],
        passage_start=first,
        other_locations=(),
        evidence=NO_EVIDENCE,
        table=table_passage(document, start, end),
        mark=Mark(found=False),
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
