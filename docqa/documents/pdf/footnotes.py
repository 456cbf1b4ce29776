"""Footnotes: the notes in small type or under a short rule at the bottom of a page or of a column (pure).

A sentence may go on over a page's end, past the notes that stand between its halves; and where one note ends and the
next begins is seen by their marks alone.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from docqa.documents.pdf.engines import Rule
from docqa.documents.pdf.lines import LayoutLine, LineBlock

_TOP = attrgetter("top")

_SMALL = 0.92  # Of the text's size, at most.
_RAISED = 0.8  # Of the other notes' size, at most: a line's size is that of its first letter, here of the mark.
_RAISED_ALONE = 0.65  # Of the text's size, if there are no other notes.
_SMALLER = 0.88  # The same for "Source:" and the like, and for a mark before a small letter.
_LENGTH = 18  # Letters in most lines of notes, at least: a diagram's labels are shorter.
_MOST = 0.6  # Of a column's lines that may be notes if there is no rule above them; more is a bibliography.
_MOST_AS_LARGE = 0.4  # The same for notes as large as the text.
_CELLS = 2  # In a note's first line, at most, the mark being one; more is a table's row.

_SHORT = 9  # Letters: less after a mark is no note, but a label in a diagram.
_LONG_NOTE = 8  # Lines.

_THIN = 3.0  # Points.
_RULE_WIDTHS = (30.0, 260.0)
_RULE_GAP = 24.0  # To the first note.
_INDENT = (-3.0, 30.0)  # Of a note's lines, from the rule's beginning.
_ALIGNED = 0.8  # Of the lines under a rule.

_MARK = re.compile(
    r"\s*[\[(]?(\d{1,3}|[a-z]|[*∗†‡§¶#]{1,3}|[¹²³⁴⁵⁶⁷⁸⁹⁰]{1,3}|[ᵃ-ᶿʰʲˡʳˢʷˣʸⁿⁱ])[\])]?(\s+|$)?(?![.,:)\d])"
)
_WORD = re.compile(r"[^\W\d_]{2}")
_LABEL = re.compile(r"(?:Notes?|NOTES?|NB|Sources?|SOURCES?)\s?[:.]|©|\W*Correspondence\b|\W*Corresponding author\b")
_TABLE_MARK = re.compile(r"(?:[*†‡§]{1,3}|[–—-](?=\s+[^\W\d])|[¹²³⁴⁵⁶⁷⁸⁹⁰ᵃᵇᶜᵈ]+|\d{1,2}[.)]|[a-z][.)])\s*\S")
_SOURCE = re.compile(r"(?:Sources?|SOURCES?|Quelle|Notes?)\s?:")
_TABLE_GAP = 60.0  # Points: from the top of one note to that of the next.
_BIBLIOGRAPHY = re.compile(
    r"\W*(?:\d+\W+)?(?:references|bibliography|literature( cited)?|works cited|notes)\W*", re.IGNORECASE
)
_OTHER_KINDS = {"table", "field", "figure", "watermark", "note", "line_number"}
_SUPERSCRIPTS = str.maketrans("¹²³⁴⁵⁶⁷⁸⁹⁰", "1234567890")


class _Mark(NamedTuple):
    """The mark at the beginning of a note. `number` is None for letters and symbols."""

    number: int | None
    is_letter: bool
    is_raised: bool
    is_spaced: bool
    rest: str


def mark_footnotes(page_lines: Sequence[LayoutLine], body_size: float, rules: Sequence[Rule]) -> set[int]:
    """The indices of a page's lines that are footnotes, or notes under a table that ends the page.

    `page_lines` are without headers and footers; `body_size` is the usual height of the document's type in points.
    """
    lines, marks = _with_marks(page_lines)
    small = {
        index
        for index, line in enumerate(lines)
        if line.size < _SMALL * body_size and line.kind not in _OTHER_KINDS and index not in marks
    }
    below = _notes_under_rules(lines, rules, small)
    if not small and not below:
        return set()
    marked: set[int] = set()
    for column in _columns_at_the_end(lines, small | below):
        first = _first_note(lines, column, below, body_size)
        if first is not None and _is_text([lines[index] for index in column[first:]]):
            marked.update(column[first:])
    return marked | {mark for mark, index in marks.items() if index in marked}


def footnote_starts(page_lines: Sequence[LayoutLine], marked: set[int]) -> set[int]:
    """The indices of the lines with which a note begins, of those that `mark_footnotes` found.

    What goes on from the page before begins no note. Where a mark is a line of its own, the note begins with the line
    beside it.
    """
    lines, marks = _with_marks(page_lines)
    starts: set[int] = set()
    last: dict[int, int] = {}
    for index in sorted(
        marked - marks.keys(), key=lambda index: (lines[index].region, lines[index].top, lines[index].x0)
    ):
        line = lines[index]
        mark = _mark(line.text)
        previous = last.get(line.region)
        if mark and mark.number is not None:
            if previous is not None and not 0 < mark.number - previous <= 2:
                continue  # "12 of them", within a note.
            last[line.region] = mark.number
        is_article = mark is not None and mark.is_letter and not mark.is_raised and previous is not None
        if (mark and not is_article) or _LABEL.match(line.text):
            starts.add(index)
    return starts


def mark_table_notes(blocks: Sequence[LineBlock], body_size: float) -> None:
    """Mark the notes in small type right below a table, and the source of a figure, as footnotes."""
    for above, block in pairwise(blocks):
        last, first = above.lines[-1], block.lines[0]
        if (
            above.kind == "caption"
            and block.kind == "paragraph"
            and first.page == last.page
            and first.top > last.top
            and first.size < _SMALL * body_size
            and _SOURCE.match(first.text)
        ) or (
            block.kind in {"paragraph", "list_item"}
            and (above.kind == "table" or (above.kind == "footnote" and last.kind != "footnote"))
            and first.page == last.page
            and 0 < first.top - last.top < _TABLE_GAP
            and first.size < _SMALL * body_size
            and (_LABEL.match(first.text) or _TABLE_MARK.match(first.text))
        ):
            block.kind = "footnote"


def _with_marks(page_lines: Sequence[LayoutLine]) -> tuple[Sequence[LayoutLine], dict[int, int]]:
    """The lines, each with the mark beside it if that is a line of its own, and the indices of such marks."""
    alone = [index for index, line in enumerate(page_lines) if len(line.text) < 4 and _MARK.fullmatch(line.text)]
    if not alone:
        return page_lines, {}
    lines, marks = list(page_lines), {}
    for mark in alone:
        low, high, x = page_lines[mark].top, page_lines[mark].bottom, page_lines[mark].x1
        for index, line in enumerate(page_lines):
            if line.top - 0.5 * line.size < low and high < line.bottom and 0 <= line.x0 - x < 2 * line.size:
                lines[index] = line._replace(text=f"{page_lines[mark].text} {line.text}", x0=page_lines[mark].x0)
                marks[mark] = index
                break
    return lines, marks


def _mark(text: str) -> _Mark | None:
    match = _MARK.match(text)
    if not match:
        return None
    mark = match[1].translate(_SUPERSCRIPTS)
    number = int(mark) if mark.isdecimal() else None
    is_raised = mark != match[1] or (mark.isalpha() and not mark.isascii())
    is_spaced = match[2] is not None
    rest = text[match.end() :]
    if "a" <= mark <= "z" and (not is_spaced or len(rest) < _SHORT):
        return None  # A word, or a diagram's label.
    if not is_raised and not is_spaced and rest[:1].islower() and not rest.startswith(("http", "www")):
        return None  # "5b."
    return _Mark(number, mark.isalpha(), is_raised, is_spaced, rest)


# Rules --------------------------------------------------------------------------------------------


def _notes_under_rules(page_lines: Sequence[LayoutLine], rules: Sequence[Rule], small: set[int]) -> set[int]:
    """The lines under short rules that stand alone: no line of a table, and nothing underlined."""
    narrow = [rule for rule in rules if rule.bottom - rule.top < _THIN and rule.x1 - rule.x0 >= _RULE_WIDTHS[0]]
    if not narrow:
        return set()
    by_top = sorted(range(len(page_lines)), key=lambda index: page_lines[index].top)
    tops = [page_lines[index].top for index in by_top]
    found: set[int] = set()
    for rule in narrow:
        if rule.x1 - rule.x0 > _RULE_WIDTHS[1]:
            continue
        near = by_top[bisect_right(tops, rule.top) : bisect_right(tops, rule.bottom + _RULE_GAP)]
        first = [page_lines[index] for index in near if _INDENT[0] < page_lines[index].x0 - rule.x0 < _INDENT[1]]
        if first and not _is_underline(rule, page_lines) and not _is_in_table(rule, narrow):
            under = [i for i in by_top[bisect_right(tops, rule.top) :] if _overlap(page_lines[i], rule.x0, rule.x1)]
            aligned = sum(_INDENT[0] < page_lines[index].x0 - rule.x0 < _INDENT[1] for index in under)
            if aligned > _ALIGNED * len(under) and _are_notes(
                [page_lines[index] for index in under], small.issuperset(under), len(page_lines)
            ):
                found.update(under)
    return found


def _is_in_table(rule: Rule, rules: list[Rule]) -> bool:
    return any(abs(other.top - rule.top) < _THIN and abs(other.x0 - rule.x0) > _THIN for other in rules)


def _is_underline(rule: Rule, page_lines: Sequence[LayoutLine]) -> bool:
    return any(line.top < rule.top < line.bottom + _THIN and _overlap(line, rule.x0, rule.x1) for line in page_lines)


def _are_notes(lines: list[LayoutLine], all_small: bool, on_page: int) -> bool:
    """Whether the lines under a rule are notes. The first one may go on from the page before."""
    first = min(lines[:2], key=lambda line: (round(line.top), line.x0))
    mark = _mark(first.text)
    if all_small:
        marks = [_mark(line.text) for line in lines[:_LONG_NOTE]]
        goes_on = first.text[0].islower() and len(first.text) >= _LENGTH
        return goes_on or any(mark and len(mark.rest) >= _SHORT for mark in marks) or bool(_LABEL.match(first.text))
    few = len(lines) <= _MOST_AS_LARGE * on_page
    return mark is not None and not mark.is_letter and few and first.cells <= _CELLS


# Lines --------------------------------------------------------------------------------------------


def _overlap(line: LayoutLine, x0: float, x1: float) -> bool:
    return min(line.x1, x1) - max(line.x0, x0) > 1


def _columns_at_the_end(page_lines: Sequence[LayoutLine], eligible: set[int]) -> Iterator[list[int]]:
    """The eligible lines that have no others below them, column by column, each from top to bottom."""
    blocked: list[tuple[float, float]] = []
    columns: list[tuple[float, float, list[int]]] = []
    candidates = [page_lines[index] for index in eligible]
    highest, left = min(line.top for line in candidates), min(line.x0 for line in candidates)
    right = max(line.x1 for line in candidates)
    for index in sorted(range(len(page_lines)), key=lambda index: -page_lines[index].top):
        line = page_lines[index]
        if line.top < highest:
            break
        over = next((place for place, (x0, x1) in enumerate(blocked) if _overlap(line, x0, x1)), None)
        if over is not None:
            x0, x1 = blocked[over] = min(line.x0, blocked[over][0]), max(line.x1, blocked[over][1])
        elif index not in eligible:
            x0, x1 = line.x0, line.x1
            blocked.append((x0, x1))
        if over is not None or index not in eligible:
            if x0 <= left and right <= x1:
                break
            continue
        same = [column for column in columns if _overlap(line, column[0], column[1])]
        columns = [column for column in columns if column not in same]
        x0, x1 = min([line.x0, *(column[0] for column in same)]), max([line.x1, *(column[1] for column in same)])
        columns.append((x0, x1, [index, *(other for column in same for other in column[2])]))
    for _, _, indices in columns:
        yield sorted(indices, key=lambda index: (page_lines[index].top, page_lines[index].x0))


def _first_note(page_lines: Sequence[LayoutLine], column: list[int], below: set[int], body_size: float) -> int | None:
    """The place in a column of the line with which its notes begin, None if it has none."""
    for place, index in enumerate(column):
        if index in below:
            return place
    x0, x1 = min(page_lines[index].x0 for index in column), max(page_lines[index].x1 for index in column)
    above = [line for line in page_lines if _overlap(line, x0, x1) and line.top < page_lines[column[0]].top]
    most = _MOST * (len(above) + len(column))
    if above and _BIBLIOGRAPHY.fullmatch(max(above, key=_TOP).text):
        return None
    lines = [page_lines[index] for index in column]
    text_size = max((line.size for line in lines if not _mark(line.text)), default=0.0)
    raised = max(_RAISED * text_size, _RAISED_ALONE * body_size)
    for place, line in enumerate(lines):
        if len(lines) - place > (_LONG_NOTE if _LABEL.match(line.text) else most) or not _may_start(
            line, place == 0, line.size <= raised, body_size
        ):
            continue
        if lines[0].text[0].islower() and all(other.cells == 1 for other in lines[:place]):
            return 0  # What goes on from the page before.
        return place
    return None


def _may_start(line: LayoutLine, after_text: bool, raised: bool, body_size: float) -> bool:
    """Whether a line in small type begins a note. Without a raised mark only after text in the usual type."""
    if _LABEL.match(line.text):
        return line.size <= _SMALLER * body_size
    mark = _mark(line.text)
    if mark is None or line.cells > _CELLS or not _WORD.search(mark.rest):
        return False
    if mark.is_raised:
        return True
    if raised:
        return mark.is_spaced or not mark.rest[:1].islower()
    if not after_text or not mark.is_spaced or mark.is_letter or not mark.rest:
        return False
    return not mark.rest[0].islower() or line.size <= _SMALLER * body_size


def _is_text(lines: list[LayoutLine]) -> bool:
    lengths = sorted(len(line.text) for line in lines if len(line.text) > 3)  # Without marks alone.
    return bool(lengths) and lengths[len(lengths) // 2] >= _LENGTH
