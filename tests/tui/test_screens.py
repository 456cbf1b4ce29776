"""Each screen and state at three sizes, in a dark and a light theme, as text; and how readable it is.

After an intended change: `make screens`, and look at the pictures in build/screens before you commit the texts.
"""

import os
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import test_feedback_snapshots
import test_models_snapshots
import test_snapshots
import test_training_snapshots
from support.drawn_screen import Cell, drawn, written
from support.stage import StillApp, at_rest, until, when_ready
from textual.pilot import Pilot

SIZES = ((80, 24), (120, 36), (160, 45))
THEMES = ("textual-dark", "textual-light")
FOLDER = Path(__file__).parent / "screens"
MODULES = (test_snapshots, test_feedback_snapshots, test_models_snapshots, test_training_snapshots)
STATES = {
    f"{module.__name__.removeprefix('test_').removesuffix('snapshots').strip('_') or 'main'}-{state.__name__}": state
    for module in MODULES
    for state, _ in module.PICTURES
    if state.__name__ != "light"
}
RICH = ("main-outdated", "main-helped", "main-failed", "feedback-selecting", "feedback-side_by_side", "models-refused")
"""States that have all colours of text between them."""

READABLE = 4.5  # What WCAG asks of text.


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path))


@pytest.mark.parametrize("name", STATES)
async def test_screen(name: str, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    if name.startswith("training"):
        monkeypatch.setenv("DOCQA_HOME", test_training_snapshots.HOME)
    pictures = os.environ.get("DOCQA_PICTURES")
    screens: dict[tuple[int, int], list[list[list[Cell]]]] = {}
    app = StillApp()
    async with app.run_test(size=SIZES[0]) as pilot:
        await when_ready(STATES[name])(pilot)
        for size in SIZES:
            screens[size] = []
            for theme in THEMES:
                await _shown(pilot, size, theme)
                screens[size].append(drawn(app))
                if pictures:
                    app.save_screenshot(f"{name}-{size[0]}-{theme.removeprefix('textual-')}.svg", pictures)
                assert _too_pale(app) == []
    text = "\n".join(written(size, pair) for size, pair in screens.items())
    file = FOLDER / f"{name}.txt"
    if pytestconfig.option.update_snapshots:
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text, "make screens, and look at them"


def test_every_text_has_its_state() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == set(STATES)


@pytest.mark.parametrize("name", RICH)
async def test_text_can_be_read_in_every_theme(name: str) -> None:
    app = StillApp()
    async with app.run_test(size=(120, 36)) as pilot:
        await when_ready(STATES[name])(pilot)
        # Those called ansi are drawn in the terminal's own colours.
        for theme in sorted(theme for theme in app.available_themes if not theme.startswith("ansi")):
            await _shown(pilot, (120, 36), theme)
            assert _too_pale(app) == [], theme


async def _shown(pilot: Pilot[Any], size: tuple[int, int], theme: str) -> None:
    if pilot.app.theme != theme:
        pilot.app.theme = theme
        await pilot.pause()
    if pilot.app.size != size:
        await pilot.resize_terminal(*size)
    await until(pilot, lambda: at_rest(pilot.app), "a screen at rest")


def _too_pale(app: StillApp) -> list[str]:
    """The words that can't be read well, with their contrast."""
    words: dict[tuple[str, str], str] = {}
    for cell in chain.from_iterable(drawn(app)):
        if cell.is_text and cell.contrast < READABLE:
            colours = f"{cell.foreground} on {cell.background}", f"{cell.contrast:.2f}"
            words[colours] = words.get(colours, "") + cell.text
    return [f"{contrast}, {colours}: {text[:60]}" for (colours, contrast), text in words.items()]
