"""The grids that rules and the sides of boxes form (pure).

After Nurminen (2013): rules become edges, edges that touch become a grid.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from docqa.documents.pdf.engines import Rule
from docqa.documents.pdf.named_tuples import maker

NEAR = 3.0
"""Points: edges that are this close touch."""

_MIN_WIDTH, _MIN_HEIGHT = 4.0, 7.0  # Points. The combs of forms are lower.
_MAX_SLOTS = 20_000


class GridEdge(NamedTuple):
    """A straight line: horizontal at y from x0 to x1, or vertical at x from top to bottom."""

    at: float
    begin: float
    end: float


_edge, _BEGIN = maker(GridEdge), attrgetter("begin")


class RuleGrid(NamedTuple):
    """Positions of all vertical and horizontal edges of a component, and the edges at each."""

    xs: list[float]
    ys: list[float]
    vertical: dict[int, list[GridEdge]]
    horizontal: dict[int, list[GridEdge]]


def rule_grids(lines: list[Rule], boxes: list[Rule]) -> Iterator[RuleGrid]:
    """The grids of two rows and two columns or more, of lines and of the sides of boxes."""
    horizontal, vertical = grid_edges(lines, boxes)
    if len(horizontal) < 2 or not vertical:
        return
    for component in _components(_joined(horizontal, _MIN_WIDTH), _joined(vertical, _MIN_HEIGHT)):
        if grid := _grid(*component):
            yield grid


def grid_edges(lines: list[Rule], boxes: list[Rule]) -> tuple[list[GridEdge], list[GridEdge]]:
    """The horizontal and the vertical ones: lines, and the sides of boxes."""
    horizontal: list[GridEdge] = []
    vertical: list[GridEdge] = []
    for x0, top, x1, bottom in lines:
        if x1 - x0 >= bottom - top:
            horizontal.append(_edge(((top + bottom) / 2, x0, x1)))
        else:
            vertical.append(_edge(((x0 + x1) / 2, top, bottom)))
    for x0, top, x1, bottom in boxes:
        horizontal += _edge((top, x0, x1)), _edge((bottom, x0, x1))
        vertical += _edge((x0, top, bottom)), _edge((x1, top, bottom))
    return horizontal, vertical


def _joined(edges: list[GridEdge], least: float) -> list[GridEdge]:
    """Join edges on one line that touch: grids are drawn cell by cell, and lines dash by dash."""
    edges.sort()
    joined: list[GridEdge] = []
    start = 0
    for index in range(1, len(edges) + 1):
        if (
            index < len(edges)
            and edges[index].at - edges[index - 1].at <= 1
            and edges[index].at - edges[start].at < NEAR
        ):
            continue
        group = edges[start:index]
        if len(group) > 1:
            group.sort(key=_BEGIN)
        at = sum([edge.at for edge in group]) / len(group)
        begin, end = group[0].begin, group[0].end
        for edge in group[1:]:
            if edge.begin > end + NEAR:
                if end - begin >= least:
                    joined.append(_edge((at, begin, end)))
                begin, end = edge.begin, edge.end
            end = max(end, edge.end)
        if end - begin >= least:
            joined.append(_edge((at, begin, end)))
        start = index
    return joined


def _components(horizontal: list[GridEdge], vertical: list[GridEdge]) -> list[tuple[list[GridEdge], list[GridEdge]]]:
    """Edges that touch each other, directly or through others."""
    vertical = sorted(vertical)
    positions = [edge.at for edge in vertical]
    parent = list(range(len(horizontal) + len(vertical)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for number, edge in enumerate(horizontal):
        first = bisect_left(positions, edge.begin - NEAR)
        last = bisect_right(positions, edge.end + NEAR)
        for other in range(first, last):
            if vertical[other].begin - NEAR <= edge.at <= vertical[other].end + NEAR:
                parent[root(len(horizontal) + other)] = root(number)
    members: dict[int, tuple[list[GridEdge], list[GridEdge]]] = defaultdict(lambda: ([], []))
    for number, edge in enumerate(horizontal):
        members[root(number)][0].append(edge)
    for number, edge in enumerate(vertical):
        members[root(len(horizontal) + number)][1].append(edge)
    return [member for member in members.values() if len(member[0]) > 1 and member[1]]


def _grid(horizontal: list[GridEdge], vertical: list[GridEdge]) -> RuleGrid | None:
    xs, columns = _positions(vertical)
    ys, rows = _positions(horizontal)
    # The outer sides are often not drawn.
    left, right = min(edge.begin for edge in horizontal), max(edge.end for edge in horizontal)
    top, bottom = min(edge.begin for edge in vertical), max(edge.end for edge in vertical)
    if xs[0] - left > 2 * NEAR:
        xs = [left, *xs]
        columns = {number + 1: edges for number, edges in columns.items()}
    if right - xs[-1] > 2 * NEAR:
        xs = [*xs, right]
    if ys[0] - top > 2 * NEAR:
        ys = [top, *ys]
        rows = {number + 1: edges for number, edges in rows.items()}
    if bottom - ys[-1] > 2 * NEAR:
        ys = [*ys, bottom]
    if len(xs) < 3 or len(ys) < 3 or len(xs) * len(ys) > _MAX_SLOTS:
        return None
    return RuleGrid(xs, ys, columns, rows)


def _positions(edges: list[GridEdge]) -> tuple[list[float], dict[int, list[GridEdge]]]:
    """Where the edges are, each position once, and the edges at each."""
    positions: list[float] = []
    at: dict[int, list[GridEdge]] = defaultdict(list)
    for edge in sorted(edges):
        if not positions or edge.at - positions[-1] > NEAR:
            positions.append(edge.at)
        at[len(positions) - 1].append(edge)
    return positions, at
