"""A diagram in a PNG file, drawn without a display."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@contextmanager
def png_axes(file: Path, title: str, across: str, up: str, inches: tuple[float, float] = (5, 5)) -> "Iterator[Axes]":
    """Axes to draw on; the file is written at the end. Raises `OSError`."""
    # Not pyplot, which would look for a display.
    from matplotlib.figure import Figure

    figure = Figure(figsize=inches, dpi=120, layout="constrained")
    axes = figure.add_subplot(title=title, xlabel=across, ylabel=up)
    axes.grid(alpha=0.3)
    yield axes
    figure.savefig(file)
