"""The loss curve, as a PNG and as a plot in the terminal."""

from collections.abc import Sequence
from pathlib import Path

from docqa.plotting import png_axes

LossCurve = Sequence[tuple[int, float]]
"""Points (step, loss) in order; each loss is the mean since the previous point."""


def save_png(curve: LossCurve, file: Path, title: str) -> None:
    """Draw the curve to a PNG file."""
    steps, losses = zip(*curve, strict=True)
    with png_axes(file, title, "step", "loss", (7, 4)) as axes:
        axes.plot(steps, losses, color="0.75", linewidth=1)
        axes.plot(steps, smooth(losses), color="tab:blue", linewidth=2)
        axes.set_ylim(bottom=0)


def as_text(curve: LossCurve, width: int = 64, height: int = 12) -> str:
    """Return the curve as a plot of braille dots, without colours. `width` and `height` are in cells."""
    import plotext

    steps, losses = zip(*curve, strict=True)
    plotext.clear_figure()
    plotext.plot_size(width, height)
    plotext.theme("clear")
    plotext.plot(steps, smooth(losses), marker="braille")
    plotext.xlabel("step")
    plotext.title("loss")
    return str(plotext.uncolorize(plotext.build()))


def smooth(losses: Sequence[float]) -> list[float]:
    """Return the exponential moving average, corrected for its start: single batches are noisy."""
    smoothed, total, weight = [], 0.0, 0.0
    keep = 1 - 1 / max(1.0, len(losses) / 40)
    for loss in losses:
        total = keep * total + loss
        weight = keep * weight + 1
        smoothed.append(total / weight)
    return smoothed
