"""Which documents give the same answer to a question (pure)."""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docqa.answers import Answer

AnswerGroup = tuple["Answer", ...]
"""Answers of several documents that agree, most likely first."""

_NEGATIONS = frozenset({"no", "not", "never", "none", "nobody", "neither", "nor", "without", "except"})


def group_answers(best: "Iterable[Answer]") -> list[AnswerGroup]:
    """Group the best answers of several documents, most likely first, by agreement.

    Two answers agree if one contains the words of the other, ignoring case, articles and punctuation, but that of
    numbers: "Ada Marsh" and "the engineer Ada Marsh". Answers that differ by a negation don't agree.
    """
    from docqa.ranking import answer_identity

    groups: list[tuple[list[str], list[Answer]]] = []
    for answer in best:
        words = answer_identity(answer.text).split()
        group = next((answers for others, answers in groups if _agree(words, others)), None)
        if group is None:
            groups.append((words, [answer]))
        else:
            group.append(answer)
    return [tuple(answers) for _, answers in groups]


def count_disagreeing(best: "Sequence[Answer]") -> int:
    """Count the documents that don't agree with the most likely answer."""
    return sum(len(group) for group in group_answers(best)[1:])


def without_answer(
    names: Iterable[str], best: "Iterable[Answer]", read: Collection[str]
) -> tuple[list[str], list[str]]:
    """Return the documents that have no answer: those that were read, and those that were not."""
    answered = {answer.document for answer in best}
    without = [name for name in names if name not in answered]
    return [name for name in without if name in read], [name for name in without if name not in read]


def _agree(words: list[str], others: list[str]) -> bool:
    short, long = sorted((words, others), key=len)
    at = next((i for i in range(len(long) - len(short) + 1) if long[i : i + len(short)] == short), None)
    return at is not None and not _NEGATIONS & {*long[:at], *long[at + len(short) :]}
