"""Every figure of one examination, with its interval (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

from docqa.datasets.pair import Pair
from docqa.evaluation import calibration, metrics
from docqa.evaluation.metrics import Prediction

_RANKS = (1, 2, 3, 5, 8, 10, 20)
_THRESHOLDS = tuple(tenth / 10 for tenth in range(1, 10))


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure with its 95% interval, None where chance can't be told."""

    value: float
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """Every figure of one examination. None, or nothing, stands where a figure can't be computed.

    `scores` are the official ones of what was shown: of every best answer where all questions have one, else with
    abstention below `threshold`. `answerable` is of the best answers to the questions that have one, whatever their
    probability. Percentages are 0 to 100; shares, probabilities and AUROC 0 to 1.
    """

    reader: str
    questions: int
    drawn_in: str
    threshold: float
    scores: metrics.Scores
    exact: Figure
    f1: Figure
    answerable: metrics.PartScores | None
    best_exact: metrics.BestThreshold | None
    best_f1: metrics.BestThreshold | None
    auroc: Figure | None
    coverage: tuple[metrics.CoverageRow, ...]
    calibration_error: float
    recall: dict[int, float]
    outcomes: dict[metrics.QuestionOutcome, int]
    failures: dict[str, str]
    seconds: float

    @property
    def questions_per_second(self) -> float:
        """Questions asked in a second."""
        return self.questions / self.seconds if self.seconds else 0.0


def make_report(
    predictions: Sequence[Prediction], pairs: Sequence[Pair], reader: str, threshold: float
) -> EvaluationReport:
    """Judge `predictions[i]` as the answer to `pairs[i]`. `threshold` is the probability below which docqa abstains."""
    asked = [pair for pair in pairs if pair.answers]
    abstains = len(asked) < len(pairs)
    at = threshold if abstains else 0.0
    drawn_in, groups = metrics.clusters(pairs)
    each = metrics.exact_and_f1(metrics.shown(predictions, at), pairs)
    scores = metrics.scores(predictions, pairs, at)
    best_exact, best_f1 = metrics.best_thresholds(predictions, pairs) if abstains else (None, None)
    area = metrics.auroc(predictions, pairs)
    counted = metrics.outcomes(predictions, pairs, threshold)
    return EvaluationReport(
        reader=reader,
        questions=len(pairs),
        drawn_in=drawn_in,
        threshold=threshold,
        scores=scores,
        exact=Figure(scores.exact, metrics.interval([100 * exact for exact, _ in each], groups)),
        f1=Figure(scores.f1, metrics.interval([100 * overlap for _, overlap in each], groups)),
        answerable=metrics.scores(predictions, pairs).has_answer,
        best_exact=best_exact,
        best_f1=best_f1,
        auroc=None if area is None else Figure(area, metrics.interval_of_auroc(predictions, pairs, groups)),
        coverage=tuple(metrics.coverage(predictions, pairs, sorted({*_THRESHOLDS, threshold}))),
        calibration_error=calibration.expected_error(
            [prediction.probability for prediction in predictions], metrics.right(predictions, pairs)
        ),
        recall=metrics.recall_at(predictions, _RANKS),
        outcomes={outcome: counted.count(outcome) for outcome in metrics.QuestionOutcome},
        failures={prediction.id: prediction.failure for prediction in predictions if prediction.failure},
        seconds=sum(prediction.seconds for prediction in predictions),
    )
