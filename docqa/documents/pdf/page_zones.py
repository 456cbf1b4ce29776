"""The parts of a form that are read one after the other: its title from left to right, what is below a cut (pure).

Lengths are in points; y grows downwards.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from docqa.documents.pdf.engines import PageContent, Rule, TextFragment
from docqa.documents.pdf.form_lines import FormField, boxed
from docqa.documents.pdf.page_forms import PageForms
from docqa.documents.pdf.tables import PageTable
from docqa.documents.pdf.tables.page_table import text_rows

_CUT = re.compile(
    r"[\W_]*(?:please )?(?:cut|detach|tear|separate|return (?:the )?(?:bottom|lower)|découper)\b.{0,60}", re.IGNORECASE
)
_POINTS_LEFT = re.compile(r"(.*\w)\s*([◄◀←])")
_THIN = 3.0
_TITLE = 0.2  # Of a page's height, at most.
_FULL = 0.85  # Of the width of a page's text: a rule that divides the page.
_APART = 8.0  # Between the parts of a title.
_FEWEST_PARTS = 2
_WIDEST = 200.0  # A box around one of them.


class Zone(NamedTuple):
    """A part of a page. In a zone, reading order depends on what is in it alone."""

    fragments: list[TextFragment]
    tables: list[PageTable]
    fields: list[list[FormField]]


def zones(content: PageContent, forms: PageForms) -> Iterator[Zone]:
    """The zones of a page, in order."""
    fields, tables, fragments, is_form = forms
    if not is_form:
        yield Zone(fragments, tables, fields)
        return
    cuts = [cut for fragment in fragments if (cut := _cut_at(fragment, content.rules))]
    rest, tables_left, fields_left = fragments, tables, fields
    top = 0.0
    for cut_top, cut_bottom in sorted(cuts):
        if cut_top < top:
            continue
        above = Zone(
            [f for f in rest if f.bottom <= cut_top],
            [table for table in tables_left if table.top < cut_top],
            [group for group in fields_left if group[0].top < cut_top],
        )
        yield from _titled(above, content)
        line = [f for f in rest if f.bottom > cut_top and f.top < cut_bottom]
        yield Zone([_whole_line(line)], [], [])
        rest = [f for f in rest if f.top >= cut_bottom]
        tables_left = [table for table in tables_left if table.top >= cut_top]
        fields_left = [group for group in fields_left if group[0].top >= cut_top]
        top = cut_bottom
    yield from _titled(Zone(rest, tables_left, fields_left), content)


def _cut_at(fragment: TextFragment, rules: list[Rule]) -> tuple[float, float] | None:
    """Where a form is to be cut, if this says so: there is a line on both of its sides."""
    if fragment.slanted or not _CUT.fullmatch(fragment.text.strip()):
        return None
    beside = [r for r in rules if r.bottom - r.top <= _THIN and fragment.top - 3 < r.top < fragment.bottom + 3]
    if not any(r.x0 < fragment.x0 - 20 for r in beside) or not any(r.x1 > fragment.x1 + 20 for r in beside):
        return None
    return fragment.top, fragment.bottom


def _whole_line(line: list[TextFragment]) -> TextFragment:
    line = sorted(line, key=lambda fragment: fragment.x0)
    text = " ".join(fragment.text.strip() for fragment in line)
    if arrow := _POINTS_LEFT.match(text):
        text = f"{arrow[2]} {arrow[1]}{text[arrow.end() :]}"
    return line[0]._replace(text=text, x1=line[-1].x1)


# Titles -------------------------------------------------------------------------------------------


def _titled(zone: Zone, content: PageContent) -> Iterator[Zone]:
    """The parts of the title of a form, from the left, and the rest of a zone."""
    title = _title(zone, content)
    if not title:
        yield zone
        return
    taken = {id(fragment) for part in title for fragment in part}
    for part in title:
        if _are_in_one_box(part, content.rules) and len(part) > 1:
            heading = boxed([text_rows(part)])._replace(kind="heading")
            yield Zone([], [], [[heading]])
        else:
            yield Zone(part, [], [])
    yield zone._replace(fragments=[fragment for fragment in zone.fragments if id(fragment) not in taken])


def _title(zone: Zone, content: PageContent) -> list[list[TextFragment]]:
    """The columns of what is above the first rule or field of a form, if there are several."""
    visible = [f for f in zone.fragments if not f.slanted and f.text.strip()]
    if not visible:
        return []
    begin = min(fragment.top for fragment in visible)
    left, right = min(f.x0 for f in visible), max(f.x1 for f in visible)
    tops = [field.top for group in zone.fields for field in group] + [table.top for table in zone.tables]
    limit = min([*tops, begin + _TITLE * content.height])
    full = [
        rule.top
        for rule in _joined(content.rules)
        if rule.x1 - rule.x0 > _FULL * (right - left) and begin + 10 < rule.top < limit
    ]
    limit = min([limit, *full])
    columns: list[list[TextFragment]] = []
    edge = float("-inf")
    for fragment in sorted((f for f in visible if f.top < limit - 1), key=lambda fragment: fragment.x0):
        if not columns or fragment.x0 > edge + _APART:
            columns.append([])
        columns[-1].append(fragment)
        edge = max(edge, fragment.x1)
    if len(columns) < _FEWEST_PARTS or max(map(len, columns)) < 2:
        return []
    order = {id(fragment): number for number, fragment in enumerate(zone.fragments)}
    return [sorted(column, key=lambda fragment: order[id(fragment)]) for column in columns]


def _joined(rules: list[Rule]) -> list[Rule]:
    """The horizontal lines, whole where they are drawn in pieces."""
    lines: list[Rule] = []
    for rule in sorted((r for r in rules if r.bottom - r.top <= _THIN), key=lambda r: (round(r.top), r.x0)):
        if lines and abs(rule.top - lines[-1].top) < 1 and rule.x0 < lines[-1].x1 + _THIN:
            lines[-1] = lines[-1]._replace(x1=max(lines[-1].x1, rule.x1))
        else:
            lines.append(rule)
    return lines


def _are_in_one_box(part: list[TextFragment], rules: list[Rule]) -> bool:
    x0, x1 = min(f.x0 for f in part), max(f.x1 for f in part)
    top, bottom = min(f.top for f in part), max(f.bottom for f in part)
    return any(
        rule.bottom - rule.top > _THIN
        and rule.x0 < x0
        and x1 < rule.x1
        and rule.top < top
        and bottom < rule.bottom
        and rule.x1 - rule.x0 < _WIDEST
        and rule.bottom - rule.top < 3 * (bottom - top)
        for rule in rules
    )
