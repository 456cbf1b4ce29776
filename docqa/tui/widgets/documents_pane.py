"""The documents pane: what is open, being opened, or failed to open."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.geometry import Region
from textual.message import Message
from textual.widgets import Static

from docqa.errors import DocqaError
from docqa.progress import Progress
from docqa.terminal_text import visible, visible_lines
from docqa.tui.formatting import bar
from docqa.tui.styling import MUTED, hang, joined
from docqa.tui.workers import events
from docqa.wording import counted, stage

if TYPE_CHECKING:
    from docqa.documents import Document


class DocumentState(Enum):
    """A document's state, shown as a glyph and a word, so that it never depends on colour alone."""

    WAITING = ("·", "waiting", MUTED)
    OPENING = ("»", "opening", "$text-accent")
    OPEN = ("✓", "open", "$text-success")
    FAILED = ("✗", "failed", "$text-error")
    CANCELLED = ("■", "cancelled", "$text-warning")

    def __init__(self, glyph: str, word: str, style: str) -> None:
        self.glyph = glyph
        self.word = word
        self.style = style


@dataclass(slots=True)
class DocumentRow:
    """One document in the list."""

    name: str
    state: DocumentState = DocumentState.WAITING
    progress: Progress | None = None
    document: "Document | None" = None
    error: DocqaError | None = None
    changed: bool = False
    """Whether the file has changed on disk since it was opened."""


class DocumentsPane(VerticalScroll):
    """The documents and their states. Moving the cursor shows a document, with or without an answer."""

    BINDING_GROUP_TITLE = "In the documents"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "go(1)", "Next", show=False, tooltip="Show the next document", id="documents.next"),
        Binding(
            "k,up", "go(-1)", "Previous", show=False, tooltip="Show the previous document", id="documents.previous"
        ),
        Binding("enter", "read", "Read", tooltip="Read the document from the beginning", id="documents.read"),
        Binding("space", "tick", "Ask only these", tooltip="Tick: ask only the ticked documents", id="documents.tick"),
    ]
    BORDER_TITLE = "Documents"

    class DocumentChosen(Message):
        """A document was chosen; with `read`, to be read from the beginning."""

        def __init__(self, document: "Document", *, read: bool) -> None:
            super().__init__()
            self.document = document
            self.read = read

    def __init__(self) -> None:
        super().__init__(id="documents")
        self._list = Static(id="documents-list")
        self.rows: dict[str, DocumentRow] = {}
        self._searching = True
        self._ticked: set[str] = set()
        self._cursor = ""
        """The row under the cursor: the document shown, or one that can't be shown."""
        self._lines: dict[str, tuple[int, int]] = {}
        """The lines [first, last) that each row occupies."""

    def compose(self) -> ComposeResult:
        """Yield the list as a single text: a folder may have thousands of files."""
        yield self._list

    def on_resize(self) -> None:
        """Wrap the list to the new width."""
        self._draw()

    def on_focus(self) -> None:
        """Show the cursor."""
        self._draw()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self._draw()

    def on_click(self, event: Click) -> None:
        """Show the document that was clicked."""
        at = event.get_content_offset(self._list)
        for key, (first, last) in self._lines.items():
            if at is not None and first <= at.y < last:
                self._go_to(key)

    def set_current(self, name: str) -> None:
        """Move the cursor to the document that is shown."""
        if name in self.rows and name != self._cursor:
            self._cursor = name
            self._draw()

    def action_go(self, step: int) -> None:
        """Show the document `step` rows down. At the ends, scroll: the last row may have a long error."""
        keys = list(self.rows)
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
        """Tick the document, or take its tick away."""
        row = self.rows.get(self._cursor)
        if row is not None and row.document is not None:
            self._ticked ^= {row.name}
            self._draw()

    def tick(self, names: Iterable[str]) -> None:
        """Tick these documents, also those that are not open yet."""
        self._ticked |= set(names)
        self._draw()

    @property
    def ticked(self) -> frozenset[str]:
        """The names of the open documents that alone are asked; none if all are."""
        ticked = frozenset(name for name in self._ticked if name in self.rows and self.rows[name].document)
        return ticked if len(ticked) < len(self.open_documents) else frozenset()

    def _go_to(self, key: str) -> None:
        self._cursor = key
        self._draw()
        first, last = self._lines.get(key, (0, 0))  # Absent if the pane has no width.
        region = Region(0, first, self.scrollable_content_region.width, last - first)
        self.scroll_to_region(region, animate=False, force=True)
        document = self.rows[key].document
        if document is not None:
            self.post_message(self.DocumentChosen(document, read=False))

    def update(self, event: events.WorkerEvent | None) -> None:
        """Show what happened to the documents."""
        match event:
            case events.DocumentsClosed():
                self._remove_all()
            case events.OpeningStarted():
                self._remove_failed()
            case events.DocumentsFound():
                self._list_names(event.names)
            case events.OpeningProgressed():
                self._show_progress(event.progress)
            case events.DocumentOpened():
                self._mark_open(event.document)
            case events.DocumentFailed():
                self._add_error(event.name, event.error)
            case events.DocumentsChanged():
                self._mark_changed(event.names)
            case events.DocumentsOpened() if not event.cancelled:
                self._end_search()
            case events.DocumentsOpened() | events.OpeningFailed():
                self._mark_cancelled()

    def _list_names(self, names: tuple[str, ...]) -> None:
        """List these documents as waiting, except those that are already open."""
        self._searching = False
        known = self.rows
        failed = {key: row for key, row in known.items() if not row.name}
        still_open = {n: row for n, row in known.items() if row.state is DocumentState.OPEN}
        self.rows = failed | {name: still_open.get(name) or DocumentRow(name) for name in names}
        self._draw()

    def _mark_changed(self, names: Iterable[str]) -> None:
        """Mark these files as changed on disk."""
        rows = [self.rows[name] for name in names if name in self.rows and not self.rows[name].changed]
        for row in rows:
            row.changed = True
        if rows:  # The same changes are reported every few seconds.
            self._draw()

    def _remove_all(self) -> None:
        """Remove all documents, before they are reopened."""
        self.rows = {}
        self._draw()

    def _remove_failed(self) -> None:
        """Remove failed and changed documents, before they are reopened."""
        self._searching = True
        self.rows = {
            name: row for name, row in self.rows.items() if row.state is DocumentState.OPEN and not row.changed
        }
        self._draw()

    def _show_progress(self, progress: Progress) -> None:
        """Show the progress of opening a document."""
        row = self.rows.get(progress.item)
        if row is not None and row.state in {DocumentState.WAITING, DocumentState.OPENING}:
            row.state = DocumentState.OPENING
            row.progress = progress
            self._draw()

    def _mark_open(self, document: "Document") -> None:
        """Mark a document as open."""
        self.rows[document.name] = DocumentRow(document.name, DocumentState.OPEN, document=document)
        self._draw()

    def _add_error(self, name: str, error: DocqaError) -> None:
        """Show an error. `name` is "" if it concerns no single file."""
        key = name or f"\0{len(self.rows)}"
        self.rows[key] = DocumentRow(name, DocumentState.FAILED, error=error)
        self._draw()

    def _mark_cancelled(self) -> None:
        """Mark the documents that are not open yet as cancelled."""
        self._searching = False
        for row in self.rows.values():
            if row.state in {DocumentState.WAITING, DocumentState.OPENING}:
                row.state = DocumentState.CANCELLED
        self._draw()

    def _end_search(self) -> None:
        """Record that nothing more is being searched for or opened."""
        self._searching = False
        self._draw()

    def count(self, state: DocumentState) -> int:
        """Count the documents in a state."""
        return sum(row.state is state for row in self.rows.values())

    @property
    def open_documents(self) -> "list[Document]":
        """The open documents, in list order."""
        return [row.document for row in self.rows.values() if row.document is not None]

    def summary(self) -> str:
        """Summarize the states: "2 open, 1 failed"."""
        counts = [f"{self.count(state)} {state.word}" for state in DocumentState if self.count(state)]
        return ", ".join(counts) or ("looking for documents" if self._searching else "no documents")

    def changes(self) -> list[str]:
        """That files have changed, for the header: on a narrow terminal the documents are hidden."""
        changed = sum(row.changed for row in self.rows.values())
        return [f"{changed} changed on disk · r reopens"] if changed else []

    def _draw(self) -> None:
        width = self.scrollable_content_region.width
        if width <= 0:
            return
        names = Counter(_short(row.name) for row in self.rows.values())
        ticked = self.ticked
        self.border_subtitle = f"{len(ticked)} of {len(self.open_documents)} asked" if ticked else ""
        lines: list[Content] = []
        self._lines = {}
        for key, row in self.rows.items():
            first, current = len(lines), key == self._cursor and self.has_focus
            name = _short(row.name) if names[_short(row.name)] == 1 else row.name
            style = "bold" if not ticked or row.name in ticked or row.document is None else MUTED
            tick = "◉" if row.name in self._ticked else ""
            lines += _row(row, name, width, f"{style} reverse" if current else style, tick)
            self._lines[key] = first, len(lines)
        if not lines:
            text = "Looking for documents…" if self._searching else "None. Press O to open some."
            lines = Content.styled(text, MUTED).wrap(width)
        self._list.update(joined(lines))


def _short(name: str) -> str:
    return Path(name).name


def _row(row: DocumentRow, name: str, width: int, style: str, tick: str) -> Iterator[Content]:
    """The lines of a row; `tick` stands in place of the state's glyph."""
    state = row.state
    if row.name:
        glyph = Content.styled(f"{tick or state.glyph} ", state.style)
        yield from hang(Content.styled(visible(name), style), width, glyph)
        yield from hang(Content.styled(_status(row), state.style), width, "  ")
    if row.error is not None:
        before = "  " if row.name else Content.styled(f"{state.glyph} ", state.style)
        yield from hang(Content(visible_lines(row.error.message)), width, before)
        if row.error.hint:
            yield from hang(Content.styled(visible_lines(row.error.hint), MUTED), width, "  → ", "    ")
    for warning in row.document.warnings if row.document else ():
        yield from hang(Content.styled(visible(warning), "$text-warning"), width, "  ! ", "    ")


def _status(row: DocumentRow) -> str:
    if row.document is not None:
        size = row.document.page_count
        extent = counted(size, "page") if size else counted(row.document.line_count, "line")
        return f"{row.state.word} · {extent}" + (" · changed on disk, r reopens it" if row.changed else "")
    progress = row.progress
    if row.state is DocumentState.OPENING and progress is not None:
        if not progress.total:
            return f"{stage(progress.stage)}…"
        return f"{bar(progress.done / progress.total)} {stage(progress.stage)}, {progress.done} of {progress.total}"
    return row.state.word
