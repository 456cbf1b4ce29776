"""The matrix in the app: it fills, gives way, opens places, and remembers what the user said."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.engines import Engines
from support.stage import (
    Gate,
    NoCollection,
    StillApp,
    answer,
    ask,
    ask_and_wait,
    marked,
    open_documents,
    opened,
    paged,
    result,
    said,
    screen_text,
    sees,
    type_in,
    until,
)
from textual.coordinate import Coordinate
from textual.pilot import Pilot

from docqa.config import Settings
from docqa.tui.screens.review import MatrixScreen
from docqa.tui.state.matrix_text import widths
from docqa.tui.state.session import AskedQuestion, QuestionState, share_marks
from docqa.tui.widgets.matrix_table import MatrixTable
from docqa.tui.workers import events
from docqa.user_marks import UserMarks
from docqa.userdata import corrections, question_sets

BUILT, BAKER = "Who built the lighthouse?", "Who is the baker?"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "home"))


async def matrix(pilot: Pilot[Any], *questions: str) -> MatrixScreen:
    """Open the matrix, and add questions in it."""
    app = pilot.app
    await until(pilot, lambda: opened(app) and app.questions.collection is not None, "open documents")
    app.main.answers.list.focus()
    await pilot.press("t")
    await until(pilot, lambda: isinstance(app.screen, MatrixScreen))
    for number, question in enumerate(questions):
        if not number:
            await pilot.press("i")
        await type_in(pilot, question)
        await pilot.press("enter")
    if questions:
        await pilot.press("escape")
    return app.screen


async def filled(pilot: Pilot[Any]) -> None:
    cells = pilot.app.matrix.controller.cells
    await until(pilot, lambda: cells.count()[0] == cells.count()[1] > 0, "a filled matrix")


def results(app: Any) -> list[Any]:
    return [cell.result for row in app.matrix.controller.cells.rows() for cell in row]


async def test_cells_fill_show_their_place_and_open_their_document(
    engines: Engines, lighthouse: str, bakery: str
) -> None:
    app = engines.app([lighthouse, bakery], Settings())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: opened(app))
        await ask_and_wait(pilot, BUILT)
        screen = await matrix(pilot, BAKER)
        await filled(pilot)
        await sees(pilot, app, "2 questions   2 documents")
        shown = screen_text(app)
        assert "lighthouse.txt" in shown and "bakery.txt" in shown
        table = screen.query_one(MatrixTable)
        assert table.place == (1, 0)
        await pilot.press("l")  # The baker is in the other document.
        await sees(pilot, app, "line 4")
        await sees(pilot, app, "»Ludmila Novak«")
        await pilot.press("enter")
        assert app.screen is app.main and app.main.page.has_focus
        await until(pilot, lambda: marked(app) == "Ludmila Novak")
        await sees(pilot, app.main.answers, BAKER)
        await pilot.press("b")  # Back to the cell.
        assert app.screen is screen and table.place == (1, 1)
        before = (
            len(engines.made[0].reader.name),
            [cell.result for row in app.matrix.controller.cells.rows() for cell in row],
        )
        await pilot.press("q", "t")
        await filled(pilot)
        after = (
            len(engines.made[0].reader.name),
            [cell.result for row in app.matrix.controller.cells.rows() for cell in row],
        )
        assert all(one is other for one, other in zip(before[1], after[1], strict=True))  # Nothing was asked again.
        await pilot.press("delete")
        await sees(pilot, app, "1 question   2 documents")
        assert app.matrix.controller.cells.questions == [BUILT]


async def test_a_question_goes_first_and_escape_stops_and_r_resumes(
    engines: Engines, lighthouse: str, bakery: str, held_reading: Gate
) -> None:
    app = engines.app([lighthouse, bakery], Settings())
    async with app.run_test(size=(120, 30)) as pilot:
        await matrix(pilot, BUILT, BAKER)
        await until(pilot, held_reading.reached.is_set, "a cell that is read")
        cells = app.matrix.controller.cells
        running = app.matrix.controller._running
        assert running is not None
        await pilot.press("q")
        asked = await ask(pilot, "What is sold on Tuesdays?")
        held_reading.pass_on.set()
        await until(pilot, lambda: not asked.pending, "the answer to the question")
        await filled(pilot)
        assert asked.result is not None and asked.result.answered
        app.main.answers.list.focus()
        held_reading.pass_on.clear()
        await pilot.press("t", "i")
        await type_in(pilot, "How high is it?")
        await pilot.press("enter", "escape", "escape")
        await sees(pilot, app, "stopped, r resumes")
        assert isinstance(app.screen, MatrixScreen)
        held_reading.pass_on.set()
        await until(pilot, lambda: app.matrix.controller._running is None)
        assert cells.cell(2, 0).state is QuestionState.QUEUED
        await pilot.press("r")
        await filled(pilot)
        assert "stopped" not in screen_text(app)
        await pilot.press("escape")  # Nothing is left to stop.
        assert app.screen is app.main


async def test_what_the_user_says_of_a_cell_is_shown_exported_and_there_the_next_time(
    engines: Engines, lighthouse: str, bakery: str
) -> None:
    app = engines.app([lighthouse, bakery], Settings())
    async with app.run_test(size=(120, 36)) as pilot:
        await matrix(pilot, BUILT, BAKER)
        await filled(pilot)
        await pilot.press("g", "h", "l", "c")
        await sees(pilot, app, "✓ line 3")
        await until(pilot, lambda: len(corrections.load()) == 1)
        await pilot.press("j", "l", "w")
        await type_in(pilot, "rye bread")
        await pilot.press("enter")
        await sees(pilot, app, "✎ line 4")
        await pilot.press("k", "c")  # The bakery's notes don't say who built the lighthouse.
        await sees(pilot, app, "✓ you said so")
        await sees(pilot, app, "✓ 3 marked")
        await until(pilot, lambda: len(corrections.load()) == 3)
        for suffix in ("csv", "md", "json"):
            await pilot.press("e")
            await until(pilot, lambda: app.screen.focused is not None)
            app.screen.focused.value = f"out.{suffix}"
            await pilot.press("enter")
            await until(pilot, lambda suffix=suffix: Path(f"out.{suffix}").exists())
    written = Path("out.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf") and written.count(b"\r\n") == 3
    header, built, baker = csv.reader(written.decode("utf-8-sig").splitlines())
    assert header == [
        "question",
        *(f"{name}{part}" for name in (lighthouse, bakery) for part in ("", ": place", ": state")),
    ]
    assert built == [BUILT, "Ada Marsh", "line 3", "confirmed", "", "", "confirmed: no answer"]
    assert baker[4:] == ["rye bread", "line 4", "corrected"]
    assert "| bakery.txt | rye bread | line 4 | corrected |" in Path("out.md").read_text(encoding="utf-8")
    facts = json.loads(Path("out.json").read_text(encoding="utf-8"))
    assert {each["schema"] for each in facts} == {"docqa.matrix/1"}
    assert [each["state"] for each in facts[0]["results"]] == ["confirmed", "confirmed: no answer"]
    again = engines.app([lighthouse, bakery], Settings())
    async with again.run_test(size=(120, 36)) as pilot:
        await matrix(pilot, BUILT, BAKER)
        await filled(pilot)
        await sees(pilot, again, "✓ 3 marked")
        await pilot.press("l", "w")
        await sees(pilot, again, "Take back that “rye bread” is right")


async def test_what_is_marked_in_a_cell_is_marked_in_the_answers_and_the_other_way_round(
    engines: Engines, lighthouse: str, bakery: str
) -> None:
    app = engines.app([lighthouse, bakery], Settings())
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: opened(app))
        await ask_and_wait(pilot, BUILT)
        await ask_and_wait(pilot, BAKER)
        screen = await matrix(pilot)
        await filled(pilot)
        screen.query_one(MatrixTable).go_to(1, 1)
        await pilot.press("c")
        await sees(pilot, app, "✓ line 4")
        await until(pilot, lambda: "1 correction saved." in said(app), "no key that does nothing here")
        await pilot.press("t")
        await sees(pilot, app.main.answers, "✓ you marked this right")
        await pilot.press("w")
        await sees(pilot, app, "Take back that “Ludmila Novak” is right")
        back = [str(one) for one in screen_text(app).split("\n") if "Take back" in one]
        assert len(back) == 1
        await pilot.press("escape")
        app.main.questions.focus()
        await pilot.press("k")
        app.main.answers.list.focus()
        await pilot.press("c")
        await sees(pilot, app.main.answers, "✓ you marked this right")
        await pilot.press("t")
        await sees(pilot, app, "✓ line 3")
        await sees(pilot, app, "✓ 2 marked")


def test_what_is_said_of_a_question_about_one_document_is_said_of_its_cell() -> None:
    asked, marks = AskedQuestion(BAKER, only=frozenset({"bakery.txt"})), UserMarks()
    cell, elsewhere, other = (
        AskedQuestion(question, only=frozenset({name}))
        for question, name in ((BAKER, "bakery.txt"), (BAKER, "lighthouse.txt"), (BUILT, "bakery.txt"))
    )
    share_marks(asked, marks, [cell, elsewhere, other])
    assert [one.marks is marks for one in (cell, elsewhere, other)] == [True, False, False]


async def test_question_sets_are_saved_and_loaded(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=(100, 30)) as pilot:
        question_sets.save("mine", "# before\nHow high is it?\n")
        await matrix(pilot, BUILT)
        await pilot.press("S")
        await type_in(pilot, "mine")
        await pilot.press("enter")
        await until(
            pilot, lambda: "There is a set mine already. Enter again replaces it and its comments." in said(app)
        )
        assert question_sets.load("mine") == ["How high is it?"]
        await pilot.press("s", "enter")
        await until(pilot, lambda: "mines" in question_sets.names())
        assert question_sets.load("mines") == [BUILT]
        await pilot.press("L")
        await type_in(pilot, "mine")
        await pilot.press("enter")
        await sees(pilot, app, "set mine")
        assert app.matrix.controller.cells.questions == ["How high is it?"]
        await filled(pilot)


async def test_a_set_that_exists_is_replaced_only_by_a_second_enter(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=(100, 30)) as pilot:
        text = f"# before\n{BUILT}\n{BAKER}\n"
        question_sets.save("mine", text)
        await matrix(pilot)
        await pilot.press("L")
        await type_in(pilot, "mine")
        await pilot.press("enter")
        await sees(pilot, app, "set mine ")
        await pilot.press("delete")
        await sees(pilot, app, "set mine* ")
        await pilot.press("S", "enter")
        told = "There is a set mine already. Enter again replaces it and its comments."
        await until(pilot, lambda: told in said(app))
        assert question_sets.text_of("mine") == text
        await pilot.press("enter")
        await sees(pilot, app, "set mine ")
        assert question_sets.text_of("mine") == f"{BAKER}\n"


async def test_a_deleted_question_comes_back_in_its_row_and_backspace_deletes_none(
    engines: Engines, lighthouse: str
) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await matrix(pilot, BUILT, BAKER)
        await filled(pilot)
        cells = app.matrix.controller.cells
        answered = cells.cell(0, 0).result
        screen.query_one(MatrixTable).go_to(0, 0)
        await pilot.press("backspace")
        assert cells.questions == [BUILT, BAKER]
        await pilot.press("delete")
        assert f"Deleted: {BUILT}. u brings it back." in said(app)
        await pilot.press("delete")
        assert cells.questions == []
        assert f"Deleted: {BAKER}. u brings it back." in said(app)
        await pilot.press("u", "u")
        assert cells.questions == [BUILT, BAKER]
        assert cells.cell(0, 0).result is answered
        await sees(pilot, app, "Ada Marsh")


async def test_questions_typed_in_the_matrix_come_back_with_those_of_the_session(
    engines: Engines, lighthouse: str
) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=(100, 30)) as pilot:
        question_sets.save("mine", "How high is it?\n")
        await matrix(pilot, BUILT, BAKER)
        await pilot.press("delete")  # Of the session, but no longer wanted: it stays away until its list is loaded.
        await pilot.press("escape", "q", "t")
        assert app.matrix.controller.cells.questions == [BUILT]
        await pilot.press("L")
        await type_in(pilot, "mine")
        await pilot.press("enter")
        await sees(pilot, app, "set mine ")
        await pilot.press("L")
        await sees(pilot, app, "The questions of this session  2 questions")
        await pilot.press("enter")
        await sees(pilot, app, "2 questions   1 document")
        assert app.matrix.controller.cells.questions == [BUILT, BAKER]


async def test_a_private_session_keeps_no_set_and_no_correction(
    engines: Engines, write: Callable[[str, str], str], lighthouse: str
) -> None:
    app = engines.app([lighthouse], Settings(private=True))
    async with app.run_test(size=(100, 30)) as pilot:
        await matrix(pilot, BUILT)
        await filled(pilot)
        await pilot.press("c")
        await sees(pilot, app, "✓ line 3")
        await pilot.press("S")
        await until(
            pilot, lambda: any(text.startswith("A private session saves no question sets") for text in said(app))
        )
    assert corrections.load() == [] and question_sets.names() == []


async def test_of_the_documents_as_many_columns_as_fit_are_shown_whole_and_those_that_are_ticked_are_counted() -> None:
    names = [f"{number}.pdf" for number in range(7)]
    app = StillApp()
    async with app.run_test(size=(90, 24)) as pilot:
        app.questions.handle(events.DocumentsFound(tuple(names)))
        for name in names:
            app.questions.handle(events.DocumentOpened(paged(name, [["The fee is 20 EUR."]])))
        app.questions.handle(events.DocumentsOpened(NoCollection()))  # type: ignore[arg-type]
        app.main.answers.list.focus()
        await pilot.press("t", "i", *"Why")
        await pilot.press("enter", "escape")
        table = app.screen.query_one(MatrixTable)
        await sees(pilot, app, "1 question   7 documents")
        for _ in names:
            await pilot.press("l")
            await pilot.pause()
            at = table.cursor_coordinate
            cell = table._get_cell_region(at).translate(-table.scroll_offset)
            fixed = table._get_cell_region(Coordinate(0, 0)).right
            assert fixed <= cell.x and cell.right <= table.size.width, at
        # Two or three of them, and no part of another wide enough to look like a column.
        _, each = widths(table.size.width, len(names))
        assert (table.size.width - fixed) % (each + 2) < 4
        await pilot.press("t")
        app.main.documents.tick(["1.pdf", "3.pdf"])
        await pilot.press("t")
        await sees(pilot, app, "1 question   2 of 7 documents")


async def test_scrolled_sideways_the_matrix_shows_the_cells_of_each_document() -> None:
    """Only columns in view are drawn."""
    documents = tuple(paged(f"{number:02}.pdf", [[f"It is sheet {number:02}."]]) for number in range(40))
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.started)
        open_documents(app, documents)
        cells = app.matrix.controller.cells
        cells.documents = documents
        cells.add(["Which sheet is it?"])
        for column, document in enumerate(documents):
            cell = cells.cell(0, column)
            cell.result = result(cell.question, [answer(document, f"sheet {column:02}", 0.9, 1)])
            cell.state = QuestionState.DONE
        app.main.set_focus(app.main.answers.list)
        await pilot.press("t")
        table = app.screen.query_one(MatrixTable)
        fixed = table._get_cell_region(Coordinate(0, 0)).right
        fit = (table.size.width - fixed) // (table._get_cell_region(Coordinate(0, 1)).width)

        def shown() -> list[int]:
            row = screen_text(app).split("Which sheet")[1].split("\n")[0]
            return [int(number) for number in re.findall(r"sheet (\d\d)", row)]

        for left in (*range(0, 500, 7), *range(500, 0, -7)):  # The cursor stays where it is.
            table.scroll_to(x=left, animate=False)
            await pilot.pause()
            first = shown()[0]
            assert shown() == list(range(first, first + len(shown())))
            assert len(shown()) >= fit - 1  # One is cut off at the left, and another at the right.
        before = len(shown())
        await pilot.resize_terminal(130, 24)
        await pilot.pause()
        assert len(shown()) > before
