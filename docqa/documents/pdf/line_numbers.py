"""The numbers of lines in the gutter of court papers and manuscripts (pure).

They stand in one column beside all other text, at even steps down the page, and rise by one or by five. So do the
first cells of a numbered table and the marks of a list. But lines that are numbered as lines go on in mid-sentence,
from one edge of the column to the other.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from docqa.documents.pdf.engines import PageContent, TextFragment

_FEWEST, _FEWEST_BY_FIVES = 5, 4
_ALIGNED = 3.0  # Points.
_RISING = 0.9  # Of the numbers, by the same step.
_EVEN = 0.5  # Of the distances between numbers that are the same; headings and figures are between others.
_NUMBERED = 0.6  # Of the lines between the first number and the last.
_COVERED, _COVERED_BY_FIVES = 0.3, 0.7  # Of the page's text that must be between them.
# A ruler, or the empty lines of pleading paper: enough numbers at even steps, of which some have no line.
_RULER, _FREE = 15, 0.1
_ASIDE = 0.95  # Of the fragments between them that must be on one side.
_DIGIT = 0.5  # A digit's width in heights of the type.
_SAME_PITCH = 0.75  # Of the lines, relative to the numbers.
_COLUMN = 0.45  # Of the text's width: the first of two columns begins there, the last one ends.
_WORD_GAP = 2.5  # In heights of the type: a wider one is between columns.

# What running text has, and tables and lists have not. Numbers by fives are no row's, so that verse will do.
_LENGTH, _LENGTH_OF_VERSE = 25, 12  # Letters in a line, on average.
_LOWER_CASE = 0.25  # Of the lines that begin with a letter.
_FULL = 0.3  # Of the lines, to the right edge.

_MAY_BEGIN = frozenset(" 0123456789")
_GLUED = re.compile(r"\s*(\d{1,4})\s+(?=\S)")
_LETTER = re.compile(r"[^\W\d_]")
_TOP, _X0 = attrgetter("top"), attrgetter("x0")


class _Numbered(NamedTuple):
    """A number, and the place of its fragment on the page. `rest` is what follows it there."""

    value: int
    place: int
    number: TextFragment
    rest: TextFragment | None


def without_line_numbers(content: PageContent) -> tuple[PageContent, list[TextFragment]]:
    """Take the numbers of lines out of a page. Returns what is left, and the numbers."""
    fragments = content.fragments
    taken: dict[int, _Numbered] = {}
    numbers = list(_numbers(fragments))
    for column in _columns(numbers):
        indices = {numbered.place for numbered in column}
        if _step(column) and indices.isdisjoint(taken):
            others = [fragment for index, fragment in enumerate(fragments) if index not in indices | taken.keys()]
            others += [numbered.rest for numbered in column if numbered.rest]
            if _are_line_numbers(column, others):
                taken.update((numbered.place, numbered) for numbered in [*column, *_strays(column, numbers)])
    if not taken:
        return content, []
    left = [taken[index].rest if index in taken else fragment for index, fragment in enumerate(fragments)]
    removed = [taken[index].number for index in sorted(taken)]
    return content._replace(fragments=[fragment for fragment in left if fragment]), removed


def _numbers(fragments: list[TextFragment]) -> Iterator[_Numbered]:
    for index, fragment in enumerate(fragments):
        text = fragment.text
        if text[:1] not in _MAY_BEGIN:
            continue
        if len(text) < 6 and text.strip().isdecimal():
            yield _Numbered(int(text.strip()), index, fragment, None)
        elif match := _GLUED.match(text):
            x = fragment.x0 + (fragment.x1 - fragment.x0) * match.end() / len(text)
            width = _DIGIT * fragment.size * match.end(1)
            number = fragment._replace(text=match[1], x1=fragment.x0 + width, hyphen=False)
            yield _Numbered(int(match[1]), index, number, fragment._replace(text=text[match.end() :], x0=x))


def _columns(numbers: list[_Numbered]) -> Iterator[list[_Numbered]]:
    """Numbers whose left or right edges are aligned, from top to bottom."""
    if len(numbers) < _FEWEST_BY_FIVES:
        return
    edges: tuple[Callable[[_Numbered], float], ...] = (lambda n: n.number.x0, lambda n: n.number.x1)
    for edge in edges:
        column: list[_Numbered] = []
        for numbered in [*sorted(numbers, key=edge), None]:
            if column and (numbered is None or edge(numbered) - edge(column[0]) > _ALIGNED):
                if len(column) >= _FEWEST_BY_FIVES:
                    yield sorted(column, key=lambda n: n.number.top)
                column = []
            if numbered:
                column.append(numbered)


def _strays(column: list[_Numbered], numbers: list[_Numbered]) -> Iterator[_Numbered]:
    """Numbers that are less well aligned, but have their place in the column's order."""
    x0, x1 = min(numbered.number.x0 for numbered in column), max(numbered.number.x1 for numbered in column)
    for stray in numbers:
        if stray.rest is None and x0 - _ALIGNED < stray.number.x0 and stray.number.x1 < x1 + _ALIGNED:
            above = [numbered.value for numbered in column if numbered.number.top < stray.number.top]
            below = [numbered.value for numbered in column if numbered.number.top > stray.number.top]
            if (above or below) and max(above, default=-1) < stray.value < min(
                below, default=max(above, default=0) + 9
            ):
                yield stray


def _are_line_numbers(column: list[_Numbered], others: list[TextFragment]) -> bool:
    step = _step(column)
    distances = [b.number.top - a.number.top for a, b in pairwise(column)]
    pitch = sorted(distances)[len(distances) // 2]
    even = sum(abs(distance - pitch) < 0.1 * pitch for distance in distances) / len(distances)
    if pitch <= 0 or even < _EVEN:
        return False
    low, high = column[0].number.top - 0.6 * pitch, column[-1].number.bottom + 0.6 * pitch
    beside = [fragment for fragment in others if low < fragment.top and fragment.bottom < high and not fragment.raised]
    if not beside or len(beside) < (_COVERED_BY_FIVES if step >= 5 else _COVERED) * len(others):
        return False
    x0, x1 = min(numbered.number.x0 for numbered in column), max(numbered.number.x1 for numbered in column)
    left, right = ([f for f in beside if f.x1 <= x0 + 1], [f for f in beside if f.x0 >= x1 - 1])
    if len(left) + len(right) < _ASIDE * len(beside):
        return False
    lines = _lines(_nearest_column(left, right))
    heights = [(numbered.number.top + numbered.number.bottom) / 2 for numbered in column]
    if (
        len(column) >= _RULER
        and even > _RISING
        and sum(_is_free(height, lines) for height in heights) > _FREE * len(heights)
    ):
        return True
    middles = [(line[0].top + line[0].bottom) / 2 for line in lines]
    pitches = sorted(b - a for a, b in pairwise(middles))
    if not pitches or pitches[len(pitches) // 2] < _SAME_PITCH * pitch / step:
        return False
    near = 0.3 * pitch / step
    if (
        sum(any(abs(height - middle) < near for height in heights) for middle in middles)
        < _NUMBERED * len(lines) / step
    ):
        return False
    return _is_running_text([_nearest_run(line, bool(right)) for line in lines], verse=step >= 5)


def _nearest_column(left: list[TextFragment], right: list[TextFragment]) -> list[TextFragment]:
    """The fragments of the column next to the numbers: the right one if they are between two."""
    side = right or left
    x0, x1 = min(fragment.x0 for fragment in side), max(fragment.x1 for fragment in side)
    if right:
        return [fragment for fragment in side if fragment.x0 < x0 + _COLUMN * (x1 - x0)]
    return [fragment for fragment in side if fragment.x1 > x1 - _COLUMN * (x1 - x0)]


def _is_free(height: float, lines: list[list[TextFragment]]) -> bool:
    return not any(fragment.top - 1 < height < fragment.bottom + 1 for line in lines for fragment in line)


def _step(column: list[_Numbered]) -> int:
    """By what the numbers rise from top to bottom, 0 if they don't, or are too few."""
    (step, count), *_ = Counter(b.value - a.value for a, b in pairwise(column)).most_common(1)
    fewest = _FEWEST_BY_FIVES if step >= 5 else _FEWEST
    return step if step > 0 and len(column) >= fewest and count >= _RISING * (len(column) - 1) else 0


def _lines(fragments: list[TextFragment]) -> list[list[TextFragment]]:
    """The fragments of each line, from left to right."""
    lines: list[list[TextFragment]] = []
    for fragment in sorted(fragments, key=_TOP):
        if lines and fragment.top < (lines[-1][0].top + lines[-1][0].bottom) / 2:
            lines[-1].append(fragment)
        else:
            lines.append([fragment])
    return [sorted(line, key=_X0) for line in lines]


def _nearest_run(line: list[TextFragment], first: bool) -> tuple[str, float]:
    """The text of the first or last column of a line, and its right edge."""
    runs: list[tuple[str, float]] = []
    for fragment in line:
        if runs and fragment.x0 - runs[-1][1] < _WORD_GAP * fragment.size:
            runs[-1] = f"{runs[-1][0]} {fragment.text}", fragment.x1
        else:
            runs.append((fragment.text, fragment.x1))
    return runs[0] if first else runs[-1]


def _is_running_text(runs: list[tuple[str, float]], verse: bool) -> bool:
    length = sum(len(text) for text, _ in runs) / len(runs)
    if verse or length < _LENGTH:
        return verse and length >= _LENGTH_OF_VERSE
    letters = [text.lstrip()[:1] for text, _ in runs if _LETTER.match(text.lstrip())]
    cased = [letter for letter in letters if letter.lower() != letter.upper()]
    if sum(map(str.islower, cased)) < _LOWER_CASE * len(cased):
        return False
    edges = sorted(edge for _, edge in runs)
    right = edges[int(0.9 * (len(edges) - 1))]
    return sum(edge > 0.85 * right for edge in edges) >= _FULL * len(edges)
