"""Messages that several widgets share. Those of a single widget or worker are defined with it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from docqa.answers import Answer
    from docqa.documents import Document

Post = Callable[[Message], object]
"""`post_message` of a widget, screen or app: how a worker thread reports."""


class AnswerSelected(Message):
    """Another answer, or none, is selected in the answers pane."""

    def __init__(self, answer: "Answer | None") -> None:
        super().__init__()
        self.answer = answer


class SpanChosen(Message):
    """The user marked `document.text[start:end]` on the page as the right answer."""

    def __init__(self, document: "Document", start: int, end: int) -> None:
        super().__init__()
        self.document = document
        self.start = start
        self.end = end
