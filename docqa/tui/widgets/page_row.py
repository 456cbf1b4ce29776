"""One row of a document as styled text: line number, gutter sign, marked text; or the rule above a page."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content, Span

from docqa.documents import APART
from docqa.terminal_text import flat
from docqa.tui.state.page_marks import MarkKind, PageMark, page_name
from docqa.tui.styling import MUTED

if TYPE_CHECKING:
    from docqa.documents import Document
    from docqa.tui.state.page_layout import PageLayout

# Every mark is visible without colour: the answer is bold and reversed, its passage has a bar in the gutter, its other
# places a diamond, search matches are underlined. The selection is underlined but not bold, the caret is both.
_STYLES = {
    MarkKind.PASSAGE: "$foreground",
    MarkKind.OTHER_PLACE: "underline $text-accent",
    MarkKind.MATCH: "underline $text-warning",
    MarkKind.CURRENT_MATCH: "bold reverse $text-warning",
    MarkKind.ANSWER: "bold reverse $text-accent",
    MarkKind.SELECTED: "not bold reverse underline $text-success",
    MarkKind.CARET: "bold reverse underline $text-success",
}
_GUTTER = (
    (MarkKind.CARET, Content.styled("▶", "bold $text-success")),
    (MarkKind.SELECTED, Content.styled("┃", "bold $text-success")),
    (MarkKind.OTHER_PLACE, Content.styled("◆", "$accent")),
    (MarkKind.PASSAGE, Content.styled("▌", "$accent")),
)
"""The sign between number and text for the first kind of mark that the row has."""


_APART = "italic $dim"


def gutter_width(document: "Document") -> int:
    """Return the width, in cells, of what is left of the text: line number, sign and a space."""
    return _number_width(document) + 2


def _number_width(document: "Document") -> int:
    numbers = document.lines.numbers
    return max(3, len(str(int(numbers.max())))) if len(numbers) else 3


def draw_row(layout: "PageLayout", row: int, width: int, marks: Callable[[int, int], Iterable[PageMark]]) -> Content:
    """Draw a row of a layout. `marks` returns the marks between two offsets of the text."""
    document = layout.document
    line, digits = int(layout.lines[row]), _number_width(document)
    if line < 0:
        name = page_name(document, int(layout.pages[row]))
        return Content.styled(f"{'─' * digits}─ {name} ".ljust(width, "─"), MUTED)
    number = int(layout.numbers[row]) or ""
    text = ""
    spans: list[Span] = []
    kinds: set[MarkKind] = set()
    for column, start, end, heading in layout.parts(row):
        text += " " * (column - cell_len(text))
        at = len(text)
        text += flat(document.text[start:end])
        style = _style(document, start, heading=heading)
        if style:
            spans.append(Span(at, len(text), style))
        shown = sorted(marks(start, end), key=lambda mark: mark.kind.value)
        spans += [Span(at + mark.start, at + mark.end, _STYLES[mark.kind]) for mark in shown]
        kinds.update(mark.kind for mark in shown)
    if _ends_in_word(document, end):
        text += "-"
    sign = next((sign for kind, sign in _GUTTER if kind in kinds), Content(" "))
    return Content.assemble((f"{number:>{digits}}", MUTED), sign, " ") + Content(text, spans=spans)


def _ends_in_word(document: "Document", offset: int) -> bool:
    """Whether the last text of a row, which ends at `offset`, is that of a line that ends in the middle of a word."""
    line = int(document.lines.starts.searchsorted(offset)) - 1
    return line >= 0 and int(document.lines.ends[line]) == offset and document.breaks_word(offset)


def _style(document: "Document", offset: int, *, heading: bool) -> str:
    """The style of text without marks: headings are bold, what stands apart from the running text is dim."""
    block = document.blocks.at(offset)
    kind = block.kind if block is not None else ""
    if offset >= document.body_end or kind in APART:
        return _APART
    return "bold" if heading or kind == "heading" else ""
