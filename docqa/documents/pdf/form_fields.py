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
    covers: bool = False
    """Whether the box hides what the page has below it."""


class _Line(NamedTuple):
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


def with_values(fragments: list[TextFragment], values: list[ShownValue]) -> list[TextFragment]:
    """The fragments of a page with its values: in the row of what is beside them, and in blanks.

    Values come first: what follows its label in the list, close to it, would be taken for a part of it.
    """
    if not values:
        return fragments
    hidden = [value.box for value in values if value.covers]
    page = [fragment for fragment in fragments if not any(_is_within(fragment, box) for box in hidden)]
    added: list[TextFragment] = []
    row = 1 + max((fragment.row for fragment in page), default=0)
    lines = [line for value in values for line in _laid_out(value)]
    # Boxes last: their labels may be values, too.
    for line in sorted(lines, key=lambda line: (line.is_box, line.top, line.x0)):
        beside = [fragment for fragment in (*page, *added) if _on_one_line(fragment, line)]
        if _fill_in(page, line) or (line.is_box and (_mark(page, beside, line) or _mark(added, beside, line))):
            continue
        added.append(_beside(beside, line) if beside else _fragment(line, row))
        row += 1
    return added + page


def without_copies(comments: list[str], text: str) -> list[str]:
    """Comments without those that only copy the text that they highlight."""
    letters = _letters(text)
    return [comment for comment in comments if len(copied := _letters(comment)) < 12 or copied not in letters]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _laid_out(value: ShownValue) -> list[_Line]:
    """The lines of a value within its box. Where the viewer wraps a long line is not known."""
    x0, top, x1, bottom = value.box
    height = bottom - top
    if value.text in {CHECKED, UNCHECKED}:
        return [_Line(value.text, x0, top, x1, bottom, height)]
    lines = [line.strip() for line in _LINE_END.split(value.text)]
    size = value.size
    if len(lines) == 1 and (not value.from_top or height < 3 * (size or 10)):
        size = size or max(4.0, min(12.0, 0.7 * height))
        return [_Line(lines[0], x0, top, x1, bottom, size)] if lines[0] else []
    size = size or 10.0
    pitch = 1.15 * size
    return [
        _Line(line, x0, top + number * pitch, x1, top + number * pitch + size, size)
        for number, line in enumerate(lines)
        if line
    ]


def _is_within(fragment: TextFragment, box: tuple[float, float, float, float]) -> bool:
    x, y = (fragment.x0 + fragment.x1) / 2, (fragment.top + fragment.bottom) / 2
    return box[0] < x < box[2] and box[1] < y < box[3]


def _on_one_line(fragment: TextFragment, line: _Line) -> bool:
    if fragment.slanted:
        return False  # A watermark.
    shared = min(fragment.bottom, line.bottom) - max(fragment.top, line.top)
    return shared > 0.4 * min(fragment.bottom - fragment.top, line.bottom - line.top)


def _fill_in(page: list[TextFragment], line: _Line) -> bool:
    """Put a line that lies over a blank, or between two words of one fragment, into that fragment's text."""
    for index, fragment in enumerate(page):
        text, x0, _, x1, *_ = fragment
        if not _on_one_line(fragment, line) or not x0 - line.size < line.x0 <= line.x1 < x1 + line.size or x1 <= x0:
            continue
        # Without the letters' boxes: proportionally, and there is a blank or a space close to it.
        place = len(text) * (0.5 * (line.x0 + line.x1) - x0) / (x1 - x0)
        blanks = [match.span() for match in (_EMPTY_BOX if line.is_box else _BLANK).finditer(text)]
        if blanks:
            start, end = min(blanks, key=lambda span: abs(0.5 * sum(span) - place))
            if abs(0.5 * (start + end) - place) < max(4.0, 0.6 * (end - start)):
                page[index] = fragment._replace(text=_joined(text[:start], line.text, text[end:]))
                return True
        if x0 < line.x0 and line.x1 < x1:
            cut = min((match.start() for match in re.finditer(r" |$", text)), key=lambda at: abs(at - place))
            page[index] = fragment._replace(text=_joined(text[:cut], line.text, text[cut:]))
            return True
    return False


def _joined(before: str, value: str, after: str) -> str:
    after = after.strip()
    space = " " if after and after[0] not in ",.;:!?)" else ""
    return f"{before.strip()} {value}{space}{after}".strip()


def _left_of(beside: list[TextFragment], line: _Line) -> TextFragment | None:
    left = [fragment for fragment in beside if fragment.x0 < line.x0 and fragment.x1 <= line.x1]
    return max(left, key=lambda fragment: fragment.x1, default=None)


def _mark(page: list[TextFragment], beside: list[TextFragment], box: _Line) -> bool:
    """Put a box before its label if that is right of it: close, and not closer to a label on its left."""
    right = [fragment for fragment in beside if fragment.x0 >= box.x1 - 0.5 * box.size]
    label = min(right, key=lambda fragment: fragment.x0, default=None)
    if label is None or label not in page:
        return False
    gap = label.x0 - box.x1
    left = _left_of(beside, box)
    if left is not None and not left.text.startswith((CHECKED, UNCHECKED)) and gap > box.x0 - left.x1 + 0.5 * box.size:
        return False
    if gap > 2.5 * max(box.size, label.size):
        return False
    page[page.index(label)] = label._replace(text=f"{box.text} {label.text.lstrip()}", x0=min(box.x0, label.x0))
    return True


def _beside(beside: list[TextFragment], line: _Line) -> TextFragment:
    """A line as a fragment in the row of its label: in a high box, the text stands where the label does."""
    left = _left_of(beside, line)
    label = left or min(beside, key=lambda fragment: abs(fragment.x0 - line.x1))
    middle = min(max(0.5 * (label.top + label.bottom), line.top), line.bottom)
    half = 0.5 * min(line.size, line.bottom - line.top)
    return _fragment(
        line._replace(top=middle - half, bottom=middle + half, x0=max(line.x0, left.x1 if left else 0.0)), label.row
    )


def _fragment(line: _Line, row: int) -> TextFragment:
    """A line as a fragment, in the middle of its box, as wide as its letters may be."""
    excess = 0.5 * max(0.0, line.bottom - line.top - line.size)
    width = 0.5 * line.size * len(line.text)
    x1 = line.x1 if line.is_box else min(line.x1, line.x0 + width)
    top, bottom = line.top + excess, line.bottom - excess
    return TextFragment(line.text, line.x0, top, max(x1, line.x0 + 0.1), bottom, line.size, row, hyphen=False)
