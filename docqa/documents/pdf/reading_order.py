"""From the boxes of text on pages to lines in reading order, headers and footers apart (pure).

`paragraphs` makes running text of the lines. Heights are in points; y grows downwards.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

from docqa.documents.pdf.paragraphs import LayoutLine, RunningText, notes_after_paragraphs, write

_PAGE = attrgetter("page")
_TOP = attrgetter("top")


class TextFragment(NamedTuple):
    """A run of text in one row of one column, with the spaces at its ends. `hyphen`: its last word goes on below."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    row: int
    hyphen: bool


def arrange(pages: Sequence[list[LayoutLine]]) -> RunningText:
    """Lay out a whole document: `pages[i]` has the lines of page i + 1 (`page_lines`).

    Running headers and footers and tables of contents stand on their pages, and after the text, not in it.
    """
    lines = [line for page in pages for line in page]
    furniture = _furniture(lines, len(pages))
    unread = furniture | {(line.page, line.number) for line in lines if _CONTENTS.search(line.text)}
    aside = [line for line in lines if (line.page, line.number) in unread] if unread else []
    body = [line for line in lines if (line.page, line.number) not in unread] if unread else lines
    if not body:
        body, aside = aside, []
    numbers = _as_seen(lines, body, furniture)
    body, aside = ([_numbered(line, numbers) for line in part] for part in (body, aside))
    return write(notes_after_paragraphs(body), aside)


def _as_seen(
    lines: list[LayoutLine], body: list[LayoutLine], furniture: set[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """New numbers of the lines of pages with furniture, by page and number.

    Many files have their headers last: a page is numbered as it is seen, header, text, footer.
    """
    turned = {page for page, _ in furniture}
    highest: dict[int, float] = {}
    for line in body:
        if line.page in turned:
            highest[line.page] = min(line.top, highest.get(line.page, line.top))
    numbers = {}
    for page, found in groupby(lines, key=_PAGE):
        if page in turned:
            top = highest.get(page, 0.0)
            seen = sorted((line.top - top if (page, line.number) in furniture else 0.0, line.number) for line in found)
            numbers.update({(page, before): after for after, (_, before) in enumerate(seen, 1)})
    return numbers


def _numbered(line: LayoutLine, numbers: dict[tuple[int, int], int]) -> LayoutLine:
    number = numbers.get((line.page, line.number), line.number)
    return line if number == line.number else line._replace(number=number)


# Reading order ------------------------------------------------------------------------------------


def page_lines(fragments: list[TextFragment], page: int) -> list[LayoutLine]:
    """Lines of a page, in reading order, of its fragments in the order of the file."""
    ordered = _in_columns(_on_one_baseline(fragments))
    rows: list[list[TextFragment]] = []
    for fragment in ordered:
        if rows and rows[-1][-1].row == fragment.row and fragment.x0 >= rows[-1][-1].x1:
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    rights = _right_edges(rows)
    lines = []
    for number, (row, right) in enumerate(zip(rows, rights, strict=True), 1):
        first, last = row[0], row[-1]
        if len(row) == 1:
            text, top, bottom = " ".join(first.text.split()), first.top, first.bottom
        else:
            text = "  ".join(" ".join(cell.text.split()) for cell in row)
            top, bottom = min(cell.top for cell in row), max(cell.bottom for cell in row)
        lines.append(
            LayoutLine(text, first.x0, top, last.x1, bottom, first.size, last.hyphen, len(row), page, number, right)
        )
    return lines


def _on_one_baseline(fragments: list[TextFragment]) -> list[TextFragment]:
    """Put back into its line what the file sets apart: footnote marks, superscripts, a word in another font."""
    merged: list[TextFragment] = []
    for fragment in fragments:
        last = merged[-1] if merged else None
        if last and last.row != fragment.row and not last.hyphen and _continues(last, fragment):
            gap = fragment.x0 - last.x1
            size = max(last.size, fragment.size)
            merged[-1] = last._replace(
                text=f"{last.text}{' ' if gap > 0.2 * size else ''}{fragment.text}",
                x1=max(last.x1, fragment.x1),
                top=min(last.top, fragment.top),
                bottom=max(last.bottom, fragment.bottom),
                size=size,
                row=fragment.row,
                hyphen=fragment.hyphen,
            )
        else:
            merged.append(fragment)
    return merged


def _continues(last: TextFragment, following: TextFragment) -> bool:
    gap = following.x0 - last.x1
    if not -0.2 * last.size < gap < 1.5 * last.size:
        return False
    shared = min(last.bottom, following.bottom) - max(last.top, following.top)
    return shared > 0.25 * min(last.bottom - last.top, following.bottom - following.top)


def _in_columns(fragments: list[TextFragment]) -> list[TextFragment]:
    """Put columns one after the other where the file has them row by row.

    Most files have their text in reading order, and reordering by geometry would break their tables. Only where
    several rows each have two runs of prose, left and right of one gutter, are they taken for columns.
    """
    gutter = _gutter(fragments)
    if gutter is None:
        return fragments
    ordered: list[TextFragment] = []
    left: list[TextFragment] = []
    right: list[TextFragment] = []

    def flush() -> None:
        ordered.extend(_in_columns(left))
        ordered.extend(_in_columns(right))
        left.clear()
        right.clear()

    for row in _rows(fragments).values():
        across = any(fragment.x0 < gutter < fragment.x1 for fragment in row)
        if across or (len(row) > 1 and not any(_is_prose(fragment.text) for fragment in row)):
            flush()
            ordered.extend(row)  # A title over both columns, or a row of a table.
        else:
            left.extend(fragment for fragment in row if fragment.x1 <= gutter)
            right.extend(fragment for fragment in row if fragment.x0 >= gutter)
    flush()
    return ordered


def _rows(fragments: list[TextFragment]) -> dict[int, list[TextFragment]]:
    rows: dict[int, list[TextFragment]] = defaultdict(list)
    for fragment in fragments:
        rows[fragment.row].append(fragment)
    return rows


def _gutter(fragments: list[TextFragment]) -> float | None:
    """x of a gutter between columns of prose, if the rows of the file run across one."""
    rows = _rows(fragments)
    gaps = [(a.x1, b.x0) for row in rows.values() for a, b in pairwise(row) if _is_prose(a.text) and _is_prose(b.text)]
    if len(gaps) < 3 or len(gaps) < 0.25 * len(rows):
        return None
    low, high = max(a for a, _ in gaps), min(b for _, b in gaps)
    return (low + high) / 2 if low < high else None


def _is_prose(text: str) -> bool:
    return len(text) >= 15 and text.count(" ") >= 2


def _right_edges(rows: list[list[TextFragment]]) -> list[float]:
    """Right edge of each row's column. A column is a run of rows that goes down the page, one below the other."""
    edges: list[float] = []
    start = 0
    for i in range(1, len(rows) + 1):
        if i == len(rows) or not _below(rows[i - 1], rows[i]):
            run = sorted(row[-1].x1 for row in rows[start:i])
            edges.extend([run[int(0.75 * (len(run) - 1))]] * (i - start))
            start = i
    return edges


def _below(upper: list[TextFragment], lower: list[TextFragment]) -> bool:
    overlap = min(upper[-1].x1, lower[-1].x1) - max(upper[0].x0, lower[0].x0)
    return lower[0].top > upper[0].top and overlap > 0


# Headers and footers ------------------------------------------------------------------------------

# A line of a table of contents: a heading beside a number looks like the answer to a good many questions.
_CONTENTS = re.compile(r" … ?[\divxlc]+$", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)


def _furniture(lines: list[LayoutLine], page_count: int) -> set[tuple[int, int]]:
    """Find running headers and footers: (page, number) of the lines that recur at one height on many pages.

    They recur in their words, but for the numbers; or a part of them does, beside a chapter's title; or they begin
    or end with a number that counts the pages. Left and right pages often differ, so that a third of the pages is
    enough; three at least.
    """
    needed = max(3, page_count // 3)
    seen: dict[tuple[str, int], list[LayoutLine]] = defaultdict(list)
    for line in _edges(lines):
        height = round(line.top / 4)
        for feature in _features(line):
            seen[feature, height].append(line)
    recurring: set[tuple[int, int]] = set()
    for (feature, height), found in seen.items():
        # A line may fall on either side of a boundary between two heights.
        near = len(found) + max(len(seen.get((feature, height - 1), ())), len(seen.get((feature, height + 1), ())))
        if near >= needed:
            recurring.update((line.page, line.number) for line in found)
    return recurring


def _edges(lines: list[LayoutLine]) -> list[LayoutLine]:
    """The three highest and the three lowest lines of each page."""
    edges: list[LayoutLine] = []
    for _, page in groupby(lines, key=_PAGE):
        by_height = sorted(page, key=_TOP)
        edges.extend(by_height if len(by_height) <= 6 else by_height[:3] + by_height[-3:])
    return edges


def _features(line: LayoutLine) -> set[str]:
    """What of a line may recur: the whole, each cell, and how far a number at its end is from the page's."""
    words = line.text.split()
    counted = {f"page {int(word) - line.page:+}" for word in (words[0], words[-1]) if word.isdecimal()}
    cells = (line.text, *(cell for cell in line.text.split("  ") if len(cell) > 3))
    return {_NUMBERS.sub("#", cell).casefold() for cell in cells} | counted
