"""What happened to the documents and questions. Plain values, named in the past tense.

Workers post them to `QuestionController.handle`, which passes them on to its view.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docqa.answers import Answer, Result
    from docqa.documents import Document
    from docqa.engine import Collection
    from docqa.errors import DocqaError
    from docqa.progress import Progress
    from docqa.tui.state.evidence import DocumentEvidence
    from docqa.tui.state.feedback import Verdict
    from docqa.tui.state.session import AskedQuestion


@dataclass(frozen=True, slots=True)
class EngineStarted:
    """The names of the reader and of the retriever's encoder, "" if it has none. Their weights may still be loading."""

    reader: str
    encoder: str = ""


@dataclass(frozen=True, slots=True)
class DocumentsClosed:
    """No document is open; others will be opened instead if `replaced`, else the same ones again."""

    replaced: bool


@dataclass(frozen=True, slots=True)
class OpeningStarted:
    """Documents that are not open are being opened, also those that failed before."""


@dataclass(frozen=True, slots=True)
class DocumentsFound:
    """The paths were expanded to files, which are opened in this order; `asked_before` is their history."""

    names: tuple[str, ...]
    asked_before: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class OpeningProgressed:
    """Progress on one document: `progress.item` is its name."""

    progress: "Progress"


@dataclass(frozen=True, slots=True)
class DocumentOpened:
    """A document is parsed and indexed."""

    document: "Document"


@dataclass(frozen=True, slots=True)
class DocumentFailed:
    """A path could not be opened. `name` is "" if the error is not about a single file."""

    name: str
    error: "DocqaError"


@dataclass(frozen=True, slots=True)
class DocumentsOpened:
    """Opening finished or was cancelled; questions can be answered from `collection`."""

    collection: "Collection"
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class DocumentsChanged:
    """The files of these documents changed on disk after they were opened."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpeningFailed:
    """No document can be opened, for example because the reader is missing."""

    error: "DocqaError"


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """A question is queued."""

    asked: "AskedQuestion"


@dataclass(frozen=True, slots=True)
class ReadingProgressed:
    """Progress on a question: `progress` counts windows."""

    asked: "AskedQuestion"
    progress: "Progress"


@dataclass(frozen=True, slots=True)
class AnswersFound:
    """A batch of windows was read: the best answers so far.

    `evidence` is by document name; `best` has the best answer of each document, most probable first.
    """

    asked: "AskedQuestion"
    result: "Result"
    evidence: "Mapping[str, DocumentEvidence]" = field(default_factory=dict)
    best: "tuple[Answer, ...]" = ()


@dataclass(frozen=True, slots=True)
class VerdictRecalled:
    """The user gave this verdict on the question in an earlier session."""

    asked: "AskedQuestion"
    verdict: "Verdict"


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """Reading finished; the last `AnswersFound` is final."""

    asked: "AskedQuestion"


@dataclass(frozen=True, slots=True)
class QuestionFailed:
    """Reading ended with an error."""

    asked: "AskedQuestion"
    error: "DocqaError"


@dataclass(frozen=True, slots=True)
class QuestionCancelled:
    """Reading stopped because it was cancelled."""

    asked: "AskedQuestion"


@dataclass(frozen=True, slots=True)
class WarningRaised:
    """Something failed without stopping the work, for example saving the history."""

    error: "DocqaError"


DocumentEvent = (
    EngineStarted
    | DocumentsClosed
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
    | ReadingProgressed
    | AnswersFound
    | VerdictRecalled
    | QuestionAnswered
    | QuestionFailed
    | QuestionCancelled
)

WorkerEvent = DocumentEvent | QuestionEvent | WarningRaised

PostEvent = Callable[[WorkerEvent], object]
"""How a worker reports. Safe to call from any thread."""
