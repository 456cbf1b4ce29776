"""Messages that several widgets share, and those of the page. Others are defined with their widget or worker."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from docqa.answers import Answer
    from docqa.documents import Document
    from docqa.tui.state.page_layout import PageLayout
    from docqa.tui.state.page_marks import Matches

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


class LayoutReady(Message):
    """A document has been laid out."""

    def __init__(self, layout: "PageLayout") -> None:
        super().__init__()
        self.layout = layout


class MatchesFound(Message):
    """A document has been searched; with `goes`, to go to the first match from what is in view."""

    def __init__(self, document: "Document", query: str, matches: "Matches", *, goes: bool) -> None:
        super().__init__()
        self.document = document
        self.query = query
        self.matches = matches
        self.goes = goes
