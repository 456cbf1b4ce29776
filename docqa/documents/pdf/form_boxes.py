"""The boxes of a form with a small label at their top: each label is one field (pure).

The rest of such a box is empty, or has what was filled in. Lengths are in points; y grows downwards.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from docqa.documents.pdf.engines import PageContent, Rule, TextFragment
from docqa.documents.pdf.form_lines import FormField, boxed
from docqa.documents.pdf.glyph_widths import cut_near
from docqa.documents.pdf.tables.page_table import TextRow, text_rows
from docqa.documents.pdf.tables.rule_grids import GridEdge, grid_edges

_FEWEST_RULES, _MOST_RULES = 4, 1200  # A page with more has a drawing.
_THIN = 3.0
_SHORTEST = 7.0  # Of a side: what is shorter is a tooth of a comb.
_NEAR = 2.0
_MAX_LINES, _MAX_WORDS = 4, 30
_ROOM = 1.0  # Heights of type below a label, at least.
_LOW = 0.8  # Heights of its letters above a label, at most.
_INDENT = 2.5  # Heights of type, of a label, at most.
_WORD = re.compile(r"[^\W\d_]{3}")
_VALUE = re.compile(r"[\s\d.,$€£-]*")
_LONGEST = 40  # Characters of a label outside a box.
# A box that stands alone, and is none to be checked: its height, its width, and its width relative to its height.
_LOWEST, _HIGHER, _WIDEST, _WIDER = 10.0, 36.0, 200.0, 1.2
_HIGHEST = 60.0  # A box.
_WIDE = 2.5  # Heights of type between two labels in one box.


class _Sides:
    """Parallel sides, in order."""

    def __init__(self, sides: list[GridEdge]) -> None:
        self.sides = sides
        self._places = [side.at for side in sides]

    def between(self, low: float, high: float) -> list[GridEdge]:
        """Those at `low` to `high`."""
        return self.sides[bisect_left(self._places, low) : bisect_left(self._places, high)]

    def around(self, at: float, along: float) -> tuple[GridEdge | None, GridEdge | None]:
        """The nearest ones before and after a place that are beside the point `along` them."""
        place = bisect_left(self._places, at)
        low, high = along + _NEAR, along - _NEAR
        before = after = None
        for index in range(place - 1, -1, -1):
            _, begin, end = self.sides[index]
            if begin < low and end > high:
                before = self.sides[index]
                break
        for index in range(place, len(self.sides)):
            _, begin, end = self.sides[index]
            if begin < low and end > high:
                after = self.sides[index]
                break
        return before, after


class LabelledBox(NamedTuple):
    """A box with its fields, and the fragments of the page that they are made of, by `id`."""

    x0: float
    top: float
    x1: float
    bottom: float
    fields: list[FormField]
    sources: set[int]


_Box = tuple[float, float, float, float]
"""x0, top, x1, bottom."""


def labelled_boxes(content: PageContent) -> list[LabelledBox]:
    """The boxes of a page that are a label and room for what it asks for."""
    if not _FEWEST_RULES <= len(content.rules) <= _MOST_RULES:
        return []
    horizontal, vertical = map(_Sides, _sides(content.rules))
    if len(horizontal.sides) < 2 or not vertical.sides:
        return []
    texts: dict[_Box, list[TextFragment]] = defaultdict(list)
    sources: dict[_Box, set[int]] = defaultdict(set)
    pieces: list[tuple[TextFragment, int]] = []
    for fragment in content.fragments:
        inner = fragment.text.strip()
        if fragment.slanted or not inner:
            continue
        if " " in inner or "\xa0" in inner:
            crossed = vertical.between(fragment.x0 + 2, fragment.x1 - 2)
            pieces += [(piece, id(fragment)) for piece in _cut(fragment, crossed)]
        else:
            pieces.append((fragment, id(fragment)))
    lowest = horizontal.sides[-1].at
    above = [piece for piece, _ in pieces if (piece.top + piece.bottom) / 2 <= lowest]
    words = (piece for piece in above if _WORD.search(piece.text))
    if not any(_has_room(piece, horizontal) for piece in words):
        return []
    if not any(_may_be_label(piece, horizontal) for piece in above):
        return []
    for piece, source in pieces:
        if box := _box_around(piece, horizontal, vertical):
            texts[box].append(piece)
            sources[box].add(source)
    lines = {box: text_rows(inside) for box, inside in texts.items()}
    labelled = {box for box, rows in lines.items() if _is_labelled(box, rows)}
    # The sides between two lines of a paragraph are those of its background.
    labelled = {box for box in labelled if not any(is_tight(f, lines[box][0][0]) for f in content.fragments)}
    if not labelled:
        return []
    beside = {box for box, rows in lines.items() if box not in labelled and _may_be_field(box, rows, labelled)}
    found = labelled | beside
    # A fragment that reaches into a box of another kind stays whole.
    others = {number for box, numbers in sources.items() if box not in found for number in numbers}
    whole = sorted(box for box in found if not sources[box] & others)
    return [LabelledBox(*box, list(_fields(lines[box])), sources[box]) for box in whole]


def boxes_beside_labels(content: PageContent) -> Iterator[LabelledBox]:
    """The boxes that stand alone, with a label above them, or on their left: "Dollars" above, "Amount" beside."""
    horizontal, vertical = map(_Sides, _sides(content.rules))
    visible = [fragment for fragment in content.fragments if not fragment.slanted]
    words = [fragment for fragment in visible if len(fragment.text) <= _LONGEST and _WORD.search(fragment.text)]
    for x0, top, x1, bottom in _lone_boxes(horizontal, vertical):
        value = [
            fragment
            for fragment in visible
            if x0 < (fragment.x0 + fragment.x1) / 2 < x1 and top < (fragment.top + fragment.bottom) / 2 < bottom
        ]
        if x1 - x0 > _WIDEST or any(not _VALUE.fullmatch(fragment.text) for fragment in value):
            continue
        if any(x0 - 6 < f.x0 < x1 and top < (f.top + f.bottom) / 2 < bottom and f not in value for f in visible):
            continue  # A check box with its label, or a word.
        above = [
            f
            for f in words
            if x0 < (f.x0 + f.x1) / 2 < x1 and f.x1 - f.x0 < x1 - x0 + f.size and -1 < top - f.bottom < 0.8 * f.size
        ]
        left = [f for f in words if 0 < x0 - f.x1 < 2 * f.size and top - 1 < (f.top + f.bottom) / 2 < bottom + 1]
        for label in (left, above):
            if label and not any(is_tight(f, label[0]) or is_tight(label[-1], f) for f in words if f not in label):
                cells = [text_rows(label), *([text_rows(value)] if value and label is (above or left) else [])]
                field = boxed(cells)._replace(row=(top, bottom))
                yield LabelledBox(x0, top, x1, bottom, [field], {id(f) for f in (*label, *value)})


def _lone_boxes(horizontal: _Sides, vertical: _Sides) -> Iterator[_Box]:
    """The boxes that have no side in common with another one."""
    for top, x0, x1 in horizontal.sides:
        for bottom, begin, end in horizontal.between(top + _LOWEST, top + _HIGHER):
            if abs(begin - x0) < _NEAR and abs(end - x1) < _NEAR and x1 - x0 > _WIDER * (bottom - top):
                left, right = (vertical.between(x - _NEAR, x + _NEAR) for x in (x0, x1))
                if all(any(_ends_at(side, top, bottom) for side in sides) for sides in (left, right)):
                    yield x0, top, x1, bottom


def _ends_at(side: GridEdge, begin: float, end: float) -> bool:
    return abs(side.begin - begin) < _NEAR and abs(side.end - end) < _NEAR


def _sides(rules: list[Rule]) -> tuple[list[GridEdge], list[GridEdge]]:
    """The horizontal and the vertical lines, and the sides of boxes, whole where they are drawn in pieces."""
    lines: list[Rule] = []
    boxes: list[Rule] = []
    for rule in rules:
        thin = min(rule.x1 - rule.x0, rule.bottom - rule.top) <= _THIN
        (lines if thin else boxes).append(rule)
    horizontal, vertical = grid_edges(lines, boxes)
    return _joined(horizontal), [side for side in _joined(vertical) if side.end - side.begin > _SHORTEST]


def _joined(sides: list[GridEdge]) -> list[GridEdge]:
    joined: list[GridEdge] = []
    for side in sorted(sides, key=lambda side: (round(side.at), side.begin)):
        last = joined[-1] if joined else None
        if last and abs(side.at - last.at) < _NEAR and last.begin - _NEAR <= side.begin <= last.end + _NEAR:
            joined[-1] = GridEdge(last.at, min(last.begin, side.begin), max(last.end, side.end))
        else:
            joined.append(side)
    return sorted(joined)


def _cut(fragment: TextFragment, crossed: list[GridEdge]) -> Iterator[TextFragment]:
    """The pieces of a fragment between the sides that it crosses: some files draw a row as one string."""
    y = (fragment.top + fragment.bottom) / 2
    for side in crossed:
        if side.begin < y < side.end and (parts := _before_label(fragment, side.at)):
            yield parts[0]
            fragment = parts[1]
    yield fragment


def _before_label(fragment: TextFragment, x: float) -> tuple[TextFragment, TextFragment] | None:
    """Cut a fragment near `x`, before a capital letter if it is in several fonts: how wide its letters are is vague."""
    for shift in (0.0, -1.5, 1.5, -3.0, 3.0) if not fragment.style else ():
        parts = cut_near(fragment, x + shift * fragment.size)
        if parts and parts[1].text[:1].isupper() and not parts[0].text.split()[-1][:1].isupper():
            left, right = parts
            return left._replace(x1=min(left.x1, x)), right._replace(x0=max(right.x0, x))
    return cut_near(fragment, x)


def _has_room(fragment: TextFragment, horizontal: _Sides) -> bool:
    """Whether there is room below the words of a label: in most tables, there is none."""
    _, below = horizontal.around((fragment.top + fragment.bottom) / 2, (fragment.x0 + fragment.x1) / 2)
    return below is not None and below.at - fragment.bottom > 0.5 * _ROOM * fragment.size - 1


def _may_be_label(fragment: TextFragment, horizontal: _Sides) -> bool:
    """Whether a text may be a label, with room below it."""
    if not _begins_label(fragment.text.lstrip()):
        return False
    above, below = horizontal.around((fragment.top + fragment.bottom) / 2, (fragment.x0 + fragment.x1) / 2)
    if not above or not below:
        return False
    height, low, room = fragment.bottom - fragment.top, fragment.top - above.at, below.at - fragment.bottom
    # The sides of a box are rounded.
    return low < _LOW * height + 2 and room > _ROOM * fragment.size - 1


def _box_around(fragment: TextFragment, horizontal: _Sides, vertical: _Sides) -> _Box | None:
    """The nearest sides around a fragment, if they meet."""
    x, y = (fragment.x0 + fragment.x1) / 2, (fragment.top + fragment.bottom) / 2
    above, below = horizontal.around(y, x)
    if not above or not below or below.at - above.at > _HIGHEST:
        return None
    left, right = vertical.around(x, y)
    if not left and not right:
        return None
    # The outer sides are often not drawn.
    x0 = left.at if left else max(above.begin, below.begin)
    x1 = right.at if right else min(above.end, below.end)
    if x0 > fragment.x0 + _NEAR or x1 < fragment.x1 - _NEAR:
        return None
    return round(x0), round(above.at), round(x1), round(below.at)


def _is_labelled(box: _Box, rows: list[TextRow]) -> bool:
    """Whether there is a label at the top of a box, and room below it."""
    first, last = rows[0][0], rows[-1]
    size = first.bottom - first.top
    above, below = first.top - box[1], box[3] - max(fragment.bottom for fragment in last)
    if first.x0 - box[0] > _INDENT * first.size:
        return False
    return _is_short(rows) and above < _LOW * size + 1 and below > max(_ROOM * first.size, 1.5 * above)


def is_tight(above: TextFragment, below: TextFragment) -> bool:
    """Whether one text stands right above the other, as the lines of a paragraph do."""
    near = -0.2 * below.size < below.top - above.bottom < 0.3 * below.size
    return near and abs(above.x0 - below.x0) < below.size


def _is_short(rows: list[TextRow]) -> bool:
    """Whether a text is as short as a label, and begins like one."""
    text = " ".join(fragment.text for row in rows for fragment in row).strip()
    if len(rows) > _MAX_LINES or text.count(" ") >= _MAX_WORDS:
        return False
    return _begins_label(text) and _WORD.search(text) is not None


def _begins_label(text: str) -> bool:
    first = text[:1]
    return first.isupper() or first.isdigit() or first in "("


def _may_be_field(box: _Box, rows: list[TextRow], labelled: set[_Box]) -> bool:
    """Whether a box with a line of text is next to labelled ones: its room is on the right."""
    x0, top, x1, bottom = box
    room = x1 - max(fragment.x1 for row in rows for fragment in row)
    if len(rows) > 2 or not _is_short(rows) or room < 0.3 * (x1 - x0):
        return False
    return any(
        (abs(top - other[3]) <= _NEAR or abs(bottom - other[1]) <= _NEAR) and x0 < other[2] and other[0] < x1
        for other in labelled
    )


def _fields(rows: list[TextRow]) -> Iterator[FormField]:
    """The fields in a box: one, or one for each label if wide gaps divide them."""
    left = [_parts(row) for row in rows]
    if len(rows) == 1 and len(left[0]) > 1:
        yield from (boxed([[part]]) for part in left[0])
    else:
        yield boxed([rows])


def _parts(row: TextRow) -> list[TextRow]:
    """A row cut at wide gaps before labels: what follows a colon, or is in no font of the page, is a value."""
    parts = [[row[0]]]
    for before, fragment in pairwise(row):
        is_value = before.text.rstrip().endswith(":") or not fragment.style
        if fragment.x0 - before.x1 > _WIDE * fragment.size and not is_value:
            parts.append([])
        parts[-1].append(fragment)
    return parts
