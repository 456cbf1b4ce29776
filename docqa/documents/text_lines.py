"""The lines of a plain text, and its running heads: those that a paginated text repeats around its form feeds."""

import re
from collections import Counter
from typing import NamedTuple

_FEWEST_PAGES = 3
_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b")


class PlainLine(NamedTuple):
    """One line: the span of its text without white space around it, its indent, and its number in the file, from 1."""

    start: int
    end: int
    indent: int
    number: int
    text: str

    @property
    def width(self) -> int:
        """Columns up to its last character."""
        return self.indent + len(self.text)


def as_lines(text: str) -> list[PlainLine]:
    """The lines of a text. Only `\\n` ends a line; a form feed is white space, as in an editor."""
    lines, start = [], 0
    for number, line in enumerate(text.split("\n"), 1):
        content = line.lstrip()
        lead = line[: len(line) - len(content)]
        content = content.rstrip()
        indent = len(lead.expandtabs(8)) if lead else 0
        lines.append(PlainLine(start + len(lead), start + len(lead) + len(content), indent, number, content))
        start += len(line) + 1
    return lines


def find_running_lines(text: str) -> tuple[dict[int, str], set[int]]:
    """The running heads and feet of a text with form feeds, and the blank lines around them.

    Returns the numbers of the former with their kind, "header" or "footer", and of the latter: those where a sentence
    goes on, and all but one elsewhere. What stands next to a form feed is one if most pages have it, but for digits.
    """
    if text.count("\f") < _FEWEST_PAGES:
        return {}, set()
    lines = as_lines(text)
    raw = text.split("\n")
    edges = []  # (last line before, first line after) each form feed, as indices.
    for index, line in enumerate(raw):
        if "\f" in line:
            above, below = (bool(part.strip()) for part in line.split("\f", 1))
            before = index if above else next((i for i in range(index - 1, -1, -1) if lines[i].text), None)
            after = index if below else next((i for i in range(index + 1, len(raw)) if lines[i].text), None)
            edges.append((before, after))
    running: dict[int, str] = {}
    for side, kind in ((0, "footer"), (1, "header")):
        found = [edge[side] for edge in edges if edge[side] is not None]
        shapes = Counter(_shape(lines[i].text) for i in found if i is not None)
        running |= {i: kind for i in found if i is not None and shapes[_shape(lines[i].text)] * 2 > len(edges)}
    if all(i in running for i, line in enumerate(lines) if line.text):
        return {}, set()
    blank: set[int] = set()
    for index in sorted(running):
        if running[index] == "footer" or index - 1 not in blank:
            _drop_blanks(lines, index, running, blank)
    return {lines[i].number: kind for i, kind in running.items()}, {lines[i].number for i in blank}


def _drop_blanks(lines: list[PlainLine], index: int, running: dict[int, str], blank: set[int]) -> None:
    """Add to `blank` the blank lines around the running lines at `index`."""
    first, last = index, index
    while first > 0 and (not lines[first - 1].text or first - 1 in running):
        first -= 1
    while last + 1 < len(lines) and (not lines[last + 1].text or last + 1 in running):
        last += 1
    gap = [i for i in range(first, last + 1) if i not in running]
    inside = first > 0 and last + 1 < len(lines)
    keep = 0 if inside and _goes_on(lines[first - 1], lines[last + 1]) else 1
    blank.update(gap[keep:])


def _goes_on(line: PlainLine, following: PlainLine) -> bool:
    if re.search(r"[.!?:;][\"')\]]*$", line.text):
        return False
    return following.text[0].islower() or (line.indent == following.indent and line.width > 50)


def _shape(text: str) -> str:
    return " ".join(_DIGITS.sub("0", text).split())
