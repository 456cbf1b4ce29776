"""Formulas that are set apart from the text (pure).

A file draws them in pieces, from which no text can be made that reads well: they are marked, so that neither their
pieces become paragraphs nor the text beside them runs into them.
"""

import re
from collections.abc import Iterator, Sequence

from docqa.documents.pdf.lines import LayoutLine

_RELATION = re.compile(r"[=←≤≥≈≠≡∝≪≫∈]")
_SIGN = re.compile(r"[=←≤≥≈≠≡∝≪≫∈∑∏∫√∂∇⊕⊗×·−+/^|*±()\[\]{}'′,.\ue000-\uf8ffͰ-Ͽ]")
_WORD = re.compile(r"[^\W\d_]{3,}")
_LETTER = re.compile(r"(?<![^\W\d_])[^\W\d_](?![^\W_])|[a-zA-Z]\d")
_FUNCTIONS = frozenset({"sin", "cos", "tan", "log", "exp", "min", "max", "mod", "lim", "and", "for"})
_MOST_WORDS = 1  # That are no function's name: "R net".
_NAMES = re.compile(r"[^\W\d_]+\s*[=←≈≡]")
_VALUES = re.compile(r"\W*(?:\d{4}\W*)?(?:\w{1,4}\s*=\s*\$?[\d.,%]*\W*(?:\d{4}\W*)?)+|.*[$€£].*")
"""Sample sizes and the like: "n = 176, p = 0.05"."""
_PIECE = re.compile(r"(?:\S{1,2}(?:\s+|$))+")
_NEAR = 2.5  # In heights of the type, between the pieces of one formula.


def mark_formulas(lines: Sequence[LayoutLine]) -> Iterator[LayoutLine]:
    """The body's lines, in reading order, with those of formulas marked as such."""
    found = [_is_formula(line, lines[index - 1] if index else None) for index, line in enumerate(lines)]
    if True not in found:
        yield from lines
        return
    for order in (range(1, len(lines)), range(len(lines) - 2, -1, -1)):
        step = order.step
        for index in order:
            found[index] = found[index] or (found[index - step] and _is_piece(lines[index], lines[index - step]))
    for line, is_formula in zip(lines, found, strict=True):
        yield line._replace(kind="formula", row_cells=(), cells=1) if is_formula else line


def _is_formula(line: LayoutLine, above: LayoutLine | None) -> bool:
    text = line.text
    if line.kind or line.fixed_pitch or (text.isascii() and "=" not in text):
        return False  # Most lines: this is for speed.
    if not _RELATION.search(text) or _VALUES.fullmatch(text) or ";" in text:
        return False
    if not _LETTER.search(text) and any(map(str.isalnum, text)):
        return False
    words = [word for word in _WORD.findall(text) if word not in _FUNCTIONS]
    if len(words) > _MOST_WORDS or sum(map(len, words)) > 0.25 * len(text):
        return False
    if words and (words[0][0].islower() or not text.startswith(words[0]) or not _NAMES.match(text)):
        return False  # "where x = 3".
    return above is None or not _goes_on(above, line)


def _goes_on(above: LayoutLine, line: LayoutLine) -> bool:
    """Whether a line is the end of a sentence of the text."""
    return (
        (above.page, above.region) == (line.page, line.region)
        and not above.kind
        and above.x1 > above.right - 3 * above.size
        and line.x0 < above.x0 + line.size
        and 0 < line.top - above.top < 2 * line.size
    )


def _is_piece(line: LayoutLine, formula: LayoutLine) -> bool:
    """Whether a line of single letters and signs belongs to the formula right before or after it."""
    return (
        not line.kind
        and line.page == formula.page
        and max(line.top - formula.bottom, formula.top - line.bottom) < _NEAR * max(line.size, formula.size)
        and (_PIECE.fullmatch(line.text) is not None or not _WORD.search(line.text))
        and (_SIGN.search(line.text) is not None or _LETTER.search(line.text) is not None or len(line.text) < 3)
    )
