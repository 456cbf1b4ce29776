"""The theme is saved; a damaged or unwritable file is not fatal."""

from pathlib import Path

import pytest
from support.stage import StillApp, until

from docqa.userdata import preferences


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


async def test_the_theme_is_that_of_the_session_before() -> None:
    first = StillApp()
    async with first.run_test() as pilot:
        assert first.theme != "nord"
        first.theme = "nord"
        await until(pilot, lambda: preferences.theme() == "nord")
    assert StillApp().theme == "nord"


@pytest.mark.parametrize("contents", ["", "[]", '{"theme": "no such theme"}', '{"theme": 3}'])
def test_a_damaged_file_is_as_good_as_none(own_home: Path, contents: str) -> None:
    own_home.joinpath("data").mkdir(parents=True)
    preferences.file().write_text(contents)
    assert StillApp().theme == "textual-dark"


async def test_a_theme_that_cannot_be_remembered_is_worn_all_the_same(own_home: Path) -> None:
    own_home.write_text("a file where the folder should be")
    app = StillApp()
    async with app.run_test() as pilot:
        app.theme = "nord"
        await until(pilot, lambda: len(app._notifications))
        assert app.theme == "nord"
        assert [n.message.partition(" in ")[0] for n in app._notifications] == ["can't save the theme"]
