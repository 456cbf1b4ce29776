"""Finding text in all documents: hits as the user types, and the page of the one that is selected."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, Static

from docqa.errors import DocqaError
from docqa.terminal_text import visible
from docqa.tui.state.found_text import DocumentHits, FoundText, TextSearch
from docqa.tui.styling import MUTED
from docqa.tui.widgets.footer import FittingFooter
from docqa.tui.widgets.hits_list import HitsList
from docqa.tui.widgets.inputs import LONGEST_LINE
from docqa.tui.widgets.searchable_page import SearchablePage
from docqa.tui.workers.text_finder import TextFinder

if TYPE_CHECKING:
    from docqa.documents import Document

_REST = 0.1  # Seconds without a move before the page is shown: laying out a long document takes some.


class FindAllScreen(ModalScreen[bool]):
    """An input, the hits, and the page of the selected one. Its result is whether to go to that."""

    BINDING_GROUP_TITLE = "While finding in all documents"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Go there", tooltip="Go to the page of the hit", priority=True, id="hits.choose"),
        Binding("down", "move(1)", show=False, tooltip="Go to the next hit", id="hits.down"),
        Binding("up", "move(-1)", show=False, tooltip="Go to the previous hit", id="hits.up"),
        Binding("pagedown", "page(1)", show=False, tooltip="Go a screen down", id="hits.page_down"),
        Binding("pageup", "page(-1)", show=False, tooltip="Go a screen up", id="hits.page_up"),
        Binding(
            "tab", "document(1)", "Next document", tooltip="Go to the next document's hits", id="hits.next_document"
        ),
        Binding(
            "shift+tab",
            "document(-1)",
            show=False,
            tooltip="Go to the previous document's hits",
            id="hits.previous_document",
        ),
        Binding(
            "ctrl+t",
            "mode",
            "Words, exact, regex",
            tooltip="Find words in any form, the exact text, or a regular expression",
            id="hits.mode",
        ),
        Binding("escape", "dismiss(False)", "Close", tooltip="Close the list of hits", id="hits.close"),
    ]
    AUTO_FOCUS = "Input"
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (120, "-wide")]  # noqa: RUF012 - Textual declares it so

    class HitsFound(Message):
        """Hits in more documents, for what is looked for; `searched` says how many have been searched."""

        def __init__(self, found: FoundText, hits: Sequence[DocumentHits], searched: int) -> None:
            super().__init__()
            self.found = found
            self.hits = hits
            self.searched = searched

    class SearchFailed(Message):
        """What is looked for is nothing to look for, or takes too long."""

        def __init__(self, found: FoundText, error: DocqaError) -> None:
            super().__init__()
            self.found = found
            self.error = error

    def __init__(self, finder: TextFinder, documents: "Callable[[], Sequence[Document]]", found: FoundText) -> None:
        """`found` is what was found last: its search goes on."""
        super().__init__()
        self.found = found
        self.list = HitsList()
        self._finder = finder
        self._documents = documents
        self._mode = found.search.mode
        self._input = Input(found.search.text, compact=True, max_length=LONGEST_LINE, select_on_focus=True)
        self._title = Static(id="find-all-mode")
        self._status = Static(id="find-all-status")
        self.page = SearchablePage()
        self.page.can_focus = False
        self._searching = found
        """What is being looked for. What was found before is shown until there is something else."""
        self._cancel = Event()
        self._rest: Timer | None = None

    def compose(self) -> ComposeResult:
        """Yield the input, the state of the search, the hits and the page."""
        with Horizontal(id="find-all-line"):
            yield Static(Content("/"), id="prompt")
            yield self._input
            yield self._title
        yield self._status
        with Container(id="find-all"):
            yield self.list
            yield self.page
        yield FittingFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Show what was found last, or a hint."""
        self._input.placeholder = "Find in all documents"
        self._show_mode()
        self._search()

    def on_unmount(self) -> None:
        """Stop searching."""
        self._cancel.set()

    # --- searching ---

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._search()

    def action_mode(self) -> None:
        """Find in another way."""
        self._mode = self._mode.next
        self._show_mode()
        self._search()

    def _show_mode(self) -> None:
        self._title.update(Content(f"^t {self._mode.value}"))

    def _search(self) -> None:
        self._cancel.set()
        self._cancel = Event()
        search = TextSearch(self._input.value.strip(), self._mode)
        if search == self.found.search and self.found.complete:
            self._searching = self.found
        else:
            self._searching = FoundText(search, self._documents())
        if search.text and not self._searching.complete:
            self.run_worker(partial(self._find, self._searching, self._cancel), thread=True, group="finding")
        else:
            self.found = self._searching
            self._show_found()

    def _find(self, found: FoundText, cancel: Event) -> None:
        def report(hits: Sequence[DocumentHits], searched: int) -> None:
            self.post_message(self.HitsFound(found, hits, searched))

        try:
            self._finder.find(found.search, found.documents, cancel, report)
        except DocqaError as error:
            self.post_message(self.SearchFailed(found, error))

    @on(HitsFound)
    def _hits_found(self, message: HitsFound) -> None:
        found = message.found
        if found is not self._searching:
            return  # The user has typed more.
        for hits in message.hits:
            found.add(hits)
        found.searched = message.searched
        if found.total or found.complete:
            self.found = found
            self._show_found()

    @on(SearchFailed)
    def _search_failed(self, message: SearchFailed) -> None:
        if message.found is self._searching:
            self._status.update(Content.styled(f"✗ {visible(message.error.message)}", "$text-error"))

    # --- what is shown ---

    def _show_found(self) -> None:
        found = self.found
        self.list.show(found)
        if not found.search.text:
            text = "Hits are shown while you type."
        elif not found.total:
            text = "Not found."
        else:
            text = found.summary if found.complete else f"{found.summary} · {found.searched:,} searched…"
        self._status.update(Content.styled(text, MUTED))
        self._show_page()

    @on(HitsList.HitSelected)
    def _show_page(self) -> None:
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST, self._update_page)

    def _update_page(self) -> None:
        current = self.found.current
        self.page.display = current is not None
        if current is not None:
            show_hit(self.page, self.found)

    # --- keys ---

    def action_move(self, step: int) -> None:
        """Select another hit."""
        self._select(self.found.move, step)

    def action_page(self, step: int) -> None:
        """Select the hit a screen further."""
        self._select(self.found.move, step * self.list.page_rows)

    def action_document(self, step: int) -> None:
        """Select the first hit of another document."""
        self._select(self.found.move_document, step)

    def _select(self, move: Callable[[int], None], step: int) -> None:
        if len(self.found):
            move(step)
            self.list.show_selected()
            self._show_page()

    @on(HitsList.HitChosen)
    def action_choose(self) -> None:
        """Go to the page of the hit."""
        if self.found.current is not None:
            self.dismiss(True)


def show_hit(page: SearchablePage, found: FoundText) -> None:
    """Show the selected hit on the page, with all others in its document marked."""
    if found.current is not None:
        hits, match = found.current
        spans = hits.spans
        number = bisect_right(spans, (match.spans[0][0], len(hits.document.text))) - 1
        page.show_matches(hits.document, found.search.text, spans, number, found.search.spans)


class FindAll:
    """Finding in all documents from the main screen, and the way back from a hit's page to the hits."""

    def __init__(self, page: SearchablePage, documents: "Callable[[], Sequence[Document]]") -> None:
        self._page = page
        self._documents = documents
        self._finder = TextFinder()
        self._found = FoundText(TextSearch(""))
        self._jumps = 0
        """The jumps on the page right after the one to a hit; 0 if the hits are not to be returned to."""

    @property
    def at_hit(self) -> bool:
        """Whether the user came from the hits, and can go back to them."""
        return self._jumps > 0

    @property
    def back_is_hits(self) -> bool:
        """Whether going back on the page leads to the hits."""
        return self.at_hit and self._page.jumps == self._jumps

    def leave(self) -> None:
        """Don't go back to the hits any more: the user does something else."""
        self._jumps = 0

    def open(self, app: "App[None]") -> None:
        """Show what was found last, and find something else."""
        self.leave()
        if list(map(id, self._found.documents)) != list(map(id, self._documents())):
            self._found.searched = 0  # Documents have been opened or closed since: search them anew.
        screen = FindAllScreen(self._finder, self._documents, self._found)
        app.push_screen(screen, partial(self._closed, screen))

    def _closed(self, screen: FindAllScreen, go: bool | None) -> None:
        self._found = screen.found
        if go:
            show_hit(self._page, self._found)
            self._page.screen.set_focus(self._page)
            self._jumps = self._page.jumps
        else:
            self._page.find("")
