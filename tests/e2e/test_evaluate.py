"""`docqa eval` and `docqa calibrate`, installed, on files."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support import official_scripts
from support.samples import PROSE

from docqa import paths

DOCQA = Path(sys.executable).with_name("docqa")

OTHER = "The 2,148 birds of the keeper were counted in storms. The ships of Dr. Holm, and a dog, were there."


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [DOCQA, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def squad(*, unanswerable: bool) -> list[dict[str, Any]]:
    """Two articles with accepted answers of every length, so that random weights match some partially."""
    data = []
    for title, context in (("Skagen", PROSE), ("Birds", OTHER)):
        words = context.split()
        asked = []
        for number in range(10):
            some = [" ".join(words[number : number + size]) for size in (1, 4, 12)]
            answers = [{"text": text, "answer_start": context.index(text)} for text in dict.fromkeys(some)]
            nothing = unanswerable and number % 3 == 0
            entry = {"id": f"{title}-{number}", "question": f"who was number {number}?", "answers": answers}
            asked.append(entry | ({"is_impossible": nothing, "answers": [] if nothing else answers}))
        # A duplicate question: the official scripts count it twice.
        asked.append(asked[-1] | {"id": f"{title}-again"})
        data.append({"title": title, "paragraphs": [{"context": context, "qas": asked}]})
    return data


@pytest.fixture
def tiny(tiny_reader: Path, tiny_encoder: Path) -> list[object]:
    return ["--reader", tiny_reader, "--encoder", tiny_encoder, "--device", "cpu", "--max-seq-length", 72]


@pytest.fixture
def narrow(tiny: list[object]) -> list[object]:
    return [*tiny, "--doc-stride", 12]


def test_v1_as_the_official_script(tmp_path: Path, narrow: list[object]) -> None:
    data = squad(unanswerable=False)
    (tmp_path / "pairs.json").write_text(json.dumps({"version": "1.1", "data": data}), encoding="utf-8")
    out = tmp_path / "p.json"
    done = run("eval", tmp_path / "pairs.json", "--predictions", out, "--json", *narrow)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    reference = official_scripts.evaluate_1(data, json.loads(out.read_text(encoding="utf-8")))
    assert found["scores"]["total"] == 22
    assert f"{found['scores']['exact']:.2f}" == f"{reference['exact_match']:.2f}"
    assert f"{found['scores']['f1']:.2f}" == f"{reference['f1']:.2f}"
    assert 0 < found["scores"]["f1"] < 100
    assert not {"auroc", "best_f1", "no_answer"} & {*found, *found["scores"]}


def test_v2_as_the_official_script(tmp_path: Path, narrow: list[object]) -> None:
    data = squad(unanswerable=True)
    (tmp_path / "pairs.json").write_text(json.dumps({"version": "v2.0", "data": data}), encoding="utf-8")
    out, none = tmp_path / "p.json", tmp_path / "na.json"
    for threshold in ("0", "0.08"):
        done = run(
            "eval", tmp_path / "pairs.json", "--predictions", out, "--na-prob", none, "--json", *narrow,
            "--threshold", threshold,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        predictions = json.loads(out.read_text(encoding="utf-8"))
        reference = official_scripts.evaluate_2(data, predictions)
        for part, prefix in (("", ""), ("has_answer", "HasAns_"), ("no_answer", "NoAns_")):
            figures = found["scores"][part] if part else found["scores"]
            for name in ("exact", "f1"):
                assert f"{figures[name]:.2f}" == f"{reference[prefix + name]:.2f}", (threshold, part)
        if threshold == "0":
            # With all best answers in the file, the script finds the same best thresholds.
            reference = official_scripts.evaluate_2(data, predictions, json.loads(none.read_text(encoding="utf-8")))
            for name in ("exact", "f1"):
                assert f"{found['best_' + name]['value']:.2f}" == f"{reference['best_' + name]:.2f}"
                assert found[f"best_{name}"]["threshold"] == pytest.approx(1 - reference[f"best_{name}_thresh"])


def test_end_to_end_report_as_text(tmp_path: Path, narrow: list[object], tiny_reader: Path) -> None:
    (tmp_path / "pairs.json").write_text(json.dumps({"data": squad(unanswerable=True)}), encoding="utf-8")
    done = run(
        "eval", tmp_path / "pairs.json", "--as-documents", "--per-document", 6, "--cross-document", 0.5, "--worst", 2,
        "--compare", tiny_reader, "--plot", tmp_path / "plots", *narrow,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for text in (
        "24 questions, each asked of one of 2 documents, 12 of them about another document",
        "abstaining below 20%",
        "of them right",
        "AUROC of abstention",
        "an accepted answer is in the best",
        "retrieval missed",
        "rightly refused",
        "the most confident wrong answers",
        "questions a second",
        "the difference in F1 may be chance",
    ):
        assert text in done.stdout
    assert "\x1b" not in done.stdout
    assert (tmp_path / "plots" / "roc.png").is_file()
    # The same questions with the same seed.
    again = run("eval", tmp_path / "pairs.json", "--sample", 5, "--json", *narrow)
    assert json.loads(again.stdout)["questions"] == 5


def test_pairs_that_name_a_file_are_asked_of_it(tmp_path: Path, narrow: list[object]) -> None:
    (tmp_path / "skagen.txt").write_text(PROSE, encoding="utf-8")
    lines = [
        {"id": "same", "question": "who kept it?", "answer": "Anna Holm", "document": "skagen.txt"},
        {"id": "same", "question": "when was it built?", "answer": "1858", "document": "skagen.txt"},
        {"question": "what is the moon made of?", "answer": None, "document": "skagen.txt"},
        {"question": "who was it?", "answer": "Nobody At All", "document": "skagen.txt"},
    ]
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    out = tmp_path / "p.json"
    done = run("eval", pairs, "--predictions", out, *narrow)
    assert done.returncode == 0
    assert "3 questions, asked of 1 document" in done.stdout
    assert "Nobody At All" in done.stderr  # Unusable pairs are reported.
    assert {"same", "same#2"} <= json.loads(out.read_text(encoding="utf-8")).keys()
    assert "ID#2" in done.stderr
    done = run("eval", pairs, tmp_path / "skagen.txt", "--json", "-q", *narrow)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["recall"]["1"] > 0


def test_a_calibration_is_stored_with_the_reader(tmp_path: Path, tiny_encoder: Path) -> None:
    reader = shutil.copytree(paths.bundled_models_dir() / "reader", tmp_path / "reader")
    (reader / "docqa.json").write_text(json.dumps({"kind": "reader", "note": "kept"}), encoding="utf-8")
    (tmp_path / "pairs.json").write_text(json.dumps({"data": squad(unanswerable=False)}), encoding="utf-8")
    arguments = ["calibrate", tmp_path / "pairs.json", "--reader", reader, "--encoder", tiny_encoder, "--device", "cpu"]
    shown = run(*arguments, "--dry-run", "--min-precision", 0.9)
    assert shown.returncode == 0, shown.stderr
    assert "33 questions, each asked of one of 2 documents, 11 of them about another document" in shown.stdout
    assert "threshold of" in shown.stdout
    assert "calibration" not in json.loads((reader / "docqa.json").read_text(encoding="utf-8"))
    stored = run(*arguments, "--json")
    assert stored.returncode == 0, stored.stderr
    facts = json.loads(stored.stdout)
    written = json.loads((reader / "docqa.json").read_text(encoding="utf-8"))
    assert facts["stored"] == ("calibration" in written)
    assert facts["stored"], facts
    assert written["calibration"] == facts["calibration"]
    assert (written["note"], written["calibrated"]["questions"]) == ("kept", 33)
    shown = run("models", "show", reader, "--json")
    assert json.loads(shown.stdout)["metadata"]["calibration"] == facts["calibration"]


def test_a_reader_that_cannot_be_written_is_an_error(tmp_path: Path, tiny_encoder: Path) -> None:
    reader = shutil.copytree(paths.bundled_models_dir() / "reader", tmp_path / "reader")
    (tmp_path / "pairs.json").write_text(json.dumps({"data": squad(unanswerable=False)}), encoding="utf-8")
    (reader / "docqa.json").unlink()
    (reader / "docqa.json").mkdir()  # Unlike a read-only folder, this also stops root.
    done = run("calibrate", tmp_path / "pairs.json", "--reader", reader, "--encoder", tiny_encoder)
    assert done.returncode == 2
    assert "can't be stored" in done.stderr
    assert "copy that folder" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["eval", "nowhere.json"], "nowhere.json does not exist"),
        (["eval", "{pairs}", "--cross-document", "1"], "--cross-document is 1.0"),
        (["eval", "{pairs}", "--cross-document", "0.5"], "--as-documents"),
        (["eval", "{pairs}", "README.md", "--per-document", "2"], "questions that belong to documents"),
        (["eval", "{pairs}", "--sample", "0"], "--sample is 0"),
        (["eval", "{pairs}", "--predictions", "no/such/folder/p.json"], "there is no folder no/such/folder"),
        (["eval", "{pairs}", "nowhere.pdf"], "nowhere.pdf does not exist"),
        (["eval", "{pairs}", "--compare", "nosuchreader"], "nosuchreader"),
        (["calibrate", "{pairs}", "--min-precision", "90"], "--min-precision is 90.0"),
    ],
)
def test_mistakes_are_reported_before_anything_slow_begins(tmp_path: Path, arguments: list[str], message: str) -> None:
    pairs = tmp_path / "pairs.json"
    pairs.write_text(json.dumps({"data": squad(unanswerable=False)}), encoding="utf-8")
    done = run(*(argument.format(pairs=pairs) for argument in arguments))
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_help_is_instant_and_has_examples() -> None:
    for command in ("eval", "calibrate"):
        done = run(command, "--help")
        assert done.returncode == 0
        assert "examples:" in done.stdout
    code = "import sys, docqa.cli.main; docqa.cli.main.build_parser().format_help(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "sklearn", "scipy", "matplotlib", "numpy"} & set(loaded)
