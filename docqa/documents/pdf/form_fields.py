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

_COMMENT_SIZE = 5.0  # As small as a footnote, since comments must not interrupt a paragraph that continues.
_COMMENT_PITCH = 20.0


class FilledField(NamedTuple):
    """What one field shows: one line of text, or `CHECKED` or `UNCHECKED`. Its box may be higher than the line."""

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


def insert_fields(fragments: list[TextFragment], fields: list[FilledField]) -> list[TextFragment]:
    """Insert each field beside its label: in the same row after what is left of it, else below what is above it."""
    if not fields:
        return fragments
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


def append_comments(fragments: list[TextFragment], comments: list[str]) -> list[TextFragment]:
    """Append comments below the text of a page, one a line, without those that only copy what they highlight."""
    if not comments:
        return fragments
    letters = _letters("".join(fragment.text for fragment in fragments))
    comments = [comment for comment in comments if len(copied := _letters(comment)) < 12 or copied not in letters]
    row = 1 + max((fragment.row for fragment in fragments), default=0)
    left = min((fragment.x0 for fragment in fragments), default=0.0)
    lowest = max((fragment.bottom for fragment in fragments), default=0.0)
    result = list(fragments)
    for number, comment in enumerate(comments):
        text = f"Note: {comment}"
        top = lowest + (number + 1) * _COMMENT_PITCH
        bottom = top + _COMMENT_SIZE
        right = left + 0.5 * _COMMENT_SIZE * len(text)
        result.append(TextFragment(text, left, top, right, bottom, _COMMENT_SIZE, row + number, hyphen=False))
    return result


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _on_one_line(fragment: TextFragment, field: FilledField) -> bool:
    shared = min(fragment.bottom, field.bottom) - max(fragment.top, field.top)
    return shared > 0.4 * min(fragment.bottom - fragment.top, field.bottom - field.top)


def _fill_in(result: list[TextFragment], beside: list[int], field: FilledField) -> bool:
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


def _insert_in_row(result: list[TextFragment], beside: list[int], field: FilledField) -> bool:
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


def _labels(result: list[TextFragment], left: int | None, right: int, field: FilledField) -> bool:
    """Whether the fragment right of a check box is its label: it is close, and not closer to a label on its left."""
    gap = result[right].x0 - field.x1
    if gap > 2.5 * max(field.size, result[right].size):
        return False
    if left is None or result[left].text.startswith((CHECKED, UNCHECKED)):
        return True
    return gap <= field.x0 - result[left].x1 + 0.5 * field.size


def _index_below(result: list[TextFragment], field: FilledField) -> int:
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


def _beside(label: TextFragment, field: FilledField) -> TextFragment:
    """The field as a fragment in the row of its label: in a high field, the text stands where the label does."""
    middle = min(max(0.5 * (label.top + label.bottom), field.top), field.bottom)
    half = 0.5 * min(field.size, field.bottom - field.top)
    return _fragment(field._replace(top=middle - half, bottom=middle + half), label.row)


def _fragment(field: FilledField, row: int) -> TextFragment:
    excess = max(0.0, field.bottom - field.top - field.size)
    field = field._replace(top=field.top + 0.5 * excess, bottom=field.bottom - 0.5 * excess)
    return TextFragment(field.text, field.x0, field.top, field.x1, field.bottom, field.size, row, hyphen=False)
