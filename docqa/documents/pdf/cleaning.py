"""Cleaning of the text that a PDF engine returns (pure)."""

import re

_SURROGATE = re.compile("[\ud800-\udfff]")

# A typographic ligature is one glyph for several letters: a user who types "office" means the letters.
_REPLACEMENTS = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | {chr(code): " " for code in (*range(0x20), 0x7F, 0xA0)}
    | {"\u00ad": None, "\ufeff": None, "\uffff": None}
)

# The dot leaders of a table of contents carry no meaning, and would fill half of a reader's window.
_LEADER = re.compile(r"(?:\s?[.·…]){5,}")


def clean(text: str) -> str:
    """Expand ligatures, shorten dot leaders, drop zero-width characters, and repair surrogates."""
    # Most lines are plain: these two checks cost a tenth of the substitutions.
    plain = text.isascii() and text.isprintable()
    if not plain:
        text = text.translate(_REPLACEMENTS)
    if text.count(".") + text.count("·") + text.count("…") >= 5:
        text = _LEADER.sub(" … ", text)
    if not plain and _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
