"""Tables (placeholder until table recognition is merged)."""

from typing import NamedTuple

from docqa.documents.pdf.engines import PageContent, TextFragment


class TableCell(NamedTuple):
    row: int
    column: int
    row_span: int
    column_span: int
    lines: list[list[TextFragment]]


class PageTable(NamedTuple):
    x0: float
    top: float
    x1: float
    bottom: float
    header_rows: int
    header_columns: int
    cells: list[TableCell]


def find_tables(content: PageContent) -> tuple[list[PageTable], list[TextFragment]]:
    return [], content.fragments
