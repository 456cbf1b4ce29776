"""The labels inside charts and diagrams: they are on the page, but no part of its running text (pure).

They are recognized by the figure's caption: what is short and stands between it and the text around.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import takewhile

from docqa.documents.pdf.numbering import BULLETS
from docqa.documents.pdf.page_blocks import PageBlock, is_prose
from docqa.documents.pdf.tables.page_table import NUMBERED_CAPTION

_CAPTION = re.compile(r"(?:fig(?:ure|\.)|chart|graph|diagram|scheme|plate|abb(?:ildung|\.))\s*[\dA-Z]", re.IGNORECASE)
_NUMBER = re.compile(r"[-−–+]?[\d.,]+\s?%?")
_MAX_WORDS = 6  # On average, in a line of a label.
_MIN_LABELS = 3
_MAX_LABEL = 4  # Lines of text in the usual type.
_SHORT_WORD = 3  # Letters.
_MARKS = re.compile(r"\W+$")  # Of a plot.
_EMPTY = 150.0  # Points, at most, of a figure without labels.
_BESIDE = 100.0  # Points, at most, between labels side by side.
_ALIGNED, _SMALLER = 3.0, 0.95
_CODE = 12  # Letters in a line of a listing, on average, at least.
_NOTE = re.compile(r"(?:sources?|notes?)\s?:", re.IGNORECASE)
_ITEM = re.compile(rf"(?![*·–—-])[{BULLETS}]\s+[^\W\d_]{{2}}")


def figure_labels(blocks: list[PageBlock]) -> Iterator[PageBlock]:
    """The labels among a page's blocks. `blocks` are in reading order."""
    captions = [index for index, block in enumerate(blocks) if block.lines and _CAPTION.match(block.lines[0][0].text)]
    if not captions:
        return
    size = _usual_size(blocks)
    short: list[PageBlock] = []
    others: list[PageBlock] = []
    for block in blocks:
        (short if block.lines and _is_label(block) and not _is_text(block, size) else others).append(block)
    for index in captions:
        near = takewhile(lambda block: not _begins_like(block, others), _neighbours(blocks, index, -1))
        above = [*near, *_above(blocks[index], short, others)]
        if sum(len(label.lines) for label in {id(label): label for label in above}.values()) >= _MIN_LABELS:
            yield from above
        # Below a caption, a short paragraph may just be one: only axes are sure.
        below = list(_neighbours(blocks, index, 1))
        numbers = [run for label in below for line in label.lines for run in line if _NUMBER.fullmatch(run.text)]
        if len(numbers) >= _MIN_LABELS:
            yield from below


def _neighbours(blocks: list[PageBlock], caption: int, direction: int) -> Iterator[PageBlock]:
    """The short blocks right before (-1) or after (1) a caption, in its column."""
    index = caption + direction
    while 0 <= index < len(blocks):
        block, at = blocks[index], blocks[caption]
        if block.lines and _NOTE.match(block.lines[0][0].text):
            index += direction
            continue
        if not block.lines or (block.top < at.top) != (direction < 0) or not _is_label(block):
            return
        if min(block.x1, at.x1) <= max(block.x0, at.x0) and len(block.lines) > _MIN_LABELS:
            return
        if direction > 0 and is_prose(block):
            return
        yield block
        index += direction


def _above(caption: PageBlock, short: list[PageBlock], others: list[PageBlock]) -> list[PageBlock]:
    """The short blocks above a caption, up to the text: what is in its column, and then beside that."""
    left, top, right = caption.x0, caption.top, caption.x1
    waiting = sorted(
        (
            block
            for block in short
            if block.top < caption.top
            and not _begins_like(block, others)
            and not any(_is_between(other, block, caption) for other in others)
        ),
        key=lambda block: -block.bottom,
    )
    found: list[PageBlock] = []
    while True:
        near = next(
            (b for b in waiting if b.x0 < right + _BESIDE and b.x1 > left - _BESIDE and top - b.bottom < _EMPTY), None
        )
        if near is None:
            return found
        waiting.remove(near)
        found.append(near)
        left, top, right = min(left, near.x0), min(top, near.top), max(right, near.x1)


def _is_between(other: PageBlock, label: PageBlock, caption: PageBlock) -> bool:
    """Whether text stands below a short block and above the caption: it is a heading, or the end of a paragraph."""
    return (
        other is not caption
        and label.top < other.top < caption.top
        and min(other.x1, label.x1) > max(other.x0, label.x0)
    )


def _begins_like(block: PageBlock, others: list[PageBlock]) -> bool:
    """Whether a line begins where text does, in type that is not smaller: a title, or a paragraph of one line."""
    if len(block.lines) > 1:
        return False
    size = block.lines[0][0].size
    return any(
        len(text.lines) > 1 and abs(block.x0 - text.x0) < _ALIGNED and size > _SMALLER * text.lines[0][0].size
        for text in others
    )


def _usual_size(blocks: list[PageBlock]) -> float:
    """The height of most of a page's type."""
    letters: Counter[int] = Counter()
    for block in blocks:
        for line in block.lines:
            letters[round(line[0].size)] += sum(len(run.text) for run in line)
    return float(letters.most_common(1)[0][0])


def _is_text(block: PageBlock, size: float) -> bool:
    """Whether a block is an item of a list, or a paragraph in a narrow column."""
    first = block.lines[0][0]
    return _ITEM.match(first.text) is not None or (
        len(block.lines) > _MAX_LABEL and first.size > _SMALLER * size and is_prose(block)
    )


def _is_label(block: PageBlock) -> bool:
    texts = [" ".join(run.text for run in line) for line in block.lines]
    letters = sum(map(len, texts)) / len(texts)
    if letters > _CODE and len(texts) > 1 and all(run.fixed_pitch for line in block.lines for run in line):
        return False
    if any(_CAPTION.match(text) or NUMBERED_CAPTION.match(text) or _NOTE.match(text) for text in texts):
        return False
    words = [word for text in texts for word in text.split()]
    signs = sum(
        len(word) < _SHORT_WORD or _NUMBER.fullmatch(word) is not None or _MARKS.match(word) is not None
        for word in words
    )
    pieces = max(len(texts), sum(len(line) for line in block.lines if len(line) > _MIN_LABELS))
    return len(words) <= _MAX_WORDS * pieces or signs > 0.7 * len(words)
