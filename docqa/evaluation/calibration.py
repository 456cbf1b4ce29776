"""Calibration: fit probabilities to how often answers are right, and choose a threshold (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from docqa import __version__
from docqa.candidate_features import FEATURES
from docqa.choice import ChoiceModel
from docqa.evaluation.curve_fitting import fit_curves
from docqa.models.metadata import CalibrationOrigin
from docqa.ranking import Candidate, ScoredCandidate

MIN_QUESTIONS = 20
"""With fewer questions nothing is fitted."""

BINS = 10

_FITTED = 5  # Candidates of a question that the curves are fitted to: the others are hopeless.
_LATER = 0.2  # Weight of those after the second.
_FOLDS = 5
_MIN_SHOWN = 10  # Answers that a precision must be based on to count as the best reachable one.
_THRESHOLD_STEP = 0.01  # A finer step would fit noise.


@dataclass(frozen=True, slots=True)
class LabeledCandidate:
    """A span that was found for a question, its features by name, and whether it answers it."""

    candidate: Candidate
    features: Mapping[str, float]
    right: bool

    @classmethod
    def of(cls, scored: ScoredCandidate, right: bool) -> "LabeledCandidate":
        """A scored candidate with its label."""
        return cls(scored.candidate, dict(zip(scored.evidence.names, scored.evidence.values, strict=True)), right)


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Answers with similar probabilities: their mean probability, the share that is right, and their number."""

    probability: float
    right: float
    count: int


@dataclass(frozen=True, slots=True)
class CalibrationFit:
    """The result of fitting a calibration.

    `questions` were measured on, which are those of the fit unless there is a half for each; the best answer to `right`
    of them is right. `error_before` is the expected calibration error of the previous calibration, `error_after` that
    of the new one on held-out questions (the other half, or five folds); both 0 to 1. `precision` is the share of the
    answers shown at the new threshold that are right, None if none is shown; `shown` is the share of the questions that
    get an answer. `wanted` is the requested precision; `reached` is False if no threshold reaches it. `kept` says why
    the previous calibration was kept, "" if it was replaced.
    """

    before: ChoiceModel
    choice: ChoiceModel
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
    """The expected calibration error, 0 to 1, over ten bins of equal size. Guo et al. 2017, section 2."""
    total = len(probabilities)
    return sum(one.count / total * abs(one.probability - one.right) for one in bins(probabilities, right))


def bins(probabilities: Sequence[float], right: Sequence[bool]) -> list[ReliabilityBin]:
    """Answers in ten bins of equal size, by probability; fewer bins for fewer than ten answers."""
    probability, correct = np.asarray(probabilities, dtype=float), np.asarray(right, dtype=float)
    parts = np.array_split(np.argsort(probability, kind="stable"), BINS)
    return [
        ReliabilityBin(float(probability[part].mean()), float(correct[part].mean()), len(part))
        for part in parts
        if len(part)
    ]


def fit(
    questions: Sequence[Sequence[LabeledCandidate]],
    groups: Sequence[int],
    present: ChoiceModel,
    min_precision: float | None = None,
) -> CalibrationFit:
    """Fit the curves of a choice to the best candidates of each question.

    `questions[i]` are the candidates found for question i, in any order. `groups[i]` is the number of the question's
    document: the error after fitting is measured on held-out documents. `present` is what the fit starts from, and few
    questions change it little; one without curves is fitted anew. The threshold stays, unless `min_precision` is given:
    then it is the lowest at which at least that share of the shown answers is right.
    With fewer than `MIN_QUESTIONS` questions, or if all answers are right or all wrong, `present` is kept.
    """
    answered = [candidates for candidates in questions if candidates]
    documents = np.array([group for group, found in zip(groups, questions, strict=True) if found])
    probabilities, correct = _first_ranked(answered, present)
    error = expected_error(probabilities, correct) if answered else 0.0
    kept = ""
    if len(answered) < MIN_QUESTIONS:
        kept = f"fitting needs at least {MIN_QUESTIONS} questions, not {len(answered)}"
    elif len(set(correct)) < 2:
        kept = f"all best answers are {'right' if correct[0] else 'wrong'}, so there is nothing to fit"
    fitted, error_after = present, error
    if not kept:
        fitted = _fit(answered, present)
        error_after = _held_out_error(answered, documents, present)
        probabilities, correct = _first_ranked(answered, fitted)
    # Without a fit, a threshold would be chance, or 0 if all answers are right.
    reached = True
    if min_precision is not None and not kept:
        threshold, reached = threshold_for(probabilities, correct, min_precision)
        fitted = replace(fitted, threshold=threshold)
    report = _report(present, fitted, (error, error_after), probabilities, correct)
    return replace(report, wanted=min_precision, reached=reached, kept=kept)


def measure(fitted: CalibrationFit, questions: Sequence[Sequence[LabeledCandidate]]) -> CalibrationFit:
    """The same fit, measured on other questions than those it was fitted to."""
    answered = [candidates for candidates in questions if candidates]
    errors = tuple(
        expected_error(*_first_ranked(answered, choice)) if answered else 0.0
        for choice in (fitted.before, fitted.choice)
    )
    return replace(
        _report(fitted.before, fitted.choice, errors, *_first_ranked(answered, fitted.choice)), kept=fitted.kept
    )


def _report(
    before: ChoiceModel,
    choice: ChoiceModel,
    errors: tuple[float, ...],
    probabilities: Sequence[float],
    correct: Sequence[bool],
) -> CalibrationFit:
    """A fit with its figures: the errors before and after, and each question's best answer by the new choice."""
    shown = [right for right, p in zip(correct, probabilities, strict=True) if p >= choice.threshold]
    return CalibrationFit(
        before=before,
        choice=choice,
        questions=len(correct),
        right=sum(correct),
        error_before=errors[0],
        error_after=errors[1],
        precision=sum(shown) / len(shown) if shown else None,
        shown=len(shown) / len(correct) if correct else 0.0,
    )


def threshold_for(probabilities: Sequence[float], right: Sequence[bool], precision: float) -> tuple[float, bool]:
    """The lowest threshold at which at least `precision` of the shown answers are right, and whether there is one.

    If there is none, the threshold with the highest precision among those that show at least ten answers.
    """
    probability, correct = np.asarray(probabilities, dtype=float), np.asarray(right, dtype=float)
    best_share, best_threshold = -1.0, 0.0
    for step in np.arange(0, 1, _THRESHOLD_STEP):
        threshold = round(float(step), 2)
        shown = probability >= step
        if np.count_nonzero(shown) < min(_MIN_SHOWN, len(correct)):
            break
        share = float(correct[shown].mean())
        if share >= precision:
            return threshold, True
        if share > best_share:
            best_share, best_threshold = share, threshold
    return best_threshold, False


def _first_ranked(
    questions: Sequence[Sequence[LabeledCandidate]], choice: ChoiceModel
) -> tuple[list[float], list[bool]]:
    """The probability of each question's best candidate, and whether it is right."""
    probabilities, correct = [], []
    for labeled in questions:
        scored = choice.score([one.candidate for one in labeled], _table(labeled))
        best = min(range(len(scored)), key=lambda i: scored[i].sort_key)
        probabilities.append(scored[best].probability)
        correct.append(labeled[best].right)
    return probabilities, correct


def _table(labeled: Sequence[LabeledCandidate]) -> dict[str, NDArray[np.float64]]:
    """The features by name, each of shape (candidates,)."""
    return {name: np.array([one.features[name] for one in labeled], dtype=float) for name in FEATURES}


def _held_out_error(
    questions: Sequence[Sequence[LabeledCandidate]], documents: NDArray[np.int64], present: ChoiceModel
) -> float:
    """The calibration error of fits on four fifths of the documents, each measured on the remaining fifth."""
    numbers, inverse = np.unique(documents, return_inverse=True)
    folds = inverse % _FOLDS if len(numbers) >= _FOLDS else np.arange(len(questions)) % _FOLDS
    probabilities: list[float] = []
    correct: list[bool] = []
    for fold in range(_FOLDS):
        fitted = _fit([one for one, number in zip(questions, folds, strict=True) if number != fold], present)
        held_out = _first_ranked([one for one, number in zip(questions, folds, strict=True) if number == fold], fitted)
        probabilities += held_out[0]
        correct += held_out[1]
    return expected_error(probabilities, correct)


def _fit(questions: Sequence[Sequence[LabeledCandidate]], present: ChoiceModel) -> ChoiceModel:
    """Fit to the candidates with the best scores of each question, the first two of which count most."""
    ranked = [sorted(one, key=lambda each: -each.candidate.score)[:_FITTED] for one in questions]
    flat = [each for one in ranked for each in one]
    weights = np.array([1.0 if place < 2 else _LATER for one in ranked for place in range(len(one))])
    return fit_curves(_table(flat), np.array([each.right for each in flat], dtype=float), weights, present)
