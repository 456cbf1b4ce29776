"""Reading on: after the first answers, more is read in the background, and what it finds waits for the user."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from support import main_states
from support.engines import Engines
from support.stage import (
    Gate,
    StillApp,
    answer,
    ask,
    ask_and_wait,
    marked,
    opened,
    pane_text,
    result,
    screen_text,
    sees,
    until,
)
from textual.pilot import Pilot

from docqa.config import Settings
from docqa.tui.workers import events, quiet

QUESTION = "Who painted the sign of the Fox inn?"
VILLAGE = {
    "quiz.txt": """Questions for visitors

Who painted the sign of the Fox inn? Who carved its door? The answers are on the back of the sign of the inn.
""",
    "repairs.txt": """Repairs to the Fox inn

The sign of the Fox inn was painted again in spring, and the sign was hung over the door of the inn.
""",
    "artists.txt": """Clara Voss, the artist, painted the sign of the Fox in 1888. She lived by the mill.
""",
    "bakery.txt": "The oven is fired with beech wood. The baker, Ludmila Novak, sells rye bread.\n",
    "garden.txt": "Roses and beans grow by the wall. The gardener was Ada Marsh.\n",
    "ferry.txt": "The ferry crosses twice a day. Its captain, Bram Oster, retired in 1930.\n",
    **{f"field {n}.txt": f"Field {n} is behind the hill. Oats were sown there in 19{n}.\n" for n in range(21, 29)},
}


@pytest.fixture
async def village(
    engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Pilot[Any], Gate]]:
    """The app with fourteen documents of one window each, two of which are read for an answer; and a gate for the rest.

    The gate lets the windows of an answer pass. It closes when that is there.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(quiet, "_PATIENCE", 0.0)
    for name, text in VILLAGE.items():
        Path(name).write_text(text, encoding="utf-8")
    engines.reading_gate = gate = Gate()
    app = engines.app(list(VILLAGE), Settings(top_k_windows=2, read_on=11))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: opened(app), "documents")
        app.questions.reading_on.set_busy("test", busy=True)
        yield pilot, gate


async def _answered(pilot: Pilot[Any], gate: Gate, question: str) -> Any:
    """Ask, and have reading on wait before its first window."""
    reading_on = pilot.app.questions.reading_on  # type: ignore[attr-defined]
    gate.pass_on.set()
    asked = await ask_and_wait(pilot, question)
    gate.pass_on.clear()
    gate.reached.clear()
    reading_on.set_busy("test", busy=False)
    await until(pilot, gate.reached.is_set, "reading on")
    return asked


async def test_what_is_found_later_waits_for_a_key(village: tuple[Pilot[Any], Gate]) -> None:
    pilot, gate = village
    app: Any = pilot.app
    asked = await _answered(pilot, gate, QUESTION)
    await sees(pilot, app, "reading on until 11 passages are searched")
    await pilot.press("j")
    before, selected, page = [one.text for one in asked.shown], app.main.answers.selected, app.main.page.scroll_offset
    gate.pass_on.set()
    await sees(pilot, app, "1 new answer: press u")
    await until(pilot, lambda: app.questions.reading_on.asked is None, "the end")
    assert asked.newer.result.windows_read == 11 and "reading on" not in screen_text(app)
    assert "11 of 14" in pane_text(app.main.answers)
    assert [one.windows_read for one in app.questions.results] == [11]  # What is exported says the same.
    assert [one.text for one in asked.shown] == before and app.main.page.scroll_offset == page
    assert app.main.answers.selected is selected and marked(app) == selected.text

    await pilot.press("u")
    await until(pilot, lambda: marked(app) == "Clara Voss", "the new answer")
    assert asked.shown[0].text == "Clara Voss" and app.main.answers.selected is asked.shown[0]
    assert screen_text(app).count(" new ") == 1 and "press u" not in screen_text(app)
    # As probable as if all had been read at once.
    at_once = app.questions.collection.begin(QUESTION, exhaustive=True)
    at_once.window_order = asked.reading.search.window_order
    *_, read = app.questions.collection.read(at_once, 11)
    assert asked.shown == app.questions.collection.result(QUESTION, read, 0).answers

    await pilot.press("x")
    await until(pilot, lambda: not asked.pending, "all")
    assert asked.result.windows_read == asked.reading.search.windows_read == 14 and not asked.unread


async def test_a_question_comes_first_and_reading_goes_on_later(village: tuple[Pilot[Any], Gate]) -> None:
    pilot, gate = village
    app: Any = pilot.app
    first = await _answered(pilot, gate, QUESTION)
    second = await ask(pilot, "Who was the captain of the ferry?")
    assert second.pending and app.questions.session.running is None
    app.questions.reading_on.set_busy("test", busy=True)
    gate.pass_on.set()
    await until(pilot, lambda: not second.pending, "the second answer")
    read = first.reading.search.windows_read
    assert read < 11 and second.shown[0].text == "Bram Oster"

    app.questions.reading_on.set_busy("test", busy=False)
    await until(pilot, lambda: second.reading.search.windows_read == 11, "the second question's windows")
    await until(pilot, lambda: app.questions.reading_on.asked is None, "the end")
    assert first.reading.search.windows_read == read
    app.questions.show(first)
    await until(pilot, lambda: app.questions.reading_on.asked is None, "the rest")
    app.questions.show(second)
    app.questions.show(first)  # Nobody looked at its list meanwhile.
    assert first.newer is None and first.shown[0].text == "Clara Voss" and first.new_spans
    assert first.result.windows_read == 11


async def test_escape_stops_it_and_so_does_a_training(village: tuple[Pilot[Any], Gate]) -> None:
    pilot, gate = village
    app: Any = pilot.app
    asked = await _answered(pilot, gate, QUESTION)
    app.questions.reading_on.set_busy("training", busy=True)
    gate.pass_on.set()
    await until(pilot, lambda: app.questions.reading_on.asked is None, "the pause")
    assert "reading on" not in screen_text(app)
    gate.pass_on.clear()
    gate.reached.clear()
    assert asked.reading.search.windows_read < 11
    app.questions.reading_on.set_busy("training", busy=False)
    await until(pilot, gate.reached.is_set, "reading on again")
    await pilot.press("escape")
    assert asked.rests and "reading on" not in pane_text(app.main.header)
    gate.pass_on.set()
    await until(pilot, lambda: app.questions.reading_on.asked is None, "the stop")
    app.questions.show(asked)
    assert app.questions.reading_on.asked is None and asked.reading.search.windows_read < 11
    assert not asked.pending and asked.shown[0].document == "quiz.txt"


async def test_only_ticked_documents_are_read(village: tuple[Pilot[Any], Gate]) -> None:
    pilot, gate = village
    app: Any = pilot.app
    app.main.documents.focus()
    await pilot.press("space", "j", "space", "j", "j", "j", "j", "space")
    assert app.main.documents.ticked == {"quiz.txt", "repairs.txt", "ferry.txt"}
    asked = await _answered(pilot, gate, QUESTION)
    gate.pass_on.set()
    await until(pilot, lambda: app.questions.reading_on.asked is None, "the end")
    assert asked.reading.search.windows_read == 3 and set(asked.evidence) <= asked.only
    assert all(one.document in asked.only for one in asked.shown)


async def test_once_all_is_searched_x_is_no_longer_offered() -> None:
    app = StillApp()
    async with app.run_test(size=(120, 30)) as pilot:
        await main_states.abstained(pilot)
        await sees(pilot, app.main.answers, "10 of 48 passages searched · x searches them all")
        asked = app.questions.shown
        assert asked is not None
        closest = [answer(main_states.REPORT, text, 0.05, rank) for rank, text in enumerate(("Corn Quay", "412"), 1)]
        found = events.AnswersFound(asked, result(asked.question, closest=closest, read=48))
        app.questions.handle(events.MoreFound(found))
        await sees(pilot, app.main.answers, "48 of 48 passages searched")
        assert "x searches them all" not in pane_text(app.main.answers) and not app.questions.can_read_all
