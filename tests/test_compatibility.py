"""Names that external scripts use don't change: the Python API, the flags, the keys of the JSON output."""

import inspect
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.samples import PROSE

import docqa
from docqa.cli import main
from docqa.config import Settings
from docqa.engine import Engine

ANSWER = {
    "rank", "text", "probability", "document", "page", "page_label", "page_end", "section",
    "line_start", "line_end", "start", "end", "passage", "passage_start", "places", "cell", "alternatives",
}  # fmt: skip
RESULT = {
    "schema", "question", "answered", "answers", "closest", "windows_read", "windows_total",
    "reader", "retriever", "elapsed_seconds", "warnings", "withheld",
}  # fmt: skip
PLACE = {"document", "page", "page_label", "page_end", "section", "line_start", "line_end", "start", "end"}
PAIRS = {
    "files", "read", "pairs", "answerable", "unanswerable", "contexts", "documents", "kinds",
    "problems", "dropped", "repaired", "merged", "warnings",
}  # fmt: skip
EVALUATION = {
    "reader", "asked", "questions", "seconds", "questions_per_second", "threshold", "scores", "exact", "f1",
    "answerable", "coverage", "recall", "outcomes", "drawn_in", "worst", "pairs",
}  # fmt: skip


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    file = tmp_path / "skagen.md"
    file.write_text(f"# Skagen\n\n{PROSE}\n\n# Elsewhere\n\n{PROSE}\n", encoding="utf-8")
    return file


@pytest.fixture
def flags(tiny_reader: Path, tiny_encoder: Path) -> list[str]:
    models = ["--reader", str(tiny_reader), "--encoder", str(tiny_encoder), "--device", "cpu"]
    return [*models, "--max-seq-length", "72", "--doc-stride", "12", "--threshold", "0", "--retriever", "lexical"]


def run(capsys: pytest.CaptureFixture[str], arguments: Sequence[object]) -> Any:
    assert main.main([str(argument) for argument in arguments]) == 0
    return capsys.readouterr().out


def test_open_and_ask(text_file: Path, tiny_settings: Settings) -> None:
    collection = docqa.open(text_file, reader=tiny_settings.reader, retriever="lexical", threshold=0.0)
    result = collection.ask("Who lived there?")
    assert isinstance(collection, docqa.Collection) and isinstance(result, docqa.Result)
    assert isinstance(result.answered, bool) and isinstance(result.answers, tuple) and isinstance(result.closest, tuple)
    answer = result.answers[0]
    assert isinstance(answer, docqa.Answer) and isinstance(answer.probability, float)
    assert collection.documents[0].text[answer.start : answer.end] == answer.text
    (first, second) = collection.ask_all(["Who lived there?", "When was it built?"])
    assert replace(first, elapsed_seconds=0.0) == replace(result, elapsed_seconds=0.0)
    assert second.question == "When was it built?"


def test_engine_and_documents(text_file: Path, tiny_settings: Settings) -> None:
    engine = Engine(replace(tiny_settings, retriever="lexical"))
    collection = engine.open([text_file, "nowhere.txt"])
    (document,), (failure,) = collection.documents, collection.failures
    assert document.text[: document.body_end].startswith("Skagen")
    assert (document.sections[0].title, document.sections[0].start) == ("Skagen", 0)
    assert list(document.warnings) == []
    assert failure.path == "nowhere.txt" and isinstance(failure.error, docqa.DocqaError)
    assert failure.error.message and failure.error.hint


def test_the_app_takes_its_arguments() -> None:
    from docqa.tui.app import DocqaApp

    parameters = inspect.signature(DocqaApp).parameters
    assert list(parameters)[:5] == ["paths", "settings", "password", "keys", "flags"]
    assert [parameters[name].default for name in ("password", "keys", "flags")] == [None, None, None]
    assert DocqaApp(["report.pdf"], Settings(retriever="lexical"), flags={"retriever": "lexical"})


def test_keys_of_answers(text_file: Path, flags: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(run(capsys, ["ask", "Who lived there?", text_file, "--json", "--top", 3, "-q", *flags]))
    assert set(found) == RESULT and found["schema"] == "docqa.answers/1"
    assert 0 < len(found["answers"]) <= 3
    assert all(set(answer) == ANSWER for answer in found["answers"])
    places = [place for answer in found["answers"] for place in answer["places"]]
    assert places and all(set(place) == PLACE for place in places)
    questions = tmp_path / "questions.txt"
    questions.write_text("Who lived there?\nWhen was it built?\n", encoding="utf-8")
    lines = run(capsys, ["ask", "--questions", questions, text_file, "--jsonl", "--no-cache", "-q", *flags])
    assert [set(json.loads(line)) for line in lines.splitlines()] == [RESULT, RESULT]


def test_keys_of_an_evaluation(flags: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs, predictions = tmp_path / "pairs.json", tmp_path / "predictions.json"
    asked = [{"id": str(n), "question": f"Who was {n}?", "context": PROSE, "answer": "storms"} for n in range(4)]
    pairs.write_text(json.dumps(asked), encoding="utf-8")
    sampled = ["--as-documents", "--sample", 3, "--seed", 1, "--predictions", predictions, "--worst", 1]
    found = json.loads(run(capsys, ["eval", pairs, "--json", "-q", *sampled, *flags]))
    assert set(found) >= EVALUATION and set(found["pairs"]) >= PAIRS
    assert {"exact", "f1", "total"} <= set(found["scores"])
    assert set(found["exact"]) == set(found["f1"]) == {"value", "interval"}
    assert {"threshold", "answered", "right", "answerable"} <= set(found["coverage"][0])
    assert {"id", "question", "accepted", "answer", "probability", "outcome"} <= set(found["worst"][0])
    assert len(json.loads(predictions.read_text(encoding="utf-8"))) == 3


def test_keys_of_a_dry_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text(json.dumps({"question": "Who?", "context": PROSE, "answer": "Anna Holm"}), encoding="utf-8")
    found = json.loads(run(capsys, ["finetune", pairs, "--dry-run", "--json"]))
    assert set(found) == {"train", "test"} and set(found["train"]) >= PAIRS


def test_keys_of_models(capsys: pytest.CaptureFixture[str]) -> None:
    facts = {"name", "kind", "source", "chosen", "size", "folder"}
    assert [set(model) for model in json.loads(run(capsys, ["models", "list", "--json"]))] == [facts]
    assert set(json.loads(run(capsys, ["models", "show", "--json"]))) == facts | {"fingerprint", "metadata"}
