"""The numbers and bullets before the items of lists, and which number follows which (pure)."""

import re
from itertools import pairwise

from docqa.documents.pdf.lines import LayoutLine

BULLETS = r"•‣◦▪▫■□●○◆◇►▶▸▷➢➤➔✓✔☐☑☒❑❖⁃–—*·\u2010-\u2015\-"
"""The characters of bullets, for a character class."""

BULLET = re.compile(rf"[{BULLETS}]\s|[•‣◦▪■●►▸➢](?=[^\W\d_])")
LIST_MARK = re.compile(
    rf"(?:[{BULLETS}o]|\(?(?:\d{{1,3}}|[a-zA-Z]|[ivxlcIVXLC]{{1,6}})(?:\.\)|[.)])|\[\d+\]|\d{{1,2}}(?:\.\d{{1,2}}){{1,4}}\.?)"
)
"""What may stand before an item of a list or a clause."""

_NUMBERED = re.compile(
    r"(?P<open>[(\[]?)(?P<value>\d{1,3}(?:\.\d{1,3}){0,4}|[a-zA-Z]|[ivxlc]{1,6}|[IVXLC]{1,6})(?P<close>(?:\.\)|[.)\]])?)\s"
)
_MARK_INSIDE = re.compile(r"(?<=\s)[(\[]?(?:\d{1,3}|[a-zA-Z]|[ivxlc]{1,6}|[IVXLC]{1,6})[)\]](?=\s)")
_INITIAL = re.compile(r"[B-HJ-UWYZ]\.\s")  # "A." begins a list; "I.", "V." and "X." are numbers, too.
_DECIMAL = re.compile(r"\d+\.\d+\s+[^\W\d_A-Z]")
_NEAR = 4.0  # Points.
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


def counts_on(before: str, text: str) -> bool:
    """Whether a text begins with the number that comes after one within `before`: "(ii)" after "by (i) mail,"."""
    mark = mark_of(text)
    if mark is None or mark[0][-2:-1] not in {")", "]"}:
        return False
    style, value = mark
    return any(mark_of(f"{inner[0]} ") == (style, value - 1) for inner in _MARK_INSIDE.finditer(before))


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
        if not self.marks(line):
            return
        style, value = mark_of(line.text) or (line.text[0], 0)
        self._last[style] = value, line.x0

    def marks(self, line: LayoutLine) -> bool:
        """Whether a line begins with the mark of an item. "M. Naor" and "42.7 percent" just begin a line."""
        return BULLET.match(line.text) is not None or self.is_numbered(line)

    def is_numbered(self, line: LayoutLine) -> bool:
        """Whether that mark is a number."""
        mark = mark_of(line.text)
        if mark is None:
            return False
        if _INITIAL.match(line.text) or (_DECIMAL.match(line.text) and mark[1] != 1):
            return self._is_next(*mark)
        return True

    def follows(self, line: LayoutLine) -> bool:
        """Whether a line has the mark that comes next, where the last one of its style was."""
        mark = mark_of(line.text)
        style, value = mark or (line.text[0], 0)
        last = self._last.get(style)
        return last is not None and abs(last[1] - line.x0) < _NEAR and (mark is None or self._is_next(style, value))

    def _is_next(self, style: str, value: int) -> bool:
        number, _ = self._last.get(style, (None, 0.0))
        if number is None:
            return False
        return value == number + 1 or (style[-1] in "aA" and value in {9, 22} and number in {8, 21})
