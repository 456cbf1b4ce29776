"""`docqa ask --inline`: the app below the prompt, its keys, and its output."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from support.engines import Engines
from support.stage import Gate, NoCollection, answer, paged, result, type_in, until
from textual.binding import Binding
from textual.pilot import Pilot

from docqa import tui
from docqa.cli import main
from docqa.config import Settings
from docqa.errors import DocqaError
from docqa.tui.inline import InlineApp
from docqa.tui.state.session import QuestionState
from docqa.tui.workers import events
from docqa.userdata import history

SIZE = (80, 24)
LOG = paged("voyage.pdf", [["The mate was Knut Dyrnes.", "The [b]cook was Matteo Bellandi."]])
NAMES = ("Knut Dyrnes", "Matteo Bellandi")


def text(app: InlineApp) -> str:
    """Return the screen's text, its lines joined by spaces."""
    strips = app.screen._compositor.render_strips()
    return " ".join(" ".join("".join(segment.text for segment in strip) for strip in strips).split())


async def shows(pilot: Pilot[Any], part: str) -> None:
    app = pilot.app
    assert isinstance(app, InlineApp)
    await until(pilot, lambda: part in text(app), f"{part!r} on the screen")


class Still(InlineApp):
    """The inline app without its workers; tests pass their events to `questions.handle`."""

    def __init__(self) -> None:
        super().__init__([], Settings())

    def start(self, group: str, work: Callable[[], None]) -> None:
        """Don't start any worker."""


class Opened(NoCollection):
    opened = (LOG,)
    documents = (LOG,)
    failures = ()


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The inline app showing a question with two answers."""
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path))
    app = Still()
    async with app.run_test(size=SIZE) as pilot:
        app.questions.handle(events.DocumentsOpened(Opened()))  # type: ignore[arg-type]
        await pilot.pause()
        await type_in(pilot, "Who was aboard?")
        await pilot.press("enter")
        asked = app.questions.session.running
        assert asked is not None
        found = [answer(LOG, name, 0.9 - i / 10, i + 1) for i, name in enumerate(NAMES)]
        app.questions.handle(events.AnswersFound(asked, result("Who was aboard?", found)))
        app.questions.handle(events.QuestionAnswered(asked))
        await shows(pilot, "▸ 1 The mate was Knut Dyrnes. page 1, line 1")
        yield pilot


Check = Callable[[Pilot[Any], Any, str], Awaitable[None]]
CHECKS: dict[str, Check] = {}


def checks(name: str) -> Callable[[Check], Check]:
    def register(check: Check) -> Check:
        CHECKS[name] = check
        return check

    return register


@pytest.mark.parametrize("binding", Binding.make_bindings(InlineApp.BINDINGS), ids=lambda b: f"{b.id}-{b.key}")
async def test_the_key_does_what_the_page_of_keys_says(stage: Pilot[Any], binding: Binding) -> None:
    assert binding.id and binding.tooltip
    await CHECKS[binding.id](stage, stage.app, binding.key)


@checks("question.focus")
async def _(pilot: Pilot[Any], app: Still, key: str) -> None:
    await pilot.press(key, "a", "n", "y")
    assert app.question.value == "any"
    await pilot.press("enter")
    assert app.questions.shown is not None and app.questions.shown.question == "any"
    assert app.focused is None


@checks("answers.next")
async def _(pilot: Pilot[Any], app: Still, key: str) -> None:
    await pilot.press(key)
    await shows(pilot, "▸ 2 The [b]cook was Matteo Bellandi.")
    await pilot.press(key)
    await shows(pilot, "▸ 2 The [b]cook was Matteo Bellandi.")


@checks("answers.previous")
async def _(pilot: Pilot[Any], app: Still, key: str) -> None:
    await pilot.press("j", key)
    await shows(pilot, "▸ 1 The mate was Knut Dyrnes. page 1, line 1")


@checks("answers.copy")
async def _(pilot: Pilot[Any], app: Still, key: str) -> None:
    await pilot.press("j", key)
    assert app.clipboard == "Matteo Bellandi (voyage.pdf, page 1, line 2)"
    await shows(pilot, "Copied: Matteo Bellandi")


@checks("question.read_all")
async def _(pilot: Pilot[Any], app: Still, key: str) -> None:
    await pilot.press(key)
    assert app.questions.session.running is app.questions.shown
    assert app.questions.session.running.exhaustive
    await shows(pilot, "▸ 1 The mate was Knut Dyrnes. page 1, line 1")


@checks("app.cancel")
async def _(pilot: Pilot[Any], app: Still, key: str) -> None:
    await pilot.press("i", "w", "h", "o", "enter")
    await shows(pilot, "» searching")
    await pilot.press(key)
    await shows(pilot, "■ cancelled")
    await pilot.press("i")
    assert app.focused is app.question
    await pilot.press(key)
    assert app.is_running and app.focused is None
    await pilot.press(key)
    assert not app.is_running


@checks("inline.quit")
async def _(pilot: Pilot[Any], app: Still, key: str) -> None:
    await pilot.press(key)
    assert not app.is_running
    assert [one.question for one in app.questions.session.results] == ["Who was aboard?"]


@checks("inline.interrupt")
async def _(pilot: Pilot[Any], app: Still, key: str) -> None:
    await pilot.press("i", key)
    assert not app.is_running
    assert app.interrupted


async def test_keys_that_do_nothing_now_are_not_in_the_footer(stage: Pilot[Any]) -> None:
    await shows(stage, "⏎ Ask ] Next [ Previous y Copy x Search all esc Leave")
    await stage.press("i")
    await shows(stage, "↑ Earlier ⏎ Ask esc Leave")
    assert "n Next" not in text(stage.app)  # type: ignore[arg-type]


async def test_many_answers_take_sixteen_rows_at_most(stage: Pilot[Any]) -> None:
    app = stage.app
    assert isinstance(app, Still)
    many = paged("many.txt", [[f"Number {n} of them." for n in range(30)]])
    found = [answer(many, f"Number {n}", 0.9, n + 1) for n in range(9)]
    await stage.press("i", "h", "enter")
    app.questions.handle(events.AnswersFound(app.questions.session.running, result("h", found)))
    app.questions.handle(events.QuestionAnswered(app.questions.session.running))
    await shows(stage, "▸ 1 Number 0")
    for _ in found:
        await stage.press("right_square_bracket")
    await shows(stage, "▸ 9 Number 8")
    assert app.answers.region.bottom <= 15
    assert app.screen._get_inline_height(app.size) <= 16


async def test_a_question_that_was_given_is_asked_at_once_of_a_real_document(engines: Engines, lighthouse: str) -> None:
    app = engines.inline([lighthouse], Settings(threshold=0), question="Who was the keeper in 1911?")
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "▸ 1 The keeper in 1911 was Tobias Wren, who lived there")
        await shows(pilot, "line 6")
        await until(pilot, lambda: app.questions.shown is not None and app.questions.shown.state is QuestionState.DONE)
    (done,) = app.questions.session.results
    assert done.answers[0].text == "Tobias Wren"
    assert history.entries()[-1].question == "Who was the keeper in 1911?"


async def test_a_question_waits_until_the_documents_are_open(
    engines: Engines, lighthouse: str, held_opening: Gate
) -> None:
    app = engines.inline([lighthouse], Settings(threshold=0, cache=False))
    before = len(history.entries())
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "Opening the documents")
        await type_in(pilot, "Who was the engineer?")
        await pilot.press("enter")
        await shows(pilot, "waiting for the documents to open")
        held_opening.pass_on.set()
        await shows(pilot, "by the engineer Ada Marsh. line 3")
    assert len(history.entries()) == before, "with --no-cache no question is kept"


async def test_what_could_not_be_opened_is_told_and_the_rest_is_asked(engines: Engines, lighthouse: str) -> None:
    app = engines.inline([lighthouse, "nowhere.pdf"], Settings(threshold=0))
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "✗ 1 could not be opened")
        await type_in(pilot, "Who was the engineer?")
        await pilot.press("enter")
        await shows(pilot, "by the engineer Ada Marsh. line 3")
    assert app.questions.collection is not None
    assert [failure.error.message for failure in app.questions.collection.failures] == ["nowhere.pdf does not exist"]


@pytest.mark.parametrize("reader", ["", "no-such-reader"])
async def test_where_nothing_can_be_opened_it_leaves_and_says_why(reader: str, engines: Engines) -> None:
    app = engines.inline(["nowhere.pdf"], Settings(reader=reader))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: not app.is_running)
    if reader:
        assert app.questions.failure is not None and reader in app.questions.failure.message
    else:
        assert app.questions.collection is not None and app.questions.collection.failures


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Who?", "README.md", "--questions", "q.txt"], "--inline and --questions cannot be combined"),
        (["Who?"], "no document given"),
        (["Who?", "-"], "--inline needs standard input for the keyboard"),
        (["README.md"], "--inline needs a terminal"),
    ],
)
def test_a_mistake_is_told_with_its_remedy(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(__file__).parent.parent.parent)
    assert main.main(["ask", "--inline", *arguments]) == 2
    printed, errors = capsys.readouterr()
    assert errors.startswith(f"docqa: {message}") and "hint:" in errors
    assert printed == ""


def test_on_windows_the_remedy_is_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(DocqaError, match="doesn't work on Windows") as error:
        tui.ask_inline(["a.txt"], Settings())
    assert "docqa open" in error.value.hint
