"""Tables that go on over a page's end are one table (pure)."""

from docqa.documents.pdf.lines import LayoutLine, LineBlock

_SAME_EDGE = 6.0  # Points.


def join_continued(blocks: list[LineBlock]) -> list[LineBlock]:
    """Join each table at the top of a page with the one that it continues; repeated headings become a header."""
    joined: list[LineBlock] = []
    table: LineBlock | None = None  # The one before, if nothing but repeated headings followed it.
    for block in blocks:
        if table and block.kind == "table" and _continues(table, block):
            headings, rows = _without_headings(table, block.lines)
            if headings:
                joined.append(LineBlock("header", headings))
            offset = table.lines[-1].row + 1 - rows[0].row if rows else 0
            for line in rows:
                table.glue.append("\n")
                table.lines.append(line._replace(row=line.row + offset))
            continue
        joined.append(block)
        table = block if block.kind == "table" else None
    return joined


def _continues(above: LineBlock, below: LineBlock) -> bool:
    last, first = above.lines[-1], below.lines[0]
    return (
        first.page == last.page + 1
        and abs(first.left - last.left) < _SAME_EDGE
        and abs(first.right - last.right) < _SAME_EDGE
        and _columns(above.lines) == _columns(below.lines)
    )


def _columns(lines: list[LayoutLine]) -> int:
    return max(column + span for line in lines for column, _, span, _ in line.row_cells)


def _without_headings(table: LineBlock, lines: list[LayoutLine]) -> tuple[list[LayoutLine], list[LayoutLine]]:
    """Split the rows of a continuation into headings that the table has already, and the others."""
    headings = [line.text for line in table.lines if line.row < table.lines[0].header_rows]
    count = len(headings)
    repeated = count > 0 and [line.text for line in lines[:count]] == headings
    return (lines[:count], lines[count:]) if repeated else ([], lines)
