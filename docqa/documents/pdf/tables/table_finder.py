"""Tables on a page (pure): the ruled ones, then those whose columns are only aligned.

The method is that of Nurminen, "Algorithmic Extraction of Data in Tables in PDF Documents" (2013), which pdfplumber,
Camelot and Tabula follow: edges come from what is drawn and from how text is aligned, cells from the edges.
A wrong table does more harm than a missed one, since it cuts sentences: in doubt there is none.
"""

from itertools import pairwise

from docqa.documents.pdf.engines import PageContent, Rule, TextFragment
from docqa.documents.pdf.tables.aligned_tables import aligned_tables
from docqa.documents.pdf.tables.page_table import FoundTable, PageTable, text_rows
from docqa.documents.pdf.tables.ruled_tables import ruled_tables

_MIN_RULES = 3
_MIN_GAPS = 3
_MIN_LETTER_BOXES = 30
_MAX_LOOSE = 0.1  # Share of them.
_THIN = 3.0  # Points: what is thicker is a box.


def find_ruled_tables(content: PageContent) -> tuple[list[PageTable], PageContent]:
    """The tables and forms that have a grid, and the page without their text."""
    if len(content.rules) < _MIN_RULES:
        return [], content
    return _without(content, ruled_tables(content, _visible(content)))


def find_aligned_tables(content: PageContent) -> tuple[list[PageTable], PageContent]:
    """The tables without a grid, and the page without their text."""
    if _is_form(content):
        return [], content
    rows = text_rows(_visible(content))
    if len(content.rules) < _MIN_RULES and sum(len(row) > 1 for row in rows) < _MIN_GAPS:
        return [], content
    return _without(content, aligned_tables(rows, content))


def _visible(content: PageContent) -> list[TextFragment]:
    return [fragment for fragment in content.fragments if not fragment.slanted and fragment.text.strip()]


def _without(content: PageContent, found: list[FoundTable]) -> tuple[list[PageTable], PageContent]:
    if not found:
        return [], content
    taken = {id(fragment) for table in found for fragment in table.fragments}
    rest = [fragment for fragment in content.fragments if id(fragment) not in taken]
    return [table.table for table in found], content._replace(fragments=rest)


def _is_form(content: PageContent) -> bool:
    """Whether a page has small boxes: those for single letters of a form, whose fields are aligned, too, or a diagram.

    Small boxes that all touch others are the shaded cells of a statement: its signs have columns of their own.
    """
    boxes = [r for r in content.rules if r.x1 - r.x0 > _THIN and r.bottom - r.top > _THIN]
    small = sum(map(_is_small, boxes))
    if small < _MIN_LETTER_BOXES:
        return False
    boxes.sort(key=lambda box: (round(box.top), round(box.bottom), box.x0))
    touching = {
        box
        for a, b in pairwise(boxes)
        if abs(a.top - b.top) < 1 and abs(a.bottom - b.bottom) < 1 and abs(b.x0 - a.x1) < 1
        for box in (a, b)
    }
    return sum(_is_small(box) and box not in touching for box in boxes) > _MAX_LOOSE * small


def _is_small(box: Rule) -> bool:
    return 6 < box.x1 - box.x0 < 26 and 6 < box.bottom - box.top < 26
