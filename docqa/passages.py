"""The passage around an answer: whole sentences, or whole rows of a table (pure)."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from docqa.documents.text_structure import list_mark

PASSAGE = 320
"""Neighbouring sentences are added to a passage up to this length, in characters."""

_MAX_SENTENCE = 900  # In characters. A longer "sentence" is a table or a list, and is cut at words.
_MAX_DISTANCE = 4_000  # Characters before and after the answer in which a paragraph break is searched.
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_END = re.compile(
    r"""
    (?<=[.!?…]) (?:["'”’»)\]]+)? \d{0,2} (?=\s+ ["'“‘«(\[]* [^\W_a-z])   # the next word doesn't start in lower case
    | (?<=[。！？])
    """,
    re.VERBOSE,
)
# Full stops that don't end a sentence: after titles, references, units before a number, and initials.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[“\"'])(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Capt|Lt|Col|Gen|Rev|Hon|pp?|[Cc]f|vs|etc|[Aa]pprox|ca|al|"
    r"[Ee]\.g|[Ii]\.e|[Ee]g|[Ii]e|[Vv]iz|[Rr]esp|[Ii]ncl|[Ee]xcl|[Ee]x|(?<!\d\s)[A-Z])\.$"
)
_BEFORE_NUMBER = re.compile(
    r"(?:^|[\s(\[“\"'])(?:Nos?|nos|[Ff]igs?|[Ee]qs?|[Ss]ecs?|[Cc]h|[Vv]ol|[Aa]rts?|[Pp]aras?|[Rr]efs?|[Tt]ab|[Aa]pp|[Pp]t|"
    r"[Ee]d|[Mm]ax|[Mm]in|[Tt]el|[Ee]xt|[Ee]st|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.$"
)
_NUMBER = re.compile(r"\s+[\"'“‘«(\[]*(?:[+\-–±~]?\w*\d|[IVX]{2,}\b|[A-Z]\b(?!['’]|\s))")
_LINE = re.compile(r"([^\S\n]*)\S[^\n]*\n?")
_NUMBER_OF_ITEM = re.compile(r"(?:^|\n)[^\S\n]*[(\[]?(?:\d{1,3}|[a-z]|[ivx]{2,5})[.)\]]$")


def passage(
    text: str, start: int, end: int, longest: int = PASSAGE, within: tuple[int, int] | None = None
) -> tuple[int, int]:
    """The span of the sentences around `text[start:end]`, plus neighbours `within` a span, up to `longest`."""
    first, last = _paragraph(text, start, end, within or (0, len(text)))
    return grown(text, list(_sentences(text, first, last)), (start, end), longest)


def grown(text: str, units: Sequence[tuple[int, int]], span: tuple[int, int], longest: int) -> tuple[int, int]:
    """The span of the units (sentences, rows) that a span is in, plus neighbours up to a length of `longest`."""
    start, end = span
    inside = [i for i, (a, b) in enumerate(units) if a < end and b > start]
    if not inside:
        return start, end
    low, high = inside[0], inside[-1]
    while True:
        # The previous sentence gives the context of an answer more often than the next one.
        if low > 0 and units[high][1] - units[low - 1][0] <= longest:
            low -= 1
        elif high + 1 < len(units) and units[high + 1][1] - units[low][0] <= longest:
            high += 1
        else:
            break
    # Sentences start and end with a word, but the answer may start or end with a space.
    return _trimmed(text, min(units[low][0], start), max(units[high][1], end), start, end)


def _paragraph(text: str, start: int, end: int, within: tuple[int, int]) -> tuple[int, int]:
    low, high = max(within[0], start - _MAX_DISTANCE), min(within[1], end + _MAX_DISTANCE)
    first = low
    for gap in _PARAGRAPH.finditer(text, low, start):
        first = gap.end()
    while first < start and text[first].isspace():
        first += 1
    following = _PARAGRAPH.search(text, end, high)
    last = following.start() if following else high
    return min(first, start), max(last, end)


def _sentences(text: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    starts = [at for at in item_starts(text, first, last) if at > first]
    ends = [stop.end() for stop in _END.finditer(text, first, last)]
    begin = first
    for end in sorted({*starts, *ends}):
        if end <= begin or (end not in starts and _is_abbreviated(text, begin, end)):
            continue
        stop = end
        while stop > begin and text[stop - 1].isspace():
            stop -= 1
        if stop > begin:
            yield begin, stop
        begin = end
        while begin < last and text[begin].isspace():
            begin += 1
    end = last
    while end > begin and text[end - 1].isspace():
        end -= 1
    if begin < end:
        yield begin, end


def item_starts(text: str, first: int, last: int) -> list[int]:
    """Where the lines of `text[first:last]` begin that are items of a list: bullets, or numbers that follow each other.

    A line of running text may begin with such a mark by chance, but not two with marks that belong together.
    """
    marks = [(line.start(), list_mark(text, line.end(1))) for line in _LINE.finditer(text, first, last)]
    found = [(start, mark) for start, mark in marks if mark is not None]
    forms = Counter(mark.form for _, mark in found)
    numbers = {(mark.form, mark.value) for _, mark in found}
    return [
        start
        for start, mark in found
        if (forms[mark.form] > 1 if mark.is_bullet else numbers & {(mark.form, mark.value + n) for n in (-1, 1)})
    ]


def _is_abbreviated(text: str, begin: int, end: int) -> bool:
    """Whether the full stop before `end` belongs to an abbreviation, or to the number of an item."""
    before = text[max(begin, end - 12) : end]
    if _ABBREVIATION.search(before) or _NUMBER_OF_ITEM.search(before):
        return True
    return bool(_BEFORE_NUMBER.search(before) and _NUMBER.match(text, end))


def _trimmed(text: str, low: int, high: int, start: int, end: int) -> tuple[int, int]:
    """Cut a passage that is far too long at words, around the answer."""
    if high - low <= _MAX_SENTENCE:
        return low, high
    room = max(0, _MAX_SENTENCE - (end - start)) // 2
    first, last = max(low, start - room), min(high, end + room)
    while low < first < start and not text[first - 1].isspace():
        first += 1
    while end < last < high and not text[last].isspace():
        last -= 1
    return first, last
