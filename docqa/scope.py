"""The part of the open documents that a question is asked of (pure)."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from docqa.documents import Document, display_name
from docqa.errors import DocqaError
from docqa.page_ranges import PageRanges, no_such_page


class Scope:
    """Some of the documents, or some pages of them. `numbers` are those documents' numbers."""

    @classmethod
    def matching(cls, documents: Sequence[Document], names: Sequence[str], pages: str | None) -> "Scope":
        """The documents that match one of the patterns `names`, and of these the `pages`, such as "3-9,12".

        A pattern is a glob for a file's name, for the end of its path, or for a folder that it is in. Without patterns
        all documents are meant. Raises `DocqaError` if nothing is left.
        """
        matching = [n for n, one in enumerate(documents) if not names or any(_matches(one, each) for each in names)]
        if documents and not matching:
            raise DocqaError(
                f"no document matches {' or '.join(map(repr, names))}",
                "give a name, a folder, or a pattern: 'report*.pdf'",
            )
        return cls(documents, matching, None if pages is None else PageRanges(pages))

    def __init__(self, documents: Sequence[Document], numbers: Sequence[int], pages: PageRanges | None = None) -> None:
        """Documents by their numbers, and the pages of these. Raises `DocqaError` if none of them has such a page."""
        self._documents = documents
        self._on_pages: dict[int, NDArray[np.bool_]] = {}
        if pages is not None:
            for number in numbers:
                if pages.of(documents[number].page_count):
                    self._on_pages[number] = pages.contain(documents[number].lines.pages)
            if numbers and not self._on_pages:
                longest = max((documents[number] for number in numbers), key=lambda document: document.page_count)
                raise no_such_page(display_name(longest.name), longest.page_count)
            numbers = [*self._on_pages]
        self.numbers = frozenset(numbers)

    def contains(self, number: int, offset: int) -> bool:
        """Whether what begins at an offset of a document is in the scope."""
        if number not in self._on_pages:
            return number in self.numbers
        line = int(self._documents[number].lines.starts.searchsorted(offset, side="right")) - 1
        return bool(self._on_pages[number][max(0, line)])

    def windows(self, number: int, spans: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of a document's windows have text in the scope. `spans` has the shape (windows, 2)."""
        if number not in self._on_pages:
            return np.full(len(spans), number in self.numbers)
        before = np.concatenate([[0], np.cumsum(self._on_pages[number])])  # Lines in the scope before each line.
        starts = self._documents[number].lines.starts
        first = np.maximum(0, starts.searchsorted(spans[:, 0], side="right") - 1)
        found: NDArray[np.bool_] = before[starts.searchsorted(spans[:, 1], side="left")] > before[first]
        return found


def _matches(document: Document, pattern: str) -> bool:
    """Whether a document's path, without beginnings, or one of the folders on it matches a pattern."""
    path, parts = PurePath(document.name), len(PurePath(pattern).parts)
    return any(
        fnmatchcase("/".join(each.parts[-parts:]).casefold(), "/".join(PurePath(pattern).parts).casefold())
        for each in (path, *path.parents)
        if len(each.parts) >= parts > 0
    )
