"""Puts the values of form fields, and comments, among the text of a page (pure).

They are no part of a page's text layer: a viewer draws them over it. A value belongs right of its label, or below it,
by where it is seen. Lengths are in points; y grows downwards from the top of the page as displayed.
"""

import re
from typing import NamedTuple

from docqa.documents.pdf.engines import TextFragment

CHECKED, UNCHECKED = "☒", "☐"

# Where a form leaves room for what is filled in: "Name ________", "Date ........", or an empty box.
_BLANK = re.compile(r"_{3,}|\.{5,}|…{2,}")
_EMPTY_BOX = re.compile(r"[☐□▢❏❑❒◻○◯]|\[ ?\]|\( ?\)")

_LINE_END = re.compile("\r\n?|\n|\u2028|\u2029")


class ShownValue(NamedTuple):
    """What a field or a text box shows, or `CHECKED` or `UNCHECKED`."""

    text: str
    box: tuple[float, float, float, float]
    """x0, top, x1 and bottom as displayed."""
    size: float = 0.0
    """Of its type, 0 if it is not known."""
    from_top: bool = False
    """Whether the text begins at the top of the box, not in the middle of it."""


class _Field(NamedTuple):
    """One line of a value. Its box may be higher than the line."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float

    @property
    def is_box(self) -> bool:
        """Whether it is a check box or a radio button."""
        return self.text in {CHECKED, UNCHECKED}


def insert_values(fragments: list[TextFragment], values: list[ShownValue]) -> list[TextFragment]:
    """Insert each value beside its label: in the same row after what is left of it, else below what is above it."""
    if not values:
        return fragments
    fields = [line for value in values for line in _laid_out(value)]
    result = list(fragments)
    free_row = 1 + max((fragment.row for fragment in result), default=0)
    # Boxes last: their labels may be fields, too.
    for field in sorted(fields, key=lambda field: (field.is_box, field.top, field.x0)):
        beside = [index for index, fragment in enumerate(result) if _on_one_line(fragment, field)]
        if _fill_in(result, beside, field) or _insert_in_row(result, beside, field):
            continue
        result.insert(_index_below(result, field), _fragment(field, free_row))
        free_row += 1
    return result


def without_copies(comments: list[str], text: str) -> list[str]:
    """Comments without those that only copy the text that they highlight."""
    letters = _letters(text)
    return [comment for comment in comments if len(copied := _letters(comment)) < 12 or copied not in letters]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _laid_out(value: ShownValue) -> list[_Field]:
    """The lines of a value within its box. Where the viewer wraps a long line is not known."""
    x0, top, x1, bottom = value.box
    height = bottom - top
    if value.text in {CHECKED, UNCHECKED}:
        return [_Field(value.text, x0, top, x1, bottom, height)]
    lines = [line.strip() for line in _LINE_END.split(value.text)]
    size = value.size
    if len(lines) == 1 and (not value.from_top or height < 3 * (size or 10)):
        size = size or max(4.0, min(12.0, 0.7 * height))
        return [_Field(lines[0], x0, top, x1, bottom, size)] if lines[0] else []
    size = size or 10.0
    pitch = 1.15 * size
    return [
        _Field(line, x0, top + number * pitch, x1, top + number * pitch + size, size)
        for number, line in enumerate(lines)
        if line
    ]


def _on_one_line(fragment: TextFragment, field: _Field) -> bool:
    shared = min(fragment.bottom, field.bottom) - max(fragment.top, field.top)
    return shared > 0.4 * min(fragment.bottom - fragment.top, field.bottom - field.top)


def _fill_in(result: list[TextFragment], beside: list[int], field: _Field) -> bool:
    """Put a field that lies over a blank, or between two words of one fragment, into that fragment's text."""
    for index in beside:
        text, x0, _, x1, *_ = result[index]
        if not (x0 - field.size < field.x0 and field.x1 < x1 + field.size and x1 > x0):
            continue
        # Without the letters' boxes: proportionally, and there is a blank or a space close to it.
        place = len(text) * (0.5 * (field.x0 + field.x1) - x0) / (x1 - x0)
        blanks = [match.span() for match in (_EMPTY_BOX if field.is_box else _BLANK).finditer(text)]
        if blanks:
            start, end = min(blanks, key=lambda span: abs(0.5 * sum(span) - place))
            if abs(0.5 * (start + end) - place) < max(4.0, 0.6 * (end - start)):
                result[index] = result[index]._replace(text=_joined(text[:start], field.text, text[end:]))
                return True
        if x0 < field.x0 and field.x1 < x1:
            cut = min((match.start() for match in re.finditer(r" |$", text)), key=lambda at: abs(at - place))
            result[index] = result[index]._replace(text=_joined(text[:cut], field.text, text[cut:]))
            return True
    return False


def _joined(*parts: str) -> str:
    return " ".join(stripped for part in parts if (stripped := part.strip()))


def _insert_in_row(result: list[TextFragment], beside: list[int], field: _Field) -> bool:
    left = max(
        (index for index in beside if result[index].x0 < field.x0 and result[index].x1 <= field.x1),
        key=lambda index: result[index].x1,
        default=None,
    )
    right = min(
        (index for index in beside if result[index].x0 >= field.x1 - 0.5 * field.size),
        key=lambda index: result[index].x0,
        default=None,
    )
    if field.is_box and right is not None and _labels(result, left, right, field):
        label = result[right]
        result[right] = label._replace(text=f"{field.text} {label.text.lstrip()}", x0=min(field.x0, label.x0))
    elif left is not None:
        x0 = max(field.x0, result[left].x1)
        result.insert(left + 1, _beside(result[left], field._replace(x0=x0, x1=max(x0 + 0.1, field.x1))))
    elif right is not None:
        x1 = min(field.x1, result[right].x0)
        result.insert(right, _beside(result[right], field._replace(x1=max(field.x0 + 0.1, x1))))
    return left is not None or right is not None


def _labels(result: list[TextFragment], left: int | None, right: int, field: _Field) -> bool:
    """Whether the fragment right of a check box is its label: it is close, and not closer to a label on its left."""
    gap = result[right].x0 - field.x1
    if gap > 2.5 * max(field.size, result[right].size):
        return False
    if left is None or result[left].text.startswith((CHECKED, UNCHECKED)):
        return True
    return gap <= field.x0 - result[left].x1 + 0.5 * field.size


def _index_below(result: list[TextFragment], field: _Field) -> int:
    """Where to insert a field with nothing beside it: after the row above it, else before the first fragment below."""
    above = [
        (fragment.bottom, index)
        for index, fragment in enumerate(result)
        if fragment.top < field.top and min(fragment.x1, field.x1) > max(fragment.x0, field.x0)
    ]
    if above:
        index = max(above)[1]
        row = result[index].row
        while index < len(result) and result[index].row == row:
            index += 1
        return index
    return next((index for index, fragment in enumerate(result) if fragment.top > field.top), len(result))


def _beside(label: TextFragment, field: _Field) -> TextFragment:
    """The field as a fragment in the row of its label: in a high field, the text stands where the label does."""
    middle = min(max(0.5 * (label.top + label.bottom), field.top), field.bottom)
    half = 0.5 * min(field.size, field.bottom - field.top)
    return _fragment(field._replace(top=middle - half, bottom=middle + half), label.row)


def _fragment(field: _Field, row: int) -> TextFragment:
    excess = max(0.0, field.bottom - field.top - field.size)
    field = field._replace(top=field.top + 0.5 * excess, bottom=field.bottom - 0.5 * excess)
    return TextFragment(field.text, field.x0, field.top, field.x1, field.bottom, field.size, row, hyphen=False)
