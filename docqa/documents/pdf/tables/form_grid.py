"""Forms among the grids of a page (pure)."""

from docqa.documents.pdf.tables.page_table import PageTable, is_numeric


def is_form(table: PageTable) -> bool:
    """Whether a grid is a form to fill in: its cells are labels, which are in no common columns."""
    texts = {
        id(cell): " ".join(fragment.text for line in cell.lines for fragment in line).strip() for cell in table.cells
    }
    labels = [cell for cell in table.cells if texts[id(cell)].endswith(":")]
    if len(labels) > 0.5 * len(table.cells) and len({cell.column for cell in labels}) > 1:
        return True
    if any(is_numeric(text) for text in texts.values()):
        return False
    columns = max(cell.column + cell.column_span for cell in table.cells)
    filled: dict[int, int] = {}
    for cell in table.cells:
        if cell.column_span == cell.row_span == 1:
            filled[cell.row] = filled.get(cell.row, 0) + 1
    spanning = sum(cell.column_span > 1 or cell.row_span > 1 for cell in table.cells)
    return spanning > 0.3 * len(table.cells) and sum(count == columns for count in filled.values()) < 2
