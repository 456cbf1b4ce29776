"""Make the screenshots of the documentation: the app on the sample documents, as SVG in docs/screenshots/.

`make screenshots` runs it. Look at the results before committing them.
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
_SAMPLES = [_REPORT, "sample_docs/expedition-journal.txt", "sample_docs/staff-handbook.md"]
_FOLDER = Path(__file__).with_name("screenshots")
_POLL = 0.05  # Seconds between checks whether the app is done.

Steps = Callable[[DocqaApp, Pilot[None]], Awaitable[None]]


async def _answered(app: DocqaApp, pilot: Pilot[None]) -> None:
    await _ask(app, pilot, "Who retired as Harbour Master?")


async def _abstained(app: DocqaApp, pilot: Pilot[None]) -> None:
    await _ask(app, pilot, "Who painted the Mona Lisa?")


async def _corrected(app: DocqaApp, pilot: Pilot[None]) -> None:
    await _ask(app, pilot, "Who became Harbour Master when Duncan Presswell retired?")
    await pilot.press("w")


async def _matrix(app: DocqaApp, pilot: Pilot[None]) -> None:
    for question in ("Who retired as Harbour Master?", "When did the survey begin?", "How long is the notice period?"):
        await _ask(app, pilot, question)
    app.main.answers.list.focus()
    await pilot.press("t")
    cells = app.matrix.controller.cells
    while not cells.count()[0] == cells.count()[1] > 0:
        await asyncio.sleep(_POLL)
    await pilot.press("c")


_SCREENSHOTS: dict[str, tuple[tuple[int, int], Steps]] = {
    "answered": ((130, 34), _answered),
    "abstained": ((110, 28), _abstained),
    "corrected": ((110, 28), _corrected),
    "matrix": ((120, 24), _matrix),
}


async def _ask(app: DocqaApp, pilot: Pilot[None], question: str) -> None:
    app.main.question.focus()
    app.main.question.value = question
    await pilot.press("enter")
    while app.questions.shown is None or app.questions.shown.pending or not _answer_in_view(app):
        await asyncio.sleep(_POLL)


def _answer_in_view(app: DocqaApp) -> bool:
    page = app.main.page
    top = page.scroll_offset.y
    return bool(page.answer_rows) and top <= page.answer_rows[0] < top + page.scrollable_content_region.height


async def _take(name: str) -> None:
    size, steps = _SCREENSHOTS[name]
    paths = _SAMPLES if name == "matrix" else [_REPORT]
    app = DocqaApp(paths, Settings(cache=False, precision="float32"))  # The same on every machine.
    async with app.run_test(size=size) as pilot:
        await steps(app, pilot)
        await pilot.pause(0.5)  # The footer is updated last.
        svg = app.export_screenshot(title=" ".join(["docqa open", *paths]), simplify=True)
    # Textual's SVG loads its font from the network; a screenshot of an offline tool should not.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    (_FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")


def main() -> None:
    """Write all screenshots."""
    _FOLDER.mkdir(exist_ok=True)
    os.environ.pop("NO_COLOR", None)
    with tempfile.TemporaryDirectory() as home:  # Keep the user's own settings out of the screenshots.
        os.environ["DOCQA_HOME"] = home
        for name in _SCREENSHOTS:
            asyncio.run(_take(name))


if __name__ == "__main__":
    main()
