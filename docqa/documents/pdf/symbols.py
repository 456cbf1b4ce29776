"""What is seen where a symbol font draws a letter: "§" in Wingdings is a square bullet (pure)."""

import re
from functools import cache

_SYMBOL_FONT = re.compile(r"wingdings|webdings|dingbat|opensymbol|symbolmt|^symbol|marlett|bullet", re.IGNORECASE)
_ORNAMENT_FONT = re.compile(r"awesome|icon|material|cmex|mathext|mtsy|mtex|lcircle", re.IGNORECASE)
_ODD = re.compile("[\x00-\x1f\x7f-\x9f\ue000-\uf8ff]")

# By the code in the font. In the private use area, as U+F0A7, a symbol has its code as the last byte.
_WINGDINGS = {
    "\xfc": "✓",
    "\xfe": "☑",
    "\xfb": "✗",
    "\xfd": "☒",
    "\xa8": "☐",
    "o": "☐",
    "q": "☐",
    "\xe0": "→",
    "\xe8": "→",
    "\xdf": "←",
    "\xd8": "➢",
    "v": "❖",
    "\xa7": "▪",
    "n": "■",
    "l": "●",
    "u": "◆",
}
_WINGDINGS_2 = {"P": "✓", "O": "✗", "R": "☑", "T": "☒", "\xa3": "☐"}
_SYMBOL = dict(
    zip(
        "abcdefghiklmnopqrstuwxyzDFGLPQSWXY\xb0\xb1\xb2\xb3\xb4\xb7\xb8\xa3\xa5\xae\xac\xbb\xb9\xd7\x2d\xe5",
        "αβχδεφγηικλμνοπθρστυωξψζΔΦΓΛΠΘΣΩΞΨ°±″≥×•÷≤∞→←≈≠⋅−∑",
        strict=True,
    )
)


def symbol(text: str, font: str, begins: bool) -> str | None:
    """What a lone character of a symbol font stands for, "" for an ornament; None if it is a plain character.

    `begins`: whether it is the first one in its row, where a symbol without a meaning is a bullet.
    """
    character = text.strip()
    if len(character) != 1:
        return None
    odd = _ODD.match(character) is not None
    if not odd and not _has_symbols(font):
        return None
    if _ORNAMENT_FONT.search(font):
        return ""
    if "\ue000" <= character <= "\uf8ff":
        if character >= "\uf8e0":
            return ""  # A part of a tall bracket.
        character = chr(ord(character) & 0xFF)
    elif not odd and ord(character) > 0xFF:
        return None  # PDFium knows what it is.
    known = _table(font).get(character)
    if known:
        return known
    if not odd and not character.isalnum() and "ymbol" in font:
        return None
    return "•" if begins else ""


@cache
def _has_symbols(font: str) -> bool:
    return _SYMBOL_FONT.search(font) is not None


def _table(font: str) -> dict[str, str]:
    name = font.lower()
    if "wingdings2" in name or "wingdings-2" in name:
        return _WINGDINGS_2
    if "wingdings3" in name or "webdings" in name or "dingbat" in name:
        return {}
    return _WINGDINGS if "wingdings" in name else _SYMBOL
