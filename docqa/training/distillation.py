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
from docqa.reader.reader import LONGEST_ANSWER, Reader
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
    inputs, offsets = [], []
    for question, feature in items:
        begin, end = int(feature.offsets[0, 0]), int(feature.offsets[-1, 1])
        window = teacher.tokenizer.encode(feature.context[begin:end], add_special_tokens=False)
        question_ids = teacher.tokenizer.encode(question, add_special_tokens=False).ids
        room = teacher.sequences.room(len(question_ids))
        inputs.append((question_ids, np.array(window.ids[:room], dtype=np.int32)))
        offsets.append(np.array(window.offsets[:room], dtype=np.int64) + begin)
    start_logits, end_logits = teacher.logits(inputs)
    predictions = []
    for row, (_, feature) in enumerate(items):
        first = teacher.sequences.window_start(len(inputs[row][0]))
        allowed = [0, *range(first, first + len(offsets[row]))]
        starts, ends = _marginals(
            start_logits[row, allowed], end_logits[row, allowed], LONGEST_ANSWER, teacher.length_penalty
        )
        last_characters = offsets[row][:, 1] - 1
        predictions.append(
            (_carry_over(starts, offsets[row][:, 0], feature), _carry_over(ends, last_characters, feature))
        )
    return predictions


def _marginals(
    starts: NDArray[np.float32], ends: NDArray[np.float32], longest: int, length_penalty: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the marginal distributions of starts and ends, from the logits of the null (position 0) and the window.

    They are those of the distribution over the null and the spans that reading allows: at most `longest` tokens, with
    the length penalty.
    """
    scores = span_scores(starts[1:], ends[1:], longest, length_penalty)
    null_score = starts[0] + ends[0]
    highest = max(null_score, scores.max())
    null, spans = np.exp(null_score - highest), np.exp(scores - highest)
    size, width = spans.shape
    by_end = np.zeros(size + width - 1)
    for length in range(width):
        by_end[length : length + size] += spans[:, length]
    total = null + spans.sum()
    return np.append(null, spans.sum(axis=1)) / total, np.append(null, by_end[:size]) / total


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
