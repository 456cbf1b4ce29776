"""On another day, the cells of the matrix are as they were, and only what has changed since is asked again."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.drawn import Text, draw_pages
from support.engines import Engines
from support.stage import Gate, marked, opened, said, sees, type_in, until
from textual.pilot import Pilot

from docqa import paths
from docqa.config import Settings
from docqa.tui.app import DocqaApp
from docqa.tui.screens.review import MatrixScreen
from docqa.userdata import corrections, sessions

WIDE = (160, 45)
KEEPER, BAKER = "Who was the keeper in 1911?", "Who is the baker?"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "docqa-home"))
    monkeypatch.chdir(tmp_path)


async def show(pilot: Pilot[Any], *questions: str) -> None:
    """Open the matrix once the documents are open, and add questions in it."""
    app = pilot.app
    await until(pilot, lambda: opened(app) and app.questions.collection is not None)
    app.main.answers.list.focus()
    await pilot.press("t")
    await until(pilot, lambda: isinstance(app.screen, MatrixScreen))
    for question in questions:
        await pilot.press("i")
        await type_in(pilot, question)
        await pilot.press("enter", "escape")


async def filled(pilot: Pilot[Any]) -> None:
    cells = pilot.app.matrix.controller.cells
    await until(pilot, lambda: cells.count()[0] == cells.count()[1] > 0, "a filled matrix")


def seen(app: DocqaApp) -> list[list[tuple[object, ...]]]:
    """What is shown in the cells."""
    rows = app.matrix.controller.cells.rows()
    return [[(one.text, one.probability, one.mark) for one in cell.shown] for row in rows for cell in row]


def kept_cells() -> list[dict[str, Any]]:
    """What is on the disk, in the order in which it was added."""
    (file,) = (paths.data_dir() / "sessions").glob("*.answers.jsonl")
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
    return [one["answers"] for one in lines if "cell" in one]


async def ask_matrix(engines: Engines, names: list[str], settings: Settings | None = None) -> list[Any]:
    """Fill a matrix in a session, mark the keeper as right, quit, and return what was shown."""
    app = engines.app(names, settings or Settings())
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, KEEPER, BAKER)
        await filled(pilot)
        await pilot.press("g", "c")
        await until(pilot, lambda: len(corrections.load()) == 1)
        await sees(pilot, app, "✓ 1 marked")
        return seen(app)


async def test_the_cells_are_there_on_another_day_without_reading_anything(
    engines: Engines, lighthouse: str, bakery: str
) -> None:
    before = await ask_matrix(engines, [lighthouse, bakery])
    engines.reading_gate = Gate()
    for _ in range(2):  # A session that was resumed is one to be resumed, too.
        await resume_and_look(engines.app([], Settings(), resume=True), before)
    assert not engines.reading_gate.reached.is_set()
    kept = [one for one in kept_cells() if not one["marked"]]
    assert len(kept) == 3, "each is written once"


async def resume_and_look(app: DocqaApp, before: list[Any]) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot)
        await sees(pilot, app, "2 questions   2 documents   ✓ 1 marked")
        await sees(pilot, app, "✓ you marked this right")
        assert seen(app) == before and not app.matrix.controller.can_resume
        await pilot.press("G", "l", "enter")
        await until(pilot, lambda: app.screen is app.main and marked(app) == "Ludmila Novak")
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, MatrixScreen))


async def test_the_cells_of_a_document_that_has_changed_are_asked_again(
    engines: Engines, lighthouse: str, bakery: str
) -> None:
    before = await ask_matrix(engines, [lighthouse, bakery])
    Path(bakery).write_text(Path(bakery).read_text().replace("Ludmila Novak", "Jana Dvorak"), encoding="utf-8")
    engines.reading_gate = gate = Gate()
    app = engines.app([], Settings(), resume=True)
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot)
        await sees(pilot, app, "2 of 4")
        await until(pilot, gate.reached.is_set)
        assert seen(app)[0::2] == before[0::2] and seen(app)[1::2] == [[], []]
        gate.pass_on.set()
        await filled(pilot)
        assert seen(app)[0::2] == before[0::2] and seen(app)[3][0][0] == "Jana Dvorak"
    found = sessions.claim_newest([])
    assert found is not None and len(found.cells) == 4
    assert "Ludmila" not in json.dumps(list(found.cells.values())), "of a cell one version is kept"


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({"version": 0}, True),
        ({"result": None}, True),
        ({"contents": {}}, True),
        ({"contents": {"lighthouse.txt": "0" * 64}}, False),  # Of another version of the document.
        ({"marked": [3]}, True),
        ({"result": {"passage": "He was Otto."}}, False),
        ({"result": {"text": "Otto"}}, False),
        ({"result": {"document": "/etc/passwd"}}, True),
        ({"result": {"probability": "high"}}, True),
    ],
)
async def test_a_cell_that_was_edited_by_hand_is_asked_again(
    engines: Engines, lighthouse: str, change: dict[str, Any], lost: bool
) -> None:
    before = await ask_matrix(engines, [lighthouse])
    (file,) = (paths.data_dir() / "sessions").glob("*.answers.jsonl")
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
    for each in lines:
        if each["cell"][0] == KEEPER:
            if change.get("result"):
                each["answers"]["result"]["answers"][0] |= change["result"]
            else:
                each["answers"] |= change
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    engines.reading_gate = gate = Gate()
    gate.pass_on.set()
    app = engines.app([], Settings(), resume=True)
    async with app.run_test(size=WIDE) as pilot:
        if lost:
            told = "Asked again, since the kept answers can't be read: 1 cell of the matrix."
            await until(pilot, lambda: told in said(app))
        await show(pilot)
        await until(pilot, gate.reached.is_set)
        await filled(pilot)
        assert seen(app) == before


async def test_cells_of_another_retriever_are_asked_again(engines: Engines, lighthouse: str) -> None:
    await ask_matrix(engines, [lighthouse])
    app = engines.app([], Settings(retriever="lexical"), resume=True)
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot)
        cells = app.matrix.controller.cells
        both = cells.cell(0, 0), cells.cell(1, 0)
        await until(pilot, lambda: all(one.result and one.result.retriever.startswith("lexical") for one in both))


async def test_no_cell_of_an_encrypted_document_is_kept(engines: Engines) -> None:
    text = Text(90, "The treasure is buried below the old mulberry tree, said the captain.")
    draw_pages(Path("secret.pdf"), [[text]], encrypt="key")
    app = engines.app(["secret.pdf"], Settings(), "key")
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, "Where is the treasure buried?")
        await filled(pilot)
        assert "mulberry" in seen(app)[0][0][0]
    written = [file.read_bytes() for file in paths.data_dir().rglob("*") if file.is_file()]
    assert any(b"treasure" in one for one in written) and not any(b"mulberry" in one for one in written)
