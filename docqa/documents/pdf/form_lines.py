"""The numbered lines of a form: each is one field (pure).

"5 Total contributions made: add lines 1 through 4 ........ 5 [   00]": the box for the amount repeats the number of the
line, whose text may be wrapped. Lengths are in points; y grows downwards.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from docqa.documents.pdf.contents import has_contents_heading
from docqa.documents.pdf.engines import PageContent, Rule, TextFragment
from docqa.documents.pdf.tables.page_table import TextRow, text_rows

_FEWEST, _SURE = 2, 3  # On a page: a few that repeat a number may be chance, if they have no leader or box.
_BOXED = 0.6  # Share of the lines that lead to a box: by dots, or by a rule beside their number.
_RISING = 0.8  # Of the numbers: not lower than the one before.
_MAX_LINES = 6
_MAX_LEADING = 1.9  # Heights of type between the tops of two lines of one label.
_MAX_VALUE = 25  # Characters.
_COLUMN = 12.0  # Points: numbers whose left sides differ by less stand below each other.
_BESIDE, _LOW = 0.45, 0.7  # Heights of type, from the middle of a number: a value, and a comma between boxes.
_WIDE = 4.0  # Heights of type between two parts of a line.
_SENTENCE = 3  # Words.

_START = re.compile(r"\s*(?P<key>[1-9]\d{0,2}(?:[a-z]| [a-z](?=\s*$))?|[a-z])(?:[.)]\s*|\s+|$)(?=(?P<label>\S)|$)")
_END = re.compile(r"(?P<label>.*?)(?:^|\s|(?<=\.\.)|…)(?P<key>[1-9]\d{0,2}[a-z]?)(?P<dot>\.?)[\s_$]*$", re.DOTALL)
_NUMBER_AT_END = re.compile(r"\n\.?([a-z]?\d{0,2}[1-9])(?=[\s…]|\.\.)")  # From right to left: it is found at once.
_LEADER = re.compile(r"(?P<period>(?<=[^\s.])\.(?= (?! ?\. \.)))?\s*(?:[.·…_]\s?){4,}|\s*…\s*")
_DOTS = re.compile(r"[\s.·…_]+")
_WORD = re.compile(r"[^\W\d_]{3}")
_FIRST_DOTS = re.compile(r"(?:\s\.)+\s*$")
_BOXES = ("☐", "☒", "□")
_SEPARATOR = re.compile(r"[\s.,$/–_-]*")
"""What is printed between the boxes of single digits."""

_BLANK = " \xa0_$"  # After a number: room for an amount.


class FormField(NamedTuple):
    """A field of a form: its cells are the label, the number at the box, and what is in the box; each of lines.

    `kind` is that of its block: the heading of a part is one, too.
    """

    x0: float
    top: float
    x1: float
    bottom: float
    cells: list[list[TextRow]]
    kind: str = "field"
    row: tuple[float, float] | None = None
    """Top and bottom of the row that it is in, None if its first two lines tell."""


class _Start(NamedTuple):
    """Where a line of the form begins: the number of its row, of its fragment there, and its own number."""

    row: int
    place: int
    key: str
    x0: float
    label_x0: float


class _End(NamedTuple):
    """Where a line of the form ends: at the number of its box. `label`: what the fragment has before."""

    row: int
    place: int
    label: str
    number: str


def form_lines(content: PageContent) -> tuple[list[FormField], list[TextFragment]]:
    """The numbered lines of a page if some of their numbers are repeated, and the fragments that are in none."""
    fragments = content.fragments
    texts = [fragment.text.rstrip(_BLANK) for fragment in fragments]
    ends = [number[::-1] for number in _NUMBER_AT_END.findall("\n".join(["", *texts, ""])[::-1])]
    if len(ends) < _FEWEST:
        return [], fragments
    # Few numbers at the beginning of a line are at the end of any.
    last = {number[begin:] for number in ends for begin in range(len(number))}
    rows = text_rows(fragment for fragment in fragments if not fragment.slanted and fragment.text.strip())
    starts = list(_starts(rows))
    pairs = [(start, end) for start in starts if start.key in last and (end := _end(rows, start, starts))]
    pairs = [pair for pair in pairs if not _is_within_label(pair[0], pairs)]
    if len(pairs) < _FEWEST:
        return [], fragments
    # In a table of contents, few titles have the number of their page.
    led = sum(_LEADER.search(text) is not None for text in texts if _NUMBER_AT_END.match(f"\n{text[::-1]}\n"))
    if (
        len(pairs) < 0.5 * led
        or not _is_form(rows, pairs, content.rules)
        or has_contents_heading(f.text for f in fragments)
    ):
        return [], fragments
    taken: set[int] = set()
    fields = [_field(rows, start, end, pairs, taken) for start, end in pairs]
    fields += _others(rows, starts, [start for start, _ in pairs], taken)
    rest = [fragment for fragment in fragments if id(fragment) not in taken]
    return [*_with_boxes(fields, rest)], rest


def _with_boxes(fields: list[FormField], rest: list[TextFragment]) -> Iterator[FormField]:
    """Lines as wide as the page's text where their empty boxes are at its right edge."""
    right = max([field.x1 for field in fields] + [fragment.x1 for fragment in rest])
    sides = [(field.x0, field.top, field.bottom) for field in fields]
    sides += [(fragment.x0, fragment.top, fragment.bottom) for fragment in rest]
    for field in fields:
        beside = any(x0 > field.x1 - 1 and top < field.bottom and bottom > field.top for x0, top, bottom in sides)
        yield field if beside else field._replace(x1=right)


def _is_within_label(start: _Start, pairs: list[tuple[_Start, _End]]) -> bool:
    """Whether a number is one of another line's words, which may be drawn one by one: "Multiply line 2 by line 3"."""
    return any(other.row == start.row == end.row and other.place < start.place < end.place for other, end in pairs)


def _is_form(rows: list[TextRow], pairs: list[tuple[_Start, _End]], rules: list[Rule]) -> bool:
    """Whether there are enough lines, their numbers rise, and they lead to boxes."""
    numbers = [int(re.sub(r"\D", "", start.key)) for start, _ in pairs]
    count = len({start.key for start, _ in pairs})
    if count < _FEWEST or sum(a <= b for a, b in pairwise(numbers)) < _RISING * (len(pairs) - 1):
        return False
    led = [_has_leader(rows, *pair) for pair in pairs]
    has_box = [_has_box(rows, end, rules) for _, end in pairs]
    if count < _SURE:
        return all(led) and all(has_box)
    return sum(map(any, zip(led, has_box, strict=True))) >= _BOXED * len(pairs)


def _starts(rows: list[TextRow]) -> Iterator[_Start]:
    """What may be the number of a line. A lone letter goes with the number before it."""
    number, x0 = "", 0.0
    for index, row in enumerate(rows):
        for place, fragment in enumerate(row):
            match = _START.match(fragment.text)
            if not match or fragment.raised:
                continue
            key = match["key"].replace(" ", "")
            label_x0 = fragment.x0 + 0.45 * fragment.size * match.end()
            if not match["label"]:
                if place + 1 == len(row):
                    continue
                label_x0 = row[place + 1].x0
            if key.isalpha():
                if not number:
                    continue
                key = number + key
            elif place == 0 or abs(fragment.x0 - x0) < _COLUMN:
                number, x0 = re.sub(r"\D", "", key), fragment.x0
            yield _Start(index, place, key, fragment.x0, label_x0)


def _end(rows: list[TextRow], start: _Start, starts: list[_Start]) -> _End | None:
    """Where a line ends that begins at `start`: in its row, or below before the next one begins."""
    first = {other.row for other in starts if start.x0 - 2 * _COLUMN < other.x0 < start.label_x0 - 2}
    size = rows[start.row][start.place].size
    for index in range(start.row, min(start.row + _MAX_LINES, len(rows))):
        row = rows[index]
        if index > start.row and (index in first or row[-1].top - rows[index - 1][-1].top > _MAX_LEADING * size):
            return None
        for place in range(start.place if index == start.row else 0, len(row)):
            fragment = row[place]
            if fragment.x1 <= start.label_x0 or fragment.raised or _goes_on(row, place):
                continue
            is_first = index == start.row and place == start.place
            text = fragment.text[_START.match(fragment.text).end() :] if is_first else fragment.text  # type: ignore[union-attr]
            match = _END.match(text)
            if match and match["key"] == start.key and _has_label(rows, start, index, place, match["label"]):
                label = fragment.text[: len(fragment.text) - len(text)] + match["label"] if is_first else match["label"]
                return _End(index, place, label, match["key"] + match["dot"])
    return None


def _goes_on(row: TextRow, place: int) -> bool:
    """Whether a sentence follows a number: it is that of an item, not of a box."""
    if place + 1 == len(row):
        return False
    number, following = row[place : place + 2]
    return following.x0 - number.x1 < _WIDE * number.size and following.text.strip().count(" ") >= _SENTENCE - 1


def _has_label(rows: list[TextRow], start: _Start, row: int, place: int, before: str) -> bool:
    texts = [before]
    for index in range(start.row, row + 1):
        line = rows[index]
        texts += [f.text for f in line[: place if index == row else len(line)] if f.x1 > start.label_x0]
    return _WORD.search(" ".join(texts)) is not None


def _has_leader(rows: list[TextRow], start: _Start, end: _End) -> bool:
    texts = [f.text for f in rows[end.row][start.place if start.row == end.row else 0 : end.place]]
    return _LEADER.search("".join([*texts, end.label])) is not None


def _has_box(rows: list[TextRow], end: _End, rules: list[Rule]) -> bool:
    """Whether there is a rule right of a number, or below what is right of it."""
    number = rows[end.row][end.place]
    size = number.size
    return not number.fixed_pitch and any(
        number.x1 - 2 < rule.x1
        and rule.x0 < number.x1 + 3 * size
        and number.top - 1.5 * size < rule.bottom
        and rule.top < number.bottom + size
        for rule in rules
    )


def _field(
    rows: list[TextRow], start: _Start, end: _End, pairs: list[tuple[_Start, _End]], taken: set[int]
) -> FormField:
    last = rows[end.row][end.place]
    right = last.x1 - last.size if end.label.strip() else last.x0
    lines: list[TextRow] = []
    for index in range(start.row, end.row + 1):
        first = start.place if index == start.row else 0
        stop = end.place if index == end.row else len(rows[index])
        line = [
            fragment
            for number, fragment in enumerate(rows[index][first:stop], first)
            if id(fragment) not in taken
            and ((index == start.row and number == start.place) or fragment.x0 > start.label_x0 - 3)
            and (index == end.row or fragment.x0 < right)
        ]
        taken.update(map(id, line))
        if index == end.row and end.label.strip():
            line.append(last._replace(text=end.label, hyphen=False))
        lines.append(line)
    taken.add(id(last))
    lines = [*map(_without_leaders, lines)]
    number = last._replace(text=end.number, x0=last.x0 if not end.label.strip() else last.x1 - last.size)
    cells = [lines, [[number]]]
    limit = min((rows[s.row][s.place].x0 for s, _ in pairs if s.row == end.row and s.place > end.place), default=1e9)
    for value in list(_values(rows, end.row, last, limit)):
        if id(value) in taken:
            continue
        taken.add(id(value))
        if not _SEPARATOR.fullmatch(value.text):
            cells.append([[value]])
    return boxed(cells)


def _others(rows: list[TextRow], starts: list[_Start], paired: list[_Start], taken: set[int]) -> Iterator[FormField]:
    """The numbered lines in the column of the others that have no box with their number."""
    number_of = {id(rows[start.row][start.place]): start for start in starts}
    columns = [start.x0 for start in paired]
    for start in starts:
        number = rows[start.row][start.place]
        if id(number) in taken or start.key in {other.key for other in paired}:
            continue
        if min(abs(start.x0 - x0) for x0 in columns) > _COLUMN or not paired[0].row < start.row < paired[-1].row:
            continue
        lines: list[TextRow] = []
        for index in range(start.row, min(start.row + _MAX_LINES, len(rows))):
            line = [fragment for fragment in rows[index] if id(fragment) not in taken and fragment.x0 >= start.x0]
            line = _unbroken([f for f in line if f is number or f.x0 > start.label_x0 - 3], number)
            if lines and not (line and _is_below(lines[-1], line, start) and id(rows[index][0]) not in number_of):
                break
            lines.append(line)
        if not any(_WORD.search(fragment.text) for line in lines for fragment in line):
            continue
        taken.update(id(fragment) for line in lines for fragment in line)
        yield boxed([[found for line in lines if (found := _without_leaders(line))]])


def _unbroken(line: TextRow, number: TextFragment) -> TextRow:
    """A line up to a wide gap, unless it has a leader or a check box follows."""
    for index in range(1, len(line)):
        before, fragment = line[index - 1 : index + 1]
        led = _DOTS.fullmatch(before.text[-5:]) or fragment.text.startswith(_BOXES) or _DOTS.fullmatch(fragment.text)
        if fragment.x0 - before.x1 > _WIDE * fragment.size and before is not number and not led:
            return line[:index]
    return line


def _is_below(above: TextRow, line: TextRow, start: _Start) -> bool:
    """Whether a line goes on in the next one."""
    first, size = line[0], above[-1].size
    return abs(first.x0 - start.label_x0) < 4 and 0 < first.top - above[-1].top < 1.4 * size


def _values(rows: list[TextRow], row: int, number: TextFragment, limit: float) -> Iterable[TextFragment]:
    """What stands in the boxes right of a number."""
    middle = (number.top + number.bottom) / 2
    for near in rows[max(0, row - 1) : row + 2]:
        for fragment in near:
            if (
                number.x1 - 1 < fragment.x0 < limit
                and len(fragment.text.strip()) <= _MAX_VALUE
                and abs((fragment.top + fragment.bottom) / 2 - middle)
                < (_LOW if _SEPARATOR.fullmatch(fragment.text) else _BESIDE) * number.size
            ):
                yield fragment


def _without_leaders(line: TextRow) -> TextRow:
    """A line without the dots that lead to its box, some of which may be drawn one by one."""
    if sum(fragment.text.count(".") for fragment in line if _DOTS.fullmatch(fragment.text)) > 1:
        line = [fragment for fragment in line if not _DOTS.fullmatch(fragment.text)]
    found = [f._replace(text=_FIRST_DOTS.sub("", _LEADER.sub(_period, f.text))) for f in line]
    return [fragment for fragment in found if fragment.text.strip()]


def _period(leader: re.Match[str]) -> str:
    """The period of the sentence before a leader, if it is set apart from the dots, and they are closer together."""
    return (leader["period"] or "") + " "


def boxed(cells: list[list[TextRow]]) -> FormField:
    """A field of these cells, with the box around them. Cells without text are left out."""
    cells = [lines for cell in cells if (lines := [line for line in cell if line])]
    every = [fragment for cell in cells for line in cell for fragment in line]
    return FormField(
        min(fragment.x0 for fragment in every),
        min(fragment.top for fragment in every),
        max(fragment.x1 for fragment in every),
        max(fragment.bottom for fragment in every),
        cells,
    )
