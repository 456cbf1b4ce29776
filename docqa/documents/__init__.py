"""Files to `Document`s: one module per format, registered in `docqa.extensions`."""

from docqa.documents.blocks import APART, Block, Blocks, Cell, Table
from docqa.documents.document import Document, Lines, Location, PageLine, Section
from docqa.documents.formats import parse
from docqa.documents.isolated import parse_isolated
from docqa.documents.loading import LeftOut, expand, read
from docqa.documents.source import STDIN, Source, display_name

__all__ = [
    "APART",
    "STDIN",
    "Block",
    "Blocks",
    "Cell",
    "Document",
    "LeftOut",
    "Lines",
    "Location",
    "PageLine",
    "Section",
    "Source",
    "Table",
    "display_name",
    "expand",
    "parse",
    "parse_isolated",
    "read",
]
