"""Pages drawn for the tests of tables: lines of text and rules, and what docqa finds there."""

from collections.abc import Callable
from io import BytesIO

from reportlab.pdfgen import canvas

from docqa.documents.pdf.engines import PageContent, TextFragment
from docqa.documents.pdf.pdfium_engine import open_pdf
from docqa.documents.pdf.tables import PageTable, find_aligned_tables, find_ruled_tables

Draw = Callable[[canvas.Canvas], None]
Grid = list[list[str]]

HERONS = (
    "The herons of the lower river build their nests in the first days of March, when the ice has gone and the boats",
    "of the harbour are still on land. They prefer the alders at the bend below the mill, where nobody disturbs them",
    "and where the water is shallow enough to wade. In the year of the survey the keeper counted thirty-one nests in",
    "all, four more than in the year before, and two of them stood on the roof of the old customs house at the quay.",
)


def find_tables(content: PageContent) -> tuple[list[PageTable], list[TextFragment]]:
    """The tables of a page, top to bottom, and the fragments that are in none."""
    ruled, rest = find_ruled_tables(content)
    aligned, rest = find_aligned_tables(rest)
    return sorted([*ruled, *aligned], key=lambda table: table.top), rest.fragments


def page(draw: Draw) -> tuple[list[PageTable], str]:
    """The tables of a page, and the text that is in none of them."""
    buffer = BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=(595, 842), invariant=1)
    draw(sheet)
    sheet.save()
    return first_page(buffer.getvalue())


def first_page(data: bytes) -> tuple[list[PageTable], str]:
    with open_pdf(data, None) as file:
        content = file.content(0)
    assert content
    tables, rest = find_tables(content)
    return tables, " ".join(" ".join(fragment.text for fragment in rest).split())


def grid(table: PageTable) -> Grid:
    rows = max(cell.row + cell.row_span for cell in table.cells)
    columns = max(cell.column + cell.column_span for cell in table.cells)
    found = [[""] * columns for _ in range(rows)]
    for cell in table.cells:
        text = " ".join(" ".join(fragment.text for line in cell.lines for fragment in line).split())
        for row in range(cell.row, cell.row + cell.row_span):
            for column in range(cell.column, cell.column + cell.column_span):
                assert not found[row][column], "cells overlap"
                found[row][column] = text
    return found


def write(sheet: canvas.Canvas, x: float, y: float, *lines: str, font: str = "Helvetica", size: float = 10) -> None:
    sheet.setFont(font, size)
    for number, line in enumerate(lines):
        sheet.drawString(x, 842 - y - 1.2 * size * number, line)


def rows(sheet: canvas.Canvas, xs: list[float], y: float, step: float, cells: Grid) -> None:
    """Write a grid of one-line cells."""
    for number, row in enumerate(cells):
        for x, text in zip(xs, row, strict=True):
            write(sheet, x, y + step * number, text)


def across(sheet: canvas.Canvas, x0: float, x1: float, *ys: float) -> None:
    for y in ys:
        sheet.line(x0, 842 - y, x1, 842 - y)


def down(sheet: canvas.Canvas, top: float, bottom: float, *xs: float) -> None:
    for x in xs:
        sheet.line(x, 842 - top, x, 842 - bottom)


BIRDS = [
    ["Bird", "2021", "2022", "2023"],
    ["Grey heron", "27", "31", "29"],
    ["Little egret", "4", "", "11"],
    ["Night heron", "0", "1", "3"],
]
COLUMNS = [80.0, 220.0, 300.0, 380.0]
