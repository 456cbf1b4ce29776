"""Plots of evaluation results."""

from pathlib import Path

from docqa.datasets import Gold, Pair
from docqa.evaluation.metrics import Prediction
from docqa.evaluation.plots import draw_plots

PNG = b"\x89PNG\r\n\x1a\n"


def test_the_pictures_are_png_and_the_roc_needs_questions_of_both_kinds(tmp_path: Path) -> None:
    pairs = [Pair(str(n), "Who?", "", (Gold("fox", -1),) if n % 2 else ()) for n in range(30)]
    predictions = [Prediction(str(n), "fox" if n % 3 else "dog", n / 30) for n in range(30)]
    drawn = draw_plots(predictions, pairs, 0.3, tmp_path / "new" / "plots")
    assert [file.name for file in drawn] == ["risk-coverage.png", "reliability.png", "roc.png"]
    assert all(file.read_bytes().startswith(PNG) for file in drawn)
    answerable = [(one, pair) for one, pair in zip(predictions, pairs, strict=True) if pair.answers]
    drawn = draw_plots([one for one, _ in answerable], [pair for _, pair in answerable], 1.0, tmp_path / "more")
    assert [file.name for file in drawn] == ["risk-coverage.png", "reliability.png"]
