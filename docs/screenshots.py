"""The pictures in the README: the app itself, over the sample documents, as SVG in docs/screenshots/.

`make screenshots` writes them anew. Look at them before they are committed.
"""

import asyncio
import os
import re
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.pilot import Pilot

from docqa.config import Settings
from docqa.tui.app import DocqaApp

_REPORT = "sample_docs/harbour-report.pdf"
_FOLDER = Path(__file__).with_name("screenshots")
_LOOK = 0.05  # Seconds between two looks at whether the app is done.

State = Callable[[DocqaApp, Pilot[None]], Awaitable[None]]


async def _answered(app: DocqaApp, pilot: Pilot[None]) -> None:
    await _ask(app, pilot, "Who retired as Harbour Master?")


async def _abstained(app: DocqaApp, pilot: Pilot[None]) -> None:
    await _ask(app, pilot, "Who painted the Mona Lisa?")


async def _corrected(app: DocqaApp, pilot: Pilot[None]) -> None:
    await _ask(app, pilot, "Who became Harbour Master when Duncan Presswell retired?")
    await pilot.press("w")


_PICTURES: dict[str, tuple[tuple[int, int], State]] = {
    "answered": ((130, 34), _answered),
    "abstained": ((110, 28), _abstained),
    "corrected": ((110, 28), _corrected),
}


async def _ask(app: DocqaApp, pilot: Pilot[None], question: str) -> None:
    app.main.question.focus()
    app.main.question.value = question
    await pilot.press("enter")
    while app.shown is None or app.shown.pending or not _answer_in_view(app):
        await asyncio.sleep(_LOOK)


def _answer_in_view(app: DocqaApp) -> bool:
    page = app.main.page
    top = page.scroll_offset.y
    return bool(page.answer_rows) and top <= page.answer_rows[0] < top + page.scrollable_content_region.height


async def _take(name: str) -> None:
    size, state = _PICTURES[name]
    app = DocqaApp([_REPORT], Settings(cache=False))
    async with app.run_test(size=size) as pilot:
        await state(app, pilot)
        await pilot.pause(0.5)  # The footer is made anew after all else.
        svg = app.export_screenshot(title=f"docqa open {_REPORT}", simplify=True)
    # Textual's picture fetches its font from elsewhere; a picture of an offline tool fetches nothing.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    (_FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")


def main() -> None:
    """Write every picture."""
    _FOLDER.mkdir(exist_ok=True)
    os.environ.pop("NO_COLOR", None)
    with tempfile.TemporaryDirectory() as home:  # Nothing of the person's own is in the pictures.
        os.environ["DOCQA_HOME"] = home
        for name in _PICTURES:
            asyncio.run(_take(name))


if __name__ == "__main__":
    main()
