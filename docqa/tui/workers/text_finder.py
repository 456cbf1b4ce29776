"""Finding text in all documents, in a worker thread."""

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from threading import Event, Lock
from typing import TYPE_CHECKING

from docqa.progress import Cancelled, Monitor
from docqa.tui.state.found_text import MOST_HITS, DocumentHits, TextSearch

if TYPE_CHECKING:
    from docqa.documents import Document
    from docqa.text_matches import TextMatch, TextQuery

_INTERVAL = 0.05  # Seconds between two reports: a screen needs no more.
_CHECKED = 100  # Hits between two checks whether to go on.

Report = Callable[[Sequence[DocumentHits], int], object]
"""Called with the hits in more documents, and how many documents have been searched."""


class TextFinder:
    """Finds text, one search at a time. Each document is taken apart once."""

    def __init__(self) -> None:
        self._vocabularies: dict[str, tuple[Document, Mapping[str, str]]] = {}
        self._searching = Lock()

    def find(self, search: TextSearch, documents: "Sequence[Document]", cancel: Event, report: Report) -> None:
        """Search the documents in turn. Stops once `cancel` is set. Raises `DocqaError` if the search is none."""
        query = search.query()
        with self._searching:  # One that is cancelled may still be in the middle of a document.
            try:
                self._find(query, documents, Monitor(cancel=cancel), report)
            except Cancelled:
                return

    def _find(self, query: "TextQuery", documents: "Sequence[Document]", monitor: Monitor, report: Report) -> None:
        found: list[DocumentHits] = []
        reported = time.monotonic()
        for number, document in enumerate(documents, 1):
            hits = self._hits(query, document, monitor)
            if hits.matches:
                found.append(hits)
            if time.monotonic() - reported >= _INTERVAL:
                report(found, number)
                found, reported = [], time.monotonic()
        report(found, len(documents))
        self._forget(documents)

    def _hits(self, query: "TextQuery", document: "Document", monitor: Monitor) -> DocumentHits:
        monitor.check()
        stems = self._vocabulary(document, monitor) if query.by_words else None
        matches: list[TextMatch] = []
        for match in islice(query.matches(document, stems), MOST_HITS + 1):
            matches.append(match)
            if not len(matches) % _CHECKED:
                monitor.check()
        return DocumentHits(document, matches[:MOST_HITS], more=len(matches) > MOST_HITS)

    def _vocabulary(self, document: "Document", monitor: Monitor) -> Mapping[str, str]:
        from docqa.text_matches import vocabulary

        known, words = self._vocabularies.get(document.name, (None, {}))
        if known is not document:
            words = vocabulary(document, monitor)
            self._vocabularies[document.name] = (document, words)
        return words

    def _forget(self, documents: "Sequence[Document]") -> None:
        """Forget documents that have been closed or opened anew."""
        open_now = {id(document) for document in documents}
        self._vocabularies = {name: known for name, known in self._vocabularies.items() if id(known[0]) in open_now}
