"""Tables on the pages of a PDF."""

from docqa.documents.pdf.tables.page_table import PageTable, TableCell
from docqa.documents.pdf.tables.table_finder import find_aligned_tables, find_ruled_tables

__all__ = ["PageTable", "TableCell", "find_aligned_tables", "find_ruled_tables"]
