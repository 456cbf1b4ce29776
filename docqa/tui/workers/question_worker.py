"""Answering one question in a worker thread."""

import time
from typing import TYPE_CHECKING

from docqa.errors import DocqaError, unexpected
from docqa.progress import Cancelled, Monitor, Progress
from docqa.tui.state.session import AskedQuestion
from docqa.tui.workers.events import (
    AnswersFound,
    MarksRecalled,
    PostEvent,
    QuestionAnswered,
    QuestionCancelled,
    QuestionFailed,
    ReadingProgressed,
    WarningRaised,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docqa.collection import Collection
    from docqa.documents import Document
    from docqa.scope import Scope


def answer(collection: "Collection", asked: AskedQuestion, post: PostEvent, *, recalls: bool = True) -> None:
    """Answer a question, posting each intermediate result, and first, if it `recalls`, what the user said about it.

    Ends with `QuestionAnswered`, `QuestionFailed` or `QuestionCancelled`, and raises nothing.
    """
    try:
        if recalls:
            recall_marks(collection.documents, asked, post)
        _search(collection, asked, post)
    except Cancelled:
        post(QuestionCancelled(asked))
    except DocqaError as error:
        post(QuestionFailed(asked, error))
    except Exception as error:  # noqa: BLE001 - shown in place of the answers
        post(QuestionFailed(asked, unexpected(error)))
    else:
        post(QuestionAnswered(asked))


def _search(collection: "Collection", asked: AskedQuestion, post: PostEvent) -> None:
    from docqa.tui.state.evidence import evidence_by_document

    def report(progress: Progress) -> None:
        post(ReadingProgressed(asked, progress))

    monitor = Monitor(report, asked.cancel)
    exhaustive = True if asked.exhaustive else None  # None: as the settings have it.
    began = time.perf_counter()
    scope = _scope(collection, asked.only)
    for found in collection.search(asked.question, monitor, exhaustive=exhaustive, scope=scope):
        monitor.check()
        result = collection.result(asked.question, found, time.perf_counter() - began)
        # The evidence shows probabilities, which are not claimed of a withheld answer.
        evidence = {} if result.withheld else evidence_by_document(collection, found)
        post(AnswersFound(asked, result, evidence, collection.best_by_document(found), collection.documents))


def _scope(collection: "Collection", names: frozenset[str]) -> "Scope | None":
    """The documents with these names; None for all, also if none of them is open any longer."""
    from docqa.scope import Scope

    numbers = [number for number, document in enumerate(collection.documents) if document.name in names]
    return Scope(collection.documents, numbers) if numbers else None


def recall_marks(documents: "Sequence[Document]", asked: AskedQuestion, post: PostEvent) -> None:
    """Post `MarksRecalled` with what the user said about the question and these documents in earlier sessions."""
    from docqa.user_marks import recalled
    from docqa.userdata import annotations, corrections

    try:
        said = corrections.load(), annotations.load()
    except DocqaError as error:
        post(WarningRaised(error))
        return
    among = [document for document in documents if not asked.only or document.name in asked.only]
    marks = recalled(asked.question, among or documents, *said)
    if marks.marked or marks.denied:
        post(MarksRecalled(asked, marks))
