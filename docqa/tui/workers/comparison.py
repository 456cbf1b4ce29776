"""The questions of a session put to a second reader, in a worker thread; and what the two answers come to (pure)."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING

from textual.message import Message

from docqa.errors import DocqaError, unexpected
from docqa.progress import Cancelled, Monitor, Progress
from docqa.tui.formatting import counted, flat, percent
from docqa.tui.messages import Post
from docqa.tui.state.session import AskedQuestion, QuestionState
from docqa.tui.workers.document_loader import MakeEngine, default_engine

if TYPE_CHECKING:
    from docqa.answers import Result
    from docqa.engine import Collection
    from docqa.userdata.corrections import Correction


@dataclass(frozen=True, slots=True)
class ComparedQuestion:
    """One question, and what came of it with each reader. `right` are the answers that the person said are right, empty
    strings for "no answer"; () where the person said nothing."""

    question: str
    mine: "Result"
    other: "Result"
    right: tuple[str, ...] = ()


class ComparisonAdvanced(Message):
    """The other reader came this far: in opening the documents, or in a question."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress


class QuestionCompared(Message):
    """One more question has both answers."""

    def __init__(self, compared: ComparedQuestion) -> None:
        super().__init__()
        self.compared = compared


class ComparisonEnded(Message):
    """There is no more to come: all is done, or the person stopped it, or `error` says why."""

    def __init__(self, *, stopped: bool = False, error: DocqaError | None = None) -> None:
        super().__init__()
        self.stopped = stopped
        self.error = error


def to_compare(asked: Iterable[AskedQuestion]) -> list[AskedQuestion]:
    """The questions that were answered, each once: as it was asked last."""
    return list(
        {one.question: one for one in asked if one.state is QuestionState.DONE and one.result is not None}.values()
    )


@dataclass(frozen=True, slots=True)
class ComparisonRequest:
    """A comparison: `asked` was answered by `mine`, the documents as they are open; `other` is the other reader."""

    mine: "Collection"
    other: str
    asked: tuple[AskedQuestion, ...]
    make_engine: MakeEngine = default_engine


def compare(wanted: ComparisonRequest, password: str | None, cancel: Event, post: Post) -> None:
    """Ask the other reader the same of the same documents. Posts what comes of it; raises nothing."""

    def report(progress: Progress) -> None:
        post(ComparisonAdvanced(progress))

    try:
        _compare(wanted, password, Monitor(report, cancel), post)
    except Cancelled:
        post(ComparisonEnded(stopped=True))
    except DocqaError as error:
        post(ComparisonEnded(error=error))
    except Exception as error:  # noqa: BLE001 - shown where the answers would be
        post(ComparisonEnded(error=unexpected(error)))
    else:
        post(ComparisonEnded())


def _compare(wanted: ComparisonRequest, password: str | None, monitor: Monitor, post: Post) -> None:
    from docqa.engine import Collection
    from docqa.userdata import corrections

    mine = wanted.mine
    engine = wanted.make_engine(replace(mine.engine.settings, reader=wanted.other))
    engine.load_in_background()
    opened = [engine.index(document.name, monitor, password) for document in mine.documents]
    for before, now in zip(mine.documents, opened, strict=True):
        if before.sha256 != now.document.sha256:
            raise DocqaError(f"{before.name} changed since it was opened", "open it again with r, then compare")
    other = Collection(engine, opened)
    right = said([document.name for document in mine.documents], corrections.kept())
    for one in wanted.asked:
        exhaustive = True if one.exhaustive else None  # None: as the settings have it.
        result = one.result
        if result is None or result.reader != mine.engine.reader.name:
            # Another reader was in use when it was asked.
            result = mine.ask(one.question, monitor, exhaustive=exhaustive)
        answered = other.ask(one.question, monitor, exhaustive=exhaustive)
        post(QuestionCompared(ComparedQuestion(one.question, result, answered, right.get(one.question, ()))))


def said(names: Iterable[str], kept: "Iterable[Correction]") -> dict[str, tuple[str, ...]]:
    """What the person said is right, by question, of these documents: ("",) where none of them has the answer."""
    paths = {os.path.abspath(name) for name in names}  # noqa: PTH100 - as corrections are kept
    by_question: dict[str, list[str]] = {}
    for one in kept:
        if one.document in paths:
            by_question.setdefault(one.question, []).append(one.answer or "")
    # What is in one document is what the others don't have.
    return {question: tuple(filter(None, answers)) or ("",) for question, answers in by_question.items()}


def is_right(result: "Result", right: Sequence[str]) -> bool | None:
    """Whether the first answer is what the person said; None where the person said nothing."""
    from docqa.evaluation.metrics import RIGHT, f1

    if not right:
        return None
    text = result.answers[0].text if result.answered else ""
    if right == ("",) or not text:
        return right == ("",) and not text
    return f1(text, right) >= RIGHT


def difference(one: ComparedQuestion) -> str:
    """How the two first answers differ, in words."""
    from docqa.answers import normalize

    if one.mine.answered is not one.other.answered:
        return "only one"
    if not one.mine.answered:
        return "neither"
    texts = [normalize(result.answers[0].text) for result in (one.mine, one.other)]
    return "same" if texts[0] == texts[1] else "differ"


def cell(result: "Result", right: Sequence[str]) -> str:
    """A result in a table: probability and text, and whether that is right where the person said what is."""
    verdict = {True: " ✓ right", False: " ✗ wrong", None: ""}[is_right(result, right)]
    if result.answered:
        best = result.answers[0]
        return f"{percent(best.probability).strip()} {flat(best.text)}{verdict}"
    closest = result.closest[:1]
    nearest = "".join(f" (closest: {percent(one.probability).strip()} {flat(one.text)})" for one in closest)
    return f"no answer{verdict}{nearest}"


def summary(compared: Sequence[ComparedQuestion], mine: str, other: str) -> list[str]:
    """What it comes to, in sentences."""
    differ = sum(difference(one) in {"differ", "only one"} for one in compared)
    lines = [f"The first answers differ for {differ} of {counted(len(compared), 'question')}."]
    judged = [one for one in compared if one.right]
    if judged:
        first = sum(bool(is_right(one.mine, one.right)) for one in judged)
        second = sum(bool(is_right(one.other, one.right)) for one in judged)
        marked = counted(len(judged), "question")
        lines.append(f"Of {marked} that you marked right or wrong, {mine} gets {first} right, and {other} {second}.")
    return lines
