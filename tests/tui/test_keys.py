"""Every key does what the help says. Tests are looked up by binding, so a binding without a test fails."""

import importlib
import pkgutil
import shlex
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.stage import (
    NoCollection,
    StillApp,
    StillComparison,
    answer,
    ask,
    evidence,
    in_view,
    paged,
    pane_text,
    result,
    said,
    screen_text,
    sees,
    settled,
    type_in,
    until,
)
from textual import events
from textual.binding import Binding
from textual.command import CommandPalette
from textual.pilot import Pilot

import docqa.tui
from docqa import config, datasets, files
from docqa.documents import Section
from docqa.errors import DocqaError
from docqa.models import registry
from docqa.models.registry import ModelKind
from docqa.training.job import state_file, unfinished_runs
from docqa.tui import key_reference
from docqa.tui.app import DocqaApp
from docqa.tui.inline import InlineApp
from docqa.tui.key_reference import PLACES
from docqa.tui.screens.agreement import AgreementScreen, AnswerCard
from docqa.tui.screens.choose import ChooseScreen
from docqa.tui.screens.find_all import FindAllScreen
from docqa.tui.screens.help import HelpScreen
from docqa.tui.screens.main import MainScreen
from docqa.tui.screens.models import ModelsScreen
from docqa.tui.screens.restore import RestoreScreen
from docqa.tui.screens.review import MatrixScreen
from docqa.tui.screens.settings import SettingsScreen
from docqa.tui.state.session import QuestionState
from docqa.tui.state.training import TrainingProgress
from docqa.tui.state.training import TrainingState as Stage
from docqa.tui.widgets.footer import FittingFooter
from docqa.tui.widgets.matrix_table import MatrixTable
from docqa.tui.widgets.table import RowTable
from docqa.tui.workers.comparison import ComparisonRequest
from docqa.tui.workers.events import (
    AnswersFound,
    DocumentFailed,
    DocumentOpened,
    DocumentsFound,
    DocumentsOpened,
    EngineStarted,
    MoreFound,
    QuestionAnswered,
)
from docqa.tui.workers.training_process import TrainingEnded, TrainingProcess
from docqa.userdata import annotations, corrections, question_sets
from docqa.userdata.sessions import SessionQuestion
from docqa.userdata.sessions import SessionState as Unfinished

OWNERS: tuple[Any, ...] = (DocqaApp, MainScreen, *PLACES, HelpScreen)
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
    """The app with one open document, a failed one, two questions, and three answers to the second."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "home"))
    app = StillApp()
    async with app.run_test(size=(160, 30)) as pilot:
        app.questions.handle(DocumentsFound(("voyage.pdf", *(f"{n}.txt" for n in range(20)))))
        app.questions.handle(DocumentOpened(VOYAGE))
        app.questions.handle(DocumentFailed("0.txt", DocqaError("0.txt does not exist", "check the spelling")))
        app.questions.handle(DocumentsOpened(NoCollection()))  # type: ignore[arg-type]
        for question in ("Who was the master?", "Who was aboard?"):
            asked = await ask(pilot, question)
            found = [answer(VOYAGE, name, 0.9 - 0.1 * i, i + 1) for i, name in enumerate(NAMES)]
            worth = {VOYAGE.name: evidence(VOYAGE, 0.2, float("nan"), 0.7, 0.1)}
            app.questions.handle(AnswersFound(asked, result(question, found), worth))
            app.questions.handle(QuestionAnswered(asked))
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


async def test_a_rebound_key_replaces_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path))
    app = StillApp(keys={"documents.toggle": "D,f2", "app.help": "f1"})
    async with app.run_test(size=(120, 30)) as pilot:
        app.main.answers.list.focus()
        for key, shown in (("D", False), ("f2", True), ("d", True)):
            await pilot.press(key)
            assert app.main.sidebar.display is shown
        await pilot.press("f1")
        assert isinstance(app.screen, HelpScreen)
        await type_in(pilot, "hide the documents")
        await sees(pilot, app, "D f2")


def test_docs_keys_md_is_generated_from_the_bindings() -> None:
    docs = Path(__file__).parents[2] / "docs"
    assert (docs / "keys.md").read_text(encoding="utf-8") == key_reference.page(), "run make keys"


def test_everything_with_keys_is_in_the_help() -> None:
    listed = {DocqaApp, MainScreen, HelpScreen, InlineApp, *PLACES}
    for module in pkgutil.walk_packages(docqa.tui.__path__, "docqa.tui."):
        for name, found in vars(importlib.import_module(module.name)).items():
            if isinstance(found, type) and found.__module__ == module.name and found.__dict__.get("BINDINGS"):
                assert found in listed, f"{name} is missing in key_reference.PLACES"


def test_an_unknown_key_id_is_an_error() -> None:
    with pytest.raises(DocqaError, match=r"config\.toml has an unknown key id, 'answers\.cpy'") as error:
        StillApp(keys={"answers.cpy": "Y"})
    assert error.value.hint == "did you mean answers.copy?"


@checks("DocqaApp", "question.focus")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert app.main.question.has_focus and app.main.question.value == ""


@checks("DocqaApp", "answers.next", "answers.previous")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    app.main.documents.focus()  # Works with any focus.
    app.main.answers.move(1)
    await pilot.press(key)
    assert app.main.answers.selected.text == (NAMES[2] if key == "right_square_bracket" else NAMES[0])
    await pilot.press(key)  # At the end, the selection stays.
    assert app.main.answers.selected.text == (NAMES[2] if key == "right_square_bracket" else NAMES[0])


@checks("DocqaApp", "answers.copy")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert app.clipboard == "Knut Dyrnes (voyage.pdf, page 2, line 1, Crew)"


@checks("DocqaApp", "feedback.right")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    app.main.answers.move(1)
    await pilot.press(key)
    await until(pilot, corrections.load)
    await sees(pilot, app.main.answers, "✓ you marked this right")
    assert [(one.question, one.answer) for one in corrections.load()] == [("Who was aboard?", NAMES[1])]
    told = "1 correction saved. T trains a reader on it."
    await until(pilot, lambda: said(app) == [told], told)


@checks("DocqaApp", "feedback.wrong")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    await sees(pilot, app, "Right answer to: Who was aboard?")
    await pilot.press("down", "enter")
    await sees(pilot, app.main.answers, "You marked that voyage.pdf doesn't answer this")
    await until(pilot, corrections.load)
    await pilot.press(key)
    await type_in(pilot, "carpenter")
    await sees(pilot, app, "voyage.pdf, page 2, line 3")
    await pilot.press("enter")
    await sees(pilot, app.main.answers, "✓ you marked this right")
    assert app.main.answers.asked.shown[0].text == "carpenter"
    await until(pilot, lambda: [one.answer for one in corrections.load()] == ["carpenter"], "the second in its place")
    (pair,) = datasets.load([corrections.file()]).pairs
    assert (pair.question, pair.answers[0].text) == ("Who was aboard?", "carpenter")


@checks("DocqaApp", "answers.note")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert app.main.line.note.has_focus and not app.main.question.display


@checks("NoteInput", "note.save", "note.cancel")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press("a", *"ask Ada", key)
    await until(pilot, lambda: app.main.answers.list.has_focus)
    if key == "enter":
        await sees(pilot, app.main.answers, "✎ ask Ada")
        await until(pilot, annotations.load)
    assert [one.note for one in annotations.load()] == (["ask Ada"] if key == "enter" else [])


@checks("DocqaApp", "answers.pin")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    app.main.answers.move(1)
    await pilot.press(key)
    await until(pilot, annotations.load)
    assert [one.text for one in app.main.answers.asked.shown if one.mark.pinned] == [NAMES[1]]
    await pilot.press(key)
    await until(pilot, lambda: not annotations.load())


@checks("DocqaApp", "answers.quote")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    passage = app.main.answers.selected.passage.replace("\n", " ")
    assert "The mate was Knut Dyrnes." in passage
    assert app.clipboard == f"“{passage}” (voyage.pdf, page 2, line 1, Crew)"


@checks("MainScreen", "document.view")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    await until(pilot, lambda: len(app._notifications))
    assert [n.message.partition(".")[0] for n in app._notifications] == ["voyage"]
    Path("voyage.pdf").touch()
    viewer = f'{shlex.quote(sys.executable)} -c \'open("seen", "x").write("{{page}} {{file}}")\''
    app.questions.use_settings(config.with_value(app.questions.settings, "viewer", viewer))
    await pilot.press(key)
    await until(pilot, lambda: Path("seen").exists() and Path("seen").read_text())
    assert Path("seen").read_text() == f"2 {Path('voyage.pdf').absolute()}"


async def _models(pilot: Pilot[Any], app: Any) -> ModelsScreen:
    """Open the models screen, with a trained reader listed second."""
    own = registry.models_dir() / "reader" / "harbour"
    shutil.copytree(registry.find("bundled", ModelKind.READER).folder, own)
    app.questions.handle(EngineStarted("bundled", "bundled"))
    await pilot.press("M")
    await sees(pilot, app, "harbour")
    screen = app.screen
    assert isinstance(screen, ModelsScreen)
    return screen


@checks("DocqaApp", "models.choose")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    await sees(pilot, app, "encoder")
    assert isinstance(app.screen, ModelsScreen)


@checks("ModelsScreen", "models.use")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _models(pilot, app)
    await pilot.press("j", key)
    await sees(pilot, app, "Now using the reader harbour.")
    assert registry.chosen(ModelKind.READER) == "harbour"
    assert app.started.count("opening") == 2 and app.main.documents.listed.states == "looking for documents"
    await pilot.press("escape")
    await sees(pilot, app.main.answers, "Who was aboard?")  # The question is still shown.


@checks("ModelsScreen", "models.pull")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _models(pilot, app)
    await pilot.press(key)
    await sees(pilot, app, "DistilBERT trained on SQuAD")
    await type_in(pilot, "some/where")
    await sees(pilot, app, "some/where  a repository on the Hugging Face Hub")
    await pilot.press("escape")
    assert isinstance(app.screen, ModelsScreen)


@checks("ModelsScreen", "models.compare")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _models(pilot, app)
    await pilot.press(key)
    await sees(pilot, app, "Select another reader to compare it with")
    await pilot.press("G", key)
    await sees(pilot, app, "Only readers can be compared")


@checks("ModelsScreen", "models.remove")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _models(pilot, app)
    await pilot.press(key)
    await sees(pilot, app, "Can't delete bundled")
    await pilot.press("j", key)
    await sees(pilot, app, "Delete the reader harbour")


@checks("ConfirmScreen", "confirm.yes", "confirm.no")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    screen = await _models(pilot, app)
    await pilot.press("j", "x", "enter")  # Neither yes nor no.
    await pilot.press(key)
    await until(pilot, lambda: app.screen is screen)
    if key == "y":
        await sees(pilot, app, "Deleted the reader harbour")
    assert (registry.models_dir() / "reader" / "harbour").exists() is (key != "y")


@checks("ModelsScreen", "models.filter")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    screen = await _models(pilot, app)
    await pilot.press(key)
    await type_in(pilot, "HARB")
    await until(pilot, lambda: screen.query_one(RowTable).row_count == 1)
    await pilot.press("enter", "enter")
    await sees(pilot, app, "Now using the reader harbour.")
    await pilot.press("escape")
    await until(pilot, lambda: screen.query_one(RowTable).row_count == 3)
    assert app.screen is screen


@checks("ModelsScreen", "models.close", "models.leave")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _models(pilot, app)
    await pilot.press(key)
    assert app.screen is app.main


@checks("RowTable", "table.next", "table.previous", "table.first", "table.last")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    table = (await _models(pilot, app)).query_one(RowTable)
    table.move_cursor(row=1)
    await pilot.press(key)
    assert table.cursor_row == (2 if key in {"j", "down", "G", "end"} else 0)


@checks("ComparisonScreen", "comparison.close", "comparison.leave")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    mine = SimpleNamespace(engine=SimpleNamespace(reader=SimpleNamespace(name="bundled")))
    screen = StillComparison(ComparisonRequest(mine, "harbour", ()), None)  # type: ignore[arg-type]
    app.install_screen(screen, "comparison")
    app.push_screen(screen)
    await sees(pilot, app, "bundled and harbour")
    await pilot.press(key)
    assert screen.cancel.is_set() is (key == "escape") and (app.screen is app.main) is (key == "q")
    await pilot.press(key)
    assert app.screen is app.main


@checks("DocqaApp", "settings.show")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    await sees(pilot, app, "max_answer_length")


async def _setting(pilot: Pilot[Any], app: Any, name: str) -> None:
    """Open the settings with the cursor on the setting `name`."""
    await pilot.press("comma")
    await sees(pilot, app, "default")
    app.screen.query_one(RowTable).move_cursor(row=config.names().index(name))
    await pilot.pause()


@checks("SettingsScreen", "settings.edit")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _setting(pilot, app, "top")
    await pilot.press(key, "backspace", "2", "enter")
    await sees(pilot, app, "Saved top in")
    assert config.file().read_text() == "top = 2\n" and app.questions.settings.top == 2
    await pilot.press("k", "k", "k", key)  # Boolean settings toggle immediately.
    await sees(pilot, app, "Saved exhaustive in")
    assert config.load().exhaustive


@checks("SettingsScreen", "settings.unset")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    config.file().parent.mkdir(parents=True)
    config.file().write_text("# mine\ntop = 2\n")
    await _setting(pilot, app, "top")
    await sees(pilot, app, "file")
    await pilot.press(key)
    await sees(pilot, app, "Saved top in")
    assert config.file().read_text() == "# mine\n"


@checks("SettingsScreen", "settings.close")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _setting(pilot, app, "top")
    await pilot.press("enter", "7", "escape")
    assert isinstance(app.screen, SettingsScreen) and app.screen.query_one(RowTable).has_focus
    await pilot.press(key)
    assert app.screen is app.main and not config.file().exists()


@checks("DocqaApp", "training.open")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert app.screen is app.models.training
    await sees(pilot, app, "No corrections yet.")


async def _trained(pilot: Pilot[Any], app: Any, *, better: bool) -> None:
    """Simulate a finished training run of a reader named harbour."""
    shutil.copytree(registry.find("bundled", ModelKind.READER).folder, registry.models_dir() / "reader" / "harbour")
    registry.use("harbour" if better else "bundled", ModelKind.READER)
    await pilot.press("T")
    app.models.training._training = TrainingProgress("harbour", previous="bundled")
    figures = {part: {"exact": 50.0, "f1": 60.0, "total": 20} for part in ("test", "general")}
    training = {"metrics": {"before": figures, "after": figures}, "in_use": None}
    app.models.training.post_message(TrainingEnded(0, {"better": better, "folder": "/m/harbour", "training": training}))
    await sees(pilot, app, "harbour is better" if better else "harbour is not better")


@checks("TrainingScreen", "training.proceed", "training.use")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _trained(pilot, app, better=key == "enter")
    await pilot.press(key)
    await until(pilot, lambda: app.started.count("opening") == 2)
    assert registry.chosen(ModelKind.READER) == "harbour"
    assert app.screen is app.main
    await sees(pilot, app.main.answers, "Who was aboard?")  # The question is still shown.


@checks("TrainingScreen", "training.keep")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _trained(pilot, app, better=True)
    await pilot.press(key)
    assert registry.chosen(ModelKind.READER) == "bundled"
    assert app.screen is app.main and app.started.count("opening") == 1


@checks("TrainingScreen", "training.stop", "training.close")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press("T")
    await sees(pilot, app, "No corrections yet.")
    training = app.models.training._training = TrainingProgress("harbour")
    app.models.training._process = TrainingProcess("harbour", app.models.training.post_message)
    app.models.training._box.focus()
    await until(pilot, lambda: app.models.training._box.has_focus, "the focus")
    await pilot.press(key)
    assert training.state is (Stage.STOPPING if key == "x" else Stage.RUNNING)
    assert (app.screen is app.main) is (key != "x")
    training.state = Stage.STOPPED  # Otherwise quitting would ask for confirmation.


@checks("TrainingScreen", "training.discard")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    files.write_json_object(state_file("harbour"), {})
    await pilot.press("T")
    await sees(pilot, app, "The training of harbour was interrupted.")
    await pilot.press(key)
    assert [n.message for n in app._notifications][-1] == "Press d again to discard the training of harbour."
    await pilot.press(key)
    await until(pilot, lambda: not unfinished_runs(), "it to be discarded")


@checks("TrainingScreen", "training.new")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _trained(pilot, app, better=False)
    await pilot.press(key)
    await sees(pilot, app, "No corrections yet.")
    assert app.models.training.form.new_name == "corrections"


@checks("DocqaApp", "question.read_all")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert app.questions.session.running is app.questions.shown
    assert app.questions.shown.exhaustive and app.questions.shown.state is QuestionState.READING


@checks("DocqaApp", "answers.newer")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    asked = app.questions.shown
    found = [answer(VOYAGE, name, 0.9, i + 1) for i, name in enumerate(("Line 7 of the log", *NAMES))]
    app.questions.handle(MoreFound(AnswersFound(asked, result(asked.question, found), asked.evidence)))
    assert app.main.answers.selected.text == NAMES[0]
    await pilot.press(key)
    assert app.main.answers.selected.text == "Line 7 of the log"


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
    await pilot.press(key)
    assert app.screen is app.main
    await pilot.press("t")
    over = app.screen
    await pilot.press(key)
    await sees(pilot, app, "Show the answer in its document; b comes back")
    assert pane_text(app.screen.query_one("#help-text")).startswith("Here")  # Not with the keys of the main screen.
    await pilot.press(key)
    assert app.screen is over


@checks("DocqaApp", "panes.zoom")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    await until(pilot, lambda: app.main.answers.region.height > 0 and not app.main.page.region.height)
    await pilot.press(key)
    await until(pilot, lambda: app.main.page.region.height > 0)


@checks("MainScreen", "panes.all")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press("z")
    await sees(pilot, app, "esc All panes")
    await pilot.press(key)
    await until(pilot, lambda: app.main.page.region.height > 0 and "All panes" not in screen_text(app))


@checks("DocqaApp", "documents.toggle")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert not app.main.sidebar.display
    await pilot.press(key)
    assert app.main.sidebar.display


@checks("DocqaApp", "documents.reopen")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    assert app.started.count("opening") == 1
    await pilot.press(key)
    assert app.started.count("opening") == 2
    assert app.main.documents.listed.states == "1 open"  # The failure is cleared until it occurs again.


@checks("DocqaApp", "app.cancel")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press("x", key)
    assert app.questions.shown.state is QuestionState.CANCELLED and app.questions.shown.cancel.is_set()
    app.questions.session.running = None
    await pilot.press("r", key)
    assert app.questions.opening.is_set()
    app.questions.handle(DocumentsOpened(NoCollection(), cancelled=True))  # type: ignore[arg-type]
    await pilot.press("i", key)
    assert app.main.answers.list.has_focus


@checks("DocqaApp", "app.palette")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert isinstance(app.screen, CommandPalette)
    commands = [(command.title, command.help) for command in app.get_system_commands(app.main)]
    assert ("Mark the answer as right", "Key: c") in commands and ("Show or hide the documents", "Key: d") in commands
    assert len({title for title, _ in commands}) == len(commands)
    await sees(pilot, app, "c  Mark the answer as right")  # The key beside it.
    await type_in(pilot, "find all")
    await sees(pilot, app, "/ /  Find text in all documents")
    await pilot.press("enter")
    await sees(pilot, app, "Find in all documents")


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
    assert app.questions.session.running.question == "Who else?"
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
    assert app.questions.shown is app.questions.session.asked[0]
    await pilot.press("j")
    assert app.questions.shown is app.questions.session.asked[1]
    await pilot.press(key)
    assert app.questions.shown is app.questions.session.asked[1 if key in {"j", "down", "enter"} else 0] or key in {
        "j",
        "down",
    }
    assert app.main.answers.list.has_focus is (key == "enter")


@checks("DocumentsPane", "documents.tick")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    other = paged("other.pdf", [["Nothing of use."]])
    app.questions.handle(DocumentOpened(other))
    app.main.documents.focus()
    app.main.documents.set_current(other.name)
    await pilot.press(key)
    assert app.main.documents.ticked == {other.name}
    await sees(pilot, app, "asking 1 of 2")
    assert app.main.question.placeholder == "Ask other.pdf a question"
    app.main.documents.set_current(VOYAGE.name)
    await pilot.press(key)
    assert app.main.documents.ticked == frozenset()  # All are: so all are asked.
    assert "asking" not in screen_text(app) and app.main.question.placeholder == "Ask your documents a question"


@checks("DocumentsPane", "documents.untick")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    app.questions.handle(DocumentOpened(paged("other.pdf", [["Nothing of use."]])))
    app.main.documents.focus()
    app.main.documents.set_current(VOYAGE.name)
    await pilot.press("space")
    await sees(pilot, app, "U Ask all")
    await pilot.press(key)
    assert app.main.documents.ticked == frozenset()
    await until(pilot, lambda: "U Ask all" not in screen_text(app))


@checks("DocumentsPane", "documents.close")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    other = paged("folder/other.pdf", [["Nothing of use."]])
    app.questions.handle(DocumentOpened(other))
    app.questions.handle(DocumentOpened(paged("folder/third.pdf", [["Nothing either."]])))
    app.main.documents.focus()
    await pilot.pause()
    app.main.documents.set_current(other.name)
    await pilot.press("enter")
    assert app.main.page.document is other
    app.main.documents.focus()
    await pilot.press(key)
    await sees(pilot, app, "Closed other.pdf. To open it again: O, Enter.")
    assert other.name not in app.main.documents.rows and app.main.page.document is not other
    await pilot.press("O")
    await sees(pilot, app, "other.pdf  folder · closed just now")
    await pilot.press("enter")
    assert not app.questions.loader.closed and app.questions.loader.paths == (other.name,)


async def test_a_folder_is_ticked_and_closed_as_a_whole(stage: Pilot[Any]) -> None:
    app: Any = stage.app
    for name in ("laws/a.pdf", "laws/old/b.pdf"):
        app.questions.handle(DocumentOpened(paged(name, [["Nothing of use."]])))
    app.main.documents.focus()
    await stage.pause()
    app.main.documents.set_current("laws/a.pdf")
    await stage.press("k", "space")
    await sees(stage, app.main.documents, "◉ laws/")
    assert app.main.documents.ticked == {"laws/a.pdf", "laws/old/b.pdf"}
    await sees(stage, app, "asking 2 of 3")
    await stage.press("delete")
    await sees(stage, app, "Closed 2 documents.")
    assert [name for name in app.main.documents.rows if name.startswith("laws")] == []
    assert "asking" not in screen_text(app)


@checks("DocumentsPane", "documents.next", "documents.previous", "documents.read")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    other = paged("other.pdf", [["Nothing of use."]])
    app.questions.handle(DocumentOpened(other))
    app.main.documents.focus()
    keys = list(app.main.documents.rows)
    app.main.documents.set_current(VOYAGE.name)
    if key == "enter":
        await pilot.press(key)
        assert app.main.page.has_focus
        await sees(pilot, app.main.page, "Line 1 of the log.")
        return
    app.main.documents.set_current(keys[1])
    await pilot.press("k")
    assert app.main.page.document is VOYAGE
    await pilot.press(*(["k"] * len(keys)), *(["j"] * len(keys)))
    assert app.main.page.document is other
    await pilot.press(key, *(["k"] * len(keys)))
    assert app.main.page.document is VOYAGE


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


@checks("MainScreen", "page.next_match", "page.previous_match")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    page = app.main.page
    await until(pilot, lambda: in_view(app))
    page.go_to(VOYAGE, 0)
    page.find("Line 5")
    await until(pilot, lambda: "1 of 11" in str(page.border_subtitle))
    await pilot.press(key)  # With any focus.
    await sees(pilot, app, "“Line 5” 2 of 11" if key == "n" else "“Line 5” 11 of 11")
    await pilot.press("n" if key == "N" else "N")
    await sees(pilot, app, "“Line 5” 1 of 11")
    page.find("")
    await pilot.press("n")  # Without a search, it does nothing.
    assert app.main.answers.selected.text == NAMES[0]


@checks("MainScreen", "app.leave")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    await sees(pilot, app, "Press q again to quit")
    await pilot.press("y")  # Whatever is said next takes it back.
    await sees(pilot, app, "Copied: Knut Dyrnes")
    await pilot.press(key)
    await sees(pilot, app, "Press q again to quit")
    assert app.is_running
    await pilot.press(key)
    assert not app.is_running


@checks("MainScreen", "document.find")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert app.main.line.find.has_focus and not app.main.question.display
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
    for page in ("1", "2"):  # Page 2 starts within the view, below the end of page 1.
        await type_in(pilot, page)
        await pilot.press("enter")
        await sees(pilot, app, f"voyage.pdf · page {page} of 2")
        assert app.main.page.has_focus
        await pilot.press(key)
    await pilot.press("escape", "home")
    await sees(pilot, app, "voyage.pdf · page 1 of 2")  # After scrolling, it is the page at the top again.


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
    await sees(pilot, app, "Earlier questions")
    await type_in(pilot, "master")
    await pilot.press("enter")
    assert app.main.question.value == "Who was the master?" and app.main.question.has_focus


@checks("DocqaApp", "documents.open")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    Path("crew.txt").touch()
    await pilot.press(key)
    await sees(pilot, app, "crew.txt")
    await pilot.press("enter")
    assert app.questions.loader.paths == ("crew.txt",) and app.started.count("opening") == 2
    assert "voyage.pdf" in app.main.documents.rows  # Still open.


@checks("PickScreen", "pick.mark", "pick.mark_row")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    for name in ("crew.txt", "diary.txt", "log.txt"):
        Path(name).touch()
    await pilot.press("O")
    await sees(pilot, app, "log.txt")
    await pilot.press(key, key, "up", key)  # The second is marked and unmarked.
    await sees(pilot, app, "✓ crew.txt")
    await sees(pilot, app, "3 files · 1 marked")
    await pilot.press("enter")
    assert app.questions.loader.paths == ("crew.txt",)


@checks("PickScreen", "pick.instead")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    Path("crew.txt").touch()
    await pilot.press("O")
    await sees(pilot, app, "crew.txt")
    await pilot.press(key)
    assert app.questions.loader.paths == ("crew.txt",) and app.started.count("opening") == 2
    assert "voyage.pdf" not in app.main.documents.rows
    await sees(pilot, app.main.answers, "Knut Dyrnes")  # The earlier answers are kept.


@checks("RestoreScreen", "restore.take", "restore.leave")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    taken: list[bool | None] = []
    app.push_screen(RestoreScreen(Unfinished(questions=(SessionQuestion(0, "Who?"),))), taken.append)
    await sees(pilot, app, "Enter restores the session · Esc discards it")
    await pilot.press(key)
    assert taken == [key == "enter"]


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
    assert [text.partition(":")[0] for text in said(app)] == (["Written"] if key == "enter" else [])


@checks("MainScreen", "document.evidence")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert app.main.evidence.has_focus
    await sees(pilot, app, "part 4 of 4 · number 3 in the search · best answer 10%, very unlikely")


@checks("EvidenceStrip", "evidence.next", "evidence.previous", "evidence.best")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press("v", "h", "h")
    await sees(pilot, app, "part 2 of 4 · number 4 in the search · not searched · x searches all")
    await pilot.press(key)
    number = 1 if key in {"h", "left"} else 3
    await sees(pilot, app, f"part {number} of 4")
    line = VOYAGE.text.index("Line", (number - 1) * VOYAGE.body_end // 4)
    await sees(pilot, app.main.page, VOYAGE.text[line : line + 18])


@checks("MainScreen", "answers.location")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    asked = await ask(pilot, "Which lines?")
    found = [answer(VOYAGE, "Line 7 of", 0.9, 1, also=["Line 55 of", "The cook"])]
    app.questions.handle(AnswersFound(asked, result(asked.question, found)))
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


@checks("FindInput", "find.all")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press("slash", "a", key)
    assert app.main.line.find.value == "a/"  # It is typed, once there is something else.
    await pilot.press("escape", "slash", key)
    assert isinstance(app.screen, FindAllScreen)


async def _find_all(pilot: Pilot[Any], app: Any) -> FindAllScreen:
    """Find "line 5" in two documents, of which each has it once."""
    app.questions.handle(DocumentOpened(paged("crew.txt", [["The mate signed on Line 5."]])))
    await pilot.press("slash", "slash")
    await type_in(pilot, "line 5")
    await sees(pilot, app, "2 hits in 2 of 2 documents")
    screen = app.screen
    assert isinstance(screen, FindAllScreen)
    return screen


def _selected(screen: FindAllScreen) -> str:
    current = screen.found.current
    assert current is not None
    return current[0].document.text[slice(*current[1].passage)]


@checks("FindAllScreen", *(f"hits.{name}" for name in ("down", "up", "page_down", "page_up")))
@checks("FindAllScreen", "hits.next_document", "hits.previous_document")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    screen = await _find_all(pilot, app)
    ahead, back = "The mate signed on Line 5.", "Line 5 of the log."
    if key not in {"down", "pagedown", "tab"}:
        await pilot.press("down")
    await pilot.press(key)
    assert _selected(screen) == (ahead if key in {"down", "pagedown", "tab"} else back)
    await pilot.press(key, key)  # At the end it stops.
    assert _selected(screen) == (ahead if key in {"down", "pagedown", "tab"} else back)


@checks("FindAllScreen", "hits.mode")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _find_all(pilot, app)
    await sees(pilot, app, "words in any form")
    await pilot.press(key)
    await sees(pilot, app, "exact text")
    await sees(pilot, app, "12 hits in 2 of 2 documents")  # Also "Line 50", and so on.
    await pilot.press(key, "backspace")
    await type_in(pilot, "[67] of")
    await sees(pilot, app, "regular expression")
    await sees(pilot, app, "2 hits in 1 of 2 documents")
    await pilot.press(key)
    await sees(pilot, app, "words in any form")


@checks("FindAllScreen", "hits.choose", "hits.close")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _find_all(pilot, app)
    if key == "escape":
        await pilot.press(key)
        assert app.screen is app.main and app.main.page.document is VOYAGE
        return
    await pilot.press("tab", key)
    await sees(pilot, app, "crew.txt · page 1 of 1")
    await sees(pilot, app, "“line 5” 1 of 1")
    assert app.main.page.has_focus


@checks("MainScreen", "hits.back")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    screen = await _find_all(pilot, app)
    await pilot.press("tab", "enter")
    for back in (key, "b"):
        await sees(pilot, app, "“line 5” 1 of 1")
        await pilot.press(back)
        await sees(pilot, app, "2 hits in 2 of 2 documents")
        screen = app.screen
        assert isinstance(screen, FindAllScreen)
        assert _selected(screen) == "The mate signed on Line 5."  # Where one was.
        await pilot.press("enter")
    await ask(pilot, "Who else?")
    await pilot.press("escape")  # Cancels the question, as always.
    assert app.screen is app.main and app.questions.shown.state is QuestionState.CANCELLED


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


@checks("MainScreen", "document.select")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert app.main.line.selecting.has_focus and not app.main.question.display
    await sees(pilot, app, "“Knut”  Enter right answer · y copy · v extend · Esc cancel")
    await sees(pilot, app, "1 word selected · page 2, line 1")
    app.main.answers.list.focus()
    await pilot.press(key)  # The selection is kept.
    assert app.main.line.selecting.has_focus and app.main.page.selection.text == "Knut"


@checks("SelectionLine", "select.right", "select.copy", "select.cancel")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press("s", "v", "l", key)
    await until(pilot, lambda: app.main.page.selection is None and app.main.answers.list.has_focus)
    assert app.main.question.display and not app.main.line.selecting.display
    if key == "enter":
        await sees(pilot, app.main.answers, "✓ you marked this right")
        await until(pilot, corrections.load)
    assert [one.answer for one in corrections.load()] == (["Knut Dyrnes"] if key == "enter" else [])
    assert app.clipboard == ("Knut Dyrnes (voyage.pdf, page 2, line 1, Crew)" if key == "y" else "")


@checks("SelectionLine", "select.extend", "select.swap")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press("s", "v" if key == "o" else key, "l")
    assert app.main.page.selection.text == "Knut Dyrnes"
    await sees(pilot, app, "o other end")
    await pilot.press(key, "h")
    assert app.main.page.selection.text == ("was Knut Dyrnes" if key == "o" else "Knut")


@checks("SelectionLine", *(f"select.{name}" for name in ("next", "previous", "down", "up", "first", "last")))
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press("right_square_bracket", "s", key)
    after = {"l": "Bellandi", "right": "Bellandi", "h": "was", "left": "was"}
    after |= {"j": "carpenter", "down": "carpenter", "k": "Knut", "up": "Knut"}
    after |= {"0": "The", "home": "The", "dollar_sign": ".", "end": "."}
    assert app.main.page.selection.text == after[key]


@checks("MainScreen", "answers.compare")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert app.screen is app.main  # A single document can't be compared.
    await _compare(pilot, app)
    await sees(pilot, app.main.answers, "≠ another answer in 1 document · D")
    await pilot.press(key)
    assert isinstance(app.screen, AgreementScreen)
    await sees(pilot, app, "Who was aboard?")
    await sees(pilot, app, "»Greta Foss«")


@checks("AgreementScreen", "agreement.close", "agreement.choose", "agreement.next", "agreement.previous")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _compare(pilot, app)
    await pilot.press("D")
    first, second = app.screen.query(AnswerCard)
    assert first.has_focus
    ahead, back = key in {"l", "j", "right", "down"}, key in {"h", "k", "left", "up"}
    await pilot.press(*["l", key] if back else [key])
    if ahead or back:
        assert (second if ahead else first).has_focus
        await pilot.press("enter")
    await until(pilot, lambda: app.screen is app.main)
    assert app.main.page.document.name == ("crew.txt" if ahead else "voyage.pdf")


@checks("AgreementScreen", "agreement.rest")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _compare(pilot, app)
    await pilot.press("D")
    await sees(pilot, app, "3 of 4 passages searched · x searches the rest")
    await pilot.press(key)
    asked = app.questions.shown
    assert app.screen is app.main and asked.state is QuestionState.READING
    assert asked.entirely == {"voyage.pdf"} and not asked.exhaustive


async def _compare(pilot: Pilot[Any], app: Any) -> None:
    """Open a second document with a different answer."""
    other = paged("crew.txt", [["The mate was Greta Foss."]])
    app.questions.handle(DocumentOpened(other))
    best = (answer(VOYAGE, NAMES[0], 0.9, 1), answer(other, "Greta Foss", 0.6, 1))
    app.questions.shown.state = QuestionState.READING
    app.questions.handle(
        AnswersFound(app.questions.shown, app.questions.shown.result, app.questions.shown.evidence, best)
    )
    await until(pilot, lambda: app.questions.shown.best)
    app.questions.shown.state = QuestionState.DONE


@checks("HelpScreen", "help.close", "help.toggle")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press("question_mark")
    assert isinstance(app.screen, HelpScreen)
    await type_in(pilot, "citation copy")
    await sees(pilot, app, "Copy the answer with its citation")
    await until(pilot, lambda: "Mark the answer as right" not in screen_text(app))
    await pilot.press(key)
    if key == "escape":  # First it shows all keys again.
        await sees(pilot, app, "Go to the question input")
        await type_in(pilot, "^r")
        await sees(pilot, app, "Choose an earlier question")
        await pilot.press(key, key)
    assert app.screen is app.main


@checks("HelpScreen", "help.down", "help.up", "help.page_down", "help.page_up")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press("question_mark")
    await sees(pilot, app, "Go to the question input")
    box = app.screen.query_one("#help VerticalScroll")
    await pilot.press("down" if key in {"down", "up"} else "pagedown")
    await until(pilot, lambda: box.scroll_offset.y == (1 if key in {"down", "up"} else box.size.height - 1))
    if key in {"up", "pageup"}:
        await pilot.press(key)
        await until(pilot, lambda: box.scroll_offset.y == 0)


async def test_keys_that_come_together_act_in_their_order(stage: Pilot[Any]) -> None:
    app: Any = stage.app
    for key in ("y", "i", "y"):
        app.post_message(events.Key(key, key))
    await until(stage, lambda: app.main.question.value == "y")
    assert app.clipboard.startswith("Knut Dyrnes (")


async def test_the_help_has_every_key(stage: Pilot[Any]) -> None:
    await stage.resize_terminal(100, 300)
    await stage.press("question_mark")
    await stage.pause()
    shown = pane_text(stage.app.screen.query_one("#help"))
    for owner, binding in EVERY:
        if owner != "HelpScreen":  # Shown in its border.
            assert binding.tooltip in shown, owner


@pytest.mark.parametrize("width", [50, 80, 120])
async def test_no_key_at_the_foot_is_cut_off_and_that_of_the_help_stays(stage: Pilot[Any], width: int) -> None:
    app: Any = stage.app
    words = {binding.description for _, binding in EVERY}
    await stage.resize_terminal(width, 30)
    await until(stage, lambda: app.main.query_one(FittingFooter)._fitted_width == width)
    await stage.pause()
    last = screen_text(app).rstrip().split("\n")[-1]
    assert "? Keys" in last and len(last.rstrip()) <= width
    offered = {part.partition(" ")[2] for part in last.strip().split("  ")}
    assert offered <= words, offered


async def test_keys_that_would_do_nothing_are_not_offered() -> None:
    app = StillApp()
    async with app.run_test(size=(160, 30)) as pilot:
        await pilot.press("tab")
        await pilot.pause()
        last = screen_text(app).rstrip().split("\n")[-1]
        assert "Ask" in last and "Quit" in last
        assert not any(word in last for word in ("Copy", "Search all", "Reopen", "Next"))


async def test_the_footer_follows_check_action_for_any_key() -> None:
    class Extended(StillApp):
        BINDINGS = (Binding("f9", "extra", "Extra"),)
        extra_does_something = False

        def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
            return self.extra_does_something if action == "extra" else super().check_action(action, parameters)

    app = Extended()
    async with app.run_test(size=(160, 30)) as pilot:
        await sees(pilot, app, "^q Quit")
        assert "f9 Extra" not in screen_text(app)
        app.extra_does_something = True
        app.update()
        await sees(pilot, app, "f9 Extra")


async def _matrix(pilot: Pilot[Any], app: Any) -> MatrixScreen:
    """Open the matrix, with an answer in its first cell, and none in the second."""
    app.matrix.controller.cells.documents = (VOYAGE,)
    await pilot.press("t")
    screen = app.screen
    assert isinstance(screen, MatrixScreen)
    cells = app.matrix.controller.cells
    assert cells.questions == ["Who was the master?", "Who was aboard?"]
    for row, names in enumerate(([], NAMES[1:2])):
        cell = cells.cell(row, 0)
        cell.result = result(cell.question, [answer(VOYAGE, name, 0.8, 1) for name in names])
        cell.state = QuestionState.DONE
    screen.show()
    screen.query_one(MatrixTable).go_to(1, 0)
    await sees(pilot, app, "Matteo Bellandi")
    return screen


@checks("DocqaApp", "matrix.open")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await pilot.press(key)
    assert isinstance(app.screen, MatrixScreen)
    await sees(pilot, app, "2 questions   1 document")


@checks("MatrixScreen", "matrix.go")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    screen = await _matrix(pilot, app)
    await pilot.press(key)
    assert app.screen is app.main and app.main.page.has_focus
    await sees(pilot, app.main.answers, "Matteo Bellandi")
    await pilot.press("b")
    assert app.screen is screen and screen.query_one(MatrixTable).place == (1, 0)


@checks("MatrixScreen", "matrix.right", "matrix.wrong")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _matrix(pilot, app)
    await pilot.press(key)
    if key == "w":
        await sees(pilot, app, "Right answer to: Who was aboard?")
        await type_in(pilot, "Jens Ulriksen")
        await sees(pilot, app, "voyage.pdf, page 2, line 3")
        await pilot.press("enter")
    await until(pilot, corrections.load)
    assert [(one.question, one.answer) for one in corrections.load()] == [
        ("Who was aboard?", NAMES[1] if key == "c" else NAMES[2])
    ]
    await sees(pilot, app, "✓ p. 2" if key == "c" else "✎ p. 2")


@checks("MatrixScreen", "matrix.add")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _matrix(pilot, app)
    await pilot.press(key)
    await type_in(pilot, "Why?")
    await pilot.press("enter")
    await sees(pilot, app, "3 questions   1 document")
    assert app.screen.query_one(MatrixTable).place == (2, 0)


@checks("MatrixScreen", "matrix.remove")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _matrix(pilot, app)
    await pilot.press(key)
    assert app.matrix.controller.cells.questions == ["Who was the master?"]


@checks("MatrixScreen", "matrix.bring_back")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _matrix(pilot, app)
    before = list(app.matrix.controller.cells.questions)
    await pilot.press("delete")
    assert len(app.matrix.controller.cells.questions) == len(before) - 1
    await pilot.press(key)
    assert app.matrix.controller.cells.questions == before


@checks("MatrixScreen", "matrix.read")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _matrix(pilot, app)
    await pilot.press(key)
    cell = app.matrix.controller.cells.cell(1, 0)
    assert cell.exhaustive and cell.state is QuestionState.QUEUED


@checks("MatrixScreen", "matrix.export")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _matrix(pilot, app)
    await pilot.press(key)
    await sees(pilot, app, "Export 2 questions")
    app.screen.focused.value = "matrix.csv"
    await pilot.press("enter")
    assert 'Matteo Bellandi,"page 2, line 2' in Path("matrix.csv").read_text(encoding="utf-8-sig")


@checks("MatrixScreen", "matrix.save", "matrix.load")
@checks("MatrixLine", "matrix.accept", "matrix.leave_line")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    screen = await _matrix(pilot, app)
    if key == "L":
        question_sets.save("crew", "Who cooked?")
        await pilot.press(key)
        await type_in(pilot, "crew")
        await pilot.press("enter")
        await sees(pilot, app, "set crew   1 question")
        return
    await pilot.press("S")
    await type_in(pilot, "crew")
    await pilot.press("escape" if key == "escape" else "enter")
    assert screen.query_one(MatrixTable).has_focus
    assert question_sets.names() == ([] if key == "escape" else ["crew"])


@checks("MatrixScreen", "matrix.resume", "matrix.close", "matrix.leave")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    screen = await _matrix(pilot, app)
    await pilot.press("i")
    await type_in(pilot, "Why?")
    await pilot.press("enter", "escape")
    await sees(pilot, app, "2 of 3 · Esc stops")
    if key in {"t", "q"}:
        await pilot.press(key)
        assert app.screen is app.main and not app.matrix.controller.stopped
        return
    await pilot.press("escape")
    await sees(pilot, app, "2 of 3 · stopped, r resumes")
    await pilot.press(key)
    assert app.matrix.controller.stopped is (key == "escape")
    assert (app.screen is screen) is (key == "r")


@checks("MatrixScreen", "matrix.copy", "matrix.quote")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _matrix(pilot, app)
    await pilot.press(key)
    copied = "Matteo Bellandi (" if key == "y" else "The cook was Matteo Bellandi.” ("
    assert app.clipboard.endswith(f"{copied}voyage.pdf, page 2, line 2, Crew)")
    assert app.clipboard.startswith("“") is (key == "Y")


@checks("MatrixScreen", "matrix.help")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    await _matrix(pilot, app)
    await pilot.press(key)
    assert isinstance(app.screen, HelpScreen)


@checks("MatrixTable", "cells.down", "cells.up", "cells.top", "cells.bottom", "cells.page_down", "cells.page_up")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    screen = await _matrix(pilot, app)
    app.matrix.controller.cells.add(f"Question {number}?" for number in range(40))
    screen.show()
    table = screen.query_one(MatrixTable)
    table.go_to(20, 0)
    await pilot.press(key)
    row, _ = table.place
    ends = {"g": 0, "G": 41, "j": 21, "down": 21, "k": 19, "up": 19}
    assert row == ends[key] if key in ends else (row > 20) is (key == "pagedown") and row != 20


@checks("MatrixTable", "cells.left", "cells.right", "cells.first", "cells.last")
async def _(pilot: Pilot[Any], app: Any, key: str) -> None:
    screen = await _matrix(pilot, app)
    documents = tuple(replace(VOYAGE, name=f"{number}.pdf", sha256=str(number) * 64) for number in range(9))
    app.matrix.controller.cells.documents = documents
    screen.show()
    table = screen.query_one(MatrixTable)
    table.go_to(1, 4)
    await pilot.press(key)
    assert table.place == (1, {"h": 3, "left": 3, "l": 5, "right": 5, "home": -1, "end": 8}[key])
