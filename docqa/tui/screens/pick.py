"""Choose documents to open: those of before, files below the current folder, or any path."""

import os
import time
from collections.abc import Collection, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.worker import get_current_worker

from docqa.tui.formatting import counted
from docqa.tui.screens.choose import ChooseScreen
from docqa.tui.state import file_suggestions
from docqa.tui.state.file_suggestions import PickedDocuments, RecentDocuments, SuggestionRow
from docqa.tui.widgets.pasting_input import PastingInput
from docqa.tui.workers import file_search

_INTERVAL = 0.2  # Seconds between two reports of what was found.


class NameInput(PastingInput):
    """The line of what is typed to find a document. What a space does is for the screen to say."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key is typed, and no binding of the screen's."""
        return key != "space" and super().check_consume_key(key, character)


class PickScreen(ChooseScreen[PickedDocuments]):
    """The list grows while the folders are searched. Several may be marked, and are opened together."""

    BINDING_GROUP_TITLE = "While choosing documents to open"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "mark", "Mark", tooltip="Mark it, to open several; of a path, type the rest", id="pick.mark"),
        Binding(
            "space",
            "mark_here",
            "Mark",
            show=False,
            tooltip="Mark it, unless a name is being typed",
            id="pick.mark_here",
            priority=True,
        ),
        Binding("ctrl+o", "instead", "Instead", tooltip="Open it instead of what is open", id="pick.instead"),
    ]

    class Looked(Message):
        """The folders were searched this far; or it is known what was opened before."""

        def __init__(
            self, files: Sequence[str] = (), before: Sequence[RecentDocuments] = (), *, done: bool = False
        ) -> None:
            super().__init__()
            self.files = files
            self.before = before
            self.done = done

    class Narrowed(Message):
        """What fits what was typed is known, of the first `count` files that were found."""

        def __init__(self, typed: str, count: int, rows: Sequence[SuggestionRow]) -> None:
            super().__init__()
            self.typed = typed
            self.count = count
            self.rows = rows

    def __init__(self, is_open: Collection[str] = ()) -> None:
        """`is_open` are the documents that are open, by their names."""
        super().__init__("Open documents", "Type some of a name, or a path", lambda _: [], nothing="Looking for files…")
        self._is_open = is_open
        self._before: list[RecentDocuments] = []
        self._files: list[str] = []
        self._looking = True
        self._wanted = ""
        self._narrowing = False
        """Whether a thread is looking for what fits."""
        self._rows: Sequence[SuggestionRow] = ()
        self._marked: dict[tuple[str, ...], None] = {}
        self._moved = False
        """Whether the person has moved in the list since they typed."""
        self._entered: PickedDocuments | None = None
        """Enter was pressed before it was known what fits; whether to open it instead."""

    def compose(self) -> ComposeResult:
        """As of other lists, and how to go on."""
        with Vertical(id="choose") as box:
            box.border_title = Content("Add documents, or open others" if self._is_open else self._title)
            yield NameInput(placeholder=self._hint, compact=True)
            yield OptionList(markup=False, compact=True)
            yield Static(id="choose-keys")

    def on_mount(self) -> None:
        """Begin to look for what can be opened."""
        self._look()
        self._tell()

    # --- what there is ---

    @work(thread=True, group="looking")
    def _look(self) -> None:
        stopped = get_current_worker()
        is_open = set(self._is_open)
        before = [one for one in file_suggestions.recent() if not is_open.issuperset(one.paths)]
        self.post_message(self.Looked(before=before))
        found: list[str] = []
        reported = 0.0
        for batch in file_search.files(os.curdir, lambda: stopped.is_cancelled):
            found += batch
            if time.monotonic() - reported >= _INTERVAL:
                self.post_message(self.Looked(found))
                found, reported = [], time.monotonic()
        self.post_message(self.Looked(found, done=True))

    @on(Looked)
    def _looked(self, message: Looked) -> None:
        self._files.extend(message.files)
        self._before.extend(message.before)
        self._looking = not message.done
        if not self._narrowing:
            self._start_narrowing()
        self._tell()

    def narrow(self, typed: str) -> None:
        """Look for what fits, in a thread."""
        self._wanted = typed
        self._moved = False
        self._start_narrowing()
        self._tell()

    def _start_narrowing(self) -> None:
        self._narrowing = True
        self._narrow(self._wanted)

    @work(thread=True, group="narrowing", exclusive=True)
    def _narrow(self, typed: str) -> None:
        worker = get_current_worker()
        count = len(self._files)
        rows = file_suggestions.fitting(typed, self._before, self._files, self._is_open, lambda: worker.is_cancelled)
        if not worker.is_cancelled:
            self.post_message(self.Narrowed(typed, count, rows))

    @on(Narrowed)
    def _narrowed(self, message: Narrowed) -> None:
        if message.typed != self._wanted:
            return  # More was typed meanwhile, and another thread looks for that.
        self._narrowing = False
        before = [value for _, value in self._rows]
        self._rows = message.rows
        values = [value for _, value in self._rows]
        if values != before or not values:
            self._nothing = self._why_nothing()
            shown = [(self._with_mark(content, value), value) for content, value in self._rows]
            self.offer(shown, _first(values, self.highlighted if self._moved else None))
        if self._entered is not None:
            self._finish(instead=self._entered.instead)
        elif message.count < len(self._files):
            self._start_narrowing()

    def _why_nothing(self) -> str:
        if file_suggestions.is_path(self._wanted):
            return "Nothing there that docqa can open."
        if self._looking:
            return "Looking for files…"
        return f"Nothing here {'fits' if self._wanted else 'that docqa can open'}. Type a path: /… or ~/…"

    def _with_mark(self, content: Content, value: PickedDocuments | None) -> Content:
        if value is None:
            return content
        return Content("✓ " if value.paths in self._marked else "  ") + content

    # --- what the person does ---

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """A space is typed as long as a name is."""
        if action == "mark_here":
            return self._moved or not self._wanted
        if action == "instead":
            return bool(self._is_open)
        return True

    def action_move(self, step: int) -> None:
        """Highlight another one while typing."""
        self._moved = True
        super().action_move(step)

    def action_mark_here(self) -> None:
        """Mark what is highlighted, or not any more."""
        self.action_mark()

    def action_mark(self) -> None:
        """Mark what is highlighted, or not any more; of a path that is typed, type the rest."""
        value, line = self.highlighted, self.query_one(PastingInput)
        if value is None:
            return
        if file_suggestions.is_path(self._wanted) and not self._moved:
            line.value = value.paths[0]
            line.cursor_position = len(line.value)
            return
        if self._marked.pop(value.paths, value) is value:
            self._marked[value.paths] = None
        shown = self.query_one(OptionList)
        if shown.highlighted is not None:
            content, _ = self._rows[shown.highlighted]
            shown.replace_option_prompt_at_index(shown.highlighted, self._with_mark(content, value))
        self.action_move(1)
        self._tell()

    @on(PastingInput.Dropped)
    def _dropped(self, message: PastingInput.Dropped) -> None:
        message.stop()
        if len(message.paths) == 1:
            message.line.value = os.path.abspath(message.paths[0])  # noqa: PTH100 - resolve() would follow links
            message.line.cursor_position = len(message.line.value)
        else:
            self._marked |= {(path,): None for path in message.paths}
            self._tell()

    def action_instead(self) -> None:
        """Open what is marked or highlighted instead of what is open."""
        self._finish(instead=True)

    def choose(self) -> None:
        """Open what is marked or highlighted."""
        self._finish(instead=False)

    def _finish(self, *, instead: bool) -> None:
        if self._narrowing and not self._marked:
            self._entered = PickedDocuments((), instead)
            return
        self._entered = None
        chosen = list(self._marked) or ([self.highlighted.paths] if self.highlighted else [])
        if chosen:
            self.dismiss(PickedDocuments(tuple(path for paths in chosen for path in paths), instead))

    # --- what is shown ---

    def _tell(self) -> None:
        many = len(self._files) >= file_search.MOST
        found = f"the first {file_search.MOST:,} files" if many else counted(len(self._files), "file")
        marked = f" · {len(self._marked)} marked" if self._marked else ""
        self.query_one("#choose").border_subtitle = Content(f"{found}{', looking' if self._looking else ''}{marked}")
        them = " them" if self._marked else ""
        opens = f"Enter adds{them} · Ctrl+O opens{them} instead" if self._is_open else f"Enter opens{them}"
        tab = "Tab types the rest" if file_suggestions.is_path(self._wanted) else "Tab or Space marks"
        self.query_one("#choose-keys", Static).update(Content(f"{opens} · {tab} · Esc closes"))


def _first(values: Sequence[PickedDocuments | None], wanted: PickedDocuments | None) -> int:
    """The number of the one to be highlighted: the same as before, else the first that is no heading."""
    if wanted in values and wanted is not None:
        return values.index(wanted)
    return next((number for number, value in enumerate(values) if value is not None), 0)
