"""Calibration: evidence to probabilities that mean what they say, and the threshold chosen from them (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from docqa import __version__
from docqa.answers import Calibration
from docqa.models.metadata import CalibrationOrigin

FEWEST = 20
"""Questions below which nothing is fitted."""

BINS = 10

_ROUNDS = 4
_FOLDS = 5
_FEWEST_SHOWN = 10  # Answers that a precision has to be of, to be the best one reachable.
_STEP = 0.01  # Thresholds that are tried: finer ones mean nothing to a person, and fit noise.

# How far scale, prior and bias may be expected to be from those of the reader that ships: the standard deviations of a
# Gaussian prior. A few hundred questions outweigh it; a few dozen can't lead away from it where they say little.
_SPREAD = np.array([0.1, 0.15, 1.0])


@dataclass(frozen=True, slots=True)
class ScoredSpan:
    """A span that could be the answer to a question: its score above the null, its window's z, whether it is right."""

    score: float
    z: float
    right: bool


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Answers of like probability: their mean probability, the share of them that is right, and their number."""

    probability: float
    right: float
    count: int


@dataclass(frozen=True, slots=True)
class CalibrationFit:
    """What came of fitting a calibration.

    `questions` were fitted on, `right` of which have a right best answer. `error_before` is the expected calibration
    error of the calibration there was, `error_after` of the new one, on questions that it was not fitted on (five
    folds); both 0 to 1. `precision` is the share of the answers shown at the new threshold that are right, None where
    none is shown, and `shown` the share of the questions that get one. `wanted` is the precision that was asked for;
    `reached` is False where no threshold gives it. `kept` says why the old calibration was kept, "" where it was not.
    """

    before: Calibration
    calibration: Calibration
    questions: int
    right: int
    error_before: float
    error_after: float
    precision: float | None
    shown: float
    wanted: float | None = None
    reached: bool = True
    kept: str = ""

    def origin(self) -> CalibrationOrigin:
        """The record of this fit for docqa.json."""
        return CalibrationOrigin(
            questions=self.questions,
            right=self.right,
            error_before=round(self.error_before, 4),
            error_after=round(self.error_after, 4),
            kept=self.kept,
            docqa=__version__,
        )


def expected_error(probabilities: Sequence[float], right: Sequence[bool]) -> float:
    """The expected calibration error, 0 to 1, over ten bins of equal count. Guo et al. 2017, section 2."""
    total = len(probabilities)
    return sum(one.count / total * abs(one.probability - one.right) for one in bins(probabilities, right))


def bins(probabilities: Sequence[float], right: Sequence[bool]) -> list[ReliabilityBin]:
    """Answers in ten bins of equal count, by probability; fewer where there are fewer answers."""
    probability, correct = np.asarray(probabilities, dtype=float), np.asarray(right, dtype=float)
    parts = np.array_split(np.argsort(probability, kind="stable"), BINS)
    return [
        ReliabilityBin(float(probability[one].mean()), float(correct[one].mean()), len(one))
        for one in parts
        if len(one)
    ]


def fit(
    questions: Sequence[Sequence[ScoredSpan]],
    groups: Sequence[int],
    present: Calibration,
    min_precision: float | None = None,
) -> CalibrationFit:
    """Fit scale, prior and bias by logistic regression to what each question's best span was worth.

    `questions[i]` are the spans that question i found, in any order; of each the calibration's own favourite counts,
    and since fitting changes who that is, it is done over till nothing changes. `groups[i]` is the question's
    document: the error after is measured on documents apart. The regression is drawn towards `present`. The threshold
    stays as it is, unless `min_precision` is given: then it is the lowest at which at least that share of the answers
    shown is right. With fewer than `FEWEST` questions, or with right or wrong answers only, `present` is kept.
    """
    asked = [spans for spans in questions if spans]
    numbers = np.array([group for group, spans in zip(groups, questions, strict=True) if spans])
    before = _favourites(asked, present)
    probability, correct = _probabilities(before, present), [span.right for span in before]
    error = expected_error(probability, correct) if asked else 0.0
    kept = ""
    if len(asked) < FEWEST:
        kept = f"{len(asked)} questions are too few to fit on: it takes {FEWEST}"
    elif len(set(correct)) < 2:
        kept = f"all the best answers are {'right' if correct[0] else 'wrong'}: nothing tells one from the other"
    fitted, error_after = present, error
    if not kept:
        fitted = _fit(asked, present)
        error_after = _error_apart(asked, numbers, present)
        before = _favourites(asked, fitted)
        probability, correct = _probabilities(before, fitted), [span.right for span in before]
    reached = True
    # A threshold from a handful of answers would be chance as well, and one from right answers only would be 0.
    if min_precision is not None and not kept:
        threshold, reached = threshold_for(probability, correct, min_precision)
        fitted = replace(fitted, threshold=threshold)
    shown = [one for one, p in zip(correct, probability, strict=True) if p >= fitted.threshold]
    return CalibrationFit(
        before=present,
        calibration=fitted,
        questions=len(asked),
        right=sum(correct),
        error_before=error,
        error_after=error_after,
        precision=sum(shown) / len(shown) if shown else None,
        shown=len(shown) / len(asked) if asked else 0.0,
        wanted=min_precision,
        reached=reached,
        kept=kept,
    )


def threshold_for(probabilities: Sequence[float], right: Sequence[bool], precision: float) -> tuple[float, bool]:
    """The lowest threshold at which at least this share of the answers shown is right, and whether there is one.

    Where there is none, the threshold with the highest share among those that show ten answers or more.
    """
    probability, correct = np.asarray(probabilities, dtype=float), np.asarray(right, dtype=float)
    best = (-1.0, 0.0)
    for threshold in np.arange(0, 1, _STEP):
        seen = probability >= threshold
        if np.count_nonzero(seen) < min(_FEWEST_SHOWN, len(correct)):
            break
        share = float(correct[seen].mean())
        if share >= precision:
            return round(float(threshold), 2), True
        best = max(best, (share, round(float(threshold), 2)), key=lambda one: one[0])
    return best[1], False


def _favourites(questions: Sequence[Sequence[ScoredSpan]], calibration: Calibration) -> list[ScoredSpan]:
    return [max(spans, key=lambda span: calibration.probability(span.score, span.z)) for spans in questions]


def _probabilities(spans: Sequence[ScoredSpan], calibration: Calibration) -> list[float]:
    return [calibration.probability(span.score, span.z) for span in spans]


def _fit(questions: Sequence[Sequence[ScoredSpan]], present: Calibration) -> Calibration:
    fitted = present
    for _ in range(_ROUNDS):
        earlier, fitted = fitted, _regress(_favourites(questions, fitted), present)
        if earlier == fitted:
            break
    return fitted


def _regress(spans: Sequence[ScoredSpan], present: Calibration) -> Calibration:
    """Logistic regression with a Gaussian prior around `present`, scale and prior kept from being negative."""
    from scipy.optimize import minimize

    features = np.array([(span.score, span.z, 1.0) for span in spans])
    signs = np.where([span.right for span in spans], 1.0, -1.0)
    centre = np.array([present.scale, present.prior, present.bias])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins = signs * (features @ weights)
        pull = (weights - centre) / _SPREAD
        value = np.logaddexp(0, -margins).sum() + pull @ pull / 2
        slope = -(features * (signs * np.exp(-np.logaddexp(0, margins)))[:, None]).sum(axis=0) + pull / _SPREAD
        return float(value), slope

    # A reader whose better scores were worse answers would be no reader; the bounds keep noise from saying so.
    bounds = [(0.01, None), (0.0, None), (None, None)]
    found = minimize(loss, np.maximum(centre, [0.01, 0.0, -np.inf]), jac=True, method="L-BFGS-B", bounds=bounds)
    scale, prior, bias = (round(float(weight), 4) for weight in found.x)
    return replace(present, scale=scale, prior=prior, bias=bias)


def _error_apart(questions: Sequence[Sequence[ScoredSpan]], groups: NDArray[np.int64], present: Calibration) -> float:
    """The calibration error of fits on four fifths of the documents, each measured on the last fifth."""
    numbers, inverse = np.unique(groups, return_inverse=True)
    folds = inverse % _FOLDS if len(numbers) >= _FOLDS else np.arange(len(questions)) % _FOLDS
    probabilities: list[float] = []
    correct: list[bool] = []
    for fold in range(_FOLDS):
        inside = [spans for spans, of in zip(questions, folds, strict=True) if of != fold]
        outside = [spans for spans, of in zip(questions, folds, strict=True) if of == fold]
        fitted = _fit(inside, present)
        favourites = _favourites(outside, fitted)
        probabilities += _probabilities(favourites, fitted)
        correct += [span.right for span in favourites]
    return expected_error(probabilities, correct)
