"""Choosing documents to open: recent ones, files below the current folder, or any path."""

import os
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.worker import get_current_worker

from docqa.tui.screens.choose import ChooseScreen
from docqa.tui.state import file_search, file_suggestions
from docqa.tui.state.choices import Choice
from docqa.tui.state.file_suggestions import PickedDocuments, RecentDocuments, SuggestionRow
from docqa.tui.widgets.inputs import PastingInput
from docqa.wording import counted

_INTERVAL = 0.2  # Seconds between two reports of the files found.


class NameInput(PastingInput):
    """The input for a name or path. The screen decides what a space does."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether the input types this key, so that no binding gets it."""
        return key != "space" and super().check_consume_key(key, character)


class PickScreen(ChooseScreen[PickedDocuments]):
    """A list that grows while folders are searched. Several rows can be marked and opened together."""

    BINDING_GROUP_TITLE = "While choosing documents to open"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "mark", "Mark", tooltip="Mark the row, or complete a typed path", id="pick.mark"),
        Binding(
            "space",
            "mark_row",
            "Mark",
            show=False,
            tooltip="Mark the row, unless a name is being typed",
            id="pick.mark_row",
            priority=True,
        ),
        Binding("ctrl+o", "instead", "Instead", tooltip="Open instead of the open documents", id="pick.instead"),
    ]

    class FilesFound(Message):
        """More files, or the recent documents, were found. `done` when the search is over."""

        def __init__(
            self, files: Sequence[str] = (), recents: Sequence[RecentDocuments] = (), *, done: bool = False
        ) -> None:
            super().__init__()
            self.files = files
            self.recents = recents
            self.done = done

    class SuggestionsFound(Message):
        """The suggestions for the typed text, among the first `count` files found."""

        def __init__(self, typed: str, count: int, rows: Sequence[SuggestionRow]) -> None:
            super().__init__()
            self.typed = typed
            self.count = count
            self.rows = rows

    def __init__(self, is_open: Collection[str] = (), closed: Sequence[tuple[str, ...]] = ()) -> None:
        """`is_open` are the names of the open documents, `closed` those closed together, which come first."""
        super().__init__("Open documents", "Type part of a name, or a path", lambda _: [], nothing="Looking for files…")
        self._is_open = is_open
        self._recents = [RecentDocuments(names, "closed just now") for names in closed]
        self._files: list[str] = []
        self._searching = True
        self._typed_text = ""
        self._narrowing = False
        """Whether a worker is looking for suggestions."""
        self._suggestions: Sequence[SuggestionRow] = ()
        self._marked: dict[tuple[str, ...], None] = {}
        self._moved = False
        """Whether the user has moved in the list since they typed."""
        self._pending: PickedDocuments | None = None
        """Set if the user chose before the suggestions were known; holds `instead`."""

    def compose(self) -> ComposeResult:
        """Yield the input, the list and the keys."""
        with Vertical(id="choose") as box:
            box.border_title = Content("Add or replace documents" if self._is_open else self._title)
            yield NameInput(placeholder=self._hint, compact=True)
            yield OptionList(markup=False, compact=True)
            yield Static(id="choose-keys")

    def on_mount(self) -> None:
        """Start searching."""
        self._search()
        self._update_texts()

    # --- searching ---

    @work(thread=True, group="looking")
    def _search(self) -> None:
        worker = get_current_worker()
        is_open = set(self._is_open)
        recents = [recent for recent in file_suggestions.recent() if not is_open.issuperset(recent.paths)]
        self.post_message(self.FilesFound(recents=recents))
        found: list[str] = []
        reported = 0.0
        for batch in file_search.find_files(os.curdir, lambda: worker.is_cancelled):
            found += batch
            if time.monotonic() - reported >= _INTERVAL:
                self.post_message(self.FilesFound(found))
                found, reported = [], time.monotonic()
        self.post_message(self.FilesFound(found, done=True))

    @on(FilesFound)
    def _files_found(self, message: FilesFound) -> None:
        self._files.extend(message.files)
        self._recents.extend(message.recents)
        self._searching = not message.done
        if not self._narrowing:
            self._start_narrowing()
        self._update_texts()

    def narrow(self, typed: str) -> None:
        """Look for suggestions, in a thread."""
        self._typed_text = typed
        self._moved = False
        self._start_narrowing()
        self._update_texts()

    def _start_narrowing(self) -> None:
        self._narrowing = True
        self._narrow(self._typed_text)

    @work(thread=True, group="narrowing", exclusive=True)
    def _narrow(self, typed: str) -> None:
        worker = get_current_worker()
        count = len(self._files)
        rows = file_suggestions.suggestions(
            typed, self._recents, self._files, self._is_open, lambda: worker.is_cancelled
        )
        if not worker.is_cancelled:
            self.post_message(self.SuggestionsFound(typed, count, rows))

    @on(SuggestionsFound)
    def _suggestions_found(self, message: SuggestionsFound) -> None:
        if message.typed != self._typed_text:
            return  # Outdated: another worker looks for what was typed since.
        self._narrowing = False
        before = [choice.value for choice in self._suggestions]
        self._suggestions = message.rows
        values = [choice.value for choice in self._suggestions]
        if values != before or not values:
            self._nothing = self._empty_text()
            self.offer(self._suggestions, _first(values, self.highlighted if self._moved else None))
        if self._pending is not None:
            self._finish(instead=self._pending.instead)
        elif message.count < len(self._files):
            self._start_narrowing()

    def _empty_text(self) -> str:
        if file_suggestions.is_path(self._typed_text):
            return "Nothing there that docqa can open."
        if self._searching:
            return "Looking for files…"
        return f"No {'matching file' if self._typed_text else 'file docqa can open'} below this folder. Type a path."

    def row(self, choice: Choice[PickedDocuments]) -> Content:
        """Style a choice, with a mark if it is marked."""
        content = super().row(choice)
        if choice.value is None:
            return content
        return Content("✓ " if choice.value.paths in self._marked else "  ") + content

    # --- choosing ---

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Whether a key applies. A space is typed while a name is being typed."""
        if action == "mark_row":
            return self._moved or not self._typed_text
        if action == "instead":
            return bool(self._is_open)
        return True

    def action_move(self, step: int) -> None:
        """Move the highlight while the input has the focus."""
        self._moved = True
        super().action_move(step)

    def action_mark_row(self) -> None:
        """Mark or unmark the highlighted row."""
        self.action_mark()

    def action_mark(self) -> None:
        """Mark or unmark the highlighted row; complete a path that is being typed."""
        value, line = self.highlighted, self.query_one(PastingInput)
        if value is None:
            return
        if file_suggestions.is_path(self._typed_text) and not self._moved:
            line.value = value.paths[0]
            line.cursor_position = len(line.value)
            return
        if self._marked.pop(value.paths, value) is value:
            self._marked[value.paths] = None
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            row = self.row(self._suggestions[options.highlighted])
            options.replace_option_prompt_at_index(options.highlighted, row)
        self.action_move(1)
        self._update_texts()

    @on(PastingInput.PathsDropped)
    def _paths_dropped(self, message: PastingInput.PathsDropped) -> None:
        message.stop()
        if len(message.paths) == 1:
            message.line.value = os.path.abspath(message.paths[0])  # noqa: PTH100 - resolve() would follow links
            message.line.cursor_position = len(message.line.value)
        else:
            self._marked |= {(path,): None for path in message.paths}
            self._update_texts()

    def action_instead(self) -> None:
        """Open the marked or highlighted documents instead of the open ones."""
        self._finish(instead=True)

    def choose(self) -> None:
        """Open the marked or highlighted documents."""
        self._finish(instead=False)

    def _finish(self, *, instead: bool) -> None:
        if self._narrowing and not self._marked:
            self._pending = PickedDocuments((), instead)
            return
        self._pending = None
        if self._marked:
            self.dismiss(PickedDocuments(tuple(path for paths in self._marked for path in paths), instead))
        elif self.highlighted is not None:
            self.dismiss(replace(self.highlighted, instead=instead))

    # --- what is shown ---

    def _update_texts(self) -> None:
        many = len(self._files) >= file_search.MAX_FILES
        found = f"first {file_search.MAX_FILES:,} files" if many else counted(len(self._files), "file")
        marked = f" · {len(self._marked)} marked" if self._marked else ""
        searching = ", searching…" if self._searching else ""
        self.query_one("#choose").border_subtitle = Content(f"{found}{searching}{marked}")
        marks = " marked" if self._marked else ""
        keys = f"Enter add{marks} · Ctrl+O replace with{marks or ' it'}" if self._is_open else f"Enter open{marks}"
        tab = "Tab complete" if file_suggestions.is_path(self._typed_text) else "Tab, Space mark"
        self.query_one("#choose-keys", Static).update(Content(f"{keys} · {tab} · Esc close"))


def _first(values: Sequence[PickedDocuments | None], current: PickedDocuments | None) -> int:
    """Return the index to highlight: the current value's, else that of the first row that is no heading."""
    if current in values and current is not None:
        return values.index(current)
    return next((number for number, value in enumerate(values) if value is not None), 0)
