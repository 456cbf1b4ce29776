"""The documents that pairs name: each is opened once, and its body is the context of all its pairs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from docqa import documents
from docqa.datasets.alignment import Alignment, choose
from docqa.datasets.fields import ClaimedAnswer, FieldFinding, RejectedRecord
from docqa.datasets.issues import IssueEffect, IssueKind
from docqa.datasets.pair import Gold
from docqa.datasets.raw_record import shorten
from docqa.datasets.text_search import SearchableText, Span
from docqa.documents import Document
from docqa.errors import DocqaError
from docqa.progress import Monitor

# What a document's layout changes in an answer copied from it: not worth a word.
_LAYOUT = re.compile(r"[\s\u00ad‐-]+")


@dataclass(frozen=True)
class OpenedDocument:
    """A document, and its body as a text to search."""

    name: str
    document: Document
    body: SearchableText

    def page(self, page: int | None) -> tuple[int | None, list[FieldFinding]]:
        """The page that a pair names, if the document has pages."""
        if page is None or self.document.page_count:
            return page, []
        return None, [
            FieldFinding(
                IssueKind.PAGE, IssueEffect.WARNING, f"`page` is {page}, and {self.name} has no pages", "ignored"
            )
        ]

    def page_of(self, span: Span) -> int | None:
        """The page on which a span begins, None where the format has no pages."""
        return self.document.locate(*span).page

    def place(self, question: str, claim: ClaimedAnswer, page: int | None, golds: Sequence[Gold]) -> Alignment:
        """Place an answer on the page named, else anywhere; `golds` are those of its pair that are placed already.

        Raises `RejectedRecord` where the answer is not in the document, or not on its page and in several other places.
        """
        answer, text = claim.text.strip(), self.body
        places = text.whole(answer) or text.alike(answer) or text.anywhere(answer)
        if not places:
            raise RejectedRecord(
                IssueKind.NOT_IN_DOCUMENT,
                f"the answer {shorten(answer)} was expected to stand in {self.name}, and does not",
                "copy it from the text of the document; running heads, footers and contents pages are not searched",
            )
        findings: list[FieldFinding] = []
        on_page = [span for span in places if self._touches(span, page)] if page is not None else places
        if on_page:
            exact = [span for span in on_page if span[0] == claim.start]
            span, findings = choose(text, question, answer, exact or on_page, golds)
        else:
            pages = self.document.page_count
            expected = f"the answer {shorten(answer)} was expected on page {page} of the {pages} of {self.name}"
            if len(places) > 1:
                raise RejectedRecord(
                    IssueKind.PAGE,
                    f"{expected}, and stands in {len(places)} other places",
                    "correct page: the first page of the file is 1, whatever is printed on it",
                )
            span = places[0]
            actual = self.page_of(span)
            findings = [
                FieldFinding(
                    IssueKind.PAGE,
                    IssueEffect.REPAIRED,
                    f"{expected}, and stands on page {actual}",
                    f"taken as {actual}",
                )
            ]
        found = text.text[slice(*span)]
        if _LAYOUT.sub("", found) != _LAYOUT.sub("", answer):
            message = f"the answer {shorten(answer)} stands in {self.name} as {shorten(found)}"
            findings.append(
                FieldFinding(IssueKind.TEXT_DIFFERS, IssueEffect.REPAIRED, message, "taken as it stands there")
            )
        return Gold(found, span[0]), findings

    def _touches(self, span: Span, page: int) -> bool:
        place = self.document.locate(*span)
        return place.page is not None and place.page <= page <= (place.page_end or place.page)


class DocumentTexts:
    """The documents opened so far. What can't be opened is tried once as well."""

    def __init__(self) -> None:
        self._opened: dict[Path, OpenedDocument | str] = {}

    def open(self, path: Path, monitor: Monitor) -> OpenedDocument:
        """Read a document. Raises `RejectedRecord` where it can't be read."""
        if path not in self._opened:
            self._opened[path] = _open(path, monitor)
        opened = self._opened[path]
        if isinstance(opened, OpenedDocument):
            return opened
        raise RejectedRecord(
            IssueKind.DOCUMENT,
            f"a document that can be read was expected: {opened}",
            f"`document` names one file, beginning at the folder of the pairs ({path.parent})",
        )

    def by_name(self) -> dict[str, Document]:
        """What could be opened, by the path that the pairs have as their `document`."""
        return {str(path): each.document for path, each in self._opened.items() if isinstance(each, OpenedDocument)}


def _open(path: Path, monitor: Monitor) -> OpenedDocument | str:
    """Read a document, or give the reason why it can't be read."""
    if path.name == documents.STDIN:
        return f"{path} is no file"
    try:
        if path.is_dir():
            return f"{path} is a directory"
        document = documents.parse(documents.read(str(path)), monitor)
    except DocqaError as error:
        return error.message
    except (OSError, ValueError):  # What is no path at all: too long, or with a character that paths can't have.
        return f"{shorten(str(path))} is no path"
    return OpenedDocument(str(path), document, SearchableText(document.text[: document.body_end]))
