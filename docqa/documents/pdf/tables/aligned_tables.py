"""Tables without a grid: their columns are aligned, with white space between them (pure)."""

import re
from collections.abc import Iterator
from itertools import islice, pairwise
from typing import NamedTuple

from docqa.documents.pdf.engines import PageContent, Rule, TextFragment
from docqa.documents.pdf.glyph_widths import cut_near
from docqa.documents.pdf.tables.drawings import is_drawing
from docqa.documents.pdf.tables.group_headings import with_group_headings
from docqa.documents.pdf.tables.header_lines import CENTERED, are_headings_of, header_start, is_wider
from docqa.documents.pdf.tables.heading_places import with_heading_places
from docqa.documents.pdf.tables.page_strips import page_strips
from docqa.documents.pdf.tables.page_table import (
    CAPTION,
    Chunk,
    FoundTable,
    PageTable,
    TableCell,
    TextRow,
    chunks,
    is_numeric,
    table_cell,
    text_rows,
)
from docqa.documents.pdf.tables.table_evidence import has_table_rows, is_in_paragraph, may_be_table
from docqa.documents.pdf.tables.table_headings import make_table
from docqa.documents.pdf.tables.table_lines import runs, statements
from docqa.documents.pdf.tables.table_rows import headings_joined, logical_rows
from docqa.documents.pdf.tables.text_columns import (
    ChunkedLine,
    Extent,
    PlacedChunk,
    TableBody,
    column_place,
    columns_of,
    is_ruled,
    text_line,
)

_THIN, _MIN_RULE = 3.0, 40.0  # Points.
_TOUCHING = 1.0  # Points.
_MIN_BAND, _MIN_BANDS = 150.0, 3  # Points, and how many.
_MIN_KNOWN = 3  # Columns.
_MAX_SUM_GAP = 2.0  # Heights of type.
_MAX_HEADINGS = 4  # Lines.
_STRICT = 4.0  # Points.
_WORDS = 3  # For each column: what has more is a sentence, or the heading of all.
_NOTE_MARK, _NOTE_WORDS = re.compile(r"\(?[\da-z*†‡]{1,2}\)?$"), 4
_TYPED_RULE = re.compile(r"[-=_+|*~ ]{3,}$")


class _Found(NamedTuple):
    """A table, and where its lines begin and end."""

    begin: int
    end: int
    table: PageTable


class _Drawn(NamedTuple):
    """The horizontal lines of a page, and the upper and lower sides of its boxes."""

    rules: list[Rule]
    sides: list[Rule]
    bands: list[Rule]
    """The sides of boxes of one width that follow each other: shaded rows."""
    everything: list[Rule]


def aligned_tables(rows: list[TextRow], content: PageContent) -> list[FoundTable]:
    """The tables among rows of text that no grid encloses."""
    divided = (row for row in rows if len(row) > 1 and len(chunks(row)) > 1)
    if len(list(islice(divided, 2))) < 2:
        return []
    drawn = _horizontal_rules(content.rules)
    rules = drawn.rules
    tables: list[FoundTable] = []
    known: set[tuple[str, ...]] = set()
    for strip in page_strips(rows, rules, content.width, content.height):
        lines = [text_line(row) for row in strip]
        if sum(len(line.chunks) > 1 for line in lines) < 2:
            continue
        typed = [line for line in lines if all(map(_TYPED_RULE.match, (chunk.text for chunk in line.chunks)))]
        if typed:
            lines = [line for line in lines if line not in typed]
            rules.extend(Rule(line.chunks[0].x0, line.top, line.chunks[-1].x1, line.bottom) for line in typed)
        floor = 0
        places = runs(lines, [*rules, *drawn.bands])
        headings = {a for a, b in pairwise(places) if are_headings_of(lines, a, b)}
        for start, end in statements(lines, [place for place in places if place not in headings]):
            if end <= floor or is_in_paragraph(lines, start, end):
                continue
            found = _table(lines, (max(start, floor), end, floor), drawn, known)
            if found:
                first, floor, table = found
                if table.header_rows:
                    known.add(_texts(lines[first]))
                ruled = [line for line in typed if table.top <= line.top <= table.bottom + 10]
                members = [f for line in [*lines[first:floor], *ruled] for c in line.chunks for f in c.fragments]
                tables.append(FoundTable(table, members))
    return tables


def _horizontal_rules(rules: list[Rule]) -> _Drawn:
    """The horizontal lines, whole where they are drawn in pieces, and the upper and lower sides of boxes."""
    lines: list[Rule] = []
    sides: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (round(rule.top), rule.x0)):
        if rule.x1 - rule.x0 < 4:
            continue
        if rule.bottom - rule.top > _THIN:
            sides += [rule._replace(bottom=rule.top), rule._replace(top=rule.bottom)]
        elif lines and abs(rule.top - lines[-1].top) < 1 and rule.x0 < lines[-1].x1 + _THIN:
            lines[-1] = lines[-1]._replace(x1=max(lines[-1].x1, rule.x1))
        else:
            lines.append(rule)
    return _Drawn([rule for rule in lines if rule.x1 - rule.x0 > _MIN_RULE], sides, _bands(rules), rules)


def _bands(rules: list[Rule]) -> list[Rule]:
    columns: dict[tuple[int, int], list[Rule]] = {}
    for rule in _side_by_side([rule for rule in rules if rule.bottom - rule.top > _THIN]):
        if rule.x1 - rule.x0 > _MIN_BAND:
            columns.setdefault((round(rule.x0 / 2), round(rule.x1 / 2)), []).append(rule)
    sides: list[Rule] = []
    for boxes in columns.values():
        boxes.sort(key=lambda box: box.top)
        for stack in _stacks(boxes):
            if len(stack) >= _MIN_BANDS:
                sides += [box._replace(bottom=box.top) for box in stack]
                sides += [box._replace(top=box.bottom) for box in stack]
    return sides


def _side_by_side(boxes: list[Rule]) -> list[Rule]:
    """The boxes, those that touch side by side as one: rows are shaded cell by cell."""
    joined: list[Rule] = []
    for box in sorted({*boxes}, key=lambda box: (round(box.top), round(box.bottom), box.x0)):
        last = joined[-1] if joined else box
        level = abs(box.top - last.top) < 1 and abs(box.bottom - last.bottom) < 1
        if joined and level and box.x0 < last.x1 + _TOUCHING:
            joined[-1] = last._replace(x1=max(last.x1, box.x1))
        else:
            joined.append(box)
    return joined


def _stacks(boxes: list[Rule]) -> Iterator[list[Rule]]:
    """Boxes that follow each other, one below the other, without overlapping, and with at most one row between two."""
    stack = boxes[:1]
    for box in boxes[1:]:
        last = stack[-1]
        if -1 < box.top - last.bottom < 1.2 * max(box.bottom - box.top, last.bottom - last.top):
            stack.append(box)
        elif box.bottom - last.bottom > 1:
            yield stack
            stack = [box]
    yield stack


def _texts(line: ChunkedLine) -> tuple[str, ...]:
    return tuple([chunk.text for chunk in line.chunks])


def _table(
    lines: list[ChunkedLine], place: tuple[int, int, int], drawn: _Drawn, known: set[tuple[str, ...]]
) -> _Found | None:
    """The table of these lines and of its header above them.

    `place`: where the lines begin and end, and the end of the table before; `known`: headings of other tables.
    """
    start, end, floor = place
    rules, sides, bands, everything = drawn
    while start < end and _is_below_table(lines[end - 1]):
        end -= 1
    if end - start < 2:
        return None
    columns = columns_of(lines[start:end])
    if len(columns) < 2:
        return None
    left = min(line.chunks[0].x0 for line in lines[start:end])
    right = max(line.chunks[-1].x1 for line in lines[start:end])
    top, bottom = lines[start].top - 20, lines[end - 1].bottom + 20
    inside = [
        rule
        for rule in (*rules, *sides)
        if top < rule.top < bottom and min(rule.x1, right) - max(rule.x0, left) > 0.5 * (right - left)
    ]
    whole = {round(rule.top / 3) for rule in rules if top < rule.top < bottom and _spans(rule, left, right)}
    body = TableBody([_divided(line, columns) for line in lines[start:end]], columns)
    groups = None
    if len(columns) < _MIN_KNOWN or _texts(lines[start]) not in known:
        groups = logical_rows(body, inside, bands)
        if not may_be_table(body, len(whole)) or not has_table_rows(body, groups, len(whole)):
            return None
        if is_drawing(body, everything):
            return None
    cut = end
    while end < len(lines) and (
        _ends_at_rule(lines[end - 1], lines[end], columns, inside) or _is_total(lines[end - 1], lines[end], columns)
    ):
        end += 1
    first = header_start(lines, start, floor, columns, rules)
    body = body.extended([_divided(line, columns) for line in lines[first:start]], lines[cut:end])
    headings = range(start - first + 1)
    widened = [_widened(body.placed[index], body.lines[index], columns, rules) for index in headings]
    if groups is None or len(body.lines) > cut - start or widened != body.placed[: len(widened)]:
        body.placed[: len(widened)] = widened
        groups = logical_rows(body, inside, bands)
    groups = with_group_headings(body, lines[first:end], headings_joined(body, groups), rules)
    groups = with_heading_places(body, lines[first:end], groups)
    left = min(line.chunks[0].x0 for line in body.lines)
    right = max(line.chunks[-1].x1 for line in body.lines)
    box = (left, body.lines[0].top, right, body.lines[-1].bottom)
    above_rule = _rows_above_rule(body, groups, [rule for rule in rules if _spans(rule, left, right)])
    return _Found(first, end, make_table(box, list(_cells(body, groups)), above_rule))


def _is_below_table(line: ChunkedLine) -> bool:
    """Whether a line is a caption, or a note with its mark."""
    first, *others = (chunk.text for chunk in line.chunks)
    if not others:
        return CAPTION.match(first) is not None
    return len(others) == 1 and _NOTE_MARK.match(first) is not None and others[0].count(" ") >= _NOTE_WORDS


def _rows_above_rule(body: TableBody, groups: list[list[int]], rules: list[Rule]) -> int:
    """How many rows are above the only rule between rows, 0 if they are too many for a header."""
    ruled = [row for row in range(1, len(groups)) if is_ruled(body.lines, groups[row][0], rules)]
    return ruled[0] if len(ruled) == 1 and ruled[0] <= min(_MAX_HEADINGS, len(groups) // 2) else 0


def _widened(
    pieces: list[PlacedChunk], line: ChunkedLine, columns: list[Extent], rules: list[Rule]
) -> list[PlacedChunk]:
    """The headings of a line with all their columns: those above a rule, or around their middle."""
    widened = []
    for number, piece in enumerate(pieces):
        middle = (piece.chunk.x0 + piece.chunk.x1) / 2
        wide = piece.first < piece.last or is_wider(piece.chunk, columns[piece.first])
        low = pieces[number - 1].last + 1 if number else 0
        high = pieces[number + 1].first if number + 1 < len(pieces) else len(columns)
        under = [
            rule
            for rule in rules
            if rule.x1 - rule.x0 < 0.9 * (columns[-1].end - columns[0].begin)
            and rule.x0 - 2 < piece.chunk.x0
            and piece.chunk.x1 < rule.x1 + 2
            and -1 < rule.top - line.bottom < line.size
        ]
        if under:
            covered = [
                n for n in range(low, high) if columns[n].begin > under[0].x0 - 9 and columns[n].end < under[0].x1 + 9
            ]
        else:
            around = [
                (a, b)
                for a in range(low, piece.first + 1)
                for b in range(piece.last, high)
                if wide
                and columns[a].begin < piece.chunk.x0 + CENTERED
                and columns[b].end > piece.chunk.x1 - CENTERED
                and abs((columns[a].begin + columns[b].end) / 2 - middle) < CENTERED
            ]
            covered = [*min(around, key=lambda place: place[1] - place[0])] if around else []
        widened.append(PlacedChunk(covered[0], covered[-1], piece.chunk) if covered else piece)
    return widened


def _ends_at_rule(previous: ChunkedLine, line: ChunkedLine, columns: list[Extent], rules: list[Rule]) -> bool:
    """Whether a line is the rest of a cell above the rule at the end of a table."""
    first, last = column_place(line.chunks[0], columns)
    return (
        len(line.chunks) == 1
        and first == last
        and line.chunks[0].x0 > columns[0].begin - 2
        and line.top - previous.bottom < 0.6 * line.size
        and any(line.bottom - 1 < rule.top < line.bottom + 1.5 * line.size for rule in rules)
        and not any(previous.bottom - 1 < rule.top < line.top + 1 for rule in rules)
    )


def _is_total(previous: ChunkedLine, line: ChunkedLine, columns: list[Extent]) -> bool:
    """Whether a line below a table is a sum, whose label may be in any of its columns."""
    if len(line.chunks) != 2 or len(columns) < _MIN_KNOWN:
        return False
    label, amount = line.chunks
    return (
        line.top - previous.bottom < _MAX_SUM_GAP * line.size
        and label.x0 > (columns[0].begin + columns[-1].end) / 2
        and abs(amount.x1 - columns[-1].end) < CENTERED
        and is_numeric(amount.text)
        and not is_numeric(label.text)
    )


def _spans(rule: Rule, left: float, right: float) -> bool:
    return rule.x0 < left + 15 and rule.x1 > right - 15


def _cells(body: TableBody, groups: list[list[int]]) -> Iterator[TableCell]:
    for number, group in enumerate(groups):
        spans: dict[tuple[int, int], list[TextFragment]] = {}
        reach = -1
        for piece in (piece for index in group for piece in body.placed[index]):
            first, last, fragments = piece.first, piece.last, piece.chunk.fragments
            near = [place for place in spans if place[0] <= last and first <= place[1]] if first <= reach else ()
            reach = last if last > reach else reach
            for place in near:
                first, last = min(first, place[0]), max(last, place[1])
                fragments = spans.pop(place) + fragments
            spans[first, last] = fragments
        for (first, last), fragments in spans.items():
            lines = text_rows(fragments) if len(fragments) > 1 else [fragments]
            yield table_cell((number, first, 1, last - first + 1, lines))


def _divided(line: ChunkedLine, columns: list[Extent]) -> ChunkedLine:
    found = [piece for chunk in line.chunks for piece in _at_columns(chunk, columns)]
    return line if len(found) == len(line.chunks) else line._replace(chunks=found)


def _at_columns(chunk: Chunk, columns: list[Extent]) -> list[Chunk]:
    """Cut a chunk that is drawn as one string where its words stand in columns.

    The cells of a line printer, and those of a narrow header, may be one space apart.
    """
    fragment = chunk.fragments[0]
    if len(chunk.fragments) > 1 or " " not in fragment.text.strip():
        return [chunk]
    if fragment.fixed_pitch:
        for column in columns[1:]:
            if fragment.x0 < column.begin - fragment.size and fragment.x1 > column.begin + fragment.size:
                parts = cut_near(fragment, column.begin)
                if parts and abs(parts[1].x0 - column.begin) < 0.3 * fragment.size:
                    left, right = (Chunk(part.x0, part.x1, [part]) for part in parts)
                    return [left, *_at_columns(right, columns)]
        return [chunk]
    first, last = column_place(chunk, columns)
    if first == last or len(fragment.text.split()) > _WORDS * (last - first + 1):
        return [chunk]
    pieces = [fragment]
    for column, following in pairwise(columns[first : last + 1]):
        parts = cut_near(pieces[-1], (column.end + following.begin) / 2)
        if not parts:
            return [chunk]
        pieces[-1:] = parts
    if pieces[-1].text.rstrip().endswith(","):
        return [chunk]  # "Year ended June 30," is a heading of them all.
    if all(map(_is_in_column, pieces, columns[first : last + 1])):
        return [Chunk(piece.x0, piece.x1, [piece]) for piece in pieces]
    return [chunk]


def _is_in_column(fragment: TextFragment, column: Extent) -> bool:
    """Whether a fragment has its left side, right side or middle where the column has it."""
    left, right = fragment.x0 - column.begin, fragment.x1 - column.end
    return min(abs(left), abs(right), abs(left + right) / 2) < _STRICT
