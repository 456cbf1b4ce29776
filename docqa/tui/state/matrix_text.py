"""What the matrix says: of each cell in two lines, and of the one under the cursor in full (pure)."""

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from docqa.terminal_text import flat
from docqa.tui.state.session import AskedQuestion, QuestionState
from docqa.tui.state.short_names import document_titles, middle_cut
from docqa.wording import percent

if TYPE_CHECKING:
    from docqa.answers import Answer

_NARROWEST_QUESTION, _WIDEST_QUESTION = 18, 44
_NARROWEST_CELL, _WIDEST_CELL = 20, 48
_PADDING = 2  # Cells beside the text of a column.


def best(cell: AskedQuestion) -> "Answer | None":
    """The answer that a cell shows, or None."""
    return cell.marked.answers[0] if cell.marked is not None and cell.marked.answered else None


def state(cell: AskedQuestion) -> str:
    """What is known of a cell, in the words of exports."""
    from docqa.cell_state import CellState, cell_state  # Imports numpy, which must not delay the first frame.

    return CellState.UNASKED if cell.marked is None else cell_state(cell.marked)


def cell_lines(cell: AskedQuestion) -> tuple[str, str]:
    """The answer in a cell; and below it its mark, its page and its probability."""
    if cell.state is QuestionState.READING:
        return "…", ""
    if cell.marked is None:
        return ("✗ can't be asked", "") if cell.state is QuestionState.FAILED else ("", "")
    answer = best(cell)
    if answer is None:
        return ("∅ no answer", "✓ you said so") if cell.marked.denied else ("–", "")
    mark = {"confirmed": "✓ ", "corrected": "✎ "}.get(state(cell), "")
    where = f"p. {answer.page}" if answer.page else f"line {answer.line_start}"
    likely = f" · {percent(answer.probability)}" if answer.estimated else ""
    return flat(answer.text), f"{mark}{where}{likely}{' · file changed' if answer.outdated else ''}"


def question_lines(question: str, width: int) -> tuple[str, str]:
    """A question in two lines at most."""
    first, *rest = wrap(flat(question), width) or [""]
    more = " ".join(rest)
    return first, more if len(more) <= width else more[: width - 1].rstrip() + "…"


def column_titles(names: Sequence[str], width: int) -> list[str]:
    """The names of documents: without their folders where that is enough to tell them apart, and cut in the middle."""
    return [middle_cut(title, width) for title in document_titles(names).values()]


def widths(room: int, documents: int) -> tuple[int, int]:
    """The widths of the questions' column and of each document's, in a table `room` wide: whole columns are in view."""
    question = max(_NARROWEST_QUESTION, min(_WIDEST_QUESTION, room * 3 // 10))
    beside = room - question - _PADDING
    in_view = max(1, min(documents, beside // (_NARROWEST_CELL + _PADDING)))
    return question, max(_NARROWEST_CELL, min(_WIDEST_CELL, beside // in_view - _PADDING))


def count_marked(cells: Iterable[AskedQuestion]) -> int:
    """The number of cells of which the user said what is right."""
    from docqa.cell_state import CellState

    said = {CellState.CONFIRMED, CellState.CORRECTED, CellState.DENIED}
    return sum(cell.marks is not None and state(cell) in said for cell in cells)
