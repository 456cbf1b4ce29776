"""Cleaning of the text that a PDF engine returns (pure)."""

import re

from docqa.documents.pdf.common_words import common_words

_SURROGATE = re.compile("[\ud800-\udfff]")

# A typographic ligature is one glyph for several letters: a user who types "office" means the letters.
_REPLACEMENTS = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | {chr(code): " " for code in (*range(0x20), *range(0x7F, 0xA1), *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F)}
    # Invisible: soft hyphens, zero-width spaces, marks of direction, marks of byte order. U+200C and U+200D shape
    # letters and emoji.
    | {chr(code): None for code in (0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, 0xFEFF, 0xFFFF)}
    | {chr(code): None for code in (*range(0x2066, 0x206A),)}
    # Parts of tall brackets.
    | {chr(code): " " for code in range(0xF8E5, 0xF8FF)}
    | {"\uf0b7": "•", "\uf0a7": "▪", "\uf0fc": "✓", "\uf0d8": "➢", "\uf0e0": "→"}
)

# A control character in a word is a ligature that its font has in an odd place.
_LOST = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f]")
_LOST_LIGATURE = re.compile(r"[^\W\d_]{0,30}[\x01-\x08\x0b\x0c\x0e-\x1f][^\W\d_]{1,30}")
_LIGATURES = ("fi", "fl", "ff", "ffi", "ffl", "ti", "tt", "ft")

_MATH_LETTERS = re.compile("[\U0001d400-\U0001d7ff]+")
_FEWEST_DOUBLED, _MOSTLY = 8, 0.9

# The dot leaders of a table of contents carry no meaning, and would fill half of a reader's window.
_LEADER = re.compile(r"(?:\s?[.·…]){5,}")


def clean(text: str) -> str:
    """Expand ligatures, shorten dot leaders, drop invisible characters, and repair surrogates."""
    # Most lines are plain: these two checks cost a tenth of the substitutions.
    if text.isascii() and text.isprintable():
        return _LEADER.sub(" … ", text) if text.count(".") >= 5 else text
    if _LOST.search(text):
        text = _LOST_LIGATURE.sub(_with_ligature, text)
    text = text.translate(_REPLACEMENTS)
    if text.count(".") + text.count("·") + text.count("…") >= 5:
        text = _LEADER.sub(" … ", text)
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def are_letters_doubled(texts: list[str]) -> bool:
    """Whether each letter of the formulas on a page is there twice: so Word names them, "𝑀𝑀" for an M."""
    words = [word for text in texts if not text.isascii() for word in _MATH_LETTERS.findall(text)]
    doubled = sum([len(word) for word in words if word[::2] == word[1::2]])
    return doubled >= _FEWEST_DOUBLED and doubled >= _MOSTLY * sum(map(len, words))


def without_doubled_letters(text: str) -> str:
    """The text with one of each two letters of formulas."""
    return _MATH_LETTERS.sub(lambda match: match.group()[::2], text)


def single_spaced(text: str) -> str:
    """A cleaned text with single spaces between words, and none around them."""
    # Most texts have no spaces to spare.
    if text and text[0] != " " != text[-1] and text.isascii() and "  " not in text:
        return text
    return " ".join(text.split())


def _with_ligature(match: re.Match[str]) -> str:
    """The word with the ligature that makes it a common one, else with a space."""
    word = match.group()
    for ligature in _LIGATURES:
        whole = _LOST.sub(ligature, word)
        if whole.casefold() in common_words():
            return whole
    return word
