"""Selecting words on the page, and the line that shows the selection and has its keys."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from docqa.terminal_text import flat
from docqa.tui.formatting import cited, shortened
from docqa.tui.messages import SpanChosen
from docqa.tui.state import page_selection
from docqa.tui.state.page_marks import MarkKind, PageMark, clip
from docqa.tui.state.page_selection import PageSelection, PageWord, move_to, word_under
from docqa.tui.styling import MUTED
from docqa.tui.widgets.page_row import gutter_width
from docqa.tui.widgets.searchable_page import SearchablePage
from docqa.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.geometry import Offset

    from docqa.documents import Document
    from docqa.tui.state.page_layout import PageLayout

_SCROLL_INTERVAL = 0.05  # Seconds between two lines while the mouse drags beyond the view.


class SelectablePage(SearchablePage):
    """The document, with words selected by a caret or by dragging."""

    ALLOW_SELECT = False  # Textual's own selection would take whatever is dragged over.

    class SelectionChanged(Message):
        """The selection changed. `done` is False while the mouse is dragging."""

        def __init__(self, selection: PageSelection | None, *, done: bool = True) -> None:
            super().__init__()
            self.selection = selection
            self.done = done

    def __init__(self, changed_on_disk: "Callable[[str], bool]") -> None:
        """`changed_on_disk` tells whether the file of a document has changed since it was opened."""
        super().__init__()
        self.changed_on_disk = changed_on_disk
        self.selection: PageSelection | None = None
        self._pressed: PageWord | None = None
        """The word on which the mouse button was pressed."""
        self._dragged = False
        self._pointer: Offset | None = None
        """The position of the dragging mouse, relative to the text's top left corner."""
        self._scroll_timer: Timer | None = None

    def select(self, selection: PageSelection | None, *, done: bool = True) -> None:
        """Set the selection, and bring the caret into view."""
        self.selection = selection
        if selection is not None and self._layout is not None:
            row, top = self._layout.row_of(selection.caret[0]), round(self.scroll_y)
            height = self.scrollable_content_region.height
            if not top <= row < top + height:
                self.scroll_to(y=row if row < top else row - height + 1, animate=False, force=True)
        self._update_title()
        self.refresh()
        self.post_message(self.SelectionChanged(selection, done=done))

    def start_selection(self) -> None:
        """Put the caret on the search match or the answer if it is in view, else at the top of the view."""
        document, layout = self.document, self._layout
        if document is None or layout is None:
            return
        offset = self.match_in_view
        if offset is None and self._shown_answer is not None and self.answer_in_view:
            offset = self._shown_answer.start
        at_top = page_selection.start_in_row(document, layout, round(self.scroll_y))
        self.select(at_top if offset is None else page_selection.start_at(document, offset))

    @property
    def match_in_view(self) -> int | None:
        """The offset of the current search match, if it is in view."""
        start = self._matches[self._match][0] if self._matches else None
        return start if start is not None and self._in_view(start) else None

    def change(self, change: "Callable[[PageSelection, PageLayout], PageSelection]") -> None:
        """Apply a function of the selection and the layout to the selection."""
        if self.selection is not None and self._layout is not None:
            self.select(change(self.selection, self._layout))

    def move_caret(self, offset: int) -> None:
        """Move the caret to the word at an offset."""
        if self.selection is not None:
            start = page_selection.start_at(self.selection.document, offset)
            if start is not None:
                self.select(move_to(self.selection, start.caret))

    # --- the mouse ---

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Start dragging."""
        word = self._word_at(self._offset(event)) if event.button == 1 else None
        if word is not None:
            self._pressed, self._dragged = word, False
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select from where the button was pressed to here."""
        if self._pressed is not None:
            self._pointer = self._offset(event)
            self._drag()
            height = self.scrollable_content_region.height
            if 0 <= self._pointer.y < height:
                self._stop_scrolling()
            elif self._scroll_timer is None:
                self._scroll_timer = self.set_interval(_SCROLL_INTERVAL, self._scroll_on)

    def on_mouse_up(self) -> None:
        """End the drag. A click without a drag moves the caret."""
        pressed, dragged = self._pressed, self._dragged
        self._end_drag()
        if dragged:
            self.select(self.selection)
        elif self.selection is not None:
            self.select(PageSelection(self.selection.document, pressed) if pressed else self.selection)

    def on_mouse_release(self) -> None:
        """Stop dragging: another widget captured the mouse."""
        self._end_drag()

    def on_click(self, event: events.Click) -> None:
        """Select the word on a double click."""
        if event.chain == 2:
            word = self._word_at(self._offset(event))
            if word is not None and self.document is not None:
                self.select(PageSelection(self.document, word))

    def _drag(self) -> None:
        if self._pressed is None or self._pointer is None or self.document is None:
            return
        word = self._word_at(self._pointer)
        if word is None or (word == self._pressed and not self._dragged):
            return
        self._dragged = True
        self.select(move_to(PageSelection(self.document, self._pressed, self._pressed), word), done=False)

    def _scroll_on(self) -> None:
        """Scroll while the mouse is above or below the view."""
        if self._pointer is not None:
            self.scroll_relative(y=-1 if self._pointer.y < 0 else 1, animate=False, force=True)
            self._drag()

    def _end_drag(self) -> None:
        self._pressed, self._dragged, self._pointer = None, False, None
        self._stop_scrolling()
        self.release_mouse()

    def _stop_scrolling(self) -> None:
        if self._scroll_timer is not None:
            self._scroll_timer.stop()
            self._scroll_timer = None

    def _offset(self, event: events.MouseEvent) -> "Offset":
        gutter = gutter_width(self.document) if self.document is not None else 0
        return event.screen_offset - self.content_region.offset - (gutter, 0)

    def _word_at(self, at: "Offset") -> PageWord | None:
        """Return the word at a position; above and below the view, in the row at its edge."""
        document, layout = self.document, self._layout
        if document is None or layout is None:
            return None
        y = max(0, min(self.scrollable_content_region.height - 1, at.y))
        return word_under(document, layout, round(self.scroll_y) + y, at.x)

    # --- what is shown ---

    def _display(self, document: "Document | None", offset: int, *, top: bool = False, named: bool = False) -> None:
        if document is not self.document and self.selection is not None:
            self.select(None)
        super()._display(document, offset, top=top, named=named)

    def _marks(self, start: int, end: int) -> "Iterator[PageMark]":
        yield from super()._marks(start, end)
        if self.selection is not None:
            yield from clip(MarkKind.SELECTED, (self.selection.start, self.selection.end), (start, end))
            yield from clip(MarkKind.CARET, self.selection.caret, (start, end))

    def _subtitle(self) -> str:
        selection = self.selection
        if selection is None:
            return super()._subtitle()
        from docqa.documents.formats import cite

        where = cite(selection.document.format, selection.document.locate(selection.start, selection.end))
        limit = ", the maximum" if selection.full else ""
        search = f"{super()._subtitle()} · " if self._query else ""
        return f"{search}{counted(len(selection.text.split()), 'word')} selected{limit} · {where}"


class SelectionLine(Widget, can_focus=True):
    """The line shown while words are selected: the words, and the keys."""

    BINDING_GROUP_TITLE = "While selecting"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Right", tooltip="Mark the selection as the right answer", id="select.right"),
        Binding("y", "copy", "Copy", tooltip="Copy the selection with its citation", id="select.copy"),
        Binding("v,space", "extend", "Extend", tooltip="Start or stop extending the selection", id="select.extend"),
        Binding("o", "swap", "Other end", show=False, tooltip="Move the caret to the other end", id="select.swap"),
        Binding("l,right", "step(1)", show=False, tooltip="Move to the next word", id="select.next"),
        Binding("h,left", "step(-1)", show=False, tooltip="Move to the previous word", id="select.previous"),
        Binding("j,down", "line(1)", show=False, tooltip="Move down a line", id="select.down"),
        Binding("k,up", "line(-1)", show=False, tooltip="Move up a line", id="select.up"),
        Binding("0,home", "edge(False)", show=False, tooltip="Move to the first word of the line", id="select.first"),
        Binding(
            "dollar_sign,end", "edge(True)", show=False, tooltip="Move to the last word of the line", id="select.last"
        ),
        Binding("escape", "cancel", "Cancel", tooltip="Cancel the selection", id="select.cancel"),
    ]

    def __init__(self, page: SelectablePage) -> None:
        super().__init__(id="selecting")
        self._page = page

    @on(events.Resize)
    def _fit(self) -> None:
        self.refresh()

    def render(self) -> Content:
        """The selected words, shortened in the middle, and the keys."""
        selection = self._page.selection
        if selection is None:
            return Content("")
        more = "o other end" if selection.anchor else "v extend"
        keys = f"  Enter right answer · y copy · {more} · Esc cancel"
        text, room = flat(selection.text), max(12, self.content_size.width - len(keys) - 3)
        if len(text) > room:
            head, tail = text[: room // 2], text[-(room // 2) :]
            text = f"{head.rpartition(' ')[0] or head}…{tail.partition(' ')[2] or tail}"
        return Content.styled(f"“{text}”", "bold") + Content.styled(keys, MUTED)

    def action_step(self, step: int) -> None:
        """Move by a word."""
        self._page.change(lambda selection, _: page_selection.move_word(selection, step))

    def action_line(self, step: int) -> None:
        """Move by a line."""
        self._page.change(lambda selection, rows: page_selection.move_line(selection, rows, step))

    def action_edge(self, last: bool) -> None:
        """Move to an end of the line."""
        self._page.change(lambda selection, rows: page_selection.move_to_edge(selection, rows, last=last))

    def action_extend(self) -> None:
        """Start or stop extending."""
        self._page.change(lambda selection, _: page_selection.toggle_anchor(selection))

    def action_swap(self) -> None:
        """Move the caret to the other end."""
        self._page.change(lambda selection, _: page_selection.swap_ends(selection))

    def action_choose(self) -> None:
        """Mark the selection as the right answer."""
        selection = self._page.selection
        if selection is not None:
            self.post_message(SpanChosen(selection.document, selection.start, selection.end))

    def action_copy(self) -> None:
        """Copy the selection with its citation."""
        selection = self._page.selection
        if selection is not None:
            from docqa.answers import cite

            document = selection.document
            place = cite(document, selection.start, selection.end)
            place = replace(place, outdated=self._page.changed_on_disk(document.name))
            self.app.copy_to_clipboard(f"{flat(selection.text)} ({cited(place)})")
            self.notify(f"Copied: {shortened(flat(selection.text))}", markup=False)
            self._page.select(None)

    def action_cancel(self) -> None:
        """Cancel the selection."""
        self._page.select(None)
