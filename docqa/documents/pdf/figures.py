"""The labels inside charts and diagrams: they are on the page, but no part of its running text (pure).

They are recognized by the figure's caption: what is short and stands between it and the text around.
"""

import re
from collections.abc import Iterator

from docqa.documents.pdf.page_blocks import PageBlock

_CAPTION = re.compile(r"(?:fig(?:ure|\.)|chart|graph|diagram|scheme|plate|abb(?:ildung|\.))\s*[\dA-Z]", re.IGNORECASE)
_NUMBER = re.compile(r"[-−–+]?[\d.,]+\s?%?")
_MAX_WORDS = 6  # On average, in a line of a label.
_MIN_LABELS = 3


def figure_labels(blocks: list[PageBlock]) -> Iterator[PageBlock]:
    """The labels among a page's blocks. `blocks` are in reading order."""
    for index, block in enumerate(blocks):
        if not block.lines or not _CAPTION.match(block.lines[0][0].text):
            continue
        for direction in (-1, 1):
            labels = list(_labels(blocks, index, direction))
            lines = [line for label in labels for line in label.lines]
            numbers = sum(_NUMBER.fullmatch(run.text) is not None for line in lines for run in line)
            # Below a caption, a short paragraph may just be one: only axes are sure.
            if len(lines) >= _MIN_LABELS and (direction < 0 or numbers >= _MIN_LABELS):
                yield from labels


def _labels(blocks: list[PageBlock], caption: int, direction: int) -> Iterator[PageBlock]:
    """The short blocks right before (-1) or after (1) a caption, in its column."""
    index = caption + direction
    while 0 <= index < len(blocks):
        block, at = blocks[index], blocks[caption]
        if not block.lines or (block.top < at.top) != (direction < 0) or not _is_label(block):
            return
        if min(block.x1, at.x1) <= max(block.x0, at.x0) and len(block.lines) > _MIN_LABELS:
            return
        yield block
        index += direction


def _is_label(block: PageBlock) -> bool:
    texts = [" ".join(run.text for run in line) for line in block.lines]
    if any(_CAPTION.match(text) for text in texts):
        return False
    words = sum(text.count(" ") + 1 for text in texts) / len(texts)
    numbers = sum(_NUMBER.fullmatch(word) is not None for text in texts for word in text.split())
    total = sum(text.count(" ") + 1 for text in texts)
    return words <= _MAX_WORDS or numbers > 0.7 * total
