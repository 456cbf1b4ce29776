"""Headings among the blocks of a document, and the levels of headings and list items (pure)."""

import re
from collections import Counter
from itertools import pairwise

from docqa.documents.pdf.lines import LineBlock, differ, is_right_below
from docqa.documents.pdf.numbering import BULLET

_MAX_HEADING = 160  # Characters.
_MAX_HEADING_LINES = 4
_TEXT = {"paragraph", "list_item"}
_TITLE_LINES, _NEAR = 2, 2.5
_FEWEST, _MOST = 3, 0.8
_VALUE = re.compile(r"[^\W\d][^:]*:\s.*\d")
_LABELLED = re.compile(r"[^\W\d][^:]{0,40}:\s+\S")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")


def mark_headings(blocks: list[LineBlock], body_size: float) -> None:
    """Find headings: short blocks in larger, bolder or other type than the body, or in capitals.

    `body_size` is the usual height of the document's type in points.
    """
    styles: Counter[tuple[str, bool]] = Counter()
    for block in blocks:
        for line in block.lines:
            if line.kind != "table":
                styles[line.style, line.bold] += len(line.text)
    if not styles:
        return
    body_style, bold_body = styles.most_common(1)[0][0]
    titles = _title_types(blocks)
    for index, block in enumerate(blocks):
        if block.kind not in _TEXT or not _may_be_heading(block):
            continue
        first = block.lines[0]
        large = first.size > 1.12 * body_size
        bold = not bold_body and all(line.bold for line in block.lines)
        other = (
            differ(first.style, body_style)
            and first.size > (0.85 if _type(block) in titles else 0.95) * body_size
            and all(line.style == first.style for line in block.lines)
            and index + 1 < len(blocks)
            and blocks[index + 1].lines[0].style != first.style
        )
        sentence = block.text.endswith(".") and block.text.count(" ") > 6
        if large or ((bold or other) and not sentence) or (_in_capitals(block) and not _is_value(blocks, index)):
            block.kind = "heading"
            block.glue = [" " if glue == "\n" else glue for glue in block.glue]


def _title_types(blocks: list[LineBlock]) -> set[tuple[str, int]]:
    """The styles and sizes of type that only lines above text are set in, here and there: those of titles."""
    above: Counter[tuple[str, int]] = Counter()
    every: Counter[tuple[str, int]] = Counter()
    for block, following in pairwise(blocks):
        last, first = block.lines[-1], following.lines[0]
        if block.kind == "paragraph" and last.style and len(block.lines) <= _TITLE_LINES:
            above[_type(block)] += (
                following.kind == "paragraph"
                and first.style != last.style
                and is_right_below(last, first, _NEAR * last.size)
                and _may_be_heading(block)
            )
        if block.kind != "table":
            every[_type(block)] += 1
    return {key for key, count in above.items() if count >= _FEWEST and count > _MOST * every[key]}


def _type(block: LineBlock) -> tuple[str, int]:
    return block.lines[-1].style, round(block.lines[-1].size)


def _may_be_heading(block: LineBlock) -> bool:
    if len(block.lines) > _MAX_HEADING_LINES:
        return False
    text = block.text
    return (
        len(text) <= _MAX_HEADING
        and ((text[:1].isalpha() and text[1:2].isalpha()) or sum(map(str.isalpha, text)) >= 2)
        and not BULLET.match(text)
        and not text.endswith((";", ","))
        and not _ADDRESS.fullmatch(text if " " in block.lines[0].text else text.replace(" ", ""))
    )


def _in_capitals(block: LineBlock) -> bool:
    text = block.text
    if not text.isupper() or text.endswith("."):
        return False
    return 4 < sum(map(str.isalpha, text)) < 80 and not _VALUE.match(text)


def _is_value(blocks: list[LineBlock], index: int) -> bool:
    """Whether a block is a label with its value, as one right above or below it is."""
    return any(_is_value_beside(blocks, near, blocks[index]) for near in (index - 1, index + 1))


def _is_value_beside(blocks: list[LineBlock], index: int, block: LineBlock) -> bool:
    """Whether a block right above or below one with a label is a label with its value, too: "Date: 3 May"."""
    if not 0 <= index < len(blocks) or not _LABELLED.match(block.text) or not _LABELLED.match(blocks[index].text):
        return False
    other, size = blocks[index].lines, block.lines[0].size
    above, below = (other, block.lines) if other[0].top < block.lines[0].top else (block.lines, other)
    return blocks[index].kind != "heading" and is_right_below(above[-1], below[0], _NEAR * size)


def set_levels(blocks: list[LineBlock]) -> None:
    """Levels of headings, by their type or number, and of list items, by their indentation."""
    styles = sorted({_style(block) for block in blocks if block.kind == "heading"}, reverse=True)
    rank = {style: min(level, 5) for level, style in enumerate(styles)}
    indents: list[float] = []
    for block in blocks:
        if block.kind == "heading":
            block.level = rank[_style(block)]
            indents = []
        elif block.kind == "list_item":
            x0 = block.lines[0].x0
            while indents and x0 < indents[-1] - 4:
                indents.pop()
            if not indents or x0 > indents[-1] + 4:
                indents.append(x0)
            block.level = len(indents) - 1


def _style(block: LineBlock) -> tuple[float, bool]:
    return round(block.lines[0].size), block.lines[0].bold
