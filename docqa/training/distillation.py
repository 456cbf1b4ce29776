"""What a teacher would answer: its distributions over starts and ends, to be learned beside the given answers.

Hinton, Vinyals & Dean (2015), "Distilling the knowledge in a neural network". Every window is read once, before
training, and what the teacher said is kept: on a CPU that is most of the work, and it does not change between passes.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from docqa.array_store import ArrayStore
from docqa.progress import Monitor
from docqa.reader.reader import Reader
from docqa.reader.span_decoding import span_scores
from docqa.training.features import Feature, Target

_KEPT = 8  # Positions of a distribution that are kept; they hold nearly all of it.
_SAVED_EVERY = 50  # Batches.

SoftTargets = tuple[Target, Target]
"""What to learn of a feature's start and of its end."""


def soft_targets(
    teacher: Reader,
    features: Sequence[Feature],
    questions: Sequence[str],
    *,
    weight: float,
    store: ArrayStore,
    monitor: Monitor,
) -> list[SoftTargets]:
    """The targets of all features: their own, mixed in those that have an answer with `weight` of the teacher's.

    `questions` are those of the pairs. `store` is where an interrupted run finds what was already read.
    """
    said = _Said(store, len(features))
    waiting = [number for number, feature in enumerate(features) if feature.answerable and not said.known[number]]
    waiting.sort(key=lambda number: len(features[number].ids))
    for batch, first in enumerate(range(0, len(waiting), teacher.batch_size)):
        monitor.update("asking the teacher", teacher.name, first, len(waiting))
        some = waiting[first : first + teacher.batch_size]
        said.put(some, _ask(teacher, [(questions[features[number].pair], features[number]) for number in some]))
        if batch % _SAVED_EVERY == _SAVED_EVERY - 1:
            said.save()
    if waiting:
        said.save()
    return [
        (_mix(feature.start, said.target(0, number), weight), _mix(feature.end, said.target(1, number), weight))
        if feature.answerable
        else (feature.start, feature.end)
        for number, feature in enumerate(features)
    ]


def _ask(teacher: Reader, items: Sequence[tuple[str, Feature]]) -> list[SoftTargets]:
    """The teacher's start and end distributions over each feature's own positions."""
    rows, spans = [], []
    for question, feature in items:
        begin, end = int(feature.offsets[0, 0]), int(feature.offsets[-1, 1])
        encoding = teacher.tokenizer.encode(feature.context[begin:end], add_special_tokens=False)
        asked = teacher.tokenizer.encode(question, add_special_tokens=False).ids
        room = teacher.sequences.room(len(asked))
        rows.append((asked, np.array(encoding.ids[:room], dtype=np.int32)))
        spans.append(np.array(encoding.offsets[:room], dtype=np.int64) + begin)
    starts, ends = teacher.logits(rows)
    taught = []
    for row, (_, feature) in enumerate(items):
        first = teacher.sequences.window_start(len(rows[row][0]))
        own = [0, *range(first, first + len(spans[row]))]
        of_starts, of_ends = _marginals(
            starts[row, own], ends[row, own], teacher.max_answer_length, teacher.length_penalty
        )
        taught.append(
            (_carry_over(of_starts, spans[row][:, 0], feature), _carry_over(of_ends, spans[row][:, 1] - 1, feature))
        )
    return taught


def _marginals(
    starts: NDArray[np.float32], ends: NDArray[np.float32], longest: int, length_penalty: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The shares of each start and of each end in the distribution over the null, position 0, and all spans.

    The spans are those that reading allows: their ends can't stand before their starts, and length has its cost.
    """
    scores = span_scores(starts[1:], ends[1:], longest, length_penalty)
    null = starts[0] + ends[0]
    highest = max(null, scores.max())
    of_null, shares = np.exp(null - highest), np.exp(scores - highest)
    size, width = shares.shape
    by_end = np.zeros(size + width - 1)
    for length in range(width):
        by_end[length : length + size] += shares[:, length]
    total = of_null + shares.sum()
    return np.append(of_null, shares.sum(axis=1)) / total, np.append(of_null, by_end[:size]) / total


def _carry_over(shares: NDArray[np.float64], characters: NDArray[np.int64], feature: Feature) -> Target:
    """The teacher's distribution, over its own tokens, as one over the feature's: by the character each stands at."""
    best = np.argsort(-shares)[:_KEPT]
    votes: dict[int, float] = defaultdict(float)
    for position in best:
        if position == 0:
            votes[0] += float(shares[0])
        else:
            character = int(characters[position - 1])
            token = int(np.searchsorted(feature.offsets[:, 1], character, side="right"))
            votes[feature.first + min(token, feature.size - 1)] += float(shares[position])
    total = sum(votes.values())
    return tuple((position, share / total) for position, share in votes.items())


def _mix(own: Target, taught: Target, weight: float) -> Target:
    mixed: dict[int, float] = defaultdict(float)
    for target, share in ((own, 1 - weight), (taught, weight)):
        for position, part in target:
            mixed[position] += share * part
    return tuple(mixed.items())


class _Said:
    """What the teacher said so far. `positions` and `shares` have the shape (2, features, kept); share 0 is none."""

    def __init__(self, store: ArrayStore, count: int) -> None:
        self._store = store
        kept = store.get("teacher", "said")
        if kept is None or len(kept["known"]) != count:
            kept = {
                "positions": np.zeros((2, count, _KEPT), dtype=np.int32),
                "shares": np.zeros((2, count, _KEPT), dtype=np.float32),
                "known": np.zeros(count, dtype=np.bool_),
            }
        self.positions, self.shares, self.known = kept["positions"], kept["shares"], kept["known"]

    def save(self) -> None:
        arrays = {"positions": self.positions, "shares": self.shares, "known": self.known}
        self._store.put("teacher", "said", arrays)

    def put(self, numbers: Sequence[int], said: Sequence[SoftTargets]) -> None:
        for number, sides in zip(numbers, said, strict=True):
            for side, target in enumerate(sides):
                for place, (position, share) in enumerate(target):
                    self.positions[side, number, place] = position
                    self.shares[side, number, place] = share
            self.known[number] = True

    def target(self, side: int, number: int) -> Target:
        entries = zip(self.positions[side, number].tolist(), self.shares[side, number].tolist(), strict=True)
        return tuple((position, share) for position, share in entries if share > 0)
