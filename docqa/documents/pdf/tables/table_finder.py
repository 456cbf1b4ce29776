"""Tables on a page (pure): the ruled ones, then those whose columns are only aligned.

The method is that of Nurminen, "Algorithmic Extraction of Data in Tables in PDF Documents" (2013), which pdfplumber,
Camelot and Tabula follow: edges come from what is drawn and from how text is aligned, cells from the edges.
A wrong table does more harm than a missed one, since it cuts sentences: in doubt there is none.
"""

from docqa.documents.pdf.engines import PageContent, TextFragment
from docqa.documents.pdf.tables.aligned_tables import aligned_tables
from docqa.documents.pdf.tables.page_table import PageTable, text_rows
from docqa.documents.pdf.tables.ruled_tables import ruled_tables

_MIN_RULES = 3
_MIN_GAPS = 3
_MIN_LETTER_BOXES = 30


def find_tables(content: PageContent) -> tuple[list[PageTable], list[TextFragment]]:
    """The tables of a page, top to bottom, and the fragments that are in none, in the order of the file."""
    fragments = [fragment for fragment in content.fragments if not fragment.slanted and fragment.text.strip()]
    rows = text_rows(fragments)
    if len(content.rules) < _MIN_RULES and sum(len(row) > 1 for row in rows) < _MIN_GAPS:
        return [], content.fragments
    found = ruled_tables(content, fragments)
    if found:
        taken = {id(fragment) for table in found for fragment in table.fragments}
        rows = text_rows([fragment for fragment in fragments if id(fragment) not in taken])
    if not _is_form(content):
        found += aligned_tables(rows, content)
    if not found:
        return [], content.fragments
    taken = {id(fragment) for table in found for fragment in table.fragments}
    found.sort(key=lambda table: table.table.top)
    rest = [fragment for fragment in content.fragments if id(fragment) not in taken]
    return [table.table for table in found], rest


def _is_form(content: PageContent) -> bool:
    """Whether a page has boxes for single letters: it is a form, whose fields are aligned, too."""
    boxes = sum(6 < r.x1 - r.x0 < 26 and 6 < r.bottom - r.top < 26 for r in content.rules)
    return boxes >= _MIN_LETTER_BOXES
