"""From lines in reading order to blocks: paragraphs, headings, list items, tables (pure).

A block is the lines that belong together, with what joins them. Lengths are in points; y grows downwards.
"""

import re
from collections.abc import Iterator

from docqa.documents.pdf.footnotes import mark_table_notes
from docqa.documents.pdf.headings import mark_headings, set_levels
from docqa.documents.pdf.lines import LayoutLine, LineBlock, differ, in_one_column, is_right_below
from docqa.documents.pdf.numbering import BULLET, Numbering, counts_on, mark_of
from docqa.documents.pdf.spacing import LineSpacing, ends_sentence

_CAPTION = re.compile(
    r"(?i:figure|fig\.|table|chart|exhibit|abbildung|tabelle|tableau|listing)\s+[\dIVXA-Z][\w.-]*[.:]?(?:\s+[^a-z\s]|$)"
)
_ONLY_NUMBER = re.compile(r"\w+\.?\s+[\w.-]{1,6}[.:]?")
_LABEL = re.compile(r"[A-Z][\w /.()#&’'-]{1,40}:(?:\s|$)")

_IN_ADDRESS = re.compile(r"(?:https?|ftp)://\S*$")
"""The end of a line that may be within an address."""

_GOES_ON = re.compile(r"(?:\b(?:an?|and|as|at|by|for|from|in|is|of|on|or|the|to|with)|[,&(–—-])$")

_FLOATS = {"caption", "table", "footnote", "figure", "aside"}
"""Blocks that may divide a sentence: they stand where there is room for them."""

_QUANTITY = re.compile(r"[\d¼-¾][\d¼-¾.,/–-]*(?: ?(?:k?g|m?l|oz|lbs?))?\.? [^\W\d_A-Z]\S*(?: \S+){0,4}")
"""A short line that begins with a number of things: "3 potatoes"."""

_WORD = re.compile(r"[^\W\d_]{2}")
_OTHER_FONT = 0.15
_OTHER_TITLE, _HIGHER = 0.3, 1.15  # A title and the subtitle below it differ by more.
_OUTDENT = 1.6  # Heights of the type: further left than a paragraph begins after its first line.
_AS_WIDE = 0.7
_LABEL_WORDS = 3
_TITLE_LINES = 3
_SMALL = 0.88
_NEAR = 4.0  # Heights of the type, between the number of a figure and its title.
_TITLES_APART = 1.55  # Heights of the type, at least, between two titles: the lines of one are closer.
_TITLE_LEADING = 2.2  # Heights of the type, at most.


def line_blocks(lines: list[LayoutLine], body_size: float) -> list[LineBlock]:
    """Group the body's lines, in reading order, to blocks. `body_size` is the usual height of the type."""
    spacing = LineSpacing(lines)
    numbering = Numbering()
    blocks: list[LineBlock] = []
    for line in lines:
        block = blocks[-1] if blocks else None
        glue = None
        if block:
            size, other = line.size, block.lines[-1].size
            glue = _glue(block, line, spacing.pitch(line, size if size > other else other), numbering)
        if block is None or glue is None:
            blocks.append(LineBlock(_kind(line, numbering), [line]))
            numbering.note(line)
        else:
            block.glue.append(glue)
            block.lines.append(line)
    blocks = list(_captions_joined(blocks))
    mark_table_notes(blocks, body_size)
    blocks = _sentences_joined(blocks, body_size)
    mark_headings(blocks, body_size)
    set_levels(blocks)
    return blocks


def _kind(line: LayoutLine, numbering: Numbering) -> str:
    if line.kind:
        return line.kind
    if line.fixed_pitch:
        return "code"
    if line.cells > 1:
        return "field"
    if numbering.marks(line):
        return "list_item"
    return "caption" if _CAPTION.match(line.text) else "paragraph"


def _captions_joined(blocks: list[LineBlock]) -> Iterator[LineBlock]:
    """Join "Table 2." with its title, in the line below or beside it."""
    waiting = None
    for block in blocks:
        if waiting:
            last = waiting.lines[-1]
            first = block.lines[0]
            if block.kind == "paragraph" and (is_right_below(last, first, 2 * last.size) or _is_beside(last, first)):
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


def _is_beside(label: LayoutLine, title: LayoutLine) -> bool:
    """Whether the title of a figure begins at the height of its number, right of it."""
    return (
        label.page == title.page
        and abs(label.top - title.top) < 0.5 * label.size
        and 0 < title.x0 - label.x1 < _NEAR * label.size
    )


def _sentences_joined(blocks: list[LineBlock], body_size: float) -> list[LineBlock]:
    """Join the halves of a paragraph that a caption, a table or a footnote at a column's end or beginning divides.

    Small type at a column's end is a footnote, too, if it divides a sentence: a licence, or the place of a conference.
    """
    joined: list[LineBlock] = []
    open_paragraph: LineBlock | None = None  # It does not end in a sentence, and only floats follow it so far.
    small: list[LineBlock] = []
    for block in blocks:
        if open_paragraph and _is_small_below(open_paragraph, block, body_size):
            small.append(block)
            joined.append(block)
            continue
        if open_paragraph and not _is_float(block):
            last, first = open_paragraph.lines[-1], block.lines[0]
            divided = joined[-1] is not open_paragraph and block.kind == "paragraph"
            is_above = not small or (first.page == last.page and first.top < last.top)
            if divided and is_above and not in_one_column(last, first) and _continues_over_gap(last, first):
                open_paragraph.glue += [" ", *block.glue]
                open_paragraph.lines += block.lines
                for note in small:
                    note.kind = "footnote"
                small = []
                continue
            open_paragraph = None
        joined.append(block)
        if block.kind in {"paragraph", "list_item"} and not _is_float(block):
            open_paragraph = None if ends_sentence(block.lines[-1].text) else block
            small = []
    return joined


def _is_small_below(paragraph: LineBlock, block: LineBlock, body_size: float) -> bool:
    """Whether a block is in smaller type, below a paragraph of the usual type in its column."""
    last, first = paragraph.lines[-1], block.lines[0]
    return (
        block.kind in {"paragraph", "list_item", "field"}
        and in_one_column(last, first)
        and first.top > last.top
        and abs(last.size - body_size) < 0.1 * body_size
        and all(line.size < _SMALL * body_size for line in block.lines)
    )


def _is_float(block: LineBlock) -> bool:
    """Whether a block may stand in the midst of a sentence. The number at an axis may, too."""
    if block.kind in _FLOATS:
        return True
    return block.kind not in {"formula", "code"} and not any(_WORD.search(line.text) for line in block.lines)


def _glue(block: LineBlock, line: LayoutLine, pitch: float, numbering: Numbering) -> str | None:
    """What joins a line to the block before it, None if it begins a block."""
    previous = block.lines[-1]
    if previous.kind or line.kind or previous.cells > 1 or line.cells > 1:
        if line.kind == previous.kind == "footnote" and not line.begins:
            return " " if in_one_column(previous, line) else None
        if line.kind == previous.kind == "formula":
            return "\n" if line.page == previous.page else None
        if line.kind == previous.kind == "table" and in_one_column(previous, line):
            return "\n" if line.row > previous.row else None
        if not _is_end_of_label(block, previous, line, pitch):
            return None
    is_term = line.fixed_pitch and line.x0 < previous.x0 - _OUTDENT * line.size
    if block.kind == "code" or is_term or (line.fixed_pitch and not _is_midst(previous, line, pitch)):
        return _code_glue(block, previous, line, pitch)
    if not in_one_column(previous, line) or line.top <= previous.top:
        return " " if _continues_over_gap(previous, line) else None
    if line.top - previous.top > 1.35 * pitch and not _is_within_title(previous, line):
        return None
    if abs(previous.size - line.size) > 0.08 * previous.size and not _is_midst(previous, line, pitch):
        return None
    if _goes_on_plainly(previous, line):
        return " "
    if _is_list_item(block, line, numbering) or (_LABEL.match(line.text) and _LABEL.match(previous.text)):
        return None
    return _glue_in_column(block, previous, line)


def _goes_on_plainly(previous: LayoutLine, line: LayoutLine) -> bool:
    """Whether nothing can part two lines below each other: an unfinished sentence goes on with a word in small letters.

    So it is with most lines of a text: this is for speed.
    """
    word, _, _ = line.text.partition(" ")
    return (
        word.isalpha()
        and word[0].islower()
        and previous.text[-1:].isalpha()
        and previous.bold == line.bold
        and previous.style == line.style
    )


def _is_within_title(previous: LayoutLine, line: LayoutLine) -> bool:
    """Whether a title that cannot end with its first line, "The Bylaws of", goes on in the next one."""
    return (
        previous.bold
        and line.bold
        and previous.style == line.style
        and abs(previous.size - line.size) < 0.08 * previous.size
        and line.top - previous.top < _TITLE_LEADING * line.size
        and _GOES_ON.search(previous.text) is not None
    )


def _is_midst(previous: LayoutLine, line: LayoutLine, pitch: float) -> bool:
    """Whether a sentence goes on from a full line to the next, which a word in another font makes a bit higher."""
    return (
        (abs(previous.size - line.size) < _OTHER_FONT * previous.size or previous.style == line.style != "")
        and (_GOES_ON.search(previous.text) is not None or not _differ_in_height(previous, line))
        and in_one_column(previous, line)
        and 0 < line.top - previous.top < 1.2 * pitch
        and previous.bold == line.bold
        and _is_full(previous, line)
        and (not ends_sentence(previous.text) or _IN_ADDRESS.search(previous.text) is not None)
    )


def _differ_in_height(previous: LayoutLine, line: LayoutLine) -> bool:
    """Whether two lines are a title and a subtitle in smaller letters, or the other way round."""
    higher, lower = sorted((previous.bottom - previous.top, line.bottom - line.top), reverse=True)
    return abs(previous.size - line.size) > _OTHER_TITLE * previous.size and higher > _HIGHER * lower


def _is_end_of_label(block: LineBlock, previous: LayoutLine, line: LayoutLine, pitch: float) -> bool:
    """Whether a row of a form begins with the rest of the sentence above: "…, otherwise enter 0  4  00"."""
    return (
        block.kind in {"paragraph", "list_item"}
        and not line.kind
        and previous.cells == 1
        and in_one_column(previous, line)
        and abs(previous.size - line.size) < 0.08 * previous.size
        and 0 < line.top - previous.top < 1.5 * pitch
        and -0.5 * line.size < line.x0 - previous.x0 < 4 * line.size
        and line.row_cells[0][3][0][0].count(" ") >= _LABEL_WORDS - 1
        and not ends_sentence(previous.text)
        and mark_of(line.text) is None
    )


def _glue_in_column(block: LineBlock, previous: LayoutLine, line: LayoutLine) -> str | None:
    """The same for two lines of one column, in one size, with usual spacing."""
    if line.text[0].isdigit() and _QUANTITY.fullmatch(previous.text) and _QUANTITY.fullmatch(line.text):
        return None
    full = _is_full(previous, line)
    ends = ends_sentence(previous.text)
    if _is_another_style(block, previous, line, ends=ends, full=full):
        return None
    if ends and _CAPTION.match(line.text):
        return None
    first = block.lines[0]
    hangs = block.kind == "list_item" and previous is first and _hangs(first, line)
    if ends and (not (full or hangs) or (line.x0 > previous.x0 + 0.8 * line.size and not hangs)):
        return None
    if len(block.lines) > 1 and block.kind == "list_item" and ends and line.x0 < block.lines[1].x0 - 0.8 * line.size:
        return None  # After the hanging lines of an item, the text's left edge again.
    if previous.bold and line.bold:
        is_apart = line.top - previous.top > _TITLES_APART * line.size and line.text[0].isupper()
        return None if is_apart and _WORD.search(previous.text) and not _GOES_ON.search(previous.text) else " "
    width = max(1.0, previous.right - min(previous.left, previous.x0))
    is_short = previous.x1 < previous.right - 0.4 * width and not (full and _IN_ADDRESS.search(previous.text))
    if is_short and not line.text[0].islower() and first.kind != "footnote":
        if block.kind == "list_item" and line.x0 < first.x0 + 0.5 * line.size and BULLET.match(first.text):
            return None  # Below the bullet of a short item.
        # A title and its text, or short lines, as of an address.
        return None if line.x1 > line.right - 0.12 * width else "\n"
    return " "


def _hangs(item: LayoutLine, line: LayoutLine) -> bool:
    """Whether a line begins where an item's text does, after its mark."""
    mark = len(item.text.split(" ", 1)[0])
    letter = (item.x1 - item.x0) / len(item.text)
    return line.x0 - item.x0 > max(0.5 * line.size, 0.7 * mark * letter)


def _is_full(line: LayoutLine, following: LayoutLine) -> bool:
    """Whether the next line's first word had no room in a line."""
    text = following.text
    word = text.find(" ") if " " in text else len(text)
    letter = (following.x1 - following.x0) / len(text)
    return line.x1 + (word + 1) * letter > line.right - 0.5 * letter


def _is_another_style(block: LineBlock, previous: LayoutLine, line: LayoutLine, *, ends: bool, full: bool) -> bool:
    """Whether a line is in other type than the one before, as a heading and its text are."""
    if previous.bold == line.bold and not differ(previous.style, line.style):
        return False
    if block.kind == "list_item" and line.x0 > block.lines[0].x0 + 0.5 * line.size:
        return False  # In line with the item's text.
    if line.bold and not previous.bold:
        return not full
    return ends or not full or (previous.bold and len(block.lines) <= _TITLE_LINES and _ends_title(previous, line))


def _ends_title(title: LayoutLine, line: LayoutLine) -> bool:
    """Whether a bold line is a title as wide as the column: bold words of a sentence go on in small letters."""
    if " " not in title.text or _GOES_ON.search(title.text):
        return False
    return line.text[0].isupper() and (line.text[1:2].islower() or title.text.isupper())


def _code_glue(block: LineBlock, previous: LayoutLine, line: LayoutLine, pitch: float) -> str | None:
    if block.kind != "code" or not (previous.fixed_pitch and line.fixed_pitch and in_one_column(previous, line)):
        return None
    return "\n" if 0 < line.top - previous.top < 2.5 * pitch else None


def _continues_over_gap(previous: LayoutLine, line: LayoutLine) -> bool:
    """Whether a paragraph continues over the end of a page or column."""
    if abs(previous.size - line.size) > 0.08 * previous.size or previous.bold != line.bold:
        return False
    if _CAPTION.match(line.text) or differ(previous.style, line.style):
        return False
    if previous.hyphen:
        return True
    if not _WORD.search(line.text) and not ends_sentence(line.text):
        return False  # The number at an axis.
    if not _WORD.search(previous.text) and any(map(str.isdigit, previous.text)):
        return False  # The number of an equation, or the date below a title.
    is_next_column = previous.page != line.page or line.top < previous.top
    if is_next_column and previous.text[-1] in ":;" and line.text[0].islower() and _WORD.match(line.text):
        return _is_full(previous, line)  # The title and subtitle of a work.
    if ends_sentence(previous.text) or BULLET.match(line.text):
        # A full line that ends a sentence may or may not end its paragraph: a wrong break does less harm.
        return False
    if line.text[0].islower():
        return True
    if mark_of(line.text):
        return False
    if previous.page == line.page and _WORD.search(previous.text) and not _are_as_wide(previous, line):
        return False  # What stands beside a paragraph, such as the ingredients of a recipe.
    return is_next_column and previous.x1 > previous.right - 2 * previous.size and not previous.bold


def _are_as_wide(line: LayoutLine, other: LayoutLine) -> bool:
    """Whether the columns of two lines are about as wide as each other."""
    narrow, wide = sorted([max(each.right - each.left, each.x1 - each.x0) for each in (line, other)])
    return narrow > _AS_WIDE * wide


def _is_list_item(block: LineBlock, line: LayoutLine, numbering: Numbering) -> bool:
    """Whether a line begins an item: "(10) percent" may just be where a line of a sentence begins."""
    previous = block.lines[-1]
    if BULLET.match(line.text):
        dash = line.text[0] in "–—-"
        return (
            not dash
            or ends_sentence(previous.text)
            or numbering.follows(line)
            or (previous.x1 < previous.right - 2 * previous.size)
        )
    if not numbering.is_numbered(line):
        return False
    if not ends_sentence(previous.text) and counts_on(block.text, line.text):
        return False  # "(i) an account, (ii) a password" is one sentence, wherever its lines end.
    if numbering.follows(line):
        return True
    if ends_sentence(previous.text) or (previous.text.endswith((" and", " or", ",")) and line.x0 != previous.x0):
        return True
    if previous.bold and not line.bold:
        return True
    # An unfinished sentence goes on in this line, unless the line before is short.
    return previous.x1 < previous.right - 4 * previous.size
