"""Amounts of money as a statement draws them (pure): a number in pieces is one, and a currency sign begins one."""

import re
from itertools import pairwise

from docqa.documents.pdf.engines import PageContent, TextFragment
from docqa.documents.pdf.glyph_widths import cut_at, is_tight

_NEAR = 0.4  # Heights of type between the pieces of a number.
_LEVEL = 0.5  # Of the height that two fragments of a row have in common.
_GROUP = re.compile(r",\d{3}(?!\d)")
_SPACE_IN_NUMBER = re.compile(r"(?<=\d) (?=,\d{3}(?!\d))")
_SIGNS = ("$", "€", "£", "¥")
_NUMBER = re.compile(r" *[(–—-]?\d|[–—-] *$")
_SIGN = re.compile(r"\S[ \u00a0]+(?=[$€£¥](?:[ \u00a0]+\(?\d[\d.,]*\)?%?)?[ \u00a0]*$)")


def with_amounts(content: PageContent) -> PageContent:
    """The page with numbers whole, and with a currency sign apart from what stands before it in its row."""
    text = "\n".join([fragment.text for fragment in content.fragments])
    if not any(sign in text for sign in (*_SIGNS, "\n,", " ,")):
        return content
    found: list[TextFragment] = []
    fragments = [f._replace(text=_SPACE_IN_NUMBER.sub("", f.text)) if " ," in f.text else f for f in content.fragments]
    for index, fragment in enumerate(fragments):
        if found and fragment.text.startswith(",") and _continues(found[-1], fragment):
            last = found[-1]
            found[-1] = last._replace(text=last.text + fragment.text, x1=fragment.x1, bottom=fragment.bottom)
        elif (sign := _SIGN.search(fragment.text)) and _is_in_row(fragments, index):
            found.extend(cut_at(fragment, sign.end()))
        else:
            found.append(fragment)
    return content._replace(fragments=found)


def _continues(number: TextFragment, rest: TextFragment) -> bool:
    """Whether a fragment has the next digits of a number."""
    return (
        number.text[-1:].isdecimal()
        and _GROUP.match(rest.text) is not None
        and -1 < rest.x0 - number.x1 < _NEAR * number.size
        and _are_level(number, rest)
    )


def _is_in_row(fragments: list[TextFragment], index: int) -> bool:
    """Whether other fragments stand beside one, as a line of prose has none; after a sign at its end, a number."""
    beside = fragments[max(0, index - 1) : index + 2]
    if fragments[index].text.rstrip()[-1:] not in _SIGNS:
        return any(_are_level(a, b) for a, b in pairwise(beside))
    following = fragments[index + 1 : index + 2] if is_tight(fragments[index]) else ()  # Not in another order.
    return any(_are_level(fragments[index], f) and _NUMBER.match(f.text) is not None for f in following)


def _are_level(a: TextFragment, b: TextFragment) -> bool:
    common = min(a.bottom, b.bottom) - max(a.top, b.top)
    return common > _LEVEL * min(a.bottom - a.top, b.bottom - b.top)
