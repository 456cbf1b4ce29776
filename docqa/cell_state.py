"""What is known of a cell of the matrix, from the result of asking one document (pure)."""

from enum import StrEnum

from docqa.answers import Result


class CellState(StrEnum):
    """What is known of a cell. The values are those of exports."""

    UNASKED = "not asked"
    FOUND = "found"
    NONE = "no answer"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    DENIED = "confirmed: no answer"


def unasked(question: str, reader: str) -> Result:
    """The result of a question that was not asked: of one passage at least, none was read."""
    return Result(question, False, (), (), 0, 1, reader, "", 0.0)


def cell_state(result: Result) -> CellState:
    """What is known of the cell with this result: the user has the last word."""
    if result.denied:
        return CellState.DENIED
    if not result.answered:
        return CellState.UNASKED if result.windows_total and not result.windows_read else CellState.NONE
    mark = result.answers[0].mark
    if not mark.right:
        return CellState.FOUND
    return CellState.CONFIRMED if mark.found else CellState.CORRECTED
