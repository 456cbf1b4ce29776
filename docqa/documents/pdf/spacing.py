"""How far apart the lines of paragraphs are in a document, and whether a line ends a sentence (pure)."""

from collections import defaultdict
from itertools import pairwise

from docqa.documents.pdf.lines import LayoutLine

_ENDS, _CLOSING, _MARKS = frozenset(".!?:;…。！？"), "\"'”’»)]", "0123456789⁰¹²³⁴⁵⁶⁷⁸⁹*†‡"
"""The end of a sentence, what may close it, and the mark of a note after it."""

_SCHEMES = ("http:", "https:", "ftp:")

_ENOUGH = 3  # Lines that go on in the next one, to tell the spacing.
_LEADING = 1.3  # The usual one, in heights of the type.
_WIDER = 1.25
_IN_SMALL_LETTERS = 0.75  # Of the lines of running text that go on in the next one.


def ends_sentence(text: str) -> bool:
    """Whether a line ends in the end of a sentence."""
    # Most lines end in a letter.
    if text[-1:].isalpha() or text.endswith(_SCHEMES):
        return False
    return text.rstrip(_MARKS).rstrip(_CLOSING)[-1:] in _ENDS


class LineSpacing:
    """The distance from line to line within paragraphs, by the size of type: in a column, on a page, in a document.

    A page may be set closer than the others. Where its lines are further apart, they may as well be items of a list,
    unless nearly all of a column's go on in small letters.
    """

    def __init__(self, lines: list[LayoutLine]) -> None:
        self._pitches: dict[tuple[int, ...], float] = {}
        in_columns: dict[tuple[int, int, int], list[tuple[float, bool]]] = defaultdict(list)
        for previous, line in pairwise(lines):
            size, step = line.size, line.top - previous.top
            if (
                0.6 * size < step < 3 * size
                and previous.page == line.page
                and previous.region == line.region
                and abs(previous.size - size) < 0.5
                and previous.x1 > previous.right - 2 * size
                and not (previous.kind or line.kind)
                and not ends_sentence(previous.text)
            ):
                in_columns[round(size), line.page, line.region].append((step / size, line.text[0].islower()))
        all_steps: dict[tuple[int, ...], list[float]] = defaultdict(list)
        self._prose: set[tuple[int, ...]] = set()
        for column, goes_on in in_columns.items():
            steps, small = zip(*goes_on, strict=True)
            in_order = sorted(steps)  # Once: what is in order in part is sorted sooner.
            for key in _places(*column):
                all_steps[key] += in_order
            # The lines of a list may be full, too: those that go on are the closer ones.
            if sum(small) >= _IN_SMALL_LETTERS * len(small):
                self._prose.add(column)
        self._usual = {key: sorted(steps)[len(steps) // 4] for key, steps in all_steps.items() if len(steps) >= _ENOUGH}

    def pitch(self, line: LayoutLine, size: float) -> float:
        """The usual distance of the lines around `line`, in type of this size."""
        place = round(size), line.page, line.region
        pitch = self._pitches.get(place)
        if pitch is None:
            column, page, document, whole_page = map(self._usual.get, _places(*place))
            near = column or page
            if near and ((column and place in self._prose) or not (document and near > _WIDER * document)):
                pitch = near
            else:
                pitch = document or max(_LEADING, whole_page or 0.0)
            self._pitches[place] = pitch
        return pitch * size


def _places(size: int, page: int, region: int) -> tuple[tuple[int, ...], ...]:
    """A column, a page and the document with a size of type; the page with any."""
    return (size, page, region), (size, page), (size,), (0, page)
