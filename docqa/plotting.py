"""Plots in PNG files, drawn without a display."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from docqa.files import write_export

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@contextmanager
def png_axes(
    file: Path, title: str, x_label: str, y_label: str, inches: tuple[float, float] = (5, 5)
) -> "Iterator[Axes]":
    """Axes to draw on; the file is written when the context ends. Raises `OSError`."""
    # pyplot would look for a display.
    from matplotlib.figure import Figure

    figure = Figure(figsize=inches, dpi=120, layout="constrained")
    axes = figure.add_subplot(title=title, xlabel=x_label, ylabel=y_label)
    axes.grid(alpha=0.3)
    yield axes
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    write_export(file, drawn.getvalue())
