"""The list of answers as a list of places: sentences, or cells of a table, with what was found in them (pure)."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich.cells import cell_len

from docqa.passages import passage
from docqa.terminal_text import flat

if TYPE_CHECKING:
    from docqa.answers import Answer

_WORD = re.compile(r"\S{1,24}")  # A longer one is cut: some languages are written without spaces.


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence or a cell: the answer that comes first in the list, and the others in it."""

    answer: "Answer"
    others: "tuple[Answer, ...]" = ()

    @property
    def answers(self) -> "tuple[Answer, ...]":
        """All answers in the place."""
        return (self.answer, *self.others)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text on one line, and the spans of the answers in it; the first is the one that must be seen."""

    text: str
    spans: tuple[tuple[int, int], ...]


def places(answers: "Iterable[Answer]") -> list[Place]:
    """The answers by place, in their order. What the user said something about stays by itself: it can be selected."""
    found: list[Place] = []
    for answer in answers:
        same = (number for number, one in enumerate(found) if _shares(one.answer, answer))
        number = next(same, None) if answer.mark.empty else None
        if number is None:
            found.append(Place(answer))
        else:
            found[number] = replace(found[number], others=(*found[number].others, answer))
    return found


def excerpt(place: Place) -> Excerpt:
    """The sentence or the cell of a place."""
    answer = place.answer
    first, text = _around(answer)
    spans = [(max(0, one.start - first), min(len(text), one.end - first)) for one in place.answers]
    return _squeezed(flat(text), spans)


def cut(excerpt: Excerpt, room: int) -> Excerpt:
    """As many words around the first answer as have room, in terminal cells; `…` stands for the others."""
    text = excerpt.text
    if cell_len(text) <= room:
        return excerpt
    words = [match.span() for match in _WORD.finditer(text)]
    start, end = excerpt.spans[0]
    inside = [number for number, (first, last) in enumerate(words) if first < max(end, start + 1) and last > start]
    low = high = inside[0] if inside else 0

    def fits(low: int, high: int) -> bool:
        dots = (low > 0) + (high + 1 < len(words))
        return cell_len(text[words[low][0] : words[high][1]]) + dots <= room

    while high < (inside[-1] if inside else 0) and fits(low, high + 1):
        high += 1
    grown = True
    while grown:  # One word after the other on both sides: first before, where the sentence begins.
        grown = False
        if low > 0 and fits(low - 1, high):
            low, grown = low - 1, True
        if high + 1 < len(words) and fits(low, high + 1):
            high, grown = high + 1, True
    first, last = words[low][0], words[high][1]
    before, after = "…" if low else "", "…" if high + 1 < len(words) else ""
    clipped = [(max(first, start), min(last, end)) for start, end in excerpt.spans]
    moved = [(start - first + len(before), end - first + len(before)) for start, end in clipped if start < end]
    return Excerpt(f"{before}{text[first:last]}{after}", tuple(moved))


def _around(answer: "Answer") -> tuple[int, str]:
    """The sentence or the cell of an answer, and the offset at which it begins."""
    if answer.table is not None:
        return answer.start - answer.table.start, answer.table.cells[answer.table.cell].text
    start = answer.start - answer.passage_start
    first, last = passage(answer.passage, start, start + answer.end - answer.start, 0)
    return answer.passage_start + first, answer.passage[first:last]


def _shares(first: "Answer", other: "Answer") -> bool:
    """Whether an answer is in the place of another one that comes before it."""
    if first.document != other.document or first.outdated or other.outdated or first.mark.wrong:
        return False
    start, text = _around(first)
    return start <= other.start and other.end <= start + len(text)


def _squeezed(text: str, spans: Iterable[tuple[int, int]]) -> Excerpt:
    """The text with single spaces: that of a PDF has them where its lines end."""
    kept = [at for at, letter in enumerate(text) if not (letter == " " and text[at - 1 : at] in {"", " "})]
    moved = ((bisect_left(kept, start), bisect_left(kept, end)) for start, end in spans)
    return Excerpt("".join(text[at] for at in kept), tuple(moved))
