"""The edges of an answer: what the reader tore is made whole, what is no part of an answer is cut off (pure).

A reader chooses its first and its last token each by itself, so that a span may end in "20" of "20 %", or hold one
bracket of two. Nothing else is added: the short answer is the good one.
"""

import re

from docqa.atoms import UNIT, Atom, atoms
from docqa.reader.span_decoding import Span
from docqa.windows import Tokens

_REACH = 40  # Characters looked at before and after a span, and on to the next space.
_FARTHEST = 400
_NEAR = 60  # Characters in which the partner of a bracket or quotation mark is looked for.
_ROUNDS = 8

_CLOSERS = {"(": ")", "[": "]", "{": "}", "“": "”"}
_OPENERS = {closer: opener for opener, closer in _CLOSERS.items()}
_BEFORE = re.compile(r"(?:[\s\u200b•▪●◦‣·,;:!?…]|[./*](?!\w)|[-–—](?=\s))+")
_LIST_MARK = re.compile(
    r"(?:\(?(?:\d{1,3}|[a-z]|[ivxl]{2,5})\)|\d{1,2}\.|\d{1,2}(?:\.\d{1,2})+\.?(?=\s+[A-Z])|§\s?[\d.]+)\s+(?=\S)"
)
_LABEL = re.compile(r"[A-Z][^\W\d]*(?:[ /-][^\W\d]+){0,3}:\s+(?=\S)")
_AFTER = re.compile(r"(?:[\s\u200b•▪●◦‣,;:…]|(?<=\s)[-–—])+\Z")
_FULL_STOP = re.compile(r"(?:(?<=[^\W_]{3})|(?<=[\d)\]”\"]))\.\Z")
_ABBREVIATION = re.compile(r"\b(?:Inc|Ltd|Corp|Bros|Mrs|etc|vol|Dept|Univ|Ave|Blvd|Esq|\w\.\w+)\.\Z", re.IGNORECASE)
_COORDINATES = re.compile(r"[\d\s.,;:]+")
_NAME = re.compile(r"(?![a-zß-öø-ÿ])[^\W\d_]")
_NAMES_BEFORE = re.compile(rf"(?!(?:The|An?)\s)(?:{_NAME.pattern}[\w'’-]*\s+)+")
_NAMES_AFTER = re.compile(rf"(?:\s+(?:{_NAME.pattern}[\w'’-]*|\d[\d.]*))+")
_ENDS_IN_NAME = re.compile(rf"(?<![\w'’-]){_NAME.pattern}[\w'’-]*\Z")
_NO_ANSWER = re.compile(
    r"[\s.,;:!?…•()\[\]\"“”'-]*(?:an?|and|are|as|at|be|by|for|from|in|is|its?|of|on|or|that|the|this|to|was|were|with)?"
)
_LABELS = frozenset({"email", "mail", "phone", "telephone", "tel", "fax", "address", "date", "name", "contact", "note"})
_SIGNS = frozenset("$€£¥%")
_ABOUT_UNITS = frozenset({"unit", "units", "currency", "sign", "symbol", "measured", "expressed", "given"})
_PARTS = {
    "date": frozenset({"year", "years", "month", "months", "decade", "century"}),
    "address": frozenset({"port", "protocol", "domain", "host", "hostname", "path", "file", "username"}),
}


def whole_answer(text: str, tokens: Tokens, offset: int, span: Span, question: str) -> tuple[int, int] | None:
    """The whole answer around a span of the window of a text's tokens that begins with the token `offset`.

    It is the `whole_span` in its block, with the rest of a name that it is part of, if the reader scores that as well.
    """
    first, last = offset + span.first, offset + span.last
    start, end = int(tokens.starts[first]), int(tokens.ends[last])
    if _NAME.match(text, start, end):
        begins = (int(tokens.starts[offset + token]) for token in span.firsts)
        start = next((begin for begin in begins if _NAMES_BEFORE.fullmatch(text, begin, start)), start)
    if _ENDS_IN_NAME.search(text[start:end]):
        finishes = (int(tokens.ends[offset + token]) for token in span.lasts)
        end = next((finish for finish in finishes if _NAMES_AFTER.fullmatch(text, end, finish)), end)
    return whole_span(text, (start, end), tokens.block_around(first), question)


def whole_span(text: str, span: tuple[int, int], block: tuple[int, int], question: str = "") -> tuple[int, int] | None:
    """The whole answer around a span of a text, in its block; None if that is no answer: a mark, "of", "days".

    A date or an address may be divided if the question asks for a part of it, such as the year, and a number may stand
    without the unit that the question names.
    """
    if _NO_ANSWER.fullmatch(text, *span):
        return None
    asked = frozenset(re.findall(r"\w+", question.lower()))
    for _ in range(_ROUNDS):
        whole = [_as_asked(text, atom, asked) for atom in atoms(text, *_surroundings(text, span, block))]
        edges = _trimmed(text, _widened(text, span, block, whole), block, whole, asked)
        if edges == span:
            break
        span = edges
    answer = text[slice(*span)]
    is_unit = answer in _SIGNS or (UNIT.fullmatch(answer) and " " not in answer)
    return None if (is_unit and asked.isdisjoint(_ABOUT_UNITS)) or _NO_ANSWER.fullmatch(answer) else span


def _surroundings(text: str, span: tuple[int, int], block: tuple[int, int]) -> tuple[int, int]:
    """The part of the block that has every atom at the span's edges, in whole words."""
    low, high = max(block[0], span[0] - _FARTHEST), min(block[1], span[1] + _FARTHEST)
    first, last = max(low, span[0] - _REACH), min(high, span[1] + _REACH)
    while first > low and not text[first - 1].isspace():
        first -= 1
    while last < high and not text[last].isspace():
        last += 1
    return first, last


def _as_asked(text: str, atom: Atom, asked: frozenset[str]) -> Atom:
    """The atom without what the question doesn't ask for: the rest of a date or an address, or a unit."""
    if not asked.isdisjoint(_PARTS.get(atom.kind, ())):
        return atom._replace(end=atom.start)
    unit = text[atom.number_end : atom.end].strip("- \n").lower().removesuffix("s")
    return atom._replace(end=atom.number_end) if unit and not asked.isdisjoint({unit, unit + "s"}) else atom


def _widened(text: str, span: tuple[int, int], block: tuple[int, int], whole: list[Atom]) -> tuple[int, int]:
    """The span over the atoms that it divides, with its brackets and quotation marks in pairs."""
    start, end = _paired(text, span, block)
    for atom in whole:
        if atom.start < start < atom.end:
            start = atom.start
        if atom.start < end < atom.end:
            end = atom.end
    return start, end


def _paired(text: str, span: tuple[int, int], block: tuple[int, int]) -> tuple[int, int]:
    """The span with the partner of a bracket or quotation mark that it has alone, if that is near, else without it."""
    start, end = span
    opened: list[int] = []
    for i in range(start, end):
        mark, side = _mark(text, i)
        if side > 0:
            opened.append(i)
        elif side < 0 and opened and _mark(text, opened[-1])[0] == mark:
            opened.pop()
        elif side < 0:
            partner = _partner(text, range(i, max(block[0], start - _NEAR) - 1, -1))
            if partner is not None:
                return min(start, partner), end
            if mark != '"':  # Which may stand for inches.
                return (i + 1, end) if _has_words(text[i + 1 : end]) else (start, i)
    if not opened:
        return span
    first = opened[0]
    partner = _partner(text, range(first, min(block[1], end + _NEAR)))
    if partner is not None:
        return start, max(end, partner + 1)
    return (start, first) if _has_words(text[start:first]) else (first + 1, end)


def _mark(text: str, i: int) -> tuple[str, int]:
    """Which pair the character at `i` belongs to, by the opening one, and 1 if it opens, -1 if it closes, else 0."""
    char = text[i]
    if char == '"':
        opens = (i == 0 or text[i - 1].isspace() or text[i - 1] in _CLOSERS) and not text[i + 1 : i + 2].isspace()
        return char, 1 if opens else -1
    return (char, 1) if char in _CLOSERS else (_OPENERS.get(char, ""), -(char in _OPENERS))


def _partner(text: str, places: range) -> int | None:
    """Where the partner is of the bracket or quotation mark at the first of the places; None if at none of them."""
    kind, side = _mark(text, places[0])
    depth = 0
    for i in places:
        other = _mark(text, i)
        depth += (other == (kind, side)) - (other == (kind, -side))
        if depth == 0:
            return i
    return None


def _has_words(text: str) -> bool:
    return any(map(str.isalnum, text))


def _is_label(text: str, asked: frozenset[str]) -> bool:
    """Whether a text before a colon names what the question asks for, or what contacts have; titles have some, too."""
    words = frozenset(re.findall(r"\w+", text.lower()))
    return not words.isdisjoint(asked | _LABELS)


def _trimmed(
    text: str, span: tuple[int, int], block: tuple[int, int], whole: list[Atom], asked: frozenset[str]
) -> tuple[int, int]:
    """The span without what is no part of an answer at its edges, and without marks of a pair around all of it."""
    start, end = span

    def divides(edge: int) -> bool:
        return any(atom.start < edge < atom.end for atom in whole)

    for pattern in (_BEFORE, _LIST_MARK, _LABEL):
        match = pattern.match(text, start, end)
        if match is None or divides(match.end()):
            continue
        begins_line = start == block[0] or text[start - 1] == "\n"
        if pattern is _BEFORE or (begins_line and (pattern is _LIST_MARK or _is_label(match[0], asked))):
            start = match.end()
    for pattern in (_AFTER, _FULL_STOP):
        match = pattern.search(text[start:end])
        if match and not divides(start + match.start()) and not _ABBREVIATION.search(text[start:end]):
            end = start + match.start()
    around = end - start > 2 and _mark(text, start)[1] > 0 and _partner(text, range(start, end)) == end - 1
    return (start + 1, end - 1) if around and not _COORDINATES.fullmatch(text, start + 1, end - 1) else (start, end)
