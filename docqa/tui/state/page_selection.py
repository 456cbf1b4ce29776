"""Selecting words of a document with a caret or the mouse (pure).

The caret covers a whole word as the reader splits words, because no answer begins or ends inside one. It stays in the
body of the document: answers never come from running heads or tables of contents.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from string import punctuation
from typing import TYPE_CHECKING

from rich.cells import cell_len

from docqa.terminal_text import flat

if TYPE_CHECKING:
    from docqa.documents import Document
    from docqa.tui.state.page_layout import PageLayout

MAX_WORDS = 60
"""Words that can be selected: far more than an answer has."""

_PUNCTUATION = frozenset(punctuation) - {"_"}
_IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))

PageWord = tuple[int, int]
"""The start and end offsets of a word."""


@dataclass(frozen=True, slots=True, eq=False)
class PageSelection:
    """The words between `anchor` and `caret`, in either order; without an anchor, the caret's word.

    `goal` is the column, in cells, that the caret keeps when it moves between lines. `full` is set if the caret
    stopped because no more words can be selected.
    """

    document: "Document"
    caret: PageWord
    anchor: PageWord | None = None
    goal: int | None = None
    full: bool = False

    @property
    def start(self) -> int:
        """The offset of the first selected character."""
        return min(self.caret, self.anchor or self.caret)[0]

    @property
    def end(self) -> int:
        """The offset after the last selected character."""
        return max(self.caret, self.anchor or self.caret)[1]

    @property
    def text(self) -> str:
        """The selected text."""
        return self.document.text[self.start : self.end]

    def __len__(self) -> int:
        """The number of words selected."""
        return sum(1 for _ in words(self.document, self.start, self.end))


# --- words ---


def word_at(document: "Document", offset: int) -> PageWord | None:
    """Return the word that contains an offset; None for white space and outside the body."""
    text, limit = document.text, document.body_end
    if not 0 <= offset < limit or text[offset].isspace():
        return None
    start, end = offset, offset + 1
    while start > 0 and _joined(text, start):
        start -= 1
    while end < limit and _joined(text, end):
        end += 1
    return start, end


def words(document: "Document", start: int, end: int) -> Iterator[PageWord]:
    """Yield the words that begin between two offsets, in text order."""
    if start > 0 and _joined(document.text, start):
        inside = word_at(document, start)
        start = inside[1] if inside else start
    word = _after(document, start)
    while word is not None and word[0] < end:
        yield word
        word = _after(document, word[1])


def whole_words(document: "Document", start: int, end: int) -> tuple[int, int]:
    """Extend a span to the boundaries of its first and last word."""
    first, last = word_at(document, start), word_at(document, end - 1)
    return first[0] if first else start, last[1] if last else end


def _after(document: "Document", offset: int) -> PageWord | None:
    text, limit = document.text, document.body_end
    while offset < limit and text[offset].isspace():
        offset += 1
    return word_at(document, offset)


def _before(document: "Document", offset: int) -> PageWord | None:
    text = document.text
    offset = min(offset, document.body_end) - 1
    while offset >= 0 and text[offset].isspace():
        offset -= 1
    return word_at(document, offset)


def _joined(text: str, at: int) -> bool:
    """Whether `text[at - 1]` and `text[at]` belong to one word.

    A punctuation mark is a separate word, except in "2,148" and "don't". So is each Chinese character, and a run of
    one repeated mark, as in dotted lines.
    """
    if not 0 < at < len(text):
        return False
    pair, after = text[at - 1 : at + 1], text[at]
    if pair.isascii() and pair.isalnum():
        return True  # The common case, kept fast for lines of a million letters.
    if pair[0].isspace() or after.isspace():
        return False
    if _combines(after):
        return True
    base = at - 1
    while base > 0 and _combines(text[base]) and not text[base - 1].isspace():
        base -= 1
    before = text[base]
    if _ideograph(before) or _ideograph(after):
        return False
    if before == after:
        return True
    if _mark(after):
        return not _mark(before) and _unbroken(before, after, text[at + 1 : at + 2])
    return not _mark(before) or _unbroken(text[max(0, base - 1) : base], before, after)


def _unbroken(left: str, mark: str, right: str) -> bool:
    if mark in ".,:":
        return left.isdecimal() and right.isdecimal()
    return mark in "'’" and left.isalpha() and right.isalpha()


def _mark(character: str) -> bool:
    return character in _PUNCTUATION or unicodedata.category(character)[0] == "P"


def _combines(character: str) -> bool:
    """Whether a character attaches to the one before: an accent, a joiner, a soft hyphen."""
    return not character.isascii() and unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"}


def _ideograph(character: str) -> bool:
    return any(low <= ord(character) <= high for low, high in _IDEOGRAPHS)


# --- moving the caret ---


def start_at(document: "Document", offset: int) -> PageSelection | None:
    """Put the caret on the word at an offset, else the next, else the previous. None if the body has no words."""
    word = _after(document, offset) or _before(document, offset)
    return PageSelection(document, word) if word else None


def start_in_row(document: "Document", layout: "PageLayout", row: int) -> PageSelection | None:
    """Put the caret on the first word at or below a row, else on the nearest above."""
    for below in chain(range(row, len(layout)), range(row - 1, -1, -1)):
        found = _in_row(document, layout, below)
        if found:
            return PageSelection(document, found[0])
    return None


def toggle_anchor(selection: PageSelection) -> PageSelection:
    """Set the anchor at the caret, or remove it."""
    return replace(selection, anchor=None if selection.anchor else selection.caret, full=False)


def swap_ends(selection: PageSelection) -> PageSelection:
    """Exchange caret and anchor."""
    if selection.anchor is None:
        return selection
    return replace(selection, caret=selection.anchor, anchor=selection.caret, goal=None, full=False)


def move_to(selection: PageSelection, word: PageWord, goal: int | None = None) -> PageSelection:
    """Move the caret to a word, or as near to it as `MAX_WORDS` from the anchor allow."""
    document, anchor = selection.document, selection.anchor
    reached = word if anchor is None else _reach(document, anchor, word)
    return replace(selection, caret=reached, goal=goal, full=reached != word)


def move_word(selection: PageSelection, step: int) -> PageSelection:
    """Move the caret to the next (1) or previous (-1) word, if there is one."""
    document, (start, end) = selection.document, selection.caret
    word = _after(document, end) if step > 0 else _before(document, start)
    return move_to(selection, word) if word else selection


def move_line(selection: PageSelection, layout: "PageLayout", step: int) -> PageSelection:
    """Move the caret a row down (1) or up (-1) in its column, skipping rows without body words."""
    document = selection.document
    row = layout.row_of(selection.caret[0])
    goal = selection.goal if selection.goal is not None else _column(document, layout, row, selection.caret[0])
    row += step
    while 0 <= row < len(layout):
        found = _in_row(document, layout, row)
        if found:
            lefts = [_column(document, layout, row, word[0]) for word in found]
            widths = [cell_len(flat(document.text[start:end])) for start, end in found]
            nearest = min(range(len(found)), key=lambda at: _distance(goal, lefts[at], widths[at]))
            return move_to(selection, found[nearest], goal)
        row += step
    return selection


def move_to_edge(selection: PageSelection, layout: "PageLayout", *, last: bool) -> PageSelection:
    """Move the caret to the first or last word of its row."""
    found = _in_row(selection.document, layout, layout.row_of(selection.caret[0]))
    return move_to(selection, found[-1 if last else 0]) if found else selection


def word_under(document: "Document", layout: "PageLayout", row: int, column: int) -> PageWord | None:
    """Return the word at a column, in cells, of a row; in a gap, the previous or next one. None if the row is empty."""
    if not 0 <= row < len(layout) or layout.lines[row] < 0:
        return None
    parts = layout.parts(row)
    widths = [cell_len(flat(document.text[part.start : part.end])) for part in parts]
    nearest = min(range(len(parts)), key=lambda at: _distance(column, parts[at].column, widths[at]))
    for part in chain(parts[nearest::-1], parts[nearest + 1 :]):
        offset, right = part.start, part.column
        for character in flat(document.text[part.start : part.end]):
            right += cell_len(character)
            if right > column:
                break
            offset += 1
        for at in chain(range(min(offset, part.end - 1), part.start - 1, -1), range(offset + 1, part.end)):
            if not document.text[at].isspace():
                return word_at(document, at)
    return None


def _reach(document: "Document", anchor: PageWord, word: PageWord) -> PageWord:
    """Return the word, or the last one on the way to it within `MAX_WORDS` of the anchor."""
    at = anchor
    for _ in range(MAX_WORDS - 1):
        following = at if at == word else (_after(document, at[1]) if word > at else _before(document, at[0]))
        if following is None or following == at:
            break
        at = following
    return at


def _in_row(document: "Document", layout: "PageLayout", row: int) -> list[PageWord]:
    if layout.lines[row] < 0:
        return []
    return [word for part in layout.parts(row) for word in words(document, part.start, part.end)]


def _distance(column: int, left: int, width: int) -> int:
    """How far a column is from what is drawn from `left` on."""
    return max(left - column, 0, column - (left + width - 1))


def _column(document: "Document", layout: "PageLayout", row: int, offset: int) -> int:
    part = next(part for part in reversed(layout.parts(row)) if part.start <= offset)
    return part.column + cell_len(flat(document.text[part.start : offset]))
