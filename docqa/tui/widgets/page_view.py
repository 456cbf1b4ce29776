"""The document pane: all pages of a document, with the answer marked."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from docqa.moved_spans import nearest_offset
from docqa.terminal_text import flat, one_line, visible
from docqa.tui.messages import LayoutReady, MatchesFound
from docqa.tui.state import page_marks
from docqa.tui.state.newer_answers import found_again, span_of
from docqa.tui.state.page_marks import Finder, Matches, PageMark
from docqa.tui.styling import MUTED, hang
from docqa.tui.widgets.page_row import draw_row, gutter_width

if TYPE_CHECKING:
    from docqa.answers import Answer
    from docqa.documents import Document
    from docqa.tui.state.page_layout import PageLayout

_HINT = "The document is shown here, with the selected answer marked."


class PageView(ScrollView, can_focus=True):
    """A scrollable document. Selected answers, search matches and jump targets are brought into view."""

    BINDING_GROUP_TITLE = "In the document"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", "Down", show=False, tooltip="Scroll down", id="page.down"),
        Binding("k,up", "scroll_up", "Up", show=False, tooltip="Scroll up", id="page.up"),
        Binding("ctrl+d", "half(1)", "Half down", show=False, tooltip="Scroll half a screen down", id="page.half_down"),
        Binding("ctrl+u", "half(-1)", "Half up", show=False, tooltip="Scroll half a screen up", id="page.half_up"),
        Binding("home", "scroll_home", "Top", show=False, tooltip="Go to the beginning", id="page.top"),
        Binding("G,end", "scroll_end", "End", show=False, tooltip="Go to the end", id="page.end"),
    ]

    def __init__(self) -> None:
        super().__init__(id="page")
        self.document: Document | None = None
        self._answer: Answer | None = None
        self._claimed = True
        self._layout: PageLayout | None = None
        self._query = ""
        self._finder: Finder = lambda _: ()
        self._matches: Matches = ()
        self._match = 0
        self._jumped_to_find = False
        """Whether what is being typed has moved the view: `back` returns to where it was before."""
        self._target: int | None = None
        """The offset to bring into view once the document is laid out."""
        self._anchor = 0
        """The offset that stays in view when the pane is resized: the answer's while that is in view."""
        self._anchor_top = False
        """Whether it stays at the top of the view."""
        self._top = False
        """Whether to put the target at the top of the view, without the text that leads up to it."""
        self._named = False
        """Whether the user asked for the target, so that the title names its page and not the one at the top."""
        self._visited: int | None = None
        """The offset that the user jumped to, until they scroll."""
        self._laid_out_size = Size(0, 0)
        """The pane's size when the document was laid out."""
        self._history: list[tuple[Document, int]] = []
        """The document and first offset in view before each jump."""
        self._newest: dict[str, Document] = {}
        """The newest version of each document."""

    # --- what is shown ---

    def on_mount(self) -> None:
        """Show the title."""
        self._update_title()

    def on_resize(self) -> None:
        """Lay the document out again, keeping what was in view."""
        self._keep_anchor()
        self.call_after_refresh(self._lay_out)

    def _keep_anchor(self) -> None:
        """Have what is in view now be in view once the document is laid out again."""
        if self._target is None:
            self._target, self._top = self._anchor, self._anchor_top

    def show(self, document: "Document | None", answer: "Answer | None", *, claimed: bool = True) -> None:
        """Show a document at an answer (only its passage is marked if not `claimed`) or its beginning; or a hint."""
        self._claimed = claimed
        same = document is self.document
        before, self._answer = self._answer, answer
        elsewhere = self.document is not None and answer is not None and self.document.name != answer.document
        if (same or elsewhere) and before is not None and answer is not None and span_of(before) == span_of(answer):
            self.refresh()  # Its other places may be new. The position stays, even if the user has moved.
            return
        if same and (answer is None or answer.outdated or found_again(before, answer)):
            self._update_title()
            self.refresh()
            return
        self._push_history()
        self._display(document, answer.start if answer is not None and not answer.outdated else 0)

    def update_version(self, document: "Document") -> None:
        """Show a new version of a document in place of the earlier one, at the same text if that is still there.

        The answer is not marked until it is shown again.
        """
        self._newest[document.name] = document
        shown = self.document
        if shown is None or shown.name != document.name or shown is document:
            return
        if self._answer is not None and self._answer.document == document.name:
            self._answer = replace(self._answer, outdated=True)
        self._display(*self._in_newest(shown, self.first_offset), top=True)

    def _in_newest(self, document: "Document", offset: int) -> "tuple[Document, int]":
        """The newest version of a document, and the offset in it of what is at `offset`."""
        newest = self._newest.get(document.name, document)
        if newest.text == document.text:
            return newest, offset
        return newest, nearest_offset(document.text, newest.text, offset)

    def go_to(self, document: "Document", offset: int, *, top: bool = False) -> None:
        """Jump to a place, with what leads up to it in view, or at the `top` of the view. `back` returns from it."""
        self._push_history()
        self._display(*self._in_newest(document, offset), top=top, named=True)

    def bring(self, offset: int) -> None:
        """Bring a place of this document into view without adding to the history."""
        self._display(self.document, offset, named=True)

    def back(self) -> int:
        """Go back to where the last jump was made. Returns the first offset in view."""
        if not self._history:
            return self.first_offset
        document, offset = self._in_newest(*self._history.pop())
        self._display(document, offset, top=True)
        return offset

    @property
    def jumps(self) -> int:
        """How many places there are to go back to."""
        return len(self._history)

    @property
    def _shown_answer(self) -> "Answer | None":
        """The selected answer, if it is in this document, as it is now."""
        answer = self._answer_of_document
        return answer if answer is not None and not answer.outdated else None

    @property
    def _answer_of_document(self) -> "Answer | None":
        """The selected answer, if it is, or was, in this document."""
        shown = self.document.name if self.document is not None else ""
        return self._answer if self._answer is not None and self._answer.document == shown else None

    @property
    def answer_in_view(self) -> bool:
        """Whether the selected answer is visible."""
        return self._shown_answer is not None and self._in_view(self._shown_answer.start)

    @property
    def answer_rows(self) -> range:
        """The rows, from 0, that the answer is on."""
        answer = self._shown_answer
        if self._layout is None or answer is None:
            return range(0)
        return range(self._layout.row_of(answer.start), self._layout.row_of(answer.end - 1) + 1)

    @property
    def page(self) -> int:
        """The page in view, from 1; 0 if the document has no pages.

        The page of the jump target, else of the answer if that is in view, else the one at the top.
        """
        layout = self._layout
        if layout is None or not len(layout):
            return 0
        row, answer = round(self.scroll_y), self.answer_rows
        if self._visited is not None and self._in_view(self._visited):
            row = layout.row_of(self._visited)
        elif answer and row <= answer[0] < row + self.scrollable_content_region.height:
            row = answer[0]
        return int(layout.pages[min(row, len(layout) - 1)])

    def _display(self, document: "Document | None", offset: int, *, top: bool = False, named: bool = False) -> None:
        self._target, self._top, self._named, self._visited = offset, top, named, None
        if document is not self.document:
            self.document = document
            self._layout = None
            self.virtual_size = Size(0, 0)
            self._matches = ()
            if self._query and document is not None:
                self._find(document, self._query, self._finder, goes=False)
            self._lay_out()
        else:
            self._scroll_to_target()
        self._update_title()

    def _push_history(self) -> None:
        if self.document is not None and self._layout is not None:
            self._history.append((self.document, self.first_offset))

    @property
    def first_offset(self) -> int:
        """The offset of the first text in view."""
        layout = self._layout
        if layout is None or not len(layout):
            return 0
        row = min(round(self.scroll_y), len(layout) - 1)
        return layout.first_offset(min(row + 1, len(layout) - 1) if layout.lines[row] < 0 else row)

    @property
    def reading_at(self) -> int:
        """The offset of the first text in view that is no running head."""
        return self._layout.first_in_body(round(self.scroll_y)) if self._layout is not None else 0

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
        self._compute_layout(self.document, max(8, width - gutter_width(self.document)))

    @work(thread=True, exclusive=True, group="layout")
    def _compute_layout(self, document: "Document", width: int) -> None:
        # In a thread, because a thousand pages take longer than a frame.
        from docqa.tui.state.page_layout import lay_out

        self.post_message(LayoutReady(lay_out(document, width)))

    @on(LayoutReady)
    def _layout_ready(self, message: LayoutReady) -> None:
        if message.layout.document is self.document:
            self._layout = message.layout
            self._laid_out_size = self.scrollable_content_region.size
            self._keep_anchor()
            self.virtual_size = Size(self.scrollable_content_region.width, len(self._layout))
            self.refresh()
            self.call_after_refresh(self._scroll_to_target)

    def _scroll_to_target(self) -> None:
        if self._target is None or self._layout is None:
            return
        row = self._layout.row_of(self._target)
        target, top, named = self._target, self._top, self._named
        if not top:
            row -= self.scrollable_content_region.height // 3  # Show the text that leads up to it.
        elif row and self._layout.lines[row - 1] < 0:
            row -= 1  # The rule that has the number of the page.
        self._target, self._top = None, False
        self.scroll_to(y=max(0, row), animate=False, force=True)
        # This scrolling was not the user's.
        self._named, self._anchor, self._anchor_top = named, target, top
        if named:
            self._visited = target
        self._update_title()  # Nothing scrolls at the beginning, but only now the page is known.
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one row of the screen."""
        width = self.scrollable_content_region.width
        content = self._row(round(self.scroll_y) + y, width)
        strips = Visual.to_strips(self, content, width, 1, self.visual_style, pad=True)
        return strips[0] if strips else Strip.blank(width, self.rich_style)

    def _row(self, row: int, width: int) -> Content:
        if self.document is None:
            lines = hang(Content.styled(_HINT, MUTED), width, " ")
            return lines[row] if row < len(lines) else Content("")
        if self._layout is None or row >= len(self._layout):
            return Content("")
        return draw_row(self._layout, row, width, self._marks)

    def _marks(self, start: int, end: int) -> Iterator[PageMark]:
        """Yield the marks on the row from `start` to `end`."""
        if self._shown_answer is not None:
            yield from page_marks.answer_marks(self._shown_answer, (start, end), claimed=self._claimed)
        yield from page_marks.match_marks(self._matches, self._match, (start, end))

    # --- the title ---

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Update the page in the title."""
        super().watch_scroll_y(old_value, new_value)
        self._remember_position()
        self._update_title()

    def _remember_position(self) -> None:
        # During a resize, Textual scrolls by itself; the user has not moved.
        resized = self._laid_out_size != self.scrollable_content_region.size
        if self._layout is not None and self._target is None and not resized:
            self._named, self._visited = False, None
            answer = self._shown_answer
            self._anchor_top = answer is None or not self._in_view(answer.start)
            self._anchor = self.first_offset if answer is None or self._anchor_top else answer.start

    def _update_title(self) -> None:
        document = self.document
        self.set_class(self._shown_answer is not None, "-answered")
        if document is None:
            self.border_title, self.border_subtitle = "Document", ""
            return
        parts = [visible(document.name)]
        page = self.page or (self._shown_answer.page if self._shown_answer and self._shown_answer.page else 0)
        if page:
            parts.append(f"{page_marks.page_name(document, page)} of {document.page_count}")
        # Content, because a plain string would be parsed as markup.
        self.border_title = Content(" · ".join(parts))
        self.border_subtitle = Content(self._subtitle())

    def _subtitle(self) -> str:
        if self._query:
            return f"“{flat(self._query)}” {page_marks.position(self._match, len(self._matches))}"
        answer = self._answer_of_document
        if answer is not None and answer.outdated:
            return "the answer is from an earlier version"
        return one_line(answer.section or "") if answer is not None else ""

    # --- finding ---

    def find(self, query: str) -> None:
        """Mark all matches, and go to the first one from what is in view. "" ends the search."""
        self._query, self._finder = query, lambda document: page_marks.find_matches(document.text, query)
        if not query.strip() or self.document is None:
            self._query, self._matches = "", ()
            self._update_title()
            self.refresh()
            return
        self._find(self.document, query, self._finder, goes=True)

    def begin_find(self) -> None:
        """Have `back` return to what is in view now: something else is going to be looked for."""
        self._jumped_to_find = False

    def show_matches(self, document: "Document", query: str, matches: Matches, number: int, finder: Finder) -> None:
        """Go to a match in a document, and mark all of them. `finder` finds those in other documents."""
        self._push_history()
        self._query = ""
        self._display(document, matches[number][0], named=True)
        self._query, self._matches, self._match, self._finder = query, matches, number, finder
        self._update_title()
        self.refresh()

    @work(thread=True, exclusive=True, group="find")
    def _find(self, document: "Document", query: str, finder: Finder, *, goes: bool) -> None:
        self.post_message(MatchesFound(document, query, finder(document), goes=goes))

    @on(MatchesFound)
    def _matches_found(self, message: MatchesFound) -> None:
        if message.document is not self.document or message.query != self._query:
            return  # Outdated: the user has typed more.
        matches = self._matches = message.matches
        self._match = min(bisect_left(matches, (self.reading_at, 0)), max(0, len(matches) - 1))
        if message.goes and matches and not self._in_view(matches[self._match][0]):
            if not self._jumped_to_find:
                self._push_history()
            self._jumped_to_find = True
            self.bring(matches[self._match][0])
        self._update_title()
        self.refresh()

    @property
    def finding(self) -> bool:
        """Whether what was looked for is still marked, and named in the title."""
        return bool(self._query)

    @property
    def has_matches(self) -> bool:
        """Whether the document has what was looked for."""
        return bool(self._matches)

    def next_match(self, step: int) -> None:
        """Go to another match, wrapping around. `back` returns from it."""
        self._match = (self._match + step) % len(self._matches)
        start, _ = self._matches[self._match]
        if not self._in_view(start):
            self._push_history()
            self.bring(start)
        self._update_title()
        self.refresh()

    def action_half(self, step: int) -> None:
        """Scroll half a screen."""
        self.scroll_relative(y=step * max(1, self.scrollable_content_region.height // 2), animate=False)
