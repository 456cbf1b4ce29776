"""Ranking: which answers come first (pure). `docqa ask`, the app and `docqa eval` all rank with this module.

`ScoredCandidate.sort_key` is the order everywhere, also where only the best span counts; `rank` groups spans into
answers in that order.
"""

import math
import re
import string
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that the reader found in a window.

    `document` is the document's number, `start` and `end` are offsets into its text. `score` is the span's score minus
    the null score of its window; `rank` is the window's place in the retriever's order, from 0.
    """

    document: int
    start: int
    end: int
    score: float
    rank: int = 0

    def overlaps(self, other: "Candidate") -> bool:
        """Whether two spans share a character."""
        return self.document == other.document and self.start < other.end and other.start < self.end


NO_SUPPORT = -12.0
"""The feature `support` of a candidate that no other place supports: lower than any score that matters."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against a candidate: the values of the features, and what each adds to the logit.

    `names`, `values` and `contributions` are parallel. A contribution above 0 speaks for the candidate.
    """

    bias: float
    names: tuple[str, ...]
    values: tuple[float, ...]
    contributions: tuple[float, ...]

    @property
    def logit(self) -> float:
        """The logit of the probability: the sum of the bias and all contributions."""
        return math.fsum((self.bias, *self.contributions))

    @property
    def probability(self) -> float:
        """The probability, 0 to 1, that the evidence amounts to."""
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, self.logit))))

    def reasons(self) -> list[tuple[str, float, float]]:
        """The features that contribute something: name, value and contribution, the largest first."""
        reasons = zip(self.names, self.values, self.contributions, strict=True)
        return sorted((one for one in reasons if one[2]), key=lambda one: -abs(one[2]))


@dataclass(frozen=True, slots=True)
class ScoredCandidate:
    """A candidate, and what speaks for and against it."""

    candidate: Candidate
    evidence: Evidence

    @property
    def probability(self) -> float:
        """The probability, 0 to 1, that the candidate answers the question."""
        return self.evidence.probability

    @property
    def sort_key(self) -> tuple[float, int, int, int]:
        """Sorts the most probable first. Position breaks ties, so the order doesn't depend on the order of reading."""
        candidate = self.candidate
        return -self.probability, candidate.document, candidate.start, candidate.end


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

    Of spans that overlap only the most probable is kept. Spans of the same `answer_identity` are one answer in
    several locations, but a number that is no year only if their sentences are about the same. Any other one in the
    sentence of a better answer, by `sentence_around`, is an alternative to that.
    """
    kept: list[Candidate] = []
    answers: list[RankedAnswer] = []
    alike: dict[str, list[RankedAnswer]] = defaultdict(list)

    def is_about_the_same(answer: RankedAnswer, candidate: Candidate) -> bool:
        first = answer.locations[0].candidate
        return _same_context(
            _context(texts[first.document], first, answer.sentence),
            _context(texts[candidate.document], candidate, sentence_around(candidate)),
        )

    for scored in sorted(candidates, key=lambda scored: scored.sort_key):
        candidate = scored.candidate
        if any(candidate.overlaps(other) for other in kept):
            continue
        kept.append(candidate)
        text = answer_identity(texts[candidate.document][candidate.start : candidate.end])
        same = alike[text]
        if _is_mere_number(text):
            same = [answer for answer in same if is_about_the_same(answer, candidate)]
        if same:
            same[0].locations.append(scored)
        elif better := [answer for answer in answers if answer.shares_sentence(candidate)]:
            better[0].alternatives.append(scored)
        elif len(answers) < top:
            answers.append(RankedAnswer([scored], sentence_around(candidate), []))
            alike[text].append(answers[-1])
    return answers


_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_NO_UNIT = {"and", "or", "of", "in", "to", "the", "for", "at", "on", "is", "are", "was", "were", "by", "from", "as"}
_WORDS = re.compile(r"[^\W\d_]+|[%°µ$€£]")
_SHARED = 1 / 3
"""Of the words of two sentences, how many they share if they say the same of a number."""


def _is_mere_number(text: str) -> bool:
    return not any(map(str.isalpha, text)) and not _YEAR.fullmatch(text)


def _context(text: str, number: Candidate, sentence: tuple[int, int]) -> tuple[str, frozenset[str]]:
    """A number's unit, "" without any, and the beginnings of the long words in its sentence."""
    start, end = sentence
    follows = _WORDS.match(text, number.end + (text[number.end : number.end + 1] == " "), end)
    unit = follows[0].lower() if follows else ""
    words = _WORDS.findall(f"{text[start : number.start]} {text[number.end : end]}")
    return "" if unit in _NO_UNIT else unit, frozenset(word[:5].lower() for word in words if len(word) > 3)


def _same_context(one: tuple[str, frozenset[str]], other: tuple[str, frozenset[str]]) -> bool:
    (unit, words), (other_unit, other_words) = one, other
    shared, fewer = len(words & other_words), min(len(words), len(other_words))
    return (unit != "" and unit == other_unit) or shared >= max(1, _SHARED * fewer)


_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalize(text: str) -> str:
    """Lower-case, without punctuation and articles, with single spaces: SQuAD's official normalization."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


_PRIVATE = 0xE000  # The first code point of those that no text uses, and `normalize` keeps.
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_OF_NUMBERS = re.compile(r"(?<=\d)[.,:/](?=\d)|[-+<>~](?=[\s=$]*\.?\d)|\.(?=\d)")


def answer_identity(text: str) -> str:
    """What tells answers apart: `normalize`, but numbers keep their signs, points and fractions. 1.5 isn't 15."""
    signs = _OF_NUMBERS.sub(lambda sign: chr(_PRIVATE + ord(sign[0])), _THOUSANDS.sub("", text))
    return normalize(signs) or text
