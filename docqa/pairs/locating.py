"""The documents that pairs name: each is opened once, and its body is the context of all its pairs."""

from dataclasses import dataclass
from pathlib import Path

from docqa import documents
from docqa.documents import Document
from docqa.errors import DocqaError
from docqa.pairs.spans import Text
from docqa.progress import Monitor


@dataclass(frozen=True)
class Opened:
    """A document, and its body as a text to search."""

    document: Document
    body: Text

    def has_page(self, page: int | None) -> bool:
        """Whether the document has this page, from 1."""
        return page is not None and 1 <= page <= self.document.page_count

    def page_of(self, span: tuple[int, int]) -> int | None:
        """The page on which a span begins, None where the format has no pages."""
        return self.document.locate(*span).page

    def on_page(self, span: tuple[int, int], page: int) -> bool:
        """Whether any of a span is on the page."""
        place = self.document.locate(*span)
        return place.page is not None and place.page <= page <= (place.page_end or place.page)


class Documents:
    """The documents opened so far. What can't be opened is tried once as well."""

    def __init__(self) -> None:
        self._opened: dict[Path, Opened | str] = {}

    def open(self, path: Path, monitor: Monitor) -> Opened | str:
        """Read a document, or give the reason why it can't be read."""
        if path not in self._opened:
            self._opened[path] = _open(path, monitor)
        return self._opened[path]

    def by_name(self) -> dict[str, Document]:
        """What could be opened, by the path that the pairs have as their `document`."""
        return {str(path): each.document for path, each in self._opened.items() if isinstance(each, Opened)}


def _open(path: Path, monitor: Monitor) -> Opened | str:
    if path.is_dir():
        return f"{path} is a directory"
    try:
        document = documents.parse(documents.read(str(path)), monitor)
    except DocqaError as error:
        return str(error)
    return Opened(document, Text(document.text[: document.body_end]))
