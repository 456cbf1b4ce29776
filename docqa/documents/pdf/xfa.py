"""XFA forms (XML Forms Architecture 3.3): the values typed into a form whose pages are only a placeholder (pure).

Adobe's programs draw such a form from XML; the pages of the PDF say "Please wait…" to all others.
"""

import re
from collections.abc import Iterator
from html import unescape

from docqa.documents.pdf.engines import PageContent, TextFragment

_PLACEHOLDER = re.compile(r"please wait|requires adobe (?:reader|acrobat)|adobe\.com/go/(?:reader|acrreader)", re.I)
_LONGEST_PLACEHOLDER = 1500  # Characters.

# By pattern: many of these files are not well-formed.
_LEAF = re.compile(r"<([\w.-]+)(?:\s[^<>]*)?>([^<>]+)</\1\s*>")
_DATA = re.compile(r"<xfa:data(?:\s[^<>]*)?>")
_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+")
_PITCH, _SIZE, _LEFT, _MIDDLE, _RIGHT = 12.0, 10.0, 72.0, 250.0, 500.0


def is_placeholder(text: str, *, is_dynamic: bool) -> bool:
    """Whether the text of an XFA form's only page is the one that asks for Adobe's programs."""
    return len(text) < _LONGEST_PLACEHOLDER and (is_dynamic or _PLACEHOLDER.search(text) is not None)


def values_page(data: bytes) -> PageContent:
    """A page with the values in a form's XML, one row each: the field's name and the value."""
    fragments = []
    for row, (name, value) in enumerate(_values(data)):
        top = _LEFT + row * _PITCH
        for text, x0, x1 in ((f"{name}:", _LEFT, _MIDDLE - 20), (value, _MIDDLE, _RIGHT)):
            fragments.append(TextFragment(text, x0, top, x1, top + _SIZE, _SIZE, row, hyphen=False))
    return PageContent(fragments, [], _RIGHT, _LEFT + len(fragments) * _PITCH)


def _values(data: bytes) -> Iterator[tuple[str, str]]:
    *_, xml = _DATA.split(data.decode("utf-8", "replace"), maxsplit=1)  # Lists of options may precede it.
    for name, escaped in _LEAF.findall(xml):
        value = " ".join(unescape(escaped).split())
        if value:
            yield " ".join(_WORD_START.split(name)), value
