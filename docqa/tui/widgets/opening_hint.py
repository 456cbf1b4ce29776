"""What to do before the first question, in place of answers."""

from typing import TYPE_CHECKING

from textual.content import Content

from docqa.tui.styling import error_lines, joined

if TYPE_CHECKING:
    from docqa.tui.controller import QuestionController
    from docqa.tui.state.document_list import DocumentList


def opening_hint(controller: "QuestionController", documents: "DocumentList") -> Content:
    """Say why nothing can be asked, or that it can. Keys are said with Esc: in the question they would be letters."""
    if controller.failure is not None:
        again = Content("Esc, then r tries again. Ctrl+Q quits.")
        return joined([*error_lines(controller.failure), Content(""), again])
    if controller.opening is not None:
        text = "Opening the documents. You can already ask: the question waits until they are open."
    elif not documents.rows:
        text = "No documents are open. Esc, then O chooses some; or drop a file here. Ctrl+Q quits."
    elif not documents.open_documents:
        text = "No documents could be opened: the list of documents says why. Esc, then r tries again. Ctrl+Q quits."
    else:
        text = "Type a question and press Enter. Answers are quoted from the documents."
    return Content(text)
