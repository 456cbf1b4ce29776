"""A whole document from the lines of its pages: what runs on is the body, the rest stands apart (pure)."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from docqa.documents.pdf.lines import LayoutLine
from docqa.documents.pdf.paragraphs import LineBlock, line_blocks
from docqa.documents.pdf.running_text import RunningText, running_text
from docqa.documents.pdf.words import Words

_PAGE = attrgetter("page")
_TOP = attrgetter("top")
_APART = {"header", "footer", "watermark", "line_number", "figure", "contents", "unreadable"}


def arrange(pages: Sequence[list[LayoutLine]]) -> RunningText:
    """Lay out a whole document: `pages[i]` has the lines of page i + 1, from `read_page`.

    Running headers, footers and tables of contents follow the body text, so that they don't interrupt it.
    """
    lines = [line for page in pages for line in page]
    heads = _headers_and_footers([line for line in lines if line.kind != "note"], len(pages))
    marked = [_marked(line, heads) for line in lines]
    body = [line for line in marked if line.kind not in _APART]
    apart = [line for line in marked if line.kind in _APART]
    if not body:
        body = [line._replace(kind="") for line in apart if line.kind != "unreadable"]
        apart = [line for line in apart if line.kind == "unreadable"]
    words = Words.of(line.text for line in lines)
    return running_text(
        line_blocks(notes_after_paragraphs(body)), [LineBlock(line.kind, [line]) for line in apart], words
    )


def _marked(line: LayoutLine, heads: set[tuple[int, int]]) -> LayoutLine:
    if line.kind:
        return line
    if line.id in heads:
        return line._replace(kind="header")
    return line._replace(kind="contents") if _CONTENTS.search(line.text) else line


def notes_after_paragraphs(lines: list[LayoutLine]) -> list[LayoutLine]:
    """Move footnotes after a paragraph that continues on the next page."""
    if not lines:
        return lines
    weights: Counter[float] = Counter()
    for line in lines:
        weights[round(line.size * 2) / 2] += len(line.text)
    body_size = weights.most_common(1)[0][0]
    ordered: list[LayoutLine] = []
    notes: list[LayoutLine] = []
    for index, line in enumerate(lines):
        if line.size < 0.92 * body_size and _only_notes_follow(lines, index, 0.92 * body_size):
            notes.append(line)
            continue
        if notes and not (ordered and _continues_paragraph(ordered[-1], line)):
            ordered.extend(notes)
            notes = []
        ordered.append(line)
    return ordered + notes


def _only_notes_follow(lines: list[LayoutLine], index: int, size: float) -> bool:
    """Whether only small type follows on the page: then it is footnotes, not a caption in mid-page."""
    page = lines[index].page
    for line in lines[index:]:
        if line.page != page:
            break
        if line.size >= size:
            return False
    return True


_ENDS_SENTENCE = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*\d*$")
_LIST_ITEM = re.compile(r"(?:[•‣◦▪–—*·-]|\(?(?:\d{1,3}|[a-z])[.)]|\[\d+\])\s")


def _continues_paragraph(previous: LayoutLine, line: LayoutLine) -> bool:
    """Whether a paragraph continues over the end of a page or column."""
    if abs(previous.size - line.size) > 0.08 * previous.size or previous.cells > 1 or line.cells > 1:
        return False
    if previous.hyphen:
        return True
    if _LIST_ITEM.match(line.text) or _ENDS_SENTENCE.search(previous.text):
        # A full line that ends a sentence may or may not end its paragraph: a wrong break does less harm.
        return False
    return line.text[0].islower() or previous.x1 > previous.right - 2 * previous.size


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
