"""Training in the app: the real command in a child process, with a tiny reader."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from support.stage import StillApp, pane_text, screen_text, sees, type_in, until
from textual.pilot import Pilot

from docqa import files
from docqa.models import registry
from docqa.models.registry import ModelKind
from docqa.progress import Monitor
from docqa.training.hyperparameters import TrainingConfig
from docqa.training.job import Job, lock_run, prepare, run_folder, stored_state, unfinished_runs
from docqa.tui.screens.training import TrainingScreen
from docqa.tui.state.training import TrainingProgress, TrainingState, duration
from docqa.tui.widgets.training_status import outcome_lines
from docqa.tui.workers.training_process import start_arguments
from docqa.userdata import corrections
from docqa.userdata.corrections import Correction

pytestmark = pytest.mark.usefixtures("few_general_questions")

_CONTEXT = "The lighthouse at Skagen was built in 1858. Its keeper, Anna Holm, lived there for 31 years."
_LONG = "4000"  # Epochs: more than any test waits for.


def _records(count: int = 10) -> list[dict[str, str]]:
    """Return two questions about each of many contexts that differ only in a number."""
    records = []
    for number in range(count):
        for question, answer in (("When was it built?", "1858"), ("Who kept it?", "Anna Holm")):
            context = f"Report {number}. {_CONTEXT}"
            records.append({"question": question, "context": context, "answer": answer, "title": f"r{number}"})
    return records


@pytest.fixture
def pairs(tmp_path: Path, tiny_reader: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of pairs, in a separate home where a tiny reader is selected."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "home"))
    registry.use(str(tiny_reader), ModelKind.READER)
    file = tmp_path / "pairs.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in _records()), encoding="utf-8")
    return file


def _screen(pilot: Pilot[Any]) -> TrainingScreen:
    app = pilot.app
    assert isinstance(app, StillApp)
    return app.models.training


def _training(pilot: Pilot[Any]) -> TrainingProgress:
    training = _screen(pilot)._training
    assert training is not None
    return training


async def _open(pilot: Pilot[Any]) -> None:
    await pilot.press("tab", "T")
    await until(pilot, lambda: _screen(pilot)._facts, "the training data")


async def _fill(pilot: Pilot[Any], file: Path | str, epochs: str, name: str = "keeper") -> None:
    """Fill in the form and wait until the pairs are checked."""
    form = _screen(pilot).form
    form.pairs.value = str(file)
    form._name_field.value = name
    form._epochs_field.value = epochs
    form._name_field.focus()
    await until(pilot, lambda: _screen(pilot)._pairs, "the pairs")


async def _begin(pilot: Pilot[Any], file: Path | str, epochs: str = _LONG) -> TrainingProgress:
    """Start training and wait until it reports losses."""
    await _open(pilot)
    await _fill(pilot, file, epochs)
    await pilot.press("enter")
    await until(
        pilot, lambda: _training(pilot).stage or not _training(pilot).running, "the process to report something"
    )
    while not _training(pilot).trained and _training(pilot).running:  # The base is evaluated first.
        at = (_training(pilot).stage, _training(pilot).step)
        await until(
            pilot,
            lambda at=at: (_training(pilot).stage, _training(pilot).step) != at or not _training(pilot).running,
            "the evaluation of the base",
        )
    await until(pilot, lambda: len(_training(pilot).losses) > 5 or not _training(pilot).running, "the loss")
    return _training(pilot)


async def _end(pilot: Pilot[Any], training: TrainingProgress) -> None:
    """Wait until the run ends; fail only if it makes no progress."""
    while training.running:
        before = (training.stage, training.step)
        await until(pilot, lambda before=before: (training.stage, training.step) != before or not training.running)


async def test_a_training_is_watched_and_its_better_reader_is_used(pairs: Path, tiny_reader: Path) -> None:
    app = StillApp()
    async with app.run_test(size=(120, 36)) as pilot:
        training = await _begin(pilot, pairs, "400")
        await sees(pilot, app, "passages a second")
        await sees(pilot, app, "16 pairs to train and 4 to test")
        assert app.models.training._loss.display
        await pilot.press("escape")
        assert app.screen is app.main
        await sees(pilot, app, "training ")
        await _end(pilot, training)
        assert training.state is TrainingState.DONE, training.error
        await sees(pilot, app, "training done: T")
        await pilot.press("T")
        await sees(pilot, app, "✓ keeper is better on the held-out pairs")
        await sees(pilot, app, "held-out pairs                   4")
        await sees(pilot, app, "general sample                  40")
        await sees(pilot, app, "Loss curve: ")
        assert registry.chosen(ModelKind.READER) == "keeper"
        openings = app.started.count("opening")
        app.questions.opening = None
        await pilot.press("enter")
        await until(pilot, lambda: app.started.count("opening") == openings + 1, "the documents to be reopened")
        assert app.screen is app.main
        assert "training" not in pane_text(app.main.header)
        # The trained reader is the base of the next run.
        await _open(pilot)
        assert app.models.training.form.base == "keeper"


async def test_a_training_that_is_stopped_is_gone_on_with(pairs: Path) -> None:
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        training = await _begin(pilot, pairs)
        await pilot.press("x")
        await until(pilot, lambda: not training.running, "it to stop")
        assert (training.state, training.resumable) == (TrainingState.STOPPED, True)
        assert list(run_folder("keeper").glob("checkpoints/*/complete.json"))
        await sees(pilot, app, "Enter resumes it")
        step = max(training.losses)
        await pilot.press("enter")
        assert _training(pilot) is not training
        # The loss curve is complete: the losses from before the interruption are reported again.
        await until(pilot, lambda: max(_training(pilot).losses, default=0) > step, "it to go on")
        assert min(_training(pilot).losses) == min(training.losses) - 1  # A step's loss is reported with the next step.
        await pilot.press("x")
        await until(pilot, lambda: not _training(pilot).running, "it to stop once more")
        await pilot.press("d")
        assert [n.message for n in app._notifications][-1] == "Press d again to discard the training of keeper."
        assert unfinished_runs() == ["keeper"]
        await pilot.press("d")
        await until(pilot, lambda: not unfinished_runs(), "it to be discarded")
        await until(pilot, lambda: app.models.training.form.display, "the form")


async def test_a_training_that_was_killed_is_told_and_found_at_the_next_start(pairs: Path) -> None:
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        training = await _begin(pilot, pairs)
        process = app.models.training._process
        assert process is not None and process._process is not None
        os.kill(process._process.pid, signal.SIGKILL)
        await until(pilot, lambda: not training.running, "its end to be noticed")
        await sees(pilot, app, "the training was killed (SIGKILL)")
        await sees(pilot, app, "close other programs")
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await _open(pilot)
        await sees(pilot, app, "■ The training of keeper was interrupted.")
        await pilot.press("enter")
        await until(pilot, lambda: _training(pilot).trained or not _training(pilot).running, "it to go on")
        assert _training(pilot).running, _training(pilot).error


async def test_quitting_asks_and_stops_a_training_with_a_checkpoint(pairs: Path) -> None:
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        training = await _begin(pilot, pairs)
        await pilot.press("escape", "ctrl+q")
        await sees(pilot, app, "A training is running")
        await pilot.press("escape")
        assert app.is_running and training.state is TrainingState.RUNNING
        await pilot.press("ctrl+q", "enter")
        await until(pilot, lambda: not training.running, "it to stop")
        assert training.state is TrainingState.STOPPED
    assert app.return_code == 0
    assert list(run_folder("keeper").glob("checkpoints/*/complete.json"))
    assert unfinished_runs() == ["keeper"]


async def test_what_is_corrected_meanwhile_does_not_keep_a_training_from_being_gone_on_with(pairs: Path) -> None:
    def corrected(record: dict[str, str]) -> Correction:
        context, answer = record["context"], record["answer"]
        return Correction(record["question"], record["title"], context, answer, context.index(answer))

    corrections.save(map(corrected, _records()))
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        training = await _begin(pilot, corrections.file())
        await pilot.press("x")
        await until(pilot, lambda: not training.running, "it to stop")
        corrections.save([corrected(record) for record in _records(11)[-2:]])
        await pilot.press("enter")
        await until(pilot, lambda: _training(pilot).trained or not _training(pilot).running, "it to go on")
        assert _training(pilot).running, _training(pilot).error
        # While it runs, another run with the same name is refused.
        with pytest.raises(Exception, match="another docqa process is training keeper"):
            start_arguments(str(corrections.file()), "keeper", "bundled", "1", "cpu")


async def test_an_error_of_the_command_is_shown_with_its_hint(pairs: Path) -> None:
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await _open(pilot)
        await _fill(pilot, pairs, "1", name="../up")
        await pilot.press("enter")
        await until(pilot, lambda: not _training(pilot).running, "it to fail")
        await sees(pilot, app, "✗ '../up' cannot be a model's name")
        await sees(pilot, app, "→ letters, digits")
        await pilot.press("enter")
        await until(pilot, lambda: app.models.training.form.display, "the form again")
        with lock_run("keeper"):  # As another docqa process does.
            await _fill(pilot, pairs, "1")
            await pilot.press("enter")
            await until(pilot, lambda: not _training(pilot).running, "it to be refused")
            await sees(pilot, app, "another docqa process is training keeper")
    assert stored_state("keeper") is None


async def test_of_too_few_corrections_it_is_said_what_is_needed(pairs: Path) -> None:
    app = StillApp()
    async with app.run_test(size=(100, 30)) as pilot:
        await _open(pilot)
        await sees(pilot, app, "No corrections yet.")
        await sees(pilot, app, "add at least 2 pairs from two passages")
        await pilot.press("escape")
        context = "The keeper was Anna Holm."
        corrections.save([Correction("Who?", "a.txt", context, "Anna Holm", context.index("Anna"))])
        await pilot.press("T")
        await sees(pilot, app, "1 pair on 1 context of 1 document: 1 answerable, 0 unanswerable")
        await sees(pilot, app, "add at least 1 pair from another passage")
        await pilot.press("enter")
        assert not app.models.training.running
        corrections.save([Correction("When?", "b.txt", "In May it rained.", None)])
        await pilot.press("escape", "T")
        await sees(pilot, app, "1 pair to train and 1 to test")
        await sees(pilot, app, "Scores mean little below 24 pairs")


async def test_what_is_wrong_with_pairs_and_with_the_form_is_said(pairs: Path) -> None:
    with pairs.open("a", encoding="utf-8") as opened:
        opened.write(json.dumps({"question": "Who swam?", "context": _CONTEXT, "answer": "Ole Lund"}) + "\n")
    app = StillApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await _open(pilot)
        app.models.training.form.pairs.value = ""
        app.models.training.form.pairs.focus()
        await type_in(pilot, "pairs.jsonl")
        await pilot.press("enter")
        await sees(pilot, app, "of 21 read: 1 dropped")
        await sees(pilot, app, "line 21")
        app.models.training.form._epochs_field.value = "-"
        await pilot.press("enter")
        await sees(pilot, app, "✗ epochs must be a number, not -")
        app.models.training.form.pairs.value = "nowhere.json"
        await pilot.press("enter")
        await sees(pilot, app, "✗ nowhere.json")


async def test_the_form_says_the_split_that_the_training_makes(pairs: Path) -> None:
    records = []
    for name, questions in (("a", 2), ("b", 4), ("c", 5), ("d", 7)):  # Sizes that identify the held-out documents.
        folder = pairs.parent / "texts"
        folder.mkdir(exist_ok=True)
        lines = [f"Keeper number {number} of {name} was Ann." for number in range(questions)]
        (folder / f"{name}.txt").write_text("\n\n".join(lines), encoding="utf-8")
        records += [
            {"question": f"Who was keeper number {number} of {name}?", "answer": "Ann", "document": f"{name}.txt"}
            for number in range(questions)
        ]
    (folder / "my-pairs.json").write_text(json.dumps(records), encoding="utf-8")
    file = "texts/my-pairs.json"
    note = prepare(Job((file,), TrainingConfig(), "x").absolute(), Monitor()).note
    app = StillApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await _open(pilot)
        await sees(pilot, app, "No corrections yet.")
        form = app.models.training.form
        await type_in(pilot, "?")  # A typo doesn't delete the default.
        assert form.pairs.value == f"{corrections.file()}?"
        form.pairs.value = file
        form._epochs_field.focus()
        await sees(pilot, app, note.partition(",")[0])
        await until(pilot, lambda: form._name_field.value == "my-pairs", "a name after the file")
        form._name_field.value = "mine"
        form.pairs.value = str(pairs)
        form.pairs.focus()
        await pilot.press("enter")
        await sees(pilot, app, "16 pairs to train and 4 to test")
        assert form._name_field.value == "mine"
        form._reader_field.focus()
        await pilot.press("enter")
        await sees(pilot, app, "bundled")
        assert "Select" not in screen_text(app)  # No placeholder entry in the list of readers.


async def test_a_reader_that_learned_from_these_pairs_is_not_what_the_next_one_starts_from(pairs: Path) -> None:
    own = registry.models_dir() / "reader" / "harbour"
    own.mkdir(parents=True)
    for file in registry.find("bundled", ModelKind.READER).folder.iterdir():
        (own / file.name).symlink_to(file)
    (own / "docqa.json").unlink()
    training = {"base": {"name": "bundled"}, "data": {"corrections.jsonl": "0"}}
    files.write_json_object(own / "docqa.json", {"training": training})
    registry.use("harbour", ModelKind.READER)
    app = StillApp()
    async with app.run_test(size=(120, 36)) as pilot:
        await _open(pilot)
        assert app.models.training.form.base == "bundled"
        await sees(pilot, app, "harbour was trained on these pairs")


def test_a_duration_has_the_two_units_that_matter() -> None:
    assert [duration(seconds) for seconds in (0.2, 59.4, 80, 7500)] == ["0 s", "59 s", "1 min 20 s", "2 h 5 min"]


def test_a_process_that_ends_without_a_word_is_told() -> None:
    training = TrainingProgress("keeper")
    training.apply({"event": "line", "text": "docqa: unexpected OSError: no space left"})
    training.apply({"event": "of a later docqa"})
    training.end(2, {}, None, resumable=False)
    assert training.state is TrainingState.FAILED
    assert "no space left" in "\n".join(line.plain for line in outcome_lines(training))


def test_what_a_training_says_in_the_header() -> None:
    training = TrainingProgress("corrections")
    assert training.summary == "training: starting"
    training.apply({"event": "progress", "stage": "training", "item": "", "step": 31, "total": 72})
    assert training.summary == "training 43%"
    training.apply({"event": "progress", "stage": "asking", "item": "", "step": 3, "total": 150})
    assert training.summary == "training: evaluating the new reader"
    training.end(130, {}, None, resumable=True)
    assert training.summary == "training stopped: T"
