"""The main screen in each state, from hand-made results."""

from collections.abc import Awaitable, Callable
from typing import Any

from textual.pilot import Pilot

from docqa.errors import DocqaError
from docqa.progress import Progress
from docqa.tui.workers import events
from support.stage import NoCollection, StillApp, answer, ask, evidence, paged, result, settled, until
from support.tables import SHIPS

REPORT = paged(
    "reports/harbour.pdf",
    [
        ["Harbour report", "Contents"],
        [
            "2 The year in the harbour",
            "In the year under report 412 ships called at the harbour, eleven fewer than in the ",
            "year before. The largest was the bark Aurelia, of 214 tons, which came in on 3 May ",
            "with timber from the north and lay at the Corn Quay for nine days.",
            "",
            "2.1 Dues",
            "The dues came to 9,230 crowns. Of these 1,800 were spent on the new beacon, which was ",
            "lit for the first time on 12 November by the harbour master, Ottilie Wrangmoor.",
            "",
            "Table 1. Ships by month",
            *(f"{month}  {20 + 3 * number}" for number, month in enumerate(("January", "February", "March", "April"))),
        ],
    ],
    ["i", "1"],
    "2 The year in the harbour",
)

State = Callable[[Pilot[Any]], Awaitable[None]]


async def opened(pilot: Pilot[Any]) -> None:
    app = pilot.app
    app.questions.handle(events.EngineStarted("bundled"))
    app.questions.handle(events.DocumentsFound((REPORT.name, "reports/broken.pdf")))
    app.questions.handle(events.DocumentOpened(REPORT))
    error = DocqaError("reports/broken.pdf is damaged or not a PDF", "open and save it again in a PDF viewer")
    app.questions.handle(events.DocumentFailed("reports/broken.pdf", error))
    app.questions.handle(events.DocumentsOpened(NoCollection()))  # type: ignore[arg-type]
    await pilot.pause()


async def loading(pilot: Pilot[Any]) -> None:
    app = pilot.app
    app.questions.handle(events.EngineStarted("bundled"))
    app.questions.handle(events.DocumentsFound((REPORT.name, "reports/atlas.pdf", "reports/diary.txt")))
    app.questions.handle(events.DocumentOpened(REPORT))
    app.questions.handle(events.OpeningProgressed(Progress("reading pages", "reports/atlas.pdf", 12, 40)))
    await until(pilot, lambda: app.main.page._layout is not None, "a page that is laid out")  # type: ignore[attr-defined]


async def empty(pilot: Pilot[Any]) -> None:
    app = pilot.app
    app.questions.handle(events.DocumentsOpened(NoCollection()))  # type: ignore[arg-type]
    await pilot.pause()


async def answered(pilot: Pilot[Any]) -> None:
    app = pilot.app
    assert isinstance(app, StillApp)
    await opened(pilot)
    asked = await ask(pilot, "How many tons was the Aurelia?")
    found = [
        answer(REPORT, "214 tons", 0.93, 1, also=["Table 1"]),
        answer(REPORT, "412", 0.58, 2),
        answer(REPORT, "9,230 crowns", 0.31, 3),
    ]
    nan = float("nan")
    worth = {REPORT.name: evidence(REPORT, nan, 0.93, 0.58, nan, 0.31, 0.02, nan, nan)}
    app.questions.handle(events.AnswersFound(asked, result(asked.question, found), worth, (), (REPORT,)))
    app.questions.handle(events.QuestionAnswered(asked))
    await until(pilot, lambda: settled(app), "a page at rest")


async def outdated(pilot: Pilot[Any]) -> None:
    """The document has changed, and one of the answers is no longer in it."""
    await answered(pilot)
    lines = [line for line in REPORT.text.replace("214 tons", "241 tons").split("\n") if line]
    app = pilot.app
    assert isinstance(app, StillApp)
    app.questions.handle(events.DocumentOpened(paged(REPORT.name, [["A foreword"], lines], ["i", "1"])))
    await until(pilot, lambda: app.questions.shown.shown[0].outdated and not app.questions.shown.shown[1].outdated)  # type: ignore[union-attr]
    await until(pilot, lambda: app.main.page._target is None and app.main.page._layout is not None, "a page at rest")


async def crowded(pilot: Pilot[Any]) -> None:
    """Show more documents, questions and answers than fit on the screen."""
    app = pilot.app
    assert isinstance(app, StillApp)
    others = [paged(f"archive/{year} annual report.pdf", [["Nothing."]] * (year % 7 + 1)) for year in range(1950, 1990)]
    app.questions.handle(events.EngineStarted("bundled"))
    app.questions.handle(events.DocumentsFound((REPORT.name, *(other.name for other in others))))
    for document in (REPORT, *others):
        app.questions.handle(events.DocumentOpened(document))
    app.questions.handle(events.DocumentsOpened(NoCollection()))  # type: ignore[arg-type]
    for number in range(30):
        if app.questions.shown is not None:
            app.questions.handle(events.QuestionAnswered(app.questions.shown))
        asked = await ask(pilot, f"How many ships called at the harbour in the year {1950 + number}?")
    words = ("412", "214 tons", "Corn Quay", "9,230 crowns", "1,800", "12 November", "3 May", "nine days", "timber")
    found = [answer(REPORT, text, 0.9 - 0.08 * rank, rank) for rank, text in enumerate(words, 1)]
    worth = {REPORT.name: evidence(REPORT, *([float("nan"), 0.1, 0.4] * 40), 0.9)}
    app.questions.handle(events.AnswersFound(asked, result(asked.question, found), worth))
    app.questions.handle(events.QuestionAnswered(asked))
    await until(pilot, lambda: settled(app), "a page at rest")


async def reading(pilot: Pilot[Any]) -> None:
    await opened(pilot)
    asked = await ask(pilot, "Who lit the beacon?")
    pilot.app.questions.handle(events.ReadingProgressed(asked, Progress("reading", "", 8, 20)))
    found = [answer(REPORT, "Ottilie Wrangmoor", 0.72, 1)]
    pilot.app.questions.handle(events.AnswersFound(asked, result(asked.question, found, read=8)))
    await pilot.pause()


async def abstained(pilot: Pilot[Any]) -> None:
    await opened(pilot)
    asked = await ask(pilot, "What is the capital of Mongolia?")
    closest = [answer(REPORT, "the harbour", 0.06, 1), answer(REPORT, "Corn Quay", 0.004, 2)]
    pilot.app.questions.handle(events.AnswersFound(asked, result(asked.question, closest=closest)))
    pilot.app.questions.handle(events.QuestionAnswered(asked))
    await pilot.pause()


async def tabular(pilot: Pilot[Any]) -> None:
    app = pilot.app
    app.questions.handle(events.EngineStarted("bundled"))
    app.questions.handle(events.DocumentsFound((SHIPS.name,)))
    app.questions.handle(events.DocumentOpened(SHIPS))
    app.questions.handle(events.DocumentsOpened(NoCollection()))  # type: ignore[arg-type]
    asked = await ask(pilot, "How many tons was the Bellona?")
    found = [answer(SHIPS, "1,198", 0.83, 1), answer(SHIPS, "northern line", 0.2, 2)]
    app.questions.handle(
        events.AnswersFound(asked, result(asked.question, found), {SHIPS.name: evidence(SHIPS, 0.2, 0.9)})
    )
    app.questions.handle(events.QuestionAnswered(asked))
    await until(pilot, lambda: settled(app), "a page at rest")


async def failed(pilot: Pilot[Any]) -> None:
    await opened(pilot)
    asked = await ask(pilot, "Why?")
    error = DocqaError("the question is 600 tokens long, and the reader takes 512", "ask a shorter one")
    pilot.app.questions.handle(events.QuestionFailed(asked, error))
    await pilot.pause()


async def helped(pilot: Pilot[Any]) -> None:
    await opened(pilot)
    await until(pilot, lambda: pilot.app.main.page.page)  # type: ignore[attr-defined] # The title says which.
    await pilot.press("tab", "question_mark")
    await pilot.pause()


AGREEMENTS = [f"contracts/services/master-services-agreement-{year}-signed-final.pdf" for year in range(2017, 2021)]


async def ticked(pilot: Pilot[Any]) -> None:
    """Documents in three folders, some of them ticked, and in all states."""
    app = pilot.app
    assert isinstance(app, StillApp)
    secrets = [f"contracts/secrecy/mutual-non-disclosure-agreement-{name}.pdf" for name in ("acme", "bolt")]
    papers = [f"papers/{name}.pdf" for name in ("broken", "loading", "waiting")]
    app.questions.handle(events.DocumentsFound((*AGREEMENTS, *secrets, *papers)))
    for name in (*AGREEMENTS, *secrets):
        app.questions.handle(events.DocumentOpened(paged(name, [["The fee is 20 EUR.", "It is due on 3 May."]])))
    app.questions.handle(events.DocumentFailed(papers[0], DocqaError(f"{papers[0]} is damaged or not a PDF")))
    app.questions.handle(events.OpeningProgressed(Progress("reading pages", papers[1], 3, 12)))
    app.main.documents.update(events.DocumentsChanged((AGREEMENTS[1],)))
    app.main.documents.focus()
    await pilot.pause()
    app.main.documents.set_current(secrets[0])
    await pilot.press("k", "space", "k", "space")


async def found(pilot: Pilot[Any]) -> None:
    """Hits in all documents."""
    await ticked(pilot)
    await pilot.press("slash", "slash")
    await pilot.press(*"fees", "tab")


async def zoomed_answers(pilot: Pilot[Any]) -> None:
    """The answers alone."""
    await crowded(pilot)
    await pilot.press("z")


async def zoomed_page(pilot: Pilot[Any]) -> None:
    """The document alone."""
    await answered(pilot)
    pilot.app.main.page.focus()  # type: ignore[attr-defined]
    await pilot.press("z")


STATES: tuple[State, ...] = (
    empty,
    loading,
    answered,
    outdated,
    crowded,
    reading,
    abstained,
    tabular,
    failed,
    helped,
    ticked,
    found,
    zoomed_answers,
    zoomed_page,
)
