"""What the matrix says about the cell under the cursor: its answer, how likely, where, and the passage."""

from pathlib import PurePath
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from docqa.terminal_text import flat, visible
from docqa.tui.formatting import context, headings, likelihood
from docqa.tui.state.matrix_text import best, state
from docqa.tui.state.session import AskedQuestion, QuestionState
from docqa.tui.styling import MUTED, error_lines, joined
from docqa.wording import percent, sentence

if TYPE_CHECKING:
    from docqa.answers import Answer


class CellDetail(Static):
    """One question and one document."""

    def __init__(self) -> None:
        super().__init__(id="cell", markup=False)

    def show(self, question: str, document: str, cell: AskedQuestion | None) -> None:
        """Show a cell; without one, the question itself."""
        title = Content.assemble(
            (flat(question), "bold $text-accent"), (f"  {visible(PurePath(document).name)}", MUTED)
        )
        self.update(joined([title, *(_lines(cell) if cell is not None else [])]))


def _lines(cell: AskedQuestion) -> list[Content]:
    if cell.state is QuestionState.FAILED and cell.error is not None:
        return error_lines(cell.error)
    result, answer = cell.marked, best(cell)
    if result is None:
        return [Content.styled("Reading…" if cell.state is QuestionState.READING else "Not asked yet.", MUTED)]
    if answer is None:
        return [_without_answer(cell), *_closest(cell)]
    said = {"confirmed": "✓ you marked this right", "corrected": "✎ you marked this right"}.get(state(cell), "")
    likely = f"{percent(answer.probability)} {likelihood(answer.probability)}" if answer.estimated else ""
    about = " · ".join(filter(None, (said, likely, _place(answer))))
    first = Content.assemble((flat(answer.text), "bold"), ("  " + about, MUTED))
    named = headings(answer)
    passage, start, end = context(answer)
    # The quotation marks show the answer without any style.
    marked = Content.assemble(passage[:start], (f"»{passage[start:end]}«", "bold"), passage[end:])
    return [first, *([Content(named)] if named else []), marked]


def _without_answer(cell: AskedQuestion) -> Content:
    result = cell.marked
    if result is None or result.denied:
        return Content("∅ You marked that this document doesn't answer it.")
    if result.withheld is not None:
        return Content(sentence(result.withheld.message))
    unread = result.windows_total - result.windows_read
    more = " x reads all of the document." if unread else ""
    return Content(f"No answer in {result.windows_read} of {result.windows_total} passages.{more}")


def _closest(cell: AskedQuestion) -> list[Content]:
    if cell.marked is None or not cell.marked.closest:
        return []
    closest = cell.marked.closest[0]
    return [Content.styled(f"Closest: {_place(closest)}", MUTED), Content(context(closest)[0])]


def _place(answer: "Answer") -> str:
    """Page, line and section: the document is named above."""
    from docqa.output import place  # Imports numpy, which must not delay the first frame.

    outdated = "in an earlier version of the file" if answer.outdated else ""
    return ", ".join(filter(None, (place(answer), flat(answer.section or ""), outdated)))
