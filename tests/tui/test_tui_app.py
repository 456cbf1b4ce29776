"""The app as a person uses it: real documents, the bundled reader, keys pressed, the screen read."""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from stage import DEADLINE, ask, ask_and_wait, in_view, marked, pane_text, screen_text, sees, type_in, until

import docqa.tui
from docqa import engine as engine_module
from docqa.config import Settings
from docqa.engine import Collection, Engine
from docqa.errors import DocqaError
from docqa.progress import Monitor
from docqa.tui.app import DocqaApp
from docqa.tui.help import HelpScreen
from docqa.tui.session import State
from docqa.tui.widgets import documents

WIDE = (160, 45)
REPORT = Path(__file__).parents[2] / "sample_docs" / "harbour-report.pdf"


def opened(app: DocqaApp) -> bool:
    return app.main.documents.count(documents.State.OPEN) == len(app.main.documents.rows) > 0


class Gate:
    """Holds a call up until the test lets it pass, or the person cancels."""

    def __init__(self) -> None:
        self.reached = Event()
        self.pass_on = Event()

    def hold(self, monitor: Monitor | None = None) -> None:
        self.reached.set()
        limit = time.monotonic() + DEADLINE  # A test that fails must not leave a worker behind for ever.
        while not self.pass_on.wait(0.01) and time.monotonic() < limit:
            if monitor is not None:
                monitor.check()


@pytest.fixture
def held_opening(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Every document waits at a gate before it is opened."""
    gate, index = Gate(), Engine.index

    def held(self: Engine, path: str, monitor: Monitor, password: str | None = None) -> Any:
        gate.hold(monitor)
        return index(self, path, monitor, password)

    monkeypatch.setattr(Engine, "index", held)
    return gate


@pytest.fixture
def held_reading(loaded: Engine, monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Every batch of windows waits at a gate before it is read, and can't be interrupted there."""
    gate, read = Gate(), loaded.reader.read

    def held(*args: Any) -> Any:
        gate.hold()
        return read(*args)

    monkeypatch.setattr(loaded.reader, "read", held)
    return gate


async def test_an_answer_is_found_selected_and_shown_where_it_stands(
    engines: list[Engine], lighthouse: str, bakery: str
) -> None:
    app = DocqaApp([lighthouse, bakery], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "When was the lighthouse built?")
        assert asked.state is State.DONE
        selected = app.main.answers.selected
        assert selected is not None and selected.text == "1874"
        await until(pilot, lambda: marked(app) == "1874", "the answer marked on its page")
        assert in_view(app)
        text = screen_text(app)
        assert "lighthouse.txt, line 3" in text
        assert "reader: bundled" in text
        assert "built in 1874 by the engineer" in text  # The page, not only the answer.
        assert "likely" in text and "%" in text
        assert app.main.documents.summary() == "2 open"


async def test_with_its_own_engine_the_app_answers_too(lighthouse: str) -> None:
    app = DocqaApp([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "Who was the keeper in 1911?")
        assert asked.shown[0].text == "Tobias Wren"


@pytest.mark.skipif(not REPORT.exists(), reason="no sample documents in this checkout")
async def test_the_page_of_a_pdf_is_shown(engines: list[Engine]) -> None:
    app = DocqaApp([str(REPORT)], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "How many apprentices were in training?")
        first = asked.shown[0]
        await until(pilot, lambda: marked(app) == " ".join(first.text.split()))
        assert in_view(app)
        assert f"page {first.page}" in str(app.main.page.border_title)


async def test_a_question_asked_while_documents_open_is_answered_once_they_are(
    engines: list[Engine], lighthouse: str, held_opening: Gate
) -> None:
    app = DocqaApp([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, held_opening.reached.is_set)
        asked = await ask(pilot, "When was the lighthouse built?")
        await pilot.pause()
        assert asked.state is State.QUEUED
        await sees(pilot, app.main.answers, "waiting for the documents to open")
        held_opening.pass_on.set()
        await until(pilot, lambda: not asked.pending)
        assert asked.shown[0].text == "1874"


async def test_questions_are_kept_and_shown_again_without_being_read_again(
    engines: list[Engine], lighthouse: str
) -> None:
    app = DocqaApp([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        first = await ask_and_wait(pilot, "When was the lighthouse built?")
        second = await ask_and_wait(pilot, "Who built the lighthouse?")
        assert second.shown[0].text.endswith("Ada Marsh")
        before = first.result
        await pilot.press("h", "k")
        assert app.shown is first
        await until(pilot, lambda: marked(app) == "1874")
        assert first.result is before and app.session.running is None
        await pilot.press("enter")
        assert app.main.answers.list.has_focus
        await pilot.press("slash", "up")
        assert app.main.question.value == "Who built the lighthouse?"
        await pilot.press("up")
        assert app.main.question.value == "When was the lighthouse built?"


async def test_a_second_question_waits_for_the_first(
    engines: list[Engine], lighthouse: str, held_reading: Gate
) -> None:
    app = DocqaApp([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        first = await ask(pilot, "When was the lighthouse built?")
        await until(pilot, held_reading.reached.is_set)
        second = await ask(pilot, "Who built the lighthouse?")
        await pilot.pause()
        assert (first.state, second.state) == (State.READING, State.QUEUED)
        await sees(pilot, app.main.answers, "waiting for the question before it")
        held_reading.pass_on.set()
        await until(pilot, lambda: not second.pending)
        assert first.shown[0].text == "1874"


async def test_docqa_says_that_there_is_no_answer(engines: list[Engine], lighthouse: str) -> None:
    app = DocqaApp([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "What is the capital of Mongolia?")
        assert asked.abstained
        text = pane_text(app.main.answers)
        assert "No answer in these documents" in text
        assert "The closest passages:" in text
        assert "1 of 1 windows read" in text
        assert "x reads every window" not in text  # They have all been read.


async def test_x_reads_every_window(engines: list[Engine], write: Callable[[str, str], str]) -> None:
    name = write("long.txt", "\n\n".join(f"Paragraph {i} tells of cabbages and kings. " * 20 for i in range(12)))
    app = DocqaApp([name], Settings(top_k_windows=2, threshold=1.0))
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "Who reigned over the cabbages?")
        assert asked.result is not None and asked.result.windows_read == 2 < asked.result.windows_total
        await sees(pilot, app.main.answers, "x reads every window")
        await pilot.press("x")
        await until(pilot, lambda: not asked.pending)
        assert asked.unread == 0
        total = asked.result.windows_total
        await sees(pilot, app.main.answers, f"{total} of {total} windows read")
        assert "x reads every window" not in pane_text(app.main.answers)


async def test_a_document_that_fails_is_shown_with_the_reason_while_others_open(
    engines: list[Engine], lighthouse: str, write: Callable[[str, str], str]
) -> None:
    broken = write("broken.pdf", "this is no PDF")
    app = DocqaApp([broken, "missing.txt", lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "When was the lighthouse built?")
        assert asked.shown[0].text == "1874"
        text = pane_text(app.main.documents)
        assert "missing.txt does not exist → check the spelling" in text
        assert "broken.pdf is damaged or not a PDF" in text
        assert app.main.documents.summary() == "1 open, 2 failed"


async def test_escape_cancels_a_question_at_once(engines: list[Engine], lighthouse: str, held_reading: Gate) -> None:
    app = DocqaApp([lighthouse], Settings())
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        asked = await ask(pilot, "When was the lighthouse built?")
        await until(pilot, held_reading.reached.is_set)
        await pilot.press("escape")
        assert asked.state is State.CANCELLED  # Though the worker is still held up.
        await sees(pilot, app.main.answers, "cancelled")
        await sees(pilot, app, "Cancelled: When was the lighthouse built?")
        held_reading.pass_on.set()
        again = await ask_and_wait(pilot, "Who built the lighthouse?")
        assert again.shown[0].text.endswith("Ada Marsh")
        assert asked.state is State.CANCELLED and asked.result is None


async def test_escape_cancels_the_opening_and_r_takes_it_up_again(
    engines: list[Engine], lighthouse: str, bakery: str, held_opening: Gate
) -> None:
    app = DocqaApp([lighthouse, bakery], Settings())
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await until(pilot, held_opening.reached.is_set)
        await pilot.press("escape")
        await until(pilot, lambda: app.main.documents.count(documents.State.CANCELLED) == 2)
        await sees(pilot, app, "Stopped opening documents: 2 cancelled")
        await sees(pilot, app.main.answers, "No document is open")
        held_opening.pass_on.set()
        await pilot.press("tab", "r")
        await until(pilot, lambda: opened(app))
        asked = await ask_and_wait(pilot, "Who is the baker?")
        assert asked.shown[0].text == "Ludmila Novak"


async def test_what_nobody_foresaw_is_shown(
    engines: list[Engine], lighthouse: str, bakery: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Engine.index

    def fails(self: Engine, path: str, *rest: Any) -> Any:
        if path == bakery:
            raise ZeroDivisionError("by nought")
        return index(self, path, *rest)

    monkeypatch.setattr(Engine, "index", fails)
    app = DocqaApp([lighthouse, bakery], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: app.main.documents.count(documents.State.FAILED))
        text = pane_text(app.main.documents)
        assert "ZeroDivisionError: by nought" in text and "please report it" in text

        def stumbles(*_: Any, **__: Any) -> Any:
            raise KeyError("nowhere")

        monkeypatch.setattr(Collection, "ask_progressively", stumbles)
        asked = await ask_and_wait(pilot, "When was the lighthouse built?")
        assert asked.state is State.FAILED
        await sees(pilot, app.main.answers, "KeyError: 'nowhere'")


async def test_a_question_that_fails_says_why_where_the_answers_would_be(
    engines: list[Engine], lighthouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: Any) -> Any:
        raise DocqaError("the question is too long", "ask a shorter one")

    app = DocqaApp([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: opened(app))
        monkeypatch.setattr(engines[-1].reader, "question_ids", refuses)
        asked = await ask_and_wait(pilot, "Why?")
        assert asked.state is State.FAILED
        await sees(pilot, app.main.answers, "✗ the question is too long → ask a shorter one")


async def test_without_a_reader_the_app_says_so_and_tries_again(
    engines: list[Engine], lighthouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = engine_module.Engine

    def missing(settings: Settings) -> Engine:
        raise DocqaError("there is no reader called x", "docqa models list")

    monkeypatch.setattr(engine_module, "Engine", missing)
    app = DocqaApp([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "there is no reader" in pane_text(app.main.answers))
        await sees(pilot, app.main.answers, "docqa models list")
        asked = await ask(pilot, "When was the lighthouse built?")
        assert asked.state is State.FAILED and asked.error is not None
        monkeypatch.setattr(engine_module, "Engine", make)
        await pilot.press("r")
        await until(pilot, lambda: opened(app))
        assert (await ask_and_wait(pilot, "When was the lighthouse built?")).shown[0].text == "1874"


@pytest.mark.parametrize("paths", [[], ["-"]])
async def test_with_nothing_to_open_the_app_says_what_to_do(engines: list[Engine], paths: list[str]) -> None:
    app = DocqaApp(paths, Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "No document is open" in pane_text(app.main.answers))
        said = pane_text(app.main.documents)
        assert "Start docqa with files or folders" in said or "standard input can't be opened" in said
        asked = await ask_and_wait(pilot, "Anything?")
        assert asked.error is not None and "no document is open" in asked.error.message


async def test_reports_that_come_while_the_help_is_open_are_shown_below_it(
    engines: list[Engine], lighthouse: str, held_opening: Gate
) -> None:
    app = DocqaApp([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask(pilot, "When was the lighthouse built?")
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpScreen)
        held_opening.pass_on.set()
        await until(pilot, lambda: not asked.pending)
        await pilot.press("escape")
        await until(pilot, lambda: marked(app) == "1874")


async def test_every_letter_types_itself_into_the_question(engines: list[Engine], lighthouse: str) -> None:
    app = DocqaApp([lighthouse], Settings())
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        question = "why did h/i n p y x r j k?"
        await type_in(pilot, question)
        await pilot.press("enter")
        assert [asked.question for asked in app.session.asked] == [question]
        await pilot.press("slash", "enter")
        assert len(app.session.asked) == 1  # An empty line asks nothing.
        await sees(pilot, app, "Type a question first")


async def test_quitting_while_documents_open_stops_the_work(
    engines: list[Engine], lighthouse: str, held_opening: Gate
) -> None:
    app = DocqaApp([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, held_opening.reached.is_set)
        await pilot.press("ctrl+q")
    # The worker ends though the gate stays shut, else the test's event loop could not be closed.
    assert not held_opening.pass_on.is_set()


async def test_the_page_stays_on_the_answer_when_the_terminal_changes_size(
    engines: list[Engine], write: Callable[[str, str], str]
) -> None:
    filler = "\n".join(f"Line {number} is about nothing in particular." for number in range(150))
    name = write("long.txt", f"{filler}\n\nThe cellar is guarded by a goose named Brunhilde.\n\n{filler}")
    app = DocqaApp([name], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "What is the name of the goose that guards the cellar?")
        assert "Brunhilde" in asked.shown[0].text
        for size in ((80, 24), (110, 30), (200, 60)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: "Brunhilde" in marked(app) and in_view(app), f"in view at {size}")


def test_without_a_terminal_run_says_what_to_use() -> None:
    with pytest.raises(DocqaError, match="docqa ask"):
        docqa.tui.run(["x.txt"], Settings())


def test_the_deadline_is_below_the_suite_s_own() -> None:
    assert DEADLINE < 300
