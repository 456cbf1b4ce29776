"""Tables of contents, and lists of figures and tables: which lines are one entry (pure).

An entry is a title of one line or several, and a page number at the right edge, often with a leader between them.
Prices and hours are also set like this; but page numbers rise.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from docqa.documents.pdf.lines import LayoutLine

_FEWEST = 3
_FEWEST_WITH_BOTH = 2  # With a heading and leaders.
_FEWEST_ALONE = 5  # Without "Contents" above them.
_FEWEST_WITHOUT_LEADERS = 8  # And without leaders.
_DIFFERENT = 3  # Page numbers, if there is no heading.
_RISING = 0.85  # Of the numbers: not lower than the one before.
_WITH_LEADERS = 0.6  # Of the entries, for a list without a heading that has leaders.
_STEP = 30  # Pages between two entries, at most, if a number is not set apart.
_APART = 6  # Lines, at most, from one number to the next.
_ALIGNED = 8.0  # Points, at the right edge.
_TIGHT = 0.6  # Space between the lines of one entry, at most, relative to the type's size.
_LARGER = 1.3  # A heading, relative to the entries.
_LONGEST = 6  # Lines of an entry.
_LONGEST_HEADING = 40  # Letters.
_BEYOND = 40  # A page number may be higher than the file has pages, if the file is a part of a book.
_BEFORE_ARABIC = 1000  # "xii" is before 1.

_LEADER = re.compile(r"(?:…|\.{2}|\. \.|\s\.|_{3}|-{4})[\s.·…_]*$")
_LONGEST_LEADER = 12  # Letters, after the text is cleaned.
_LONGEST_NUMBER = 6
_LETTER = re.compile(r"[^\W\d_]")
_DIGITS, _ROMAN_DIGITS = "0123456789０１２３４５６７８９", "ivxlcIVXLC"
_ENDS = frozenset(_DIGITS + _ROMAN_DIGITS)
_BEGINNING = re.compile(r"\W*(\d{1,4})\b(?![.]\d)")
CONTENTS_HEADING = re.compile(
    r"\W*(?:(?:table of )?contents?|list of [\w ,]+|figures|tables|illustrations"
    r"|append(?:ix|ices)|annex(?:es)?|(?:table|figure) index"
    r"|inhalt(?:sverzeichnis|sübersicht)?|(?:abbildungs|tabellen)verzeichnis|sommaire|table des mati[èe]res"
    r"|[íi]ndice(?: general)?|contenido|sum[áa]rio|inhoud(?:sopgave)?|目\s*[录次錄])\W*",
    re.IGNORECASE,
)

_TABLES = {"table", "field"}

_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


class _End(NamedTuple):
    """The line with an entry's page number."""

    place: int
    number: int
    has_leader: bool
    is_apart: bool
    """Whether a leader or a gap is before the number."""
    line: LayoutLine


def contents_entries(lines: Sequence[LayoutLine]) -> list[tuple[int, int]]:
    """The first and the last line, as indices, of each entry of a table of contents or a list of figures.

    `lines` are a document's in reading order, without headers and footers.
    """
    entries: list[tuple[int, int]] = []
    for run in _runs(lines):
        if _is_contents(run, _is_headed(lines, run[0].place), lines[-1].page):
            before = run[0].place - _LONGEST
            for end in run:
                entries.append((_first_line(lines, end.place, before), end.place))
                before = end.place
    return entries


def _runs(lines: Sequence[LayoutLine]) -> Iterator[list[_End]]:
    """Lines that end with a number at one right edge, near each other and under one heading."""
    run: list[_End] = []
    for end in _ends(lines):
        if run:
            last = run[-1]
            near = end.place - last.place <= _APART and end.line.page - last.line.page <= 1
            same_page = end.line.page == last.line.page
            aligned = not same_page or abs(end.line.x1 - last.line.x1) <= _ALIGNED * (1 + end.has_leader)
            rises = last.number <= end.number and (end.number - last.number <= _STEP or last.number < 0)
            fits = aligned and (rises or (end.is_apart and last.is_apart))
            if near and same_page and not fits and not end.is_apart and len(run) >= _FEWEST:
                continue  # A line of text that happens to end with a number.
            if not (near and fits) or any(
                CONTENTS_HEADING.fullmatch(line.text) for line in lines[last.place + 1 : end.place]
            ):
                yield run
                run = []
        run.append(end)
    if run:
        yield run


def _ends(lines: Sequence[LayoutLine]) -> Iterator[_End]:
    for place, line in enumerate(lines):
        if line.text[-1:] in _ENDS and line.kind not in _TABLES and (found := page_number(line.text)):
            title, number = found
            has_leader = ends_with_leader(title)
            is_apart = has_leader or title.endswith("  ")
            is_loose = title[-1:] == " " and _LETTER.search(title)
            if is_apart or is_loose:
                yield _End(place, number, has_leader, is_apart, line)


def has_contents_heading(texts: Iterable[str]) -> bool:
    """Whether one of some short texts is "Contents" or the like."""
    return any(
        len(text) < _LONGEST_HEADING and not text[:1].isdigit() and CONTENTS_HEADING.fullmatch(text.strip())
        for text in texts
    )


def page_number(text: str) -> tuple[str, int] | None:
    """What is before the number at the end of a text, and the number; "ii" is -998, since it is before 1."""
    title = text.rstrip(_DIGITS)
    if 0 < len(text) - len(title) <= _LONGEST_NUMBER:
        return title, int(text[len(title) :])
    title = text.rstrip(_ROMAN_DIGITS)
    if 0 < len(text) - len(title) <= _LONGEST_NUMBER:
        return title, _roman(text[len(title) :].casefold()) - _BEFORE_ARABIC
    return None


def ends_with_leader(title: str) -> bool:
    """Whether a text ends with a row of dots or the like."""
    return _LEADER.search(title[-_LONGEST_LEADER:]) is not None


def _roman(letters: str) -> int:
    values = [_ROMAN[letter] for letter in letters]
    return sum(-value if value < following else value for value, following in pairwise([*values, 0]))


def _is_headed(lines: Sequence[LayoutLine], index: int) -> bool:
    """Whether one of the few lines before is "Contents" or the like."""
    page = lines[index].page
    return any(
        line.page == page and CONTENTS_HEADING.fullmatch(line.text)
        for line in lines[max(0, index - _LONGEST - 1) : index]
    )


def _is_contents(run: list[_End], headed: bool, page_count: int) -> bool:
    leaders = sum(end.has_leader for end in run)
    if len(run) < (_FEWEST if headed else _FEWEST_ALONE) and not (headed and leaders >= _FEWEST_WITH_BOTH):
        return False
    numbers = [end.number for end in run]
    if sum(a <= b for a, b in pairwise(numbers)) < _RISING * (len(run) - 1):
        return False
    if sum(_counts_lines(end) for end in run) > 0.5 * len(run):
        return False
    if headed:
        return True
    if leaders < _WITH_LEADERS * len(run) and len(run) < _FEWEST_WITHOUT_LEADERS:
        return False
    return len(set(numbers)) >= _DIFFERENT and max(numbers) <= page_count + _BEYOND


def _counts_lines(end: _End) -> bool:
    """Whether a line begins with the number that it ends with, as in a form: "13 Enter the amount … 13"."""
    match = _BEGINNING.match(end.line.text)
    return match is not None and int(match[1]) == end.number


def _first_line(lines: Sequence[LayoutLine], last: int, before: int) -> int:
    """The first line of the entry that ends with the line `last`, after the line `before`."""
    first = last
    while first - 1 > before and last - first < _LONGEST - 1:
        line, above = lines[first], lines[first - 1]
        size = lines[last].size
        beside = above.top < line.bottom and line.top < above.bottom
        if above.page != line.page or CONTENTS_HEADING.fullmatch(above.text) or above.size > _LARGER * size:
            break
        if not beside and not 0 <= line.top - above.bottom <= _TIGHT * size:
            break
        first -= 1
    return first
