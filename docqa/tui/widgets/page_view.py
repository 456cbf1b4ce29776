"""A document, from its first page to its last, with the answer marked where it stands."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content, Span
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from docqa.tui.formatting import MUTED, flat, hang, plain
from docqa.tui.state.find import MOST, matches

if TYPE_CHECKING:
    from docqa.answers import Answer
    from docqa.documents import Document
    from docqa.tui.state.page_layout import PageLayout

# All are seen without colour: the answer is bold and in reverse, its passage has a bar beside it, the answer's other
# places a diamond, and what was looked for is underlined.
_ANSWER = "bold reverse $text-accent"
_PASSAGE = "$foreground"
_PLACE = "underline $text-accent"
_MATCH = "underline $text-warning"
_MATCH_HERE = "bold reverse $text-warning"
_BAR, _DIAMOND = "▌", "◆"

_HINT = "The document will be here, with the selected answer marked in it."


class PageView(ScrollView, can_focus=True):
    """A document to scroll through. What is selected, looked for or gone to is brought into view."""

    BINDING_GROUP_TITLE = "In the document"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", "Down", show=False, tooltip="Scroll down", id="page.down"),
        Binding("k,up", "scroll_up", "Up", show=False, tooltip="Scroll up", id="page.up"),
        Binding("ctrl+d", "half(1)", "Half down", show=False, tooltip="Scroll half a screen down", id="page.half_down"),
        Binding("ctrl+u", "half(-1)", "Half up", show=False, tooltip="Scroll half a screen up", id="page.half_up"),
        Binding("home", "scroll_home", "Top", show=False, tooltip="Go to the document's beginning", id="page.top"),
        Binding("G,end", "scroll_end", "End", show=False, tooltip="Go to the document's end", id="page.end"),
        Binding("n", "match(1)", "Next match", tooltip="Go to the next place of what was looked for", id="page.match"),
        Binding(
            "N", "match(-1)", "Match before", show=False, tooltip="Go to the place before it", id="page.match_before"
        ),
    ]

    class LaidOut(Message):
        """The rows of a document are known."""

        def __init__(self, layout: "PageLayout") -> None:
            super().__init__()
            self.layout = layout

    class Found(Message):
        """A document was searched for a text."""

        def __init__(self, document: "Document", wanted: str, found: list[tuple[int, int]]) -> None:
            super().__init__()
            self.document = document
            self.wanted = wanted
            self.found = found

    def __init__(self) -> None:
        super().__init__(id="page")
        self.document: Document | None = None
        self._answer: Answer | None = None
        self._layout: PageLayout | None = None
        self._sought = ""
        self._matches: Sequence[tuple[int, int]] = ()
        self._match = 0
        self._target: int | None = None
        """The offset that is to be in view as soon as the rows are known."""
        self._anchor = 0
        """The offset that stays in view when the pane's size changes: the answer's while that is in view."""
        self._named = False
        """Whether the target is a place that the person named: the title says its page, not that above it."""
        self._went: int | None = None
        """The place that the person named and went to, until they scroll on."""
        self._seen = Size(0, 0)
        """The size that the rows were laid out for."""
        self._trail: list[tuple[Document, int]] = []
        """Where the person was before each jump: the document and the first offset in view."""

    # --- what is shown ---

    def on_mount(self) -> None:
        """Say what will be here."""
        self._title()

    def on_resize(self) -> None:
        """Wrap anew, once the pane has its new size. What was in view stays so."""
        if self._target is None:
            self._target = self._anchor
        self.call_after_refresh(self._lay_out)

    def show(self, document: "Document | None", answer: "Answer | None") -> None:
        """Show a document at an answer; without an answer, from its beginning; without either, what the pane is for."""
        same = document is self.document
        before, self._answer = self._answer, answer
        elsewhere = self.document is not None and answer is not None and self.document.name != answer.document
        if (same or elsewhere) and before is not None and answer is not None and _same_place(before, answer):
            self.refresh()  # Its other places may be new. Where the person has scrolled or gone to, they stay.
            return
        if same and answer is None:
            self.refresh()
            return
        self._leave()
        self._display(document, answer.start if answer is not None else 0)

    def go_to(self, document: "Document", offset: int) -> None:
        """Bring a place into view, to come back from with `back`."""
        self._leave()
        self._display(document, offset, named=True)

    def bring(self, offset: int) -> None:
        """Bring a place of the document into view. It is no jump: there is no coming back."""
        self._display(self.document, offset, named=True)

    def back(self) -> int:
        """Go back to where the last jump was made, and tell the offset that is at the top then."""
        if not self._trail:
            return self.first_offset
        document, offset = self._trail.pop()
        self._display(document, offset, top=True)
        return offset

    @property
    def _shows_answer(self) -> bool:
        """Whether the document is the one that the selected answer stands in."""
        return self._answer is not None and self.document is not None and self._answer.document == self.document.name

    @property
    def answer_in_view(self) -> bool:
        """Whether the selected answer is to be seen."""
        return self._shows_answer and self._answer is not None and self._in_view(self._answer.start)

    @property
    def came_from(self) -> bool:
        """Whether there is a place to go back to."""
        return bool(self._trail)

    @property
    def answer_rows(self) -> range:
        """The rows, from 0, that the answer is on."""
        if self._layout is None or self._answer is None or not self._shows_answer:
            return range(0)
        return range(self._layout.row_of(self._answer.start), self._layout.row_of(self._answer.end - 1) + 1)

    @property
    def page(self) -> int:
        """The page that is in view, 1-based; 0 where the document has none.

        That of the place that was gone to, else the answer's, if that is in view.
        """
        layout = self._layout
        if layout is None or not len(layout):
            return 0
        row = round(self.scroll_y)
        answer = self.answer_rows
        if self._went is not None and self._in_view(self._went):
            row = layout.row_of(self._went)
        elif answer and row <= answer[0] < row + self.scrollable_content_region.height:
            row = answer[0]
        return int(layout.pages[min(row, len(layout) - 1)])

    def _display(self, document: "Document | None", offset: int, *, top: bool = False, named: bool = False) -> None:
        self._target, self._named, self._went = offset, named, None
        if document is not self.document:
            self.document = document
            self._layout = None
            self.virtual_size = Size(0, 0)
            if self._sought:
                self.find(self._sought)
            self._lay_out()
        else:
            self._settle(top=top)
        self._title()

    def _leave(self) -> None:
        if self.document is not None and self._layout is not None:
            self._trail.append((self.document, self.first_offset))

    @property
    def first_offset(self) -> int:
        """Where the text in view begins."""
        layout = self._layout
        if layout is None or not len(layout):
            return 0
        row = min(round(self.scroll_y), len(layout) - 1)
        return int(layout.starts[min(row + 1, len(layout) - 1)] if layout.lines[row] < 0 else layout.starts[row])

    def _in_view(self, offset: int) -> bool:
        if self._layout is None:
            return True
        row = self._layout.row_of(offset)
        return round(self.scroll_y) <= row < round(self.scroll_y) + self.scrollable_content_region.height

    # --- rows ---

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        if width <= 0 or self.document is None:
            self.refresh()
            return
        self._make_rows(self.document, max(8, width - self._gutter(self.document)))

    @work(thread=True, exclusive=True, group="layout")
    def _make_rows(self, document: "Document", width: int) -> None:
        # A thread, because a thousand pages take longer than a frame.
        from docqa.tui.state.page_layout import lay_out

        self.post_message(self.LaidOut(lay_out(document, width)))

    @on(LaidOut)
    def _laid_out(self, message: LaidOut) -> None:
        if message.layout.document is self.document:
            self._layout = message.layout
            self._seen = self.scrollable_content_region.size
            if self._target is None:
                self._target = self._anchor
            self.virtual_size = Size(self.scrollable_content_region.width, len(self._layout))
            self.refresh()
            self.call_after_refresh(self._settle)

    def _settle(self, *, top: bool = False) -> None:
        """Bring the target into view."""
        if self._target is None or self._layout is None:
            return
        row = self._layout.row_of(self._target)
        # What leads up to an answer explains it.
        above = 0 if top else self.scrollable_content_region.height // 3
        target, named = self._target, self._named
        self._anchor, self._target = target, None
        self.scroll_to(y=max(0, row - above), animate=False, force=True)
        self._named = named  # It was scrolling just now, but nobody has gone on.
        if named:
            self._went = self._anchor = target
        self._title()  # At a document's beginning nothing scrolls, and the page that is there was not known before.
        self.refresh()

    def _gutter(self, document: "Document") -> int:
        return self._digits(document) + 2

    def _digits(self, document: "Document") -> int:
        numbers = document.lines.numbers
        return max(3, len(str(int(numbers.max())))) if len(numbers) else 3

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        width = self.scrollable_content_region.width
        row = round(self.scroll_y) + y
        content = self._row(row, width)
        strips = Visual.to_strips(self, content, width, 1, self.visual_style, pad=True)
        return strips[0] if strips else Strip.blank(width, self.rich_style)

    def _row(self, row: int, width: int) -> Content:
        document, layout = self.document, self._layout
        if document is None:
            lines = hang(Content.styled(_HINT, MUTED), width, " ")
            return lines[row] if row < len(lines) else Content("")
        if layout is None or row >= len(layout):
            return Content("")
        line = int(layout.lines[row])
        digits = self._digits(document)
        if line < 0:
            page = int(layout.pages[row])
            return Content.styled(f"{'─' * digits}─ {_page_named(document, page)} ".ljust(width, "─"), MUTED)
        start, end = int(layout.starts[row]), int(layout.ends[row])
        first = start == int(document.lines.starts[line])
        number = str(int(document.lines.numbers[line])) if first else ""
        spans, mark = self._marks(start, end)
        text = flat(document.text[start:end])
        if end == int(document.lines.ends[line]) and document.breaks_word(end):
            text += "-"
        return Content.assemble((f"{number:>{digits}}", MUTED), mark, " ") + Content(text, spans=spans)

    def _marks(self, start: int, end: int) -> tuple[list[Span], Content]:
        """How the characters from `start` to `end` are marked, and what stands beside them."""
        spans: list[Span] = []

        def mark(first: int, last: int, style: str) -> bool:
            low, high = max(first, start), min(last, end)
            if low < high:
                spans.append(Span(low - start, high - start, style))
            return low < high

        beside = Content(" ")
        answer = self._answer if self._shows_answer else None
        if answer is not None:
            if mark(answer.passage_start, answer.passage_start + len(answer.passage), _PASSAGE):
                beside = Content.styled(_BAR, "$accent")
            name = answer.document
            marked = [
                mark(place.start, place.end, _PLACE) for place in answer.other_locations if place.document == name
            ]
            if any(marked):
                beside = Content.styled(_DIAMOND, "$accent")
        near = bisect_left(self._matches, (start, 0))
        for number in range(max(0, near - 1), len(self._matches)):
            first, last = self._matches[number]
            if first >= end:
                break
            mark(first, last, _MATCH_HERE if number == self._match else _MATCH)
        if answer is not None:
            mark(answer.start, answer.end, _ANSWER)
        return spans, beside

    # --- the title ---

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The page in view may be another."""
        super().watch_scroll_y(old_value, new_value)
        self._remember()
        self._title()

    def _remember(self) -> None:
        # While the size changes, Textual scrolls by itself; that is not where the person has gone.
        if self._layout is not None and self._target is None and self._seen == self.scrollable_content_region.size:
            self._named, self._went = False, None
            answer = self._answer if self._shows_answer else None
            self._anchor = answer.start if answer is not None and self._in_view(answer.start) else self.first_offset

    def _title(self) -> None:
        document = self.document
        if document is None:
            self.border_title = "Document"
            self.border_subtitle = ""
            return
        parts = [plain(document.name)]
        page = self.page or (self._answer.page if self._answer and self._answer.page and self._shows_answer else 0)
        if page:
            parts.append(f"{_page_named(document, page)} of {document.page_count}")
        # A title that is a plain string would be read as markup.
        self.border_title = Content(" · ".join(parts))
        self.border_subtitle = Content(self._standing())

    def _standing(self) -> str:
        if self._sought:
            if not self._matches:
                return f"“{flat(self._sought)}” is not in here"
            most = f"{MOST:,} or more" if len(self._matches) == MOST else f"{len(self._matches):,}"
            return f"“{flat(self._sought)}” {self._match + 1:,} of {most}"
        if self._answer is not None and self._shows_answer:
            return plain(self._answer.section or "")
        return ""

    # --- finding ---

    def find(self, wanted: str) -> None:
        """Mark every place of a text, and go to the first from what is in view on; "" ends it."""
        self._sought = wanted
        if not wanted.strip() or self.document is None:
            self._sought, self._matches = "", ()
            self._title()
            self.refresh()
            return
        self._find(self.document, wanted)

    @work(thread=True, exclusive=True, group="find")
    def _find(self, document: "Document", wanted: str) -> None:
        self.post_message(self.Found(document, wanted, matches(document.text, wanted)))

    @on(Found)
    def _matches_found(self, message: Found) -> None:
        if message.document is not self.document or message.wanted != self._sought:
            return  # The person has typed on.
        found = self._matches = message.found
        self._match = min(bisect_left(found, (self.first_offset, 0)), max(0, len(found) - 1))
        self._show_match()

    def _show_match(self) -> None:
        if self._matches:
            start, _ = self._matches[self._match]
            if not self._in_view(start):
                self._target, self._named = start, True
                self._settle()
        self._title()
        self.refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Where nothing was looked for, `n` is the next answer, as anywhere."""
        return bool(self._matches) if action == "match" else True

    def action_match(self, step: int) -> None:
        """Go to the next match, around the end."""
        self._match = (self._match + step) % len(self._matches)
        self._show_match()

    def action_half(self, step: int) -> None:
        """Scroll half of what is in view."""
        self.scroll_relative(y=step * max(1, self.scrollable_content_region.height // 2), animate=False)


def _same_place(one: "Answer", other: "Answer") -> bool:
    return (one.document, one.start, one.end) == (other.document, other.start, other.end)


def _page_named(document: "Document", page: int) -> str:
    label = plain(document.page_labels[page - 1])
    return f"page {page}" + (f" ({label})" if label not in {"", str(page)} else "")
