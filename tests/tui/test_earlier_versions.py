"""Old answers don't lie: after a file has changed they are found again in it, or marked as of the earlier version."""

from collections.abc import Callable
from pathlib import Path

from conftest import BAKERY, LIGHTHOUSE
from support.engines import Engines
from support.stage import ask_and_wait, marked, pane_text, said, sees, type_in, until
from textual.pilot import Pilot

from docqa.config import Settings
from docqa.tui.app import DocqaApp
from docqa.userdata import corrections

WIDE = (160, 45)
CHANGED = "A new foreword,\nof two lines.\n\n" + LIGHTHOUSE.replace("Tobias Wren", "Greta Foss")


async def change(pilot: Pilot[None], app: DocqaApp, name: str, text: str) -> None:
    """Change a file, and have the app read it again."""
    Path(name).write_text(text, encoding="utf-8")
    await sees(pilot, app.main.documents, "changed on disk")
    await pilot.press("escape", "r")
    await until(pilot, lambda: app.questions.opening is None and not app.questions.can_reopen, "the documents to open")
    await until(pilot, lambda: not app.workers._workers or all(w.is_finished for w in app.workers), "the workers")


async def test_an_answer_is_found_again_or_marked(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        built = await ask_and_wait(pilot, "When was the lighthouse built?")
        keeper = await ask_and_wait(pilot, "Who was the keeper in 1911?")
        assert (built.shown[0].line_start, keeper.shown[0].text) == (3, "Tobias Wren")
        await change(pilot, app, lighthouse, CHANGED)

        # The line above has moved the answer, and everything that is shown of it moves with it.
        (document,) = app.main.documents.open_documents
        found = built.shown[0]
        assert not found.outdated and found.line_start == 6
        assert document.text[found.start : found.end] == found.text == "1874"
        assert document.text[found.passage_start :].startswith(found.passage)

        # The sentence of the other is gone. Nothing is marked in its place.
        gone = keeper.shown[0]
        assert gone.outdated and gone.text == "Tobias Wren"
        await sees(pilot, app.main.answers, "in an earlier version")
        assert "from an earlier version: ask again" in pane_text(app.main.answers)
        assert marked(app) == ""
        app.main.answers.list.focus()
        await pilot.press("enter")
        told = "lighthouse.txt has changed: this is no longer in it. Ask again."
        await until(pilot, lambda: told in said(app), told)
        await pilot.press("y")
        assert app.clipboard == "Tobias Wren (lighthouse.txt, line 6, in an earlier version)"

        app.questions.show(built)
        await until(pilot, lambda: marked(app) == "1874", "the answer marked on its page")
        await pilot.press("y")
        assert app.clipboard == "1874 (lighthouse.txt, line 6)"

        # Once the file is again as it was, so are the answers.
        await change(pilot, app, lighthouse, LIGHTHOUSE)
        assert not keeper.shown[0].outdated and keeper.shown[0].line_start == 6
        assert built.shown[0].line_start == 3


async def test_what_is_copied_or_exported_of_a_file_that_has_changed_on_disk_says_so(
    engines: Engines, lighthouse: str
) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await ask_and_wait(pilot, "When was the lighthouse built?")
        Path(lighthouse).write_text(CHANGED, encoding="utf-8")
        await sees(pilot, app.main.documents, "changed on disk")
        await pilot.press("y")
        assert app.clipboard == "1874 (lighthouse.txt, line 3, in an earlier version)"
        await pilot.press("Y")
        assert app.clipboard.endswith("(lighthouse.txt, line 3, in an earlier version)")
        await pilot.press("s", "y")
        assert "in an earlier version" in app.clipboard
        await pilot.press("e")
        await pilot.press(*["backspace"] * 30)
        await type_in(pilot, "all.md")
        await pilot.press("enter")
        await until(pilot, lambda: Path("all.md").exists(), "the export")
        assert "lighthouse.txt, line 3, in an earlier version" in Path("all.md").read_text(encoding="utf-8")


async def test_a_question_that_was_read_in_the_earlier_version_is_marked_too(
    engines: Engines, lighthouse: str, bakery: str
) -> None:
    """Its file changes, and is read again, while the question is being answered."""
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "Who was the keeper in 1911?")
        found = asked.found
        assert found is not None
        await change(pilot, app, lighthouse, CHANGED)
        app.questions.session.ask_again(asked)
        app.questions.session.start_next()
        app.questions.handle(found)  # As its worker would, which has the earlier version.
        assert asked.shown[0].outdated
        await until(pilot, lambda: all(worker.is_finished for worker in app.workers), "the workers")
        assert asked.shown[0].outdated


async def test_what_was_marked_right_stays_marked(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        built = await ask_and_wait(pilot, "When was the lighthouse built?")
        await pilot.press("c")
        await sees(pilot, app.main.answers, "✓ you marked this right")
        await change(pilot, app, lighthouse, CHANGED)
        await sees(pilot, app.main.answers, "✓ you marked this right")
        again = await ask_and_wait(pilot, "When was the lighthouse built?")
        assert again.shown[0].mark.right and [one.text for one in again.shown if one.mark.right] == ["1874"]
        await change(pilot, app, lighthouse, CHANGED.replace("1874", "1875"))
        assert built.marks is not None and built.marks.outdated
        assert built.shown and not any(answer.mark.right for answer in built.shown)
        assert [each.answer for each in corrections.load()] == ["1874"], "a correction was lost"


async def test_the_page_stays_where_it_was_and_goes_back_in_the_new_version(
    engines: Engines, write: Callable[[str, str], str]
) -> None:
    lines = [f"This is line number {number} of the long list of lines." for number in range(200)]
    name = write("long.txt", "\n".join(lines))
    app = engines.app([name, write("bakery.txt", BAKERY)], Settings())
    async with app.run_test(size=(160, 30)) as pilot:
        await until(pilot, lambda: app.questions.opening is None and app.main.page._layout is not None, "the document")
        document = app.main.page.document
        assert document is not None
        app.main.go_to(document, document.text.index("line number 120 "))
        await until(pilot, lambda: app.main.page.scroll_y > 50, "the page to scroll")
        top = document.text[app.main.page.first_offset :].split("\n")[0]
        await change(pilot, app, name, "\n".join(["New."] * 30 + lines[20:]))
        await until(pilot, lambda: app.main.page._layout is not None and app.main.page._target is None, "the layout")
        new = app.main.page.document
        assert new is not None and new is not document and new.text.startswith("New.")
        assert new.text[app.main.page.first_offset :].split("\n")[0] == top
        await pilot.press("tab", "b")
        assert app.main.page.document is new, "going back has shown the earlier version"
