"""Ranking: which answers come first (pure). `docqa ask`, the app and `docqa eval` all rank with this module.

`ScoredCandidate.sort_key` is the order everywhere, also where only the best span counts; `rank` groups spans into
answers in that order.
"""

import math
import re
import string
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Calibration:
    """Maps a span's evidence to the probability that it answers the question, by logistic regression.

    p = 1 / (1 + exp(-(scale · score + prior · z + bias))). `score` is the span's score minus the null score of its
    window; `z` is the window's retrieval score in standard deviations from the mean over all windows. A softmax over
    the spans of one window would ignore the other windows; this probability compares across all of them. Platt (1999),
    "Probabilistic outputs for support vector machines"; Clark & Gardner (2018), "Simple and effective multi-paragraph
    reading comprehension", on scores that compare across paragraphs.
    """

    scale: float = 0.33
    prior: float = 0.25
    bias: float = -2.7
    threshold: float = 0.3
    """docqa abstains below this probability. 0 to 1."""

    def probability(self, score: float, z: float) -> float:
        """The probability, 0 to 1, that a span with this score is right, in a window with this retrieval score."""
        logit = self.scale * score + self.prior * z + self.bias
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that the reader found in a window.

    `document` is the document's number, `start` and `end` are offsets into its text. `score` is the span's score minus
    the null score of its window; `retrieval_z` is the window's retrieval score in standard deviations.
    """

    document: int
    start: int
    end: int
    score: float
    retrieval_z: float


@dataclass(frozen=True, slots=True)
class ScoredCandidate:
    """A candidate and the probability, 0 to 1, that it answers the question."""

    candidate: Candidate
    probability: float

    @property
    def sort_key(self) -> tuple[float, int, int, int]:
        """Sorts the most probable first. Position breaks ties, so the order doesn't depend on the order of reading."""
        candidate = self.candidate
        return -self.probability, candidate.document, candidate.start, candidate.end


def score(candidate: Candidate, calibration: Calibration) -> ScoredCandidate:
    """Turn a candidate's evidence into a probability."""
    return ScoredCandidate(candidate, calibration.probability(candidate.score, candidate.retrieval_z))


@dataclass(frozen=True, slots=True)
class RankedAnswer:
    """An answer: its locations, the span of the first one's sentence, and what else was found there; best first."""

    locations: list[ScoredCandidate]
    sentence: tuple[int, int]
    alternatives: list[ScoredCandidate]

    @property
    def document(self) -> int:
        """The number of the document that the first location is in."""
        return self.locations[0].candidate.document

    def shares_sentence(self, candidate: Candidate) -> bool:
        """Whether the candidate is in the sentence of the first location."""
        start, end = self.sentence
        return candidate.document == self.document and candidate.start < end and start < candidate.end


def rank(
    candidates: Iterable[ScoredCandidate],
    texts: Sequence[str],
    sentence_around: Callable[[Candidate], tuple[int, int]],
    top: int,
) -> list[RankedAnswer]:
    """Group candidates into the `top` distinct answers, the most probable first. `texts[i]` is the text of document i.

    Of spans that overlap only the most probable is kept. Spans whose texts are equal after `normalize` are one answer
    in several locations. Any other one in the sentence of a better answer, by `sentence_around`, is an alternative to
    that.
    """
    kept: list[Candidate] = []
    answers: dict[str, RankedAnswer] = {}
    for scored in sorted(candidates, key=lambda scored: scored.sort_key):
        candidate = scored.candidate
        if any(_overlap(candidate, other) for other in kept):
            continue
        kept.append(candidate)
        text = texts[candidate.document][candidate.start : candidate.end]
        text = normalize(text) or text
        if text in answers:
            answers[text].locations.append(scored)
        elif better := [answer for answer in answers.values() if answer.shares_sentence(candidate)]:
            better[0].alternatives.append(scored)
        elif len(answers) < top:
            answers[text] = RankedAnswer([scored], sentence_around(candidate), [])
    return list(answers.values())


def _overlap(a: Candidate, b: Candidate) -> bool:
    return a.document == b.document and a.start < b.end and b.start < a.end


_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalize(text: str) -> str:
    """Lower-case, without punctuation and articles, with single spaces: SQuAD's official normalization."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())
