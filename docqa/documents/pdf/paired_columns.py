"""Two columns of a page that are read row by row: what is short on the left belongs to the text beside it (pure).

So it is in recipes, with the ingredients of each step on the left, in a record of service, with its years, and where
terms stand beside their meaning. Lengths are in points; y grows downwards.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from docqa.documents.pdf.engines import TextFragment
from docqa.documents.pdf.page_blocks import PageBlock, cut_before, is_prose

_FEWEST = 3  # Rows.
_WORDS = 5  # In the first line of a text, at least.
_LEVEL = 0.5  # Heights of the type, at most, between the first lines of two blocks.
_ALIGNED = 6.0  # Between the left sides of blocks in one column.
_PAIRED = 0.75  # Of the blocks on the left, at least, have a text beside them.
_NARROWER = 0.8  # Than the texts, at least, is the left column.
_WIDER = 1.2  # The step from line to line above a paragraph, at least, relative to the usual one.


class RowPlace(NamedTuple):
    """Where a block is: the pair of columns, the row, and the side, 0 on the left or 1 on the right."""

    columns: int
    row: int
    side: int


class _Pair(NamedTuple):
    left: PageBlock
    right: PageBlock
    line: int


def in_rows(blocks: list[PageBlock]) -> tuple[list[PageBlock], dict[int, RowPlace]]:
    """The blocks, with texts cut where a row begins, and the places of those that are in one, by `id`."""
    texts = [block for block in blocks if block.lines and _has_words(block.lines[0])]
    if not texts or len(blocks) - len(texts) < _FEWEST:
        return blocks, {}
    places: dict[int, RowPlace] = {}
    for number, pairs in enumerate(_columns(blocks, texts)):
        blocks = [part for block in blocks for part in cut_before(block, [p.line for p in pairs if p.right is block])]
        places.update(_places(number, pairs, blocks))
    return blocks, places


def _columns(blocks: list[PageBlock], texts: list[PageBlock]) -> Iterator[list[_Pair]]:
    """The pairs of blocks that begin at one height, by the columns that they are in."""
    pairs = [
        _Pair(block, right, line)
        for block in blocks
        if block.lines and not is_prose(block)
        for right in texts
        if block.x1 < right.x0 and right.top - block.lines[0][0].size < block.top < right.bottom
        for line in _paragraphs(right)
        if _are_level(block, right, line)
    ]
    while len(pairs) >= _FEWEST:
        first = pairs[0]
        same = [
            pair
            for pair in pairs
            if abs(pair.left.x0 - first.left.x0) < _ALIGNED and abs(pair.right.x0 - first.right.x0) < _ALIGNED
        ]
        if len(same) >= _FEWEST and _are_columns(same, blocks):
            yield same
            taken = {id(block) for pair in same for block in (pair.left, pair.right)}
            pairs = [pair for pair in pairs if not taken & {id(pair.left), id(pair.right)}]
        else:
            pairs = [pair for pair in pairs if pair not in same]


def _are_columns(pairs: list[_Pair], blocks: list[PageBlock]) -> bool:
    """Whether the left one of two columns is narrow, and mostly labels of the texts beside them."""
    (left, end), (begin, right) = _sides([pair.left for pair in pairs]), _sides([pair.right for pair in pairs])
    if end > begin or end - left > _NARROWER * (right - begin):
        return False
    tops = [pair.left.top for pair in pairs]
    among = [
        block
        for block in blocks
        if left - _ALIGNED < block.x0 and block.x1 < begin and min(tops) <= block.top <= max(tops)
    ]
    if any(not block.lines or is_prose(block) for block in among):
        return False
    texts = [pair.right.lines[pair.line] for pair in pairs]
    return len(pairs) >= _PAIRED * len(among) and sum(map(_has_words, texts)) >= _PAIRED * len(texts)


def _places(number: int, pairs: list[_Pair], blocks: list[PageBlock]) -> Iterator[tuple[int, RowPlace]]:
    tops = sorted(pair.left.top for pair in pairs)
    bottom = max([block.bottom for pair in pairs for block in (pair.left, pair.right)])
    (_, end), (begin, _) = _sides([pair.left for pair in pairs]), _sides([pair.right for pair in pairs])
    for block in blocks:
        is_left, is_right = block.x1 < begin, block.x0 > end
        level = block.top + _LEVEL * block.lines[0][0].size if block.lines else block.top
        if is_left != is_right and tops[0] < level < bottom:
            yield id(block), RowPlace(number, bisect_right(tops, level), int(is_right))


def _sides(blocks: Sequence[PageBlock]) -> tuple[float, float]:
    return min([block.x0 for block in blocks]), max([block.x1 for block in blocks])


def _paragraphs(block: PageBlock) -> Iterator[int]:
    """The lines of a block that may begin a paragraph: the first one, and those further below the one above."""
    yield 0
    tops = [line[0].top for line in block.lines]
    steps = [lower - upper for upper, lower in pairwise(tops)]
    usual = min(steps, default=0.0)
    yield from (line for line, step in enumerate(steps, 1) if step > _WIDER * usual)


def _are_level(left: PageBlock, right: PageBlock, line: int) -> bool:
    a, b = left.lines[0][0], right.lines[line][0]
    return abs(a.top + a.bottom - b.top - b.bottom) < 2 * _LEVEL * b.size


def _has_words(line: list[TextFragment]) -> bool:
    return line[0].text.count(" ") >= _WORDS - 1
