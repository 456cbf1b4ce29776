"""The blocks of a page: runs of text that are chained from the top down, before they are put in order (pure).

Lengths are in points; y grows downwards.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from docqa.documents.pdf.engines import TextFragment
from docqa.documents.pdf.form_lines import FormField
from docqa.documents.pdf.named_tuples import maker
from docqa.documents.pdf.numbering import LIST_MARK
from docqa.documents.pdf.runs import joined_with_spaces
from docqa.documents.pdf.tables import PageTable

_JUSTIFIED_WORDS = 3
PROSE_LINES = 3
_GOES_ON = ",;.)⁰¹²³⁴⁵⁶⁷⁸⁹"
_SENTENCE = 5  # Words, in the first of two lines.
_FAR, _NEAR = 12.0, 2.5  # Heights of the type.
_LARGE = 14.0  # Points: a gap between titles in larger type is no wider.
_LARGER = 1.3  # A title is, than what stands at the right edge beside it: "3 portions".
_WORDS = re.compile(r"[^\W\d_]{3}")
_OTHER_SIZE, _OTHER_TYPE = 1.5, 1.15
_COMMENTS = ("//", "/*", "# ")
_INDENTED = 1.0  # Heights of the type.
_MARK_WORDS, _MARK_WIDTH = 3, 0.25
_QUANTITY = re.compile(r"[\d¼-¾][\d¼-¾.,/–-]* [^\W\d_A-Z]")
"""What is no term: "2 eggs"."""
_PROSE_LETTERS, _PROSE_WORDS = 18, 3.0  # A line, on average.


class PageBlock(NamedTuple):
    """A part of a page: lines below each other, each of one run or more, or a table, or fields of a form."""

    lines: list[list[TextFragment]]
    x0: float
    top: float
    x1: float
    bottom: float
    table: PageTable | None = None
    fields: list[FormField] | None = None


_page_block = maker(PageBlock)


def page_blocks(page: list[list[TextFragment]]) -> list[PageBlock]:
    """The blocks of a page, from its rows of runs."""
    if _is_one_column(page):
        return [_block(page)] if page else []
    if max(map(len, page)) == 1:
        return _chained(page)
    chained = _chained(_cells_joined(_justified(page)))
    return [block._replace(lines=_justified(block.lines)) for block in chained]


def cut_at(block: PageBlock, table: PageBlock) -> list[PageBlock]:
    """The parts of a block above and below a table, or fields, that are in the midst of it."""
    if not block.top < table.top < block.bottom or min(block.x1, table.x1) <= max(block.x0, table.x0):
        return [block]
    above = [line for line in block.lines if line[0].top < table.top]
    below = block.lines[len(above) :]
    return [_block(lines) for lines in (above, below) if lines]


def cut_before(block: PageBlock, indices: list[int]) -> list[PageBlock]:
    """The parts of a block that begin with some of its lines."""
    cuts = [0, *sorted({index for index in indices if index}), len(block.lines)]
    return [_block(block.lines[a:b]) for a, b in pairwise(cuts)] if len(cuts) > 2 else [block]


def fields_block(fields: list[FormField]) -> PageBlock:
    """A block of fields, which are read one after the other."""
    sides = [(field.x0, field.top, field.x1, field.bottom) for field in fields]
    x0, top, x1, bottom = zip(*sides, strict=True)
    return PageBlock([], min(x0), min(top), max(x1), max(bottom), fields=fields)


def _is_one_column(page: list[list[TextFragment]]) -> bool:
    """Whether every row is one run, below the one before it. So it is on most pages."""
    if not page:
        return True
    if max(map(len, page)) > 1:
        return False
    right, left = page[0][0].x1, page[0][0].x0
    for (run,) in page:
        x0, x1 = run.x0, run.x1
        if (x1 if x1 < right else right) <= (x0 if x0 > left else left):
            return False
        right, left = x1, x0
    return True


def _block(lines: list[list[TextFragment]]) -> PageBlock:
    if len(lines) == 1 == len(lines[0]):
        return _page_block((lines, *lines[0][0][1:5], None, None))
    x0, top, x1, bottom = zip(*[run[1:5] for line in lines for run in line], strict=True)
    return _page_block((lines, min(x0), min(top), max(x1), max(bottom), None, None))


def _chained(lines: list[list[TextFragment]]) -> list[PageBlock]:
    """Chain lines to blocks: each with the one right below it, if there is exactly one."""
    chains: list[list[list[TextFragment]]] = []
    open_chains: list[list[list[TextFragment]]] = []
    for group in _at_one_height(lines):
        if len(group) == 1 == len(open_chains):
            if _below(open_chains[0][-1], group[0]):
                open_chains[0].append(group[0])  # Nearly every line of a text.
                continue
            above: list[list[list[TextFragment]] | None] = [None]
        else:
            above = _chains_above(group, open_chains) if open_chains else [None] * len(group)
        for line, chain in zip(group, above, strict=True):
            if chain is not None:
                chain.append(line)
            else:
                chains.append([line])
                open_chains.append(chains[-1])
        if len(open_chains) > 1:
            limit = min([line[0].top for line in group])
            open_chains = [chain for chain in open_chains if limit - (last := chain[-1][0]).bottom < 2 * last.size]
    return [_block(chain) for chain in chains]


def _chains_above(
    group: list[list[TextFragment]], chains: list[list[list[TextFragment]]]
) -> list[list[list[TextFragment]] | None]:
    """For each line of a row the chain that ends right above it, None if there are several, or others below it."""
    if len(group) == 1:
        found = [chain for chain in chains if _below(chain[-1], group[0])]
        return [found[0] if len(found) == 1 else None]
    above = [[chain for chain in chains if _below(chain[-1], line)] for line in group]
    taken = [chain for each in above for chain in each]
    return [each[0] if len(each) == 1 and sum(other is each[0] for other in taken) == 1 else None for each in above]


def _at_one_height(lines: list[list[TextFragment]]) -> Iterable[list[list[TextFragment]]]:
    group: list[list[TextFragment]] = []
    middle = 0.0
    for line in lines:
        first = line[0]
        top, bottom = first.top, first.bottom
        if group and not top < middle < bottom:
            yield group
            group = []
        if not group:
            middle = (top + bottom) / 2
        group.append(line)
    if group:
        yield group


def _below(upper: list[TextFragment], lower: list[TextFragment]) -> bool:
    """Whether a line is right below another one, in type of about the same size."""
    a, b = upper[0], lower[0]
    top = b.top
    if top <= a.top:
        return False
    upper_size, size = a.size, b.size
    difference = upper_size - size
    if difference > 0:
        size = upper_size
    if top - a.bottom >= 1.2 * size or abs(difference) >= 0.25 * size:
        return False
    # A line of code may be farther to the right than the one above it is long.
    gap = _INDENTED * size if a.fixed_pitch and b.fixed_pitch else 0.0
    # Not by `min` and `max`, which take twice as long as all of this.
    left, other_left, right, other_right = a.x0, b.x0, upper[-1].x1, lower[-1].x1
    return (right if right < other_right else other_right) > (left if left > other_left else other_left) - gap


def are_apart(lines: list[list[TextFragment]], index: int) -> bool:
    """Whether a line is two titles at the left and the right edge, and none of a table or a form."""
    left, *others = lines[index]
    if len(others) != 1:
        return False
    (right,) = others
    if right.x0 - left.x1 < _FAR * min(left.size, _LARGE) or left.text.endswith(":"):
        return False
    if not _WORDS.match(right.text) and (left.size < _LARGER * right.size or not _WORDS.search(right.text)):
        return False
    near = [lines[i] for i in (index - 1, index + 1) if 0 <= i < len(lines)]
    return all(len(row) == 1 or abs(row[0].top - left.top) > _NEAR * left.size for row in near)


def is_prose(block: PageBlock) -> bool:
    """Whether the lines of a block are those of running text: long ones that fill their column."""
    texts = [" ".join(run.text for run in line) for line in block.lines]
    if len(texts) < PROSE_LINES:
        return False
    words = sum(text.count(" ") + 1 for text in texts) / len(texts)
    letters = sum(map(len, texts)) / len(texts)
    width = block.x1 - block.x0
    filled = sum(line[-1].x1 - line[0].x0 for line in block.lines) / len(texts)
    return words >= _PROSE_WORDS and letters >= _PROSE_LETTERS and filled > 0.6 * width


def _is_wrapped(block: PageBlock) -> bool:
    """Whether a block of two lines is one sentence."""
    if len(block.lines) != PROSE_LINES - 1:
        return False
    (first,), (second,) = block.lines
    return (
        first.text.count(" ") >= _SENTENCE - 1
        and (first.text[-1:].isalpha() or first.text.endswith(","))
        and second.text[:1].islower()
        and not first.fixed_pitch
        and second.x0 < first.x0 + first.size
    )


def _justified(page: list[list[TextFragment]]) -> list[list[TextFragment]]:
    """Rejoin the words of a stretched line between two full ones."""
    justified = []
    for index, row in enumerate(page):
        if len(row) > 1:
            neighbours = [page[i] for i in (index - 1, index + 1) if 0 <= i < len(page)]
            beside = [_same_column(row, other) for other in neighbours]
            # Two long words between full lines may be far apart.
            if any(beside) and (_evenly_spaced(row) or (sum(beside) == len(row) == 2 and row[0].row == row[1].row)):
                row = [joined_with_spaces(row)]  # noqa: PLW2901
        justified.append(row)
    return justified


def _same_column(row: list[TextFragment], other: list[TextFragment]) -> bool:
    """Whether another row is one run as wide as this row, in the same type, right above or below it."""
    if len(other) > 1 or other[0].text.count(" ") < _JUSTIFIED_WORDS - 1:
        return False
    first, size = row[0], row[0].size
    return (
        abs(other[0].x0 - first.x0) < 2 * size
        and abs(other[0].x1 - row[-1].x1) < size
        and abs(other[0].size - size) < 0.1 * size
        and abs(other[0].top - first.top) < 2 * size
    )


def _evenly_spaced(row: list[TextFragment]) -> bool:
    gaps = [b.x0 - a.x1 for a, b in pairwise(row)]
    return max(gaps) < 2.5 * row[0].size or (max(gaps) < 5 * row[0].size and max(gaps) < 1.3 * min(gaps))


def _cells_joined(page: list[list[TextFragment]]) -> list[list[TextFragment]]:
    """Lines from rows: a row of cells, or of labels and values, is one line; a row across columns is several."""
    blocks = _chained([[run] for row in page for run in row])
    block_of = {id(run): block for block in blocks for line in block.lines for run in line}
    sides = {id(run): _right_side(block, index) for block in blocks for index, (run,) in enumerate(block.lines)}
    prose = {id(block): is_prose(block) or _is_wrapped(block) for block in blocks}
    lines: list[list[TextFragment]] = []
    for row in page:
        line = [row[0]]
        for run in row[1:]:
            left, right = block_of[id(line[-1])], block_of[id(run)]
            column = block_of[id(line[0])]
            if prose[id(column)] and run.x1 < sides[id(line[0])] + 0.5 * run.size:
                line.append(run)  # A word of a stretched line.
            elif run.row == line[-1].row and run.text[0] in _GOES_ON:
                line.append(run)  # What follows a formula, or the mark of a note.
            elif run.fixed_pitch and line[-1].fixed_pitch and run.text.startswith(_COMMENTS):
                line.append(run)
            elif prose[id(right)] and len(line) == 1 and _is_mark(line[-1], left, run, right):
                line[-1] = joined_with_spaces([line[-1], run])
                block_of[id(line[-1])], sides[id(line[-1])] = right, sides[id(run)]
            elif prose[id(left)] or prose[id(right)] or not _side_by_side(left, right, line[-1], run):
                lines.append(line)
                line = [run]
            else:
                line.append(run)
        lines.append(line)
    return lines


def _right_side(block: PageBlock, index: int) -> float:
    """The right side of a block at one of its lines: what stands beside it may make it narrower."""
    return max([block.lines[i][0].x1 for i in range(max(0, index - 2), min(index + 3, len(block.lines)))])


def _is_mark(mark: TextFragment, left: PageBlock, run: TextFragment, right: PageBlock) -> bool:
    """Whether a run is a word or two left of the first line of a paragraph, as the terms of a glossary are."""
    return (
        mark.row == run.row
        and len(left.lines) == 1
        and (right.lines[0][0] is run or (mark.fixed_pitch and run.fixed_pitch))
        and mark.text.count(" ") < _MARK_WORDS
        and not _QUANTITY.match(mark.text)
        and run.x0 - mark.x1 < _FAR * run.size
        and mark.x1 - mark.x0 < _MARK_WIDTH * (right.x1 - right.x0)
    )


def _side_by_side(left: PageBlock, right: PageBlock, a: TextFragment, b: TextFragment) -> bool:
    """Whether two runs at one height are cells of one row, and not lines of two columns."""
    if LIST_MARK.match(b.text) and len(b.text.split()) > 1 and a.row != b.row:
        return False
    low, high = sorted((a.size, b.size))
    if a.row == b.row:
        is_other = high > _OTHER_TYPE * low and b.x0 - a.x1 > _FAR * low and min(len(left.lines), len(right.lines)) > 1
        return not (is_other and _paired(left, right) <= 0.5 * max(len(left.lines), len(right.lines)))
    if high > max(_OTHER_SIZE * low, _LARGE) and (a.text.isdecimal() or b.text.isdecimal()):
        return False  # The number of a page beside its title.
    # The file draws the columns one after the other: are they labels and values?
    paired = _paired(left, right)
    if paired < 0.8 * max(len(left.lines), len(right.lines)):
        return False
    labels = sum(line[-1].text.endswith(":") for line in left.lines)
    return labels >= 0.5 * len(left.lines) or len(left.lines) == len(right.lines) == paired


def _paired(left: PageBlock, right: PageBlock) -> int:
    """How many lines of a block have one of another block at their height."""
    heights = sorted((line[0].top + line[0].bottom) / 2 for line in right.lines)
    paired = 0
    for line in left.lines:
        middle = (line[0].top + line[0].bottom) / 2
        index = bisect_left(heights, middle - 0.3 * line[0].size)
        paired += index < len(heights) and heights[index] < middle + 0.3 * line[0].size
    return paired
