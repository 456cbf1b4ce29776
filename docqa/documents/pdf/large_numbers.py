"""Numbers in large type with a few small lines beside them, as on flyers: "$378+" and "economy / return" (pure).

Lengths are in points; y grows downwards.
"""

from itertools import pairwise

from docqa.documents.pdf.engines import TextFragment

_LARGE = 18.0  # Points.
_LONGEST = 9  # Characters of the number.
_SMALLER = 0.65
_FEWEST, _MOST = 2, 4  # Lines.
_NEAR = 1.5  # Heights of the number, to the lines beside it.
_ALIGNED = 2.0
_BEYOND = 0.3  # Of the height of the number, may lines be above or below it.


def with_lines_joined(fragments: list[TextFragment]) -> list[TextFragment]:
    """The fragments, with the small lines beside a large number as one line at its height."""
    numbers = [fragment for fragment in fragments if fragment.size >= _LARGE and _is_number(fragment)]
    if not numbers:
        return fragments
    taken: set[int] = set()
    joined: dict[int, TextFragment] = {}
    for number in numbers:
        lines = _lines_beside(number, fragments)
        if _FEWEST <= len(lines) <= _MOST and not any(id(line) in taken for line in lines):
            taken.update(map(id, lines))
            text = " ".join(line.text.strip() for line in lines)
            joined[id(number)] = lines[0]._replace(
                text=text,
                top=number.top,
                bottom=number.bottom,
                x1=max(line.x1 for line in lines),
                row=number.row,
                raised=False,
            )
    if not joined:
        return fragments
    found: list[TextFragment] = []
    for fragment in fragments:
        if id(fragment) not in taken:
            found.append(fragment)
        if id(fragment) in joined:
            found.append(joined[id(fragment)])
    return found


def _is_number(fragment: TextFragment) -> bool:
    text = fragment.text.strip()
    return len(text) <= _LONGEST and any(map(str.isdigit, text)) and not fragment.slanted


def _lines_beside(number: TextFragment, fragments: list[TextFragment]) -> list[TextFragment]:
    """The lines right of a number that begin below each other, from the top; none if they are not beside it alone."""
    beyond = _BEYOND * (number.bottom - number.top)
    right = [
        fragment
        for fragment in fragments
        if 0 < fragment.x0 - number.x1 < _NEAR * number.size
        and number.top - beyond < (fragment.top + fragment.bottom) / 2 < number.bottom + beyond
        and fragment.text.strip()
        and not fragment.slanted
    ]
    right.sort(key=lambda fragment: fragment.top)
    for upper, lower in pairwise(right):
        if lower.top < (upper.top + upper.bottom) / 2:
            return []  # Side by side.
    if any(line.size > _SMALLER * number.size or abs(line.x0 - right[0].x0) > _ALIGNED for line in right):
        return []
    return [] if any(_goes_on(right, other) for other in fragments) else right


def _goes_on(lines: list[TextFragment], other: TextFragment) -> bool:
    """Whether there is one more line below, or above, the lines beside a number: it stands before a paragraph."""
    if not lines or abs(other.x0 - lines[0].x0) > _ALIGNED or any(other is line for line in lines):
        return False
    size = lines[0].size
    return (
        -0.2 * size < other.top - lines[-1].bottom < 0.5 * size
        or -0.2 * size < lines[0].top - other.bottom < 0.5 * size
    )
