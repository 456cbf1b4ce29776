"""Asking a second reader the session's questions, in a worker thread."""

from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING

from textual.message import Message

from docqa.errors import DocqaError, unexpected
from docqa.progress import Cancelled, Monitor, Progress
from docqa.tui.messages import Post
from docqa.tui.state.comparison import ComparedQuestion, right_answers
from docqa.tui.state.session import AskedQuestion
from docqa.tui.workers.document_loader import MakeEngine, default_engine

if TYPE_CHECKING:
    from docqa.collection import Collection


@dataclass(frozen=True, slots=True)
class ComparisonRequest:
    """A comparison of the reader in use with `other`. `asked` are questions answered from `collection`."""

    collection: "Collection"
    other: str
    asked: tuple[AskedQuestion, ...]
    make_engine: MakeEngine = default_engine


class ComparisonAdvanced(Message):
    """The other reader's progress in opening the documents or reading for a question."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress


class QuestionCompared(Message):
    """One more question has both answers."""

    def __init__(self, compared: ComparedQuestion) -> None:
        super().__init__()
        self.compared = compared


class ComparisonEnded(Message):
    """The comparison is complete, was cancelled, or failed with `error`."""

    def __init__(self, *, cancelled: bool = False, error: DocqaError | None = None) -> None:
        super().__init__()
        self.cancelled = cancelled
        self.error = error


def compare(request: ComparisonRequest, password: str | None, cancel: Event, post: Post) -> None:
    """Ask the other reader the same questions of the same documents. Posts the results; raises nothing."""

    def report(progress: Progress) -> None:
        post(ComparisonAdvanced(progress))

    try:
        _compare(request, password, Monitor(report, cancel), post)
    except Cancelled:
        post(ComparisonEnded(cancelled=True))
    except DocqaError as error:
        post(ComparisonEnded(error=error))
    except Exception as error:  # noqa: BLE001 - shown in place of the answers
        post(ComparisonEnded(error=unexpected(error)))
    else:
        post(ComparisonEnded())


def _compare(request: ComparisonRequest, password: str | None, monitor: Monitor, post: Post) -> None:
    from docqa.collection import Collection
    from docqa.userdata import corrections

    mine = request.collection
    engine = request.make_engine(replace(mine.engine.settings, reader=request.other))
    engine.load_in_background()
    opened = [engine.index(document.name, monitor, password) for document in mine.documents]
    for before, now in zip(mine.documents, opened, strict=True):
        if before.sha256 != now.document.sha256:
            raise DocqaError(f"{before.name} has changed on disk since it was opened", "reopen it with r, then compare")
    other = Collection(engine, opened)
    right = right_answers([document.name for document in mine.documents], corrections.load())
    for asked in request.asked:
        exhaustive = True if asked.exhaustive else None  # None: as the settings say.
        result = asked.result
        if result is None or result.reader != mine.engine.reader.name:
            # It was answered before the reader was changed.
            result = mine.ask(asked.question, monitor, exhaustive=exhaustive)
        answered = other.ask(asked.question, monitor, exhaustive=exhaustive)
        post(QuestionCompared(ComparedQuestion(asked.question, result, answered, right.get(asked.question, ()))))
