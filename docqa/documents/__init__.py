"""Files to `Document`s: one module per format, registered in `docqa.extensions`."""

from docqa.documents.document import Document, Lines, Location, PageLine, Section
from docqa.documents.formats import parse
from docqa.documents.loading import expand, read
from docqa.documents.source import STDIN, Source

__all__ = ["STDIN", "Document", "Lines", "Location", "PageLine", "Section", "Source", "expand", "parse", "read"]
