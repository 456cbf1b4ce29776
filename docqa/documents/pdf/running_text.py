"""From blocks to running text (pure).

Running text is as an author types it: words without hyphenation, each paragraph on one line, `\\n\\n` between
paragraphs. Each line of each page keeps its span in it. A table's row is one line, with two spaces between cells.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import zip_longest

from docqa.documents.blocks import Block, Cell, Table
from docqa.documents.pdf.lines import LayoutLine, LineBlock, is_right_below
from docqa.documents.pdf.named_tuples import maker
from docqa.documents.pdf.words import Words

_cell = maker(Cell)


@dataclass(slots=True)
class RunningText:
    """Running text with its structure. For each line, in the order of the text: span, page (from 1), number and top."""

    text: str = ""
    body_end: int = 0
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    tops: list[float] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    def body_lines(self) -> dict[int, list[int]]:
        """The indices of each page's lines, without those that stand apart."""
        by_page: dict[int, list[int]] = defaultdict(list)
        for index, page in enumerate(self.pages):
            if self.starts[index] < self.body_end:
                by_page[page].append(index)
        return by_page

    def find_heading(self, on_page: list[int], title: str, top: float | None) -> int | None:
        """Offset of the line among `on_page` that has `title`, else of the first line at or below `top`."""
        heading = _letters(title)
        for i in on_page:
            line = _letters(self.text[self.starts[i] : self.ends[i]])
            if heading and line.endswith(heading) and len(line) <= len(heading) + 8:
                return self.starts[i]
        if top is not None:
            below = [i for i in on_page if self.tops[i] >= top - 4]
            if below:
                return self.starts[below[0]]
        return self.starts[on_page[0]] if on_page else None


_LABEL = re.compile(r"[^\W\d][^:]*:(?:\s|$)")


class _Writer:
    """Writes blocks one after the other, and notes where their lines and cells are."""

    def __init__(self, words: Words) -> None:
        self.result = RunningText()
        self._words = words
        self._parts: list[str] = []
        self._position = 0
        self._placed: list[tuple[int, int, int, int, float]] = []

    def write(self, block: LineBlock, separator: str) -> None:
        """Write a block after `separator`."""
        if self._position:
            self._add(separator)
        start = self._position
        if block.kind == "table":
            self._write_table(block)
        elif block.kind == "field" and block.lines[0].row_cells:
            self._write_fields(block)
            return
        else:
            self._write_lines(block)
        self.result.blocks.append(Block(block.kind, start, self._position, block.level))

    def finish(self) -> RunningText:
        """The text of all blocks."""
        result = self.result
        result.text = "".join(self._parts)
        if self._placed:
            columns = map(list, zip(*self._placed, strict=True))
            result.starts, result.ends, result.pages, result.numbers, result.tops = columns
        return result

    @property
    def position(self) -> int:
        """Offset of what is written next."""
        return self._position

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._position += len(text)

    def _write_lines(self, block: LineBlock) -> None:
        lines, is_code = block.lines, block.kind == "code"
        left = min([line.x0 for line in lines]) if is_code else 0.0
        for line, following, glue in zip_longest(lines, lines[1:], block.glue):
            text, between = line.text if is_code else self._words.repair(line.text), glue
            if glue == " ":
                text, between = self._words.join(text, following.text, line.hyphen)
            elif line.hyphen:
                text += "-"
            if is_code:
                self._add(_indent(line, left))
            self._line(line, text)
            if between:
                self._add(between)

    def _write_fields(self, block: LineBlock) -> None:
        """Write a row of labels and values. A label begins a block of its own, and so does what is far off."""
        start = end = None
        labelled = False
        (line,) = block.lines
        position = self._position
        texts = [self._joined(lines) for _, _, _, lines in line.row_cells]
        self._line(line, "  ".join(texts))
        before = -1
        for (column, _, _, _), text in zip(line.row_cells, texts, strict=True):
            label = _LABEL.search(text) is not None
            is_far, before = column > before + 1, column
            if start is not None and end is not None and (is_far or (label and labelled)):
                self.result.blocks.append(Block("field", start, end))
                start, labelled = None, False
            start = position if start is None else start
            labelled = labelled or label
            end = position + len(text)
            position = end + 2
        if start is not None:
            self.result.blocks.append(Block("field", start, self._position))

    def _line(self, line: LayoutLine, text: str) -> None:
        start = self._position
        self._parts.append(text)
        self._position = end = start + len(text)
        self._placed.append((start, end, line.page, line.number, line.top))

    def _write_table(self, block: LineBlock) -> None:
        start = self._position
        cells: list[Cell] = []
        for index, line in enumerate(block.lines):
            if index:
                self._add("\n")
            texts: list[str] = []
            first, row = self._position, line.row
            for column, row_span, column_span, lines in line.row_cells:
                text = self._joined(lines)
                texts.append(text)
                end = first + len(text)
                cells.append(_cell((first, end, row, column, row_span, column_span)))
                first = end + 2
            self._line(line, "  ".join(texts))
        first_line = block.lines[0]
        self.result.tables.append(
            Table(start, self._position, first_line.header_rows, first_line.header_columns, tuple(cells))
        )

    def _joined(self, lines: tuple[tuple[str, bool], ...]) -> str:
        """The lines of a cell as one text."""
        if len(lines) == 1:  # Nine cells of ten.
            ((drawn, hyphen),) = lines
            return f"{self._words.repair(drawn)}-" if hyphen else self._words.repair(drawn)
        parts: list[str] = []
        for (drawn, hyphen), following in zip_longest(lines, lines[1:]):
            text = self._words.repair(drawn)
            if following:
                parts.extend(self._words.join(text, following[0], hyphen))
            else:
                parts.append(f"{text}-" if hyphen else text)
        return "".join(parts)


def running_text(body: list[LineBlock], apart: list[LineBlock], words: Words) -> RunningText:
    """Join the body's blocks to running text, followed by what stands apart, one block a line."""
    writer = _Writer(words)
    previous = None
    for block in body:
        first = block.lines[0]
        tight = (
            previous
            and previous.kind == block.kind == "field"
            and is_right_below(previous.lines[-1], first, 3 * first.size)
        )
        writer.write(block, "\n" if tight else "\n\n")
        previous = block
    body_end = writer.position
    for block in apart:
        writer.write(block, "\n\n" if writer.position == body_end else "\n")
    result = writer.finish()
    result.body_end = body_end
    return result


def _indent(line: LayoutLine, left: float) -> str:
    """The spaces in front of a line of code. A letter of a type writer is about half as wide as it is high."""
    return " " * round((line.x0 - left) / (0.5 * line.size)) if line.x0 > left + 1 else ""


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
