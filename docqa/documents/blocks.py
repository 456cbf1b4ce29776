"""The structure of a document's text: blocks of several kinds, and tables with their cells.

Spans are offsets in `Document.text`. Arrays, not objects: a document of 3,000 pages has 60,000 blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

# For types only: worker processes import this package, and numpy would double their start.
if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

BLOCK_KINDS = (
    "paragraph",
    "heading",
    "list_item",
    "table",
    "caption",
    "footnote",
    "code",
    "formula",
    "aside",  # A paragraph of a side box.
    "field",  # The label of a form with its value.
    "note",  # A comment that somebody attached to the page.
    "figure",  # A label inside a picture or chart.
    "contents",  # An entry of a table of contents.
    "header",
    "footer",
    "watermark",
    "line_number",
    "unreadable",  # A line whose letters are not those that the page shows.
)
"""The kinds of blocks. Only append: `Blocks.kinds` are indices, and they are stored."""

APART = frozenset(
    {"footnote", "note", "figure", "contents", "header", "footer", "watermark", "line_number", "unreadable"}
)
"""The kinds that are set apart from the running text where a document is shown."""


class Block(NamedTuple):
    """One block: a kind of `BLOCK_KINDS`, its span, and its level: of a heading or list item, 0 is outermost."""

    kind: str
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of a document, sorted by offset, not overlapping. Four parallel arrays of shape (blocks,).

    `kinds` are indices of `BLOCK_KINDS`.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    levels: NDArray[np.uint8]

    @classmethod
    def of(cls, blocks: list[Block]) -> Blocks:
        """Pack blocks, sorted by offset."""
        import numpy as np

        ordered = sorted(blocks, key=lambda block: block.start)
        return cls(
            np.array([block.start for block in ordered], dtype=np.int64),
            np.array([block.end for block in ordered], dtype=np.int64),
            np.array([BLOCK_KINDS.index(block.kind) for block in ordered], dtype=np.uint8),
            np.array([min(block.level, 255) for block in ordered], dtype=np.uint8),
        )

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: int) -> Block:
        kind = BLOCK_KINDS[int(self.kinds[index])]
        return Block(kind, int(self.starts[index]), int(self.ends[index]), int(self.levels[index]))

    def __iter__(self) -> Iterator[Block]:
        return (self[index] for index in range(len(self)))

    def at(self, offset: int) -> Block | None:
        """The block that contains `offset`, None between blocks."""
        index = int(self.starts.searchsorted(offset, side="right")) - 1
        return self[index] if index >= 0 and offset < self.ends[index] else None


class Cell(NamedTuple):
    """One cell of a table: its span, and its position from 0. A cell may span several rows or columns."""

    start: int
    end: int
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table. Its rows are lines of the text, with two spaces between cells; empty cells are in neither.

    The first `header_rows` rows have the columns' headings, the first `header_columns` columns the rows'.
    """

    start: int
    end: int
    header_rows: int
    header_columns: int
    cells: tuple[Cell, ...]
    """Sorted by offset. Those of one row follow each other."""

    @property
    def row_count(self) -> int:
        """Number of rows, empty ones included."""
        return max((cell.row + cell.row_span for cell in self.cells), default=0)

    @property
    def column_count(self) -> int:
        """Number of columns, empty ones included."""
        return max((cell.column + cell.column_span for cell in self.cells), default=0)

    def cell_at(self, offset: int) -> Cell | None:
        """The cell that contains `offset`, None between cells."""
        return next((cell for cell in self.cells if cell.start <= offset < cell.end), None)

    def row_headings(self, cell: Cell) -> list[Cell]:
        """The cells that name a cell's row, left to right. A header cell has none."""
        if cell.column < self.header_columns:
            return []
        return [
            other
            for other in self.cells
            if other.column < self.header_columns and other.row <= cell.row < other.row + other.row_span
        ]

    def column_headings(self, cell: Cell) -> list[Cell]:
        """The cells that name a cell's column, from the top down. A header cell has none."""
        if cell.row < self.header_rows:
            return []
        return [
            other
            for other in self.cells
            if other.row < self.header_rows
            and other.column < cell.column + cell.column_span
            and cell.column < other.column + other.column_span
        ]

    def grid(self, text: str) -> list[list[str]]:
        """The cells' texts by row and column: "" where a cell is empty, repeated where it spans several."""
        grid = [[""] * self.column_count for _ in range(self.row_count)]
        for cell in self.cells:
            for row in range(cell.row, cell.row + cell.row_span):
                for column in range(cell.column, cell.column + cell.column_span):
                    grid[row][column] = text[cell.start : cell.end]
        return grid
