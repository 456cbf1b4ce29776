"""The headings of the parts of a form: "Part 1" in a black box, with its title beside it (pure)."""

import re

from docqa.documents.pdf.engines import PageContent, Rule, TextFragment
from docqa.documents.pdf.form_lines import FormField, boxed
from docqa.documents.pdf.tables.page_table import text_rows

_PART = re.compile(r"\s*(?:part|section|step|schedule|teil|partie|parte)\s+[\dIVXA-Z]{1,4}\b.{0,14}", re.IGNORECASE)
_THIN = 3.0
_WIDEST = 200.0  # The box of a part's number.
_FARTHEST = 8.0  # Heights of type between the number and the title.


def part_headings(content: PageContent) -> tuple[list[FormField], list[TextFragment]]:
    """The headings of parts, and the fragments that are in none."""
    boxes = [rule for rule in content.rules if rule.bottom - rule.top > _THIN and rule.x1 - rule.x0 < _WIDEST]
    parts = [fragment for fragment in content.fragments if _is_part(fragment.text)] if boxes else []
    headings = [found for part in parts if _is_boxed(part, boxes) and (found := _heading(part, content))]
    taken = {id(fragment) for heading in headings for line in heading.cells[0] for fragment in line}
    return headings, [f for f in content.fragments if id(f) not in taken] if headings else content.fragments


def _is_part(text: str) -> bool:
    return not text[:1].isdigit() and _PART.fullmatch(text) is not None


def _is_boxed(part: TextFragment, boxes: list[Rule]) -> bool:
    return any(
        box.x0 < part.x0
        and part.x1 < box.x1 + 2
        and box.top < part.top + 1
        and part.bottom - 1 < box.bottom
        and box.bottom - box.top < 2.5 * part.size
        for box in boxes
    )


def _heading(part: TextFragment, content: PageContent) -> FormField | None:
    """A part's number with its title: the one text on its right."""
    beside = [f for f in content.fragments if f.x0 >= part.x0 and not f.slanted and f.text.strip()]
    row = next((row for row in text_rows(_at_height(beside, part)) if row[0] is part), [])
    if len(row) != 2 or row[1].x0 - part.x1 > _FARTHEST * part.size:
        return None
    return boxed([[row]])._replace(kind="heading")


def _at_height(fragments: list[TextFragment], part: TextFragment) -> list[TextFragment]:
    middle = (part.top + part.bottom) / 2
    return [fragment for fragment in fragments if fragment.top < middle < fragment.bottom]
