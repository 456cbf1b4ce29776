"""The matrix: cells with an answer, without one, confirmed, and one that is being read."""

from typing import Any

from textual.pilot import Pilot

from docqa.answers import Mark
from docqa.tui.state.session import QuestionState
from docqa.tui.widgets.matrix_table import MatrixTable
from support.feedback_states import DIARY, LETTER, LOG
from support.main_states import State
from support.stage import StillApp, answer, open_documents, result


async def filling(pilot: Pilot[Any]) -> None:
    app = pilot.app
    assert isinstance(app, StillApp)
    documents = (LOG, DIARY, LETTER)
    open_documents(app, documents)
    cells = app.matrix.controller.cells
    cells.documents = documents
    cells.add(["When was the beacon lit?", "Who lit the beacon for the first time, and in whose name?"])
    texts = [["12 November", "14 November", "12 November"], ["Ottilie Wrangmoor", None]]
    for row, found in enumerate(texts):
        for column, text in enumerate(found):
            cell = cells.cell(row, column)
            best = [answer(documents[column], text, 0.93 - 0.3 * column, 1)] if text else []
            cell.result, cell.state = result(cell.question, best), QuestionState.DONE
    first = cells.cell(0, 0)
    app.questions.mark(first, first.user_marks.with_mark(first.shown[0], LOG, Mark(right=True)))
    app.main.answers.list.focus()
    await pilot.press("t")
    app.screen.query_one(MatrixTable).go_to(0, 0)
    await pilot.pause()


STATES: tuple[State, ...] = (filling,)
