"""The document pane in which text is found: all matches are marked, and gone to one by one."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message

from docqa.terminal_text import flat
from docqa.tui.state import page_marks
from docqa.tui.state.page_marks import Finder, Matches, PageMark
from docqa.tui.widgets.page_view import PageView

if TYPE_CHECKING:
    from docqa.documents import Document


class SearchablePage(PageView):
    """The document, with the matches of what was looked for marked."""

    class MatchesFound(Message):
        """A document has been searched; with `goes`, to go to the first match from what is in view."""

        def __init__(self, document: "Document", query: str, matches: Matches, *, goes: bool) -> None:
            super().__init__()
            self.document = document
            self.query = query
            self.matches = matches
            self.goes = goes

    def __init__(self) -> None:
        super().__init__()
        self._query = ""
        self._finder: Finder = lambda _: ()
        self._matches: Matches = ()
        self._match = 0
        self._jumped_to_find = False
        """Whether what is being typed has moved the view: `back` returns to where it was before."""

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
        """Something else is going to be looked for: `back` will return to what is in view now."""
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
        self.post_message(self.MatchesFound(document, query, finder(document), goes=goes))

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

    def _changed(self) -> None:
        super()._changed()
        self._matches = ()
        if self._query and self.document is not None:
            self._find(self.document, self._query, self._finder, goes=False)

    def _marks(self, start: int, end: int) -> Iterator[PageMark]:
        yield from super()._marks(start, end)
        yield from page_marks.match_marks(self._matches, self._match, (start, end))

    def _subtitle(self) -> str:
        if self._query:
            return f"“{flat(self._query)}” {page_marks.position(self._match, len(self._matches))}"
        return super()._subtitle()
