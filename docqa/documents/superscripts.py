"""Superscripts in a document's text: the marks of notes, and exponents (pure).

A superscript is never part of the number or word before it, as in "420³" for 420 and note 3. Parsers write it in
Unicode's superscript characters; the reader and the retriever see spaces in their place.
"""

import re

_PLAIN = "0123456789+-=()abcdefghijklmnoprstuvwxyz"
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
_TO_RAISED = str.maketrans(_PLAIN + "−–", _RAISED + "⁻⁻")
_TO_PLAIN = str.maketrans(_RAISED, _PLAIN)

# Numbers, single letters, and what stands between them; not "th", "TM", or words in small type.
_RAISABLE = re.compile(r"(?:[0-9+\-−–=(),;.*†‡§¶\s]|(?<![a-z])[a-z](?![a-z]))+")

_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ"
_LETTERS = "ᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
# Letters are pronunciations before another letter. A comma between two marks is part of them.
_MARK = rf"[{_DIGITS}{_LETTERS}]"
_MARKS = re.compile(rf"{_MARK}+(?:[,;]\s?{_MARK}+)*(?![^\W\d_{_DIGITS}{_LETTERS}])|[{_DIGITS}]+")
_WITHIN_WORD = re.compile(r"(?<=[A-Z])[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?=[A-Z])")

_RUN = re.compile(rf"[{_DIGITS}]+")
_EXPONENT = re.compile(r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹ⁿⁱ]+|[⁰¹²³⁴⁵⁶⁷⁸⁹]?[⁺⁻]")
_POWER = re.compile(r"[²³⁴]|⁻[¹²³⁴]")
_NUMBER = re.compile(r"(?<![\d.,])(?:10|2)$")
_LETTER = re.compile(r"(?<![\w.])[^\W\d_]$")
_UNIT = re.compile(r"(?<![^\W\d_])(?:[kcdmµμn]?m|k?g|ft|in|yd|mi|s|h|ha|mol|cd|sec|min|inch|foot|feet)$")


def raise_(text: str) -> str:
    """The text of a superscript in superscript characters, as far as they exist: "2,3" is "²,³"; "th" stays."""
    if text == "o":
        return "°"
    # A lone sign is more often a hyphen or minus, which is above the line anyway. French "2e" is an ordinal.
    if text in {"e", "-", "−", "–", "+", "="} or not _RAISABLE.fullmatch(text):
        return text
    return text.translate(_TO_RAISED)


def blank_marks(text: str) -> str:
    """The text, of the same length, with spaces for superscripts; digits for those inside a word: "I²C" is "I2C"."""
    if text.isascii() or not _MARKS.search(text):
        return text
    text = _WITHIN_WORD.sub(lambda match: match.group().translate(_TO_PLAIN), text)
    return _MARKS.sub(lambda match: " " * len(match.group()), text)


def exponent_end(text: str, end: int) -> int:
    """Where a word that ends at `end` ends with its exponent, after "10", a letter or a unit, or its charge."""
    match = _RUN.match(text, end)
    if not match or not _EXPONENT.fullmatch(match.group()):
        return end
    before, power = text[max(0, end - 8) : end], match.group()
    if "⁺" in power or "⁻" in power:
        is_exponent = before[-1:].isalnum() or before[-1:] in ")]"
    elif _NUMBER.search(before) or _LETTER.search(before):
        is_exponent = before[-1:] != "2" or len(power) > 1
    else:
        is_exponent = _UNIT.search(before) is not None and _POWER.fullmatch(power) is not None
    return match.end() if is_exponent else end


def exponents(text: str) -> list[tuple[int, int]]:
    """The spans of the text's exponents, in order."""
    if text.isascii():
        return []
    starts = (match.start() for match in _RUN.finditer(text))
    return [(start, end) for start in starts if (end := exponent_end(text, start)) > start]
