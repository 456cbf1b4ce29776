"""Answering one question in a worker thread, and reading on for it."""

import time
from typing import TYPE_CHECKING

from docqa.errors import DocqaError, unexpected
from docqa.progress import Cancelled, Monitor, Progress
from docqa.tui.state.session import AskedQuestion
from docqa.tui.workers.events import (
    AnswersFound,
    MarksRecalled,
    MoreFound,
    PostEvent,
    QuestionAnswered,
    QuestionCancelled,
    QuestionFailed,
    ReadingBegun,
    ReadingOnEnded,
    ReadingOnProgressed,
    ReadingProgressed,
    WarningRaised,
)
from docqa.tui.workers.quiet import PatientMonitor, Quiet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from threading import Event

    from docqa.collection import Collection
    from docqa.documents import Document
    from docqa.scope import Scope
    from docqa.search_state import SearchProgress

_INTERVAL = 0.5  # Seconds of reading on between two results: each is ranked, cited and compared with what is shown.


def answer(collection: "Collection", asked: AskedQuestion, post: PostEvent, *, recalls: bool = True) -> None:
    """Answer a question, posting each intermediate result, and first, if it `recalls`, what the user said about it.

    What was read for it before is not read again. Ends with `QuestionAnswered`, `QuestionFailed` or
    `QuestionCancelled`, and raises nothing.
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


def read_on(reading: ReadingBegun, until: int, cancel: "Event", quiet: Quiet, post: PostEvent) -> None:
    """Read the next windows for an answered question while the user does nothing, `until` in all.

    Posts what was found. Ends with `ReadingOnEnded`, and raises nothing.
    """
    asked, collection, search = reading

    def report(progress: Progress) -> None:
        post(ReadingOnProgressed(asked, progress))

    error: DocqaError | None = None
    began = posted = time.perf_counter()
    before = _seconds(asked)
    try:
        for progress in collection.read(search, until, PatientMonitor(report, cancel, quiet)):
            now = time.perf_counter()
            if now - posted >= _INTERVAL or progress.windows_read >= until:
                posted = now
                post(MoreFound(_found(collection, progress, asked, before + now - began)))
    except Cancelled:
        pass
    except DocqaError as raised:
        error = raised
    except Exception as raised:  # noqa: BLE001 - the answers that are shown stay
        error = unexpected(raised)
    post(ReadingOnEnded(asked, error))


def _search(collection: "Collection", asked: AskedQuestion, post: PostEvent) -> None:
    def report(progress: Progress) -> None:
        post(ReadingProgressed(asked, progress))

    monitor = Monitor(report, asked.cancel)
    began, before = time.perf_counter(), 0.0
    reading = asked.reading
    if reading is None or reading.collection is not collection:
        search = collection.begin(asked.question, scope=_scope(collection, asked.only))
        post(ReadingBegun(asked, collection, search))
    else:
        search, before = reading.search, _seconds(asked)
    until = search.window_order.count
    if asked.entirely:
        until = collection.read_next(search, asked.entirely)
    elif asked.exhaustive:
        until = len(search.window_order.windows)
    for progress in collection.read(search, until, monitor):
        monitor.check()
        post(_found(collection, progress, asked, before + time.perf_counter() - began))


def _seconds(asked: AskedQuestion) -> float:
    """The time that was spent on a question."""
    return asked.found.result.elapsed_seconds if asked.found is not None else 0.0


def _found(collection: "Collection", progress: "SearchProgress", asked: AskedQuestion, seconds: float) -> AnswersFound:
    from docqa.tui.state.evidence import evidence_by_document

    result = collection.result(asked.question, progress, seconds)
    # The evidence shows probabilities, which are not claimed of a withheld answer.
    evidence = {} if result.withheld else evidence_by_document(collection, progress)
    best = collection.best_by_document(progress)
    return AnswersFound(asked, result, evidence, best, collection.documents)


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
