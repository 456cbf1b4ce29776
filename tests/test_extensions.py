"""Third-party extensions, and removing built-in ones."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from support.samples import PROSE, ROOT

import docqa
from docqa import config, output
from docqa.array_store import ArrayStore
from docqa.cli.main import main
from docqa.collection import Collection
from docqa.config import Settings
from docqa.documents import Document, Source, expand, parse, read
from docqa.documents.plain_text import from_text
from docqa.engine import Engine
from docqa.errors import DocqaError
from docqa.evaluation.metrics import Prediction
from docqa.extensions import BACKENDS, FORMATS, METRICS, RETRIEVERS, DocumentFormat, Metric, Registry, RetrieverKind
from docqa.models import registry
from docqa.models.registry import ModelKind
from docqa.progress import Monitor
from docqa.reader.backend import choose_backend
from docqa.reader.reader import Reader
from docqa.tui.state import file_search


def example(heading: str) -> str:
    """Return the Python code below a heading of docs/extending.md."""
    page = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return "".join(re.findall(r"```python\n(.*?)```", section, flags=re.DOTALL))


@pytest.fixture(autouse=True)
def registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Restore the registries after each test."""
    for each in (FORMATS, RETRIEVERS, BACKENDS, METRICS):
        monkeypatch.setattr(each, "_known", dict(each._known))


def test_the_last_registered_extension_of_a_name_wins() -> None:
    formats: Registry[DocumentFormat] = Registry("document format")
    first, second, other = (DocumentFormat(name, "", (), "") for name in ("a", "a", "b"))
    for each in (first, other, second):
        formats.register(each)
    assert formats.get("a") is second
    assert list(formats) == [second, other]
    formats.remove("a")
    with pytest.raises(DocqaError, match="there is no document format called 'a'"):
        formats.get("a")


# Document formats ---------------------------------------------------------------------------------


@pytest.fixture
def email(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run the example in docs/extending.md next to an e-mail file; return the names it defines."""
    text = "Subject: The boat\n\nDear Ida,\nplease note that the boat is moored at dock seven.\nYours, Clara\n"
    (tmp_path / "order.eml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(example("A document format"), names)  # noqa: S102 - this repository's own documentation
    return names


def seen_by_users(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return everything that depends on document formats: help, errors, files found in a folder and by the app."""
    shown: list[str] = []
    for command in ("ask", "open", "serve"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        shown.append(" ".join(capsys.readouterr().out.partition("options:")[0].split()))
    (folder / "empty").mkdir()
    (folder / "letter.docx").write_bytes(b"PK")
    shown += [str(error) for error in expand([folder / "empty"])]
    with pytest.raises(DocqaError) as refused:
        read(str(folder / "letter.docx"))
    shown.append(str(refused.value))
    with pytest.raises(DocqaError) as nothing:
        Collection(Engine(Settings(retriever="lexical")), []).ask("Who?")
    shown.append(str(nothing.value))
    shown += map(str, expand([folder]))
    shown += [name for names in file_search.find_files(str(folder), lambda: False) for name in names]
    shown += file_search.completions(f"{folder}/")
    return "\n".join(shown)


def test_the_example_of_a_document_format_answers(email: dict[str, Any]) -> None:
    assert "seven" in email["answers"][0].text
    assert output.citation(email["answers"][0]) == "order.eml, line 4 of the message"
    assert "format" not in output.as_dict(docqa.open("order.eml").ask("Which dock?"))["answers"][0]


def test_an_added_format_is_named_and_found_everywhere(
    email: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = seen_by_users(tmp_path, capsys)
    assert shown.count("PDF, text, Markdown or e-mail file") == 4
    assert shown.count("docqa reads .pdf, .txt, .text, .md, .markdown, .eml") == 2
    assert shown.count("order.eml") == 3


def test_a_removed_format_is_named_and_found_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.md").write_text("# Staff", encoding="utf-8")
    (tmp_path / "a.txt").write_text("Staff", encoding="utf-8")
    FORMATS.remove("markdown")
    shown = seen_by_users(tmp_path, capsys)
    assert "arkdown" not in shown
    assert ".md" not in shown
    assert shown.count("PDF or text file") == 4
    with pytest.raises(DocqaError, match="is of a type that docqa does not read"):
        read(str(tmp_path / "a.md"))


def test_a_format_is_recognized_by_its_signature_before_its_suffix() -> None:
    def parse_log(source: Source, monitor: Monitor) -> Document:
        return from_text(source, "log", source.data.decode().strip())

    FORMATS.register(DocumentFormat("log", "log", (".log",), parse_log, signature=b"LOG:"))
    assert parse(Source("-", b"\n LOG: the boat sank")).format == "log"
    assert parse(Source("a.txt", b"LOG: the boat sank")).format == "log"
    assert parse(Source("a.log", b"the boat sank")).format == "log"
    assert parse(Source("a.txt", b"the boat sank")).format == "text"


def test_what_a_parser_raises_is_a_failure_of_its_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny_settings: Settings
) -> None:
    def fail(source: Source, monitor: Monitor) -> Document:
        raise ZeroDivisionError("division by zero")

    FORMATS.register(DocumentFormat("bad", "bad", (".bad",), fail))
    (tmp_path / "a.bad").write_bytes(b"x")
    (tmp_path / "b.txt").write_text("Anna Holm is the keeper.", encoding="utf-8")
    collection = Engine(tiny_settings, ArrayStore(None)).open([tmp_path])
    assert [document.name for document in collection.documents] == [str(tmp_path / "b.txt")]
    (failure,) = collection.failures
    assert failure.path == str(tmp_path / "a.bad")
    assert "a.bad could not be parsed: ZeroDivisionError: division by zero" in failure.error.message
    assert "test_extensions.py" in failure.error.hint
    assert "report" in failure.error.hint
    monkeypatch.setenv("DOCQA_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        Engine(tiny_settings, ArrayStore(None)).open([tmp_path])


def test_formats_are_known_without_heavy_imports() -> None:
    code = "import sys, docqa.documents.formats as f; f.file_types(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "pypdfium2", "pypdfium2_raw", "pypdf", "markdown_it", "charset_normalizer"} & set(loaded)


# Metrics ------------------------------------------------------------------------------------------


@pytest.fixture
def pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of pairs in the current directory, with answers that random weights match partially."""
    words = PROSE.split()
    answers = [" ".join(words[number : number + 2]) for number in range(12)]
    asked = [
        {"id": str(number), "question": f"who is {text}?", "context": PROSE, "answer": text if number % 3 else None}
        for number, text in enumerate(answers)
    ]
    (tmp_path / "pairs.json").write_text(json.dumps(asked), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "pairs.json"


def test_a_registered_metric_is_in_text_json_and_comparison(
    pairs: Path, tiny_reader: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCQA_READER", str(tiny_reader))
    exec(example("A metric"), {})  # noqa: S102 - this repository's own documentation
    assert re.search(r"contains an accepted answer +[01]\.\d{3} +\([01]\.\d{3}–[01]\.\d{3}\)", capsys.readouterr().out)
    flags = [str(pairs), "--threshold", "0", "--compare", str(tiny_reader)]
    main(["eval", "--json", *flags])
    facts = json.loads(capsys.readouterr().out)
    figure = facts["metrics"]["containment"]
    assert figure["interval"][0] <= figure["value"] <= figure["interval"][1]
    assert facts["compared"]["metrics"]["containment"]["value"] == figure["value"]
    assert facts["differences"]["containment"] == {"difference": 0, "interval": [0, 0], "p": 1}
    # The keys of the built-in metrics are unchanged.
    assert facts["metrics"]["exact"] == facts["exact"]
    assert facts["metrics"]["calibration_error"] == {"value": facts["calibration_error"]}
    main(["eval", *flags])
    (row,) = [line for line in capsys.readouterr().out.splitlines() if line.endswith("1.0000") and "contains" in line]
    assert row.split()[4:] == [f"{figure['value']:.3f}"] * 2 + ["+0.000", "(+0.000", "to", "+0.000)", "1.0000"]


def test_one_figure_of_all_questions_is_resampled_and_an_impossible_one_left_out(
    pairs: Path, tiny_reader: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def longest(predictions: Sequence[Prediction], *_: object) -> float:
        return float(max(len(prediction.text) for prediction in predictions))

    METRICS.register(Metric("longest", "longest answer", longest))
    METRICS.register(Metric("impossible", "impossible", lambda *_: None))
    METRICS.remove("auroc")
    main(["eval", "--json", str(pairs), "--reader", str(tiny_reader)])
    facts = json.loads(capsys.readouterr().out)
    assert list(facts["metrics"]) == ["exact", "f1", "calibration_error", "longest"]
    assert "auroc" not in facts
    low, high = facts["metrics"]["longest"]["interval"]
    assert low <= high == facts["metrics"]["longest"]["value"]
    main(["eval", str(pairs), "--reader", str(tiny_reader)])
    text = capsys.readouterr().out
    assert "longest answer" in text
    assert "AUROC" not in text


# Retrievers ---------------------------------------------------------------------------------------

_LOGBOOK = "\n\n".join(
    [
        *(f"On day {day} the weather was fair, and nothing worth a note happened on board." for day in range(1, 40)),
        "The captain of the Albatross is Greta Lind.",
        *(f"On day {day} we sailed before a light wind towards the islands." for day in range(41, 80)),
    ]
)


@pytest.fixture
def logbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, containing a text that is several windows long."""
    (tmp_path / "logbook.txt").write_text(_LOGBOOK, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_example_of_a_retriever_answers(logbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    exec(example("A retriever"), names)  # noqa: S102 - this repository's own documentation
    assert names["answers"][0].text == "Greta Lind"
    asked = ["ask", "Who is captin of the Albatros?", "logbook.txt", "--json", "--retriever", "trigrams", "-q"]
    assert main([*asked, "--top-k-windows", "1"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["retriever"], shown["answers"][0]["text"]) == ("trigrams", "Greta Lind")


def test_retrievers_are_named_by_the_registry_everywhere(logbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    RETRIEVERS.register(RetrieverKind("mine", "docqa.retrieval.bm25:build"))
    RETRIEVERS.remove("dense")
    assert config.choices("retriever") == ("hybrid", "lexical", "mine")
    with pytest.raises(SystemExit):
        main(["ask", "--help"])
    assert "--retriever {hybrid,lexical,mine}" in " ".join(capsys.readouterr().out.split())
    with pytest.raises(DocqaError, match="retriever is 'dense'") as refused:
        Settings(retriever="dense")
    assert "mine" in refused.value.hint and "dense" not in refused.value.hint
    assert docqa.open("logbook.txt", retriever="mine").ask("Who is the captain?").answers[0].text == "Greta Lind"


def test_an_encoder_is_loaded_only_for_retrievers_that_need_one(logbook: Path) -> None:
    assert Engine(Settings(retriever="lexical")).encoder is None
    engine = Engine(Settings(retriever="dense"))
    assert engine.encoder is not None
    assert engine.open(["logbook.txt"]).opened[0].vectors is not None


# Reader backends ----------------------------------------------------------------------------------


def test_the_example_of_a_reader_backend_answers(logbook: Path, tiny_reader: Path) -> None:
    bundled = registry.find("bundled", ModelKind.READER).folder
    shutil.copytree(bundled, logbook / "two-readers")
    (logbook / "two-readers" / "second").symlink_to(bundled, target_is_directory=True)
    names: dict[str, Any] = {}
    exec(example("A reader backend"), names)  # noqa: S102 - this repository's own documentation
    assert names["answers"][0].text == "Greta Lind"
    reader = Reader(registry.find(str(logbook / "two-readers"), ModelKind.READER), "cpu")
    assert reader.needs_torch
    assert choose_backend(reader.model.folder, "cpu").name == "ensemble"
    assert choose_backend(tiny_reader, "cpu").name != "ensemble"


def test_a_reader_that_no_backend_can_load_is_an_error(tiny_reader: Path) -> None:
    for name in BACKENDS.names():
        BACKENDS.remove(name)
    with pytest.raises(DocqaError, match="no reader backend can load"):
        Reader(registry.find(str(tiny_reader), ModelKind.READER), "cpu").load()
