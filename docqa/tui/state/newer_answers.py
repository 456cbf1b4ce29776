"""Which answers are those that the user looks at, and what reading on has found beyond them (pure)."""

from typing import TYPE_CHECKING

from docqa.wording import counted

if TYPE_CHECKING:
    from docqa.answers import Answer, Result

AnswerSpan = tuple[str, int, int]
"""A document's name, and the offsets at which an answer starts and ends."""


def span_of(answer: "Answer") -> AnswerSpan:
    """Where an answer is."""
    return answer.document, answer.start, answer.end


def found_again(before: "Answer | None", answer: "Answer") -> bool:
    """Whether this is the answer that was shown, found again in a new version: the user may read elsewhere."""
    if before is None or not before.outdated or before.document != answer.document:
        return False
    return before.text.split() == answer.text.split()


def shown(result: "Result") -> "tuple[Answer, ...]":
    """The answers of a result, or the closest passages if there are none."""
    return result.answers if result.answered else result.closest


def looks_the_same(before: "Result", after: "Result") -> bool:
    """Whether the list of answers keeps its rows, all but their probabilities."""
    return before.answered == after.answered and _rows(before) == _rows(after)


def _rows(result: "Result") -> list[object]:
    withheld = result.withheld is not None
    return [(span_of(one), one.passage_start, one.passage, len(one.other_locations), withheld) for one in shown(result)]


def new_spans(before: "Result", after: "Result") -> frozenset[AnswerSpan]:
    """The spans that are shown after, and were not before."""
    return frozenset(map(span_of, shown(after))) - frozenset(map(span_of, shown(before)))


def offer(before: "Result", after: "Result") -> str:
    """What there is to show, in a few words: "2 new answers"."""
    new = len(new_spans(before, after))
    if not new:
        return "a new order"
    if after.answered and not before.answered:
        return "answers found" if new > 1 else "an answer found"
    return counted(new, "new answer" if after.answered else "closer passage")
