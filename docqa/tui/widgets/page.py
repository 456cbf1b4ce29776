"""The page that an answer stands on, with its lines numbered and the answer marked."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content, Span
from textual.widgets import Static

from docqa.tui.text import MUTED, counted, hang, joined, plain

if TYPE_CHECKING:
    from docqa.answers import Answer
    from docqa.documents import Document, PageLine

# Both are seen without colour: the answer is bold and in reverse, its passage has a bar beside it.
_ANSWER = "bold reverse $text-accent"
_PASSAGE = "$foreground"
_BAR = "▌"

_AROUND = 80  # Lines that are shown before and after the passage where a format has no pages.
_LONGEST = 4_000  # Characters of one line that are shown; a file may be one line of a million.


class PageView(VerticalScroll):
    """The page of the selected answer, scrolled so that the answer is in view."""

    BINDING_GROUP_TITLE = "In the documents and the page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", "Down", show=False, tooltip="Scroll down", id="scroll.down"),
        Binding("k,up", "scroll_up", "Up", show=False, tooltip="Scroll up", id="scroll.up"),
    ]

    def __init__(self) -> None:
        super().__init__(id="page")
        self._text = Static(id="page-text")
        self._shown: tuple[Document, Answer] | None = None
        self.answer_rows: list[int] = []
        """Rows of the text, from 0, that the answer is on."""

    def compose(self) -> ComposeResult:
        """The page is one text, wrapped here: the gutter has to know where lines break."""
        yield self._text

    def on_mount(self) -> None:
        """Say what will be here."""
        self.show(None, None)

    def on_resize(self) -> None:
        """Wrap anew, once the pane has its new size."""
        self.call_after_refresh(self._draw)

    def show(self, document: "Document | None", answer: "Answer | None") -> None:
        """Show the page of an answer, or what the pane is for."""
        shown = (document, answer) if document is not None and answer is not None else None
        before, self._shown = self._shown, shown
        if before is not None and shown is not None and _alike(before, shown):
            return  # Where the person has scrolled to, they stay.
        self._title()
        self._draw()

    def _title(self) -> None:
        if self._shown is None:
            self.border_title = "Page"
            self.border_subtitle = ""
            return
        document, answer = self._shown
        parts = [plain(document.name)]
        if answer.page is not None:
            label = plain(answer.page_label or "")
            named = f" ({label})" if label not in {"", str(answer.page)} else ""
            parts.append(f"page {answer.page}{named} of {document.page_count}")
        # A title that is a plain string would be read as markup.
        self.border_title = Content(" · ".join(parts))
        self.border_subtitle = Content(plain(answer.section or ""))

    def _draw(self) -> None:
        width = self.scrollable_content_region.width
        if width <= 0:
            return
        self.answer_rows = []
        if self._shown is None:
            hint = "The page of the selected answer will be here, with the answer marked in it."
            self._text.update(joined(hang(Content.styled(hint, MUTED), width, " ")))
            return
        rows = list(_rows(*self._shown, width))
        self.answer_rows = [i for i, row in enumerate(rows) if any(span.style == _ANSWER for span in row.spans)]
        self._text.update(joined(rows))
        # After the refresh, because until then there is no room to scroll in.
        self.call_after_refresh(self._scroll_to_answer)

    def _scroll_to_answer(self) -> None:
        if self.answer_rows:
            above = self.scrollable_content_region.height // 3  # What leads up to an answer explains it.
            self.scroll_to(y=max(0, self.answer_rows[0] - above), animate=False, force=True)


def _alike(one: "tuple[Document, Answer]", other: "tuple[Document, Answer]") -> bool:
    return one[0] is other[0] and (one[1].start, one[1].end) == (other[1].start, other[1].end)


def _rows(document: "Document", answer: "Answer", width: int) -> Iterator[Content]:
    pages = range(answer.page, (answer.page_end or answer.page) + 1) if answer.page else range(1)
    for page in pages:
        lines = document.page_lines(page)
        if page != pages[0]:
            yield Content.styled(f"── page {page} ──", MUTED)
        first, last = 0, len(lines)
        if not page:
            first, last = _around(lines, answer)
        digits = len(str(lines[last - 1].number)) if last else 1
        if first:
            yield Content.styled(f"… {counted(first, 'line')} above", MUTED)
        for line in lines[first:last]:
            yield from _line(document, line, answer, width, max(3, digits))
        if last < len(lines):
            yield Content.styled(f"… {counted(len(lines) - last, 'line')} below", MUTED)


def _around(lines: "list[PageLine]", answer: "Answer") -> tuple[int, int]:
    inside = [i for i, line in enumerate(lines) if line.start < answer.end and line.end >= answer.start]
    if not inside:
        return 0, min(len(lines), 2 * _AROUND)
    return max(0, inside[0] - _AROUND), min(len(lines), inside[-1] + 1 + _AROUND)


def _line(document: "Document", line: "PageLine", answer: "Answer", width: int, digits: int) -> Iterator[Content]:
    start, end = _visible(line, answer)
    text = plain(document.text[start:end])
    before, after = "…" if start > line.start else "", "…" if end < line.end else ""
    if document.breaks_word(end):
        after = "-"
    spans = []
    passage = (answer.passage_start, answer.passage_start + len(answer.passage))
    for (first, last), style in ((passage, _PASSAGE), ((answer.start, answer.end), _ANSWER)):
        low, high = max(first, start), min(last, end)
        if low < high:
            spans.append(Span(low - start + len(before), high - start + len(before), style))
    mark = Content.styled(_BAR, "$accent") if spans else Content(" ")
    number = Content.styled(f"{line.number:>{digits}}", MUTED)
    content = Content(before + text + after, spans=spans)
    yield from hang(content, width, number + mark + " ", Content(" " * digits) + mark + " ")


def _visible(line: "PageLine", answer: "Answer") -> tuple[int, int]:
    """The part of a line that is shown: all of it, but for a line of absurd length."""
    if line.end - line.start <= _LONGEST:
        return line.start, line.end
    here = line.start < answer.end and line.end > answer.start
    start = max(line.start, answer.start - _LONGEST // 2) if here else line.start
    return start, min(line.end, start + _LONGEST)
