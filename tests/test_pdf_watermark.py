"""Watermarks and slanted text are taken out of the lines that they lie over."""

from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas
from support.drawn import Text, draw_pages, page_contents, prose
from support.samples import SHARED

from docqa.documents.pdf.reading_order import page_lines
from docqa.documents.pdf.watermark import without_watermarks

LINES = prose(200, 12, "The bar")


def sheet(path: Path, watermark: Callable[[canvas.Canvas], None]) -> Path:
    """A page of prose with something drawn before it."""
    page = canvas.Canvas(str(path), pagesize=A4, invariant=1)
    page.saveState()
    page.setFillGray(0.85)
    watermark(page)
    page.restoreState()
    for y, text, x, size, font in LINES:
        page.setFont(font, size)
        page.drawString(x, A4[1] - y, text)
    page.save()
    return path


def read(path: Path) -> tuple[list[str], list[str]]:
    """The lines of the first page, and what was taken out of it."""
    content, taken = without_watermarks(page_contents(path)[0])
    return [line.text for line in page_lines(content, 1)], [fragment.text.strip() for fragment in taken]


def large(angle: float, x: float, y: float) -> Callable[[canvas.Canvas], None]:
    def draw(page: canvas.Canvas) -> None:
        page.setFont("Helvetica-Bold", 90)
        page.translate(x, A4[1] - y)
        page.rotate(angle)
        page.drawString(0, 0, "DRAFT")

    return draw


@pytest.mark.parametrize(("angle", "y"), [(45, 400), (30, 350), (0, 290)])
def test_a_word_across_the_page(tmp_path: Path, angle: float, y: float) -> None:
    assert read(sheet(tmp_path / "a.pdf", large(angle, 90, y))) == ([line.text for line in LINES], ["DRAFT"])


def test_a_note_up_the_margin(tmp_path: Path) -> None:
    def draw(page: canvas.Canvas) -> None:
        page.setFont("Helvetica", 9)
        page.translate(30, 200)
        page.rotate(90)
        page.drawString(0, 0, "Downloaded by the Harbour Library")

    lines, taken = read(sheet(tmp_path / "a.pdf", draw))
    assert (lines, taken) == ([line.text for line in LINES], ["Downloaded by the Harbour Library"])


def test_titles_and_initials_stay(tmp_path: Path) -> None:
    page = [Text(80, "DRAFT", 60, 60), *prose(120, 5, "The bar"), Text(260, "O", 60, 60), *prose(220, 4, "n a", 110)]
    assert read(draw_pages(tmp_path / "a.pdf", [page]))[1] == []


WATERMARK = SHARED / "bugs/inputs/watermark.pdf"


@pytest.mark.skipif(not WATERMARK.exists(), reason="the shared inputs are not next to this checkout")
def test_the_watermark_of_a_bug_report() -> None:
    lines, taken = read(WATERMARK)
    assert taken == ["DRAFT"]
    assert "to the vendor not later than" in " ".join(lines)
