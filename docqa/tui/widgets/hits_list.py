"""The hits of a search in all documents, a line each, under their documents."""

from typing import TYPE_CHECKING

from textual.content import Content, Span
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from docqa.terminal_text import visible
from docqa.tui.state.found_text import DocumentHits, FoundText, excerpt
from docqa.tui.styling import MUTED

if TYPE_CHECKING:
    from docqa.text_matches import TextMatch

_PLACE = 7  # Cells for the page or line.


class HitsList(ScrollView, can_focus=False):
    """Only the rows in view are drawn: there may be ten thousand. The screen has the keys."""

    class HitSelected(Message):
        """Another hit was clicked."""

    class HitChosen(Message):
        """The selected hit was clicked again."""

    def __init__(self) -> None:
        super().__init__(id="hits")
        self.found: FoundText | None = None

    def show(self, found: FoundText) -> None:
        """Show what has been found. The selected hit is brought into view."""
        self.found = found
        self.virtual_size = Size(self.scrollable_content_region.width, len(found))
        self.show_selected()

    def on_resize(self) -> None:
        """Fit the rows to the new width."""
        if self.found is not None:
            self.show(self.found)

    @property
    def page_rows(self) -> int:
        """How many rows a page of the list has."""
        return max(1, self.scrollable_content_region.height - 1)

    def on_click(self, event: Click) -> None:
        """Select the hit that was clicked, or go to it if it is selected already."""
        at = event.get_content_offset(self)
        if at is None or self.found is None:
            return
        before = self.found.selected
        self.found.select(round(self.scroll_y) + at.y)
        if self.found.selected == before:
            self.post_message(self.HitChosen())
        else:
            self.show_selected()
            self.post_message(self.HitSelected())

    def show_selected(self) -> None:
        """Bring the selected hit into view."""
        if self.found is not None and len(self.found):
            row = self.found.selected
            first = row - 1 if self.found.row(row - 1)[1] is None else row  # With its heading.
            region = Region(0, first, self.scrollable_content_region.width, row - first + 1)
            self.scroll_to_region(region, animate=False, force=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one row of the screen."""
        width, row = self.scrollable_content_region.width, round(self.scroll_y) + y
        content = Content("")
        if self.found is not None and row < len(self.found):
            hits, match = self.found.row(row)
            if match is None:
                content = _heading(hits, width)
            else:
                content = _hit(hits, match, width, selected=row == self.found.selected)
        strips = Visual.to_strips(self, content, width, 1, self.visual_style, pad=True)
        return strips[0] if strips else Strip.blank(width, self.rich_style)


def _heading(hits: DocumentHits, width: int) -> Content:
    count = f" {len(hits.matches):,}{'+' if hits.more else ''}"
    name = visible(hits.document.name)
    room = width - len(count)
    shown = name if len(name) <= room else f"…{name[len(name) - max(1, room - 1) :]}"
    return Content.assemble((shown, "bold $text-accent"), (count, MUTED))


def _hit(hits: DocumentHits, match: "TextMatch", width: int, *, selected: bool) -> Content:
    location = hits.document.locate(*match.spans[0])
    place = f"p. {location.page}" if location.page else f"l. {location.line_start}"
    before = f"{'▸' if selected else ' '}{place:>{_PLACE}}  "
    text, spans = excerpt(hits.document, match, width - len(before))
    row = Content.assemble((before, "$text-accent" if selected else MUTED)) + Content(
        text, spans=[Span(first, last, "bold underline $text-warning") for first, last in spans]
    )
    row = row.truncate(width, pad=True)
    return row.stylize_before("on $panel") if selected else row
