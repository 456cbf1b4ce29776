"""From lines in reading order to running text (pure).

Running text is as an author types it: words without hyphenation, each paragraph on one line, `\\n\\n` between
paragraphs. Each line of each page keeps its span in it.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple


class LayoutLine(NamedTuple):
    """One visual line. `cells` is 1 for running text, more where gaps divide it, as in a table."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    hyphen: bool
    cells: int
    page: int
    number: int
    right: float
    """Right edge of the column that the line is in."""


@dataclass(frozen=True, slots=True)
class RunningText:
    """Running text. For each line, in the order of the text: span, page (from 1), number and top in points."""

    text: str
    body_end: int
    starts: list[int]
    ends: list[int]
    pages: list[int]
    numbers: list[int]
    tops: list[float]

    def body_lines(self) -> dict[int, list[int]]:
        """The indices of each page's lines, without headers and footers."""
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


_ENDS_SENTENCE = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*\d*$")
_LIST_ITEM = re.compile(r"(?:[•‣◦▪–—*·☐☑☒-]|\(?(?:\d{1,3}|[a-z])[.)]|\[\d+\])\s")


def notes_after_paragraphs(lines: list[LayoutLine]) -> list[LayoutLine]:
    """Move footnotes after a paragraph that continues on the next page."""
    if not lines:
        return lines
    weights: Counter[float] = Counter()
    for line in lines:
        weights[round(line.size * 2) / 2] += len(line.text)
    body_size = weights.most_common(1)[0][0]
    ordered: list[LayoutLine] = []
    notes: list[LayoutLine] = []
    for index, line in enumerate(lines):
        if line.size < 0.92 * body_size and _only_notes_follow(lines, index, 0.92 * body_size):
            notes.append(line)
            continue
        if notes and not (ordered and _continues_paragraph(ordered[-1], line)):
            ordered.extend(notes)
            notes = []
        ordered.append(line)
    return ordered + notes


def _only_notes_follow(lines: list[LayoutLine], index: int, size: float) -> bool:
    """Whether only small type follows on the page: then it is footnotes, not a caption in mid-page."""
    page = lines[index].page
    for line in lines[index:]:
        if line.page != page:
            break
        if line.size >= size:
            return False
    return True


def _continues_paragraph(previous: LayoutLine, line: LayoutLine) -> bool:
    """Whether a paragraph continues over the end of a page or column."""
    if abs(previous.size - line.size) > 0.08 * previous.size or previous.cells > 1 or line.cells > 1:
        return False
    if previous.hyphen:
        return True
    if _LIST_ITEM.match(line.text) or _ENDS_SENTENCE.search(previous.text):
        # A full line that ends a sentence may or may not end its paragraph: a wrong break does less harm.
        return False
    return line.text[0].islower() or previous.x1 > previous.right - 2 * previous.size


def _separator(previous: LayoutLine, line: LayoutLine, pitch: float) -> str:
    """What separates two lines: nothing in a hyphenated word, a space in a paragraph, else a line break or two."""
    if previous.hyphen:
        return ""
    if previous.page != line.page or line.top <= previous.top:
        return " " if _continues_paragraph(previous, line) else "\n\n"
    if previous.cells > 1 or line.cells > 1:
        return "\n" if line.top - previous.top < 2.5 * pitch else "\n\n"
    if abs(previous.size - line.size) > 0.08 * previous.size or line.top - previous.top > 1.35 * pitch:
        return "\n\n"
    if _LIST_ITEM.match(line.text):
        return "\n\n"
    short = previous.x1 < previous.right - 0.12 * max(1.0, previous.right - previous.x0)
    indented = line.x0 > previous.x0 + 0.8 * line.size
    if _ENDS_SENTENCE.search(previous.text) and (short or indented):
        return "\n\n"
    if previous.x1 < previous.right - 0.4 * max(1.0, previous.right - previous.x0):
        return "\n"
    return " "


def _line_spacing(lines: list[LayoutLine]) -> dict[float, float]:
    """The usual line spacing for each size of type."""
    steps: dict[float, list[float]] = defaultdict(list)
    for previous, line in pairwise(lines):
        if (
            previous.page == line.page
            and 0 < line.top - previous.top < 3 * line.size
            and abs(previous.size - line.size) < 0.5
        ):
            steps[round(line.size)].append(line.top - previous.top)
    return {size: _median(spacings) for size, spacings in steps.items()}


def _median(values: list[float]) -> float:
    # `statistics` imports fractions and decimals, which would slow the start of every worker process.
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def join_lines(body: list[LayoutLine], aside: list[LayoutLine]) -> RunningText:
    """Join the body's lines to running text, followed by the `aside` lines (headers, footers), one a line."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    pitches = _line_spacing(body)
    compounds = _compounds(body)

    def add(text: str) -> None:
        nonlocal position
        parts.append(text)
        position += len(text)

    for index, line in enumerate(body):
        if index:
            previous = body[index - 1]
            add(_separator(previous, line, pitches.get(round(line.size), 1.3 * line.size)))
        starts.append(position)
        add(line.text)
        if line.hyphen and index + 1 < len(body) and _keeps_hyphen(line.text, body[index + 1].text, compounds):
            add("-")
        ends.append(position)
    body_end = position
    for line in aside:
        add("\n\n" if position == body_end else "\n")
        starts.append(position)
        add(line.text)
        ends.append(position)
    lines = [*body, *aside]
    return RunningText(
        text="".join(parts),
        body_end=body_end,
        starts=starts,
        ends=ends,
        pages=[line.page for line in lines],
        numbers=[line.number for line in lines],
        tops=[line.top for line in lines],
    )


# Hyphens ------------------------------------------------------------------------------------------

_COMPOUND = re.compile(r"\w+(?:-\w+)+")
_LAST_WORD = re.compile(r"[\w-]+$")
_FIRST_WORD = re.compile(r"^[\w-]+")


def _compounds(lines: list[LayoutLine]) -> set[str]:
    return {word.casefold() for line in lines if "-" in line.text for word in _COMPOUND.findall(line.text)}


def _keeps_hyphen(before: str, after: str, compounds: set[str]) -> bool:
    """Whether the hyphen at a line's end belongs to the word: "long-term", "COVID-19", "Schwarz-Weiß".

    PDFium marks every hyphen at a line's end alike. It belongs to the word before a capital or a digit, and if the
    document has the same compound within a line.
    """
    head, tail = _LAST_WORD.search(before), _FIRST_WORD.match(after)
    if not head or not tail:
        return True
    if not tail.group()[0].islower() or head.group()[-1].isdigit():
        return True
    return f"{head.group()}-{tail.group()}".casefold() in compounds


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
