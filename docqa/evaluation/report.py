"""The report of one evaluation: every figure with its confidence interval (pure)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docqa.datasets.pair import Pair
from docqa.evaluation import metrics
from docqa.evaluation.metrics import Prediction
from docqa.evaluation.significance import Comparison, Interval, clusters, compare, interval_of, interval_of_mean
from docqa.extensions import METRICS, Metric, resolve

_RECALL_RANKS = (1, 2, 3, 5, 8, 12, 20)
_THRESHOLDS = tuple(tenth / 10 for tenth in range(1, 10))


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric's value and its 95% interval, None if there is none. `label` and `digits` are the metric's."""

    label: str
    value: float
    interval: Interval | None
    digits: int


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """Every figure of one evaluation. Figures that can't be computed are None or missing.

    `figures` are the registered metrics by name. `scores` are the official ones of the shown answers: every best answer
    if all questions have one, otherwise with abstention below `threshold`. `answerable` scores the best answers to the
    answerable questions, whatever their probability. Percentages are 0 to 100, shares and probabilities 0 to 1.
    """

    reader: str
    questions: int
    resampling_unit: str
    threshold: float
    scores: metrics.Scores
    figures: dict[str, Figure]
    answerable: metrics.PartScores | None
    best_exact: metrics.BestThreshold | None
    best_f1: metrics.BestThreshold | None
    coverage: tuple[metrics.CoverageRow, ...]
    recall: dict[int, float]
    outcomes: dict[metrics.QuestionOutcome, int]
    failures: dict[str, str]
    seconds: float

    @property
    def questions_per_second(self) -> float:
        """Throughput."""
        return self.questions / self.seconds if self.seconds else 0.0

    def as_dict(self) -> dict[str, Any]:
        """The object that `docqa eval --json` prints (docs/evaluation.md), without figures that can't be computed."""
        facts = asdict(self)
        figures = {name: {"value": figure.value, "interval": figure.interval} for name, figure in self.figures.items()}
        del facts["figures"]
        facts["metrics"] = figures
        for name in ("exact", "f1", "auroc"):
            facts[name] = figures.get(name)
        facts["calibration_error"] = figures["calibration_error"]["value"] if "calibration_error" in figures else None
        facts["drawn_in"] = facts.pop("resampling_unit")
        facts["questions_per_second"] = self.questions_per_second
        known: dict[str, Any] = _known(facts)
        return known


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _known(item) for key, item in value.items() if item is not None and item != {}}
    return [_known(item) for item in value] if isinstance(value, list | tuple) else value


def make_report(
    predictions: Sequence[Prediction], pairs: Sequence[Pair], reader: str, threshold: float
) -> EvaluationReport:
    """Score `predictions[i]` as the answer to `pairs[i]`. docqa abstains below `threshold`, a probability."""
    abstains = _abstains(pairs)
    effective = _effective_threshold(pairs, threshold)
    resampling_unit, groups = clusters(pairs)
    best_exact, best_f1 = metrics.best_thresholds(predictions, pairs) if abstains else (None, None)
    outcomes = metrics.outcomes(predictions, pairs, threshold)
    figures = {metric.name: _figure(metric, predictions, pairs, effective, groups) for metric in _metrics()}
    return EvaluationReport(
        reader=reader,
        questions=len(pairs),
        resampling_unit=resampling_unit,
        threshold=threshold,
        scores=metrics.scores(predictions, pairs, effective),
        figures={name: figure for name, figure in figures.items() if figure is not None},
        answerable=metrics.scores(predictions, pairs).has_answer,
        best_exact=best_exact,
        best_f1=best_f1,
        coverage=tuple(metrics.coverage(predictions, pairs, sorted({*_THRESHOLDS, threshold}))),
        recall=metrics.recall_at(predictions, _RECALL_RANKS),
        outcomes={outcome: outcomes.count(outcome) for outcome in metrics.QuestionOutcome},
        failures={prediction.id: prediction.failure for prediction in predictions if prediction.failure},
        seconds=sum(prediction.seconds for prediction in predictions),
    )


def compare_readers(
    first: tuple[Sequence[Prediction], float], second: tuple[Sequence[Prediction], float], pairs: Sequence[Pair]
) -> dict[str, Comparison]:
    """Compare two readers' predictions for the same pairs, each with its threshold, by every per-question metric."""
    _, groups = clusters(pairs)
    differences = {}
    for metric in _metrics():
        values = [
            resolve(metric.compute)(predictions, pairs, _effective_threshold(pairs, threshold))
            for predictions, threshold in (first, second)
        ]
        if all(np.ndim(value) for value in values):
            differences[metric.name] = compare(values[0], values[1], groups)
    return differences


def _metrics() -> list[Metric]:
    return [METRICS.get(name) for name in METRICS.names()]


def _abstains(pairs: Sequence[Pair]) -> bool:
    return not all(pair.answers for pair in pairs)


def _effective_threshold(pairs: Sequence[Pair], threshold: float) -> float:
    """If every question has an answer, the best one counts whatever its probability, as in SQuAD v1.1."""
    return threshold if _abstains(pairs) else 0.0


def _figure(
    metric: Metric,
    predictions: Sequence[Prediction],
    pairs: Sequence[Pair],
    threshold: float,
    groups: NDArray[np.int64],
) -> Figure | None:
    compute = resolve(metric.compute)
    value = compute(predictions, pairs, threshold)
    if value is None:
        return None
    if np.ndim(value):
        return Figure(metric.label, float(np.mean(value)), interval_of_mean(value, groups), metric.digits)

    def resampled(indexes: NDArray[np.int64]) -> float | None:
        numbers = indexes.tolist()
        figure: float | None = compute([predictions[i] for i in numbers], [pairs[i] for i in numbers], threshold)
        return figure

    interval = interval_of(resampled, groups) if metric.resampled else None
    return Figure(metric.label, float(value), interval, metric.digits)
