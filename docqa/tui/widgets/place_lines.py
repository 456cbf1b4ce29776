"""One place in the list of answers: its sentence with the answer marked, where it is, and how likely."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content, Span

from docqa.terminal_text import flat
from docqa.tui.formatting import bar, headings, likelihood, located, shortened
from docqa.tui.state.places import Excerpt, Place, cut, excerpt
from docqa.tui.state.short_names import shortened_names
from docqa.tui.styling import MUTED, hang, hang_lines
from docqa.wording import counted, percent

if TYPE_CHECKING:
    from docqa.answers import Answer

_INDENT = 5
_GAP = 2  # Cells at least between where it is and how likely.
_ANY_WIDTH = 10_000
_SENTENCE_ROWS = 3  # Where there is room.
_SHORTEST_NAME, _SHORTEST_SECTION = 12, 16  # Cells: what is shorter says nothing.


@dataclass(frozen=True, slots=True)
class ListStyle:
    """What the whole list has in common: its width in cells, whether there is room for more rows, what is marked.

    `claimed`: whether these are answers, and so have a likelihood; `claims`: whether the words of one are marked.
    `titles` are what the open documents are called, empty if there is one.
    """

    width: int
    roomy: bool
    claimed: bool
    claims: Callable[["Answer"], bool]
    titles: Mapping[str, str]


def place_lines(
    place: Place, number: int, style: ListStyle, *, selected: bool, named: bool, new: bool
) -> Iterator[Content]:
    """The rows of a place; `named` if its document is to be named."""
    answer = place.answer
    pinned = "★" if answer.mark.pinned else " "
    first = Content.styled(f"{'▸' if selected else ' '}{number:>2}{pinned} ", "$text-accent")
    yield from hang_lines(_sentence(place, style), first, " " * first.cell_length)
    yield from _whereabouts(answer, style, named=named, new=new)
    if answer.other_locations and style.roomy:
        other = answer.other_locations[0]
        name = style.titles.get(other.document, "") if other.document != answer.document else ""
        where = ", ".join(filter(None, (name, located(other))))
        also = f"also in {counted(len(answer.other_locations), 'other place')}: {where}"
        yield from hang(Content.styled(also, MUTED), style.width, " " * _INDENT)
    yield from _said(answer, style.width)


def _sentence(place: Place, style: ListStyle) -> list[Content]:
    """The sentence or the cell, cut around the answer to the rows that it may have."""
    width = max(4, style.width - _INDENT)
    rows = _SENTENCE_ROWS if style.roomy else 1
    named = headings(place.answer)
    lead = f"{shortened(named, width * rows // 2)}: " if named else ""
    whole = excerpt(place)
    room = rows * width
    while True:
        part = cut(whole, max(4, room - len(lead)))
        lines = (Content(lead) + _marked(part, place, style)).wrap(width)
        if len(lines) <= rows or room <= width // 2:
            return lines
        room -= 4  # Words don't fill their rows.


def _marked(part: Excerpt, place: Place, style: ListStyle) -> Content:
    spans = [
        Span(*span, "bold underline")
        for answer, span in zip(place.answers, part.spans, strict=False)
        if style.claims(answer)
    ]
    return Content(part.text, spans=spans)


def _whereabouts(answer: "Answer", style: ListStyle, *, named: bool, new: bool) -> Iterator[Content]:
    """Where it is and how likely, on one row where they fit; the bar is left out first."""
    width = style.width - _INDENT
    indent = Content(" " * _INDENT)
    forms = _likely(answer, style)
    for likely in forms or [Content("")]:
        gap = _GAP if likely else 0
        where = _where(answer, style, width - likely.cell_length - gap, named=named, new=new)
        if where is not None:
            between = " " * (width - where.cell_length - likely.cell_length) if likely else ""
            yield indent + where + between + likely
            return
    where = _where(answer, style, width, named=named, new=new)
    if where is None:
        where = _where(answer, style, _ANY_WIDTH, named=named, new=new) or Content("")
    yield from hang(where, style.width, indent)
    if forms:
        yield indent + forms[0]


def _likely(answer: "Answer", style: ListStyle) -> list[Content]:
    """How likely an answer is, or that it is right: in full, and if there isn't much room, in fewer words."""
    if answer.mark.right:
        return [Content.styled("✓ you marked this right", "$text-success")]
    if not (style.claimed and answer.estimated):
        return []
    # Words before the bar, for screen readers.
    words = f"{percent(answer.probability):<4} {likelihood(answer.probability):<13}"
    full = Content(f"{words} {bar(answer.probability)}")
    return [full] if style.roomy else [full, Content(words), Content(percent(answer.probability))]


def _where(answer: "Answer", style: ListStyle, room: int, *, named: bool, new: bool) -> Content | None:
    """Document, page and line; other places and the section if there is room. None if there isn't even for those."""
    mark = Content.styled("new ", "bold $text-accent") if new else Content("")
    place = located(answer) + (", in an earlier version" if answer.outdated else "")
    name = style.titles.get(answer.document, "") if named else ""
    left = room - mark.cell_length - cell_len(place) - (2 if name else 0)
    if left < min(_SHORTEST_NAME, cell_len(name)):
        return None
    if cell_len(name) > left:
        titles = list(style.titles.values())
        name = shortened_names(titles, left)[titles.index(name)]
    text = f"{name}, {place}" if name else place
    others = len(answer.other_locations)
    also = f" · and {counted(others, 'other place')}" if others and not style.roomy else ""
    left = room - mark.cell_length - cell_len(text)
    if len(also) > left:
        also = ""
    section = flat(answer.section or "")
    room_for_section = left - len(also) - 2
    if cell_len(section) > room_for_section:
        section = shortened(section, room_for_section - 1) if room_for_section >= _SHORTEST_SECTION else ""
    if section and cell_len(section) <= room_for_section:
        text += f", {section}"
    return mark + Content.styled(text + also, "$text-warning" if answer.outdated else MUTED)


def _said(answer: "Answer", width: int) -> Iterator[Content]:
    """What else the user said about an answer."""
    mark = answer.mark
    if mark.wrong:
        yield Content.styled("     ✗ you marked this wrong", "$text-warning")
    if not (mark.found or mark.right):
        yield Content.styled("     not among the answers now", MUTED)
    if mark.note:
        yield from hang(Content.styled(flat(mark.note), "italic"), width, Content.styled("     ✎ ", "$text-accent"))
