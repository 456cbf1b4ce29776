"""What was found in all documents: hits by document, and the one that is selected (pure)."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from docqa.errors import DocqaError
from docqa.terminal_text import flat
from docqa.wording import counted

if TYPE_CHECKING:
    from docqa.documents import Document
    from docqa.text_matches import TextMatch, TextQuery

MOST_HITS = 1_000
"""Hits listed of one document: more would only be scrolled past."""
_BEFORE = 3
"""Of a row that is too long, at most this part of its width is shown before what was found: a third."""

_Span = tuple[int, int]


class FindMode(Enum):
    """What counts as a hit."""

    WORDS = "words in any form"
    EXACT = "exact text"
    REGEX = "regular expression"

    @property
    def next(self) -> "FindMode":
        """The mode after this one."""
        modes = list(FindMode)
        return modes[(modes.index(self) + 1) % len(modes)]


class TextSearch(NamedTuple):
    """What is looked for, and how."""

    text: str
    mode: FindMode = FindMode.WORDS

    def query(self) -> "TextQuery":
        """The query. Raises `DocqaError` if it is none."""
        from docqa.text_matches import TextQuery  # Imports numpy, which must not delay the first frame.

        return TextQuery(self.text, exact=self.mode is FindMode.EXACT, regex=self.mode is FindMode.REGEX)

    def spans(self, document: "Document") -> list[_Span]:
        """Where a document has it; nowhere if that can't be told."""
        try:
            return _spans(document, self.query().matches(document))
        except DocqaError:
            return []


class DocumentHits(NamedTuple):
    """The hits in one document, at least one. `more` if not all are listed."""

    document: "Document"
    matches: Sequence["TextMatch"]
    more: bool = False

    @property
    def spans(self) -> list[_Span]:
        """All that was found, in the order of the text."""
        return _spans(self.document, self.matches)


class FoundText:
    """The rows of a list of hits: for each document a heading, and a row for each hit. One hit is selected."""

    def __init__(self, search: TextSearch, documents: "Sequence[Document]" = ()) -> None:
        """`documents` are those that are searched."""
        self.search = search
        self.documents = documents
        self.hits: list[DocumentHits] = []
        self.searched = 0
        """How many of the documents have been searched."""
        self.selected = 1
        """The row of the selected hit: the first is below the first heading."""
        self._headings: list[int] = []
        """The row of each document's heading."""
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    @property
    def total(self) -> int:
        """How many hits are listed."""
        return self._rows - len(self._headings)

    @property
    def complete(self) -> bool:
        """Whether all documents have been searched."""
        return self.searched == len(self.documents)

    @property
    def summary(self) -> str:
        """How many hits there are: "94 hits in 16 of 39 documents"."""
        many = "+" if any(hits.more for hits in self.hits) else ""
        hits = "1 hit" if self.total == 1 and not many else f"{self.total:,}{many} hits"
        return f"{hits} in {len(self.hits):,} of {counted(len(self.documents), 'document')}"

    def add(self, hits: DocumentHits) -> None:
        """Add the hits of another document."""
        self.hits.append(hits)
        self._headings.append(self._rows)
        self._rows += 1 + len(hits.matches)

    def row(self, number: int) -> tuple[DocumentHits, "TextMatch | None"]:
        """A row: the document, and the hit in it; without one it is the heading."""
        at = bisect_right(self._headings, number) - 1
        inside = number - self._headings[at] - 1
        return self.hits[at], self.hits[at].matches[inside] if inside >= 0 else None

    @property
    def current(self) -> tuple[DocumentHits, "TextMatch"] | None:
        """The selected hit, and the document that it is in."""
        hits, match = self.row(self.selected) if self.selected < self._rows else (None, None)
        return (hits, match) if hits is not None and match is not None else None

    def move(self, step: int) -> None:
        """Select the hit `step` rows down. Headings are passed, and at the ends it stops."""
        row = max(1, min(self._rows - 1, self.selected + step))
        if row in self._headings:
            row += 1 if step > 0 else -1
        self.select(row)

    def move_document(self, step: int) -> None:
        """Select the first hit of the next document; of the previous one, once at the first hit of this."""
        at = bisect_right(self._headings, self.selected) - 1
        if step < 0 and self.selected > self._headings[at] + 1:
            step = 0
        self.select(self._headings[max(0, min(len(self._headings) - 1, at + step))] + 1)

    def select(self, row: int) -> None:
        """Select the hit in a row; the one below, if that is a heading."""
        if 0 <= row < self._rows:
            self.selected = row + 1 if row in self._headings else row


def _spans(document: "Document", matches: "Iterable[TextMatch]") -> list[_Span]:
    """All that was found, in the order of the text; words that follow each other are one."""
    spans: list[_Span] = []
    for match in matches:
        for start, end in match.spans:
            if spans and document.text[spans[-1][1] : start].isspace():
                spans[-1] = spans[-1][0], end
            else:
                spans.append((start, end))
    return spans


def excerpt(document: "Document", match: "TextMatch", width: int) -> tuple[str, list[_Span]]:
    """A hit on one line of about `width` characters, and what was found in it, as offsets in the line.

    A sentence that is longer begins with a word before what was found, and ends with a whole one.
    """
    start, end = match.passage
    first = match.spans[0][0]
    wanted = min(first - width // _BEFORE, end - width)
    if wanted > start:
        cut = document.text.find(" ", wanted, first)
        start = cut + 1 if cut >= 0 else first
    before = "…" if start > match.passage[0] else ""
    room = start + width - len(before)
    if end > room:
        end = max(document.text.rfind(" ", start, room), match.spans[0][1])
    after = "…" if end < match.passage[1] else ""
    shift = len(before) - start
    spans = [(low + shift, min(high, end) + shift) for low, high in match.spans if low < end]
    return before + flat(document.text[start:end]) + after, spans
