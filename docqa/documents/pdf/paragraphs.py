"""From lines in reading order to blocks: paragraphs, headings, list items, tables (pure).

A block is the lines that belong together, with what joins them. Lengths are in points; y grows downwards.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from docqa.documents.pdf.lines import LayoutLine

_ENDS_SENTENCE = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*[\d⁰¹²³⁴⁵⁶⁷⁸⁹*†‡]*$")
_BULLET = re.compile(r"[•‣◦▪▫■□●○◆◇►➢➤✓✔☐☑☒–—*·\u2010-\u2015-]\s")
_NUMBERED = re.compile(
    r"(?P<open>[(\[]?)(?P<value>\d{1,3}(?:\.\d{1,3}){0,4}|[a-zA-Z]|[ivxlc]{1,6}|[IVXLC]{1,6})(?P<close>[.)\]]?)\s"
)
_CAPTION = re.compile(
    r"(?i:figure|fig\.|table|chart|exhibit|abbildung|tabelle|tableau|listing)\s+[\dIVXA-Z][\w.-]*[.:]?(?:\s+[^a-z\s]|$)"
)
_ONLY_NUMBER = re.compile(r"\w+\.?\s+[\w.-]{1,6}[.:]?")
_LABEL = re.compile(r"[A-Z][\w /.()#&’'-]{1,40}:(?:\s|$)")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}

_FLOATS = {"caption", "table", "footnote", "figure", "aside"}
"""Blocks that may divide a sentence: they stand where there is room for them."""

_LABEL_WORDS = 3
_MAX_HEADING = 160  # Characters.
_MAX_HEADING_LINES = 4


@dataclass(slots=True)
class LineBlock:
    """Lines that belong together. `glue[i]`, a space or a newline, is between line i and i + 1."""

    kind: str
    lines: list[LayoutLine]
    glue: list[str] = field(default_factory=list)
    level: int = 0

    @property
    def text(self) -> str:
        """The text of all lines, without regard to hyphens."""
        return " ".join(line.text for line in self.lines)


def line_blocks(lines: list[LayoutLine]) -> list[LineBlock]:
    """Group the body's lines, in reading order, to blocks."""
    pitches = _line_spacing(lines)
    numbering = _Numbering()
    blocks: list[LineBlock] = []
    for line in lines:
        block = blocks[-1] if blocks else None
        glue = _glue(block, line, pitches.get(round(line.size), 1.3 * line.size), numbering) if block else None
        if block is None or glue is None:
            blocks.append(LineBlock(_kind(line), [line]))
            numbering.note(line)
        else:
            block.glue.append(glue)
            block.lines.append(line)
    blocks = _sentences_joined(list(_captions_joined(blocks)))
    _mark_headings(blocks)
    _set_levels(blocks)
    return blocks


def _kind(line: LayoutLine) -> str:
    if line.kind:
        return line.kind
    if line.fixed_pitch:
        return "code"
    if line.cells > 1:
        return "field"
    if _BULLET.match(line.text) or _mark(line.text):
        return "list_item"
    return "caption" if _CAPTION.match(line.text) else "paragraph"


def _captions_joined(blocks: list[LineBlock]) -> Iterator[LineBlock]:
    """Join "Table 2." with its title in the line below."""
    waiting = None
    for block in blocks:
        if waiting:
            first = block.lines[0]
            if block.kind == "paragraph" and _adjacent(waiting.lines[-1], first):
                waiting.glue += [" ", *block.glue]
                waiting.lines += block.lines
                yield waiting
                waiting = None
                continue
            yield waiting
            waiting = None
        if block.kind == "caption" and _ONLY_NUMBER.fullmatch(block.text):
            waiting = block
        else:
            yield block
    if waiting:
        yield waiting


def _sentences_joined(blocks: list[LineBlock]) -> list[LineBlock]:
    """Join the halves of a paragraph that a caption, a table or a footnote at a column's end or beginning divides."""
    joined: list[LineBlock] = []
    open_paragraph: LineBlock | None = None  # It does not end in a sentence, and only floats follow it so far.
    for block in blocks:
        if open_paragraph and block.kind not in _FLOATS:
            last, first = open_paragraph.lines[-1], block.lines[0]
            elsewhere = (last.page, last.region) != (first.page, first.region)
            divided = joined[-1] is not open_paragraph and elsewhere and block.kind == "paragraph"
            if divided and _continues_over_gap(last, first):
                open_paragraph.glue += [" ", *block.glue]
                open_paragraph.lines += block.lines
                continue
            open_paragraph = None
        joined.append(block)
        if block.kind in {"paragraph", "list_item"}:
            open_paragraph = None if _ends_sentence(block.lines[-1].text) else block
    return joined


def _adjacent(above: LayoutLine, below: LayoutLine) -> bool:
    """Whether a line is right below another one."""
    return above.page == below.page and above.region == below.region and 0 < below.top - above.top < 2 * above.size


def _glue(block: LineBlock, line: LayoutLine, pitch: float, numbering: "_Numbering") -> str | None:
    """What joins a line to the block before it, None if it begins a block."""
    previous = block.lines[-1]
    if previous.kind or line.kind or previous.cells > 1 or line.cells > 1:
        if line.kind == previous.kind == "footnote" and not line.begins:
            return " " if (line.page, line.region) == (previous.page, previous.region) else None
        same_table = line.kind == previous.kind == "table" and (line.page, line.region) == (
            previous.page,
            previous.region,
        )
        if same_table:
            return "\n" if line.row > previous.row else None
        if not _is_end_of_label(block, previous, line, pitch):
            return None
    if previous.fixed_pitch or line.fixed_pitch:
        return _code_glue(block, previous, line, pitch)
    if previous.page != line.page or previous.region != line.region or line.top <= previous.top:
        return " " if _continues_over_gap(previous, line) else None
    if abs(previous.size - line.size) > 0.08 * previous.size or line.top - previous.top > 1.35 * pitch:
        return None
    if _is_list_item(previous, line, numbering) or (_LABEL.match(line.text) and _LABEL.match(previous.text)):
        return None
    return _glue_in_column(block, previous, line)


def _is_end_of_label(block: LineBlock, previous: LayoutLine, line: LayoutLine, pitch: float) -> bool:
    """Whether a row of a form begins with the rest of the sentence above: "…, otherwise enter 0  4  00"."""
    return (
        block.kind in {"paragraph", "list_item"}
        and not line.kind
        and previous.cells == 1
        and (previous.page, previous.region) == (line.page, line.region)
        and abs(previous.size - line.size) < 0.08 * previous.size
        and 0 < line.top - previous.top < 1.5 * pitch
        and -0.5 * line.size < line.x0 - previous.x0 < 4 * line.size
        and line.row_cells[0][3][0][0].count(" ") >= _LABEL_WORDS - 1
        and not _ends_sentence(previous.text)
        and _mark(line.text) is None
    )


def _glue_in_column(block: LineBlock, previous: LayoutLine, line: LayoutLine) -> str | None:
    """The same for two lines of one column, in one size, with usual spacing."""
    width = max(1.0, previous.right - min(previous.left, previous.x0))
    full = _is_full(previous, line)
    ends = _ends_sentence(previous.text)
    if _is_another_style(block, previous, line, ends=ends, full=full):
        return None
    if ends and _CAPTION.match(line.text):
        return None
    if ends and (not full or line.x0 > previous.x0 + 0.8 * line.size):
        return None
    first = block.lines[0]
    if len(block.lines) > 1 and block.kind == "list_item" and ends and line.x0 < block.lines[1].x0 - 0.8 * line.size:
        return None  # After the hanging lines of an item, the text's left edge again.
    if previous.bold and line.bold:
        return " "
    if previous.x1 < previous.right - 0.4 * width and not line.text[0].islower() and first.kind != "footnote":
        # A title and its text, or short lines, as of an address.
        return None if line.x1 > line.right - 0.12 * width else "\n"
    return " "


def _is_full(line: LayoutLine, following: LayoutLine) -> bool:
    """Whether the next line's first word had no room in a line."""
    word = following.text.split(" ", 1)[0]
    letter = (following.x1 - following.x0) / len(following.text)
    return line.x1 + (len(word) + 1) * letter > line.right - 0.5 * letter


def _is_another_style(block: LineBlock, previous: LayoutLine, line: LayoutLine, *, ends: bool, full: bool) -> bool:
    """Whether a line is in other type than the one before, as a heading and its text are."""
    if previous.bold == line.bold and not _differ(previous.style, line.style):
        return False
    if block.kind == "list_item" and line.x0 > block.lines[0].x0 + 0.5 * line.size:
        return False  # In line with the item's text.
    if line.bold and not previous.bold:
        return not full
    return ends or not full


def _differ(style: str, other: str) -> bool:
    return style != other and bool(style and other)


def _code_glue(block: LineBlock, previous: LayoutLine, line: LayoutLine, pitch: float) -> str | None:
    both = previous.fixed_pitch and line.fixed_pitch
    if not both or block.kind != "code":
        return None
    if previous.page != line.page or previous.region != line.region:
        return None
    return "\n" if 0 < line.top - previous.top < 2.5 * pitch else None


def _continues_over_gap(previous: LayoutLine, line: LayoutLine) -> bool:
    """Whether a paragraph continues over the end of a page or column."""
    if abs(previous.size - line.size) > 0.08 * previous.size or previous.bold != line.bold:
        return False
    if _CAPTION.match(line.text) or _differ(previous.style, line.style):
        return False
    if previous.hyphen:
        return True
    if _ends_sentence(previous.text) or _BULLET.match(line.text):
        # A full line that ends a sentence may or may not end its paragraph: a wrong break does less harm.
        return False
    if line.text[0].islower():
        return True
    if _mark(line.text):
        return False
    return previous.x1 > previous.right - 2 * previous.size and not previous.bold


def _ends_sentence(text: str) -> bool:
    # Most lines end in a letter: the search would look at each of the others in vain.
    return not text[-1:].isalpha() and _ENDS_SENTENCE.search(text) is not None


# Lists --------------------------------------------------------------------------------------------


def _is_list_item(previous: LayoutLine, line: LayoutLine, numbering: "_Numbering") -> bool:
    """Whether a line begins an item: "(10) percent" may just be where a line of a sentence begins."""
    if _BULLET.match(line.text):
        dash = line.text[0] in "–—-"
        return (
            not dash
            or _ends_sentence(previous.text)
            or numbering.follows(line)
            or (previous.x1 < previous.right - 2 * previous.size)
        )
    if not _mark(line.text):
        return False
    if numbering.follows(line):
        return True
    if _ends_sentence(previous.text) or (previous.text.endswith((" and", " or", ",")) and line.x0 != previous.x0):
        return True
    if previous.bold and not line.bold:
        return True
    # An unfinished sentence goes on in this line, unless the line before is short.
    return previous.x1 < previous.right - 4 * previous.size


def _mark(text: str) -> tuple[str, int] | None:
    """The style of an item's number, and its value; None without one."""
    match = _NUMBERED.match(text)
    if not match or not (match["close"] or "." in match["value"]):
        return None
    value = match["value"]
    style = match["open"] + match["close"]
    if value[0].isdigit():
        *parents, last = value.split(".")
        return f"{style}{'.'.join(parents)}#", int(last)
    return (f"{style}a" if value.islower() else f"{style}A"), _letters_value(value.lower())


def _letters_value(value: str) -> int:
    if len(value) == 1 and value not in "ivx":
        return ord(value) - 96
    if any(letter not in _ROMAN for letter in value):
        return 0
    numbers = [_ROMAN[letter] for letter in value]
    return sum(-a if a < b else a for a, b in pairwise([*numbers, 0]))


class _Numbering:
    """The last item of each style of marks, to tell the next one from a number in a sentence."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[int, float]] = {}

    def note(self, line: LayoutLine) -> None:
        """Remember a line that begins a block."""
        if mark := _mark(line.text):
            style, value = mark
            self._last[style] = value, line.x0
        elif _BULLET.match(line.text):
            self._last[line.text[0]] = 0, line.x0

    def follows(self, line: LayoutLine) -> bool:
        """Whether a line has the mark that comes next, where the last one of its style was."""
        mark = _mark(line.text)
        style, value = mark or (line.text[0], 1)
        last = self._last.get(style)
        if last is None:
            return False
        number, x0 = last
        near = abs(x0 - line.x0) < 4
        return near and (
            mark is None or value == number + 1 or (style[-1] in "aA" and value in {9, 22} and number in {8, 21})
        )


# Headings -----------------------------------------------------------------------------------------


def _mark_headings(blocks: list[LineBlock]) -> None:
    """Find headings: short blocks in larger, bolder or other type than the body, or in capitals."""
    sizes: Counter[float] = Counter()
    styles: Counter[tuple[str, bool]] = Counter()
    types: dict[tuple[float, str, bool], int] = {}
    for block in blocks:
        for line in block.lines:
            if line.kind != "table":
                key = line.size, line.style, line.bold
                types[key] = types.get(key, 0) + len(line.text)
    for (size, style, is_bold), letters in types.items():
        sizes[round(size * 2) / 2] += letters
        styles[style, is_bold] += letters
    if not sizes:
        return
    body_size = sizes.most_common(1)[0][0]
    body_style, bold_body = styles.most_common(1)[0][0]
    for index, block in enumerate(blocks):
        if block.kind not in {"paragraph", "list_item"} or not _may_be_heading(block):
            continue
        first = block.lines[0]
        large = first.size > 1.12 * body_size
        bold = not bold_body and all(line.bold for line in block.lines)
        other = (
            _differ(first.style, body_style)
            and first.size > 0.95 * body_size
            and all(line.style == first.style for line in block.lines)
            and index + 1 < len(blocks)
            and blocks[index + 1].lines[0].style != first.style
        )
        sentence = block.text.endswith(".") and block.text.count(" ") > 6
        if large or ((bold or other) and not sentence) or _in_capitals(block):
            block.kind = "heading"
            block.glue = [" " if glue == "\n" else glue for glue in block.glue]


def _may_be_heading(block: LineBlock) -> bool:
    if len(block.lines) > _MAX_HEADING_LINES:
        return False
    text = block.text
    return (
        len(text) <= _MAX_HEADING
        and sum(map(str.isalpha, text)) >= 2
        and not _BULLET.match(text)
        and not text.endswith((";", ","))
    )


def _in_capitals(block: LineBlock) -> bool:
    text = block.text
    return (
        text.isupper() and 4 < sum(map(str.isalpha, text)) < 80 and block.kind == "paragraph" and not text.endswith(".")
    )


def _set_levels(blocks: list[LineBlock]) -> None:
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


# Spacing ------------------------------------------------------------------------------------------


def _line_spacing(lines: list[LayoutLine]) -> dict[float, float]:
    """The usual line spacing for each size of type."""
    steps: dict[float, list[float]] = defaultdict(list)
    for previous, line in pairwise(lines):
        if (
            previous.page == line.page
            and previous.region == line.region
            and 0 < line.top - previous.top < 3 * line.size
            and abs(previous.size - line.size) < 0.5
        ):
            steps[round(line.size)].append(line.top - previous.top)
    return {size: _median(spacings) for size, spacings in steps.items()}


def _median(values: list[float]) -> float:
    # `statistics` imports fractions and decimals, which would slow the start of every worker process.
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
