"""What speaks for and against a candidate: numbers that mean the same for any document, and any number of them (pure).

`QuestionProfile.found` looks at a candidate alone, `compare` at the candidates of a question together.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from docqa.answer_kinds import AnswerKind, fits, kind_asked
from docqa.documents import Document
from docqa.nonextractive import NonExtractive, is_stated, nonextractive
from docqa.ranking import NO_SUPPORT, Candidate, answer_identity

if TYPE_CHECKING:
    from Stemmer import Stemmer

FEATURES = ("score", "lead", "support", "rank", "near", "missing", "kind", "length")
"""The names of the features. `docqa.explanation` says in words what their values mean."""

_LOCAL = ("rank", "near", "missing", "kind", "length")
_COMPARED = 40  # Candidates of a question that are compared by their texts. Others have far lower scores.
_NEAR, _AROUND = 160, 700  # Characters before and after a candidate.
_OPENING = 700  # Characters in which a document says what it is and whose.

_WORD = re.compile(r"[^\W_]+")
_FUNCTION_WORDS = frozenset(
    _WORD.findall(
        """a an and are as at be been but by can could did do does for from had has have he her his how i if in into is
        it its many me much my no not of on or our she should so such than that the their them then there these they
        this those to us was we were what when where which while who whom whose why will with would you your say says
        said according give name mention mentioned used use kind type sort any document text"""
    )
)


@dataclass(frozen=True, slots=True)
class FoundCandidate:
    """A candidate, the `answer_identity` of its text, and its features alone: those of `_LOCAL`.

    `claimable` is whether its text may be called an answer: not if the question asks for a yes or no, a count, a
    comparison or a calculation that it doesn't state.
    """

    candidate: Candidate
    text: str
    features: tuple[float, ...]
    claimable: bool = True

    @property
    def sort_key(self) -> tuple[float, int, int, int]:
        """Sorts those with the best scores first, like `ScoredCandidate.sort_key`."""
        return -self.candidate.score, self.candidate.document, self.candidate.start, self.candidate.end


@dataclass(frozen=True, slots=True)
class QuestionProfile:
    """What of a question its candidates are compared with.

    `stems` are those of its content words, `names` those of its names and numbers, `kind` is what it asks for, and
    `nonextractive` that, if it is seldom a span.
    """

    question: str
    stems: frozenset[str]
    names: frozenset[str]
    kind: AnswerKind
    nonextractive: NonExtractive | None = None

    @classmethod
    def of(cls, question: str, named: frozenset[str] = frozenset()) -> "QuestionProfile":
        """The profile of a question. `named` are the stems that name some of the open documents: `naming_stems`."""
        words = [word for word in _WORD.findall(question) if word.lower() not in _FUNCTION_WORDS]
        first = _WORD.search(question)
        names = [
            word
            for word in words
            if any(c.isdigit() for c in word) or (any(c.isupper() for c in word) and first and word != first.group())
        ]
        asked = nonextractive(question)
        stems = frozenset(map(_stem, words))
        return cls(question, stems, frozenset(map(_stem, names)) | stems & named, kind_asked(question), asked)

    def found(self, candidate: Candidate, document: Document) -> FoundCandidate:
        """A candidate with what can be said of it alone."""
        text, start, end = document.text, candidate.start, candidate.end
        span = text[start:end]
        section = document.section_at(start) or ""
        missing = self.names and self.names - _stems(f"{text[max(0, start - _AROUND) : end + _AROUND]} {section}")
        missing = missing and missing - _stems(f"{document.name} {document.title or ''} {text[:_OPENING]}")
        before, after = _near(document, start, end)
        features = (
            math.log2(1 + candidate.rank),
            _share(self.stems, _stems(f"{before} {after} {section}")),
            float(len(missing)),
            fits(span, self.kind),
            math.log2(1 + len(span.split())),
        )
        claimable = self.nonextractive is None or is_stated(self.question, self.nonextractive, span, before, after)
        return FoundCandidate(candidate, answer_identity(span), features, claimable)


def naming_stems(documents: Iterable[Document]) -> frozenset[str]:
    """The stems in the names and titles of some documents, but not of all."""
    stems = [_stems(f"{document.name} {document.title or ''}") for document in documents]
    return frozenset().union(*stems) - frozenset.intersection(*stems) if stems else frozenset()


def compare(found: Sequence[FoundCandidate]) -> dict[str, NDArray[np.float64]]:
    """All features of a question's candidates by name, each of shape (candidates,)."""
    scores = np.array([one.candidate.score for one in found], dtype=float)
    alone = np.array([one.features for one in found], dtype=float).reshape(len(found), len(_LOCAL))
    lead, support = _relations(found, scores)
    columns = {"score": scores, "lead": lead, "support": support, **dict(zip(_LOCAL, alone.T, strict=True))}
    return {name: columns[name] for name in FEATURES}


def _relations(
    found: Sequence[FoundCandidate], scores: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Each candidate's lead over its best rival, and its support: the best score of another place that says the same.

    A rival is elsewhere, and neither of the two texts is a part of the other. One rival is always there, with a score
    of 0: that the answer is in none of the windows. So a document with few candidates gives no larger leads.
    """
    best = sorted(range(len(found)), key=lambda i: found[i].sort_key)[:_COMPARED]
    lead = scores - max([0.0, *scores])
    support = np.full(len(found), NO_SUPPORT)
    for i in best:
        one, rival = found[i], 0.0
        for j in best:
            other = found[j]
            if i == j or one.candidate.overlaps(other.candidate):
                continue
            if one.text == other.text:
                support[i] = max(support[i], scores[j])
            elif one.text not in other.text and other.text not in one.text:
                rival = max(rival, scores[j])
        lead[i] = scores[i] - rival
    return lead, support


def _near(document: Document, start: int, end: int) -> tuple[str, str]:
    """What one sees at a glance before and after: the text in the same block, or a cell's row, and its headings."""
    text = document.text
    table = document.table_at(start)
    cell = table.cell_at(start) if table is not None else None
    if table is None or cell is None:
        block = document.blocks.at(start)
        low, high = (block.start, block.end) if block else (0, len(text))
        return text[max(low, start - _NEAR) : start], text[end : min(high, end + _NEAR)]
    headings = (*table.row_headings(cell), *table.column_headings(cell))
    first, last = text.rfind("\n", 0, cell.start) + 1, text.find("\n", cell.end)
    after = text[end : min(table.end, last if last >= 0 else table.end)]
    return text[max(table.start, first) : start], " ".join([after, *(text[one.start : one.end] for one in headings)])


def _share(words: frozenset[str], found: frozenset[str]) -> float:
    """The share of the words that were found, 1 if there are none."""
    return len(words & found) / len(words) if words else 1.0


def _stems(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in _WORD.findall(text) if word.lower() not in _FUNCTION_WORDS)


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word.lower()))


@lru_cache(maxsize=1)
def _stemmer() -> "Stemmer":
    from Stemmer import Stemmer

    return Stemmer("english")
