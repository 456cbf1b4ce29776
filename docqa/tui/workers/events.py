"""What happened to the documents and questions. Plain values, named in the past tense.

Workers post them to `QuestionController.handle`, which passes them on to its view. They are named tuples because the
first frame waits for this module, and dataclasses take seven times as long to define.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from docqa.answers import Answer, Result
    from docqa.collection import Collection
    from docqa.documents import Document
    from docqa.errors import DocqaError
    from docqa.kept_results import KeptResult
    from docqa.progress import Progress
    from docqa.search_state import QuestionSearch
    from docqa.tui.state.evidence import DocumentEvidence
    from docqa.tui.state.session import AskedQuestion
    from docqa.user_marks import UserMarks


class EngineStarted(NamedTuple):
    """The names of the reader and of the retriever's encoder, "" if it has none. Their weights may still be loading."""

    reader: str
    encoder: str = ""


class DocumentsClosed(NamedTuple):
    """No document is open; others will be opened instead if `replaced`, else the same ones again."""

    replaced: bool


class DocumentsRemoved(NamedTuple):
    """The user closed some documents."""

    names: frozenset[str]


class OpeningStarted(NamedTuple):
    """Documents that are not open are being opened, also those that failed before."""


class DocumentsFound(NamedTuple):
    """The paths were expanded to files, which are opened in this order; `asked_before` is their history."""

    names: tuple[str, ...]
    asked_before: Sequence[str] = ()


class OpeningProgressed(NamedTuple):
    """Progress on one document: `progress.item` is its name."""

    progress: "Progress"


class DocumentOpened(NamedTuple):
    """A document is parsed and indexed."""

    document: "Document"


class DocumentFailed(NamedTuple):
    """A path could not be opened. `name` is "" if the error is not about a single file."""

    name: str
    error: "DocqaError"


class DocumentsOpened(NamedTuple):
    """Opening finished or was cancelled; questions can be answered from `collection`."""

    collection: "Collection"
    cancelled: bool = False


class DocumentsChanged(NamedTuple):
    """The files of these documents changed on disk after they were opened."""

    names: tuple[str, ...]


class OpeningFailed(NamedTuple):
    """No document can be opened, for example because the reader is missing."""

    error: "DocqaError"


class QuestionAsked(NamedTuple):
    """A question is queued."""

    asked: "AskedQuestion"


class ReadingBegun(NamedTuple):
    """Windows are ranked and will be read. With both, more of them can be read later."""

    asked: "AskedQuestion"
    collection: "Collection"
    search: "QuestionSearch"


class ReadingProgressed(NamedTuple):
    """Progress on a question: `progress` counts windows."""

    asked: "AskedQuestion"
    progress: "Progress"


class AnswersFound(NamedTuple):
    """A batch of windows was read: the best answers so far.

    `evidence` is by document name; `best` has the best answer of each document, most probable first. `documents` are
    those that were asked.
    """

    asked: "AskedQuestion"
    result: "Result"
    evidence: "Mapping[str, DocumentEvidence]" = MappingProxyType({})
    best: "tuple[Answer, ...]" = ()
    documents: "tuple[Document, ...]" = ()


class MoreFound(NamedTuple):
    """More windows were read for a question that was answered."""

    found: AnswersFound

    @property
    def asked(self) -> "AskedQuestion":
        """The question."""
        return self.found.asked


class ReadingOnProgressed(NamedTuple):
    """Progress of reading on for a question: `progress` counts windows, those read before included."""

    asked: "AskedQuestion"
    progress: "Progress"


class ReadingOnEnded(NamedTuple):
    """Reading on for a question has ended, was cancelled, or failed with `error`."""

    asked: "AskedQuestion"
    error: "DocqaError | None" = None


class AnswersMoved(NamedTuple):
    """Answers were found again in documents that have changed since; those that were not are marked.

    `before` is what was found first, None if only marks were looked for, and `documents` are the new versions. `marked`
    is what was looked for of the user's marks, `marks` what became of it.
    """

    asked: "AskedQuestion"
    before: AnswersFound | None
    documents: "tuple[Document, ...]"
    result: "Result | None"
    best: "tuple[Answer, ...]"
    marked: "UserMarks | None"
    marks: "UserMarks | None"


class MarksRecalled(NamedTuple):
    """The user said this about the same question in an earlier session."""

    asked: "AskedQuestion"
    marks: "UserMarks"


class KeptFound(NamedTuple):
    """The answers of an earlier session were looked for in the documents as they are now.

    `kept` is what it was, `marks` what the user has said about them.
    """

    asked: "AskedQuestion"
    kept: "KeptResult"
    found: AnswersFound
    marks: "UserMarks"


class QuestionAnswered(NamedTuple):
    """Reading finished; the last `AnswersFound` is final."""

    asked: "AskedQuestion"


class QuestionFailed(NamedTuple):
    """Reading ended with an error."""

    asked: "AskedQuestion"
    error: "DocqaError"


class QuestionCancelled(NamedTuple):
    """Reading stopped because it was cancelled."""

    asked: "AskedQuestion"


class WarningRaised(NamedTuple):
    """Something failed without stopping the work, for example saving the history."""

    error: "DocqaError"


class FilesLeftOut(NamedTuple):
    """Folders have files that docqa doesn't read, as `told`. Each result has it among its warnings, too."""

    told: str


DocumentEvent = (
    EngineStarted
    | DocumentsClosed
    | DocumentsRemoved
    | OpeningStarted
    | DocumentsFound
    | OpeningProgressed
    | DocumentOpened
    | DocumentFailed
    | DocumentsOpened
    | DocumentsChanged
    | OpeningFailed
)

QuestionEvent = (
    QuestionAsked
    | ReadingBegun
    | ReadingProgressed
    | AnswersFound
    | AnswersMoved
    | MarksRecalled
    | KeptFound
    | QuestionAnswered
    | QuestionFailed
    | QuestionCancelled
)

QuestionEnded = QuestionAnswered | QuestionFailed | QuestionCancelled

AnswersEvent = ReadingProgressed | AnswersFound | MoreFound | AnswersMoved | MarksRecalled | KeptFound
"""What changes nothing but the answers of its question."""

WorkerEvent = (
    DocumentEvent | QuestionEvent | MoreFound | ReadingOnProgressed | ReadingOnEnded | WarningRaised | FilesLeftOut
)

PostEvent = Callable[[WorkerEvent], object]
"""How a worker reports. Safe to call from any thread."""
