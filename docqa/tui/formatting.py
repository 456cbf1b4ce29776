"""Text made fit for the screen: nothing in it is obeyed, by the terminal or as markup (pure)."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.content import Content

if TYPE_CHECKING:
    from docqa.answers import Answer, Citation

# A terminal obeys control characters, and bidirectional overrides let a text pose as another. A lone
# surrogate can't be encoded at all. Tabs and newlines are left to whoever lays the text out.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SEPARATORS = re.compile("[\u2028\u2029]")
_SPACE = re.compile(r"\s")

MUTED = "$foreground 60%"
"""The style of what is secondary. ($text-muted is for whole widgets; in a part of a text it is not dim.)"""

_WORDS = (
    (0.85, "very likely"),
    (0.6, "likely"),
    (0.4, "possible"),
    (0.15, "unlikely"),
    (0.0, "very unlikely"),
)

_STAGES = {
    "reading pages": "reading the pages",
    "tokenizing": "preparing the text",
    "embedding": "preparing the search",
}
"""What the engine does with a document, in the words of those who don't know how it is done."""


def stage(name: str) -> str:
    """A stage of the engine's work, for a person."""
    return _STAGES.get(name, flat(name))


def plain(text: str) -> str:
    """The text without what a terminal would obey. Character for character: offsets stay."""
    return _SEPARATORS.sub(" ", _UNSAFE.sub("\ufffd", text))


def flat(text: str) -> str:
    """As `plain`, on one line, and as long."""
    return _SPACE.sub(" ", plain(text))


def cited(place: "Answer | Citation") -> str:
    """Where an answer stands, as every part of docqa writes it."""
    from docqa.output import citation  # numpy comes with it, and the first frame is not to wait for that.

    return plain(citation(place))


def likelihood(probability: float) -> str:
    """A probability as a word."""
    return next(word for least, word in _WORDS if probability >= least or least == 0.0)


def percent(probability: float) -> str:
    """A probability as a number of four characters. It never claims to be certain."""
    if probability > 0.99:
        return ">99%"
    if probability < 0.01:
        return " <1%"
    return f"{probability:4.0%}"


def bar(done: float, width: int = 8) -> str:
    """A fraction, 0 to 1, as a bar; a little is never drawn as nothing, nor as all."""
    done = max(0.0, min(1.0, done))
    filled = round(done * width)
    if 0 < done < 1:
        filled = max(1, min(width - 1, filled))
    return "█" * filled + "░" * (width - filled)


def hang(content: Content, width: int, first: Content | str, rest: Content | str | None = None) -> list[Content]:
    """Wrap to `width` cells, with `first` before the first line and `rest` (or blanks) before the others."""
    blank = " " * len(first) if rest is None else rest
    lines = content.wrap(max(4, width - len(first))) or [Content("")]
    return [Content("") + (blank if number else first) + line for number, line in enumerate(lines)]


def joined(lines: Iterable[Content]) -> Content:
    """Lines as one text."""
    return Content("\n").join(lines)


def counted(number: int, noun: str) -> str:
    """ "1 page", "24 pages"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def shortened(text: str, most: int = 80) -> str:
    """The beginning of a text that is only to be recognised, cut between two words if it has more characters."""
    if len(text) <= most:
        return text
    return (text[:most].rpartition(" ")[0] or text[:most]).rstrip() + "…"
