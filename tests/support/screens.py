"""What a state of the app looks like: three sizes, a dark and a light theme, compared with the text that is kept.

`make screens` writes the texts, and pictures of the same screens to be looked at.
"""

import os
from itertools import chain
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from support.drawn_screen import Cell, drawn, written
from support.main_states import State
from support.stage import StillApp, at_rest, until, when_ready

SIZES = ((80, 24), (120, 36), (160, 45))
THEMES = ("textual-dark", "textual-light")
FOLDER = Path(__file__).parents[1] / "tui" / "screens"
_READABLE = 4.5  # The contrast that WCAG asks of text.


async def looks_as_before(name: str, state: State) -> None:
    """Check the screens of a state, and that their text can be read."""
    pictures = os.environ.get("DOCQA_PICTURES")
    app = StillApp()
    screens: dict[tuple[int, int], list[list[list[Cell]]]] = {}
    async with app.run_test(size=SIZES[0]) as pilot:
        await when_ready(state)(pilot)
        for size in SIZES:
            screens[size] = []
            for theme in THEMES:
                await shown(pilot, size, theme)
                screens[size].append(drawn(app))
                if pictures:
                    app.save_screenshot(f"{name}-{size[0]}-{theme.removeprefix('textual-')}.svg", pictures)
                assert not (pale := too_pale(app)), pale
    text = "\n".join(written(size, pair) for size, pair in screens.items())
    file = FOLDER / f"{name}.txt"
    if pictures:
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text, "make screens, and look at them"


async def shown(pilot: Pilot[Any], size: tuple[int, int], theme: str) -> None:
    """Show the app at a size in a theme."""
    if pilot.app.theme != theme:
        pilot.app.theme = theme
        await pilot.pause()
    if pilot.app.size != size:
        await pilot.resize_terminal(*size)
    for line in pilot.app.screen.query(Input):
        line.cursor_blink = False
    await until(pilot, lambda: at_rest(pilot.app), "a screen at rest")  # type: ignore[arg-type]


def too_pale(app: StillApp) -> list[str]:
    """The words that can't be read well, with their contrast."""
    words: dict[tuple[str, str], str] = {}
    for cell in chain.from_iterable(drawn(app)):
        if cell.is_text and cell.contrast < _READABLE:
            colours = f"{cell.foreground} on {cell.background}", f"{cell.contrast:.2f}"
            words[colours] = words.get(colours, "") + cell.text
    return [f"{contrast}, {colours}: {text[:60]}" for (colours, contrast), text in words.items()]
