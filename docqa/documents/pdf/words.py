"""Hyphens (placeholder until words are merged)."""

import re
from collections.abc import Iterable

_COMPOUND = re.compile(r"\w+(?:-\w+)+")
_LAST_WORD = re.compile(r"[\w-]+$")
_FIRST_WORD = re.compile(r"^[\w-]+")


class Words:
    def __init__(self, compounds: set[str]) -> None:
        self._compounds = compounds

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Words":
        return cls({word.casefold() for line in lines if "-" in line for word in _COMPOUND.findall(line)})

    def join(self, before: str, after: str, hyphen: bool) -> tuple[str, str]:
        if not hyphen:
            return before, " "
        return (f"{before}-" if self._keeps(before, after) else before), ""

    def _keeps(self, before: str, after: str) -> bool:
        head, tail = _LAST_WORD.search(before), _FIRST_WORD.match(after)
        if not head or not tail:
            return True
        if not tail.group()[0].islower() or head.group()[-1].isdigit():
            return True
        return f"{head.group()}-{tail.group()}".casefold() in self._compounds
