"""Columns of a page (pure): a table in one is not read across the gutter."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from itertools import groupby, pairwise

from docqa.documents.pdf.engines import Rule
from docqa.documents.pdf.tables.page_table import TextRow, chunks, text_rows

_SPREAD = 1.3  # A page that is as much wider than high may be two.
_MIN_SPREAD_ROWS = 8
_MARGIN = 6.0  # Points.
_MIN_ASIDE = 12  # Fragments.
_LEVEL = 1.0  # Points.
_MIN_HEADINGS, _MAX_HEADINGS = 3, 60.0  # How many; points.
_ALIGNED = 3.0  # Points.
_MAX_LEADING = 2.0  # Heights of type.


def page_strips(rows: list[TextRow], rules: list[Rule], width: float, height: float) -> list[list[TextRow]]:
    """The rows of each column of a page of prose, and those that are as wide as the page."""
    halves = _halves(rows, width / 2) if width > _SPREAD * height else []
    return [strip for half in halves or [rows] for strip in _columns_of_prose(half, rules)]


def _halves(rows: list[TextRow], middle: float) -> list[list[TextRow]]:
    """The rows of the two pages of a spread, whose lines are at different heights; [] if it is one page."""
    if any(f.x0 < middle < f.x1 for row in rows for f in row):
        return []
    sides = [text_rows(f for row in rows for f in row if (f.x0 > middle) == right) for right in (False, True)]
    if min(map(len, sides)) < _MIN_SPREAD_ROWS:
        return []
    tops = [sorted(row[0].bottom for row in side) for side in sides]
    level = sum(_has_near(tops[1], bottom) for bottom in tops[0])
    return sides if level < 0.5 * min(map(len, sides)) else []


def _has_near(positions: list[float], position: float) -> bool:
    index = bisect_left(positions, position - _LEVEL)
    return index < len(positions) and positions[index] < position + _LEVEL


def _columns_of_prose(rows: list[TextRow], rules: list[Rule]) -> list[list[TextRow]]:
    prose = [f for row in rows for f in row if len(f.text) >= 22 and f.text.count(" ") >= 3]
    columns: list[tuple[float, float, list[float]]] = []
    for fragment in sorted(prose, key=lambda f: f.x1 - f.x0):
        hit = [c for c in columns if c[0] < fragment.x1 and c[1] > fragment.x0]
        if not hit:
            columns.append((fragment.x0, fragment.x1, [fragment.top]))
        elif len(hit) == 1:
            columns.remove(hit[0])
            columns.append((min(hit[0][0], fragment.x0), max(hit[0][1], fragment.x1), [*hit[0][2], fragment.top]))
        elif any(len(c[2]) < 4 for c in hit):
            for c in hit:
                columns.remove(c)
            tops = [top for c in hit for top in c[2]]
            columns.append(
                (min(fragment.x0, *(c[0] for c in hit)), max(fragment.x1, *(c[1] for c in hit)), [*tops, fragment.top])
            )
    columns = sorted(c for c in columns if len(c[2]) >= 5)
    if len(columns) < 2:
        return [rows]
    columns = [*columns, *_beside(rows, columns[-1][1])]
    gutters = [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
    zones = [_zones(c[2]) for c in columns]
    wide: list[TextRow] = []
    strips: list[list[TextRow]] = [[] for _ in columns]
    frames = _frames(rows, rules, gutters)
    for (framed, beside), block in groupby(
        rows, key=lambda row: (_is_within(row, frames), _is_beside(row, gutters, zones))
    ):
        block_rows = list(block)
        parts = [_parts(row, gutters) for row in block_rows]
        if framed or (not beside and sum(len(part) > 1 for part in parts) >= 0.5 * len(parts)):
            wide += block_rows
            continue
        for part in parts:
            for number, row in part.items():
                strips[number].append(row)
    return [strip for strip in (wide, *strips) if strip]


def _beside(rows: list[TextRow], right: float) -> list[tuple[float, float, list[float]]]:
    """The column of what stands on the right of all prose, such as a table in the margin: its sides, and heights."""
    aside = [f for row in rows for f in row if f.x0 > right + _MARGIN]
    if len(aside) < _MIN_ASIDE:
        return []
    return [(min(f.x0 for f in aside), max(f.x1 for f in aside), [f.top for f in aside])]


def _frames(rows: list[TextRow], rules: list[Rule], gutters: list[float]) -> list[tuple[float, float]]:
    """Where a table is, top and bottom: between rules of one length across a gutter, or below the last two of them."""
    frames = []
    for gutter in gutters:
        across: dict[tuple[int, int], list[float]] = defaultdict(list)
        for rule in rules:
            if rule.x0 < gutter < rule.x1:
                across[round(rule.x0 / 4), round(rule.x1 / 4)].append(rule.top)
        for tops in across.values():
            if len(tops) > 2:
                frames.append((min(tops), max(tops)))
            if len(tops) > 1 and (frame := _below(rows, *sorted(tops)[-2:])):
                frames.append(frame)
    return frames


def _below(rows: list[TextRow], top: float, bottom: float) -> tuple[float, float] | None:
    """Where a table is that goes on at the end of the page: below its headings, which are between two rules."""
    if bottom - top > _MAX_HEADINGS:
        return None
    headings = [row for row in rows if top < row[0].top and row[0].bottom < bottom + 2]
    sides = sorted(chunk.x0 for row in headings for chunk in chunks(row))
    if len(sides) < _MIN_HEADINGS:
        return None
    end, count = bottom, 0
    for row in rows:
        if row[0].top < bottom - 2:
            continue
        columns = [bisect_right(sides, chunk.x0 + _ALIGNED) - 1 for chunk in chunks(row)]
        inside = all(
            column >= 0 and (column + 1 == len(sides) or chunk.x1 < sides[column + 1] + _ALIGNED)
            for column, chunk in zip(columns, chunks(row), strict=True)
        )
        if not inside or row[0].top - end > _MAX_LEADING * row[0].size:
            break
        end, count = max(fragment.bottom for fragment in row), count + (len(columns) > 1)
    return (top, end + 1) if count >= _MIN_HEADINGS else None


def _is_within(row: TextRow, zones: list[tuple[float, float]]) -> bool:
    middle = (row[0].top + row[0].bottom) / 2
    return any(top < middle < bottom for top, bottom in zones)


def _is_beside(row: TextRow, gutters: list[float], zones: list[list[tuple[float, float]]]) -> bool:
    """Whether a row is at the height of columns of prose, and crosses no gutter."""
    if any(f.x0 < gutter - 2 and f.x1 > gutter + 2 for f in row for gutter in gutters):
        return False
    return any(_is_within(row, zone) for zone in zones)


def _parts(row: TextRow, gutters: list[float]) -> dict[int, TextRow]:
    """The parts of a row by the number of their column."""
    parts: dict[int, TextRow] = {}
    for fragment in row:
        parts.setdefault(bisect_left(gutters, (fragment.x0 + fragment.x1) / 2), []).append(fragment)
    return parts


def _zones(tops: list[float]) -> list[tuple[float, float]]:
    """Heights at which there are lines, without gaps of more than three lines."""
    tops = sorted(tops)
    zones = [(tops[0] - 20, tops[0] + 20)]
    for top in tops:
        if top < zones[-1][1] + 20:
            zones[-1] = (zones[-1][0], top + 20)
        else:
            zones.append((top - 20, top + 20))
    return zones
