"""The rows of a page with a table of contents: title, leader and page number are one (pure).

A file draws them as several runs, far from each other. Without this, the page numbers are a column of their own.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from docqa.documents.pdf.contents import ends_with_leader, has_contents_heading, page_number
from docqa.documents.pdf.engines import PageContent, TextFragment

_FEWEST = 3
_FEWEST_WITHOUT_LEADERS = 10  # If there is no heading, either.
_LEADERS = 0.3  # Of the rows that have one.
_RISING = 0.85  # Of the numbers: not lower than the one before.
_SAME_STEP = 0.8  # Of the numbers: page numbers rise by one and by more.
_ALIGNED = 6.0  # Points, at the right edge.
_LETTERS = 3  # In a row, on average.
_OF_A_FORM = 0.3  # Of the rows that begin with the number with which they end.
_TITLE = 12  # Letters, on average, if there are neither leaders nor a heading.

_NUMBER = re.compile(r"\s*(?:[1-9]\d{0,3}|(?=[ivx])[ivxl]{1,7}|(?=[IVX])[IVXL]{1,7})\s*")
_SECTION = re.compile(
    r"\s*(?:(?:chapter|part|section|appendix|figure|table)\s+)?(?:[A-Z]|\d{1,3}|[IVX]{1,5})?(?:\.\d{1,3})*\.?\s*",
    re.IGNORECASE,
)
_LONGEST_NUMBER = 8  # Characters, with spaces.
_LEADER, _DOTTED = re.compile(r"[\s.·…_-]+"), ("..", ". .", "…", "__")


class _Row(NamedTuple):
    """A page number, or a title that ends with one, and what stands left of it, from the left."""

    number: TextFragment
    value: int
    has_leader: bool
    before: list[TextFragment]

    @property
    def fragments(self) -> list[TextFragment]:
        """All fragments of the row."""
        return [*self.before, self.number]


def with_whole_entries(content: PageContent) -> PageContent:
    """The page with each entry of a table of contents as one fragment, as far as it is in one row."""
    fragments = content.fragments
    text = "\n".join([fragment.text for fragment in fragments])
    dotted = "…" in text or ".." in text or ". ." in text or ("_" in text and "__" in text)  # `_DOTTED`, but sooner.
    longest = len(text) if dotted else _LONGEST_NUMBER
    numbers = [f for f in fragments if len(f.text) <= longest and not f.raised and _ends_with_page(f.text, dotted)]
    if len(numbers) < _FEWEST:
        return content
    columns = [column for column in _columns(numbers) if len(column) >= _FEWEST]
    if not columns:
        return content
    by_height = _by_height(fragments)
    entries = [rows for column in columns if _may_be_entries(rows := list(_rows(column, by_height)))]
    if not entries:
        return content
    headed = has_contents_heading(fragment.text for fragment in fragments)
    joined: dict[int, TextFragment | None] = {}
    for rows in entries:
        if _are_entries(rows, headed):
            for row in rows:
                first, *others = row.fragments
                joined.update({id(fragment): None for fragment in others})
                joined[id(first)] = _join(row)
    if not joined:
        return content
    kept = [joined.get(id(fragment), fragment) for fragment in fragments]
    return content._replace(fragments=[fragment for fragment in kept if fragment])


def _columns(numbers: list[TextFragment]) -> Iterator[list[TextFragment]]:
    """Numbers that end at one edge, from top to bottom."""
    column: list[TextFragment] = []
    for number in sorted(numbers, key=lambda number: number.x1):
        if column and number.x1 - column[-1].x1 > _ALIGNED:
            yield sorted(column, key=lambda number: number.top)
            column = []
        column.append(number)
    yield sorted(column, key=lambda number: number.top)


def _by_height(fragments: list[TextFragment]) -> dict[int, list[TextFragment]]:
    """The visible fragments by their middle, in tens of points."""
    by_height: dict[int, list[TextFragment]] = defaultdict(list)
    for fragment in fragments:
        if not fragment.slanted and fragment.text.strip():
            by_height[round((fragment.top + fragment.bottom) / 20)].append(fragment)
    return by_height


def _rows(column: list[TextFragment], by_height: dict[int, list[TextFragment]]) -> Iterator[_Row]:
    """The rows that end with the numbers of a column and begin with a title."""
    for number in column:
        middle = (number.top + number.bottom) / 2
        near = [f for key in (-1, 0, 1) for f in by_height.get(round(middle / 10) + key, ())]
        beside = sorted((f for f in near if f.x1 <= number.x0 + 1 and _is_beside(f, number)), key=lambda f: -f.x0)
        title, value = page_number(number.text.strip()) or ("", 0)
        has_title = title != "" and not _LEADER.fullmatch(title)
        has_leader = ends_with_leader(title)
        before: list[TextFragment] = []
        for fragment in beside:
            if has_title and not _SECTION.fullmatch(fragment.text):
                break  # The entry of another column.
            before.insert(0, fragment)
            has_leader = has_leader or ends_with_leader(fragment.text.rstrip())
            has_title = has_title or not _LEADER.fullmatch(fragment.text)
        if has_title:
            yield _Row(number, value, has_leader, before)


def _ends_with_page(text: str, dotted: bool) -> bool:
    """Whether a text is a page number, or ends with one after a leader. `dotted`: whether the page has leaders."""
    if len(text) <= _LONGEST_NUMBER and text.strip().isalnum():
        return _NUMBER.fullmatch(text) is not None
    found = page_number(text.rstrip()) if dotted and any(dots in text for dots in _DOTTED) else None
    return found is not None and ends_with_leader(found[0])


def _is_beside(fragment: TextFragment, number: TextFragment) -> bool:
    if _LEADER.fullmatch(fragment.text):  # As low as its dots are.
        return number.top < fragment.bottom < number.bottom + 0.3 * number.size
    return fragment.top < (number.top + number.bottom) / 2 < fragment.bottom


def _may_be_entries(rows: list[_Row]) -> bool:
    """Whether there are enough rows, and their numbers rise."""
    return len(rows) >= _FEWEST and sum(a.value <= b.value for a, b in pairwise(rows)) >= _RISING * (len(rows) - 1)


def _are_entries(rows: list[_Row], headed: bool) -> bool:
    letters = sum(map(str.isalpha, "".join(fragment.text for row in rows for fragment in row.fragments)))
    if letters < _LETTERS * len(rows):
        return False
    # "13 Enter the amount … 13" is a line of a form.
    of_a_form = sum(row.fragments[0].text.split()[0].rstrip(".") == str(row.value) for row in rows)
    if not headed and of_a_form > _OF_A_FORM * len(rows):
        return False
    leaders = sum(row.has_leader for row in rows)
    if headed or (leaders >= _FEWEST and leaders >= _LEADERS * len(rows)):
        return True
    step, count = Counter(b.value - a.value for a, b in pairwise(rows)).most_common(1)[0]
    if step > 0 and count > _SAME_STEP * (len(rows) - 1):
        return False  # A numbered table.
    return (
        len(rows) >= _FEWEST_WITHOUT_LEADERS and letters >= _TITLE * len(rows) and len({row.value for row in rows}) > 3
    )


def _join(row: _Row) -> TextFragment:
    fragments = row.fragments
    longest = max(fragments, key=lambda fragment: len(fragment.text.strip(" .·…_")))
    return longest._replace(
        text=" ".join(fragment.text.strip() for fragment in fragments),
        x0=fragments[0].x0,
        top=min(fragment.top for fragment in fragments),
        x1=row.number.x1,
        bottom=max(fragment.bottom for fragment in fragments),
        hyphen=False,
        raised=False,
    )
