"""The numbers and bullets before the items of lists, and which number follows which (pure)."""

import re
from itertools import pairwise

from docqa.documents.pdf.lines import LayoutLine

BULLET = re.compile(r"[•‣◦▪▫■□●○◆◇►➢➤✓✔☐☑☒–—*·\u2010-\u2015-]\s")
_NUMBERED = re.compile(
    r"(?P<open>[(\[]?)(?P<value>\d{1,3}(?:\.\d{1,3}){0,4}|[a-zA-Z]|[ivxlc]{1,6}|[IVXLC]{1,6})(?P<close>[.)\]]?)\s"
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def mark_of(text: str) -> tuple[str, int] | None:
    """The style of an item's number, and its value; None without one."""
    match = _NUMBERED.match(text)
    if not match or not (match["close"] or "." in match["value"]):
        return None
    value = match["value"]
    style = match["open"] + match["close"]
    if value[0].isdigit():
        *parents, last = value.split(".")
        return f"{style}{'.'.join(parents)}#", int(last)
    return (f"{style}a" if value.islower() else f"{style}A"), _letters_value(value.lower())


def _letters_value(value: str) -> int:
    if len(value) == 1 and value not in "ivx":
        return ord(value) - 96
    if any(letter not in _ROMAN for letter in value):
        return 0
    numbers = [_ROMAN[letter] for letter in value]
    return sum(-a if a < b else a for a, b in pairwise([*numbers, 0]))


class Numbering:
    """The last item of each style of marks, to tell the next one from a number in a sentence."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[int, float]] = {}

    def note(self, line: LayoutLine) -> None:
        """Remember a line that begins a block."""
        if mark := mark_of(line.text):
            style, value = mark
            self._last[style] = value, line.x0
        elif BULLET.match(line.text):
            self._last[line.text[0]] = 0, line.x0

    def follows(self, line: LayoutLine) -> bool:
        """Whether a line has the mark that comes next, where the last one of its style was."""
        mark = mark_of(line.text)
        style, value = mark or (line.text[0], 1)
        last = self._last.get(style)
        if last is None:
            return False
        number, x0 = last
        near = abs(x0 - line.x0) < 4
        return near and (
            mark is None or value == number + 1 or (style[-1] in "aA" and value in {9, 22} and number in {8, 21})
        )
