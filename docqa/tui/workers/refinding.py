"""Finding the answers to a question again, in a worker thread, after documents have changed."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from docqa.errors import unexpected
from docqa.tui.state.session import AskedQuestion
from docqa.tui.workers.events import AnswersFound, AnswersMoved, KeptFound, PostEvent, WarningRaised

if TYPE_CHECKING:
    from docqa.collection import Collection
    from docqa.documents import Document
    from docqa.earlier_versions import Versions
    from docqa.kept_results import KeptResult
    from docqa.user_marks import UserMarks


class CheckedCell(NamedTuple):
    """A cell of the matrix, and what was kept of it; `found` is None if it has to be asked again.

    `marks` is what the user has said about it.
    """

    cell: AskedQuestion
    kept: "KeptResult"
    found: AnswersFound | None
    marks: "UserMarks"


class Earlier(NamedTuple):
    """What was found for a question, in `versions` of documents that have changed since; and what was marked."""

    asked: AskedQuestion
    found: AnswersFound | None
    marked: "UserMarks | None"
    versions: "Versions"


def find_again(earlier: Earlier, newest: "Mapping[str, Document]", post: PostEvent) -> None:
    """Find it in the newest versions of the documents, by name. Posts `AnswersMoved`, and raises nothing."""
    try:
        post(_found_again(earlier, newest))
    except Exception as error:  # noqa: BLE001 - the answers stay marked as of the earlier version
        post(WarningRaised(unexpected(error)))


def _found_again(earlier: Earlier, newest: "Mapping[str, Document]") -> AnswersMoved:
    from docqa.earlier_versions import find_answer_again, find_result_again
    from docqa.tui.state.feedback import marks_again

    asked, found, marked, versions = earlier
    return AnswersMoved(
        asked,
        found,
        tuple(newest.values()),
        found and find_result_again(found.result, versions),
        tuple(find_answer_again(answer, versions) for answer in found.best) if found else (),
        marked,
        marked and marks_again(marked, newest),
    )


def find_kept(restored: "Sequence[AskedQuestion]", documents: "Sequence[Document]", post: PostEvent) -> None:
    """Find the answers of an earlier session in the documents. Posts `KeptFound` for each, and raises nothing."""
    from docqa.kept_results import found_in
    from docqa.user_marks import recalled
    from docqa.userdata import annotations, corrections

    try:
        said = corrections.load(), annotations.load()
        for asked in restored:
            kept = asked.kept
            if kept is not None:
                now = found_in(kept, documents)
                among = [one for one in documents if not asked.only or one.name in asked.only]
                found = AnswersFound(asked, now.result, best=now.best, documents=tuple(documents))
                post(KeptFound(asked, kept, found, recalled(asked.question, among, *said)))
    except Exception as error:  # noqa: BLE001 - the answers stay as they were kept
        post(WarningRaised(unexpected(error)))


def check_cells(cells: "Sequence[AskedQuestion]", collection: "Collection") -> list[CheckedCell]:
    """Look whether what was kept of cells of the matrix is in their documents, and of the reader and retriever in use.

    Those of documents that are not open, or have changed since, are left out.
    """
    from docqa.kept_results import found_in
    from docqa.user_marks import recalled
    from docqa.userdata import annotations, corrections

    said = corrections.load(), annotations.load()
    models = collection.engine.reader.name, collection.retriever
    documents = {(one.name, one.sha256): one for one in collection.documents}
    checked = []
    for cell in cells:
        kept = cell.kept
        document = documents.get(next(iter(kept.contents.items()))) if kept is not None else None
        if kept is not None and document is not None:
            same = (kept.result.reader, kept.result.retriever) == models
            same = same and found_in(kept, [document], search=False) == kept
            found = AnswersFound(cell, kept.result, documents=(document,)) if same else None
            checked.append(CheckedCell(cell, kept, found, recalled(cell.question, [document], *said)))
    return checked
