"""Builds the text of a format whose file is not what a reader sees, such as Markdown.

Each piece of text is added with the number of the line of the file that it comes from. `Document.lines` then lead from
the text back to the file: a line of the text that comes from several lines of the file has several `Lines`.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from docqa.documents.blocks import Block, Blocks, Cell, Table
from docqa.documents.document import Document, Lines, Section
from docqa.documents.source import Source

Piece = tuple[str, int]
"""A part of a text without newlines, or "\\n" where a line ends, and the number of its line in the file."""


class RenderedCell(NamedTuple):
    """A cell of a table that is to be added: its text, its column from 0, and how many rows and columns it spans."""

    pieces: list[Piece]
    column: int
    row_span: int = 1
    column_span: int = 1


@dataclass(slots=True)
class _Line:
    start: int
    end: int
    number: int


class RenderedText:
    """A text that grows at its end, with the blocks, tables, breaks and sections in it."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self._parts: list[str] = []
        self._length = 0
        self._lines: list[_Line] = []
        self._line_open = False
        self._newlines = 0
        """At the end of the text."""
        self._blocks: list[Block] = []
        self._tables: list[Table] = []
        self._breaks: list[int] = []

    def __len__(self) -> int:
        return self._length

    @property
    def has_text(self) -> bool:
        """Whether anything was added that is no white space."""
        return any(part.strip() for part in self._parts)

    def add(self, text: str, number: int) -> None:
        """Add text without newlines, from the line `number` of the file. An empty one may stand for an empty line."""
        if not text and self._line_open:
            return
        last = self._lines[-1] if self._lines else None
        if last is not None and self._newlines > 1 and number > last.number + 1:
            # One of the blank lines between blocks is shown, too.
            self._lines.append(_Line(self._length - 1, self._length - 1, last.number + 1))
        self._newlines = 0
        if last is None or not self._line_open or last.number != number:
            lead = len(text) - len(text.lstrip(" ")) if self._line_open else 0
            self._append(text[:lead])
            text = text[lead:]
            self._lines.append(_Line(self._length, self._length, number))
            self._line_open = True
        self._append(text)
        self._lines[-1].end = self._length

    def end_line(self, lines: int = 1) -> None:
        """End the line if there is one, and leave `lines` - 1 lines empty: no answer goes on after it."""
        if self._length:
            if self._line_open:
                self.add_break()
            self._append("\n" * (lines - self._newlines))
            self._newlines = max(lines, self._newlines)
            self._line_open = False

    def add_break(self) -> None:
        """No answer goes on from here."""
        if not self._breaks or self._breaks[-1] != self._length:
            self._breaks.append(self._length)

    def add_block(self, kind: str, start: int, level: int = 0) -> None:
        """Make a block of what was added since `start`, unless that is nothing."""
        if self._length > start:
            self._blocks.append(Block(kind, start, self._length, level))

    def add_pieces(self, pieces: list[Piece]) -> None:
        """Add pieces of text."""
        for text, number in pieces:
            if text == "\n":
                self.end_line()
            else:
                self.add(text, number)

    def add_table(self, rows: list[list[RenderedCell]], header_rows: int) -> None:
        """Add a table: a line for each row, two spaces between cells. Empty cells and rows are left out."""
        start = self._length
        cells: list[Cell] = []
        filled = [row for row in rows if any(cell.pieces for cell in row)]
        header_rows -= sum(row not in filled for row in rows[:header_rows])
        for number, row in enumerate(filled):
            if number:
                self.end_line()
            row_start = self._length
            for cell in row:
                if not cell.pieces:
                    continue
                if self._length > row_start:
                    self.add_break()
                    self._append("  ")
                cell_start = self._length
                for text, line in _in_one_line(cell.pieces):
                    self.add(text, line)
                cells.append(Cell(cell_start, self._length, number, cell.column, cell.row_span, cell.column_span))
        if cells:
            named = sum(cell.column == 0 and cell.row >= header_rows for cell in cells)
            several = any(cell.column > 0 for cell in cells)
            self._tables.append(Table(start, self._length, header_rows, int(named > 1 and several), tuple(cells)))
            self.add_block("table", start)

    def document(self, source: Source, format: str, title: str | None, warnings: tuple[str, ...]) -> Document:
        """The document."""
        text = "".join(self._parts).rstrip("\n")
        lines = [line for line in self._lines if line.end <= len(text)]  # None of the empty ones at the end.
        return Document(
            name=source.name,
            format=format,
            sha256=source.sha256,
            text=text,
            body_end=len(text),
            lines=Lines(
                np.array([line.start for line in lines], dtype=np.int64),
                np.array([line.end for line in lines], dtype=np.int64),
                np.zeros(len(lines), dtype=np.int32),
                np.array([line.number for line in lines], dtype=np.int32),
            ),
            breaks=np.array([offset for offset in self._breaks if offset < len(text)], dtype=np.int64),
            # A paragraph may end with a line break, which the text doesn't.
            blocks=Blocks.of([block._replace(end=min(block.end, len(text))) for block in self._blocks]),
            tables=tuple(self._tables),
            sections=tuple(self.sections),
            title=title,
            warnings=warnings,
        )

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)


def _in_one_line(pieces: list[Piece]) -> list[Piece]:
    """Pieces with a space in place of line ends."""
    joined: list[Piece] = []
    space = False
    for text, number in pieces:
        if text.isspace():
            space = True
            continue
        joined.append((f" {text.lstrip()}" if space and joined else text, number))
        space = False
    return joined
