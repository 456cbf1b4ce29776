"""Running heads: the headers, footers and page numbers of a document (pure).

A running head recurs at one place in the margins. So does data: each of five payslips has its "Net pay" at one place.
What tells them apart is what surrounds them. A head stands outside the area that the text takes on other pages, cut off
from it by a gap; its type is hardly larger than the text's; and its words stay the same for some pages, apart from a
number that counts the pages. Forms and payslips are pages of one pattern, where recurrence means nothing: there only
page numbers are taken.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from operator import attrgetter

from docqa.documents.pdf.lines import LayoutLine, body_size
from docqa.documents.pdf.margins import MAX_ROWS, Margin, MarginLine, Place, Row, candidates, margins_of

_AT_EDGE = 0.08  # Where a page number may stand beside the text's last line.
_SAME_HEIGHT = 3.0  # Points. Boxes are as high as their letters: those of "12" and "page" differ.
_SAME_SIZE = 1.08
_LARGE = 1.3  # A title, relative to the text.
_TITLE = 1.1  # The same if nothing else on the first page is as large.
_CENTRED = 2.0  # Heights of its type between the middle of a title and that of the text, at most.
_GAP = 0.9  # At least, between a head and the text, relative to the text's size.
_TABLE_GAP = 1.5  # The same for rows of three cells and more, which may be a table's column headings.
_INTRUDING = 0.34  # Of the pages, at most, whose text begins where others have a head.
_FEW_PAGES = 5
_ENOUGH = 3  # Pages with the same head.
_PATTERN = 0.3  # Of a page's lines that recur within the text, if the pages are of one pattern.
_LINES = 60  # Of a page that are compared.
_PAIRS = 2  # Of pages that are compared for it.

_PAGE, _TOP = attrgetter("page"), attrgetter("top")

_DIGITS = re.compile(r"\d+")
_LAST_DIGITS = 9  # Of a number: no page has more.
_LETTERS = re.compile(r"[^\W\d_]{3}")
# A key that is nothing but a page number.
_NUMBER_ALONE = re.compile(r"\W*(?:page|seite|página|pagina|pg|p|s)?\W*#\W*(?:(?:of|von|sur|de|di)?\W*[\d#]+)?\W*")
# A page number beside words; "1 See the report" is a footnote.
_SET_APART = re.compile(r"^\W*\w+(?:  |\s*[|–—−/])|(?:  |[|–—−/]|\bpage\b|\bof\b)\s*\w+\W*$", re.IGNORECASE)
_ANY_NUMBER = re.compile(r"\W*(?:\d{1,4}|[ivxl]{1,7}|[a-z]-?\d{1,3})\W*", re.IGNORECASE)
_PAGE_OF = re.compile(r"\W*(?:page\s+(\d{1,9})|(?:page\s+)?(\d{1,9})\s*(?:of|/)\s*(\d{1,9}))\W*", re.IGNORECASE)


def running_heads(
    lines: Sequence[LayoutLine], page_count: int, heights: Sequence[float]
) -> dict[tuple[int, int], Place]:
    """Find running heads: (page, number) of a line to the margin that it is in.

    `lines` are the document's, page by page; `heights` are the pages', in points.
    """
    pages = {page: list(on_page) for page, on_page in groupby(lines, key=_PAGE)}
    heads = _Heads(pages, page_count, heights)
    heads.take_numbers()
    heads.take_recurring()
    heads.take_changing()
    heads.take_neighbours()
    heads.leave_title()
    return heads.taken


class _Heads:
    """The lines in the margins of a document's pages, and which of them have been taken for running heads."""

    def __init__(self, pages: dict[int, list[LayoutLine]], page_count: int, heights: Sequence[float]) -> None:
        self.taken: dict[tuple[int, int], Place] = {}
        self._pages = pages
        self._patterns: dict[tuple[int, int], bool] = {}
        self._page_count = page_count
        self._body_size = body_size(list(pages.values()))
        self._slots: dict[tuple[Place, int], list[MarginLine]] = defaultdict(list)
        margins = [margin for page, on_page in pages.items() for margin in margins_of(on_page, heights[page - 1])]
        self._heads = candidates([margin for margin in margins if margin.rows])
        self._groups = list(_recurring(self._heads))
        # The lines that recur, whether or not they are heads.
        self._recurring = {head.id for group in self._groups for head in group}
        self._text_begins = {place: self._text_edge(place, margins) for place in ("header", "footer")}

    def _text_edge(self, place: str, margins: list[Margin]) -> float:
        """The distance from the page's edge where the text begins on nearly all pages."""
        edges = []
        for margin in margins:
            if margin.place == place:
                for row in margin.rows:
                    if not self._recurs(row):
                        edges.append(row.top if place == "header" else margin.height - row.bottom)
                        break
        return sorted(edges)[int(_INTRUDING * len(edges))] if edges else float("inf")

    def _recurs(self, row: Row) -> bool:
        return all((line.page, line.number) in self._recurring for line in row.lines)

    # Taking ---------------------------------------------------------------------------------------

    def _take(self, heads: Iterable[MarginLine]) -> None:
        for head in heads:
            place = head.margin.place
            if head.id not in self.taken:
                self.taken[head.id] = place
                self._slots[place, round(head.y / _SAME_HEIGHT)].append(head)

    def take_numbers(self) -> None:
        """Take page numbers alone in their line."""
        alone = [head for head in self._heads if _ANY_NUMBER.fullmatch(head.key) or _NUMBER_ALONE.fullmatch(head.key)]
        by_offset: dict[tuple[Place, int], list[MarginLine]] = defaultdict(list)
        for head in alone:
            if head.offset is not None:
                by_offset[head.margin.place, head.offset].append(head)
        for counted in by_offset.values():
            for group in _at_one_height(counted):
                many = len({head.line.page for head in group}) >= _ENOUGH
                outer = [head for head in group if self._is_outer(head) and self._is_off_text(head)]
                if len(outer) >= 2 or (many and len(outer) > 0.5 * len(group)):
                    self._take(outer)
                elif _in_two_columns(group) and (many or all(map(_is_at_edge, group))):
                    self._take(group)  # Beside a slide's title, or the text's last line.
        offsets = {(head.margin.place, head.offset) for head in alone if head.id in self.taken}
        for head in alone:
            # The last page's, which is shorter; the only page of a preface: "i".
            if head.id not in self.taken and (
                ((head.margin.place, head.offset) in offsets and _is_at_edge(head))
                or (self._is_outer(head) and self._in_slot(head))
            ):
                self._take([head])
        if self._page_count == 1:
            self._take(head for head in alone if head.key == "1" and self._fits(head))
        for head in self._heads:
            if (found := _PAGE_OF.fullmatch(head.line.text)) and self._is_outer(head):
                number, total = int(found[1] or found[2]), int(found[3] or 0)
                if number == head.line.page or total == self._page_count:
                    self._take([head])

    def take_recurring(self) -> None:
        """Take lines with the same words, or with a number that counts the pages, on enough pages."""
        weak = []
        for group in self._groups:
            if self._is_head(group):
                self._take(group)
            else:
                weak.append(group)
        taken = {(head.margin.place, head.key): head.line for head in self._heads if head.id in self.taken}
        for group in weak:
            for head in group:
                same = taken.get((head.margin.place, head.key))
                if self._fits(head) and (self._in_slot(head) or (same and _same_size(head.line, same))):
                    self._take([head])

    def _is_head(self, group: list[MarginLine]) -> bool:
        pages = len({head.line.page for head in group})
        if pages < (2 if self._page_count <= _FEW_PAGES else _ENOUGH):
            return False
        same = all(head.key == group[0].key for head in group)
        if same and (sum(map(str.isalnum, group[0].key)) < 3 or (group[0].line.cells > 1 and group[0].key.isdecimal())):
            return False
        if sum(map(self._is_off_text, group)) <= 0.5 * len(group):
            return False
        everywhere = pages >= 0.75 * self._page_count and pages > _ENOUGH and same and group[0].line.cells < 3
        if not everywhere:
            if _median(head.line.size for head in group) > _LARGE * self._body_size:
                return False
            if sum(map(self._fits, group)) <= 0.5 * len(group):
                return False
        return not self._is_pattern(group)

    def take_changing(self) -> None:
        """Take lines at one height whose words change with the chapter: most are the same as on a page nearby."""
        changing: dict[Place, list[MarginLine]] = defaultdict(list)
        for head in self._heads:
            if head.id not in self.taken and head.line.size <= 1.1 * self._body_size and self._fits(head):
                changing[head.margin.place].append(head)
        for heads in changing.values():
            for group in _at_one_height(heads):
                pages = len({head.line.page for head in group})
                if pages >= max(4, self._page_count / 3) and _persists(group) and not self._is_pattern(group):
                    self._take(group)

    def take_neighbours(self) -> None:
        """Take lines where other pages have their heads."""
        for head in self._heads:
            if head.id not in self.taken and self._in_slot(head) and self._fits(head) and _LETTERS.search(head.key):
                self._take([head])

    def leave_title(self) -> None:
        """Leave the heads of the first page in the text that are its title: centred, and larger than all else."""
        page = min(self._pages, default=0)
        heads = [head for head in self._heads if head.line.page == page and self.taken.get(head.id) == "header"]
        large = {head.id: head.line for head in heads if head.line.size > _TITLE * self._body_size}
        others = [line for line in self._pages.get(page, ()) if (line.page, line.number) not in large]
        if not large or not others:
            return
        middle = (min(line.x0 for line in others) + max(line.x1 for line in others)) / 2
        size = max(line.size for line in others)
        if all(
            title.size > _TITLE * size and abs((title.x0 + title.x1) / 2 - middle) < _CENTRED * title.size
            for title in large.values()
        ):
            for title in large:
                del self.taken[title]

    # Measures -------------------------------------------------------------------------------------

    def _is_outer(self, head: MarginLine) -> bool:
        """Whether there is nothing but what recurs between a line and the page's edge."""
        return head.row == 0 or all(map(self._recurs, head.margin.rows[: head.row]))

    def _is_off_text(self, head: MarginLine) -> bool:
        """Whether a line is further out than the text on nearly all pages."""
        return head.y < self._text_begins[head.margin.place]

    def _fits(self, head: MarginLine) -> bool:
        """Whether a line is a head by where it is: outermost, and cut off from the text by a gap."""
        if not self._is_off_text(head) or not self._is_outer(head):
            return False
        gap = _TABLE_GAP if head.line.cells > 2 and head.offset is None else _GAP
        return self._gap(head) >= gap * self._body_size

    def _gap(self, head: MarginLine) -> float:
        """The space between a line, or those that recur with it, and the text."""
        rows = head.margin.rows
        for outer, inner in pairwise(rows[head.row :]):
            if not self._recurs(inner):
                return max(inner.top - outer.bottom, outer.top - inner.bottom)
        return head.margin.height if len(rows) <= MAX_ROWS else 0.0

    def _in_slot(self, head: MarginLine) -> bool:
        """Whether another page has a head at the same height, in the same size, with an edge or its middle aligned."""
        slot = round(head.y / _SAME_HEIGHT)
        return any(
            abs(other.y - head.y) <= _SAME_HEIGHT and _aligned(head.line, other.line)
            for near in (slot - 1, slot, slot + 1)
            for other in self._slots.get((head.margin.place, near), ())[:20]
        )

    def _is_pattern(self, group: list[MarginLine]) -> bool:
        """Whether the pages of a group are of one pattern: much recurs within their text, with other numbers."""
        pairs = list(pairwise(sorted({head.line.page for head in group})))
        pairs = pairs[:: len(pairs) // _PAIRS + 1]
        return sum(self._have_one_pattern(*pair) for pair in pairs) > 0.5 * len(pairs)

    def _have_one_pattern(self, first: int, second: int) -> bool:
        if (first, second) not in self._patterns:
            self._patterns[first, second] = self._compare(first, second)
        return self._patterns[first, second]

    def _compare(self, first: int, second: int) -> bool:
        one, other = self._pattern(first), self._pattern(second)
        recurring = 0
        for key, (text, at_edge) in one.items():
            if key in other:
                steps = {b - a for a, b in zip(_integers(text), _integers(other[key][0]), strict=True)}
                recurring += not at_edge or not steps <= {0, second - first}
        return recurring >= 3 and recurring >= _PATTERN * min(len(one), len(other))

    def _pattern(self, page: int) -> dict[tuple[str, int], tuple[str, bool]]:
        """For the words and height of each line of a page, its text and whether it is at the edge."""
        on_page = sorted(self._pages[page], key=_TOP)
        edges = {line.number for line in (*on_page[:2], *on_page[-2:])}
        return {
            (_DIGITS.sub("#", line.text), round(line.top)): (line.text, line.number in edges)
            for line in on_page[:_LINES]
            if _LETTERS.search(line.text)
        }


def _integers(text: str) -> list[int]:
    return [int(digits[-_LAST_DIGITS:]) for digits in _DIGITS.findall(text)]


# Groups -------------------------------------------------------------------------------------------


def _recurring(heads: list[MarginLine]) -> Iterator[list[MarginLine]]:
    """The lines that have the same words, a cell with the same words, or a page number, at one height of some pages.

    Those that only have a page number must be like each other: footnotes and headings also have numbers that rise.
    """
    by_key: dict[tuple[Place, str, int | None], list[MarginLine]] = defaultdict(list)
    for head in heads:
        place = head.margin.place
        by_key[place, head.key, None].append(head)
        for cell in head.cells:
            by_key[place, cell, None].append(head)
        if head.offset is not None and not _NUMBER_ALONE.fullmatch(head.key):
            by_key[place, "", head.offset].append(head)
    for (_, key, offset), recurring in by_key.items():
        if len(recurring) > 1 and (key or offset is not None):
            for group in _at_one_height(recurring):
                if any(head.line.page != group[0].line.page for head in group) and (
                    key or _persists(group) or _share_words(group)
                ):
                    yield group


def _at_one_height(heads: list[MarginLine]) -> Iterator[list[MarginLine]]:
    """Split into groups of one height and, but for those with page numbers, one size of type."""
    group: list[MarginLine] = []
    for head in sorted(heads, key=lambda head: head.y):
        if group and (
            head.y - group[-1].y > _SAME_HEIGHT or (head.offset is None and not _same_size(head.line, group[-1].line))
        ):
            yield group
            group = []
        group.append(head)
    if group:
        yield group


def _persists(group: list[MarginLine]) -> bool:
    """Whether most of a group's lines have the words of another one, apart from page numbers."""
    counts = Counter(head.key for head in group)
    return sum(count for count in counts.values() if count > 1) > 0.6 * len(group)


def _is_at_edge(head: MarginLine) -> bool:
    return head.y <= _AT_EDGE * head.margin.height


def _in_two_columns(group: list[MarginLine]) -> bool:
    """Whether a group's lines begin or end at a few places: on left and right pages, with one digit or two."""
    lefts = {round(head.line.x0 / _SAME_HEIGHT) for head in group}
    rights = {round(head.line.x1 / _SAME_HEIGHT) for head in group}
    return min(len(lefts), len(rights)) <= 3


def _share_words(group: list[MarginLine]) -> bool:
    """Whether lines with page numbers that are set apart begin or end with the same words."""
    if not all(_SET_APART.search(head.line.text) for head in group):
        return False
    keys = [head.key for head in group]
    return len({key[:8] for key in keys}) == 1 or len({key[-8:] for key in keys}) == 1


def _same_size(one: LayoutLine, other: LayoutLine) -> bool:
    return max(one.size, other.size) <= _SAME_SIZE * min(one.size, other.size) + 0.5


def _aligned(one: LayoutLine, other: LayoutLine) -> bool:
    if not _same_size(one, other):
        return False
    edges = (one.x0 - other.x0, one.x1 - other.x1, (one.x0 + one.x1 - other.x0 - other.x1) / 2)
    return min(map(abs, edges)) <= _SAME_HEIGHT


def _median(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]
