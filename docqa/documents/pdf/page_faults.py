"""What is wrong with the text of pages, and how the user is told (pure)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal

from docqa.documents.pdf.engines import TextQuality
from docqa.documents.pdf.unreadable import is_garbled
from docqa.errors import DocqaError

PageFault = Literal["", "blank", "picture", "garbled", "incomplete"]
"""What is wrong with the text of a page: nothing is drawn on it; something is, but no text; the text is not that of
the page; letters are missing."""

_VISIBLE = re.compile(r"[^\s\x00-\x1f\x7f-\x9f]")

_SCAN_HINT = "it may be a scan; run it through OCR first, for example `ocrmypdf in.pdf out.pdf`"
_FORCE_HINT = "run it through OCR, for example `ocrmypdf --force-ocr in.pdf out.pdf`"
_OTHER_LETTERS = "the file names other letters than it shows"
_NO_LETTERS = "the file does not name the letters that it shows"


def page_fault(text: str, quality: TextQuality) -> PageFault:
    """What is wrong with a page's text, as the engine returned it."""
    if not _VISIBLE.search(text):
        if quality.unmapped >= 0.5:
            return "garbled"
        return "blank" if quality.is_blank else "incomplete" if quality.loses_letters else "picture"
    if is_garbled(text, quality.unmapped):
        return "garbled"
    return "incomplete" if quality.loses_letters else ""


class PageFaults:
    """What is wrong with the pages of a document, in words. Pages count from 1."""

    def __init__(self, faults: Sequence[PageFault]) -> None:
        self._count = len(faults)
        pages: dict[PageFault, list[int]] = defaultdict(list)
        for page, fault in enumerate(faults, 1):
            pages[fault].append(page)
        self.garbled = frozenset(pages["garbled"])
        self._pages = pages

    @property
    def all_unread(self) -> bool:
        """Whether no page can be read."""
        return not self._pages[""] and not self._pages["incomplete"]

    def as_error(self, name: str) -> DocqaError:
        """Why nothing in the document of this name can be read."""
        if self.garbled:
            return DocqaError(f"the text of {name} can't be read: {_OTHER_LETTERS}", _FORCE_HINT)
        if self._pages["incomplete"]:
            return DocqaError(f"the text of {name} can't be read: {_NO_LETTERS}", _FORCE_HINT)
        where = "its only page" if self._count == 1 else f"any of its {self._count:,} pages"
        if not self._pages["picture"]:
            return DocqaError(
                f"{name} has nothing on {where}", "it is blank or damaged: open and save it again in a PDF viewer"
            )
        return DocqaError(f"{name} has no text layer on {where}", _SCAN_HINT)

    def warnings(self) -> Iterator[str]:
        """What the user should know about a document of which some pages can be read. Blank pages are as they are."""
        garbled, incomplete, pictures = (self._pages[fault] for fault in ("garbled", "incomplete", "picture"))
        if garbled:
            yield f"the text of {page_ranges(garbled)} can't be read: {_OTHER_LETTERS}; {_FORCE_HINT}"
        if incomplete:
            yield f"letters are missing from the text of {page_ranges(incomplete)}; {_FORCE_HINT}"
        if pictures:
            verb = "has" if len(pictures) == 1 else "have"
            hint = f"; {_SCAN_HINT}" if len(pictures) > self._count // 4 else ""
            yield f"{page_ranges(pictures)} {verb} no text{hint}"


def page_ranges(pages: Sequence[int]) -> str:
    """Ascending pages in words: "page 3", "pages 3, 7–9"."""
    runs = [
        [page for _, page in run]
        for _, run in groupby(enumerate(pages), key=lambda numbered: numbered[1] - numbered[0])
    ]
    parts = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    if len(parts) > 5:
        parts = [*parts[:4], "…", parts[-1]]
    return f"{'page' if len(pages) == 1 else 'pages'} {', '.join(parts)}"
