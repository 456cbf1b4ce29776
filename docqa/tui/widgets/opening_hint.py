"""What to do before the first question, in place of answers."""

from typing import TYPE_CHECKING

from textual.content import Content

from docqa.terminal_text import visible_lines

if TYPE_CHECKING:
    from docqa.tui.controller import QuestionController
    from docqa.tui.state.document_list import DocumentList


def opening_hint(controller: "QuestionController", documents: "DocumentList") -> Content:
    """Say why nothing can be asked, or that it can."""
    failure = controller.failure
    if failure is not None:
        hint = Content.styled(f"✗ {visible_lines(failure.message)}", "bold $text-error")
        hint += f"\n→ {visible_lines(failure.hint)}" if failure.hint else ""
        return hint + "\n\nPress r to try again, Ctrl+Q to quit."
    if controller.opening is not None:
        text = "Opening the documents. You can already ask: the question waits until they are open."
    elif not documents.rows:
        text = "No documents are open. Press O to choose some, or drop a file here. Ctrl+Q quits."
    elif not documents.open_documents:
        text = "No documents could be opened. Press d to see why, r to try again, Ctrl+Q to quit."
    else:
        text = "Type a question and press Enter. Answers are quoted from the documents."
    return Content(text)
