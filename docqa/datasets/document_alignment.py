"""Documents that pairs refer to. Each is opened once, and its body is the context of all its pairs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from docqa import documents
from docqa.datasets.alignment import Alignment, choose_span
from docqa.datasets.fields import ClaimedAnswer, FieldFinding, RejectedRecord
from docqa.datasets.issues import IssueEffect, IssueKind
from docqa.datasets.pair import Gold
from docqa.datasets.raw_record import shorten
from docqa.datasets.text_search import SearchableText, Span
from docqa.documents import Document
from docqa.documents.markdown import rendered
from docqa.errors import DocqaError
from docqa.progress import Monitor

# What a document's layout changes in an answer copied from it. Such differences are not reported.
_LAYOUT = re.compile(r"[\s\u00ad‐-]+")


@dataclass(frozen=True)
class OpenedDocument:
    """A document, and its body as a searchable text."""

    name: str
    document: Document
    body: SearchableText

    def check_page(self, page: int | None) -> tuple[int | None, list[FieldFinding]]:
        """Return a pair's page if the document has pages, else None with a warning."""
        if page is None or self.document.page_count:
            return page, []
        message = f"`page` is {page}, but {self.name} has no pages"
        return None, [FieldFinding(IssueKind.WRONG_PAGE, IssueEffect.WARNING, message, "ignored")]

    def page_of(self, span: Span) -> int | None:
        """Return the page on which a span begins, or None if the document has no pages."""
        return self.document.locate(*span).page

    def align(self, question: str, claim: ClaimedAnswer, page: int | None, golds: Sequence[Gold]) -> Alignment:
        """Align an answer on the given page, else anywhere. `golds` are the answers of its pair aligned so far.

        Raises `RejectedRecord` if the answer is not in the document, or not on its page but in several other places.
        """
        answer, text = claim.text.strip(), self.body
        spans = text.whole(answer) or text.normalized(answer) or text.anywhere(answer)
        if not spans and self.document.format == "markdown":
            # It was copied from the file, which a reader of the text doesn't see.
            seen = rendered(answer)
            spans = (text.whole(seen) or text.normalized(seen)) if seen else []
        if not spans:
            raise RejectedRecord(
                IssueKind.NOT_IN_DOCUMENT,
                f"the answer {shorten(answer)} is not in {self.name}",
                "copy it from the document; running heads, footers and contents pages are not searched",
            )
        on_page = spans if page is None else [span for span in spans if self._is_on_page(span, page)]
        if on_page:
            exact = [span for span in on_page if span[0] == claim.start]
            span, findings = choose_span(text, question, answer, exact or on_page, golds)
        else:
            span, findings = self._elsewhere(answer, spans, page)
        found = text.text[slice(*span)]
        if _LAYOUT.sub("", found) != _LAYOUT.sub("", answer):
            message = f"the answer {shorten(answer)} is written {shorten(found)} in {self.name}"
            findings.append(
                FieldFinding(IssueKind.TEXT_DIFFERS, IssueEffect.REPAIRED, message, "the document's text is used")
            )
        return Gold(found, span[0]), findings

    def _elsewhere(self, answer: str, spans: list[Span], page: int | None) -> tuple[Span, list[FieldFinding]]:
        """Return the only span of an answer that is not on its page. Raises `RejectedRecord` if there are several."""
        missing = (
            f"the answer {shorten(answer)} is not on page {page} (of {self.document.page_count}) of {self.name}, but "
        )
        if len(spans) > 1:
            raise RejectedRecord(
                IssueKind.WRONG_PAGE,
                f"{missing}at {len(spans)} other places",
                "correct the page: the first page of the file is 1, whatever number is printed on it",
            )
        actual = self.page_of(spans[0])
        finding = FieldFinding(
            IssueKind.WRONG_PAGE, IssueEffect.REPAIRED, f"{missing}on page {actual}", f"page {actual} is used"
        )
        return spans[0], [finding]

    def _is_on_page(self, span: Span, page: int) -> bool:
        location = self.document.locate(*span)
        return location.page is not None and location.page <= page <= (location.page_end or location.page)


class DocumentTexts:
    """The documents opened so far, and those that could not be opened, which are not tried again."""

    def __init__(self) -> None:
        self._opened: dict[Path, OpenedDocument | str] = {}

    def open(self, path: Path, monitor: Monitor) -> OpenedDocument:
        """Read a document. Raises `RejectedRecord` if it can't be read."""
        if path not in self._opened:
            self._opened[path] = _open(path, monitor)
        opened = self._opened[path]
        if isinstance(opened, OpenedDocument):
            return opened
        raise RejectedRecord(
            IssueKind.UNREADABLE_DOCUMENT,
            f"expected a readable document: {opened}",
            f"`document` is the path of a file, relative to the folder of the pairs ({path.parent})",
        )

    def by_name(self) -> dict[str, Document]:
        """Return the documents that could be opened, by `Pair.document`."""
        return {str(path): each.document for path, each in self._opened.items() if isinstance(each, OpenedDocument)}


def _open(path: Path, monitor: Monitor) -> OpenedDocument | str:
    """Read a document, or return the reason why it can't be read."""
    if path.name == documents.STDIN:
        return f"{path} is not a file"
    try:
        if path.is_dir():
            return f"{path} is a directory"
        document = documents.parse_isolated(documents.read(str(path)), monitor)
    except DocqaError as error:
        return error.message
    except (OSError, ValueError):  # Too long for a path, or with a character that paths can't have.
        return f"{shorten(str(path))} is not a path"
    return OpenedDocument(str(path), document, SearchableText(document.text[: document.body_end]))
