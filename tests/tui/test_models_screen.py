"""The models screen: details, pulling from a local hub, deleting, comparing."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import tiny_models
from support.engines import Engines
from support.local_hub import Hub
from support.stage import Gate, NoCollection, StillApp, answer, ask_and_wait, paged, result, sees, type_in, until
from textual.pilot import Pilot
from textual.widgets import Static

from docqa import files
from docqa.config import Settings
from docqa.models import hub_download, registry
from docqa.models.metadata import read_json
from docqa.models.registry import ModelKind
from docqa.progress import Progress
from docqa.tui.app import DocqaApp
from docqa.tui.screens.comparison import ComparisonScreen
from docqa.tui.screens.confirm import ConfirmScreen
from docqa.tui.screens.models import ModelsScreen
from docqa.tui.state.comparison import ComparedQuestion, cell, difference, right_answers, summary
from docqa.tui.widgets.table import RowTable
from docqa.tui.workers.events import DocumentsOpened, EngineStarted
from docqa.tui.workers.model_pull import TransferRate
from docqa.userdata import corrections

WIDE = (160, 45)
REPO = "someone/lighthouse-reader"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_TOKEN", "")
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # Nothing listens there.
    return tmp_path / "home"


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tiny_models.make_reader(
        tmp_path_factory.mktemp("published"), "The lighthouse was built in 1874 by Ada Marsh."
    )
    (folder / "docqa.json").write_text('{"calibration": {"scale": 0.5}}')
    return folder


@pytest.fixture
def served(published: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with Hub() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.address)
        running.add(REPO, published)
        yield running


def own_reader(name: str = "harbour", folder: Path | None = None) -> Path:
    """Install a reader that looks like one trained by docqa."""
    copied = shutil.copytree(
        folder or registry.find("bundled", ModelKind.READER).folder, registry.models_dir() / "reader" / name
    )
    metadata = read_json(copied)
    scores = {"test": {"exact": 71.25, "f1": 80.5, "total": 234}}
    training = {"base": {"name": "bundled"}, "metrics": {"before": None, "after": scores}}
    files.write_json_object(copied / "docqa.json", metadata | {"training": training})
    return copied


async def show(pilot: Pilot[Any]) -> ModelsScreen:
    """Open the models screen."""
    app = pilot.app
    assert isinstance(app, DocqaApp)
    if isinstance(app, StillApp):
        app.questions.handle(EngineStarted("bundled", "bundled"))
    app.main.answers.list.focus()
    await pilot.press("M")
    await sees(pilot, app, "bundled")
    screen = app.screen
    assert isinstance(screen, ModelsScreen)
    return screen


async def pull(pilot: Pilot[Any], repo: str) -> None:
    """Enter a repository to pull."""
    await pilot.press("p")
    await type_in(pilot, repo)
    await sees(pilot, pilot.app, f"{repo}  a repository on the Hugging Face Hub")  # type: ignore[arg-type]
    await pilot.press("enter")


def message_of(screen: ModelsScreen | ComparisonScreen) -> Any:
    return screen.query_one("#message")


# --- the list ---


async def test_each_model_is_listed_with_what_is_known_of_it(own_home: Path) -> None:
    own_reader()
    broken = own_reader("broken")
    (broken / "docqa.json").write_text("[]")
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot)
        await sees(pilot, app, "✓ in use  bundled")
        rows = {row.key: row.cells for row in screen.query_one(RowTable)._shown}
        assert list(rows) == ["reader/bundled", "reader/broken", "reader/harbour", "encoder/bundled"]
        assert rows["reader/harbour"][1:] == (
            "harbour",
            "reader",
            "trained",
            rows["reader/bundled"][4],
            "71.2 / 80.5",
            "20%",
            "bundled",
        )
        assert rows["reader/broken"][0] == "! broken"
        await pilot.press("j")
        await sees(pilot, screen.query_one("#about"), "docqa.json should contain a JSON object")
        await pilot.press("j")
        await sees(pilot, app, "EM / F1 after training: 71.2 / 80.5, on 234 held-out questions")
        await sees(pilot, app, "No answer below a probability of 20%")


async def test_a_reader_that_the_settings_name_is_replaced_for_the_session(own_home: Path) -> None:
    folder = own_reader()
    app = StillApp()
    app.questions.settings = Settings(reader=str(folder))
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot)
        await pilot.press("j", "enter")
        await until(pilot, lambda: app.questions.settings.reader == "harbour")
        assert [n.message for n in app._notifications] == [
            f"For this session only: the settings name {folder} as the reader."
        ]


async def test_a_model_that_is_deleted_while_in_use_gives_way_to_the_bundled_one(own_home: Path) -> None:
    own_reader()
    registry.use("harbour", ModelKind.READER)
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot)
        app.questions.handle(EngineStarted("harbour", "bundled"))
        app.questions.handle(DocumentsOpened(NoCollection()))  # type: ignore[arg-type]
        await sees(pilot, app, "✓ in use  harbour")
        screen.query_one(RowTable).move_cursor(row=1)
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await sees(pilot, app.screen.query_one(Static), "This can't be undone.")
        await pilot.press("y")
        await until(pilot, lambda: app.started.count("opening") == 2)
        assert registry.chosen(ModelKind.READER) == "bundled"
        assert [model.name for model in registry.installed(ModelKind.READER)] == ["bundled"]


# --- pulling ---


async def test_a_model_is_pulled_and_used(served: Hub, own_home: Path) -> None:
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot)
        await pilot.press("p")
        await type_in(pilot, REPO)
        await sees(pilot, app, f"{REPO}  a repository on the Hugging Face Hub")
        assert not served.requests  # No requests while typing.
        await pilot.press("enter")
        await sees(pilot, message_of(screen), "Pulled the reader lighthouse-reader. Press Enter to use it.")
        await until(pilot, lambda: screen.query_one(RowTable).chosen == "reader/lighthouse-reader")
        await sees(pilot, app, f"Reader pulled from {REPO}")
        await pilot.press("enter")
        await sees(pilot, message_of(screen), "Now using the reader lighthouse-reader.")
        assert registry.chosen(ModelKind.READER) == "lighthouse-reader"


async def test_a_pull_is_cancelled_and_goes_on_from_there(
    served: Hub, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, check = Gate(), hub_download.check_space

    def held(repo: hub_download.Repository, needed: int) -> None:
        gate.hold(repo.monitor)
        check(repo, needed)

    monkeypatch.setattr(hub_download, "check_space", held)
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot)
        await pull(pilot, REPO)
        await until(pilot, gate.reached.is_set)
        await pilot.press("p")
        await sees(pilot, message_of(screen), "Another pull is running")
        await pilot.press("escape")
        await sees(pilot, message_of(screen), f"Cancelled pulling {REPO}. Press p to continue")
        assert app.screen is screen and len(registry.installed(ModelKind.READER)) == 1
        gate.pass_on.set()
        before = served.sent["config.json"]
        await pull(pilot, REPO)
        await sees(pilot, message_of(screen), "Press Enter to use it.")
        assert before and served.sent["config.json"] == before


async def test_a_pull_goes_on_when_the_screen_is_left(
    served: Hub, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, check = Gate(), hub_download.check_space
    monkeypatch.setattr(
        hub_download, "check_space", lambda repo, needed: (gate.hold(repo.monitor), check(repo, needed))
    )
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot)
        await pull(pilot, REPO)
        await until(pilot, gate.reached.is_set)
        await pilot.press("q")
        assert app.screen is app.main
        gate.pass_on.set()
        await until(pilot, lambda: len(app._notifications))
        assert [n.message for n in app._notifications] == ["Pulled the reader lighthouse-reader. Press M to use it."]
        await pilot.press("M")
        assert app.screen is screen
        await sees(pilot, app, "lighthouse-reader")


async def test_fitting_the_probabilities_of_a_pulled_reader_can_be_skipped(
    served: Hub, own_home: Path, published: Path, tmp_path: Path
) -> None:
    bare = shutil.copytree(published, tmp_path / "bare", ignore=shutil.ignore_patterns("docqa.json"))
    served.add("someone/bare-reader", bare)
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot)
        await pull(pilot, "someone/bare-reader")
        await sees(pilot, screen.query_one("#progress"), "fitting its probabilities · ")
        await sees(pilot, screen.query_one("#progress"), "of 486 questions")
        await pilot.press("escape")
        await sees(pilot, message_of(screen), "Pulled the reader bare-reader. Press Enter to use it.")
        await sees(
            pilot, message_of(screen), "Its probabilities are default ones (cancelled); pull it again to fit them."
        )
        await until(pilot, lambda: screen.query_one(RowTable).chosen == "reader/bare-reader")
        assert registry.find("bare-reader", ModelKind.READER).metadata.calibration is None


@pytest.mark.parametrize(
    ("repo", "message"),
    [
        ("someone/nothing", "✗ there is no model 'someone/nothing' on"),
        ("../etc/passwd", "✗ '../etc/passwd' cannot be a model on the hub → names are OWNER/REPOSITORY"),
    ],
)
async def test_what_cannot_be_pulled_is_told_with_what_to_do(
    served: Hub, own_home: Path, repo: str, message: str
) -> None:
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot)
        await pull(pilot, repo)
        await sees(pilot, message_of(screen), message)


async def test_offline_is_told_with_what_to_do(own_home: Path) -> None:
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot)
        await pilot.press("p")
        await sees(pilot, app, "minilm")
        await type_in(pilot, "minilm")
        await pilot.press("enter")
        await sees(
            pilot, message_of(screen), "✗ cannot reach the model hub (127.0.0.1:9) → the bundled reader still works"
        )


async def test_a_full_disk_is_told_with_what_to_do(
    served: Hub, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 10))
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot)
        await pull(pilot, REPO)
        await sees(pilot, message_of(screen), "✗ the disk is full")
        await sees(pilot, message_of(screen), "→ free some space in")


def test_a_transfer_says_how_far_how_fast_and_how_long() -> None:
    transfer = TransferRate()
    assert transfer.describe(Progress("looking up", REPO, 0, 0), 5.0) == f"looking up: {REPO}"
    first = transfer.describe(Progress("downloading", REPO, 100_000_000, 200_000_000), 10.0)
    assert first == "██████████░░░░░░░░░░ 100.0 of 200.0 MB"  # Resumed: bytes already there don't count as speed.
    later = transfer.describe(Progress("downloading", REPO, 101_000_000, 200_000_000), 12.0)
    assert later.split(" · ")[1:] == ["0.5 MB a second", "3 min 18 s left"]
    fitting = transfer.describe(Progress("asking", "River Aldra", 243, 486), 13.0)
    assert fitting == "██████████░░░░░░░░░░ fitting its probabilities · 243 of 486 questions"


# --- comparing ---


async def test_two_readers_are_compared_on_what_was_asked(own_home: Path, lighthouse: str, published: Path) -> None:
    own_reader("random", published)
    app = DocqaApp([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await ask_and_wait(pilot, "Who was the keeper in 1911?")
        await pilot.press("c")
        await until(pilot, corrections.load)
        await ask_and_wait(pilot, "Who built the lighthouse?")
        await show(pilot)
        await pilot.press("j", "c")
        await sees(pilot, app, "bundled and random")
        await sees(pilot, app, "✓ Compared 2 questions.")
        screen = app.screen
        assert isinstance(screen, ComparisonScreen)
        first, second = screen._compared
        assert (first.question, second.question) == ("Who was the keeper in 1911?", "Who built the lighthouse?")
        assert first.mine is app.questions.session.asked[0].result  # Known results are reused.
        assert (first.mine.reader, first.other.reader) == ("bundled", "random")
        assert first.right == ("Tobias Wren",)
        await sees(pilot, app, "Tobias Wren ✓ right")
        await sees(pilot, message_of(screen), "Of 1 question you marked right or wrong, bundled gets 1 right")
        await pilot.press("escape")
        assert isinstance(app.screen, ModelsScreen)
        await pilot.press("c")
        assert app.screen is screen  # No new questions, so the result is reused.


async def test_a_comparison_is_cancelled_or_left_going_on(
    engines: Engines, own_home: Path, lighthouse: str, held_opening: Gate
) -> None:
    own_reader()
    held_opening.pass_on.set()
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await ask_and_wait(pilot, "Who was the keeper in 1911?")
        held_opening.pass_on.clear()
        await show(pilot)
        await pilot.press("j", "c", "escape")
        await sees(pilot, app, "■ Cancelled after 0 of 1.")
        await pilot.press("escape", "c", "q", "escape")
        assert app.screen is app.main
        held_opening.pass_on.set()
        await until(pilot, lambda: len(app._notifications))
        assert [n.message for n in app._notifications] == [
            "The comparison with harbour has finished. Press M, then c to see it."
        ]
        await pilot.press("M", "c")
        await sees(pilot, app, "✓ Compared 1 question.")
        await sees(pilot, app, "same")


async def test_a_file_that_changed_is_not_compared(own_home: Path, lighthouse: str) -> None:
    own_reader()
    app = DocqaApp([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await ask_and_wait(pilot, "Who was the keeper in 1911?")
        Path(lighthouse).write_text("The keeper in 1911 was somebody else.\n")
        await show(pilot)
        await pilot.press("j", "c")
        await sees(pilot, app, "✗ lighthouse.txt has changed on disk since it was opened → reopen it with r")


async def test_without_a_question_there_is_nothing_to_compare(own_home: Path) -> None:
    own_reader()
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot)
        await pilot.press("j", "c")
        await until(pilot, lambda: len(app._notifications))
        assert app.screen is screen
        assert "ask a question first" in next(iter(app._notifications)).message


def test_a_comparison_in_words() -> None:
    document = paged("a.pdf", [["The mate was Knut Dyrnes. The cook was Matteo Bellandi."]])
    knut = result("Who?", [answer(document, "Knut Dyrnes", 0.91, 1)])
    again = result("Who?", [answer(document, "Knut Dyrnes.", 0.72, 1)])
    cook = result("Who?", [answer(document, "Matteo Bellandi", 0.6, 1)])
    none = result("Who?", closest=[answer(document, "Knut Dyrnes", 0.06, 1)])
    pairs = [(knut, again), (knut, cook), (cook, none), (none, none)]
    compared = [ComparedQuestion("Who?", *pair, right=("Knut Dyrnes",)) for pair in pairs]
    assert [difference(one) for one in compared] == ["same", "differ", "only one", "neither"]
    assert cell(again, ("Knut Dyrnes",)) == "72% Knut Dyrnes. ✓ right"
    assert cell(cook, ("Knut Dyrnes",)) == "60% Matteo Bellandi ✗ wrong"
    assert cell(none, ()) == "no answer (closest: 6% Knut Dyrnes)"
    assert cell(none, ("",)) == "no answer ✓ right (closest: 6% Knut Dyrnes)"
    assert cell(knut, ("",)) == "91% Knut Dyrnes ✗ wrong"
    assert summary(compared, "a", "b") == [
        "The first answers differ for 2 of 4 questions.",
        "Of 4 questions you marked right or wrong, a gets 2 right, b 1.",
    ]


def test_what_was_said_of_other_documents_does_not_count(tmp_path: Path) -> None:
    here, there = str(tmp_path / "a.txt"), str(tmp_path / "b.txt")
    kept = [
        corrections.Correction("Who?", here, "Ada did.", "Ada", 0),
        corrections.Correction("Who?", there, "Bob did.", "Bob", 0),
        corrections.Correction("When?", here, "Some day."),
    ]
    assert right_answers([here], kept) == {"Who?": ("Ada",), "When?": ("",)}
    assert json.dumps(right_answers([tmp_path / "c.txt"], kept)) == "{}"  # type: ignore[list-item]
