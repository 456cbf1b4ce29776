"""Comparing the answers of two readers to the same questions (pure)."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docqa.terminal_text import flat
from docqa.tui.state.session import AskedQuestion, QuestionState
from docqa.wording import counted, percent

if TYPE_CHECKING:
    from docqa.answers import Result
    from docqa.userdata.corrections import Correction


@dataclass(frozen=True, slots=True)
class ComparedQuestion:
    """One question with the results of both readers.

    `right` are the answers that the user marked as right: ("",) for "no answer", empty without a verdict.
    """

    question: str
    mine: "Result"
    other: "Result"
    right: tuple[str, ...] = ()


def comparable(asked: Iterable[AskedQuestion]) -> list[AskedQuestion]:
    """Return the answered questions, each as it was last asked."""
    return list(
        {one.question: one for one in asked if one.state is QuestionState.DONE and one.result is not None}.values()
    )


def right_answers(names: Iterable[str], kept: "Iterable[Correction]") -> dict[str, tuple[str, ...]]:
    """Return the right answers in these documents by question, from the stored corrections.

    ("",) means that none of the documents has the answer.
    """
    paths = {os.path.abspath(name) for name in names}  # noqa: PTH100 - as corrections are stored
    by_question: dict[str, list[str]] = {}
    for correction in kept:
        if correction.document in paths:
            by_question.setdefault(correction.question, []).append(correction.answer or "")
    # An answer in one document outweighs "no answer" in the others.
    return {question: tuple(filter(None, answers)) or ("",) for question, answers in by_question.items()}


def is_right(result: "Result", right: Sequence[str]) -> bool | None:
    """Whether the first answer is right; None without a verdict."""
    from docqa.evaluation.metrics import RIGHT, f1

    if not right:
        return None
    text = result.answers[0].text if result.answered else ""
    if right == ("",) or not text:
        return right == ("",) and not text
    return f1(text, right) >= RIGHT


def difference(compared: ComparedQuestion) -> str:
    """Describe in a word how the two first answers differ."""
    from docqa.ranking import answer_identity

    if compared.mine.answered is not compared.other.answered:
        return "only one"
    if not compared.mine.answered:
        return "neither"
    texts = [answer_identity(result.answers[0].text) for result in (compared.mine, compared.other)]
    return "same" if texts[0] == texts[1] else "differ"


def cell(result: "Result", right: Sequence[str]) -> str:
    """Format a result for a table: probability, text, and whether it is right if that is known."""
    verdict = {True: " ✓ right", False: " ✗ wrong", None: ""}[is_right(result, right)]
    if result.answered:
        best = result.answers[0]
        return f"{percent(best.probability)} {flat(best.text)}{verdict}"
    if result.withheld is not None:
        return f"no answer claimed{verdict}"
    one = result.most_probable
    closest = f" (closest: {percent(one.probability)} {flat(one.text)})" if one else ""
    return f"no answer{verdict}{closest}"


def summary(compared: Sequence[ComparedQuestion], mine: str, other: str) -> list[str]:
    """Summarize a comparison in one or two sentences."""
    differ = sum(difference(one) in {"differ", "only one"} for one in compared)
    lines = [f"The first answers differ for {differ} of {counted(len(compared), 'question')}."]
    judged = [one for one in compared if one.right]
    if judged:
        first = sum(bool(is_right(one.mine, one.right)) for one in judged)
        second = sum(bool(is_right(one.other, one.right)) for one in judged)
        marked = counted(len(judged), "question")
        lines.append(f"Of {marked} you marked right or wrong, {mine} gets {first} right, {other} {second}.")
    return lines
