"""Every key does what the help says. The tests are found by the bindings, so a new one without a test fails."""

import shlex
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from stage import (
    NoCollection,
    StillApp,
    answer,
    ask,
    evidence,
    in_view,
    paged,
    pane_text,
    result,
    screen_text,
    sees,
    settled,
    type_in,
    until,
)
from textual.binding import Binding
from textual.command import CommandPalette
from textual.pilot import Pilot

from docqa import corrections, models, pairs
from docqa.documents import Section
from docqa.errors import DocqaError
from docqa.models import Kind
from docqa.training.job import state_file, unfinished
from docqa.tui.app import DocqaApp
from docqa.tui.choosing import ChooseScreen
from docqa.tui.export import ExportScreen
from docqa.tui.help import HelpScreen
from docqa.tui.main import MainScreen
from docqa.tui.messages import (
    AnswersFound,
    DocumentFailed,
    DocumentOpened,
    DocumentsFound,
    DocumentsOpened,
    QuestionAnswered,
)
from docqa.tui.session import State
from docqa.tui.training import State as Stage
from docqa.tui.training import Training
from docqa.tui.training_process import Ended, Process
from docqa.tui.training_screen import TrainingScreen
from docqa.tui.widgets.answers import AnswersList
from docqa.tui.widgets.documents import DocumentsPane
from docqa.tui.widgets.evidence import EvidenceStrip
from docqa.tui.widgets.finding import FindInput
from docqa.tui.widgets.page import PageView
from docqa.tui.widgets.question import QuestionInput, QuestionsList

OWNERS: tuple[Any, ...] = (
    DocqaApp,
    MainScreen,
    QuestionInput,
    AnswersList,
    QuestionsList,
    DocumentsPane,
    EvidenceStrip,
    PageView,
    FindInput,
    ChooseScreen,
    ExportScreen,
    TrainingScreen,
    HelpScreen,
)
EVERY = [(owner.__name__, binding) for owner in OWNERS for binding in Binding.make_bindings(owner.BINDINGS)]

_LOG = paged(
    "voyage.pdf",
    [
        [f"Line {n} of the log." for n in range(60)],
        ["The mate was Knut Dyrnes.", "The cook was Matteo Bellandi.", "The carpenter was Jens Ulriksen."],
    ],
)
VOYAGE = replace(
    _LOG,
    sections=tuple(
        Section(title, 0, _LOG.text.index(at))
        for title, at in (("Day", "Line 0"), ("Night", "Line 20"), ("Crew", "The mate"))
    ),
)
NAMES = ("Knut Dyrnes", "Matteo Bellandi", "Jens Ulriksen")


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The app with a document open, another failed, two questions asked and three answers to the second."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "home"))
    app = StillApp()
    async with app.run_test(size=(160, 30)) as pilot:
        app.post_message(DocumentsFound(("voyage.pdf", *(f"{n}.txt" for n in range(20)))))
        app.post_message(DocumentOpened(VOYAGE))
        app.post_message(DocumentFailed("0.txt", DocqaError("0.txt does not exist", "check the spelling")))
        app.post_message(DocumentsOpened(NoCollection()))  # type: ignore[arg-type]
        for question in ("Who was the master?", "Who was aboard?"):
            asked = await ask(pilot, question)
            found = [answer(VOYAGE, name, 0.9 - 0.1 * i, i + 1) for i, name in enumerate(NAMES)]
            worth = {VOYAGE.name: evidence(VOYAGE, 0.2, float("nan"), 0.7, 0.1)}
            app.post_message(AnswersFound(asked, result(question, found), worth))
            app.post_message(QuestionAnswered(asked))
            await pilot.pause()
        await until(pilot, lambda: settled(app), "a page at rest")
        assert app.main.answers.list.has_focus
        yield pilot


Check = Callable[[Pilot[Any], Any, str], Awaitable[None]]
CHECKS: dict[tuple[str, str], Check] = {}


def checks(owner: str, *ids: str) -> Callable[[Check], Check]:
    def register(check: Check) -> Check:
        CHECKS.update({(owner, name): check for name in ids})
        return check

    return register


@pytest.mark.parametrize(("owner", "binding"), EVERY, ids=[f"{o}-{b.id}-{b.key}" for o, b in EVERY])
async def test_the_key_does_what_the_help_says(stage: Pilot[Any], owner: str, binding: Binding) -> None:
    assert binding.id, f"{owner}: {binding.key} has no id"
    assert binding.tooltip, f"{owner}: {binding.key} has nothing to say in the help"
    await CHECKS[owner, binding.id](stage, stage.app, binding.key)


async def test_a_key_that_is_bound_anew_is_the_only_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path))
    app = StillApp(keys={"documents.toggle": "D,f2", "app.help": "f1"})
    async with app.run_test(size=(120, 30)) as pilot:
        app.main.answers.list.focus()
        for key, shown in (("D", False), ("f2", True), ("d", True)):
            await pilot.press(key)
            assert app.main.sidebar.display is shown
        await pilot.press("f1")
        assert isinstance(app.screen, HelpScreen)
        await sees(pilot, app, "D f2")


def test_a_key_for_what_is_not_there_is_told() -> None:
    with pytest.raises(DocqaError, match=r"binds a key to 'answers\.cpy'") as error:
        StillApp(keys={"answers.cpy": "Y"})
    assert error.value.hint == "did you mean answers.copy?"


@checks("DocqaApp", "question.focus")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert app.main.question.has_focus and app.main.question.value == ""


@checks("DocqaApp", "answers.next", "answers.previous")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    app.main.documents.focus()  # From anywhere.
    app.main.answers.move(1)
    await pilot.press(key)
    assert app.main.answers.selected.text == (NAMES[2] if key == "n" else NAMES[0])
    await pilot.press(key)  # At the end it stays.
    assert app.main.answers.selected.text == (NAMES[2] if key == "n" else NAMES[0])


@checks("DocqaApp", "answers.copy")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert app.clipboard == "Knut Dyrnes (voyage.pdf, page 2, line 1, Crew)"


@checks("DocqaApp", "teaching.right")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    app.main.answers.move(1)
    await pilot.press(key)
    await until(pilot, corrections.kept)
    await sees(pilot, app.main.answers, "✓ right, you said")
    assert [(one.question, one.answer) for one in corrections.kept()] == [("Who was aboard?", NAMES[1])]
    said = [notification.message for notification in app._notifications]
    assert said == [f"1 correction kept. To learn from it: T, or docqa finetune {corrections.file()}"]


@checks("DocqaApp", "teaching.wrong")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    await sees(pilot, app, "What is right? Who was aboard?")
    await pilot.press("enter")
    await sees(pilot, app.main.answers, "✎ you said: these documents don't have it")
    await until(pilot, corrections.kept)
    await pilot.press(key)
    await type_in(pilot, "carpenter")
    await sees(pilot, app, "voyage.pdf, page 2, line 3")
    await pilot.press("enter")
    await sees(pilot, app.main.answers, "✎ you said: right is: carpenter")
    await until(pilot, lambda: [one.answer for one in corrections.kept()] == ["carpenter"], "the second in its place")
    (pair,) = pairs.load([corrections.file()]).pairs
    assert (pair.question, pair.answers[0].text) == ("Who was aboard?", "carpenter")


@checks("DocqaApp", "answers.quote")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    passage = app.main.answers.selected.passage.replace("\n", " ")
    assert "The mate was Knut Dyrnes." in passage
    assert app.clipboard == f"“{passage}” (voyage.pdf, page 2, line 1, Crew)"


@checks("DocqaApp", "document.view")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    await until(pilot, lambda: len(app._notifications))
    assert [n.message.partition(".")[0] for n in app._notifications] == ["voyage"]
    Path("voyage.pdf").touch()
    app._viewer = f'{shlex.quote(sys.executable)} -c \'open("seen", "x").write("{{page}} {{file}}")\''
    await pilot.press(key)
    await until(pilot, lambda: Path("seen").exists() and Path("seen").read_text())
    assert Path("seen").read_text() == f"2 {Path('voyage.pdf').absolute()}"


@checks("DocqaApp", "models.choose")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    own = models.models_dir() / "reader" / "harbour"
    shutil.copytree(models.find("bundled", Kind.READER).folder, own)
    await pilot.press(key)
    await sees(pilot, app, "bundled  encoder, bundled")
    await type_in(pilot, "harb")
    await pilot.press("enter")
    assert models.chosen(Kind.READER) == "harbour"
    assert len(app.openings) == 2 and app.main.documents.summary() == "looking for documents"
    await sees(pilot, app.main.answers, "Who was aboard?")  # What was asked is still there.


@checks("DocqaApp", "training.open")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert app.screen is app.training
    await sees(pilot, app, "No corrections yet.")


async def _trained(pilot: Pilot[Any], app: Any, *, better: bool) -> None:
    """Let a training have ended with a reader called harbour."""
    shutil.copytree(models.find("bundled", Kind.READER).folder, models.models_dir() / "reader" / "harbour")
    models.use("harbour" if better else "bundled", Kind.READER)
    await pilot.press("T")
    app.training._training = Training("harbour", before="bundled")
    figures = {part: {"exact": 50.0, "f1": 60.0, "total": 20} for part in ("test", "general")}
    training = {"metrics": {"before": figures, "after": figures}, "in_use": None}
    app.training.post_message(Ended(0, {"better": better, "folder": "/m/harbour", "training": training}))
    await sees(pilot, app, "harbour is better" if better else "harbour is not better")


@checks("TrainingScreen", "training.go", "training.use")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _trained(pilot, app, better=key == "enter")
    await pilot.press(key)
    await until(pilot, lambda: len(app.openings) == 2)
    assert models.chosen(Kind.READER) == "harbour"
    assert app.screen is app.main
    await sees(pilot, app.main.answers, "Who was aboard?")  # What was asked is still there.


@checks("TrainingScreen", "training.keep")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _trained(pilot, app, better=True)
    await pilot.press(key)
    assert models.chosen(Kind.READER) == "bundled"
    assert app.screen is app.main and len(app.openings) == 1


@checks("TrainingScreen", "training.stop", "training.close")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press("T")
    await sees(pilot, app, "No corrections yet.")
    training = app.training._training = Training("harbour")
    app.training._process = Process("harbour", app.training.post_message)
    app.training._box.focus()
    await pilot.press(key)
    assert training.state is (Stage.STOPPING if key == "x" else Stage.RUNNING)
    assert (app.screen is app.main) is (key == "escape")
    training.state = Stage.STOPPED  # Else quitting would ask.


@checks("TrainingScreen", "training.discard")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    models.write_object(state_file("harbour"), {})
    await pilot.press("T")
    await sees(pilot, app, "The training of harbour was not finished.")
    await pilot.press(key)
    assert [n.message for n in app._notifications][-1] == "d once more discards what was trained of harbour."
    await pilot.press(key)
    await until(pilot, lambda: not unfinished(), "it to be discarded")


@checks("TrainingScreen", "training.another")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _trained(pilot, app, better=False)
    await pilot.press(key)
    await sees(pilot, app, "No corrections yet.")
    assert app.training.form.name_of_new == "corrections"


@checks("DocqaApp", "question.read_all")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert app.answering[-1] is app.shown
    assert app.shown.exhaustive and app.shown.state is State.READING


@checks("DocqaApp", "questions.focus")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    app.main.sidebar.display = False
    await pilot.press(key)
    assert app.main.sidebar.display and app.main.questions.has_focus


@checks("DocqaApp", "app.help")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert isinstance(app.screen, HelpScreen)
    await sees(pilot, app, "Copy the answer with its citation")


@checks("DocqaApp", "documents.toggle")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert not app.main.sidebar.display
    await pilot.press(key)
    assert app.main.sidebar.display


@checks("DocqaApp", "documents.reopen")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    assert len(app.openings) == 1
    await pilot.press(key)
    assert len(app.openings) == 2
    assert app.main.documents.summary() == "1 open"  # The failure is forgotten until it is found again.


@checks("DocqaApp", "app.cancel")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press("x", key)
    assert app.shown.state is State.CANCELLED and app.shown.cancel.is_set()
    app.session.running = None
    await pilot.press("r", key)
    assert app.openings[-1].is_set()
    app.post_message(DocumentsOpened(NoCollection(), cancelled=True))  # type: ignore[arg-type]
    await pilot.press("i", key)
    assert app.main.answers.list.has_focus


@checks("DocqaApp", "app.palette")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert isinstance(app.screen, CommandPalette)
    titles = [command.title for command in app.get_system_commands(app.main)]
    assert "Answers: Copy" in titles and "Documents: Reopen" in titles


@checks("DocqaApp", "app.quit")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    app.main.question.focus()
    await pilot.press(key)
    assert app.return_code == 0


@checks("MainScreen", "app.next", "app.before")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert app.focused is (app.main.evidence if key == "tab" else app.main.questions)


@checks("QuestionInput", "question.ask")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    app.main.question.focus()
    app.main.question.value = "  Who   else? "
    await pilot.press(key)
    assert app.answering[-1].question == "Who else?"
    assert app.main.question.value == "" and app.main.answers.list.has_focus


@checks("QuestionInput", "question.earlier", "question.later")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    app.main.question.focus()
    app.main.question.value = "a draft"
    seen = []
    for step in ("up", "up", "up", "down", "down", "down"):
        await pilot.press(step)
        seen.append(app.main.question.value)
    first, second = "Who was the master?", "Who was aboard?"
    assert seen == [second, first, first, second, "a draft", "a draft"]


@checks("AnswersList", "list.next", "list.previous", "list.first", "list.last")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    app.main.answers.move(1)
    await pilot.press(key)
    assert app.main.answers.selected.text == (NAMES[2] if key in {"j", "down", "end"} else NAMES[0])
    await until(pilot, lambda: "▸ 1" in screen_text(app) or "▸ 3" in screen_text(app))


@checks("QuestionsList", "questions.later", "questions.earlier", "questions.select")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    app.main.questions.focus()
    await pilot.press("k")
    assert app.shown is app.session.asked[0]
    await pilot.press("j")
    assert app.shown is app.session.asked[1]
    await pilot.press(key)
    assert app.shown is app.session.asked[1 if key in {"j", "down", "enter"} else 0] or key in {"j", "down"}
    assert app.main.answers.list.has_focus is (key == "enter")


@checks("DocumentsPane", "scroll.down", "scroll.up")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _scrolls(pilot, app.main.documents, key)


@checks("PageView", "page.half_down", "page.half_up", "page.top", "page.end")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    page = app.main.page
    page.focus()
    page.scroll_to(y=10, animate=False, force=True)
    await until(pilot, lambda: page.scroll_offset.y == 10)
    half = page.scrollable_content_region.height // 2
    await pilot.press(key)
    to = {"ctrl+d": 10 + half, "ctrl+u": max(0, 10 - half), "home": 0}.get(key, page.max_scroll_y)
    await until(pilot, lambda: page.scroll_offset.y == to)


@checks("PageView", "page.match", "page.match_before")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    page = app.main.page
    await until(pilot, lambda: in_view(app))
    page.go_to(VOYAGE, 0)
    page.find("Line 5")
    await until(pilot, lambda: "1 of 11" in str(page.border_subtitle))
    page.focus()
    await pilot.press(key)
    await sees(pilot, app, "“Line 5” 2 of 11" if key == "n" else "“Line 5” 11 of 11")
    await pilot.press("n" if key == "N" else "N")
    await sees(pilot, app, "“Line 5” 1 of 11")
    page.find("")
    await pilot.press("n")  # Nothing is looked for: as anywhere, it is the next answer.
    assert app.main.answers.selected.text == NAMES[1]


@checks("MainScreen", "document.find")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert app.main.find.has_focus and not app.main.question.display
    await type_in(pilot, "log. line 31")
    await sees(pilot, app, "“log. line 31” 1 of 1")
    await sees(pilot, app.main.page, "Line 31 of the log.")


@checks("FindInput", "find.accept", "find.cancel")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press("slash")
    await type_in(pilot, "cook")
    await sees(pilot, app, "“cook” 1 of 1")
    await pilot.press(key)
    assert app.main.page.has_focus and app.main.question.display
    await until(pilot, lambda: ("“cook”" in screen_text(app)) is (key == "enter"))


@checks("MainScreen", "document.go_to")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    await type_in(pilot, "1")
    await pilot.press("enter")
    await sees(pilot, app, "page 1 of 2")
    assert app.main.page.has_focus


@checks("ChooseScreen", "choose.close", "choose.next", "choose.previous")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    offset = app.main.page.first_offset
    await pilot.press("g")
    sections = app.screen.query_one("OptionList")
    assert sections.highlighted == 1
    await pilot.press(key)
    assert isinstance(app.screen, ChooseScreen) is (key != "escape")
    if key != "escape":
        assert sections.highlighted == (2 if key == "down" else 0)
        await pilot.press("escape")
    assert app.main.page.first_offset == offset


@checks("DocqaApp", "question.recall")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    app.main.question.focus()
    await pilot.press(key)
    await sees(pilot, app, "Questions asked before")
    await type_in(pilot, "master")
    await pilot.press("enter")
    assert app.main.question.value == "Who was the master?" and app.main.question.has_focus


@checks("DocqaApp", "answers.export")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    await sees(pilot, app, "Export 2 questions")


@checks("ExportScreen", "export.close", "export.write")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press("e")
    app.screen.query_one("Input").value = "kept.csv"
    await pilot.press(key)
    await until(pilot, lambda: app.screen is app.main)
    assert Path("kept.csv").is_file() is (key == "enter")


@checks("MainScreen", "document.evidence")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert app.main.evidence.has_focus
    await sees(pilot, app, "window 4 of 4 · retrieved as number 3 · likeliest answer 10%, very unlikely")


@checks("EvidenceStrip", "evidence.next", "evidence.before", "evidence.best")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press("v", "h", "h")
    await sees(pilot, app, "window 2 of 4 · retrieved as number 4 · not read; x reads all")
    await pilot.press(key)
    number = 1 if key in {"h", "left"} else 3
    await sees(pilot, app, f"window {number} of 4")
    line = VOYAGE.text.index("Line", (number - 1) * VOYAGE.body_end // 4)
    await sees(pilot, app.main.page, VOYAGE.text[line : line + 18])


@checks("MainScreen", "answers.place")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    asked = await ask(pilot, "Which lines?")
    found = [answer(VOYAGE, "Line 7 of", 0.9, 1, also=["Line 55 of", "The cook"])]
    app.post_message(AnswersFound(asked, result(asked.question, found)))
    await until(pilot, lambda: in_view(app))
    for line in ("Line 55 of the log.", "The cook was Matteo", "Line 7 of the log."):
        await pilot.press(key)
        await sees(pilot, app.main.page, line)


@checks("MainScreen", "document.back")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    page = app.main.page
    await until(pilot, lambda: in_view(app))
    before = page.scroll_offset.y
    page.go_to(VOYAGE, 0)
    await until(pilot, lambda: page.scroll_offset.y == 0)
    await pilot.press(key)
    await until(pilot, lambda: page.scroll_offset.y == before)


@checks("PageView", "page.down", "page.up")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await until(pilot, lambda: in_view(app))
    await _scrolls(pilot, app.main.page, key)


async def _scrolls(pilot: Pilot[Any], pane: Any, key: str) -> None:
    pane.focus()
    pane.scroll_to(y=5, animate=False, force=True)
    await until(pilot, lambda: pane.scroll_offset.y == 5)
    await pilot.press(key)
    await until(pilot, lambda: pane.scroll_offset.y == (6 if key in {"j", "down"} else 4))


@checks("HelpScreen", "help.close")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press("question_mark")
    assert isinstance(app.screen, HelpScreen)
    await pilot.press(key)
    assert app.screen is app.main


async def test_the_help_has_every_key(stage: Pilot[Any]) -> None:
    await stage.resize_terminal(100, 120)
    await stage.press("question_mark")
    await stage.pause()
    shown = pane_text(stage.app.screen.query_one("#help"))
    for owner, binding in EVERY:
        if owner != "HelpScreen":  # Its border says it.
            assert binding.tooltip in shown, owner


async def test_keys_that_would_do_nothing_are_not_offered() -> None:
    app = StillApp()
    async with app.run_test(size=(160, 30)) as pilot:
        await pilot.press("tab")
        await pilot.pause()
        last = screen_text(app).rstrip().split("\n")[-1]
        assert "Ask" in last and "Quit" in last
        assert not any(word in last for word in ("Copy", "Read all", "Reopen", "Next"))
