"""What each document says to one question, and which of them agree (pure)."""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from docqa.ranking import normalize

if TYPE_CHECKING:
    from docqa.answers import Answer

Side = tuple["Answer", ...]
"""Answers of several documents that agree, the likeliest first."""

_DENIALS = frozenset({"no", "not", "never", "none", "nobody", "neither", "nor", "without", "except"})


def sides(best: "Iterable[Answer]") -> list[Side]:
    """The best answers of several documents, the likeliest first, those that agree together.

    Two agree where one has the other's words in it, but for case, articles and punctuation: "Ada Marsh" and "the
    engineer Ada Marsh". What "not" or its like sets apart doesn't.
    """
    found: list[tuple[list[str], list[Answer]]] = []
    for answer in best:
        words = normalize(answer.text).split() or [answer.text]
        side = next((answers for others, answers in found if _agree(words, others)), None)
        if side is None:
            found.append((words, [answer]))
        else:
            side.append(answer)
    return [tuple(answers) for _, answers in found]


def otherwise(best: "Sequence[Answer]") -> int:
    """How many documents don't agree with the likeliest answer."""
    return sum(len(side) for side in sides(best)[1:])


def silent(names: Iterable[str], best: "Iterable[Answer]", read: Collection[str]) -> tuple[list[str], list[str]]:
    """The documents that were read and have no answer, and those of which nothing was read."""
    answered = {answer.document for answer in best}
    without = [name for name in names if name not in answered]
    return [name for name in without if name in read], [name for name in without if name not in read]


def _agree(one: list[str], other: list[str]) -> bool:
    short, long = sorted((one, other), key=len)
    at = next((i for i in range(len(long) - len(short) + 1) if long[i : i + len(short)] == short), None)
    return at is not None and not _DENIALS & {*long[:at], *long[at + len(short) :]}
