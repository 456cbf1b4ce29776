"""Charts and diagrams whose labels are aligned like the cells of a table (pure)."""

from itertools import pairwise

from docqa.documents.pdf.engines import Rule
from docqa.documents.pdf.tables.text_columns import TableBody

_THIN = 3.0  # Points: what is thicker is a box.
_BELOW = 25.0  # Points: how far a label is from its bar at most.
_APART = 6.0  # Points between the boxes of a diagram.
_MIN_BARS = 0.6  # Share of the columns.


def is_drawing(body: TableBody, rules: list[Rule]) -> bool:
    """Whether lines are the labels below the bars of a chart, or texts in the boxes of a diagram."""
    top, bottom = body.lines[0].top, body.lines[-1].bottom
    left, right = body.extents[0].begin, body.extents[-1].end
    boxes = [
        box
        for box in rules
        if box.bottom - box.top > _THIN
        and box.x1 - box.x0 > _THIN
        and box.x0 < right
        and box.x1 > left
        and box.bottom > top - _BELOW
        and box.top < bottom
    ]
    return len(boxes) > 1 and (_are_below_bars(body, boxes) or _are_in_boxes(body, boxes))


def _are_below_bars(body: TableBody, boxes: list[Rule]) -> bool:
    """Whether bars of different heights stand right above, each over the middle of a column."""
    top = body.lines[0].top
    bars = [box for box in boxes if top - _BELOW < box.bottom < top + 2]
    sides = {(round(bar.x0), round(bar.top)) for bar in bars}
    # Boxes of one height that touch each other are the cells of a row.
    bars = [bar for bar in bars if (round(bar.x1), round(bar.top)) not in sides]
    over = []
    for begin, end in body.extents:
        middles = [bar for bar in bars if abs(bar.x0 + bar.x1 - begin - end) < end - begin]
        narrow = [bar for bar in middles if bar.x1 - bar.x0 < 2 * (end - begin) + 20]
        over += narrow[:1]
    heights = {round(bar.top / 2) for bar in over}
    return len(over) > 1 and len(over) >= _MIN_BARS * body.width and len(heights) > 1


def _are_in_boxes(body: TableBody, boxes: list[Rule]) -> bool:
    """Whether each column is in a box of its own, with space between the boxes."""
    top, bottom = body.lines[0].top, body.lines[-1].bottom
    around = []
    for begin, end in body.extents:
        enclosing = [
            box
            for box in boxes
            if box.top < top + 2 and box.bottom > bottom - 2 and box.x0 < begin + 2 and box.x1 > end - 2
        ]
        if not enclosing:
            return False
        around.append(min(enclosing, key=lambda box: box.x1 - box.x0))
    return all(b.x0 - a.x1 > _APART for a, b in pairwise(around))
