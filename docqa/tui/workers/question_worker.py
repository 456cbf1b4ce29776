"""Answering one question in a worker thread."""

import time
from typing import TYPE_CHECKING

from docqa.errors import DocqaError, unexpected
from docqa.progress import Cancelled, Monitor, Progress
from docqa.tui.state.session import AskedQuestion
from docqa.tui.workers.events import (
    AnswersFound,
    PostEvent,
    QuestionAnswered,
    QuestionCancelled,
    QuestionFailed,
    ReadingProgressed,
    VerdictRecalled,
    WarningRaised,
)

if TYPE_CHECKING:
    from docqa.answers import Result
    from docqa.collection import Collection
    from docqa.scope import Scope
    from docqa.userdata.corrections import Correction


def answer(collection: "Collection", asked: AskedQuestion, post: PostEvent) -> None:
    """Answer a question, posting each intermediate result.

    Ends with `QuestionAnswered`, `QuestionFailed` or `QuestionCancelled`, and raises nothing.
    """
    try:
        result = _search(collection, asked, post)
        if result is not None:
            _recall_verdict(collection, asked, result, post)
    except Cancelled:
        post(QuestionCancelled(asked))
    except DocqaError as error:
        post(QuestionFailed(asked, error))
    except Exception as error:  # noqa: BLE001 - shown in place of the answers
        post(QuestionFailed(asked, unexpected(error)))
    else:
        post(QuestionAnswered(asked))


def _search(collection: "Collection", asked: AskedQuestion, post: PostEvent) -> "Result | None":
    from docqa.tui.state.evidence import evidence_by_document

    def report(progress: Progress) -> None:
        post(ReadingProgressed(asked, progress))

    monitor = Monitor(report, asked.cancel)
    exhaustive = True if asked.exhaustive else None  # None: as the settings have it.
    result: Result | None = None
    began = time.perf_counter()
    scope = _scope(collection, asked.only)
    for found in collection.search(asked.question, monitor, exhaustive=exhaustive, scope=scope):
        monitor.check()
        result = collection.result(asked.question, found, time.perf_counter() - began)
        # The evidence shows probabilities, which are not claimed of a withheld answer.
        evidence = {} if result.withheld else evidence_by_document(collection, found)
        post(AnswersFound(asked, result, evidence, collection.best_by_document(found), collection.documents))
    return result


def _scope(collection: "Collection", names: frozenset[str]) -> "Scope | None":
    """The documents with these names; None for all, also if none of them is open any longer."""
    from docqa.scope import Scope

    numbers = [number for number, document in enumerate(collection.documents) if document.name in names]
    return Scope(collection.documents, numbers) if numbers else None


def _recall_verdict(collection: "Collection", asked: AskedQuestion, result: "Result", post: PostEvent) -> None:
    from docqa.tui.state import feedback

    verdict = feedback.recalled(result, collection.documents, _corrections(post))
    if verdict is not None:
        post(VerdictRecalled(asked, verdict))


def _corrections(post: PostEvent) -> "list[Correction]":
    from docqa.userdata import corrections

    try:
        return corrections.load()
    except DocqaError as error:
        post(WarningRaised(error))
        return []
