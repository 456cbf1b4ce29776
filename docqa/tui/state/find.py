"""Where a text stands in a document (pure)."""

import re

MOST = 10_000
"""Matches that are looked for: a letter on its own stands in a book a million times."""


def matches(text: str, wanted: str, most: int = MOST, *, any_case: bool = False) -> list[tuple[int, int]]:
    """The offsets (start, end) of the first `most` of `wanted`, whatever spaces or line ends are between its words.

    Capitals count only where `wanted` has one, as in vim's smartcase; with `any_case` never.
    """
    words = [re.escape(word) for word in wanted.split()]
    if not words:
        return []
    capitals = any(character.isupper() for character in wanted) and not any_case
    flags = re.NOFLAG if capitals else re.IGNORECASE
    found = []
    for match in re.finditer(r"\s+".join(words), text, flags):
        found.append(match.span())
        if len(found) == most:
            break
    return found
