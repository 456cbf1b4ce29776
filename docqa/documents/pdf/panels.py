"""Coloured or framed boxes with texts of their own, as on flyers, posters and slides: each is read as a whole (pure).

Lengths are in points; y grows downwards.
"""

from collections.abc import Iterator
from typing import NamedTuple

from docqa.documents.pdf.engines import PageContent, Rule, TextFragment

_NARROWEST, _LOWEST = 60.0, 24.0
_LARGEST = 0.6  # Of the page.
_MOST_BOXES = 60  # A page with more has a drawing or a table.
_INSIDE = 2.0
_LEVEL = 4.0
_TOUCHING = 2.5  # Cells of a table are as close as that.
_FEWEST_LINES = 3  # With fewer, of one size, it is the cell of a table, or a label.
_OTHER_SIZE = 1.15


class Panel(NamedTuple):
    """A box, and what is in it."""

    box: Rule
    content: PageContent


def panels(content: PageContent) -> list[Panel]:
    """The boxes of a page that something stands beside."""
    boxes = _boxes(content)
    if not boxes:
        return []
    texts = [fragment for fragment in content.fragments if not fragment.slanted and fragment.text.strip()]
    found: list[Panel] = []
    for box in sorted(boxes, key=_area, reverse=True):
        if any(_holds(panel.box, box) for panel in found):
            continue
        inside = _inside(box, texts)
        if not inside or not _is_text(inside) or not _is_beside(box, inside, texts):
            continue
        if not any(_touch(box, other) for other in boxes):
            rules = [rule for rule in content.rules if rule != box and _holds(box, rule)]
            found.append(Panel(box, content._replace(fragments=inside, rules=rules, comments=[])))
    return found


def without_panels(content: PageContent, found: list[Panel]) -> PageContent:
    """A page without what is in its panels."""
    taken = {id(fragment) for panel in found for fragment in panel.content.fragments}
    rules = [rule for rule in content.rules if not any(_holds(panel.box, rule) for panel in found)]
    return content._replace(fragments=[f for f in content.fragments if id(f) not in taken], rules=rules)


def panel_rows(found: list[Panel]) -> list[list[Panel]]:
    """The panels, those of one height side by side together, from the left: nothing is read between them."""
    rows: list[list[Panel]] = []
    for panel in sorted(found, key=lambda panel: (panel.box.top, panel.box.x0)):
        last = rows[-1][0].box if rows else None
        if last and abs(last.top - panel.box.top) < _LEVEL and abs(last.bottom - panel.box.bottom) < _LEVEL:
            rows[-1].append(panel)
        else:
            rows.append([panel])
    return [sorted(row, key=lambda panel: panel.box.x0) for row in rows]


def _boxes(content: PageContent) -> list[Rule]:
    """The large rectangles of a page, each once: its background and its frame are often two."""
    boxes: list[Rule] = []
    for rule in content.rules:
        if rule.x1 - rule.x0 < _NARROWEST or rule.bottom - rule.top < _LOWEST:
            continue
        if _area(rule) < _LARGEST * content.width * content.height and not any(_are_same(rule, box) for box in boxes):
            boxes.append(rule)
            if len(boxes) > _MOST_BOXES:
                return []
    return boxes


def _area(box: Rule) -> float:
    return (box.x1 - box.x0) * (box.bottom - box.top)


def _are_same(a: Rule, b: Rule) -> bool:
    return all(abs(side - other) < _TOUCHING for side, other in zip(a, b, strict=True))


def _inside(box: Rule, texts: list[TextFragment]) -> list[TextFragment]:
    """The texts in a box, none if one reaches beyond it."""
    inside: list[TextFragment] = []
    for text in texts:
        if text.x0 < box.x1 and text.x1 > box.x0 and text.top < box.bottom and text.bottom > box.top:
            if not _holds(box, text):
                return []
            inside.append(text)
    return inside


def _holds(box: Rule, item: Rule | TextFragment) -> bool:
    return (
        box.x0 - _INSIDE <= item.x0
        and item.x1 <= box.x1 + _INSIDE
        and box.top - _INSIDE <= item.top
        and item.bottom <= box.bottom + _INSIDE
    )


def _is_text(inside: list[TextFragment]) -> bool:
    """Whether a box has several lines, or a title with a text."""
    lines = list(_lines(inside))
    low, high = min(line.size for line in lines), max(line.size for line in lines)
    return len(lines) >= _FEWEST_LINES or (len(lines) > 1 and high > _OTHER_SIZE * low)


def _lines(texts: list[TextFragment]) -> Iterator[TextFragment]:
    """One text of each line."""
    lowest = float("-inf")
    for text in sorted(texts, key=lambda text: text.top):
        if text.top >= lowest - 1:
            yield text
            lowest = text.bottom


def _touch(a: Rule, b: Rule) -> bool:
    """Whether two boxes stand side by side, or one below the other, as the cells of a table do."""
    if _holds(a, b) or _holds(b, a):
        return False
    return (
        a.x0 - _TOUCHING < b.x1
        and b.x0 < a.x1 + _TOUCHING
        and a.top - _TOUCHING < b.bottom
        and b.top < a.bottom + _TOUCHING
    )


def _is_beside(box: Rule, inside: list[TextFragment], texts: list[TextFragment]) -> bool:
    """Whether there is a text beside a box."""
    known = set(map(id, inside))
    return any(id(text) not in known and text.top < box.bottom and text.bottom > box.top for text in texts)
