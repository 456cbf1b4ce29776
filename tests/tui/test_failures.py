"""Failures, missing files and cancellation: the app reports them and keeps working."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen import canvas
from support.engines import Engines
from support.stage import DEADLINE, Gate, ask, ask_and_wait, opened, pane_text, sees, until

import docqa.tui
from docqa.config import Settings
from docqa.engine import Engine
from docqa.errors import DocqaError
from docqa.progress import Monitor
from docqa.tui.state.session import QuestionState
from docqa.tui.widgets import documents_pane

WIDE = (160, 45)


async def test_a_document_that_fails_is_shown_with_the_reason_while_others_open(
    engines: Engines, lighthouse: str, write: Callable[[str, str], str]
) -> None:
    broken = write("broken.pdf", "this is no PDF")
    app = engines.app([broken, "missing.txt", lighthouse, "long" * 100], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "When was the lighthouse built?")
        assert asked.shown[0].text == "1874"
        app.main.documents.focus()
        for name, why in (
            ("missing.txt", "missing.txt does not exist → check the spelling"),
            (broken, "broken.pdf is damaged or not a PDF"),
        ):
            app.main.documents.set_current(name)  # There is no room for all reasons.
            await sees(pilot, app.main.documents, why)
        assert app.main.documents.listed.states == "1 open, 3 failed"


async def test_what_was_not_read_of_a_document_is_in_the_list(engines: Engines, tmp_path: Path) -> None:
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), invariant=1)
    sheet.drawString(72, 700, "The lighthouse was built in 1874 by Ada Marsh.")
    sheet.showPage()
    sheet.rect(72, 72, 400, 600)
    sheet.save()
    app = engines.app([str(tmp_path / "a.pdf")], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await sees(pilot, app.main.documents, "! page 2 has no text")


async def test_what_a_folder_has_besides_is_told_once(
    engines: Engines, lighthouse: str, write: Callable[[str, str], str]
) -> None:
    write("minutes.docx", "x")
    folder = Path(lighthouse).parent
    app = engines.app([str(folder)], Settings())
    told = f"{folder}: 1 file of another type (.docx) was left out"
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await until(pilot, lambda: app.main.footer.said == told, "what was left out, in the footer")
        assert not app._notifications, "a notice lies over the page"
        asked = await ask_and_wait(pilot, "When was the lighthouse built?")
        assert asked.result is not None
        assert [warning.message for warning in asked.result.warnings] == ["1 file of another type (.docx) was left out"]
        app.main.footer.say("")
        await pilot.press("escape", "r")
        await ask_and_wait(pilot, "Who built the lighthouse?")
        assert app.main.footer.said != told and not app._notifications


async def test_escape_cancels_a_question_at_once(engines: Engines, lighthouse: str, held_reading: Gate) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        asked = await ask(pilot, "When was the lighthouse built?")
        await until(pilot, held_reading.reached.is_set)
        await pilot.press("escape")
        assert asked.state is QuestionState.CANCELLED  # Although the worker is still blocked.
        await sees(pilot, app.main.answers, "cancelled")
        await sees(pilot, app, "Cancelled: When was the lighthouse built?")
        held_reading.pass_on.set()
        again = await ask_and_wait(pilot, "Who built the lighthouse?")
        assert again.shown[0].text.endswith("Ada Marsh")
        assert asked.state is QuestionState.CANCELLED and asked.result is None


async def test_escape_cancels_the_opening_and_r_takes_it_up_again(
    engines: Engines, lighthouse: str, bakery: str, held_opening: Gate
) -> None:
    app = engines.app([lighthouse, bakery], Settings())
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await until(pilot, held_opening.reached.is_set)
        await pilot.press("escape")
        await until(pilot, lambda: app.main.documents.listed.count(documents_pane.DocumentState.CANCELLED) == 2)
        await sees(pilot, app, "Opening cancelled: 2 cancelled")
        await sees(pilot, app.main.answers, "No documents could be opened")
        held_opening.pass_on.set()
        assert app.main.question.has_focus  # There, r is a letter.
        await sees(pilot, app, "Esc, then r opens the rest")
        await sees(pilot, app.main.answers, "Esc, then r tries again")
        await pilot.press("escape", "r")
        await until(pilot, lambda: opened(app))
        asked = await ask_and_wait(pilot, "Who is the baker?")
        assert asked.shown[0].text == "Ludmila Novak"


class FailingEngine(Engine):
    """Fails to open bakeries."""

    def index(self, path: str, monitor: Monitor, password: str | None = None) -> Any:
        if "bakery" in path:
            raise ZeroDivisionError("by nought")
        return super().index(path, monitor, password)


async def test_an_unexpected_failure_to_open_is_shown_and_the_others_open(
    engines: Engines, lighthouse: str, bakery: str
) -> None:
    engines.kind = FailingEngine
    app = engines.app([bakery, lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "When was the lighthouse built?")
        assert asked.shown[0].text == "1874"
        text = pane_text(app.main.documents)
        assert "ZeroDivisionError: by nought" in text and "please report it" in text


class FailingReader:
    """Fails to read questions."""

    def __init__(self, reader: Any, error: Exception) -> None:
        self._reader = reader
        self._error = error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def question_ids(self, *_: Any) -> Any:
        raise self._error


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (KeyError("nowhere"), "KeyError: 'nowhere'"),
        (DocqaError("the question is too long", "ask a shorter one"), "✗ the question is too long → ask a shorter one"),
    ],
)
async def test_a_question_that_fails_says_why_where_the_answers_would_be(
    error: Exception, shown: str, engines: Engines, lighthouse: str
) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: opened(app))
        engine = engines.made[-1]
        engine.reader = FailingReader(engine.reader, error)  # type: ignore[assignment]
        asked = await ask_and_wait(pilot, "Why?")
        assert asked.state is QuestionState.FAILED
        await sees(pilot, app.main.answers, shown)


async def test_without_a_reader_the_app_says_so_and_tries_again(engines: Engines, lighthouse: str) -> None:
    class Missing(Engine):
        def __init__(self, _: Settings) -> None:
            raise DocqaError("there is no reader called x", "docqa models list")

    engines.kind = Missing
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "there is no reader" in pane_text(app.main.answers))
        await sees(pilot, app.main.answers, "docqa models list")
        asked = await ask(pilot, "When was the lighthouse built?")
        assert asked.state is QuestionState.FAILED and asked.error is not None
        engines.kind = Engine
        await pilot.press("r")
        await until(pilot, lambda: opened(app))
        assert (await ask_and_wait(pilot, "When was the lighthouse built?")).shown[0].text == "1874"


@pytest.mark.parametrize("paths", [[], ["-"]])
async def test_with_nothing_to_open_the_app_says_what_to_do(engines: Engines, paths: list[str]) -> None:
    app = engines.app(paths, Settings())
    async with app.run_test(size=WIDE) as pilot:
        if not paths:
            await sees(pilot, app, "Open documents")
            await pilot.press("escape")
        await sees(pilot, app.main.answers, "No documents")
        shown = pane_text(app.main.documents)
        assert "Press O to open some" in shown or "the app can't read a document from standard input" in shown
        asked = await ask_and_wait(pilot, "Anything?")
        assert asked.error is not None and "no document is open" in asked.error.message


async def test_quitting_while_documents_open_stops_the_work(
    engines: Engines, lighthouse: str, held_opening: Gate
) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, held_opening.reached.is_set)
        await pilot.press("ctrl+q")
    # The worker stops although the gate stays closed; otherwise the test's event loop could not be closed.
    assert not held_opening.pass_on.is_set()


def test_without_a_terminal_run_says_what_to_use() -> None:
    with pytest.raises(DocqaError, match="docqa ask"):
        docqa.tui.run(["x.txt"], Settings())


def test_the_deadline_is_below_the_suite_s_own() -> None:
    assert DEADLINE < 300
