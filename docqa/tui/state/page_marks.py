"""What is marked on a page: the answer, its passage and other places, and search matches (pure)."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from docqa.terminal_text import plain

if TYPE_CHECKING:
    from docqa.answers import Answer
    from docqa.documents import Document

Matches = Sequence[tuple[int, int]]
"""Offsets of what was found, ascending."""
Finder = Callable[["Document"], Matches]
MAX_MATCHES = 10_000
"""A search stops here: a single letter occurs a million times in a book."""


class MarkKind(Enum):
    """Why text is marked. A later member is drawn over an earlier one."""

    PASSAGE = auto()
    OTHER_PLACE = auto()
    MATCH = auto()
    CURRENT_MATCH = auto()
    ANSWER = auto()
    SELECTED = auto()
    CARET = auto()


@dataclass(frozen=True, slots=True)
class PageMark:
    """A marked part of a row. `start` and `end` count characters from the row's first one."""

    kind: MarkKind
    start: int
    end: int


def clip(kind: MarkKind, span: tuple[int, int], row: tuple[int, int]) -> Iterator[PageMark]:
    """Yield the part of a span that lies on a row, if any. Both are offsets in the document's text."""
    low, high = max(span[0], row[0]), min(span[1], row[1])
    if low < high:
        yield PageMark(kind, low - row[0], high - row[0])


def answer_marks(answer: "Answer", row: tuple[int, int], *, claimed: bool = True) -> Iterator[PageMark]:
    """Yield the marks of an answer on a row of its document: the passage; if `claimed`, other places and itself."""
    yield from clip(MarkKind.PASSAGE, (answer.passage_start, answer.passage_start + len(answer.passage)), row)
    if not claimed:
        return
    for place in answer.other_locations:
        if place.document == answer.document and not place.outdated:
            yield from clip(MarkKind.OTHER_PLACE, (place.start, place.end), row)
    yield from clip(MarkKind.ANSWER, (answer.start, answer.end), row)


def match_marks(matches: Sequence[tuple[int, int]], current: int, row: tuple[int, int]) -> Iterator[PageMark]:
    """Yield the marks of sorted search matches on a row; `current` is the index of the one in focus."""
    for number in range(max(0, bisect_left(matches, (row[0], 0)) - 1), len(matches)):
        if matches[number][0] >= row[1]:
            break
        yield from clip(MarkKind.CURRENT_MATCH if number == current else MarkKind.MATCH, matches[number], row)


def find_matches(
    text: str, query: str, limit: int = MAX_MATCHES, *, ignore_case: bool = False
) -> list[tuple[int, int]]:
    """Return the offsets (start, end) of the first `limit` matches, with any white space between the words.

    Case matters only if the query has a capital, as with vim's smartcase; with `ignore_case` never.
    """
    words = [re.escape(word) for word in query.split()]
    if not words:
        return []
    has_capital = any(character.isupper() for character in query) and not ignore_case
    flags = re.NOFLAG if has_capital else re.IGNORECASE
    found = []
    for match in re.finditer(r"\s+".join(words), text, flags):
        found.append(match.span())
        if len(found) == limit:
            break
    return found


def position(number: int, count: int) -> str:
    """Which of the matches is in focus: "2 of 11"."""
    if not count:
        return "not found"
    return f"{number + 1:,} of {f'{count:,} or more' if count == MAX_MATCHES else f'{count:,}'}"


def page_name(document: "Document", page: int) -> str:
    """Name a page by its number, and its label if that differs: "page 7 (v)"."""
    label = plain(document.page_labels[page - 1])
    return f"page {page}" + (f" ({label})" if label not in {"", str(page)} else "")
