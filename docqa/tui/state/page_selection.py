"""Selecting words of a document with a caret or the mouse (pure).

A caret is a whole word, as the reader sees words: no answer begins or ends inside one. It stays in the body of the
document: running heads and contents pages are in no answer.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from string import punctuation
from typing import TYPE_CHECKING

from rich.cells import cell_len

from docqa.tui.formatting import flat

if TYPE_CHECKING:
    from docqa.documents import Document
    from docqa.tui.state.page_layout import PageLayout

MOST = 60
"""Words that can be selected: far more than an answer has."""

_PUNCTUATION = frozenset(punctuation) - {"_"}
_IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))

PageWord = tuple[int, int]
"""The offsets at which a word begins and ends."""


@dataclass(frozen=True, slots=True, eq=False)
class PageSelection:
    """The words from `anchor` to `caret`, whichever is first; the caret alone where there is no anchor.

    `goal` is the column, in cells, that the caret keeps to from line to line. `full` tells that the caret stopped
    where it did because no more can be selected.
    """

    document: "Document"
    caret: PageWord
    anchor: PageWord | None = None
    goal: int | None = None
    full: bool = False

    @property
    def start(self) -> int:
        """The offset of the first character."""
        return min(self.caret, self.anchor or self.caret)[0]

    @property
    def end(self) -> int:
        """The offset after the last character."""
        return max(self.caret, self.anchor or self.caret)[1]

    @property
    def text(self) -> str:
        """What is selected."""
        return self.document.text[self.start : self.end]

    def __len__(self) -> int:
        """How many words are selected."""
        return sum(1 for _ in words(self.document, self.start, self.end))


# --- words ---


def word_at(document: "Document", offset: int) -> PageWord | None:
    """The word that `document.text[offset]` is in; None for a space, and outside the body."""
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
    """The words that begin between two offsets, in the order of the text."""
    if start > 0 and _joined(document.text, start):
        inside = word_at(document, start)
        start = inside[1] if inside else start
    word = _after(document, start)
    while word is not None and word[0] < end:
        yield word
        word = _after(document, word[1])


def whole(document: "Document", start: int, end: int) -> tuple[int, int]:
    """The span with the words that it cuts taken in."""
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

    A punctuation mark is a word of its own, but in "2,148" and "don't"; so is each character of Chinese, and a run of
    one mark, as in dotted lines.
    """
    if not 0 < at < len(text):
        return False
    pair, after = text[at - 1 : at + 1], text[at]
    if pair.isascii() and pair.isalnum():
        return True  # As in most of any text; a line of a million letters is gone through at once.
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
    """Whether a character belongs to the one before: an accent, a joiner, a soft hyphen."""
    return not character.isascii() and unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"}


def _ideograph(character: str) -> bool:
    return any(low <= ord(character) <= high for low, high in _IDEOGRAPHS)


# --- where the caret can go ---


def begin(document: "Document", offset: int) -> PageSelection | None:
    """The caret on the word at an offset, else on the one after, else before; None where the body has no words."""
    word = _after(document, offset) or _before(document, offset)
    return PageSelection(document, word) if word else None


def begin_in(document: "Document", layout: "PageLayout", row: int) -> PageSelection | None:
    """The caret on the first word from a row on downwards; where none is, on the last before."""
    for below in chain(range(row, len(layout)), range(row - 1, -1, -1)):
        found = _in_row(document, layout, below)
        if found:
            return PageSelection(document, found[0])
    return None


def extending(selection: PageSelection) -> PageSelection:
    """Put the anchor where the caret is; where there is one, take it away."""
    return replace(selection, anchor=None if selection.anchor else selection.caret, full=False)


def swapped(selection: PageSelection) -> PageSelection:
    """The caret at the other end."""
    if selection.anchor is None:
        return selection
    return replace(selection, caret=selection.anchor, anchor=selection.caret, goal=None, full=False)


def moved(selection: PageSelection, word: PageWord, goal: int | None = None) -> PageSelection:
    """The caret on a word; with an anchor, as near to it as `MOST` words reach."""
    document, anchor = selection.document, selection.anchor
    reached = word if anchor is None else _reach(document, anchor, word)
    return replace(selection, caret=reached, goal=goal, full=reached != word)


def stepped(selection: PageSelection, step: int) -> PageSelection:
    """The caret on the next word (1), or the one before (-1); at the ends, where it is."""
    document, (start, end) = selection.document, selection.caret
    word = _after(document, end) if step > 0 else _before(document, start)
    return moved(selection, word) if word else selection


def lined(selection: PageSelection, layout: "PageLayout", step: int) -> PageSelection:
    """The caret a line down (1) or up (-1) as they are shown, in its column; over what has no words of the body."""
    document = selection.document
    row = layout.row_of(selection.caret[0])
    goal = selection.goal if selection.goal is not None else _column(document, layout, row, selection.caret[0])
    row += step
    while 0 <= row < len(layout):
        found = _in_row(document, layout, row)
        if found:
            left = [word for word in found if _column(document, layout, row, word[0]) <= goal]
            return moved(selection, left[-1] if left else found[0], goal)
        row += step
    return selection


def edged(selection: PageSelection, layout: "PageLayout", *, last: bool) -> PageSelection:
    """The caret on the first or the last word of its line as it is shown."""
    found = _in_row(selection.document, layout, layout.row_of(selection.caret[0]))
    return moved(selection, found[-1 if last else 0]) if found else selection


def word_under(document: "Document", layout: "PageLayout", row: int, column: int) -> PageWord | None:
    """The word at a column, in cells, of a row; in a gap the one before, else the one after. None where none is."""
    if not 0 <= row < len(layout) or layout.lines[row] < 0:
        return None
    start, end = int(layout.starts[row]), int(layout.ends[row])
    offset, right = start, 0
    while offset < end:
        right += cell_len(flat(document.text[offset]))
        if right > column:
            break
        offset += 1
    for at in chain(range(min(offset, end - 1), start - 1, -1), range(offset + 1, end)):
        if not document.text[at].isspace():
            return word_at(document, at)
    return None


def _reach(document: "Document", anchor: PageWord, word: PageWord) -> PageWord:
    """The word, or the last on the way to it that `MOST` words from the anchor on reach."""
    at = anchor
    for _ in range(MOST - 1):
        following = at if at == word else (_after(document, at[1]) if word > at else _before(document, at[0]))
        if following is None or following == at:
            break
        at = following
    return at


def _in_row(document: "Document", layout: "PageLayout", row: int) -> list[PageWord]:
    if layout.lines[row] < 0:
        return []
    return list(words(document, int(layout.starts[row]), int(layout.ends[row])))


def _column(document: "Document", layout: "PageLayout", row: int, offset: int) -> int:
    return cell_len(flat(document.text[int(layout.starts[row]) : offset]))
