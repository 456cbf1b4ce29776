"""How good answers are: SQuAD's official metrics, and the effects of abstention and retrieval (pure)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from docqa.datasets.pair import Pair
from docqa.evaluation import calibration
from docqa.ranking import normalize

RIGHT = 0.5
"""An answer with this F1 or more counts as right: a user would accept it."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """The best answer to one question, whatever its probability.

    `text` is "" if no span was found. `start` is an offset into the pair's context or the document, -1 without an
    answer. `found` is the rank, from 1, of the first retrieved window that contains an accepted answer; 0 if none
    does, None if nothing was retrieved or the question has no answer. `read` is the number of windows read, the
    best-ranked ones. `failure` says why the question could not be asked.
    """

    id: str
    text: str
    probability: float
    start: int = -1
    seconds: float = 0.0
    found: int | None = None
    read: int = 0
    failure: str = ""


class QuestionOutcome(StrEnum):
    """What became of a question. Right or wrong is decided by `RIGHT`, shown or withheld by the threshold."""

    RIGHT = "answered right"
    ABSTAINED = "wrongly abstained"
    """The best answer is right but was withheld."""
    RETRIEVAL_MISSED = "retrieval missed"
    """No window that was read contains an accepted answer."""
    READER_MISSED = "reader missed"
    """A window does, or nothing was retrieved, but the best answer is wrong."""
    REFUSED = "rightly refused"
    WRONGLY_ANSWERED = "wrongly answered"
    """The question has no answer, but one was shown."""


@dataclass(frozen=True, slots=True)
class PartScores:
    """EM and F1, in percent, of a subset of the questions."""

    exact: float
    f1: float
    total: int


@dataclass(frozen=True, slots=True)
class BestThreshold:
    """The best EM or F1, in percent, over all thresholds, and the threshold, a probability."""

    value: float
    threshold: float


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """The effect of abstaining below `threshold`. The other fields are shares, 0 to 1.

    `answered` is the share of all questions that get an answer, `answerable` and `unanswerable` that of the questions
    with and without one. `right` is the share of the shown answers that are right. None for a share of nothing.
    """

    threshold: float
    answered: float
    right: float | None
    answerable: float | None
    unanswerable: float | None


@dataclass(frozen=True, slots=True)
class Scores:
    """EM and F1, in percent, by SQuAD's official scripts: v1.1's if every question has an answer, otherwise v2.0's.

    `has_answer` and `no_answer` are None if there are no such questions.
    """

    exact: float
    f1: float
    total: int
    has_answer: PartScores | None
    no_answer: PartScores | None


# --- the metrics that `docqa.extensions` registers ---


def exact_values(predictions: Sequence[Prediction], pairs: Sequence[Pair], threshold: float) -> list[float]:
    """The exact match of each shown answer, 0 or 100."""
    return [100 * exact for exact, _ in exact_and_f1(shown(predictions, threshold), pairs)]


def f1_values(predictions: Sequence[Prediction], pairs: Sequence[Pair], threshold: float) -> list[float]:
    """The F1 of each shown answer, 0 to 100."""
    return [100 * overlap for _, overlap in exact_and_f1(shown(predictions, threshold), pairs)]


def auroc(predictions: Sequence[Prediction], pairs: Sequence[Pair], _threshold: float = 0.0) -> float | None:
    """How well the probability separates answerable from unanswerable questions; None without both kinds.

    The area under the ROC curve, 0 to 1: the chance that an answerable question gets a higher probability than an
    unanswerable one.
    """
    answerable = np.array([bool(pair.answers) for pair in pairs])
    if answerable.all() or not answerable.any():
        return None
    _, ranks = np.unique([prediction.probability for prediction in predictions], return_inverse=True)
    positive, negative = np.bincount(ranks, weights=answerable), np.bincount(ranks, weights=~answerable)
    lower = np.cumsum(negative) - negative
    return float(positive @ (lower + negative / 2) / (positive.sum() * negative.sum()))


def calibration_error(predictions: Sequence[Prediction], pairs: Sequence[Pair], _threshold: float = 0.0) -> float:
    """The expected calibration error of all best answers, 0 to 1."""
    return calibration.expected_error([one.probability for one in predictions], right(predictions, pairs))


# --- the parts of a report ---


def scores(predictions: Sequence[Prediction], pairs: Sequence[Pair], threshold: float = 0.0) -> Scores:
    """Score `predictions[i]` as the answer to `pairs[i]`, abstaining below `threshold`.

    With the default no answer is withheld, and every question without an answer counts as wrong.
    """
    values = exact_and_f1(shown(predictions, threshold), pairs)
    everything = _part_scores(values) or PartScores(0.0, 0.0, 0)
    return Scores(
        everything.exact,
        everything.f1,
        everything.total,
        _part_scores([value for value, pair in zip(values, pairs, strict=True) if pair.answers]),
        _part_scores([value for value, pair in zip(values, pairs, strict=True) if not pair.answers]),
    )


def shown(predictions: Iterable[Prediction], threshold: float) -> list[str]:
    """The text of each prediction, "" if its probability is below `threshold`."""
    return [prediction.text if prediction.probability >= threshold else "" for prediction in predictions]


def exact_and_f1(texts: Sequence[str], pairs: Sequence[Pair]) -> list[tuple[float, float]]:
    """EM and F1, 0 to 1, of each text as the answer to its pair, by the official script for these pairs.

    The scripts differ on accepted answers that normalization reduces to nothing ("the", "%"). v2.0's ignores them, and
    treats a question without any other as unanswerable; v1.1's matches them exactly, with an F1 of 0. Rajpurkar et
    al. 2016, section 6.1, and 2018, section 4.
    """
    second = any(not pair.answers for pair in pairs)
    values = []
    for text, pair in zip(texts, pairs, strict=True):
        accepted = [gold.text for gold in pair.answers if not second or normalize(gold.text)]
        overlap = f1(text, accepted)
        values.append((exact_match(text, accepted), overlap if second or normalize(text) else 0.0))
    return values


def best_thresholds(predictions: Sequence[Prediction], pairs: Sequence[Pair]) -> tuple[BestThreshold, BestThreshold]:
    """The best EM and the best F1 over all thresholds, like `find_best_thresh` of v2.0's official script.

    The script's "probability of no answer" is 1 minus the probability of the best answer.
    """
    values = exact_and_f1([prediction.text for prediction in predictions], pairs)
    no_answer = np.array([1 - prediction.probability for prediction in predictions])
    order = np.argsort(no_answer, kind="stable")
    answerable = np.array([bool(pair.answers) for pair in pairs])
    # Showing an answer to an unanswerable question loses the point gained by abstaining.
    lost = np.array([-float(bool(prediction.text)) for prediction in predictions])

    def best(gained: Sequence[float]) -> BestThreshold:
        steps = np.where(answerable, gained, lost)[order]
        totals = np.append(0.0, np.cumsum(steps)) + np.count_nonzero(~answerable)
        shown_answers = int(np.argmax(totals))
        threshold = 1 - float(no_answer[order[shown_answers - 1]]) if shown_answers else 1.0
        return BestThreshold(100 * float(totals[shown_answers]) / len(pairs), threshold)

    return best([exact for exact, _ in values]), best([overlap for _, overlap in values])


def right(predictions: Sequence[Prediction], pairs: Sequence[Pair]) -> list[bool]:
    """Which best answers are right: the question has an answer, and the F1 is at least `RIGHT`."""
    texts = [prediction.text for prediction in predictions]
    return [
        bool(pair.answers) and overlap >= RIGHT
        for pair, (_, overlap) in zip(pairs, exact_and_f1(texts, pairs), strict=True)
    ]


def coverage(
    predictions: Sequence[Prediction], pairs: Sequence[Pair], thresholds: Iterable[float]
) -> list[CoverageRow]:
    """The risk–coverage table. El-Yaniv & Wiener 2010, "On the foundations of noise-free selective classification"."""
    correct = np.array(right(predictions, pairs))
    answerable = np.array([bool(pair.answers) for pair in pairs])
    probability = np.array([prediction.probability for prediction in predictions])
    found = np.array([bool(prediction.text) for prediction in predictions])

    def share(selected: NDArray[np.bool_], among: NDArray[np.bool_]) -> float | None:
        return float(selected[among].mean()) if among.any() else None

    rows = []
    for threshold in thresholds:
        answered = found & (probability >= threshold)
        rows.append(
            CoverageRow(
                threshold,
                float(answered.mean()),
                share(correct, answered),
                share(answered, answerable),
                share(answered, ~answerable),
            )
        )
    return rows


def outcomes(predictions: Sequence[Prediction], pairs: Sequence[Pair], threshold: float) -> list[QuestionOutcome]:
    """What became of each question."""
    return [
        _outcome(prediction, pair, correct, threshold)
        for prediction, pair, correct in zip(predictions, pairs, right(predictions, pairs), strict=True)
    ]


def _outcome(prediction: Prediction, pair: Pair, correct: bool, threshold: float) -> QuestionOutcome:
    answered = bool(prediction.text) and prediction.probability >= threshold
    if not pair.answers:
        return QuestionOutcome.WRONGLY_ANSWERED if answered else QuestionOutcome.REFUSED
    if correct:
        return QuestionOutcome.RIGHT if answered else QuestionOutcome.ABSTAINED
    if prediction.found is not None and not 1 <= prediction.found <= prediction.read:
        return QuestionOutcome.RETRIEVAL_MISSED
    return QuestionOutcome.READER_MISSED


def recall_at(predictions: Sequence[Prediction], ranks: Sequence[int]) -> dict[int, float]:
    """Recall at each k: the share of questions, 0 to 1, with an accepted answer in one of the k best windows.

    Empty if nothing was retrieved.
    """
    found = [prediction.found for prediction in predictions if prediction.found is not None]
    return {k: sum(1 <= rank <= k for rank in found) / len(found) for k in ranks} if found else {}


def exact_match(prediction: str, accepted: Sequence[str]) -> float:
    """1 if the prediction equals an accepted answer after normalization, else 0. Rajpurkar et al. 2016, section 6.1.

    Without accepted answers the question is unanswerable: only an empty prediction is right.
    """
    return max(float(normalize(prediction) == normalize(answer)) for answer in accepted or [""])


def f1(prediction: str, accepted: Sequence[str]) -> float:
    """The best word overlap with an accepted answer, 0 to 1. Rajpurkar et al. 2016, section 6.1."""
    return max(_word_f1(normalize(prediction).split(), normalize(answer).split()) for answer in accepted or [""])


def _word_f1(predicted: list[str], gold: list[str]) -> float:
    if not predicted or not gold:
        return float(predicted == gold)
    common = sum((Counter(predicted) & Counter(gold)).values())
    return 2 * common / (len(predicted) + len(gold))


def _part_scores(values: Sequence[tuple[float, float]]) -> PartScores | None:
    if not values:
        return None
    return PartScores(
        100 * sum(exact for exact, _ in values) / len(values),
        100 * sum(overlap for _, overlap in values) / len(values),
        len(values),
    )
