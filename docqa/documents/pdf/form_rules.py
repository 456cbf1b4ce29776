"""The rules of a form that divide no cells: those of its numbered lines, and the combs for single letters (pure).

Lengths are in points; y grows downwards.
"""

import re
from collections.abc import Iterator

from docqa.documents.pdf.engines import PageContent, Rule, TextFragment
from docqa.documents.pdf.form_lines import FormField

_THIN = 2.0
_TOOTH = 8.0  # Height of a comb's teeth, at most: the sides of a box are higher.
_TEETH = 4
_NEAR = 2.0
_LOW, _WIDE, _LETTERS = 6.0, 26.0, 8  # The sides of a box for one letter, and how many a form has.
_CLOSE = 6.0  # A box, and what is printed beside it.
_SEPARATOR = re.compile(r"[\s.,/–-]{1,5}")


def without_separators(content: PageContent) -> PageContent:
    """The page without the dashes, points and commas that are printed between boxes for single letters."""
    boxes = [r for r in content.rules if _LOW < r.x1 - r.x0 < _WIDE and _LOW < r.bottom - r.top < _WIDE]
    if len(boxes) < _LETTERS:
        return content
    kept = [f for f in content.fragments if not (_SEPARATOR.fullmatch(f.text) and _is_between(f, boxes))]
    return content if len(kept) == len(content.fragments) else content._replace(fragments=kept)


def _is_between(fragment: TextFragment, boxes: list[Rule]) -> bool:
    beside = [box for box in boxes if box.top - 1 < (fragment.top + fragment.bottom) / 2 < box.bottom + 1]
    return any(-_NEAR < fragment.x0 - box.x1 < _CLOSE for box in beside) or any(
        -_NEAR < box.x0 - fragment.x1 < _CLOSE for box in beside
    )


def without_combs(rules: list[Rule]) -> list[Rule]:
    """The rules without combs: a line with short teeth on it, one for each letter to fill in."""
    teeth = [rule for rule in rules if rule.x1 - rule.x0 <= _THIN < rule.bottom - rule.top <= _TOOTH]
    if len(teeth) < _TEETH:
        return rules
    dropped: set[int] = set()
    for rule in rules:
        if rule.bottom - rule.top > _THIN or rule.x1 - rule.x0 <= _TOOTH:
            continue
        standing = [
            tooth
            for tooth in teeth
            if abs(tooth.bottom - rule.bottom) < _NEAR and rule.x0 - _NEAR < tooth.x0 and tooth.x1 < rule.x1 + _NEAR
        ]
        if len(standing) < _TEETH:
            continue
        begin, end = min(tooth.x0 for tooth in standing), max(tooth.x1 for tooth in standing)
        has_ends = abs(rule.x0 - begin) < _NEAR and abs(rule.x1 - end) < _NEAR
        if has_ends and not _is_closed(rule, standing[0].top, rules):
            dropped.update(map(id, (rule, *standing)))
    return [rule for rule in rules if id(rule) not in dropped]


def _is_closed(rule: Rule, top: float, rules: list[Rule]) -> bool:
    """Whether there is a line above the teeth: they are the sides of low cells."""
    return any(
        other.bottom - other.top <= _THIN
        and abs(other.top - top) < _NEAR
        and min(other.x1, rule.x1) - max(other.x0, rule.x0) > 0.2 * (rule.x1 - rule.x0)
        for other in rules
    )


def beside_fields(rules: list[Rule], fields: list[FormField], others: list[TextFragment]) -> list[Rule]:
    """The rules without those of numbered lines and their boxes. `others`: the text that is in no line."""
    bands = list(_bands(fields, others))
    kept: list[Rule] = []
    for rule in rules:
        parts = [rule]
        for band in bands:
            parts = [part for whole in parts for part in _outside(whole, band)]
        kept += parts
    return kept


def _bands(fields: list[FormField], others: list[TextFragment]) -> Iterator[Rule]:
    """The parts of the page that lines and their boxes take, without what is between two lines but text."""
    band: Rule | None = None
    for field in sorted(fields, key=lambda field: field.top):
        beyond = [f.x0 for f in others if f.x0 > field.x1 and f.top < field.bottom and f.bottom > field.top]
        new = Rule(field.x0 - _NEAR, field.top - _NEAR, min(beyond, default=1e9), field.bottom + _NEAR)
        if band:
            between = [
                f for f in others if band.bottom < f.bottom and f.top < new.top and band.x0 < f.x1 and f.x0 < band.x1
            ]
            if new.x1 == band.x1 and not between and abs(new.x0 - band.x0) < (band.bottom - band.top + 40):
                band = Rule(min(band.x0, new.x0), band.top, band.x1, max(band.bottom, new.bottom))
                continue
            yield band
        band = new
    if band:
        yield band


def _outside(rule: Rule, band: Rule) -> Iterator[Rule]:
    """The parts of a rule above and below a band, or all of it beside the band."""
    if rule.x1 <= band.x0 or rule.x0 >= band.x1 or rule.bottom <= band.top or rule.top >= band.bottom:
        yield rule
        return
    if rule.x1 - rule.x0 > _THIN and rule.bottom - rule.top > _THIN:
        if rule.x0 < band.x0 - 40:
            yield rule  # A box around more than the lines.
        return
    if rule.bottom - rule.top <= _THIN:
        return
    if rule.top < band.top:
        yield rule._replace(bottom=band.top)
    if rule.bottom > band.bottom:
        yield rule._replace(top=band.bottom)
