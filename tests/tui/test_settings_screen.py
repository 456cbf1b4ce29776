"""The settings screen: values with their origin, saved to the file and applied; errors are shown."""

from pathlib import Path
from typing import Any

import pytest
from support.engines import Engines
from support.stage import StillApp, ask_and_wait, opened, sees, type_in, until
from textual.pilot import Pilot
from textual.widgets import Input

from docqa import config
from docqa.config import Settings
from docqa.tui.app import DocqaApp
from docqa.tui.screens.settings import SettingsScreen
from docqa.tui.widgets.table import RowTable

WIDE = (160, 45)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def write(text: str) -> None:
    config.file().parent.mkdir(parents=True, exist_ok=True)
    config.file().write_text(text, encoding="utf-8")


async def go_to(pilot: Pilot[Any], name: str) -> None:
    """Open the settings and move to the setting `name`."""
    app = pilot.app
    assert isinstance(app, DocqaApp)
    app.main.answers.list.focus()
    await pilot.press("comma")
    assert isinstance(app.screen, SettingsScreen)
    await sees(pilot, app, "default")
    app.screen.query_one(RowTable).move_cursor(row=config.names().index(name))
    await pilot.pause()


async def edit(pilot: Pilot[Any], value: str) -> None:
    """Change the setting under the cursor."""
    await pilot.press("enter")
    pilot.app.screen.query_one(Input).value = value
    await pilot.press("enter")


async def test_each_setting_is_explained_with_its_value_and_where_it_is_from(
    lighthouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("top = 7\nthreshold = 0.5\n")
    monkeypatch.setenv("DOCQA_THRESHOLD", "0.4")
    flags = {"doc_stride": 64}
    app = DocqaApp([lighthouse], config.load(flags), flags=flags)
    async with app.run_test(size=WIDE) as pilot:
        await go_to(pilot, "threshold")
        rows = {row.key: row.cells for row in app.screen.query_one(RowTable)._shown}
        assert rows["top"] == ("top", "7", "file")
        assert rows["threshold"] == ("threshold", "0.4", "environment")
        assert rows["doc_stride"] == ("doc_stride", "64", "flag")
        assert rows["device"] == ("device", "auto", "default")
        await sees(pilot, app, "probability below which docqa abstains")
        await sees(pilot, app, "The environment variable DOCQA_THRESHOLD overrides config.toml.")
        await edit(pilot, "0.2")
        await sees(pilot, app.screen.query_one("#message"), "but the environment variable DOCQA_THRESHOLD overrides")
        assert "threshold = 0.2" in config.file().read_text() and app.questions.settings.threshold == 0.4


async def test_what_concerns_a_question_is_felt_by_the_next_one(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        before = await ask_and_wait(pilot, "Who was the keeper in 1911?")
        documents = app.main.documents.open_documents
        await go_to(pilot, "threshold")
        await edit(pilot, "1")
        await sees(pilot, app, "Saved threshold in")
        await pilot.press("escape")
        after = await ask_and_wait(pilot, "Who was the keeper in 1911?")
        assert before.result is not None and after.result is not None
        assert (before.result.answered, after.result.answered) == (True, False)
        assert app.main.documents.open_documents == documents and len(engines.made) == 1  # Nothing was reopened.


async def test_what_concerns_documents_opens_them_anew(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: opened(app))
        await go_to(pilot, "max_seq_length")
        await edit(pilot, "320")
        await sees(pilot, app, "Saved max_seq_length in")
        await pilot.press("escape")
        asked = await ask_and_wait(pilot, "Who was the keeper in 1911?")
        assert asked.shown[0].text == "Tobias Wren"
        assert app.questions.collection is not None and app.questions.collection.engine.settings.max_seq_length == 320


async def test_a_change_while_documents_open_is_not_lost(engines: Engines, lighthouse: str, held_opening: Any) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, held_opening.reached.is_set)
        await go_to(pilot, "max_seq_length")
        await edit(pilot, "320")
        await sees(pilot, app, "Saved max_seq_length in")
        held_opening.pass_on.set()
        await until(pilot, lambda: app.questions.collection is not None)
        assert app.questions.collection is not None and app.questions.collection.engine.settings.max_seq_length == 320
        await until(pilot, lambda: opened(app))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("top", "many", "✗ top is 'many' → it has to be a whole number"),
        ("retriever", "best", "✗ retriever is 'best' → it has to be hybrid, lexical or dense"),
        ("max_seq_length", "9000", "✗ max_seq_length is 9000, but this reader takes at most 512 tokens → set it to"),
        ("reader", "no-such-reader", "✗ there is no reader"),
        ("device", "abacus", "✗ there is no device 'abacus' that torch can use here → available:"),
    ],
)
async def test_a_value_that_is_not_right_is_told_and_not_kept(name: str, value: str, message: str) -> None:
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await go_to(pilot, name)
        await edit(pilot, value)
        await sees(pilot, app, message)
        assert app.screen.query_one(Input).value == value  # Kept for correction.
        assert not config.file().exists() and app.questions.settings == Settings()


async def test_a_file_that_was_damaged_meanwhile_is_told_and_stays() -> None:
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        write("top = \n# mine")
        app.main.answers.list.focus()
        await pilot.press("comma")
        await sees(pilot, app.screen.query_one("#message"), "is not valid TOML")
        await pilot.press("x")
        await sees(pilot, app.screen.query_one("#message"), "fix it, or move it away")
        assert config.file().read_text() == "top = \n# mine"


async def test_a_read_only_file_is_told_and_stays() -> None:
    write("top = 7\n")
    config.file().chmod(0o444)
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await go_to(pilot, "top")
        await edit(pilot, "3")
        await sees(pilot, app.screen.query_one("#message"), "is read-only → make it writable")
        assert config.file().read_text() == "top = 7\n"


async def test_values_that_are_known_are_offered() -> None:
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await go_to(pilot, "retriever")
        await pilot.press("enter")
        app.screen.query_one(Input).value = ""
        await type_in(pilot, "le")
        await until(pilot, lambda: app.screen.query_one(Input)._suggestion == "lexical")
        await pilot.press("right")
        assert app.screen.query_one(Input).value == "lexical"


async def test_without_animations_nothing_glides(monkeypatch: pytest.MonkeyPatch) -> None:
    app = StillApp()
    asked_for = app.animation_level
    assert asked_for != "none"
    async with app.run_test(size=WIDE) as pilot:
        await go_to(pilot, "animations")
        for level in ("none", asked_for):
            await pilot.press("enter")
            await until(pilot, lambda level=level: app.animation_level == level)
    assert DocqaApp([], Settings(animations=False)).animation_level == "none"


@pytest.mark.parametrize("size", [(80, 24), (50, 24), WIDE])
async def test_what_is_said_leaves_the_question_free(size: tuple[int, int]) -> None:
    app = StillApp()
    async with app.run_test(size=size, notifications=True) as pilot:
        app.notify("The comparison with harbour has finished. Press M, then c to see it.", timeout=10)
        await until(pilot, lambda: len(app.main.query("Toast")))
        line = app.main.query_one("#question-line")
        await until(pilot, lambda: app.main.query_one("Toast").region.bottom == line.region.y > 0)


async def test_at_fifty_columns_the_documents_stand_above_the_answers() -> None:
    app = StillApp()
    async with app.run_test(size=(50, 24)) as pilot:
        await until(pilot, lambda: app.main.sidebar.region.width == app.main.answers.region.width == 50)
        assert app.main.sidebar.region.bottom <= app.main.answers.region.y
        assert app.main.sidebar.region.height >= 6
