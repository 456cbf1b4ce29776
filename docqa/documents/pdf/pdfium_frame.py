"""The visible part of an open page, and the boxes on it as they are displayed."""

from collections.abc import Iterable
from typing import Any

import pypdfium2_raw as pdfium

Box = tuple[float, float, float, float]
"""PDFium's is (left, bottom, right, top), y upwards; as displayed, (x0, top, x1, bottom), y downwards."""

_MIN_PAGE = 36  # Points.
_OVERLAP = 0.25  # Of its height: a line has no more in common with the one above.


class Frame:
    """The visible part of a page, and how the page's coordinates map to what is displayed."""

    def __init__(self, page: Any, turn: int) -> None:
        """`turn`: counter-clockwise, of the page's text in the page's own coordinates. A multiple of 90 degrees."""
        box = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(page, box)
        self._left, self._bottom, self._right, self._top = box.left, box.bottom, box.right, box.top
        self._turn = turn
        self.turned = turn in {90, 270}
        self.width, self.height = self._right - self._left, self._top - self._bottom
        if self.turned:
            self.width, self.height = self.height, self.width
        # What is smaller is nonsense from a converter: a viewer shows the page's text elsewhere, or not at all.
        self._clips = min(self.width, self.height) >= _MIN_PAGE
        self._farthest = 2 * (self.width + 1), 2 * (self.height + 1)  # Twice the middle of what is seen.

    def as_displayed(self, box: Iterable[float]) -> Box:
        """Convert PDFium's box to one with the text upright."""
        left, bottom, right, top = box
        if self._turn == 0:
            return left - self._left, self._top - top, right - self._left, self._top - bottom
        if self._turn == 90:
            return bottom - self._bottom, left - self._left, top - self._bottom, right - self._left
        if self._turn == 180:
            return self._right - right, bottom - self._bottom, self._right - left, top - self._bottom
        return self._top - top, self._right - right, self._top - bottom, self._right - left

    def hides(self, box: Box) -> bool:
        """Whether the middle of a displayed box is outside the page: text that nobody sees."""
        x0, top, x1, bottom = box
        x, y = self._farthest
        return not (-2 <= x0 + x1 <= x and -2 <= top + bottom <= y) and self._clips


def union(a: Box, b: Box) -> Box:
    """The smallest box around two."""
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def is_next_line(above: Box, box: Box, far: float) -> bool:
    """Whether a displayed box is below another one, and left of it: `far` from its left side, or from its right one."""
    far_left = above[0] - far if above[2] - above[0] < far else above[0]
    return box[2] < above[0] and box[0] < far_left and box[1] > above[3] - _OVERLAP * (box[3] - box[1])


def most_common_angle(rows: Iterable[tuple[int, tuple[int, int]]]) -> int:
    """The angle of most characters of a page's rows: (angle, (first, last)) of each."""
    lengths: dict[int, int] = {0: 0}
    for angle, (begin, end) in rows:
        lengths[angle] = lengths.get(angle, 0) + end - begin
    return max(lengths, key=lambda angle: lengths[angle])
