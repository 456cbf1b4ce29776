"""How right answers are: SQuAD's official measures, and what abstention and retrieval are worth (pure)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from docqa.answers import normalize
from docqa.datasets.pair import Pair

RIGHT = 0.5
"""The F1 from which an answer counts as right wherever right or wrong is asked: a person would accept it."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What came of one question: the best answer, whatever its probability.

    `text` is "" where there was no span at all. `score` is above the null of its window, `z` the window's retrieval
    score (0 where nothing was retrieved). `start` is an offset into the pair's context or the document that was
    asked, -1 where there is no answer. `found` is the rank, from 1, of the first retrieved window that has an
    accepted answer in it; 0 where none has, None where there was no retrieval or there is nothing to find. `read` is
    how many windows were read, the best-ranked ones. `failure` says why the question could not be asked.
    """

    id: str
    text: str
    probability: float
    score: float
    z: float = 0.0
    start: int = -1
    seconds: float = 0.0
    found: int | None = None
    read: int = 0
    failure: str = ""


class QuestionOutcome(StrEnum):
    """What became of a question, each in one of these. Right or wrong is by `RIGHT`, shown or not by the threshold."""

    RIGHT = "answered right"
    ABSTAINED = "wrongly abstained"
    """The best answer is right, and was held back."""
    RETRIEVAL_MISSED = "retrieval missed"
    """No accepted answer stands in the windows that were read."""
    READER_MISSED = "reader missed"
    """One does, or nothing was retrieved, and the best answer is another."""
    REFUSED = "rightly refused"
    WRONGLY_ANSWERED = "wrongly answered"
    """There is no answer, and one was shown."""


@dataclass(frozen=True, slots=True)
class PartScores:
    """EM and F1, in percent, of some questions."""

    exact: float
    f1: float
    total: int


@dataclass(frozen=True, slots=True)
class BestThreshold:
    """The best EM or F1 (in percent) that any threshold gives, and that threshold, a probability."""

    value: float
    threshold: float


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """What abstaining below `threshold` does. All else is a share, 0 to 1.

    `answered` is of all questions; `right` is of the answers shown, None where none is; `answerable` and
    `unanswerable` are of the questions with and without an answer: which of them get one. None where there are none.
    """

    threshold: float
    answered: float
    right: float | None
    answerable: float | None
    unanswerable: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A second reader's figure less the first's, in points, with its 95% interval and the p value of no difference."""

    difference: float
    interval: tuple[float, float] | None
    p: float


@dataclass(frozen=True, slots=True)
class Scores:
    """EM and F1, in percent, as the official scripts give them: v1.1's where every question has an answer, else v2.0's.

    `has_answer` and `no_answer` are None where there are no such questions.
    """

    exact: float
    f1: float
    total: int
    has_answer: PartScores | None
    no_answer: PartScores | None


def scores(predictions: Sequence[Prediction], pairs: Sequence[Pair], threshold: float = 0.0) -> Scores:
    """Score `predictions[i]` as the answer to `pairs[i]`; one whose probability is below `threshold` is no answer.

    With the default every best answer counts, and a question that has no answer is always wrong.
    """
    each = [
        (bool(pair.answers), *one)
        for pair, one in zip(pairs, exact_and_f1(shown(predictions, threshold), pairs), strict=True)
    ]
    whole = _part([(exact, overlap) for _, exact, overlap in each]) or PartScores(0.0, 0.0, 0)
    return Scores(
        whole.exact,
        whole.f1,
        whole.total,
        _part([(exact, overlap) for answerable, exact, overlap in each if answerable]),
        _part([(exact, overlap) for answerable, exact, overlap in each if not answerable]),
    )


def shown(predictions: Iterable[Prediction], threshold: float) -> list[str]:
    """The texts of the predictions: "" where the probability is below `threshold`."""
    return [prediction.text if prediction.probability >= threshold else "" for prediction in predictions]


def exact_and_f1(texts: Sequence[str], pairs: Sequence[Pair]) -> list[tuple[float, float]]:
    """EM and F1, 0 to 1, of each text as the answer to its pair, by the official script that the pairs call for.

    The two scripts part over accepted answers of which normalisation leaves nothing ("the", "%"): v2.0's leaves them
    out and takes a question without any other as one without an answer; to v1.1's they can be matched, with an F1 of
    0. Rajpurkar et al. 2016, section 6.1, and 2018, section 4.
    """
    second = any(not pair.answers for pair in pairs)
    each = []
    for text, pair in zip(texts, pairs, strict=True):
        accepted = [gold.text for gold in pair.answers if not second or normalize(gold.text)]
        overlap = f1(text, accepted)
        each.append((exact_match(text, accepted), overlap if second or normalize(text) else 0.0))
    return each


def best_thresholds(predictions: Sequence[Prediction], pairs: Sequence[Pair]) -> tuple[BestThreshold, BestThreshold]:
    """The best EM and the best F1 over all thresholds, as v2.0's official script finds them (`find_best_thresh`).

    Its "probability of no answer" is 1 less the probability of the best answer.
    """
    each = exact_and_f1([prediction.text for prediction in predictions], pairs)
    none = np.array([1 - prediction.probability for prediction in predictions])
    order = np.argsort(none, kind="stable")
    answerable = np.array([bool(pair.answers) for pair in pairs])
    # Showing an answer to a question without one loses the point that abstaining had.
    lost = np.array([-float(bool(prediction.text)) for prediction in predictions])

    def best(values: Sequence[float]) -> BestThreshold:
        steps = np.where(answerable, values, lost)[order]
        totals = np.append(0.0, np.cumsum(steps)) + np.count_nonzero(~answerable)
        at = int(np.argmax(totals))
        return BestThreshold(100 * float(totals[at]) / len(pairs), 1 - float(none[order[at - 1]]) if at else 1.0)

    return best([exact for exact, _ in each]), best([overlap for _, overlap in each])


def auroc(predictions: Sequence[Prediction], pairs: Sequence[Pair]) -> float | None:
    """How well the probability tells questions that have an answer from those that have none; None without both.

    The area under the ROC curve, 0 to 1: the chance that of one of each the first has the higher probability.
    """
    from sklearn.metrics import roc_auc_score

    answerable = [bool(pair.answers) for pair in pairs]
    if len(set(answerable)) < 2:
        return None
    return float(roc_auc_score(answerable, [prediction.probability for prediction in predictions]))


def right(predictions: Sequence[Prediction], pairs: Sequence[Pair]) -> list[bool]:
    """Which best answers are right: there is an accepted answer, and the F1 with it is at least `RIGHT`."""
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
    some = np.array([bool(prediction.text) for prediction in predictions])

    def share(of: NDArray[np.bool_], among: NDArray[np.bool_]) -> float | None:
        return float(of[among].mean()) if among.any() else None

    rows = []
    for threshold in thresholds:
        seen = some & (probability >= threshold)
        rows.append(
            CoverageRow(
                threshold, float(seen.mean()), share(correct, seen), share(seen, answerable), share(seen, ~answerable)
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
    seen = bool(prediction.text) and prediction.probability >= threshold
    if not pair.answers:
        return QuestionOutcome.WRONGLY_ANSWERED if seen else QuestionOutcome.REFUSED
    if correct:
        return QuestionOutcome.RIGHT if seen else QuestionOutcome.ABSTAINED
    if prediction.found is not None and not 1 <= prediction.found <= prediction.read:
        return QuestionOutcome.RETRIEVAL_MISSED
    return QuestionOutcome.READER_MISSED


def recall_at(predictions: Sequence[Prediction], ranks: Sequence[int]) -> dict[int, float]:
    """For each k the share of questions, 0 to 1, of which a window among the k best has an accepted answer in it.

    {} where nothing was retrieved.
    """
    found = [prediction.found for prediction in predictions if prediction.found is not None]
    return {k: sum(1 <= rank <= k for rank in found) / len(found) for k in ranks} if found else {}


# --- what chance can do ---

_RESAMPLES = 2_000
_PERMUTATIONS = 10_000
_AT_ONCE = 500  # Resamples that are drawn together, for memory's sake.
_FEWEST_CLUSTERS = 10  # With fewer the bootstrap's intervals are too narrow (Cameron, Gelbach & Miller 2008).


def clusters(pairs: Sequence[Pair]) -> tuple[str, NDArray[np.int64]]:
    """What the questions are drawn in, and which of these each pair is in: an array of shape (pairs,).

    Questions on one text are not independent, so chance is measured over documents where there are ten of them, else
    over contexts, and over single questions only where there are too few of either.
    """
    for name, keys in (
        ("documents", [pair.document for pair in pairs]),
        ("contexts", [pair.context for pair in pairs]),
    ):
        numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
        if len(numbers) >= _FEWEST_CLUSTERS:
            return name, np.array([numbers[key] for key in keys], dtype=np.int64)
    return "questions", np.arange(len(pairs), dtype=np.int64)


def interval(values: Sequence[float], groups: NDArray[np.int64], seed: int = 0) -> tuple[float, float] | None:
    """The 95% interval of the mean of `values`: the percentile bootstrap over `groups`. None where there is one only.

    Efron & Tibshirani 1993; over clusters: Field & Welsh 2007.
    """
    numbers, inverse = np.unique(groups, return_inverse=True)
    if len(numbers) < 2:
        return None
    sums = np.bincount(inverse, weights=np.asarray(values, dtype=float))
    sizes = np.bincount(inverse)
    means = np.concatenate([counts @ sums / (counts @ sizes) for counts in _resamples(len(numbers), seed)])
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def interval_of_auroc(
    predictions: Sequence[Prediction], pairs: Sequence[Pair], groups: NDArray[np.int64], seed: int = 0
) -> tuple[float, float] | None:
    """The 95% interval of `auroc`, by the same bootstrap. None where it can't be told."""
    answerable = np.array([bool(pair.answers) for pair in pairs])
    # As ranks, so that each resample needs no sorting: equal probabilities have one rank.
    _, ranks = np.unique([prediction.probability for prediction in predictions], return_inverse=True)
    numbers, inverse = np.unique(groups, return_inverse=True)
    if len(numbers) < 2:
        return None
    areas = []
    for counts in _resamples(len(numbers), seed):
        for weights in counts[:, inverse]:
            yes = np.bincount(ranks, weights=weights * answerable)
            no = np.bincount(ranks, weights=weights * ~answerable)
            if yes.any() and no.any():
                below = np.cumsum(no) - no
                areas.append(float(yes @ (below + no / 2) / (yes.sum() * no.sum())))
    if not areas:
        return None
    low, high = np.percentile(areas, [2.5, 97.5])
    return float(low), float(high)


def compare(first: Sequence[float], second: Sequence[float], groups: NDArray[np.int64], seed: int = 0) -> Comparison:
    """Tell whether two readers differ, by a figure of each question (0 to 1) that both were asked.

    p is of the paired randomisation test over `groups`, two-sided: how often a difference at least as large comes of
    swapping the readers at random (Noreen 1989; Dror et al. 2018, "The hitchhiker's guide to testing statistical
    significance in natural language processing").
    """
    differences = np.asarray(second, dtype=float) - np.asarray(first, dtype=float)
    sums = np.bincount(np.unique(groups, return_inverse=True)[1], weights=differences)
    observed = abs(sums.sum())
    chance = np.random.default_rng(seed)
    extreme = 0
    for _ in range(_PERMUTATIONS // _AT_ONCE):
        signs = chance.integers(0, 2, size=(_AT_ONCE, len(sums)), dtype=np.int8) * 2 - 1
        # A hair's breadth less, so that rounding does not part sums that are equal.
        extreme += int(np.count_nonzero(np.abs(signs @ sums) >= observed - 1e-9))
    between = interval([float(100 * d) for d in differences], groups, seed)
    return Comparison(100 * float(differences.mean()), between, (extreme + 1) / (_PERMUTATIONS + 1))


def _resamples(count: int, seed: int) -> Iterable[NDArray[np.int64]]:
    """How often each of `count` clusters was drawn, of shape (resamples, count), in several parts."""
    chance = np.random.default_rng(seed)
    for _ in range(_RESAMPLES // _AT_ONCE):
        yield chance.multinomial(count, np.full(count, 1 / count), size=_AT_ONCE)


def exact_match(prediction: str, accepted: Sequence[str]) -> float:
    """1 if the prediction equals an accepted answer after normalisation, else 0. Rajpurkar et al. 2016, section 6.1.

    No accepted answer means that the question has none: then only an empty prediction is right.
    """
    return max(float(normalize(prediction) == normalize(answer)) for answer in accepted or [""])


def f1(prediction: str, accepted: Sequence[str]) -> float:
    """The best word overlap with an accepted answer, 0 to 1. Rajpurkar et al. 2016, section 6.1."""
    return max(_f1(normalize(prediction).split(), normalize(answer).split()) for answer in accepted or [""])


def _f1(predicted: list[str], gold: list[str]) -> float:
    if not predicted or not gold:
        return float(predicted == gold)
    common = sum((Counter(predicted) & Counter(gold)).values())
    return 2 * common / (len(predicted) + len(gold))


def _part(each: Sequence[tuple[float, float]]) -> PartScores | None:
    if not each:
        return None
    return PartScores(
        100 * sum(exact for exact, _ in each) / len(each),
        100 * sum(overlap for _, overlap in each) / len(each),
        len(each),
    )
