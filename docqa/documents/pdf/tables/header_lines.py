"""Where the headings above the rows of a table begin, without a grid (pure)."""

from itertools import pairwise

from docqa.documents.pdf.engines import Rule
from docqa.documents.pdf.tables.page_table import CAPTION, Chunk
from docqa.documents.pdf.tables.table_headings import may_head
from docqa.documents.pdf.tables.text_columns import ChunkedLine, Extent, column_place, columns_of, is_ruled

CENTERED = 5.0
"""Points that the middle of a heading may be from that of its columns."""

_MAX_HEADINGS = 4  # Lines.
_MIN_HEADED = 0.6  # Share of the columns.
_MAX_SECTIONS, _MAX_SECTION_GAP = 3, 2.5  # Lines; heights of type.


def header_start(lines: list[ChunkedLine], start: int, floor: int, columns: list[Extent], rules: list[Rule]) -> int:
    """Where the headings above a table begin: lines that its white space does not divide, or not alone."""
    left, right = columns[0].begin, columns[-1].end
    first = start = _above_sections(lines, start, floor, columns)
    for index in range(start - 1, max(floor, start - 5) - 1, -1):
        line = lines[index]
        limit = (
            2.5 if is_ruled(lines, index + 1, rules) or (index == start - 1 and _are_headings(line, columns)) else 0.9
        )
        if lines[index + 1].top - line.bottom > limit * line.size:
            break
        if line.chunks[0].x0 < left - line.size or line.chunks[-1].x1 > right + line.size:
            break
        if any(_is_caption(chunk, line) or chunk.text.count(" ") > 6 for chunk in line.chunks):
            break
        if len(line.chunks) == 1:
            begin, end = column_place(line.chunks[0], columns)
            text = line.chunks[0].text
            narrow = begin == end and not is_wider(line.chunks[0], columns[begin])
            headed = is_ruled(lines, index + 1, rules) and _is_below_rule(line, rules)
            if (begin == 0 and not headed) or (narrow and text.count(" ") > 2) or text[:1].islower():
                break
        if line.chunks[-1].text.rstrip().endswith(".") and " " in line.chunks[-1].text.strip():
            break
        first = index
    return first


def are_headings_of(lines: list[ChunkedLine], place: tuple[int, int], following: tuple[int, int]) -> bool:
    """Whether lines have only the headings of the columns of the lines that follow."""
    start, end = place
    if end - start > _MAX_HEADINGS or not all(may_head(c.text) for line in lines[start:end] for c in line.chunks):
        return False
    begin, stop = following
    return _above_sections(lines, begin, 0, columns_of(lines[begin:stop])) == end - 1


def _above_sections(lines: list[ChunkedLine], start: int, floor: int, columns: list[Extent]) -> int:
    """Where the headings of columns are if only the headings of sections stand between them and the first row."""
    if all(may_head(chunk.text) for chunk in lines[start].chunks[1:]):
        return start
    for index in range(start - 1, max(floor, start - _MAX_SECTIONS - 1) - 1, -1):
        line = lines[index]
        if lines[index + 1].top - line.bottom > _MAX_SECTION_GAP * line.size:
            break
        if len(line.chunks) > 1:
            return index if index < start - 1 and _are_over_columns(line, columns) else start
        if column_place(line.chunks[0], columns) != (0, 0) and not line.chunks[0].text.startswith("("):
            break  # "(In millions)" may stand below the headings.
    return start


def _are_over_columns(line: ChunkedLine, columns: list[Extent]) -> bool:
    """Whether the chunks of a line, but for one on the left, are over most columns, each over one or two of its own."""
    places = [column_place(chunk, columns) for chunk in line.chunks]
    over = [place for place in places if place[0]]
    if not all(may_head(chunk.text) for chunk in line.chunks) or any(last - first > 1 for first, last in places):
        return False
    if any(before[1] >= after[0] for before, after in pairwise(places)):
        return False
    return sum(last - first + 1 for first, last in over) >= _MIN_HEADED * (len(columns) - 1)


def _is_below_rule(line: ChunkedLine, rules: list[Rule]) -> bool:
    chunk = line.chunks[0]
    return any(-line.size < rule.top - line.top <= 2 and rule.x0 < chunk.x1 and rule.x1 > chunk.x0 for rule in rules)


def _are_headings(line: ChunkedLine, columns: list[Extent]) -> bool:
    """Whether each chunk of a line above a gap stands over a column: words, or years."""
    if len(line.chunks) < len(columns) - 1 or len(line.chunks) < 2:
        return False
    for chunk in line.chunks:
        first, last = column_place(chunk, columns)
        if first != last or not may_head(chunk.text):
            return False
        begin, end = columns[first]
        middle = (chunk.x0 + chunk.x1 - begin - end) / 2
        if min(abs(chunk.x0 - begin), abs(chunk.x1 - end), abs(middle)) > CENTERED:
            return False
    return True


def _is_caption(chunk: Chunk, line: ChunkedLine) -> bool:
    """Whether a chunk begins a caption: a column may be headed "Note"."""
    return CAPTION.match(chunk.text) is not None and (len(line.chunks) == 1 or " " in chunk.text)


def is_wider(chunk: Chunk, column: Extent) -> bool:
    return chunk.x0 < column.begin - CENTERED and chunk.x1 > column.end + CENTERED
