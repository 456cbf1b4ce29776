"""Small PDFs for the tests of the layout: each line of text at a place that the test gives."""

import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from docqa.documents.pdf.engines import PageContent
from docqa.documents.pdf.lines import LayoutLine
from docqa.documents.pdf.pdfium_engine import open_pdf
from docqa.documents.pdf.reading_order import page_lines


class Text(NamedTuple):
    """A line of text; `y` is the baseline's distance from the page's top, in points."""

    y: float
    text: str
    x: float = 60
    size: float = 11
    font: str = "Times-Roman"


def draw_pages(path: Path, pages: Iterable[Iterable[Text]], encrypt: str | None = None) -> Path:
    """Draw a PDF of A4 pages; `encrypt` is a password that opens it."""
    sheet = canvas.Canvas(str(path), pagesize=A4, invariant=1, encrypt=encrypt)
    for page in pages:
        for y, text, x, size, font in page:
            sheet.setFont(font, size)
            sheet.drawString(x, A4[1] - y, text)
        sheet.showPage()
    sheet.save()
    return path


def edited(path: Path, edit: Callable[[PdfWriter], None]) -> Path:
    """The PDF, changed by pypdf."""
    writer = PdfWriter(clone_from=PdfReader(path))
    edit(writer)
    writer.write(path)
    return path


def appearance(content: bytes, width: int, height: int, **resources: DictionaryObject) -> StreamObject:
    """What an annotation looks like: a drawing of this size."""
    look = StreamObject()
    look.set_data(content)
    look.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject(map(NumberObject, (0, 0, width, height))),
        }
    )
    if resources:
        look[NameObject("/Resources")] = DictionaryObject(
            {NameObject(f"/{name}"): resource for name, resource in resources.items()}
        )
    return look


def page_contents(path: Path) -> list[PageContent]:
    """What PDFium finds on each page."""
    with open_pdf(path.read_bytes(), None) as file:
        return [content for page in range(file.page_count) if (content := file.content(page))]


def lines_of(path: Path) -> tuple[list[LayoutLine], int, list[float]]:
    """The lines of a document, the number of its pages and their heights."""
    contents = page_contents(path)
    lines = [line for page, content in enumerate(contents, 1) for line in page_lines(content, page)]
    return lines, len(contents), [content.height for content in contents]


_WORDS = (
    *("the", "harbour", "was", "dredged", "in", "spring", "and", "again", "before"),
    *("storms", "of", "autumn", "came", "over", "its", "bar", "from", "west"),
)


def prose(top: float, count: int, first: str, x: float = 60) -> list[Text]:
    """Lines of running text, one below the other, that begin with `first`: another beginning, other lines."""
    shuffled = random.Random(first)
    text = [" ".join(shuffled.choices(_WORDS, k=14)) for _ in range(count)]
    return [Text(top + 14 * i, f"{first} {line}" if i == 0 else line, x) for i, line in enumerate(text)]
