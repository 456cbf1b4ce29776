"""Keys that arrive together, as over a slow connection, act in the order in which they were typed."""

from collections.abc import Callable, Sequence

import pytest
from support.engines import Engines
from support.stage import StillApp, ask_and_wait, type_in, until
from textual import events
from textual.app import App
from textual.pilot import Pilot

from docqa.config import Settings
from docqa.tui.app import DocqaApp
from docqa.tui.screens.agreement import AgreementScreen, DocumentsCard

TYPED = ("x", "home", "y", "ctrl+u", "d", "o", "left", "h", "home", "W", "end", "t", "backspace")


def press_together(app: App[None], keys: Sequence[str]) -> None:
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_in_a_line_letters_do_not_overtake_the_keys_between_them() -> None:
    app = StillApp()
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.main.question.has_focus)
        press_together(app, TYPED)
        await until(pilot, lambda: app.main.question.value == "Wdhox", "the text that was typed")


def on_the_answers(app: DocqaApp) -> None:
    app.main.set_focus(app.main.answers.list)


def on_the_documents(app: DocqaApp) -> None:
    app.main.set_focus(app.main.documents)


def on_the_questions(app: DocqaApp) -> None:
    app.main.set_focus(app.main.questions)


@pytest.mark.parametrize(
    ("place", "key"),
    [
        (on_the_answers, "v"),  # To the evidence,
        (on_the_answers, "h"),  # the questions,
        (on_the_answers, "s"),  # the selection,
        (on_the_documents, "enter"),  # the page,
        (on_the_documents, "escape"),  # and the answers.
        (on_the_questions, "enter"),
    ],
)
async def test_a_line_keeps_the_focus_that_the_key_before_has_moved(
    place: Callable[[DocqaApp], None], key: str, engines: Engines, lighthouse: str
) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test() as pilot:
        await ask_and_wait(pilot, "When was the lighthouse built?")
        place(app)
        press_together(app, [key, "slash"])
        await pilot.pause()
        await type_in(pilot, "oil in")  # "o" and "i" are keys elsewhere: they open the document, and ask.
        await pilot.press("enter")
        await until(pilot, lambda: "“oil in”" in str(app.main.page.border_subtitle), "what was found")
        assert len(app.questions.session.asked) == 1


async def test_each_of_two_keys_moves_to_the_next_answer_side_by_side(
    engines: Engines, lighthouse: str, bakery: str
) -> None:
    app = engines.app([lighthouse, bakery], Settings())

    def at(pilot: Pilot[None]) -> int:
        return list(pilot.app.screen.query(DocumentsCard)).index(pilot.app.focused)  # type: ignore[arg-type]

    async with app.run_test() as pilot:
        await ask_and_wait(pilot, "Who was the keeper, and who is the baker?")
        await pilot.press("D")
        assert isinstance(app.screen, AgreementScreen)
        await until(pilot, lambda: len(app.screen.query(DocumentsCard)) > 1)
        await pilot.press("k", "k", "k")
        first = at(pilot)
        press_together(app, "jk")
        await pilot.pause()
        assert at(pilot) == first
        press_together(app, "jj")
        await pilot.pause()
        assert at(pilot) == min(2, len(app.screen.query(DocumentsCard)) - 1)
