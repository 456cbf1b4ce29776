"""The lines of a page, as layout sees them, and those that belong together."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_SAMPLE = 40  # Pages that tell the size of the text.

CellLines = tuple[int, int, int, tuple[tuple[str, bool], ...]]
"""Column, rows and columns that a cell spans, and its lines, each with whether a hyphen was removed at its end."""


class LayoutLine(NamedTuple):
    """One visual line, or one row of a table. A plain tuple: worker processes send thousands."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    hyphen: bool
    cells: int
    """1 for running text, more where gaps divide it."""
    page: int
    number: int
    right: float
    """Right edge of the column that the line is in."""
    left: float = 0.0
    """Left edge of the column that the line is in."""
    region: int = 0
    """Number of the column on its page, in reading order."""
    bold: bool = False
    fixed_pitch: bool = False
    style: str = ""
    """Font and colour, "" if there are several."""
    begins: bool = False
    """Whether a footnote begins with it."""
    kind: str = ""
    """Its kind of block if that is known from the page alone, else ""."""
    row: int = 0
    """Row of the table, from 0."""
    header_rows: int = 0
    header_columns: int = 0
    row_cells: tuple[CellLines, ...] = ()
    """The cells of a table's row, from the left; or those of a line, of which no column has one if the gap is wide."""

    @property
    def id(self) -> tuple[int, int]:
        """Page and number: unique in a document."""
        return self.page, self.number


@dataclass(slots=True)
class LineBlock:
    """Lines that belong together. `glue[i]`, a space or a newline, is between line i and i + 1."""

    kind: str
    lines: list[LayoutLine]
    glue: list[str] = field(default_factory=list)
    level: int = 0

    @property
    def text(self) -> str:
        """The text of all lines, without regard to hyphens."""
        return " ".join(line.text for line in self.lines)


def in_one_column(a: LayoutLine, b: LayoutLine) -> bool:
    """Whether two lines are in the same column of the same page."""
    return a.page == b.page and a.region == b.region


def is_right_below(above: LayoutLine, below: LayoutLine, distance: float) -> bool:
    """Whether a line is below another one in its column, less than `distance` points away."""
    return in_one_column(above, below) and 0 < below.top - above.top < distance


def differ(style: str, other: str) -> bool:
    """Whether two styles are known, and not the same."""
    return style != other and bool(style and other)


def body_size(pages: Sequence[list[LayoutLine]]) -> float:
    """The usual height of the type of some pages, in points: that of most letters, within a fifth of a point."""
    letters: dict[float, int] = defaultdict(int)  # Of few different sizes.
    for on_page in pages[:: len(pages) // _SAMPLE + 1]:
        for line in on_page:
            if line.kind != "note":
                letters[line.size] += len(line.text)
    weights: Counter[int] = Counter()
    for size, count in letters.items():
        weights[round(size * 10)] += count
    return max(weights, key=lambda size: sum(weights[size + i] for i in (-2, -1, 0, 1, 2)), default=100) / 10
