"""The figures of an evaluation as PNG plots."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from docqa.datasets.pair import Pair
from docqa.evaluation import calibration, metrics
from docqa.evaluation.metrics import Prediction
from docqa.plotting import png_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_plots(predictions: Sequence[Prediction], pairs: Sequence[Pair], threshold: float, folder: Path) -> list[Path]:
    """Write plots into `folder` and return their files.

    `risk-coverage.png`: the share of wrong answers against the share of answered questions. `reliability.png`: the
    share of right answers against their probability. `roc.png`, only if there are answerable and unanswerable
    questions: the share of the former that is answered against that of the latter. Raises `OSError`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = [_risk_coverage(folder, predictions, pairs, threshold), _reliability(folder, predictions, pairs)]
    return [*files, *_roc(folder, predictions, pairs)]


@contextmanager
def _share_axes(file: Path, title: str, x_label: str, y_label: str) -> "Iterator[Axes]":
    with png_axes(file, title, x_label, y_label) as axes:
        axes.set(xlim=(0, 1), ylim=(0, 1))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter("{x:.0%}")
        yield axes


def _risk_coverage(folder: Path, predictions: Sequence[Prediction], pairs: Sequence[Pair], threshold: float) -> Path:
    file = folder / "risk-coverage.png"
    thresholds = sorted({prediction.probability for prediction in predictions if prediction.text})
    rows = [row for row in metrics.coverage(predictions, pairs, thresholds) if row.right is not None]
    with _share_axes(file, "Risk and coverage", "questions answered", "wrong answers") as axes:
        axes.plot([row.answered for row in rows], [1 - (row.right or 0) for row in rows])
        (current,) = metrics.coverage(predictions, pairs, [threshold])
        if current.right is not None:
            axes.plot(current.answered, 1 - current.right, "o", label=f"threshold {threshold:.0%}")
            axes.legend()
    return file


def _reliability(folder: Path, predictions: Sequence[Prediction], pairs: Sequence[Pair]) -> Path:
    file = folder / "reliability.png"
    bins = calibration.bins([one.probability for one in predictions], metrics.right(predictions, pairs))
    with _share_axes(file, "Reliability", "probability", "right answers") as axes:
        axes.plot([0, 1], [0, 1], "--", color="grey", label="perfectly calibrated")
        axes.plot([one.probability for one in bins], [one.right for one in bins], "o-", label="ten bins of equal size")
        axes.legend()
    return file


def _roc(folder: Path, predictions: Sequence[Prediction], pairs: Sequence[Pair]) -> list[Path]:
    from sklearn.metrics import roc_curve

    area = metrics.auroc(predictions, pairs)
    if area is None:
        return []
    file = folder / "roc.png"
    answerable = [bool(pair.answers) for pair in pairs]
    false_positives, true_positives, _ = roc_curve(answerable, [prediction.probability for prediction in predictions])
    x_label, y_label = "unanswerable questions answered", "answerable questions answered"
    with _share_axes(file, f"Abstention: AUROC {area:.3f}", x_label, y_label) as axes:
        axes.plot([0, 1], [0, 1], "--", color="grey")
        axes.plot(false_positives, true_positives)
    return [file]
