"""Finding a span of a text again after the text has changed (pure)."""

import re
from collections.abc import Iterator

Span = tuple[int, int]

_ENOUGH = 8
"""Words that identify a place. A shorter sentence is looked for with words before or after it."""
_COMPARED = 400  # Characters on each side that decide between several places.
_MOST_PLACES = 1_000  # A text that repeats itself more often than this is no document.
_WORD = re.compile(r"\S+")


def find_again(old: str, new: str, span: Span, unit: Span) -> Span | None:
    """Where `old[start:end]` is in `new`: the same words, white space aside, in the same surroundings.

    `unit` is the sentence or row around the span, which has to be in `new` word for word; if it is short, together with
    words before it, or after it. Of several places that whose further surroundings agree most is taken, then the
    nearest. None if there is none.
    """
    for first, last in _surroundings(old, unit):
        places = list(_places(old, new, span, (first, last)))
        if places:
            return min(places, key=lambda place: _difference(old, new, span, place))
    return None


def nearest_offset(old: str, new: str, offset: int) -> int:
    """The offset in `new` where the reader of `old` at `offset` would go on reading."""
    line_end = old.find("\n", offset)
    unit = offset, len(old) if line_end < 0 else line_end
    found = find_again(old, new, (unit[0], unit[0]), unit)
    return found[0] if found else min(offset, len(new))


def _surroundings(old: str, unit: Span) -> Iterator[Span]:
    """What identifies a place: the unit with enough words on both sides, before it, or after it."""
    first, last = unit
    missing = _ENOUGH - len(_WORD.findall(old, first, last))
    if missing <= 0:
        yield unit
        return
    # As far as needed words can reach; longer ones are no words of a language.
    before = [match.start() for match in _WORD.finditer(old, max(0, first - 40 * missing), first)]
    after = [match.end() for match in _WORD.finditer(old, last, last + 40 * missing)]
    left = before[-missing] if len(before) >= missing else before[0] if before else first
    right = after[missing - 1] if len(after) >= missing else after[-1] if after else last
    yield left, right
    # At an end of the text one side may be too short, and stands for both.
    if left < first:
        yield left, last
    if right > last:
        yield first, right


def _places(old: str, new: str, span: Span, region: Span) -> Iterator[Span]:
    """The places of the span in `new` at which all of the region stands around it."""
    start, end = span
    first, last = region
    # White space at its ends doesn't belong to it, unless it does to the span.
    while first < start and old[first].isspace():
        first += 1
    while last > end and old[last - 1].isspace():
        last -= 1
    if first == last:
        return
    text = old[first:last]
    at = new.find(text)
    if at >= 0:
        found = 0
        while at >= 0 and found < _MOST_PLACES:
            if _same_edges(old, new, (first, last), (at, at + len(text))):
                yield at + start - first, at + end - first
            found += 1
            at = new.find(text, at + 1)
        return
    parts = (_pattern(old[first:start]), _pattern(old[start:end]), _pattern(old[end:last]))
    for number, match in enumerate(re.finditer("{}({}){}".format(*parts), new)):
        if number == _MOST_PLACES:
            return
        if _same_edges(old, new, (first, last), match.span()):
            yield match.span(1)


def _pattern(text: str) -> str:
    """A pattern of the text with any white space between its words."""
    return "".join(r"\s+" if part.isspace() else re.escape(part) for part in re.split(r"(\s+)", text))


def _same_edges(old: str, new: str, one: Span, other: Span) -> bool:
    """Whether both spans begin and end with a word, or both within one: "12 euros" is not in "112 euros"."""
    return all(_within_word(old, a) == _within_word(new, b) for a, b in zip(one, other, strict=True))


def _within_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _difference(old: str, new: str, span: Span, place: Span) -> tuple[int, int]:
    """How much the surroundings differ, and how far the span has moved, counted from either end of the text."""
    before = _agreement(
        old[max(0, span[0] - _COMPARED) : span[0]][::-1], new[max(0, place[0] - _COMPARED) : place[0]][::-1]
    )
    after = _agreement(old[span[1] : span[1] + _COMPARED], new[place[1] : place[1] + _COMPARED])
    moved = place[0] - span[0]
    return -(before + after), min(abs(moved), abs(moved - (len(new) - len(old))))


def _agreement(one: str, other: str) -> int:
    """The length of the common beginning."""
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return at
    return min(len(one), len(other))
