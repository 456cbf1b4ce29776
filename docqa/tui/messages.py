"""What the workers report. In the past tense: it has happened, and a handler in the app acts on it."""

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docqa.answers import Answer, Result
    from docqa.documents import Document
    from docqa.engine import Collection
    from docqa.errors import DocqaError
    from docqa.progress import Progress
    from docqa.tui.state.evidence import DocumentEvidence
    from docqa.tui.state.feedback import Verdict
    from docqa.tui.state.session import AskedQuestion
    from docqa.userdata.crash_recovery import LeftoverSession


class EngineStarted(Message):
    """The reader that will answer is known, and the retriever's encoder ("" where there is none)."""

    def __init__(self, reader: str, encoder: str = "") -> None:
        super().__init__()
        self.reader = reader
        self.encoder = encoder


class DocumentsFound(Message):
    """The paths were expanded to files, which will be opened in this order, and were asked these questions before."""

    def __init__(self, names: "tuple[str, ...]", asked_before: "Sequence[str]" = ()) -> None:
        super().__init__()
        self.names = names
        self.asked_before = asked_before


class ProgressReported(Message):
    """Opening a document came this far."""

    def __init__(self, progress: "Progress") -> None:
        super().__init__()
        self.progress = progress


class DocumentOpened(Message):
    """A document is parsed and indexed."""

    def __init__(self, document: "Document") -> None:
        super().__init__()
        self.document = document


class DocumentFailed(Message):
    """A path could not be opened. `name` is "" where the error is about no single file."""

    def __init__(self, name: str, error: "DocqaError") -> None:
        super().__init__()
        self.name = name
        self.error = error


class DocumentsOpened(Message):
    """All that could be opened is open, or the opening was cancelled; questions can be asked from now on."""

    def __init__(self, collection: "Collection", *, cancelled: bool = False) -> None:
        super().__init__()
        self.collection = collection
        self.cancelled = cancelled


class DocumentsChanged(Message):
    """The files of these documents are others than when they were opened."""

    def __init__(self, names: "tuple[str, ...]") -> None:
        super().__init__()
        self.names = names


class OpeningFailed(Message):
    """Nothing could be opened: the reader is missing, say."""

    def __init__(self, error: "DocqaError") -> None:
        super().__init__()
        self.error = error


class ReadingReported(Message):
    """Reading for a question came this far."""

    def __init__(self, asked: "AskedQuestion", progress: "Progress") -> None:
        super().__init__()
        self.asked = asked
        self.progress = progress


class AnswersFound(Message):
    """A batch of windows was read; the result is the best so far. Evidence and `best` answers are each document's."""

    def __init__(
        self,
        asked: "AskedQuestion",
        result: "Result",
        evidence: "Mapping[str, DocumentEvidence] | None" = None,
        best: "tuple[Answer, ...]" = (),
    ) -> None:
        super().__init__()
        self.asked = asked
        self.result = result
        self.evidence = evidence or {}
        self.best = best


class QuestionAnswered(Message):
    """The reading is over; the result that was reported last is final."""

    def __init__(self, asked: "AskedQuestion") -> None:
        super().__init__()
        self.asked = asked


class QuestionFailed(Message):
    """The reading ended with an error."""

    def __init__(self, asked: "AskedQuestion", error: "DocqaError") -> None:
        super().__init__()
        self.asked = asked
        self.error = error


class QuestionCancelled(Message):
    """The reading stopped because it was cancelled."""

    def __init__(self, asked: "AskedQuestion") -> None:
        super().__init__()
        self.asked = asked


class AnswerSelected(Message):
    """Another answer is selected, or none. This one comes from the answers pane, not from a worker."""

    def __init__(self, answer: "Answer | None") -> None:
        super().__init__()
        self.answer = answer


class SpanChosen(Message):
    """The person says that `document.text[start:end]` is the right answer. This one comes from the page."""

    def __init__(self, document: "Document", start: int, end: int) -> None:
        super().__init__()
        self.document = document
        self.start = start
        self.end = end


class CorrectionKept(Message):
    """What the person says is right is on the disk, one of so many corrections in a file."""

    def __init__(self, count: int, file: str) -> None:
        super().__init__()
        self.count = count
        self.file = file


class CorrectionTakenBack(Message):
    """What the person said of a question is forgotten; so many corrections are left."""

    def __init__(self, asked: "AskedQuestion", count: int) -> None:
        super().__init__()
        self.asked = asked
        self.count = count


class CorrectionFailed(Message):
    """What the person says is right could not be kept."""

    def __init__(self, asked: "AskedQuestion", error: "DocqaError") -> None:
        super().__init__()
        self.asked = asked
        self.error = error


class VerdictRecalled(Message):
    """The person said in an earlier session what is right about a question."""

    def __init__(self, asked: "AskedQuestion", verdict: "Verdict") -> None:
        super().__init__()
        self.asked = asked
        self.verdict = verdict


class SessionLookedFor(Message):
    """It is known whether a crash left a session to take up."""

    def __init__(self, left: "LeftoverSession | None") -> None:
        super().__init__()
        self.left = left


class Troubled(Message):
    """Something went wrong that stops nothing."""

    def __init__(self, error: "DocqaError") -> None:
        super().__init__()
        self.error = error
