"""Finding text on the page: where back leads to afterwards, and when what was found is no longer marked."""

from typing import Any

from support.stage import StillApp, ask, monitor, open_documents, pane_text, sees, type_in, until
from textual.pilot import Pilot

from docqa.documents import Document, Source
from docqa.documents.plain_text import parse


def log(name: str) -> Document:
    """A long document in which the beacon is named twice, far from the beginning."""
    days = [f"Day {day}: {'the beacon was lit.' if day in {60, 110} else 'rain.'}" for day in range(150)]
    return parse(Source(name, "\n\n".join(days).encode()), monitor())


def begins_with(app: Any, text: str) -> bool:
    return pane_text(app.main.page).split("Day ")[1].startswith(text)


async def read(pilot: Pilot[Any], *documents: Document) -> None:
    """Open documents, and read the last one."""
    app = pilot.app
    assert isinstance(app, StillApp)
    open_documents(app, documents)
    await until(pilot, lambda: app.main.page._layout is not None)
    for document in documents[1:]:
        app.main.go_to(document, 0)
        await until(pilot, lambda: app.main.page._layout is not None)
    app.main.page.focus()


async def goes_on_and_back(pilot: Pilot[Any]) -> None:
    """Go to the first match, to the next, and back."""
    for key, seen in (("enter", "Day 60: the beacon"), ("n", "Day 110: the beacon"), ("b", "Day 60: the beacon")):
        await pilot.press(key)
        await sees(pilot, pilot.app.main.page, seen)  # type: ignore[attr-defined]


async def test_back_leads_from_match_to_match_and_to_where_the_search_began() -> None:
    app = StillApp()
    async with app.run_test(size=(100, 24)) as pilot:
        await read(pilot, log("first.txt"), log("second.txt"))
        await type_in(pilot, "/beacon")
        await goes_on_and_back(pilot)
        assert app.main.page.document.name == "second.txt"
        await pilot.press("b")
        await sees(pilot, app.main.page, "Day 0: rain.")
        assert app.main.page.document.name == "second.txt"
        await pilot.press("b")
        await until(pilot, lambda: app.main.page.document.name == "first.txt")


async def test_in_all_documents_back_leads_to_the_match_before_and_then_to_the_hits() -> None:
    app = StillApp()
    async with app.run_test(size=(100, 24)) as pilot:
        await read(pilot, log("first.txt"), log("second.txt"))
        await type_in(pilot, "//beacon")
        await sees(pilot, app, "4 hits in 2 of 2 documents")
        await goes_on_and_back(pilot)
        assert app.main.page.document.name == "first.txt"
        await pilot.press("b")
        await sees(pilot, app, "4 hits in 2 of 2 documents")


async def test_what_was_found_is_no_longer_marked_after_escape_or_a_question() -> None:
    app = StillApp()
    async with app.run_test(size=(100, 24)) as pilot:
        await read(pilot, log("first.txt"))
        for end in ("escape", "ask", "hits"):
            await type_in(pilot, "/beacon")
            await pilot.press("enter")
            await sees(pilot, app, "“beacon” 1 of 2")
            if end == "ask":
                await ask(pilot, "What was lit?")
            else:
                await pilot.press(*(["slash", "ctrl+u", "slash", "escape"] if end == "hits" else ["escape"]))
            await until(pilot, lambda: not app.main.page.border_subtitle, end)
            assert not app.main.page.has_matches
            app.questions.cancel_question()
            app.main.line.find.value = ""
            app.main.page.focus()
