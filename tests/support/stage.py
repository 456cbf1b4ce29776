"""Helpers for tests of the app: waiting for conditions, reading the screen, and hand-made results."""

import math
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from threading import Event
from typing import Any

import numpy as np
from textual.pilot import Pilot
from textual.widget import Widget

from docqa.answers import Answer, Result, cite
from docqa.config import Settings
from docqa.documents import Block, Blocks, Document, Lines, Section
from docqa.documents.document import find_breaks
from docqa.passages import passage
from docqa.progress import Monitor
from docqa.ranking import Evidence
from docqa.table_passages import rows_around, table_passage
from docqa.tui.app import DocqaApp
from docqa.tui.screens.comparison import ComparisonScreen
from docqa.tui.screens.find_all import FindAllScreen
from docqa.tui.state.evidence import DocumentEvidence
from docqa.tui.state.session import AskedQuestion
from docqa.tui.widgets import documents_pane
from docqa.tui.widgets.footer import FittingFooter
from docqa.tui.workers import events

DEADLINE = 60.0
KEYS = {" ": "space", "?": "question_mark", ".": "full_stop", ",": "comma", "'": "apostrophe", "/": "slash"}
KEYS |= {"[": "left_square_bracket", "]": "right_square_bracket"}


async def until(pilot: Pilot[Any], condition: Callable[[], object], what: str = "") -> None:
    """Run the app until `condition` holds; fail after the deadline."""
    limit = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < limit, f"timed out waiting for {what or condition}"
        await pilot.pause(0.01)
    await pilot.pause()


def when_ready(state: Callable[[Pilot[Any]], Awaitable[None]]) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Run `state` after the app has started; snapshot tests may call it earlier."""

    async def run(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, StillApp)
        await until(pilot, lambda: app.started, "the app's start")
        await state(pilot)

    return run


async def type_in(pilot: Pilot[Any], text: str) -> None:
    """Type `text` key by key."""
    await pilot.press(*[KEYS.get(character, character) for character in text])


async def ask(pilot: Pilot[Any], question: str) -> AskedQuestion:
    """Enter a question and press Enter; return the asked question."""
    app = pilot.app
    assert isinstance(app, DocqaApp)
    app.main.question.focus()
    app.main.question.value = question
    await pilot.pause()
    await pilot.press("enter")
    assert app.questions.shown is not None
    return app.questions.shown


async def ask_and_wait(pilot: Pilot[Any], question: str) -> AskedQuestion:
    """Ask a question and wait until it is finished."""
    asked = await ask(pilot, question)
    await until(pilot, lambda: not asked.pending, f"an end of {question!r}")
    return asked


def screen_text(app: DocqaApp) -> str:
    """Return the screen's text, one line per row."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def pane_text(widget: Widget) -> str:
    """Return one pane's text, its lines joined by spaces so that wrapping doesn't matter."""
    lines = screen_text(widget.app).split("\n")
    region = widget.content_region
    inside = [line[region.x : region.right] for line in lines[region.y : region.bottom]]
    return " ".join(" ".join(inside).split())


async def sees(pilot: Pilot[Any], where: Widget | DocqaApp, text: str) -> None:
    """Wait until `text` is on the screen, or in one pane."""

    def there() -> bool:
        return text in (screen_text(where) if isinstance(where, DocqaApp) else pane_text(where))

    await until(pilot, there, f"{text!r} in {where}")


def said(app: DocqaApp) -> list[str]:
    """Return the notices that are shown, last those in the footers."""
    footers = {app.main.footer, *app.screen.query(FittingFooter)}
    return [*(str(notice.message) for notice in app._notifications), *(one.said for one in footers if one.said)]


def marked(app: DocqaApp) -> str:
    """Return the page's bold, reversed text, joined by spaces: the highlighted answer."""
    page = app.main.page
    rows = []
    for number in page.answer_rows:
        strip = page.render_line(number - round(page.scroll_y))
        row = "".join(s.text for s in strip if s.style and s.style.reverse and s.style.bold)
        if row:
            rows.append(row)
    return " ".join(" ".join(rows).split())


def settled(app: DocqaApp) -> bool:
    """Return whether the evidence strip is shown, and the page is laid out for the remaining space and scrolled."""
    page = app.main.page
    laid_out = page._target is None and page._laid_out_size == page.scrollable_content_region.size
    return laid_out and app.main.evidence.region.height > 0 and in_view(app)


def at_rest(app: DocqaApp) -> bool:
    """Return whether nothing is being laid out on the screen that is shown."""
    if isinstance(app.screen, FindAllScreen):
        current, page = app.screen.found.current, app.screen.page
        if current is None or page.document is not current[0].document or page._layout is None:
            return False
    elif app.screen is app.main:
        page = app.main.page
        if app.main.documents._drawing is not None:
            return False
    else:
        return True
    footer = app.screen.query_one(FittingFooter)
    unsettled = page._target or page._laid_out_size != page.scrollable_content_region.size
    if page._layout is not None and page.region.height and unsettled:
        return False
    return not footer.display or footer._fitted_width == app.size.width


def in_view(app: DocqaApp) -> bool:
    """Return whether the answer's first row is visible."""
    page = app.main.page
    row = page.answer_rows[0] if page.answer_rows else -1
    return page.scroll_offset.y <= row < page.scroll_offset.y + page.scrollable_content_region.height


def paged(name: str, pages: Sequence[Sequence[str]], labels: Sequence[str] = (), section: str = "") -> Document:
    """Build a document with pages, like the PDF parser. A paragraph goes on after a line that ends with a space."""
    starts, ends, numbers, on, blocks = [], [], [], [], []
    text, begin = "", 0
    for page, lines in enumerate(pages, 1):
        for number, line in enumerate(lines, 1):
            starts.append(len(text))
            ends.append(len(text) + len(line.rstrip()))
            numbers.append(number)
            on.append(page)
            text += line
            if not line.endswith(" "):
                blocks.append(Block("paragraph", begin, len(text)))
                text += "\n"
                begin = len(text)
    return Document(
        name=name,
        format="pdf",
        sha256="0" * 64,
        text=text,
        body_end=len(text),
        lines=Lines(
            np.array(starts, dtype=np.int64),
            np.array(ends, dtype=np.int64),
            np.array(on, dtype=np.int32),
            np.array(numbers, dtype=np.int32),
        ),
        breaks=find_breaks(re.compile(r"\n|  "), text),
        blocks=Blocks.of(blocks),
        page_labels=tuple(labels or (str(page) for page in range(1, len(pages) + 1))),
        sections=(Section(section, 0, 0),) if section else (),
    )


def answer(document: Document, text: str, probability: float, rank: int, also: Sequence[str] = ()) -> Answer:
    """Build an answer at the first occurrence of `text` in the document."""
    start = document.text.index(text)
    end = start + len(text)
    first, last = rows_around(document, start, end) or passage(document.text, start, end)
    others = [cite(document, document.text.index(other), document.text.index(other) + 1) for other in also]
    return Answer(
        rank=rank,
        text=text,
        probability=probability,
        passage=document.text[first:last],
        passage_start=first,
        other_locations=tuple(others),
        evidence=Evidence(math.log(probability / (1 - probability)), (), (), ()),
        table=table_passage(document, start, end),
        **asdict(cite(document, start, start + len(text))),
    )


def result(question: str, answers: Sequence[Answer] = (), closest: Sequence[Answer] = (), read: int = 10) -> Result:
    """Build a result."""
    return Result(question, bool(answers), tuple(answers), tuple(closest), read, 48, "bundled", "hybrid", 1.0)


def evidence(document: Document, *probabilities: float) -> DocumentEvidence:
    """Build evidence with one window per probability, of equal length and ranked by probability."""
    bounds = np.linspace(0, document.body_end, len(probabilities) + 1).astype(np.int64)
    worth = np.array(probabilities, dtype=np.float64)
    ranks = np.empty(len(worth), dtype=np.int32)
    ranks[np.argsort(-np.nan_to_num(worth, nan=-1.0), kind="stable")] = np.arange(1, len(worth) + 1)
    return DocumentEvidence(bounds[:-1], bounds[1:], ranks, worth)


class StillApp(DocqaApp):
    """The app without workers that read documents; tests pass their events to `questions.handle`."""

    def __init__(self, paths: Sequence[str] = (), keys: Mapping[str, str] | None = None) -> None:
        super().__init__(paths, Settings(), keys=keys)
        self.started: list[str] = []
        """The groups of the workers requested."""

    def start(self, group: str, work: Callable[[], None]) -> None:
        """Don't start workers that read documents or search for a crashed session."""
        self.started.append(group)
        if group not in {"opening", "checking files", "asking", "recovery", "matrix"}:
            super().start(group, work)


class StillComparison(ComparisonScreen):
    """The comparison screen without its worker."""

    def _compare(self) -> None:
        """Do nothing: tests provide the results."""


class NoCollection:
    """A placeholder for a collection in tests of the app alone."""


def open_documents(app: DocqaApp, documents: Sequence[Document]) -> None:
    """Have the app show documents that a test has made as those that are open."""
    app.questions.handle(events.DocumentsFound(tuple(document.name for document in documents)))
    for document in documents:
        app.questions.handle(events.DocumentOpened(document))
    app.questions.handle(events.DocumentsOpened(NoCollection()))  # type: ignore[arg-type]


def monitor() -> Monitor:
    """Return a monitor without listeners."""
    return Monitor()


def opened(app: DocqaApp) -> bool:
    """Return whether all documents are open."""
    return app.main.documents.listed.count(documents_pane.DocumentState.OPEN) == len(app.main.documents.rows) > 0


class Gate:
    """Blocks a call until the test releases it or the monitor is cancelled."""

    def __init__(self) -> None:
        self.reached = Event()
        self.pass_on = Event()

    def hold(self, monitor: Monitor | None = None) -> None:
        self.reached.set()
        limit = time.monotonic() + DEADLINE  # A failing test must not leave a worker blocked forever.
        while not self.pass_on.wait(0.01) and time.monotonic() < limit:
            if monitor is not None:
                monitor.check()
