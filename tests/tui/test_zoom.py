"""One pane alone on the screen: what it shows, and what happens to it when the user goes on."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from support.stage import (
    NoCollection,
    StillApp,
    answer,
    ask,
    at_rest,
    evidence,
    in_view,
    paged,
    pane_text,
    result,
    screen_text,
    sees,
    settled,
    until,
)
from textual.pilot import Pilot

from docqa.tui.workers import events

LOG = paged("voyage.pdf", [[f"Line {n} of the log, page {page}." for n in range(60)] for page in (1, 2)])
NAMES = [f"Line {n} of the log, page 2" for n in range(0, 50, 5)]


@pytest.fixture
async def pilot(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> AsyncIterator[Pilot[Any]]:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path))
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.questions.handle(events.DocumentsFound((LOG.name,)))
        app.questions.handle(events.DocumentOpened(LOG))
        app.questions.handle(events.DocumentsOpened(NoCollection()))  # type: ignore[arg-type]
        await answered(pilot, "What was done?")
        yield pilot


async def answered(pilot: Pilot[Any], question: str, names: list[str] = NAMES) -> None:
    """Ask a question and have it answered."""
    app = pilot.app
    assert isinstance(app, StillApp)
    asked = await ask(pilot, question)
    found = [answer(LOG, name, 0.9 - 0.05 * number, number) for number, name in enumerate(names, 1)]
    worth = {LOG.name: evidence(LOG, 0.2, 0.7)}
    app.questions.handle(events.AnswersFound(asked, result(question, found), worth))
    app.questions.handle(events.QuestionAnswered(asked))
    await until(pilot, lambda: settled(app), "a page at rest")


async def rest(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: at_rest(pilot.app), "an app at rest")  # type: ignore[arg-type]


def shown(app: Any) -> list[str]:
    """The panes that can be seen."""
    panes = (app.main.documents, app.main.questions, app.main.answers, app.main.page)
    return [pane.id for pane in panes if pane.region.height > 0]


async def test_the_document_alone_has_eighteen_lines_and_the_others_come_back(pilot: Pilot[Any]) -> None:
    app = pilot.app
    before = screen_text(app)  # type: ignore[arg-type]
    app.main.page.focus()
    await pilot.press("z")
    await until(pilot, lambda: shown(app) == ["page"])
    await rest(pilot)
    assert pane_text(app.main.page).count("of the log, page") >= 17  # And the line between two pages.
    assert in_view(app) and "esc All panes" in screen_text(app)  # type: ignore[arg-type]
    await pilot.press("escape")
    await until(pilot, lambda: shown(app) == ["answers", "page"])
    await rest(pilot)
    assert app.main.page.has_focus
    app.main.answers.list.focus()
    await until(pilot, lambda: screen_text(app) == before)  # type: ignore[arg-type]


async def test_all_rows_are_the_answers_and_enter_shows_the_document_alone(pilot: Pilot[Any]) -> None:
    app = pilot.app
    await pilot.press("z")
    await until(pilot, lambda: shown(app) == ["answers"])
    assert app.main.answers.list.scrollable_content_region.height >= 18
    await pilot.press("j", "enter")
    await until(pilot, lambda: shown(app) == ["page"] and in_view(app))
    assert app.main.page.has_focus and app.main.answers.selected.text == NAMES[1]
    await pilot.press("right_square_bracket")  # The next answer, in the document.
    await until(pilot, lambda: in_view(app) and app.main.answers.selected.text == NAMES[2])
    await pilot.press("shift+tab")
    await until(pilot, lambda: shown(app) == ["answers"] and app.main.answers.list.has_focus)
    await pilot.press("z")
    await until(pilot, lambda: shown(app) == ["answers", "page"])


async def test_tab_goes_to_the_panes_that_are_not_shown_and_to_the_question(pilot: Pilot[Any]) -> None:
    app = pilot.app
    await pilot.press("z")
    seen = []
    for _ in range(5):
        await pilot.press("tab")
        await pilot.pause()
        seen.append((app.focused.id, *shown(app)))
    assert seen == [
        ("page", "page"),
        ("question", "page"),
        ("documents", "documents"),
        ("questions", "questions"),
        ("answers-list", "answers"),
    ]
    await pilot.press("shift+tab", "escape")  # All panes, with the one that has the focus.
    await until(pilot, lambda: shown(app) == ["documents", "questions", "answers", "page"])
    assert app.main.questions.has_focus


async def test_a_new_question_shows_its_answers_and_esc_cancels_it_first(pilot: Pilot[Any]) -> None:
    app = pilot.app
    app.main.page.focus()
    await pilot.press("z", "i", *"Who?")
    assert shown(app) == ["page"]
    await pilot.press("escape")  # Out of the input, back to what is read.
    await until(pilot, lambda: app.main.page.has_focus and shown(app) == ["page"])
    await pilot.press("i", "enter")
    await until(pilot, lambda: shown(app) == ["answers"])
    assert app.main.answers.asked.question == "Who?" and app.main.answers.asked.pending
    await pilot.press("escape")
    await sees(pilot, app.main.answers, "cancelled")
    assert shown(app) == ["answers"]
    await pilot.press("escape")
    await until(pilot, lambda: shown(app) == ["answers", "page"])


@pytest.mark.parametrize("keys", [["slash", *"log", "enter"], ["s"], ["v"], ["g", "1", "enter"]])
async def test_what_is_in_the_document_is_shown(pilot: Pilot[Any], keys: list[str]) -> None:
    app = pilot.app
    await pilot.press("z")
    await until(pilot, lambda: shown(app) == ["answers"])
    await pilot.press(*keys)
    await until(pilot, lambda: shown(app) == ["page"])
    await pilot.press("escape", "b")
    await until(pilot, lambda: "page" in shown(app))


async def test_the_list_of_questions_alone_is_left_with_the_answers_of_one(pilot: Pilot[Any]) -> None:
    app = pilot.app
    await answered(pilot, "Who did it?", NAMES[:2])
    await pilot.press("z", "h")
    await until(pilot, lambda: shown(app) == ["questions"])
    await pilot.press("up", "enter")
    await until(pilot, lambda: shown(app) == ["answers"])
    await sees(pilot, app.main.answers, "What was done?")


async def test_zooming_in_and_out_keeps_the_text_at_the_top_in_its_place(pilot: Pilot[Any]) -> None:
    app = pilot.app
    page = app.main.page
    page.focus()
    await pilot.press("home", *(["j"] * 10))
    await rest(pilot)
    first = page.first_offset
    for _ in range(6):
        await pilot.press("z")
        await rest(pilot)
        assert page.first_offset == first
