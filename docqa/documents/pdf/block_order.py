"""The order of the blocks of a page (pure), by Breuel's rules (High Performance Document Layout Analysis, 2003).

What is above comes first, and a left column comes before a right one, unless something that spans both is between them.
Lengths are in points; y grows downwards.
"""

from collections.abc import Iterable
from itertools import pairwise
from operator import attrgetter

from docqa.documents.pdf.page_blocks import PageBlock, is_prose
from docqa.documents.pdf.paired_columns import RowPlace, in_rows

_PLACE = attrgetter("top", "x0")

_SENTENCE_WORDS = 5.0  # A line, on average.
_CENTRED = 0.1  # Of the width of the page's text, at most, is twice the distance of a title from its middle.
_TITLE = 4  # Lines, at most.
_NEXT = 40.0  # At most, between a term and what it means below it.


def in_reading_order(blocks: list[PageBlock]) -> list[PageBlock]:
    """Return blocks in reading order, by a topological sort of Breuel's relations."""
    blocks = sorted(blocks, key=_PLACE)
    if _only_go_down(blocks):
        return blocks
    blocks, rows = in_rows(blocks)
    if rows:
        blocks.sort(key=_PLACE)
    before = _predecessors(blocks, rows)
    order: list[PageBlock] = []
    left = list(range(len(blocks)))
    while left:
        # If relations contradict each other, the highest block is next.
        ready = next((i for i in _by_column(left, blocks, order) if not before[i]), left[0])
        left.remove(ready)
        order.append(blocks[ready])
        for needed in before:
            needed.discard(ready)
    return order


def _only_go_down(blocks: list[PageBlock]) -> bool:
    """Whether the relations of blocks leave no other order than that of their tops.

    So it is if each is below those before, and none is left of one of them: then two blocks share a column, or the
    upper one is left of the lower one, or a third one that shares a column with both is between them.
    """
    top = left = float("-inf")
    for block in blocks:
        if block.top <= top or block.x1 <= left or block.x1 <= block.x0:
            return False
        top, left = block.top, max(left, block.x0)
    return True


def _alone(blocks: list[PageBlock]) -> list[int]:
    """The blocks that nothing stands beside."""
    return [
        index
        for index, block in enumerate(blocks)
        if not any(other.top < block.bottom and other.bottom > block.top for other in blocks if other is not block)
    ]


def _stacks(blocks: list[PageBlock], alone: list[int]) -> dict[int, int]:
    """For the blocks that nothing stands beside, the first one of those close below each other that they are among.

    Terms, and what they mean right below them on the right, are no columns.
    """
    stacks: dict[int, int] = {}
    for above, index in pairwise([-1, *alone]):
        is_near = above >= 0 and blocks[index].top - blocks[above].bottom < _NEXT
        stacks[index] = stacks[above] if is_near else index
    return stacks


def _is_short(block: PageBlock) -> bool:
    """Whether a block may be a title: a few lines, and neither sentences nor the end of one."""
    return 0 < len(block.lines) <= _TITLE and not block.lines[0][0].text[0].islower() and not _may_be_sentence(block)


def _titles(blocks: list[PageBlock], alone: list[int]) -> Iterable[int]:
    """The blocks that nothing stands beside, and of which what is below them on the left comes later.

    They are in the middle of the page, unless there are no sentences: then it is hardly set in columns.
    """
    left, right = min([block.x0 for block in blocks]), max([block.x1 for block in blocks])
    has_sentences = any(map(_may_be_sentence, blocks))
    for index in alone:
        block = blocks[index]
        is_centred = abs(block.x0 + block.x1 - left - right) <= _CENTRED * (right - left)
        if not has_sentences or (block.lines and is_centred and not is_prose(block)):
            yield index


def _may_be_sentence(block: PageBlock) -> bool:
    """Whether a block has lines as long as those of a sentence in a column."""
    if is_prose(block):
        return True
    texts = [run.text for line in block.lines for run in line if not run.fixed_pitch]
    return len(texts) > 1 and sum([text.count(" ") + 1 for text in texts]) >= _SENTENCE_WORDS * len(texts)


def _by_column(left: list[int], blocks: list[PageBlock], order: list[PageBlock]) -> list[int]:
    """The blocks that are left, those in the column of the last one first."""
    if not order:
        return left
    last = order[-1].x0, order[-1].x1
    return sorted(left, key=lambda i: not _share_column((blocks[i].x0, blocks[i].x1), last))


def _predecessors(blocks: list[PageBlock], rows: dict[int, RowPlace]) -> list[set[int]]:
    """The blocks that must precede each block, from blocks in the order of their tops."""
    alone = _alone(blocks)
    titles, stacks = set(_titles(blocks, alone)), _stacks(blocks, alone)
    short = {index for index in alone if _is_short(blocks[index])}
    before: list[set[int]] = [set() for _ in blocks]
    sides = [(block.x0, block.x1) for block in blocks]
    for j, b in enumerate(sides):
        for i, a in enumerate(sides[:j]):
            if _share_column(a, b):
                if blocks[i].top < blocks[j].top:
                    before[j].add(i)
            elif blocks[i].bottom <= blocks[j].top and (
                i in titles or (j in stacks and (i in short or stacks.get(i) == stacks[j]))
            ):
                before[j].add(i)
            elif (row := rows.get(id(blocks[i]))) and (other := rows.get(id(blocks[j]))) and row[0] == other[0]:
                first, second = (i, j) if row < other else (j, i)
                before[second].add(first)
            elif not _are_parted(blocks, i, j):
                if a[1] <= b[0]:
                    before[j].add(i)
                if b[1] <= a[0]:
                    before[i].add(j)
    return before


def _are_parted(blocks: list[PageBlock], i: int, j: int) -> bool:
    """Whether a block that spans two others is between them, below one and above the other."""
    a, b = blocks[i], blocks[j]
    return any(
        a.top < c.top < b.top
        and _share_column((a.x0, a.x1), (c.x0, c.x1))
        and _share_column((b.x0, b.x1), (c.x0, c.x1))
        for c in blocks[i + 1 : j]
    )


def _share_column(a: tuple[float, float], b: tuple[float, float]) -> bool:
    """Whether two blocks are below each other, from their left and right sides."""
    (left, right), (x0, x1) = a, b
    return left < x1 and x0 < right and left < right and x0 < x1
