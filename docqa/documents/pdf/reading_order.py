"""From the text fragments of pages to lines in reading order, headers and footers apart (pure).

`paragraphs` joins the lines into running text. Lengths are in points; y grows downwards.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from operator import attrgetter

from docqa.documents.pdf.cleaning import clean
from docqa.documents.pdf.engines import PdfFile, TextFragment
from docqa.documents.pdf.paragraphs import LayoutLine, RunningText, join_lines, notes_after_paragraphs

_PAGE = attrgetter("page")
_TOP = attrgetter("top")


def arrange(pages: Sequence[list[LayoutLine]]) -> RunningText:
    """Lay out a whole document: `pages[i]` has the lines of page i + 1, from `read_page`.

    The lines of running headers, footers and tables of contents follow the body text, so that they don't interrupt it.
    """
    lines = [line for page in pages for line in page]
    headers = _headers_and_footers(lines, len(pages))
    excluded = headers | {(line.page, line.number) for line in lines if _CONTENTS.search(line.text)}
    aside = [line for line in lines if (line.page, line.number) in excluded] if excluded else []
    body = [line for line in lines if (line.page, line.number) not in excluded] if excluded else lines
    if not body:
        body, aside = aside, []
    numbers = _display_numbers(lines, body, headers)
    body, aside = ([_renumbered(line, numbers) for line in part] for part in (body, aside))
    return join_lines(notes_after_paragraphs(body), aside)


def _display_numbers(
    lines: list[LayoutLine], body: list[LayoutLine], headers: set[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """New line numbers for pages with headers or footers, by page and old number.

    Many files have their headers last: a page is numbered as displayed, header, text, footer.
    """
    affected = {page for page, _ in headers}
    body_tops: dict[int, float] = {}
    for line in body:
        if line.page in affected:
            body_tops[line.page] = min(line.top, body_tops.get(line.page, line.top))
    numbers = {}
    for page, on_page in groupby(lines, key=_PAGE):
        if page in affected:
            top = body_tops.get(page, 0.0)
            order = sorted((line.top - top if (page, line.number) in headers else 0.0, line.number) for line in on_page)
            numbers.update({(page, old): new for new, (_, old) in enumerate(order, 1)})
    return numbers


def _renumbered(line: LayoutLine, numbers: dict[tuple[int, int], int]) -> LayoutLine:
    number = numbers.get((line.page, line.number), line.number)
    return line if number == line.number else line._replace(number=number)


# Reading order ------------------------------------------------------------------------------------


def read_page(file: PdfFile, index: int) -> list[LayoutLine] | None:
    """Lines of the page with this index, in reading order, or None if the page is damaged."""
    content = file.content(index)
    return None if content is None else page_lines(content.fragments, index + 1)


def page_lines(fragments: list[TextFragment], page: int) -> list[LayoutLine]:
    """Lines of a page, in reading order, from its fragments in the order of the file."""
    ordered = _in_columns(_on_one_baseline(list(_cleaned(fragments))))
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


def _cleaned(fragments: list[TextFragment]) -> Iterator[TextFragment]:
    """The fragments with their text cleaned, without blank ones."""
    for fragment in fragments:
        text = clean(fragment.text)
        if text and not text.isspace():
            yield fragment if text == fragment.text else fragment._replace(text=text)


def _on_one_baseline(fragments: list[TextFragment]) -> list[TextFragment]:
    """Rejoin what the file separates from its line: footnote marks, superscripts, a word in another font."""
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
    """Separate columns that the file interleaves row by row.

    Most files have their text in reading order, and reordering by geometry would break their tables. Rows are treated
    as columns only if several of them have two runs of prose, left and right of one gutter.
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
            ordered.extend(row)  # A title across both columns, or a row of a table.
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
    """x of the gutter between columns of prose, None if the file's rows don't cross one."""
    rows = _rows(fragments)
    gaps = [(a.x1, b.x0) for row in rows.values() for a, b in pairwise(row) if _is_prose(a.text) and _is_prose(b.text)]
    if len(gaps) < 3 or len(gaps) < 0.25 * len(rows):
        return None
    low, high = max(a for a, _ in gaps), min(b for _, b in gaps)
    return (low + high) / 2 if low < high else None


def _is_prose(text: str) -> bool:
    return len(text) >= 15 and text.count(" ") >= 2


def _right_edges(rows: list[list[TextFragment]]) -> list[float]:
    """Right edge of each row's column. A column is a run of rows, each below the one before."""
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

# A line of a table of contents: a heading next to a number looks like the answer to many questions.
_CONTENTS = re.compile(r" … ?[\divxlc]+$", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)


def _headers_and_footers(lines: list[LayoutLine], page_count: int) -> set[tuple[int, int]]:
    """Find running headers and footers: (page, number) of the lines that recur at one height on many pages.

    The words recur, apart from numbers; or one cell does, next to a chapter's title; or the line begins or ends with
    a number that counts the pages. Left and right pages often differ, so a third of the pages is enough, but at
    least three.
    """
    min_pages = max(3, page_count // 3)
    occurrences: dict[tuple[str, int], list[LayoutLine]] = defaultdict(list)
    for line in _edge_lines(lines):
        height = round(line.top / 4)
        for feature in _features(line):
            occurrences[feature, height].append(line)

    def count(feature: str, height: int) -> int:
        return len(occurrences.get((feature, height), ()))

    recurring: set[tuple[int, int]] = set()
    for (feature, height), same in occurrences.items():
        # Rounding may put a line on either side of a boundary between two heights.
        if len(same) + max(count(feature, height - 1), count(feature, height + 1)) >= min_pages:
            recurring.update((line.page, line.number) for line in same)
    return recurring


def _edge_lines(lines: list[LayoutLine]) -> list[LayoutLine]:
    """The three highest and the three lowest lines of each page."""
    edges: list[LayoutLine] = []
    for _, page in groupby(lines, key=_PAGE):
        by_height = sorted(page, key=_TOP)
        edges.extend(by_height if len(by_height) <= 6 else by_height[:3] + by_height[-3:])
    return edges


def _features(line: LayoutLine) -> set[str]:
    """What may recur of a line: the whole, each cell, and the difference of a number at its ends to the page's."""
    words = line.text.split()
    numbers = [int(word) for word in (words[0], words[-1]) if word.isdecimal() and len(word) < 10]
    counted = {f"page {number - line.page:+}" for number in numbers}
    cells = (line.text, *(cell for cell in line.text.split("  ") if len(cell) > 3))
    return {_NUMBERS.sub("#", cell).casefold() for cell in cells} | counted
