"""Opening documents in the app: from the list, by typing a path, or by dropping files."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.engines import Engines
from support.screens import looks_as_before
from support.stage import StillApp, ask_and_wait, opened, pane_text, screen_text, sees, type_in, until
from textual import events
from textual.pilot import Pilot

from docqa.config import Settings
from docqa.tui.app import DocqaApp
from docqa.tui.screens.pick import PickScreen
from docqa.tui.state import file_search, file_suggestions
from docqa.tui.state.choices import Choice, match_score, matching
from docqa.tui.state.file_suggestions import PickedDocuments
from docqa.tui.widgets.documents_pane import DocumentState
from docqa.tui.workers.events import DocumentsOpened
from docqa.userdata import history

WIDE = (160, 45)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "docqa-home"))
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def put(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("The oven is fired with beech wood.", encoding="utf-8")


def picker(app: DocqaApp) -> PickScreen:
    assert isinstance(app.screen, PickScreen)
    return app.screen


async def shown_picker(pilot: Pilot[Any]) -> PickScreen:
    app = pilot.app
    assert isinstance(app, DocqaApp)
    await until(pilot, lambda: isinstance(app.screen, PickScreen) and not app.screen._searching)
    return picker(app)


def paste(app: DocqaApp, text: str) -> None:
    """Paste text like a terminal."""
    app.post_message(events.Paste(text))


# --- with the bundled reader ---


async def test_without_a_path_the_app_asks_what_to_open_and_answers(engines: Engines, lighthouse: str) -> None:
    app = engines.app([], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await shown_picker(pilot)
        await type_in(pilot, "ligh")
        await pilot.press("enter")
        asked = await ask_and_wait(pilot, "Who was the keeper in 1911?")
        assert asked.shown[0].text == "Tobias Wren"


async def test_documents_are_added_to_those_open_and_answers_stay(
    engines: Engines, lighthouse: str, bakery: str
) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        first = await ask_and_wait(pilot, "Who was the keeper in 1911?")
        kept, of_before = first.result, app.questions.loader._opened[lighthouse]
        await pilot.press("O")
        await type_in(pilot, "bakery")
        await pilot.press("enter")
        second = await ask_and_wait(pilot, "Who is the baker?")
        assert second.shown[0].text == "Ludmila Novak"
        assert first.result is kept
        assert app.questions.loader._opened[lighthouse] is of_before  # Not parsed again.
        assert app.main.documents.listed.states == "2 open"


async def test_others_are_opened_instead(engines: Engines, lighthouse: str, bakery: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        first = await ask_and_wait(pilot, "Who was the keeper in 1911?")
        await pilot.press("O")
        await type_in(pilot, "bakery")
        await pilot.press("ctrl+o")
        second = await ask_and_wait(pilot, "Who is the baker?")
        assert {one.document for one in second.shown} == {bakery}
        assert list(app.main.documents.rows) == [bakery]
        await pilot.press("h", "k")
        assert app.questions.shown is first
        await sees(pilot, app.main.answers, "Tobias Wren")


async def test_what_is_picked_while_documents_open_is_opened_after_them(
    engines: Engines, lighthouse: str, bakery: str, held_opening: Any
) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, held_opening.reached.is_set)
        paste(app, str(Path(bakery).absolute()))
        await until(pilot, lambda: app.questions._reopen_next)
        held_opening.pass_on.set()
        await until(pilot, lambda: app.main.documents.listed.count(DocumentState.OPEN) == 2)
        asked = await ask_and_wait(pilot, "Who is the baker?")
        assert asked.shown[0].text == "Ludmila Novak"


async def test_what_was_opened_and_never_asked_is_offered_first(engines: Engines, lighthouse: str, bakery: str) -> None:
    for settings, names in ((Settings(), [lighthouse, bakery]), (Settings(cache=False), [bakery])):
        app = engines.app(names, settings)
        async with app.run_test(size=WIDE) as pilot:
            await until(pilot, lambda: opened(app))  # noqa: B023
    assert [one.paths for one in history.recent()] == [history.document_set([lighthouse, bakery])]
    app = engines.app([], Settings())
    async with app.run_test(size=WIDE) as pilot:
        screen = await shown_picker(pilot)
        await sees(pilot, app, "bakery.txt, lighthouse.txt")
        assert screen.highlighted == PickedDocuments((bakery, lighthouse))
        await pilot.press("enter")
        await until(pilot, lambda: app.main.documents.listed.states == "2 open")


# --- the list ---


async def test_files_are_found_below_the_folder_and_no_junk() -> None:
    put("b.md", "a.txt", "sub/deep/c.pdf", "sub/d.text", "picture.png", "README", ".hidden.txt", ".git/e.txt")
    put("node_modules/f.md", "venv/pyvenv.cfg", "venv/g.txt", "cache/CACHEDIR.TAG", "cache/h.txt")
    Path("sub/up").symlink_to(Path.cwd(), target_is_directory=True)
    found = [path for batch in file_search.find_files(".", lambda: False) for path in batch]
    assert found == ["a.txt", "b.md", "sub/d.text", "sub/deep/c.pdf"]
    assert list(file_search.find_files(".", lambda: True)) == []
    assert list(file_search.find_files("missing", lambda: False)) == []


def test_no_more_files_than_can_be_used_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    put(*(f"{folder}/{number}.txt" for folder in "abc" for number in range(5)))
    monkeypatch.setattr(file_search, "MAX_FILES", 7)
    found = [path for batch in file_search.find_files(".", lambda: False) for path in batch]
    assert len(found) == 7 and found[:5] == [f"a/{number}.txt" for number in range(5)]


def test_names_fit_by_their_words_in_any_order_and_else_by_their_letters() -> None:
    names = ["annual/report-2023.pdf", "minutes/2023-reports.pdf", "annual/rice-export.pdf", "poem.txt"]
    ranked = [choice.value for choice in matching("report", [Choice(name, name) for name in names])]
    assert ranked[:2] == names[:2]
    assert match_score(["2023", "annual"], names[0]) > 0 == match_score(["2023", "annual"], names[2])
    assert 0 < match_score(["anrp"], names[0]) < match_score(["report"], names[0])
    assert match_score(["ropert"], names[0]) == 0


async def test_a_list_of_many_files_says_that_there_are_more() -> None:
    put(*(f"{number:03}.txt" for number in range(250)))
    rows = file_suggestions.suggestions("", [], [f"{number:03}.txt" for number in range(250)])
    assert rows[-1] == Choice("… and more: type part of a name", None)
    rows = file_suggestions.suggestions("249", [], [f"{number:03}.txt" for number in range(250)])
    assert [row.value for row in rows] == [PickedDocuments(("249.txt",))]


async def test_enter_opens_what_was_typed_however_fast() -> None:
    put(*(f"{number}.txt" for number in range(30)))
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        app.action_open()
        await shown_picker(pilot)
        picker(app).query_one("Input").value = "17"  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main)
        assert app.questions.loader.paths == ("17.txt",)


async def test_several_are_marked_and_opened_together_though_the_list_was_narrowed_since() -> None:
    put("a report.txt", "b.txt", "c.txt")
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        app.action_open()
        await shown_picker(pilot)
        await pilot.press("tab")
        await type_in(pilot, "c.t")
        await until(pilot, lambda: picker(app).highlighted == PickedDocuments(("c.txt",)))
        await pilot.press("tab")
        await sees(pilot, app, "2 marked")
        await sees(pilot, app, "Enter open marked")
        await pilot.press("enter")
        assert app.questions.loader.paths == ("a report.txt", "c.txt")


async def test_a_space_is_a_letter_while_a_name_is_typed_and_marks_once_the_person_moves() -> None:
    put("a report.txt", "b report.txt", "report.txt")
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        app.action_open()
        screen = await shown_picker(pilot)
        await type_in(pilot, "report b")
        assert screen.query_one("Input").value == "report b"  # type: ignore[attr-defined]
        await until(pilot, lambda: screen.highlighted == PickedDocuments(("b report.txt",)))
        await pilot.press("down", "space")
        assert list(screen._marked) == [("b report.txt",)]


async def test_nothing_that_fits_opens_nothing() -> None:
    put("a.txt")
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        app.action_open()
        await shown_picker(pilot)
        await type_in(pilot, "zzz")
        await sees(pilot, app, "No matching file below this folder. Type a path.")
        await pilot.press("enter", "tab", "down")
        assert isinstance(app.screen, PickScreen)
        await pilot.press("escape")
        assert app.questions.loader.paths == () and app.main.answers.list.has_focus


# --- paths ---


async def test_a_path_is_completed_and_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    other = tmp_path / "other place"
    put(str(other / "inner" / "deed.txt"), str(other / "picture.png"))
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        app.action_open()
        await shown_picker(pilot)
        await type_in(pilot, "~/oth")
        await sees(pilot, app, "Tab complete")
        await until(pilot, lambda: picker(app).highlighted == PickedDocuments((f"{other}/",)))
        await pilot.press("tab")
        await until(pilot, lambda: PickedDocuments((f"{other}/inner/",)) in picker(app)._values)
        assert "picture" not in screen_text(app)
        await type_in(pilot, "inner/de")
        await until(pilot, lambda: picker(app).highlighted == PickedDocuments((str(other / "inner" / "deed.txt"),)))
        await pilot.press("enter")
        assert app.questions.loader.paths == (str(other / "inner" / "deed.txt"),)


async def test_a_folder_that_is_typed_is_opened_whole(tmp_path: Path) -> None:
    put(str(tmp_path / "deeds" / "a.txt"))
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        app.action_open()
        await shown_picker(pilot)
        await type_in(pilot, str(tmp_path / "deeds"))
        await sees(pilot, app, "all documents in it")
        await pilot.press("enter")
        await until(pilot, lambda: app.questions.loader.paths == (str(tmp_path / "deeds"),))


@pytest.mark.parametrize("form", [str, shlex.quote, lambda path: Path(path).as_uri()])
async def test_a_path_pasted_into_the_list_is_what_is_opened(tmp_path: Path, form: Callable[[str], str]) -> None:
    one = str(tmp_path / "a deed.txt")
    put(one)
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        app.action_open()
        await shown_picker(pilot)
        paste(app, form(one))
        await until(pilot, lambda: picker(app).highlighted == PickedDocuments((one,)))
        await pilot.press("enter")
        assert app.questions.loader.paths == (one,)


async def test_several_paths_pasted_into_the_list_are_marked(tmp_path: Path) -> None:
    several = [str(tmp_path / "a deed.txt"), str(tmp_path / "b.txt")]
    put(*several)
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        app.action_open()
        await shown_picker(pilot)
        paste(app, shlex.join(several))
        await sees(pilot, app, "2 marked")
        await pilot.press("enter")
        assert app.questions.loader.paths == tuple(several)


@pytest.mark.parametrize("focus", ["question", "page", "answers"])
async def test_a_file_dropped_on_the_app_is_opened_wherever_the_focus_is(tmp_path: Path, focus: str) -> None:
    dropped = tmp_path / "my deed.txt"
    put(str(dropped), "here.txt")
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        app.questions.handle(DocumentsOpened(None))  # type: ignore[arg-type]
        app.main.question.value = "Half a que"
        {"question": app.main.question, "page": app.main.page, "answers": app.main.answers.list}[focus].focus()
        await pilot.pause()
        paste(app, f"'{dropped}' {Path('here.txt').absolute()} ")
        await until(pilot, lambda: app.questions.loader.paths)
        assert app.questions.loader.paths == (str(dropped), "here.txt")
        assert app.main.question.value == "Half a que"


@pytest.mark.parametrize("focus", ["question", "page"])
async def test_any_other_paste_is_text_for_the_question(focus: str) -> None:
    put("oven")
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        app.main.question.value = "What of ?"
        app.main.question.cursor_position = 8
        (app.main.question if focus == "question" else app.main.page).focus()
        await pilot.pause()
        for text in ("oven", ", the\nbeech/wood", " and /no/such/file.txt"):
            paste(app, text)
            await until(pilot, lambda: text.split()[-1] in app.main.question.value)  # noqa: B023
        assert app.main.question.value == "What of oven, the beech/wood and /no/such/file.txt?"
        assert app.main.question.has_focus and app.questions.loader.paths == ()


async def test_the_empty_app_says_what_to_do() -> None:
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        app.questions.handle(DocumentsOpened(None))  # type: ignore[arg-type]
        await sees(pilot, app.main.answers, "No documents are open. Esc, then O chooses some; or drop a file here.")
        assert "Press O to open some" in pane_text(app.main.documents)


# --- snapshots ---


async def _open(pilot: Pilot[Any]) -> None:
    assert isinstance(pilot.app, StillApp)
    pilot.app.action_open()
    screen = await shown_picker(pilot)
    screen.query_one("Input").cursor_blink = False  # type: ignore[attr-defined]
    await until(pilot, lambda: not screen._narrowing)


def _harbour() -> None:
    put("harbour/report-2023.txt", "harbour/report-2024.txt", "harbour/dues.md", "minutes.txt", "letters/wren.txt")


async def empty(pilot: Pilot[Any]) -> None:
    await _open(pilot)


async def recents(pilot: Pilot[Any]) -> None:
    _harbour()
    lines = [
        '{"opened": ["%s/harbour/report-2023.txt", "%s/harbour/report-2024.txt"], "at": "2026-03-01T10:00:00+00:00"}',
        '{"opened": ["%s/letters"], "at": "2026-03-02T10:00:00+00:00"}',
    ]
    history.file().parent.mkdir(parents=True, exist_ok=True)
    history.file().write_text("\n".join(line.replace("%s", str(Path.cwd())) for line in lines) + "\n")
    await _open(pilot)
    await pilot.press("down", "space")
    await pilot.pause()


async def narrowed(pilot: Pilot[Any]) -> None:
    _harbour()
    await _open(pilot)
    await type_in(pilot, "rep har")
    await until(pilot, lambda: not picker(pilot.app)._narrowing)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", [empty, recents, narrowed])
async def test_the_list_looks_as_before(state: Any) -> None:
    await looks_as_before(f"pick-{state.__name__}", state)
