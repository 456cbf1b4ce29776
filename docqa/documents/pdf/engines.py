"""The interface between a PDF library and the page layout, and the engines that implement it.

An engine is one module and one line in `ENGINES`, which are tried in order. Only its module uses the library's handles;
everything else sees `PdfFile`. Worker processes import this module, so it must stay cheap.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol


class TextFragment(NamedTuple):
    """A run of text in one row of one column, in points; y grows downwards from the top of the page as displayed."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    """Height of the type."""
    row: int
    """Fragments that the file places in one row have the same number."""
    hyphen: bool
    """Whether a hyphen was removed at the end: the last word continues in the next row."""
    raised: bool = False
    """Whether it is a superscript."""
    bold: bool = False
    fixed_pitch: bool = False
    slanted: bool = False
    """Whether it is not parallel to the page's other text: a watermark, a vertical note in the margin."""
    style: str = ""
    """Font and colour: headings often differ from the text in these alone."""


class Rule(NamedTuple):
    """A straight line, or a filled or outlined rectangle, in points; y grows downwards."""

    x0: float
    top: float
    x1: float
    bottom: float


class TextQuality(NamedTuple):
    """How far the text of a page can be trusted."""

    unmapped: float = 0.0
    """Share of its characters for which the file names no Unicode character, 0 to 1."""
    loses_letters: bool = False
    """Whether letters are displayed that the engine does not return."""
    is_blank: bool = False
    """Whether nothing is drawn on the page."""


class PageContent(NamedTuple):
    """What is on a page as displayed: text in the order of the file, rules, width and height in points."""

    fragments: list[TextFragment]
    rules: list[Rule]
    width: float
    height: float
    comments: Sequence[str] = ()
    """What readers noted on it, one line each."""
    quality: TextQuality = TextQuality()


class XfaForm(NamedTuple):
    """A form in XML, besides or instead of the pages."""

    is_dynamic: bool
    """Whether the pages are drawn from the XML alone."""
    data: bytes
    """The XML with the values."""


class OutlineEntry(NamedTuple):
    """An outline entry: nesting level (0 is outermost), page index from 0, and distance from the page's top."""

    title: str
    level: int
    page: int
    top: float | None


class PdfFile(Protocol):
    """An open PDF. Pages are numbered from 0. Text may be as raw as the file has it; the layout cleans it."""

    @property
    def page_count(self) -> int:
        """Number of pages."""
        ...

    @property
    def title(self) -> str:
        """Title in the metadata, "" if missing."""
        ...

    @property
    def encrypted(self) -> bool:
        """Whether the file is encrypted, with or without a password."""
        ...

    def page_labels(self) -> Sequence[str]:
        """The label of each page, "" where the file has none."""
        ...

    def outline(self) -> Sequence[OutlineEntry]:
        """The outline entries that lead to a page, in order."""
        ...

    def content(self, page: int) -> PageContent | None:
        """What is on a page, or None if the page is damaged."""
        ...

    def attachments(self) -> Sequence[str]:
        """The names of embedded files."""
        ...

    def xfa(self) -> XfaForm | None:
        """The XFA form, None if there is none."""
        ...


class OpenPdf(Protocol):
    """Opens a PDF from its bytes, and closes it on exit. It may hold a lock meanwhile."""

    def __call__(self, data: bytes, password: str | None) -> AbstractContextManager[PdfFile]:
        """Open the file. Raises `PdfEngineError` on entry, or later from any method of the `PdfFile`."""
        ...


class PdfEngineError(Exception):
    """The engine cannot read the file."""


class PasswordRejectedError(PdfEngineError):
    """The file needs a password, and none or a wrong one was given."""


class UnsupportedEncryptionError(PdfEngineError):
    """The file is encrypted by a method that the engine does not support."""


class PdfEngine(NamedTuple):
    """A PDF library: its name for messages, and its `OpenPdf` as "package.module:name"."""

    name: str
    open: str
    version: int = 1
    """Part of the index's key: increment it when the engine's output changes."""


# In the order in which they are tried.
ENGINES = (
    PdfEngine("PDFium", "docqa.documents.pdf.pdfium_engine:open_pdf"),
    PdfEngine("pypdf", "docqa.documents.pdf.pypdf_engine:open_pdf"),
)


def engine_versions() -> list[tuple[str, int]]:
    """The engines in order, with their versions: part of the index's key, since another engine reads another text."""
    return [(engine.name, engine.version) for engine in ENGINES]
