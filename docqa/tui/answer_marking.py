"""What the keys do that mark answers: right, wrong, a note, a pin."""

from typing import TYPE_CHECKING

from docqa.terminal_text import flat
from docqa.tui.feedback_controller import FeedbackController
from docqa.tui.messages import SpanChosen
from docqa.tui.screens.choose import ChooseScreen
from docqa.tui.state import feedback

if TYPE_CHECKING:
    from docqa.answers import Answer
    from docqa.tui.app import DocqaApp


class AnswerMarking:
    """Marks the answer that is selected in the app."""

    def __init__(self, app: "DocqaApp") -> None:
        self._app = app
        self.controller = FeedbackController(app, app.questions, lambda: app.screen is app.main)

    def confirm(self) -> None:
        """Mark the selected answer as right."""
        selected = self._app.main.answers.selected
        document = self._app.main.document(selected.document) if selected else None
        if selected is not None and document is not None:
            right = feedback.confirm(selected, document)
            if right is None:
                self._app.say("The document has changed since: ask again.")
            else:
                self._mark_right(right)

    def correct(self) -> None:
        """Have the user choose what is right, or wrong, or no longer so."""
        asked, documents = self._app.questions.shown, self._app.main.documents.open_documents
        if asked is None:
            return
        selected, marked = self._app.main.answers.selected, asked.marked
        denied = marked is not None and marked.denied
        screen = ChooseScreen(
            f"Right answer to: {flat(asked.question)}",
            "Choose, or type the right answer as it is in the document",
            lambda typed: feedback.choices(typed, asked.shown, documents, selected, denied=denied),
            nothing="These documents do not contain this text.",
        )
        self._app.push_screen(screen, self._corrected)

    def _corrected(self, chosen: feedback.FeedbackChoice | None) -> None:
        asked, selected = self._app.questions.shown, self._app.main.answers.selected
        if asked is None:
            return
        match chosen:
            case feedback.ON_PAGE:
                self._app.main.action_select()
            case feedback.WRONG if selected is not None:
                self.controller.wrong(asked, selected)
            case feedback.TakenBack():
                self.controller.take_back(asked, chosen.answer)
            case feedback.NoAnswer():
                self.controller.none(asked, chosen)
            case feedback.RightAnswer():
                self.controller.right(asked, chosen, selected)

    def mark_span(self, message: SpanChosen) -> None:
        """Mark what was selected on the page as right."""
        if self._app.questions.shown is None:
            self._app.say("Ask a question first (i), then mark its right answer with Enter.")
        elif self._app.restricted:
            self._app.say("This page can only ask: it marks no answers.")
        elif self._mark_right(feedback.RightAnswer(message.document, message.start, message.end)):
            self._app.main.page.select(None)

    def _mark_right(self, right: feedback.RightAnswer) -> bool:
        shown = self._app.questions.shown
        return shown is not None and self.controller.right(shown, right)

    def write_note(self) -> None:
        """Go to the note on the selected answer."""
        selected = self._app.main.answers.selected
        if selected is not None:
            self._app.main.line.write_note(selected)

    def note(self, answer: "Answer", text: str) -> None:
        """Save a note on an answer."""
        if self._app.questions.shown is not None:
            self.controller.note(self._app.questions.shown, answer, text)

    def pin(self) -> None:
        """Pin the selected answer, or unpin it."""
        asked, selected = self._app.questions.shown, self._app.main.answers.selected
        if asked is not None and selected is not None:
            self.controller.pin(asked, selected)
