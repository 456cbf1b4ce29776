"""Answers: spans merged, ranked by one probability over all windows and documents, or withheld (pure)."""

import math
import re
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from docqa.documents import Document
from docqa.passages import passage


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a span's evidence becomes the probability that it answers the question: a logistic regression.

    p = 1 / (1 + exp(-(scale · score + prior · z + bias))). `score` is the span's score less the null score of its own
    window, `z` the window's retrieval score in standard deviations from the document set's mean. A softmax over the
    spans of one window would say nothing of the other windows; this compares across all of them. Platt (1999),
    "Probabilistic outputs for support vector machines"; Clark & Gardner (2018), "Simple and effective multi-paragraph
    reading comprehension", on scores that compare across paragraphs.
    """

    scale: float = 0.33
    prior: float = 0.25
    bias: float = -2.7
    threshold: float = 0.3
    """Below this probability docqa abstains. 0 to 1."""

    def probability(self, score: float, z: float) -> float:
        """The probability, 0 to 1, that a span with this score in a window with this z-score is right."""
        logit = self.scale * score + self.prior * z + self.bias
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that a window offered: document number, offsets, score less the window's null score, window's z-score."""

    document: int
    start: int
    end: int
    score: float
    z: float


@dataclass(frozen=True, slots=True)
class Citation:
    """One place in one document. `document[start:end]` is what is cited; pages are None where there are none."""

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
    """A verbatim span. `text == document.text[start:end]`, and `passage` begins at the offset `passage_start`."""

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
    places: tuple[Citation, ...]
    """The other places with the same answer, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one question. `answers` is empty where docqa abstained; `closest` then has what came nearest."""

    question: str
    answered: bool
    answers: tuple[Answer, ...]
    closest: tuple[Answer, ...]
    windows_read: int
    windows_total: int
    reader: str
    retriever: str
    elapsed_seconds: float


def rank(
    candidates: Iterable[Candidate], documents: Sequence[Document], calibration: Calibration, top: int
) -> list[Answer]:
    """Merge candidates into distinct answers and give the `top` likeliest, each with all its places.

    Spans that overlap are one place, told by the likelier span; places whose texts are equal but for case, articles
    and punctuation are one answer. An answer has the probability of its likeliest place.
    """
    weighed = sorted(
        ((calibration.probability(c.score, c.z), c) for c in candidates),
        key=lambda pair: (-pair[0], pair[1].document, pair[1].start, pair[1].end),
    )
    taken: list[Candidate] = []
    groups: dict[str, list[tuple[float, Candidate]]] = {}
    for probability, candidate in weighed:
        if any(_overlap(candidate, other) for other in taken):
            continue
        taken.append(candidate)
        text = documents[candidate.document].text[candidate.start : candidate.end]
        groups.setdefault(normalize(text) or text, []).append((probability, candidate))
    return [_answer(number, places, documents) for number, places in enumerate(list(groups.values())[:top], 1)]


def _overlap(a: Candidate, b: Candidate) -> bool:
    return a.document == b.document and a.start < b.end and b.start < a.end


def _answer(number: int, places: list[tuple[float, Candidate]], documents: Sequence[Document]) -> Answer:
    probability, best = places[0]
    document = documents[best.document]
    first, last = passage(document.text, best.start, best.end)
    cited = cite(document, best.start, best.end)
    return Answer(
        rank=number,
        text=document.text[best.start : best.end],
        probability=probability,
        document=cited.document,
        format=cited.format,
        page=cited.page,
        page_label=cited.page_label,
        page_end=cited.page_end,
        section=cited.section,
        line_start=cited.line_start,
        line_end=cited.line_end,
        start=best.start,
        end=best.end,
        passage=document.text[first:last],
        passage_start=first,
        places=tuple(cite(documents[c.document], c.start, c.end) for _, c in places[1:]),
    )


def cite(document: Document, start: int, end: int) -> Citation:
    """Cite `document.text[start:end]`."""
    place = document.locate(start, end)
    return Citation(
        document=document.name,
        format=document.format,
        page=place.page,
        page_label=place.page_label,
        page_end=place.page_end,
        section=place.section,
        line_start=place.line_start,
        line_end=place.line_end,
        start=start,
        end=end,
    )


_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalize(text: str) -> str:
    """Lower case, no punctuation, no articles, single spaces: SQuAD's official normalisation."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())
