"""Selecting on the page, and answers side by side."""

from dataclasses import replace
from typing import Any

from textual.pilot import Pilot

from docqa.answers import Mark, answer_at
from docqa.documents import Document
from docqa.tui.workers import events
from support.main_states import State
from support.stage import StillApp, answer, ask, evidence, open_documents, paged, result, settled, until

_LOG = paged(
    "reports/harbour.pdf",
    [
        ["The beacon was lit for the first time on 12 November by the harbour", "master, Ottilie"],
        ["Wrangmoor, who had waited for it since the storm of 1911, in which the bark Aurelia was lost.", "", "End."],
    ],
    ["i", "1"],
    "2 The year",
)
# A sentence continues across the page break, as in a PDF's running text.
LOG = replace(_LOG, text=_LOG.text.replace("harbour\nmaster", "harbour master").replace("Ottilie\nW", "Ottilie W"))
DIARY = paged("diary.txt", [["We saw the beacon lit on 14 November, late in the evening, and were glad of it."]])
LETTER = paged("letters/one.pdf", [["It was 12 November when the beacon was lit."]])
RECIPES, ATLAS = paged("recipes.pdf", [["Plum cake."]]), paged("atlas.pdf", [["Maps."]])


async def _show(pilot: Pilot[Any], documents: list[Document], texts: list[str], question: str) -> None:
    app = pilot.app
    assert isinstance(app, StillApp)
    app.questions.handle(events.EngineStarted("bundled"))
    open_documents(app, documents)
    asked = await ask(pilot, question)
    best = [answer(one, text, p, 1) for one, text, p in zip(documents, texts, (0.93, 0.58, 0.41), strict=False)]
    worth = {document.name: evidence(document, 0.4) for document in documents if document is not ATLAS}
    shown = [replace(one, rank=number) for number, one in enumerate(best[:2], 1)]
    app.questions.handle(events.AnswersFound(asked, result(question, shown), worth, tuple(best)))
    app.questions.handle(events.QuestionAnswered(asked))
    await until(pilot, lambda: settled(app), "a page at rest")


async def selecting(pilot: Pilot[Any]) -> None:
    await _show(pilot, [LOG], ["12 November"], "When was the beacon lit?")
    await pilot.press("s", "l", "l", "v", "l", "l")
    await pilot.pause()


async def selecting_over_pages(pilot: Pilot[Any]) -> None:
    await _show(pilot, [LOG], ["Ottilie Wrangmoor"], "Who lit the beacon?")
    await pilot.press("s", "v", "l")
    await pilot.pause()


async def side_by_side(pilot: Pilot[Any]) -> None:
    texts = ["12 November", "14 November", "12 November"]
    await _show(pilot, [LOG, DIARY, LETTER, RECIPES, ATLAS], texts, "When was the beacon lit?")
    await pilot.press("D")
    await pilot.pause()


async def disagreeing(pilot: Pilot[Any]) -> None:
    await side_by_side(pilot)
    await pilot.press("escape")
    await pilot.pause()


async def marked(pilot: Pilot[Any]) -> None:
    """What is right, pinned, wrong; and a note that is being written."""
    app = pilot.app
    assert isinstance(app, StillApp)
    await _show(pilot, [LOG, DIARY, LETTER], ["12 November", "14 November"], "When was the beacon lit?")
    asked = app.questions.shown
    assert asked is not None
    note = Mark(pinned=True, note="Two days late: ask the keeper's family")
    marks = asked.user_marks.with_mark(asked.shown[1], DIARY, note)
    marks = marks.with_mark(asked.shown[0], LOG, Mark(wrong=True))
    at = LETTER.text.index("12 November")
    app.questions.mark(asked, marks.with_mark(answer_at(LETTER, at, at + 11), LETTER, Mark(right=True)))
    app.main.line.note.cursor_blink = False
    await pilot.press("a", *"By hand")
    await pilot.pause()


STATES: tuple[State, ...] = (selecting, selecting_over_pages, side_by_side, disagreeing, marked)
