"""PDFium's lines in the text of a page, and the boxes of a line in groups (pure). Lengths are in points."""

from collections.abc import Iterator
from itertools import pairwise

from docqa.documents.pdf.pdfium_frame import Box

# In heights of the type. No space between words is wider, not even in justified lines; those between cells may be.
GAP = 0.8
TALL = 2.5
BACK = 10.0  # From the end of a line to the next one, at least.
_OVERLAP = 0.25  # Of their height: lines have no more in common.
_STACKED = 6.0  # Where it begins at the same place both are as wide: more than the parts of a fraction.

# How much wider than the page's other lines a line is that may contain a gap between columns.
_STRETCHED = 1.15
_USUAL_WIDTHS = (0.4, 0.46)  # Heights of the type for a character: without long lines, and at most.

LineGroup = tuple[int, Box, bool]
"""Neighbouring boxes of a line: the number of the first one, their union, and whether they are raised."""


def line_places(text: str) -> Iterator[tuple[int, int]]:
    """Where PDFium's lines begin and end: with CR LF, or with U+FFFE if it removed a hyphen and the word continues."""
    begin = 0
    for line in text.replace("\r", "\n").replace("\ufffe", "\n").split("\n"):
        end = begin + len(line)
        if end > begin:
            yield begin, end
        begin = end + 1


def grouped(boxes: list[Box], size: float) -> list[LineGroup]:
    """Group the boxes of a line, cut at wide gaps, at superscripts, and before and after slanted text."""
    tallest = TALL * size
    widest = baseline = 0.0
    for x0, top, x1, bottom in boxes:
        if x1 - x0 > widest and bottom - top < tallest:
            widest, baseline = x1 - x0, bottom
    highest, lowest, gap, back = 0.8 * size, baseline - 0.2 * size, GAP * size, BACK * size
    stacked = _STACKED * size
    groups: list[LineGroup] = []
    number = 0
    left, top, right, bottom = boxes[0]
    was_raised = bottom < lowest and bottom - top < highest
    was_tall = bottom - top > tallest
    for index in range(1, len(boxes)):
        x0, y0, x1, y1 = boxes[index]
        height = y1 - y0
        raised = y1 < lowest and height < highest
        tall = height > tallest  # A watermark that PDFium takes for a part of the line.
        # PDFium takes what a diagram has in one column for one line.
        near = y0 - bottom < tallest and top - y1 < tallest
        # And the next line of a statement for the rest of the one above.
        if y0 > bottom - _OVERLAP * height and x0 < left + size:
            wide = x1 - x0 > stacked and right - left > stacked
            near = near and not wide and not (x1 < left and (x0 < left - back or right - left > stacked))
        if x0 - right <= gap and raised == was_raised and tall == was_tall and near:
            left, top = (x0 if x0 < left else left), (y0 if y0 < top else top)
            right, bottom = (x1 if x1 > right else right), (y1 if y1 > bottom else bottom)
        else:
            groups.append((number, (left, top, right, bottom), was_raised))
            number, left, top, right, bottom, was_raised, was_tall = index, x0, y0, x1, y1, raised, tall
    groups.append((number, (left, top, right, bottom), was_raised))
    return groups


def are_overprinted(boxes: list[Box], size: float) -> bool:
    """Whether boxes of a line lie over each other."""
    reach = 0.5 * size
    for (x0, _, x1, _), (left, _, right, _) in pairwise(boxes):  # noqa: SIM110 - faster than `any`
        if left < x1 - reach and right > x0:
            return True
    return False


def stretched_width(widths: list[float]) -> float:
    """How wide the characters of a stretched line are at least, from the widths of those of a page's lines."""
    without, most = _USUAL_WIDTHS
    if not widths:
        return _STRETCHED * without
    widths.sort()
    narrow, wide = widths[len(widths) // 5], widths[3 * len(widths) // 5]
    # Lines that differ little are not stretched: their font is wide.
    return _STRETCHED * (narrow if wide < _STRETCHED * narrow else min(narrow, most))
