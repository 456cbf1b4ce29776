"""What stands on the pages of a PDF, by other libraries than the one that docqa reads it with: pypdf, then poppler."""

import logging
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Literal

from pypdf import PageObject, PdfReader

_IGNORED = re.compile(r"[\s\u00ad\u200b-\u200d\u2060\ufeff\ufffd\x00-\x1f-]+")
_DASHES = re.compile(r"[\u2010-\u2015\u2212\u207b]")
_WORD = re.compile(r"[^\W_]+")
_CELL_BREAK = re.compile(r"\s*\n\s*|\s{2,}")


class Place(StrEnum):
    """Where a text was found, looked for in this order."""

    PAGE = "on its page, by pypdf"
    POPPLER = "on its page, by poppler alone"
    FORM = "the value of a form's field"
    CELLS = "its cells on its page, not in a row"
    WORDS = "its words on its page, not in a row"
    ELSEWHERE = "on another page"
    NOWHERE = "nowhere"


def letters(text: str) -> str:
    """The text without what two libraries may write differently: white space, hyphens, ligatures, raised digits."""
    return _IGNORED.sub("", _DASHES.sub("-", unicodedata.normalize("NFKC", text)))


class SecondPath:
    """The pages of one PDF."""

    def __init__(self, file: Path, password: str | None = None) -> None:
        logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # What it says of damaged files is not about docqa.
        self._file, self._password = file, password
        self._reader = PdfReader(file, password=password)
        self._plain = [letters(_extract(page, "plain")) for page in self._reader.pages]
        self._layout: dict[int, str] = {}
        self._forms: dict[int, str] = {}

    def find(self, text: str, page: int) -> Place:
        """Where a text stands that is cited as of a page, counted from 1."""
        wanted = letters(text)
        if any(wanted in reading for reading in self._readings(page)):
            return Place.PAGE
        if wanted in self._poppler[page - 1]:
            return Place.POPPLER
        if wanted in self._form(page):
            return Place.FORM
        readings = [*self._readings(page), self._poppler[page - 1], self._form(page)]
        if all(any(letters(cell) in reading for reading in readings) for cell in _CELL_BREAK.split(text)):
            return Place.CELLS
        others = [other for number, other in enumerate(self._plain, 1) if number != page]
        if any(wanted in other for other in others):
            return Place.ELSEWHERE
        words = [letters(word) for word in _WORD.findall(unicodedata.normalize("NFKC", text))]
        return Place.WORDS if all(any(word in reading for reading in readings) for word in words) else Place.NOWHERE

    def pages_with(self, text: str) -> int:
        """The number of pages that have a text: the more, the less a check of it says."""
        wanted = letters(text)
        return sum(wanted in page for page in self._plain)

    def _readings(self, page: int) -> Iterator[str]:
        """Yield the text of a page as pypdf gives it, in the file's order, then as it is laid out."""
        yield self._plain[page - 1]
        if page not in self._layout:
            self._layout[page] = letters(_extract(self._reader.pages[page - 1], "layout"))
        yield self._layout[page]

    def _form(self, page: int) -> str:
        """The values of the fields on a page, and the texts of its annotations."""
        if page not in self._forms:
            values = []
            for annotation in self._reader.pages[page - 1].annotations or []:
                field = annotation.get_object()
                while field is not None:
                    values += [str(field[key].get_object()) for key in ("/V", "/Contents") if key in field]
                    field = field.get("/Parent")
                    field = field.get_object() if field is not None else None
            self._forms[page] = letters(" ".join(values))
        return self._forms[page]

    @cached_property
    def _poppler(self) -> list[str]:
        """The text of each page by poppler, in reading order and in the file's; empty if it isn't installed."""
        pages = [""] * len(self._plain)
        for order in ("-layout", "-raw"):
            password = ("-upw", self._password) if self._password else ()
            try:
                command = ["pdftotext", order, *password, "-enc", "UTF-8", str(self._file), "-"]
                process = subprocess.run(command, capture_output=True, check=False)
            except FileNotFoundError:
                return pages
            for number, text in enumerate(process.stdout.decode("utf-8", "replace").split("\f")[: len(pages)]):
                pages[number] += letters(text) + "\n"
        return pages


def _extract(page: PageObject, mode: Literal["plain", "layout"]) -> str:
    """The text of a page, "" where pypdf fails."""
    try:
        return page.extract_text(extraction_mode=mode)
    except Exception:  # noqa: BLE001 - another library's, on any file
        return ""
