"""The state of one question's search while its windows are read (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from docqa.candidate_features import FoundCandidate, QuestionProfile, compare
from docqa.choice import ChoiceModel
from docqa.documents import Document
from docqa.languages import language_of_question
from docqa.nonextractive import NonExtractive
from docqa.ranking import Candidate, ScoredCandidate
from docqa.retrieval.window_order import WindowOrder
from docqa.scope import Scope

_MAX_CANDIDATES = 200  # Only those with the best scores are ranked: an exhaustive search stays linear.
_PLACES = 3  # Places that are read once more.
_APART = 120  # Characters between the beginnings of candidates of different places.


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """What was found for a question so far.

    `candidates` are the best spans of all windows read, the most probable first, and `claimable` those of them that may
    be called an answer (`FoundCandidate.claimable`; none in a language that the reader doesn't read).
    `best_by_document` maps a document's number to its most probable claimable span, which may be too improbable to be
    among `candidates`. `order` lists the numbers of all windows in the scope as they are read; the first `windows_read`
    of them were. `best_by_window` maps a window's number to its most probable span. `nonextractive` is what the
    question asks for, if that is seldom a span, `language` the code of its language, if that can be told.
    """

    candidates: Sequence[ScoredCandidate]
    claimable: Sequence[ScoredCandidate]
    best_by_document: Mapping[int, ScoredCandidate]
    order: NDArray[np.int64]
    windows_read: int
    best_by_window: Mapping[int, ScoredCandidate]
    nonextractive: NonExtractive | None = None
    language: str | None = None


class QuestionSearch:
    """A question, the order in which its windows are read, and the spans found so far."""

    def __init__(
        self,
        question: str,
        question_ids: Sequence[int],
        window_order: WindowOrder,
        choice: ChoiceModel,
        *,
        named: frozenset[str] = frozenset(),
        scope: Scope | None = None,
    ) -> None:
        """`question_ids` are the question's tokens; `named` are the documents' `naming_stems`."""
        self.question = question
        self.scope = scope
        self.language = language_of_question(question)
        self.question_ids = question_ids
        self.window_order = window_order
        self.windows_read = 0
        """How many windows were read, in the order of `window_order`."""
        self._choice = choice
        self._profile = QuestionProfile.of(question, named)
        self._found: list[tuple[FoundCandidate, int]] = []
        self._second: dict[Candidate, Sequence[tuple[int, int, float]]] = {}
        self._best_by_document: dict[int, ScoredCandidate] = {}
        self._best_by_window: dict[int, ScoredCandidate] = {}

    def add(self, candidate: Candidate, window: int, document: Document, *, readable: bool = True) -> None:
        """Add a span that was found in a window of a document; `readable` if the reader reads their languages."""
        found = self._profile.found(candidate, document)
        self._found.append((found if readable else replace(found, claimable=False), window))

    def places(self) -> list[Candidate]:
        """The best candidates of different places, which are worth a second reading."""
        places: list[Candidate] = []
        for found, _ in sorted(self._found, key=lambda one: one[0].sort_key):
            if not any(_is_near(found.candidate, place) for place in places):
                places.append(found.candidate)
                if len(places) == _PLACES:
                    break
        return places

    def unread_places(self) -> list[Candidate]:
        """Those of `places` that were not read a second time."""
        return [place for place in self.places() if place not in self._second]

    def add_second_reading(self, place: Candidate, spans: Sequence[tuple[int, int, float]]) -> None:
        """Add what the reader found around a place: the offsets and the scores of spans."""
        self._second[place] = spans

    def _twice_read(self) -> list[FoundCandidate]:
        """The candidates; near a place that was read twice, with the means of their scores.

        A score depends on where in its window a span is, and on what else is there. The mean of two depends on it less.
        """
        read = [(place, self._second[place]) for place in self.places() if place in self._second]
        return [
            next((_averaged(found, spans) for place, spans in read if _is_near(found.candidate, place)), found)
            for found, _ in self._found
        ]

    def progress(self) -> SearchProgress:
        """What was found in the windows read so far.

        Candidates are judged together, so what is read later may change the probabilities of what was read before. In
        which order windows were read, and after how many this was called, changes none.
        """
        self._found.sort(key=lambda one: one[0].sort_key)
        twice_read = self._twice_read()
        scored = self._choice.score([one.candidate for one in twice_read], compare(twice_read))
        best_by_window: dict[int, ScoredCandidate] = {}
        best_by_document: dict[int, ScoredCandidate] = {}
        for (found, window), each in zip(self._found, scored, strict=True):
            _keep_better(best_by_window, window, each)
            if found.claimable:
                _keep_better(best_by_document, each.candidate.document, each)
        # Where the candidates were among the worst and are forgotten, their last probabilities stay.
        self._best_by_window |= best_by_window
        self._best_by_document |= best_by_document
        del self._found[_MAX_CANDIDATES:]
        kept = scored[:_MAX_CANDIDATES]
        return SearchProgress(
            _best(kept),
            _best([each for (found, _), each in zip(self._found, kept, strict=True) if found.claimable]),
            dict(self._best_by_document),
            self.window_order.windows,
            self.windows_read,
            dict(self._best_by_window),
            self._profile.nonextractive,
            self.language,
        )


def _is_near(candidate: Candidate, place: Candidate) -> bool:
    return candidate.document == place.document and abs(candidate.start - place.start) < _APART


def _averaged(found: FoundCandidate, spans: Sequence[tuple[int, int, float]]) -> FoundCandidate:
    """A candidate whose score is the mean with that of a second reading: the best of the spans that overlap it.

    If none does, it is at most that of the worst.
    """
    one = found.candidate
    scores = [score for start, end, score in spans if start < one.end and one.start < end]
    second = max(scores) if scores else min((score for _, _, score in spans), default=one.score)
    return replace(found, candidate=replace(one, score=(one.score + second) / 2))


def _best(scored: Sequence[ScoredCandidate]) -> tuple[ScoredCandidate, ...]:
    return tuple(sorted(scored, key=lambda each: each.sort_key))


def _keep_better(best: dict[int, ScoredCandidate], key: int, scored: ScoredCandidate) -> None:
    if key not in best or scored.sort_key < best[key].sort_key:
        best[key] = scored
