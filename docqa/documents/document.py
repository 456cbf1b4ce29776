"""A document: one canonical text, and the spans of its pages, lines and sections in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from docqa.documents.blocks import Block, Blocks, Table

# For types only: worker processes import this package, and numpy would double their start.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Section:
    """A heading: its text, its level (0 is outermost) and the offset at which its section begins."""

    title: str
    level: int
    start: int


@dataclass(frozen=True, slots=True)
class Lines:
    """Every line of a document, sorted by offset. Four parallel arrays of shape (lines,).

    `starts` and `ends` are offsets; `pages` count from 1, 0 if the format has no pages; `numbers` count from 1 on
    each page, from the top, in reading order. In a format without pages they are those of the file's lines: several
    lines may have one, and it may be less than that of the line before.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    pages: NDArray[np.int32]
    numbers: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.starts)


@dataclass(frozen=True, slots=True)
class PageLine:
    """One line as displayed on its page."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Location:
    """The place of a span. `page` and `page_end` count from 1 and are None if the format has no pages."""

    page: int | None
    page_label: str | None
    page_end: int | None
    section: str | None
    line_start: int
    line_end: int


@dataclass(frozen=True)
class Document:
    """One file. Every position in it, anywhere in the program, is an offset: an index into `text`, in code points.

    `text[:body_end]` is retrieved and read. It is followed by running headers and footers and the table of contents,
    one line each: they are displayed on their pages, but would interrupt the body.
    """

    name: str
    format: str
    """Name of its `DocumentFormat`."""
    sha256: str
    text: str
    body_end: int
    lines: Lines
    breaks: NDArray[np.int64]
    """Offsets of the breaks between paragraphs, rows and cells, ascending: no sentence or answer spans one."""
    blocks: Blocks = field(default_factory=lambda: Blocks.of([]))
    """What the text consists of: headings, paragraphs, list items, tables, …"""
    tables: tuple[Table, ...] = ()
    """The tables, sorted by offset. Each is one block."""
    page_labels: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    title: str | None = None
    language: str | None = None
    """The code of the language of its body (`docqa.languages`); None if that can't be told."""
    encrypted: bool = False
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @property
    def page_count(self) -> int:
        """Number of pages, 0 if the format has none."""
        return len(self.page_labels)

    @property
    def line_count(self) -> int:
        """The highest number of a line: in a format without pages, of the file's last line that shows something."""
        return int(self.lines.numbers.max()) if len(self.lines) else 0

    def spans_break(self, start: int, end: int) -> bool:
        """Whether `text[start:end]` contains a break."""
        first, last = self.breaks.searchsorted([start, end])
        return bool(first < last)

    def breaks_word(self, line_end: int) -> bool:
        """Whether a word continues in the next line: the page has a hyphen there, the running text has none."""
        return 0 < line_end < self.body_end and self.text[line_end - 1 : line_end + 1].isalpha()

    def locate(self, start: int, end: int) -> Location:
        """The location of `text[start:end]`."""
        first = self._line_at(start)
        last = self._line_at(max(start, end - 1))
        page = int(self.lines.pages[first])
        return Location(
            page=page or None,
            page_label=self.page_labels[page - 1] if page else None,
            page_end=int(self.lines.pages[last]) or None,
            section=self.section_at(start),
            line_start=int(self.lines.numbers[first]),
            line_end=int(self.lines.numbers[last]),
        )

    def section_at(self, offset: int) -> str | None:
        """Title of the innermost section that contains `offset`."""
        if offset >= self.body_end:
            return None
        index = bisect_right(self._section_starts, offset)
        return self.sections[index - 1].title if index else None

    def page_lines(self, page: int) -> list[PageLine]:
        """Lines of a page from top to bottom, with headers and footers. `page` counts from 1, 0 for no pages."""
        on_page = (self.lines.pages == page).nonzero()[0]
        on_page = on_page[self.lines.numbers[on_page].argsort(kind="stable")]
        return [
            PageLine(int(self.lines.numbers[i]), int(self.lines.starts[i]), int(self.lines.ends[i])) for i in on_page
        ]

    def table_at(self, offset: int) -> Table | None:
        """The table that contains `offset`, if any."""
        index = bisect_right(self._table_starts, offset)
        return self.tables[index - 1] if index and offset < self.tables[index - 1].end else None

    def page_blocks(self, page: int) -> list[Block]:
        """The blocks that begin on a page, in the order of the text. `page` counts from 1, 0 for no pages."""
        first_lines = self.lines.starts.searchsorted(self.blocks.starts, side="right") - 1
        return [self.blocks[int(index)] for index in (self.lines.pages[first_lines] == page).nonzero()[0]]

    def _line_at(self, offset: int) -> int:
        return max(0, int(self.lines.starts.searchsorted(offset, side="right")) - 1)

    @cached_property
    def _table_starts(self) -> list[int]:
        return [table.start for table in self.tables]

    @cached_property
    def _section_starts(self) -> list[int]:
        return [section.start for section in self.sections]


def find_breaks(pattern: re.Pattern[str], text: str) -> NDArray[np.int64]:
    """The offsets of all matches, for `Document.breaks`."""
    import numpy as np

    return np.fromiter((match.start() for match in pattern.finditer(text)), dtype=np.int64)


def cite_page_and_lines(location: Location) -> str:
    """Cite by page and lines, or by lines alone in a format without pages: "page 7 (v), lines 3–4"."""
    first, last = location.line_start, location.line_end
    parts = []
    if location.page is not None:
        label = f" ({location.page_label})" if location.page_label not in {None, str(location.page)} else ""
        parts.append(f"page {location.page}{label}")
    if location.page_end != location.page:
        parts.append(f"line {first} to page {location.page_end}, line {last}")
    else:
        parts.append(f"line {first}" if first == last else f"lines {first}–{last}")
    return ", ".join(parts)
