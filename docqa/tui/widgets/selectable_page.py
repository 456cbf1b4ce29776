"""Selecting on the page: the words that are marked there, and the line whose keys move them."""

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content, Span
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from docqa.documents.formats import cite
from docqa.tui.formatting import MUTED, cited, counted, flat, shortened
from docqa.tui.messages import SpanChosen
from docqa.tui.state import page_selection
from docqa.tui.state.page_selection import PageSelection, PageWord, moved, word_under
from docqa.tui.widgets.page_view import PageView

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.geometry import Offset

    from docqa.documents import Document
    from docqa.tui.state.page_layout import PageLayout

# Underlined and not bold, where the answer is bold and not underlined; the caret is both. The line with the caret has
# a mark beside it, the other lines a bar.
_SELECTED = "not bold reverse underline $text-success"
_CARET = "bold reverse underline $text-success"
_CARET_BESIDE, _BESIDE = "▶", "┃"

_PULL = 0.05  # Seconds between two lines while the mouse drags beyond the view.


class SelectablePage(PageView):
    """The page, with words selected by a caret or by dragging over them."""

    ALLOW_SELECT = False  # Textual's own selection would take everything that a drag goes over.

    class SelectionChanged(Message):
        """Other words are selected, or none. `done` is False while the mouse still drags."""

        def __init__(self, selection: PageSelection | None, *, done: bool = True) -> None:
            super().__init__()
            self.selection = selection
            self.done = done

    def __init__(self) -> None:
        super().__init__()
        self.selection: PageSelection | None = None
        self._pressed: PageWord | None = None
        """The word on which the mouse's button went down."""
        self._dragged = False
        self._pointer: Offset | None = None
        """Where the mouse is while it drags, from the text's left upper corner."""
        self._pulling: Timer | None = None

    def select(self, selection: PageSelection | None, *, done: bool = True) -> None:
        """Select these words, and bring the caret into view."""
        self.selection = selection
        if selection is not None and self._layout is not None:
            row, top = self._layout.row_of(selection.caret[0]), round(self.scroll_y)
            height = self.scrollable_content_region.height
            if not top <= row < top + height:
                self.scroll_to(y=row if row < top else row - height + 1, animate=False, force=True)
        self._title()
        self.refresh()
        self.post_message(self.SelectionChanged(selection, done=done))

    def begin(self) -> None:
        """Put the caret where the eye is: on what was found, else on the answer, else at the top of the view."""
        document, layout = self.document, self._layout
        if document is None or layout is None:
            return
        found = self.match_in_view
        if found is None and self._answer is not None and self._shows_answer and self._in_view(self._answer.start):
            found = self._answer.start
        at_top = page_selection.begin_in(document, layout, round(self.scroll_y))
        self.select(at_top if found is None else page_selection.begin(document, found))

    @property
    def match_in_view(self) -> int | None:
        """Where the text begins that was looked for and gone to, if that is in view."""
        start = self._matches[self._match][0] if self._matches else None
        return start if start is not None and self._in_view(start) else None

    def change(self, change: "Callable[[PageSelection, PageLayout], PageSelection]") -> None:
        """Let the selection become another; the document's rows are there for it."""
        if self.selection is not None and self._layout is not None:
            self.select(change(self.selection, self._layout))

    def bring_caret(self, offset: int) -> None:
        """Move the caret to the word at an offset."""
        if self.selection is not None:
            begun = page_selection.begin(self.selection.document, offset)
            if begun is not None:
                self.select(moved(self.selection, begun.caret))

    # --- the mouse ---

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag."""
        word = self._word_at(self._offset(event)) if event.button == 1 else None
        if word is not None:
            self._pressed, self._dragged = word, False
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select from where the button went down to here."""
        if self._pressed is not None:
            self._pointer = self._offset(event)
            self._drag()
            height = self.scrollable_content_region.height
            if 0 <= self._pointer.y < height:
                self._stop_pulling()
            elif self._pulling is None:
                self._pulling = self.set_interval(_PULL, self._pull)

    def on_mouse_up(self) -> None:
        """End a drag; without one, a click moves the caret."""
        pressed, dragged = self._pressed, self._dragged
        self._let_go()
        if dragged:
            self.select(self.selection)
        elif self.selection is not None:
            self.select(PageSelection(self.selection.document, pressed) if pressed else self.selection)

    def on_mouse_release(self) -> None:
        """Something else took the mouse."""
        self._let_go()

    def on_click(self, event: events.Click) -> None:
        """Select the word that was clicked twice."""
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
        self.select(moved(PageSelection(self.document, self._pressed, self._pressed), word), done=False)

    def _pull(self) -> None:
        """Scroll while the mouse is above or below the view."""
        if self._pointer is not None:
            self.scroll_relative(y=-1 if self._pointer.y < 0 else 1, animate=False, force=True)
            self._drag()

    def _let_go(self) -> None:
        self._pressed, self._dragged, self._pointer = None, False, None
        self._stop_pulling()
        self.release_mouse()

    def _stop_pulling(self) -> None:
        if self._pulling is not None:
            self._pulling.stop()
            self._pulling = None

    def _offset(self, event: events.MouseEvent) -> "Offset":
        gutter = self._gutter(self.document) if self.document is not None else 0
        return event.screen_offset - self.content_region.offset - (gutter, 0)

    def _word_at(self, at: "Offset") -> PageWord | None:
        """The word at a place of the view; above and below it, that of the line at its edge."""
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

    def _marks(self, start: int, end: int) -> tuple[list[Span], Content]:
        spans, beside = super()._marks(start, end)
        selection = self.selection
        if selection is not None:
            for (first, last), style, mark in (
                ((selection.start, selection.end), _SELECTED, _BESIDE),
                (selection.caret, _CARET, _CARET_BESIDE),
            ):
                low, high = max(first, start), min(last, end)
                if low < high:
                    spans.append(Span(low - start, high - start, style))
                    beside = Content.styled(mark, "bold $text-success")
        return spans, beside

    def _standing(self) -> str:
        selection = self.selection
        if selection is None:
            return super()._standing()
        where = cite(selection.document.format, selection.document.locate(selection.start, selection.end))
        most = ", no answer has more" if selection.full else ""
        sought = f"{super()._standing()} · " if self._sought else ""
        return f"{sought}{counted(len(selection.text.split()), 'word')} selected{most} · {where}"


class SelectionLine(Widget, can_focus=True):
    """The line that is there while words are selected: what they are, and what the keys do with them."""

    BINDING_GROUP_TITLE = "While selecting"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Right", tooltip="Say that this is the right answer", id="select.right"),
        Binding("y", "copy", "Copy", tooltip="Copy what is selected with its citation", id="select.copy"),
        Binding("v,space", "extend", "Extend", tooltip="Extend from here, or no more", id="select.extend"),
        Binding("o", "swap", "Other end", show=False, tooltip="Move the caret to the other end", id="select.swap"),
        Binding("l,right", "step(1)", show=False, tooltip="The word after", id="select.next"),
        Binding("h,left", "step(-1)", show=False, tooltip="The word before", id="select.before"),
        Binding("j,down", "line(1)", show=False, tooltip="The line below", id="select.down"),
        Binding("k,up", "line(-1)", show=False, tooltip="The line above", id="select.up"),
        Binding("0,home", "edge(False)", show=False, tooltip="The line's first word", id="select.first"),
        Binding("dollar_sign,end", "edge(True)", show=False, tooltip="The line's last word", id="select.last"),
        Binding("escape", "leave", "Leave", tooltip="Select nothing", id="select.leave"),
    ]

    def __init__(self, page: SelectablePage) -> None:
        super().__init__(id="selecting")
        self._page = page

    @on(events.Resize)
    def _fit(self) -> None:
        self.refresh()

    def render(self) -> Content:
        """The words, as far as there is room, and the keys."""
        selection = self._page.selection
        if selection is None:
            return Content("")
        more = "o other end" if selection.anchor else "v extend"
        keys = f"  Enter right answer · y copy · {more} · Esc leave"
        text, room = flat(selection.text), max(12, self.content_size.width - len(keys) - 3)
        if len(text) > room:
            head, tail = text[: room // 2], text[-(room // 2) :]
            text = f"{head.rpartition(' ')[0] or head}…{tail.partition(' ')[2] or tail}"
        return Content.styled(f"“{text}”", "bold") + Content.styled(keys, MUTED)

    def action_step(self, step: int) -> None:
        """Move by a word."""
        self._page.change(lambda selection, _: page_selection.stepped(selection, step))

    def action_line(self, step: int) -> None:
        """Move by a line."""
        self._page.change(lambda selection, rows: page_selection.lined(selection, rows, step))

    def action_edge(self, last: bool) -> None:
        """Move to an end of the line."""
        self._page.change(lambda selection, rows: page_selection.edged(selection, rows, last=last))

    def action_extend(self) -> None:
        """Begin or end to extend."""
        self._page.change(lambda selection, _: page_selection.extending(selection))

    def action_swap(self) -> None:
        """Go to the other end."""
        self._page.change(lambda selection, _: page_selection.swapped(selection))

    def action_choose(self) -> None:
        """Say that this is the right answer."""
        selection = self._page.selection
        if selection is not None:
            self.post_message(SpanChosen(selection.document, selection.start, selection.end))

    def action_copy(self) -> None:
        """Copy the words with their citation."""
        selection = self._page.selection
        if selection is not None:
            from docqa.answers import cite

            place = cite(selection.document, selection.start, selection.end)
            self.app.copy_to_clipboard(f"{flat(selection.text)} ({cited(place)})")
            self.notify(f"Copied: {shortened(flat(selection.text))}", markup=False)
            self._page.select(None)

    def action_leave(self) -> None:
        """Select nothing."""
        self._page.select(None)
