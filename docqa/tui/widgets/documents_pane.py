"""The documents pane: what is open, being opened, or failed to open."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.geometry import Region
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from docqa.terminal_text import visible, visible_lines
from docqa.tui.state.document_list import DocumentEntry, DocumentList, DocumentRow, DocumentState
from docqa.tui.state.short_names import folder_titles, shortened_names
from docqa.tui.styling import MUTED, hang, joined
from docqa.tui.workers import events

if TYPE_CHECKING:
    from docqa.documents import Document

_STYLES = {
    DocumentState.WAITING: MUTED,
    DocumentState.OPENING: "$text-accent",
    DocumentState.OPEN: "$text-success",
    DocumentState.FAILED: "$text-error",
    DocumentState.CANCELLED: "$text-warning",
}
_TICK = "◉"
_MOMENT = 0.1  # Seconds.


class DocumentsPane(VerticalScroll):
    """The documents, a line each. Moving the cursor shows a document, with or without an answer."""

    BINDING_GROUP_TITLE = "In the documents"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "go(1)", "Next", show=False, tooltip="Show the next document", id="documents.next"),
        Binding(
            "k,up", "go(-1)", "Previous", show=False, tooltip="Show the previous document", id="documents.previous"
        ),
        Binding("enter", "read", "Read", tooltip="Read the document from the beginning", id="documents.read"),
        Binding(
            "space",
            "tick",
            "Ask only these",
            tooltip="Tick: ask only what is ticked; on a folder, all in it",
            id="documents.tick",
        ),
        Binding("U", "untick", "Ask all", tooltip="Take all ticks away: ask all documents", id="documents.untick"),
        Binding(
            "delete",
            "close_document",
            "Close",
            tooltip="Close the document, or all of the folder",
            id="documents.close",
        ),
    ]
    BORDER_TITLE = "Documents"

    class DocumentChosen(Message):
        """A document was chosen; with `read`, to be read from the beginning."""

        def __init__(self, document: "Document", *, read: bool) -> None:
            super().__init__()
            self.document = document
            self.read = read

    class TicksChanged(Message):
        """Others are ticked."""

    class CloseRequested(Message):
        """Documents are to be closed."""

        def __init__(self, names: list[str]) -> None:
            super().__init__()
            self.names = names

    def __init__(self) -> None:
        super().__init__(id="documents")
        self.listed = DocumentList()
        self.can_close = True
        """Whether documents may be closed."""
        self._list = Static(id="documents-list")
        self._cursor = ""
        """The entry under the cursor: the document shown, one that can't be shown, or a folder."""
        self._shown = ""
        """The document that is shown."""
        self._drawing: Timer | None = None
        self._lines: dict[str, tuple[int, int]] = {}
        """The lines [first, last) that each entry occupies."""

    def compose(self) -> ComposeResult:
        """Yield the list as a single text: a folder may have thousands of files."""
        yield self._list

    def on_resize(self) -> None:
        """Fit the list to the new width."""
        self._draw()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show the cursor, or hide it. `on_focus` would come before the change."""
        super().watch_has_focus(has_focus)
        self._draw()

    # --- what is asked of the list ---

    @property
    def rows(self) -> Mapping[str, DocumentRow]:
        """The documents by name."""
        return self.listed.rows

    @property
    def ticked(self) -> frozenset[str]:
        """The names of the open documents that alone are asked; none if all are."""
        return self.listed.ticked

    @property
    def open_documents(self) -> "list[Document]":
        """The open documents, in list order."""
        return self.listed.open_documents

    # --- keys ---

    def on_click(self, event: Click) -> None:
        """Show the document that was clicked. A click on the sign before it ticks it."""
        at = event.get_content_offset(self._list)
        for key, (first, last) in self._lines.items():
            if at is not None and first <= at.y < last:
                self._go_to(key)
                if at.x < len(_TICK) and at.y == first:
                    self.action_tick()

    def set_current(self, name: str) -> None:
        """Move the cursor to the document that is shown, if that is another one than before."""
        if name in self.rows and name != self._shown:
            self._cursor = self._shown = name
            self._draw()

    def action_go(self, step: int) -> None:
        """Go `step` entries down. At the ends, scroll: the last one may have a long error."""
        keys = [entry.key for entry in self.listed.entries()]
        number = keys.index(self._cursor) + step if self._cursor in keys else 0
        if 0 <= number < len(keys):
            self._go_to(keys[number])
        else:
            self.scroll_relative(y=step, animate=False)

    def action_read(self) -> None:
        """Read the document from the beginning."""
        row = self.rows.get(self._cursor)
        if row is not None and row.document is not None:
            self.post_message(self.DocumentChosen(row.document, read=True))

    def action_tick(self) -> None:
        """Tick the document or all of the folder, or take the ticks away."""
        self.listed.tick(self._cursor)
        self._ticks_changed()

    def tick(self, names: Iterable[str]) -> None:
        """Tick these documents, also those that are not open yet."""
        self.listed.tick_names(names)
        self._ticks_changed()

    def action_untick(self) -> None:
        """Ask all documents again."""
        self.listed.untick_all()
        self._ticks_changed()

    def _ticks_changed(self) -> None:
        self._draw()
        self.refresh_bindings()
        self.post_message(self.TicksChanged())

    def action_close_document(self) -> None:
        """Have the document, or all of the folder, closed."""
        names = self.listed.below(self._cursor)
        if names:
            self.post_message(self.CloseRequested(names))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Whether a key does anything now."""
        if action == "close_document":
            return self.can_close
        return bool(self.ticked) if action == "untick" else True

    def _go_to(self, key: str) -> None:
        self._cursor = key
        self._draw()
        first, last = self._lines.get(key, (0, 0))  # Absent if the pane has no width.
        region = Region(0, first, self.scrollable_content_region.width, last - first)
        self.scroll_to_region(region, animate=False, force=True)
        row = self.rows.get(key)
        if row is not None and row.document is not None:
            self._shown = key
            self.post_message(self.DocumentChosen(row.document, read=False))

    # --- what is shown ---

    def update(self, event: events.WorkerEvent | None) -> None:
        """Show what happened to the documents."""
        listed = self.listed
        match event:
            case events.DocumentsClosed():
                listed.remove_all()
            case events.DocumentsRemoved():
                self._remove(event.names)
            case events.OpeningStarted():
                listed.remove_failed()
            case events.DocumentsFound():
                listed.list_names(event.names)
            case events.OpeningProgressed():
                listed.show_progress(event.progress)
                self._draw_soon()
                return
            case events.DocumentOpened():
                listed.mark_open(event.document)
                self._draw_soon()
                return
            case events.DocumentFailed():
                listed.add_error(event.name, event.error)
            case events.DocumentsChanged():
                if not listed.mark_changed(event.names):
                    return
            case events.DocumentsOpened() if not event.cancelled:
                listed.searching = False
            case events.DocumentsOpened() | events.OpeningFailed():
                listed.mark_cancelled()
            case _:
                return
        self._draw()

    def _remove(self, names: frozenset[str]) -> None:
        """Remove documents, and move the cursor to the next one that stays."""
        keys = [entry.key for entry in self.listed.entries() if entry.row is not None]
        gone = [number for number, key in enumerate(keys) if key in names]
        after = [key for key in keys[gone[-1] + 1 :] + keys[: gone[0]][::-1] if key not in names] if gone else []
        self.listed.remove(names)
        if after and self._cursor not in self.rows:
            self._go_to(after[0])

    def _draw_soon(self) -> None:
        """Draw once for all that happens in a moment: of documents that are cached, sixty open at once."""
        if self._drawing is None:
            self._drawing = self.set_timer(_MOMENT, self._draw)

    def _draw(self) -> None:
        if self._drawing is not None:
            self._drawing.stop()
            self._drawing = None
        width = self.scrollable_content_region.width
        if width <= 0:
            return
        entries = list(self.listed.entries())
        named = [entry for entry in entries if entry.row is not None and entry.row.name]
        folders = folder_titles([entry.key for entry in entries if entry.row is None])
        room = width - 2 - max((1 + len(entry.row.brief) for entry in named if entry.row), default=0)
        names = [visible(Path(entry.key).name) for entry in named]
        folders = {folder: _end(title, width - 2) for folder, title in folders.items()}
        short = dict(zip((entry.key for entry in named), shortened_names(names, max(8, room)), strict=True))
        details = {key: list(_details(row, width)) for key, row in entries if row is not None}
        # Everything is said if there is room; else only of the document under the cursor.
        roomy = len(entries) + sum(map(len, details.values())) <= self.scrollable_content_region.height
        lines: list[Content] = []
        self._lines = {}
        for entry in entries:
            first, current = len(lines), entry.key == self._cursor and self.has_focus
            name = short.get(entry.key, folders.get(entry.key, ""))
            if entry.row is None or entry.row.name:
                lines.append(self._line(entry, name, width, current=current))
            if entry.row is not None:
                if current and entry.row.name and name != visible(Path(entry.key).name):
                    lines += hang(Content.styled(visible(Path(entry.key).name), MUTED), width, "  ")
                if roomy or current or not entry.row.name:
                    lines += details[entry.key]
            self._lines[entry.key] = first, len(lines)
        if not lines:
            text = "Looking for documents…" if self.listed.searching else "None. Press O to open some."
            lines = Content.styled(text, MUTED).wrap(width)
        self.border_subtitle = self.listed.asking
        self._list.update(joined(lines))

    def _line(self, entry: DocumentEntry, name: str, width: int, *, current: bool) -> Content:
        """The line of a document or a folder."""
        row, ticked = entry.row, self.listed.is_ticked(entry.key)
        asked = not self.ticked or ticked or (row is not None and row.document is None)
        style = f"{'bold' if asked else MUTED}{' reverse' if current else ''}"
        if row is None:
            glyph, glyph_style, brief = _TICK if ticked else "▾", "$text-accent", ""
        else:
            glyph = (
                _TICK if ticked else "!" if row.changed or (row.document and row.document.warnings) else row.state.glyph
            )
            glyph_style, brief = _STYLES[row.state], row.brief
            glyph_style = "$text-warning" if row.changed else glyph_style
        left = Content.assemble((f"{glyph} ", glyph_style), (name, style)).truncate(
            max(1, width - len(brief) - 1), ellipsis=True
        )
        gap = " " * max(1, width - left.cell_length - len(brief))
        return left + gap + Content.styled(brief, glyph_style if row is not None and row.document is None else MUTED)


def _end(text: str, width: int) -> str:
    """The end of a folder's path: its beginning is that of others, too."""
    return text if len(text) <= width else f"…{text[len(text) - max(1, width - 1) :]}"


def _details(row: DocumentRow, width: int) -> Iterator[Content]:
    """The lines below a document: what goes on, what failed, what to know of it."""
    style = _STYLES[row.state]
    if row.progress_text:
        yield from hang(Content.styled(row.progress_text, style), width, "  ")
    if row.changed:
        yield from hang(Content.styled("changed on disk, r reopens it", "$text-warning"), width, "  ! ", "    ")
    if row.error is not None:
        before = "  " if row.name else Content.styled(f"{row.state.glyph} ", style)
        yield from hang(Content(visible_lines(row.error.message)), width, before)
        if row.error.hint:
            yield from hang(Content.styled(visible_lines(row.error.hint), MUTED), width, "  → ", "    ")
    for warning in row.document.warnings if row.document else ():
        yield from hang(Content.styled(visible(warning), "$text-warning"), width, "  ! ", "    ")
