"""Where the lines of a table begin and end, by the white space that runs down them (pure).

After Nurminen (2013): white space that runs down several lines divides columns.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from docqa.documents.pdf.engines import Rule
from docqa.documents.pdf.tables.page_table import CAPTION, NUMBERED_CAPTION, Chunk, right_of_digits
from docqa.documents.pdf.tables.table_headings import may_head
from docqa.documents.pdf.tables.text_columns import ChunkedLine, is_ruled

_MAX_LEADING = 2.5  # Heights of type between two rows of a table.
_INTRODUCES = re.compile(r"\b(?:follows|following|below)\b[^:]*:$")
_RIVER = 0.5  # Heights of type: narrower white space divides no columns.
_LARGER = 1.2  # Than the type of a table is that of a heading.
_ALIGNED = 5.0  # Points.
_MAX_HEADINGS, _SECTION_GAP = 3, 4.0  # Of sections: lines; heights of type.
_MAX_INDENT = 20.0  # Points.
_MAX_SINGLE = 8  # Lines of one cell that follow each other, but for the rest of a wrapped cell.

_River = tuple[float, float]
"""White space that runs down lines: where it begins, and where it ends."""


def runs(lines: list[ChunkedLine], rules: list[Rule]) -> list[tuple[int, int]]:
    """Where runs of lines through which the same white space runs begin and end."""
    found: list[tuple[int, int]] = []
    index = 0
    while index < len(lines):
        if len(lines[index].chunks) < 2 or CAPTION.match(lines[index].chunks[0].text):
            index += 1
            continue
        end = _run(lines, index)
        if end - index >= 2:
            found.extend(_near(lines, index, end, rules))
            index = end
        else:
            index += 1
    return found


def statements(lines: list[ChunkedLine], places: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The runs of lines; before those that may be the sections of one statement, the whole."""
    parts: list[tuple[int, int]] = []
    for place in places:
        if parts and not _are_sections(lines, parts[-1], place):
            yield from _with_whole(parts)
            parts = []
        parts.append(place)
    yield from _with_whole(parts)


def _with_whole(parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(parts[0][0], parts[-1][1]), *parts] if len(parts) > 1 else parts


def _are_sections(lines: list[ChunkedLine], above: tuple[int, int], below: tuple[int, int]) -> bool:
    """Whether two runs are sections of one statement: nothing but headings on the left is between them.

    Numbers stand in the same columns, two or more, above and below.
    """
    (first, end), (start, stop) = above, below
    if start - end > _MAX_HEADINGS or any(len(line.chunks) > 1 for line in lines[end:start]):
        return False
    left = min(line.chunks[0].x0 for line in lines[first:end])
    for previous, line in pairwise(lines[end - 1 : start + 1]):
        chunk = line.chunks[0]
        if line.top - previous.bottom > _SECTION_GAP * line.size or chunk.x0 > left + _MAX_INDENT:
            return False
    return not _are_words(lines[start]) and _same_amounts(lines[first:end], lines[start:stop])


def _near(lines: list[ChunkedLine], start: int, end: int, rules: list[Rule]) -> Iterator[tuple[int, int]]:
    """Cut a run where the distance is much larger than between its other lines, but at a rule."""
    steps = [b.top - a.bottom for a, b in pairwise(lines[start:end])]
    wide = steps
    if any(step > 1.5 * lines[index].size for index, step in enumerate(steps, start + 1)):
        wide = [0.0 if is_ruled(lines, index, rules) else step for index, step in enumerate(steps, start + 1)]
    for index, step in enumerate(wide, start + 1):
        if index - start > 1 and _are_new_headings(lines, start, index):
            yield start, _above_headings(lines, start, index)
            start = index
        elif step > 1.5 * lines[index].size and not _is_usual(step, wide):
            new = len(lines[index].chunks) > 2 and _are_words(lines[index])  # Headings of their own.
            narrow = step < _MAX_LEADING * lines[index].size
            if not new and narrow and _same_amounts(lines[start:index], lines[index:end]):
                continue
            if index - start >= 2:
                yield start, index
            start = index
    if end - start >= 2:
        yield start, end


def _are_new_headings(lines: list[ChunkedLine], start: int, index: int) -> bool:
    """Whether a line without a label has words below the numbers of each of its columns: those of the next table."""
    line = lines[index]
    if len(line.chunks) < 2 or not all(may_head(chunk.text) for chunk in line.chunks):
        return False
    above = next((other for other in reversed(lines[start:index]) if len(other.chunks) > 1), line)
    numbers = [chunk for chunk in above.chunks[1:] if not may_head(chunk.text)]
    if line.chunks[0].x0 < above.chunks[0].x1:
        return False
    return all(any(chunk.x0 < other.x1 and other.x0 < chunk.x1 for other in numbers) for chunk in line.chunks)


def _above_headings(lines: list[ChunkedLine], start: int, index: int) -> int:
    """Where the lines above new headings end, without what stands over several of these: nearer to them than above."""
    end = index
    while end - start > 2 and len(lines[end - 1].chunks) == 1:
        above, line, below = lines[end - 2 : end + 1]
        if line.chunks[0].x0 < above.chunks[0].x1 or below.top - line.bottom > line.top - above.bottom:
            break
        end -= 1
    return end


def _is_usual(step: float, steps: list[float]) -> bool:
    return sum(other > 0.75 * step for other in steps) > max(1, 0.2 * len(steps))


def _are_words(line: ChunkedLine) -> bool:
    """Whether a line may have the headings of columns: what follows the first chunk is no number."""
    return all(may_head(chunk.text) for chunk in line.chunks[1:])


def _same_amounts(above: list[ChunkedLine], below: list[ChunkedLine]) -> bool:
    """Whether numbers stand in the same columns, two or more, above and below a gap: sections of one table."""
    upper, lower = _rights(above), _rights(below)
    return len(lower) > 1 and all(any(abs(right - other) < _ALIGNED for other in upper) for right in lower)


def _rights(lines: list[ChunkedLine]) -> list[float]:
    """Where the columns of numbers end that most lines with numbers have."""
    rows = [numbers for line in lines if (numbers := [*filter(_is_amount, line.chunks[1:])])]
    columns: list[list[float]] = []
    for right in sorted(right_of_digits(number) for numbers in rows for number in numbers):
        if columns and right - columns[-1][-1] < _ALIGNED:
            columns[-1].append(right)
        else:
            columns.append([right])
    return [column[-1] for column in columns if len(column) > 0.5 * len(rows)]


def _is_amount(chunk: Chunk) -> bool:
    return not may_head(chunk.text) and not chunk.text[0].isalpha()


def _run(lines: list[ChunkedLine], start: int) -> int:
    """Where a run of lines ends that begins at `start`."""
    first = lines[start]
    rivers = _gaps(first)
    left, right = first.chunks[0].x0, first.chunks[-1].x1
    end, single = start + 1, 0
    for index in range(start + 1, len(lines)):
        previous, line = lines[index - 1], lines[index]
        if line.top - previous.bottom > _MAX_LEADING * min(previous.size, line.size):
            break
        if len(line.chunks) == 1 and _stands_alone(line, max(first.size, previous.size)):
            break
        if len(line.chunks) > 1:
            narrowed = _intersect(rivers, line)
            if not narrowed or _same_texts(line, first):
                break
            rivers, end, single = narrowed, index + 1, 0
            left, right = min(left, line.chunks[0].x0), max(right, line.chunks[-1].x1)
            continue
        chunk = line.chunks[0]
        wrapped = chunk.x0 > rivers[0][0] and line.top - previous.bottom < 0.7 * line.size
        single += not wrapped
        crosses = any(chunk.x0 < begin and chunk.x1 > end for begin, end in rivers)
        if single > _MAX_SINGLE or (crosses and (single > 1 or line.size > 1.15 * first.size)):
            break
        if crosses and chunk.x1 - chunk.x0 > 0.6 * (right - left):
            # A row that is drawn as one string, or a line of prose.
            following = lines[index + 1 : index + 2]
            if line.top - previous.bottom > 0.7 * line.size or chunk.x0 < left - 1 or chunk.fragments[0].bold:
                break
            if not following or following[0].top - line.bottom > 0.7 * line.size:
                break
    # The last cell may be wrapped.
    while end < len(lines) and len(lines[end].chunks) == 1:
        previous, line = lines[end - 1], lines[end]
        chunk = line.chunks[0]
        if line.top - previous.bottom > 0.7 * line.size or chunk.x1 > right + line.size:
            break
        if not any(end <= chunk.x0 + 1 for _, end in rivers):
            break
        end += 1
    return end


def _stands_alone(line: ChunkedLine, size: float) -> bool:
    """Whether a line is the next table's caption, a sentence that introduces it, or a heading in larger type."""
    text = line.chunks[0].text
    is_caption = NUMBERED_CAPTION.match(text) is not None or (text[-1] == ":" and _INTRODUCES.search(text) is not None)
    return is_caption or line.size > _LARGER * size


def _same_texts(line: ChunkedLine, other: ChunkedLine) -> bool:
    """Whether a line has the words of another: the header of the next table."""
    return len(line.chunks) == len(other.chunks) and all(
        a.text == b.text for a, b in zip(line.chunks, other.chunks, strict=True)
    )


def _gaps(line: ChunkedLine) -> list[_River]:
    return [(a.x1, b.x0) for a, b in pairwise(line.chunks)]


def _intersect(rivers: list[_River], line: ChunkedLine) -> list[_River]:
    """What remains of the rivers beside the chunks of a line."""
    width = _RIVER * min(line.size, 12.0)
    chunks = line.chunks
    lefts = [float("-inf"), *[chunk.x1 for chunk in chunks]]
    rights = [*[chunk.x0 for chunk in chunks], float("inf")]
    remaining = []
    for begin, end in rivers:
        for left, right in zip(lefts, rights, strict=True):
            low, high = (begin if begin > left else left), (end if end < right else right)
            if high - low >= width:
                remaining.append((low, high))
    return remaining
