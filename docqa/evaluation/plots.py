"""What an examination measured, as pictures."""

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
    """Write PNGs into `folder` and return them; the ROC is left out where no question, or every one, has an answer.

    `risk-coverage.png`: the share of the answers that is wrong, against the share of the questions that is answered.
    `reliability.png`: how often answers of a probability are right. `roc.png`: the share of the answerable questions
    that is answered, against that of the unanswerable ones. Raises `OSError`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn = [_risk(folder, predictions, pairs, threshold), _reliability(folder, predictions, pairs)]
    return [*drawn, *_roc(folder, predictions, pairs)]


@contextmanager
def _of_shares(file: Path, title: str, across: str, up: str) -> "Iterator[Axes]":
    with png_axes(file, title, across, up) as axes:
        axes.set(xlim=(0, 1), ylim=(0, 1))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter("{x:.0%}")
        yield axes


def _risk(folder: Path, predictions: Sequence[Prediction], pairs: Sequence[Pair], threshold: float) -> Path:
    file = folder / "risk-coverage.png"
    every = sorted({prediction.probability for prediction in predictions if prediction.text})
    rows = [row for row in metrics.coverage(predictions, pairs, every) if row.right is not None]
    with _of_shares(file, "Risk and coverage", "questions answered", "answers that are wrong") as axes:
        axes.plot([row.answered for row in rows], [1 - (row.right or 0) for row in rows])
        (here,) = metrics.coverage(predictions, pairs, [threshold])
        if here.right is not None:
            axes.plot(here.answered, 1 - here.right, "o", label=f"threshold {threshold:.0%}")
            axes.legend()
    return file


def _reliability(folder: Path, predictions: Sequence[Prediction], pairs: Sequence[Pair]) -> Path:
    file = folder / "reliability.png"
    bins = calibration.bins([one.probability for one in predictions], metrics.right(predictions, pairs))
    with _of_shares(file, "Reliability", "probability shown", "answers that are right") as axes:
        axes.plot([0, 1], [0, 1], "--", color="grey", label="perfectly calibrated")
        axes.plot([one.probability for one in bins], [one.right for one in bins], "o-", label="ten bins of equal count")
        axes.legend()
    return file


def _roc(folder: Path, predictions: Sequence[Prediction], pairs: Sequence[Pair]) -> list[Path]:
    from sklearn.metrics import roc_curve

    area = metrics.auroc(predictions, pairs)
    if area is None:
        return []
    file = folder / "roc.png"
    answerable = [bool(pair.answers) for pair in pairs]
    wrongly, rightly, _ = roc_curve(answerable, [prediction.probability for prediction in predictions])
    across, up = "unanswerable questions answered", "answerable questions answered"
    with _of_shares(file, f"Abstention: AUROC {area:.3f}", across, up) as axes:
        axes.plot([0, 1], [0, 1], "--", color="grey")
        axes.plot(wrongly, rightly)
    return [file]
