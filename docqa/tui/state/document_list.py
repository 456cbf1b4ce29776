"""The documents that are open, being opened, or failed to open; which of them are ticked (pure)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from docqa.errors import DocqaError
from docqa.progress import Progress
from docqa.terminal_text import visible
from docqa.tui.formatting import bar
from docqa.tui.state.short_names import folder_of
from docqa.wording import counted, stage

if TYPE_CHECKING:
    from docqa.documents import Document


class DocumentState(Enum):
    """A document's state, shown as a glyph and a word, so that it never depends on colour alone."""

    WAITING = ("·", "waiting")
    OPENING = ("»", "opening")
    OPEN = ("✓", "open")
    FAILED = ("✗", "failed")
    CANCELLED = ("■", "cancelled")

    def __init__(self, glyph: str, word: str) -> None:
        self.glyph = glyph
        self.word = word


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

    @property
    def brief(self) -> str:
        """The state in a word, or how long the document is."""
        if self.changed:
            return "changed"
        if self.document is not None:
            pages = self.document.page_count
            return f"{pages:,} p." if pages else f"{self.document.line_count:,} l."
        if self.progress is not None and self.state is DocumentState.OPENING and self.progress.total:
            return f"{self.progress.done / self.progress.total:.0%}"
        return self.state.word

    @property
    def extent(self) -> str:
        """How long an open document is, in full: "open · 11 pages"."""
        if self.document is None:
            return ""
        size = self.document.page_count
        return f"{self.state.word} · {counted(size, 'page') if size else counted(self.document.line_count, 'line')}"

    @property
    def progress_text(self) -> str:
        """What is being done to open it, and how far that is."""
        progress = self.progress
        if self.state is not DocumentState.OPENING or progress is None:
            return ""
        if not progress.total:
            return f"{stage(progress.stage)}…"
        return f"{bar(progress.done / progress.total)} {stage(progress.stage)}, {progress.done} of {progress.total}"


class DocumentEntry(NamedTuple):
    """A line of the list: a document, or without one the folder of those below it. `key` tells them apart."""

    key: str
    row: DocumentRow | None


class DocumentList:
    """The documents by name, in the order in which they are opened."""

    def __init__(self) -> None:
        self.rows: dict[str, DocumentRow] = {}
        self.searching = True
        """Whether documents are being looked for."""
        self._ticked: set[str] = set()

    # --- what happened ---

    def list_names(self, names: Iterable[str]) -> None:
        """List these documents as waiting, except those that are already open."""
        self.searching = False
        failed = {key: row for key, row in self.rows.items() if not row.name}
        still_open = {name: row for name, row in self.rows.items() if row.state is DocumentState.OPEN}
        self.rows = failed | {name: still_open.get(name) or DocumentRow(name) for name in names}

    def mark_changed(self, names: Iterable[str]) -> bool:
        """Mark these files as changed on disk. Returns whether that is new: it is reported every few seconds."""
        rows = [self.rows[name] for name in names if name in self.rows and not self.rows[name].changed]
        for row in rows:
            row.changed = True
        return bool(rows)

    def remove_all(self) -> None:
        """Remove all documents, before others are opened instead, or the same ones again."""
        self.rows = {}

    def remove(self, names: Iterable[str]) -> None:
        """Remove documents that were closed."""
        for name in names:
            self.rows.pop(name, None)
            self._ticked.discard(name)

    def remove_failed(self) -> None:
        """Remove failed and changed documents, before they are reopened."""
        self.searching = True
        self.rows = {
            name: row for name, row in self.rows.items() if row.state is DocumentState.OPEN and not row.changed
        }

    def show_progress(self, progress: Progress) -> None:
        """Note the progress of opening a document."""
        row = self.rows.get(progress.item)
        if row is not None and row.state in {DocumentState.WAITING, DocumentState.OPENING}:
            row.state = DocumentState.OPENING
            row.progress = progress

    def mark_open(self, document: "Document") -> None:
        """Mark a document as open."""
        self.rows[document.name] = DocumentRow(document.name, DocumentState.OPEN, document=document)

    def add_error(self, name: str, error: DocqaError) -> None:
        """Add an error. `name` is "" if it concerns no single file."""
        self.rows[name or f"\0{len(self.rows)}"] = DocumentRow(name, DocumentState.FAILED, error=error)

    def mark_cancelled(self) -> None:
        """Mark the documents that are not open yet as cancelled."""
        self.searching = False
        for row in self.rows.values():
            if row.state in {DocumentState.WAITING, DocumentState.OPENING}:
                row.state = DocumentState.CANCELLED

    # --- ticks ---

    def tick(self, key: str) -> None:
        """Tick an open document, or all of a folder; take the ticks away if all had one."""
        names = {name for name in self.below(key) if self.rows[name].document is not None}
        self._ticked = self._ticked - names if names <= self._ticked else self._ticked | names

    def tick_names(self, names: Iterable[str]) -> None:
        """Tick these documents, also those that are not open yet."""
        self._ticked |= set(names)

    def untick_all(self) -> None:
        """Ask all documents again."""
        self._ticked = set()

    def below(self, key: str) -> list[str]:
        """The document of this name; or those in the folder, and in folders in it."""
        return [key] if key in self.rows else [name for name in self.rows if key and name.startswith(key)]

    def is_ticked(self, key: str) -> bool:
        """Whether a document, or all of a folder, is ticked."""
        names = self.below(key)
        return bool(names) and self._ticked.issuperset(names)

    @property
    def ticked(self) -> frozenset[str]:
        """The names of the open documents that alone are asked; none if all are."""
        ticked = frozenset(name for name in self._ticked if name in self.rows and self.rows[name].document)
        return ticked if len(ticked) < len(self.open_documents) else frozenset()

    # --- what is shown ---

    def entries(self) -> Iterator[DocumentEntry]:
        """The lines of the list. Folders have lines if there are several."""
        folders: dict[str, list[str]] = {}
        for key, row in self.rows.items():
            folders.setdefault(folder_of(row.name) if row.name else "", []).append(key)
        for folder, keys in folders.items():
            if folder and len(folders) > 1:
                yield DocumentEntry(folder, None)
            for key in keys:
                yield DocumentEntry(key, self.rows[key])

    def count(self, state: DocumentState) -> int:
        """Count the documents in a state."""
        return sum(row.state is state for row in self.rows.values())

    @property
    def open_documents(self) -> "list[Document]":
        """The open documents, in list order."""
        return [row.document for row in self.rows.values() if row.document is not None]

    def summary(self) -> list[str]:
        """How many are asked, their states, how many have changed, what is being opened: the list may be hidden."""
        changed = sum(row.changed for row in self.rows.values())
        told = [self.asking, self.states, f"{changed} changed on disk · r reopens" if changed else "", self.opening]
        return [part for part in told if part]

    @property
    def states(self) -> str:
        """How many documents are in each state: "2 open, 1 failed"."""
        counts = [f"{self.count(state)} {state.word}" for state in DocumentState if self.count(state)]
        return ", ".join(counts) or ("looking for documents" if self.searching else "no documents")

    @property
    def opening(self) -> str:
        """What is being opened, and how far that is: a large file keeps the others waiting."""
        row = next((row for row in self.rows.values() if row.state is DocumentState.OPENING and row.progress), None)
        if row is None or row.progress is None:
            return ""
        told, of = stage(row.progress.stage), row.progress
        how_far = f"{told}, {of.done:,} of {of.total:,}" if of.total else f"{told}…"
        return f"{visible(PurePath(row.name).name)}: {how_far}"

    @property
    def asking(self) -> str:
        """How many documents are asked, if not all: "asking 3 of 40"."""
        return f"asking {len(self.ticked)} of {len(self.open_documents)}" if self.ticked else ""
