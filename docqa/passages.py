"""The passage around an answer: whole sentences, or whole rows of a table (pure)."""

import re
from collections.abc import Iterator, Sequence

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
# Full stops that don't end a sentence: after titles, references and initials.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[“\"'])(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Capt|Lt|Col|Gen|Rev|Hon|No|Nos|Fig|Figs|Eq|Sec|Ch|Vol|pp?|cf|vs|"
    r"etc|approx|ca|al|e\.g|i\.e|[A-Z])\.$"
)


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
    begin = first
    for stop in _END.finditer(text, first, last):
        if stop.end() > begin and not _ABBREVIATION.search(text[max(begin, stop.end() - 12) : stop.end()]):
            yield begin, stop.end()
            begin = stop.end()
            while begin < last and text[begin].isspace():
                begin += 1
    end = last
    while end > begin and text[end - 1].isspace():
        end -= 1
    if begin < end:
        yield begin, end


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
