"""Check boxes that a page draws as four lines: each is a ☐ before its label, as one in a form field is (pure).

Lengths are in points; y grows downwards.
"""

from collections.abc import Iterator

from docqa.documents.pdf.engines import PageContent, Rule, TextFragment
from docqa.documents.pdf.form_fields import CHECKED, UNCHECKED

_SMALLEST, _LARGEST = 6.0, 16.0  # Its sides.
_THIN = 2.5
_NEAR = 1.0  # Between the ends of two sides.
_SQUARE = 0.15  # The difference of its sides, relative to them, and that of two boxes of one kind.
_APART = 0.6  # Sides, between two boxes: those for single letters are closer.
_CHECKS = frozenset("xX✓✔✗✘×")
_LABEL = 2.5  # Heights of type, at most, from a box to its label.
_LEADING = 1.2  # Heights of type, at most, between the lines of a label beside the middle of which a box is.
_ALIGNED, _CENTRED = 2.0, 0.4  # Points; heights of type.
_SHARED = 0.25  # Of the height of the label's first line: a box is beside the middle of a label of two lines.


def with_check_boxes(content: PageContent) -> PageContent:
    """The page with a ☐ or ☒ before each text that has a drawn box on its left, and without the boxes' sides."""
    small = [rule for rule in content.rules if rule.x1 - rule.x0 <= _LARGEST and rule.bottom - rule.top <= _LARGEST]
    outlined = list(_outlined(small)) if len(small) > 1 else []
    if not outlined:
        return content
    side = outlined[0].x1 - outlined[0].x0
    whole = [rule for rule in small if _is_square(rule) and abs(rule.x1 - rule.x0 - side) < _SQUARE * side]
    boxes = [*outlined, *(rule for rule in whole if not any(_are_close(rule, box) for box in outlined))]
    others = [rule for rule in content.rules if not any(_is_side(rule, box) for box in boxes)]
    fragments = list(content.fragments)
    marked: list[Rule] = []
    for box in boxes:
        if any(other is not box and _are_close(box, other) for other in boxes):
            continue
        if any(_reaches_beyond(rule, box) for rule in others):
            continue  # A cell of a table.
        inside = [fragment for fragment in fragments if _is_in(fragment, box)]
        label = _first_line(_label(fragments, box), box, fragments, boxes)
        if label is None or any(fragment.text.strip() not in _CHECKS for fragment in inside):
            continue
        mark = CHECKED if inside else UNCHECKED
        place = next(index for index, fragment in enumerate(fragments) if fragment is label)
        fragments[place] = label._replace(text=f"{mark} {label.text.lstrip()}", x0=box.x0)
        fragments = [fragment for fragment in fragments if not any(fragment is check for check in inside)]
        marked.append(box)
    rules = [rule for rule in content.rules if not any(_is_side(rule, box) for box in marked)] if marked else None
    return content._replace(fragments=fragments, rules=rules) if rules is not None else content


def _outlined(rules: list[Rule]) -> Iterator[Rule]:
    """The squares of four lines that meet at their ends."""
    level = [rule for rule in rules if rule.bottom - rule.top < _THIN and rule.x1 - rule.x0 >= _SMALLEST]
    upright = [rule for rule in rules if rule.x1 - rule.x0 < _THIN and rule.bottom - rule.top >= _SMALLEST]
    if len(level) < 2 or len(upright) < 2:
        return
    lefts = {(round(rule.x0), round(rule.top)): rule for rule in upright}
    rights = {(round(rule.x1), round(rule.top)): rule for rule in upright}
    lower = {(round(rule.x0), round(rule.bottom)): rule for rule in level}
    for top in level:
        left, right = _at(lefts, top.x0, top.top), _at(rights, top.x1, top.top)
        bottom = _at(lower, top.x0, left.bottom) if left else None
        if left and right and bottom and bottom is not top:
            box = Rule(left.x0, top.top, right.x1, bottom.bottom)
            if _is_square(box) and abs(right.bottom - left.bottom) < _NEAR and abs(top.x1 - bottom.x1) < _NEAR:
                yield box


def _at(corners: dict[tuple[int, int], Rule], x: float, y: float) -> Rule | None:
    """The side that has a corner at a point, within a point."""
    places = ((round(x) + i, round(y) + j) for i in (0, -1, 1) for j in (0, -1, 1))
    return next((corners[place] for place in places if place in corners), None)


def _is_square(box: Rule) -> bool:
    width, height = box.x1 - box.x0, box.bottom - box.top
    return _SMALLEST < width < _LARGEST and abs(width - height) < _SQUARE * width


def _are_close(box: Rule, other: Rule) -> bool:
    """Whether two boxes touch, or stand side by side as those for single letters do."""
    apart = _APART * (box.x1 - box.x0) if abs(box.top - other.top) < _NEAR else _NEAR
    return box.x0 - apart < other.x1 and other.x0 < box.x1 + apart and box.top < other.bottom and other.top < box.bottom


def _reaches_beyond(rule: Rule, box: Rule) -> bool:
    """Whether a line goes on at a corner of a box, or ends at it."""
    if rule.bottom - rule.top < _THIN:
        near = min(abs(rule.top - box.top), abs(rule.top - box.bottom)) < _NEAR
        return near and rule.x0 < box.x1 + _NEAR and rule.x1 > box.x0 - _NEAR
    if rule.x1 - rule.x0 < _THIN:
        near = min(abs(rule.x0 - box.x0), abs(rule.x0 - box.x1)) < _NEAR
        return near and rule.top < box.bottom + _NEAR and rule.bottom > box.top - _NEAR
    return False


def _is_side(rule: Rule, box: Rule) -> bool:
    return (
        box.x0 - _NEAR < rule.x0
        and rule.x1 < box.x1 + _NEAR
        and box.top - _NEAR < rule.top
        and rule.bottom < box.bottom + _NEAR
    )


def _is_in(fragment: TextFragment, box: Rule) -> bool:
    x, y = (fragment.x0 + fragment.x1) / 2, (fragment.top + fragment.bottom) / 2
    return box.x0 < x < box.x1 and box.top < y < box.bottom and bool(fragment.text.strip())


def _label(fragments: list[TextFragment], box: Rule) -> TextFragment | None:
    """The first line right of a box, close to it."""
    beside = [
        fragment
        for fragment in fragments
        if -_NEAR < fragment.x0 - box.x1 < _LABEL * fragment.size
        and min(fragment.bottom, box.bottom) - max(fragment.top, box.top) > _SHARED * (fragment.bottom - fragment.top)
        and any(map(str.isalnum, fragment.text))
        and not fragment.slanted
    ]
    return min(beside, key=lambda fragment: (round(fragment.top), fragment.x0), default=None)


def _first_line(
    line: TextFragment | None, box: Rule, fragments: list[TextFragment], boxes: list[Rule]
) -> TextFragment | None:
    """The first line of the label that has `line` beside its box, which may be beside the middle of the label.

    So it is if the lines above and below it, up to wider gaps, have their middle there, and no box of their own.
    """
    if line is None:
        return None
    above, below = ([*_chain(line, fragments, step)] for step in (-1, 1))
    if not above or any(_label([other], near) for other in above + below for near in boxes if near is not box):
        return line
    middle = (above[-1].top + (below[-1] if below else line).bottom) / 2
    return above[-1] if abs(middle - (box.top + box.bottom) / 2) < _CENTRED * line.size else line


def _chain(line: TextFragment, fragments: list[TextFragment], step: int) -> Iterator[TextFragment]:
    """The lines of one paragraph above (-1) or below (1) a line."""
    while True:
        following = next(
            (
                other
                for other in fragments
                if abs(other.x0 - line.x0) < _ALIGNED and 0 < step * (other.top - line.top) < _LEADING * line.size
            ),
            None,
        )
        if following is None:
            return
        yield following
        line = following
