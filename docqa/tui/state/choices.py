"""The rows of a list to choose from, and narrowing it by typing (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """One row and the value it stands for. A row without a value is a heading."""

    text: str
    value: T | None
    before: str = ""
    """Secondary text before `text`."""
    after: str = ""
    """Secondary text after it; begins with a newline to go below."""
    emphasis: tuple[int, int] | None = None
    """Offsets of the part of `text` to emphasize."""


def matching(typed: str, choices: Iterable[Choice[T]]) -> list[Choice[T]]:
    """Return the choices whose text matches what was typed, best first; all of them if nothing was."""
    if not typed:
        return list(choices)
    words = typed.lower().split()
    scored = [(match_score(words, choice.text), choice) for choice in choices]
    return [choice for score, choice in sorted(scored, key=lambda pair: -pair[0]) if score > 0]


def match_score(words: Sequence[str], name: str) -> float:
    """Score how well a name matches lower-case words; 0 means no match.

    A word found as a substring scores highest, then one whose letters occur in order. Textual's own matcher weighs
    every placement of the letters: that takes milliseconds for a long path, and there may be a hundred thousand.
    """
    name = name.lower()
    total = 0.0
    for word in words:
        at = name.rfind(word)
        if at >= 0:
            at_word_start = at == 0 or not name[at - 1].isalnum()
            total += 3 + at_word_start + len(word) / len(name)
            continue
        last = first = name.find(word[0])
        for letter in word[1:]:
            last = name.find(letter, last + 1) if last >= 0 else -1
        if last < 0:
            return 0
        total += len(word) / (last - first + 1)
    return total
