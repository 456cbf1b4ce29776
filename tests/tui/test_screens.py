"""Each screen and state of the app looks as before, and can be read in every theme.

After an intended change: `make screens`, and look at the pictures in build/screens before you commit the texts.
"""

from pathlib import Path

import pytest
from support import feedback_states, main_states, matrix_states, models_states, training_states
from support.screens import FOLDER, looks_as_before, shown, too_pale
from support.stage import StillApp, when_ready

STATES = {
    f"{module.__name__.rpartition('.')[2].removesuffix('_states')}-{state.__name__}": state
    for module in (main_states, feedback_states, matrix_states, models_states, training_states)
    for state in module.STATES
}
ELSEWHERE = {"pick-empty", "pick-recents", "pick-narrowed", "restore-offered"}
RICH = ("main-outdated", "main-helped", "main-failed", "feedback-selecting", "feedback-side_by_side", "models-refused")
"""States that have all colours of text between them."""


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path))


@pytest.mark.parametrize("name", STATES)
async def test_the_screen_looks_as_before(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name.startswith("training"):
        monkeypatch.setenv("DOCQA_HOME", training_states.HOME)
    await looks_as_before(name, STATES[name])


def test_every_text_has_its_state() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == STATES.keys() | ELSEWHERE


@pytest.mark.parametrize("name", RICH)
async def test_text_can_be_read_in_every_theme(name: str) -> None:
    app = StillApp()
    async with app.run_test(size=(120, 36)) as pilot:
        await when_ready(STATES[name])(pilot)
        # Those called ansi are drawn in the terminal's own colours.
        for theme in sorted(theme for theme in app.available_themes if not theme.startswith("ansi")):
            await shown(pilot, (120, 36), theme)
            assert too_pale(app) == [], theme
