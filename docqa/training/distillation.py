"""Distillation: learn a teacher's distributions over starts and ends beside the annotated answers.

Hinton, Vinyals & Dean (2015), "Distilling the knowledge in a neural network". The teacher reads every window once,
before training, and its predictions are stored: on a CPU that is most of the work, and they are the same in each pass.
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

_TOP = 8  # Positions of a distribution that are stored: nearly all of its mass.
_SAVE_INTERVAL = 50  # Batches.

SoftTargets = tuple[Target, Target]
"""The targets of a feature's start and end."""


def soft_targets(
    teacher: Reader,
    features: Sequence[Feature],
    questions: Sequence[str],
    *,
    weight: float,
    store: ArrayStore,
    monitor: Monitor,
) -> list[SoftTargets]:
    """Return the targets of all features: those with an answer are mixed with `weight` of the teacher's distribution.

    `questions` are those of the pairs. An interrupted run resumes from the predictions in `store`.
    """
    predictions = _Predictions(store, len(features))
    remaining = [i for i, feature in enumerate(features) if feature.answerable and not predictions.known[i]]
    remaining.sort(key=lambda i: len(features[i].ids))
    for batch, first in enumerate(range(0, len(remaining), teacher.batch_size)):
        monitor.update("asking the teacher", teacher.name, first, len(remaining))
        indices = remaining[first : first + teacher.batch_size]
        predictions.put(indices, _predict(teacher, [(questions[features[i].pair], features[i]) for i in indices]))
        if batch % _SAVE_INTERVAL == _SAVE_INTERVAL - 1:
            predictions.save()
    if remaining:
        predictions.save()
    return [
        (_mix(feature.start, predictions.target(0, i), weight), _mix(feature.end, predictions.target(1, i), weight))
        if feature.answerable
        else (feature.start, feature.end)
        for i, feature in enumerate(features)
    ]


def _predict(teacher: Reader, items: Sequence[tuple[str, Feature]]) -> list[SoftTargets]:
    """Return the teacher's start and end distributions over the positions of each feature."""
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
    """Map a distribution from the teacher's tokens to the feature's, by the offset of each token in the context."""
    top = np.argsort(-shares)[:_TOP]
    mapped: dict[int, float] = defaultdict(float)
    for position in top:
        if position == 0:
            mapped[0] += float(shares[0])
        else:
            character = int(characters[position - 1])
            token = int(np.searchsorted(feature.offsets[:, 1], character, side="right"))
            mapped[feature.first + min(token, feature.size - 1)] += float(shares[position])
    total = sum(mapped.values())
    return tuple((position, share / total) for position, share in mapped.items())


def _mix(annotated: Target, predicted: Target, weight: float) -> Target:
    mixed: dict[int, float] = defaultdict(float)
    for target, share in ((annotated, 1 - weight), (predicted, weight)):
        for position, probability in target:
            mixed[position] += share * probability
    return tuple(mixed.items())


class _Predictions:
    """The teacher's predictions so far.

    `positions` and `shares` have the shape (2 for start and end, features, `_TOP`); unused entries have the share 0.
    """

    def __init__(self, store: ArrayStore, count: int) -> None:
        self._store = store
        arrays = store.get("teacher", "predictions")
        if arrays is None or len(arrays["known"]) != count:
            arrays = {
                "positions": np.zeros((2, count, _TOP), dtype=np.int32),
                "shares": np.zeros((2, count, _TOP), dtype=np.float32),
                "known": np.zeros(count, dtype=np.bool_),
            }
        self.positions, self.shares, self.known = arrays["positions"], arrays["shares"], arrays["known"]

    def save(self) -> None:
        arrays = {"positions": self.positions, "shares": self.shares, "known": self.known}
        self._store.put("teacher", "predictions", arrays)

    def put(self, indices: Sequence[int], predictions: Sequence[SoftTargets]) -> None:
        for index, targets in zip(indices, predictions, strict=True):
            for side, target in enumerate(targets):
                for entry, (position, share) in enumerate(target):
                    self.positions[side, index, entry] = position
                    self.shares[side, index, entry] = share
            self.known[index] = True

    def target(self, side: int, index: int) -> Target:
        entries = zip(self.positions[side, index].tolist(), self.shares[side, index].tolist(), strict=True)
        return tuple((position, share) for position, share in entries if share > 0)
