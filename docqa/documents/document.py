"""A document: one canonical text, and the spans of its pages, lines and sections in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

# Only the types: this module is imported by the processes that read pages, and numpy would double their start.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# What no sentence, and so no answer, runs across. In a PDF's text every line end and every gap that is left stands
# between rows or cells; in the others a line end may be only where the line was full.
_BREAKS = {
    "pdf": re.compile(r"\n|  "),
    "markdown": re.compile(r"\n[^\S\n]*\n|\|"),
    "text": re.compile(r"\n[^\S\n]*\n"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading: its text, its depth (0 is the outermost) and the offset at which its section begins."""

    title: str
    level: int
    start: int


@dataclass(frozen=True, slots=True)
class Lines:
    """Every line of a document, sorted by offset. Four parallel arrays of shape (lines,).

    `starts` and `ends` are offsets; `pages` are 1-based, 0 where the format has no pages; `numbers` count from 1 on
    each page, from the top, in reading order.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    pages: NDArray[np.int32]
    numbers: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.starts)


@dataclass(frozen=True, slots=True)
class PageLine:
    """One line as a page shows it."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Location:
    """Where a span stands, for a person: `page` and `page_end` are 1-based, None where the format has no pages."""

    page: int | None
    page_label: str | None
    page_end: int | None
    section: str | None
    line_start: int
    line_end: int


@dataclass(frozen=True)
class Document:
    """One file. Every position in it, anywhere in the program, is an offset: an index into `text`, in code points.

    `text[:body_end]` is what is retrieved and read. After it stand the running headers and footers and the
    table of contents, one line each: they belong to the page view, and not to the text that they interrupt.
    """

    name: str
    kind: str
    sha256: str
    text: str
    body_end: int
    lines: Lines
    page_labels: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    title: str | None = None
    encrypted: bool = False
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @property
    def page_count(self) -> int:
        """Pages, or 0 where the format has none."""
        return len(self.page_labels)

    @property
    def breaks(self) -> re.Pattern[str]:
        """Matches what stands between paragraphs, rows and cells: no answer runs across it."""
        return _BREAKS[self.kind]

    def breaks_word(self, line_end: int) -> bool:
        """Whether a word goes on in the next line: a page has a hyphen there, the running text has none."""
        text = self.text
        return self.kind == "pdf" and 0 < line_end < self.body_end and text[line_end - 1 : line_end + 1].isalpha()

    def locate(self, start: int, end: int) -> Location:
        """Tell where `text[start:end]` stands."""
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
        """Title of the innermost section that `offset` is in."""
        if offset >= self.body_end:
            return None
        index = bisect_right(self._section_starts, offset)
        return self.sections[index - 1].title if index else None

    def page_lines(self, page: int) -> list[PageLine]:
        """Lines of a page from top to bottom, headers and footers included. `page` is 1-based, 0 for no pages."""
        chosen = (self.lines.pages == page).nonzero()[0]
        chosen = chosen[self.lines.numbers[chosen].argsort(kind="stable")]
        return [
            PageLine(int(self.lines.numbers[i]), int(self.lines.starts[i]), int(self.lines.ends[i])) for i in chosen
        ]

    def _line_at(self, offset: int) -> int:
        return max(0, int(self.lines.starts.searchsorted(offset, side="right")) - 1)

    @cached_property
    def _section_starts(self) -> list[int]:
        return [section.start for section in self.sections]
