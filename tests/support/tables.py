"""Documents with blocks and tables, built by hand as the parsers build them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from docqa.documents import Block, Blocks, Cell, Document, Lines, Table
from docqa.documents.document import find_breaks

Spans = Mapping[tuple[int, int], tuple[int, int]]
"""From row and column of a cell to its number of rows and columns."""


@dataclass
class Page:
    """Builds the text of a document block by block. `page` may be raised in between."""

    text: str = ""
    page: int = 1
    blocks: list[Block] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    lines: list[tuple[int, int, int, int]] = field(default_factory=list)
    body_end: int | None = None

    def add(self, kind: str, text: str, level: int = 0) -> "Page":
        """Add a block of one or more lines. Those of a paragraph end with a space, and their newlines are left out."""
        start = self._begin()
        for line in text.splitlines(keepends=True) or [""]:
            first = len(self.text)
            self.text += line.removesuffix("\n")
            self._add_line(first)
            self.text += "\n" if line.endswith("\n") and not line.endswith(" \n") else ""
        self.blocks.append(Block(kind, start, len(self.text), level))
        return self

    def table(
        self,
        rows: Sequence[Sequence[str]],
        header_rows: int = 1,
        header_columns: int = 1,
        spans: Spans | None = None,
    ) -> "Page":
        """Add a table: a row is one line, cells are two spaces apart, "" is an empty cell."""
        start, cells = self._begin(), []
        for number, row in enumerate(rows):
            if number:
                self.text += "\n"
            first = len(self.text)
            for column, text in enumerate(row):
                if text:
                    self.text += "  " if len(self.text) > first else ""
                    at = len(self.text)
                    self.text += text
                    cells.append(Cell(at, len(self.text), number, column, *(spans or {}).get((number, column), (1, 1))))
            self._add_line(first)
        self.tables.append(Table(start, len(self.text), header_rows, header_columns, tuple(cells)))
        self.blocks.append(Block("table", start, len(self.text)))
        return self

    def end_body(self) -> "Page":
        """What follows stands apart."""
        self.body_end = len(self.text)
        return self

    def document(self, name: str = "ships.pdf") -> Document:
        """The document."""
        starts, ends, pages, numbers = zip(*self.lines, strict=True)
        return Document(
            name=name,
            format="pdf",
            sha256="0" * 64,
            text=self.text,
            body_end=len(self.text) if self.body_end is None else self.body_end,
            lines=Lines(
                np.array(starts, dtype=np.int64),
                np.array(ends, dtype=np.int64),
                np.array(pages, dtype=np.int32),
                np.array(numbers, dtype=np.int32),
            ),
            breaks=find_breaks(re.compile(r"\n|  "), self.text),
            blocks=Blocks.of(self.blocks),
            tables=tuple(self.tables),
            page_labels=tuple(str(page) for page in range(1, self.page + 1)),
        )

    def _begin(self) -> int:
        if self.text:
            self.text += "\n\n"
        return len(self.text)

    def _add_line(self, start: int) -> None:
        number = 1 + sum(page == self.page for _, _, page, _ in self.lines)
        self.lines.append((start, len(self.text), self.page, number))


SHIPS = (
    Page()
    .add("heading", "2 The year in the harbour")
    .add(
        "paragraph", "In the year under report 412 ships called at the harbour, \neleven fewer than in the year before."
    )
    .table(
        [
            ["Ship", "Master", "Built", "Tons"],
            ["Aurelia", "Jens Okkenhaug", "1861", "214"],
            ["Bellona", "", "1870", "1,198"],
            ["Cormoran of the northern line, which came only once", "Ada Marsh", "1874", "86"],
            ["Dorothea", "Tobias Wren", "1880", "99"],
        ]
    )
    .add("footnote", "1 Tons are register tons.")
    .end_body()
    .add("header", "Harbour report")
    .document()
)
"""One page with a table of ships."""
