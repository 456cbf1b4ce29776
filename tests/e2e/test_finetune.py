"""`docqa finetune` end to end: the installed command, on files."""

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("few_general_questions")

_CONTEXT = "The lighthouse at Skagen was built in 1858. Its keeper, Anna Holm, lived there for 31 years."


def _command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "docqa", "finetune", *map(str, arguments)]


def _run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(_command(*arguments), capture_output=True, text=True, check=False, timeout=240)


def _pairs(folder: Path, count: int = 40) -> Path:
    """Two questions about each of many contexts that differ only in a number."""
    records = []
    for number in range(count):
        context = f"Report {number}. {_CONTEXT}"
        records.append({"question": "When was it built?", "context": context, "answer": "1858", "title": f"r{number}"})
        records.append({"question": "Who kept it?", "context": context, "answer": "Anna Holm", "title": f"r{number}"})
    file = folder / "pairs.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return file


def test_a_dry_run_of_good_pairs(tmp_path: Path) -> None:
    done = _run(_pairs(tmp_path), "--dry-run")
    assert done.returncode == 0
    assert "80 pairs on 40 contexts of 40 documents: 80 answerable, 0 unanswerable" in done.stdout


def test_a_dry_run_of_a_mix(tmp_path: Path) -> None:
    _pairs(tmp_path)
    file = tmp_path / "mix.toml"
    file.write_text('[[pairs]]\nfile = "pairs.jsonl"\nshare = 0.1\nweight = 2\n', encoding="utf-8")
    done = _run(file, "--dry-run")
    assert done.returncode == 0
    assert "80 pairs on 40 contexts" in done.stdout
    assert done.stdout.splitlines()[-1] == "pairs.jsonl  8 of 80 pairs  weight 2"
    (used,) = json.loads(_run(file, "--dry-run", "--json").stdout)["mix"]
    assert (Path(used.pop("file")).name, used) == (
        "pairs.jsonl",
        {"share": 0.1, "max_per_context": 0, "weight": 2.0, "pairs": 80, "used": 8},
    )
    file.write_text('[[pairs]]\nfile = "pairs.jsonl"\nshare = 10\n', encoding="utf-8")
    wrong = _run(file, "--dry-run")
    assert wrong.returncode == 2
    assert "[[pairs]] 1: share is 10" in wrong.stderr
    assert "hint: it has to be a number above 0, up to 1" in wrong.stderr


def test_a_dry_run_counts_unusable_pairs(tmp_path: Path) -> None:
    file = _pairs(tmp_path)
    with file.open("a", encoding="utf-8") as opened:
        opened.write(json.dumps({"question": "Who swam?", "context": _CONTEXT, "answer": "Ole Lund"}) + "\n")
    done = _run(file, "--dry-run", "--json")
    assert done.returncode == 1
    report = json.loads(done.stdout)["train"]
    assert (report["read"], report["dropped"]) == (81, 1)
    assert report["problems"][0]["place"] == "line 81"


def test_a_dry_run_counts_answers_that_are_longer_than_the_reader_gives(tmp_path: Path) -> None:
    file = _pairs(tmp_path, 2)
    context = " ".join([_CONTEXT] * 3)
    with file.open("a", encoding="utf-8") as opened:
        for answers in ([context], [context, "1858"]):
            opened.write(json.dumps({"question": f"What of {len(answers)}?", "context": context, "answer": answers}))
            opened.write("\n")
    done = _run(file, "--dry-run")
    assert done.returncode == 0
    assert "of 6 read: 1 warning" in done.stdout
    assert "line 5: this answer has " in done.stdout
    assert "more than the 30 that the reader can give" in done.stdout
    assert "can't be learned (choose fewer words, or raise max_answer_length)" in done.stdout


def test_a_dry_run_reports_contexts_in_both_training_and_test(tmp_path: Path) -> None:
    train = _pairs(tmp_path)
    test = tmp_path / "test.jsonl"
    test.write_text("".join(train.read_text(encoding="utf-8").splitlines(keepends=True)[:2]), encoding="utf-8")
    done = _run(train, "--test-file", test, "--dry-run")
    assert "shared context" in done.stdout


def test_ctrl_c_saves_a_checkpoint_and_tells_how_to_resume(tmp_path: Path, tiny_reader: Path) -> None:
    pairs = _pairs(tmp_path)
    flags = ("--base", tiny_reader, "--device", "cpu", "--max-seq-length", 72, "--doc-stride", 12, "--name", "keeper")
    checkpoints = Path(os.environ["DOCQA_HOME"], "data", "training", "keeper", "checkpoints")
    command = _command(pairs, *flags, "--epochs", 400, "--save-minutes", 0)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and not list(checkpoints.glob("checkpoint-*")):
            pass
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=240)
    assert process.returncode == 130, errors
    assert "stopping after this step; repeat to stop at once" in errors
    assert f"resume with docqa finetune {shlex.quote(str(pairs))} --name keeper --device cpu --resume" in errors
    refused = _run(pairs, *flags, "--resume", "--epochs", 1)
    assert refused.returncode == 2
    assert "the run began with --epochs 400" in refused.stderr
    done = _run(pairs, *flags, "--restart", "--epochs", 1)
    assert done.returncode == 0, done.stderr
    assert "held-out pairs" in done.stdout
    assert "general sample" in done.stdout


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--test-split", "1.5"], "--test-split is 1.5"),
        (["--resume"], "there is no unfinished run named pairs"),
        (["--base", "nobody"], "there is no reader called 'nobody'"),
        (["--name", "../up"], "'../up' cannot be a model's name"),
    ],
)
def test_a_mistake_is_one_line_and_a_hint(tmp_path: Path, flags: list[str], message: str) -> None:
    done = _run(_pairs(tmp_path, 6), *flags)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def _small(reader: Path) -> tuple[object, ...]:
    return ("--base", reader, "--device", "cpu", "--max-seq-length", 72, "--doc-stride", 12, "--name", "keeper")


def test_progress_as_json_lines(tmp_path: Path, tiny_reader: Path) -> None:
    done = _run(_pairs(tmp_path, 10), *_small(tiny_reader), "--progress", "json", "--json")
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stderr.splitlines()]
    notes = [event["text"] for event in events if event["event"] == "note"]
    assert notes[0] == "20 pairs on 10 contexts of 10 documents: 20 answerable, 0 unanswerable"
    assert notes[1].startswith("16 pairs to train and 4 to test")
    steps = [event for event in events if event["event"] == "progress" and event["stage"] == "training"]
    total = steps[0]["total"]
    assert [event["step"] for event in steps] == list(range(1, total + 1))
    assert all(event["rate"] > 0 for event in steps)
    assert steps[-1]["seconds_left"] == 0
    report = json.loads(done.stdout)
    # A step's loss is reported with the next step.
    assert [event["loss"] for event in steps[1:]] == [point["loss"] for point in report["loss"]][:-1]


def test_an_error_as_a_json_line(tmp_path: Path) -> None:
    done = _run(_pairs(tmp_path, 6), "--resume", "--progress", "json")
    assert done.returncode == 2
    *_, last = [json.loads(line) for line in done.stderr.splitlines()]
    message = "there is no unfinished run named pairs"
    assert last == {"event": "error", "message": message, "hint": "omit --resume to start one"}


def test_a_closed_progress_pipe_stops_training_with_a_checkpoint(tmp_path: Path, tiny_reader: Path) -> None:
    command = _command(_pairs(tmp_path), *_small(tiny_reader), "--epochs", 400, "--progress", "json")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            event = json.loads(line)
            if event.get("stage") == "training" and event["step"] > 2:
                break
        process.stderr.close()  # As if the app were killed.
        assert process.wait(timeout=240) == 130
    run = Path(os.environ["DOCQA_HOME"], "data", "training", "keeper")
    (marker,) = run.glob("checkpoints/*/complete.json")
    assert json.loads(marker.read_text(encoding="utf-8"))["step"] >= 3
    # The arguments that resume it have absolute paths.
    arguments = json.loads((run / "run.json").read_text(encoding="utf-8"))["resume_arguments"]
    assert arguments == [
        "finetune",
        str(tmp_path / "pairs.jsonl"),
        *("--name", "keeper", "--device", "cpu", "--resume"),
    ]
