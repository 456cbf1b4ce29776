"""Model names, folders and selection; loading, and errors for folders that can't be loaded."""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support import tiny_models

from docqa.cli import models as command
from docqa.errors import DocqaError
from docqa.models import loading, registry
from docqa.models.registry import ModelKind
from docqa.retrieval.dense import load_encoder

TEXT = "The lighthouse at Skagen was built in 1858 by an architect called Bindesbøll"


@pytest.fixture(scope="session")
def reader_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.make_reader(tmp_path_factory.mktemp("reader"), TEXT)


@pytest.fixture(scope="session")
def encoder_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.make_encoder(tmp_path_factory.mktemp("encoder"), TEXT)


@pytest.fixture
def reader(tmp_path: Path, reader_files: Path) -> Path:
    return shutil.copytree(reader_files, tmp_path / "reader")


@pytest.fixture
def encoder(tmp_path: Path, encoder_files: Path) -> Path:
    return shutil.copytree(encoder_files, tmp_path / "encoder")


def install(folder: Path, name: str, kind: ModelKind = ModelKind.READER) -> registry.Model:
    copy = shutil.copytree(folder, registry.models_dir() / ".partial" / name)
    return registry.install(copy, name, kind)


def run(*argv: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    arguments = parser.parse_args(["models", *argv])
    return int(arguments.run(arguments))


# --- offline ---


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=120,
    )


def test_the_command_forces_offline_and_imports_no_model_library(home: Path) -> None:
    code = """
import os, sys
import docqa.models.registry, docqa.models.hub, docqa.cli.main
heavy = {"torch", "transformers", "sentence_transformers", "huggingface_hub", "tokenizers"} & set(sys.modules)
assert not heavy, heavy
assert docqa.models.registry.installed() is not None
assert os.environ["HF_HUB_OFFLINE"] == "0"
docqa.cli.main.main(["models", "list"])
assert os.environ["HF_HUB_OFFLINE"] == os.environ["TRANSFORMERS_OFFLINE"] == "1"
assert os.environ["HF_HUB_DISABLE_TELEMETRY"] == os.environ["HF_HUB_DISABLE_XET"] == "1"
import huggingface_hub.constants
assert huggingface_hub.constants.is_offline_mode()
"""
    done = python(code, DOCQA_HOME=str(home), HF_HUB_OFFLINE="0", TRANSFORMERS_OFFLINE="0")
    assert (done.returncode, done.stderr) == (0, "")


def test_loading_is_silent_and_connects_to_nothing_even_where_the_hub_is_online(
    reader: Path, encoder: Path, home: Path
) -> None:
    code = """
import sys
import huggingface_hub.constants
asked = []
network = {"socket.connect", "socket.getaddrinfo"}
sys.addaudithook(lambda event, _: asked.append(event) if event in network else None)
from docqa.models import loading, registry
from docqa.retrieval.dense import load_encoder
assert not huggingface_hub.constants.is_offline_mode()
reader = registry.find(sys.argv[1], registry.ModelKind.READER)
encoder = registry.find(sys.argv[2], registry.ModelKind.ENCODER)
loading.load_tokenizer(reader.folder)
import torch
loading.load_reader(reader.folder, "cpu", torch.float32)
assert load_encoder(encoder.folder, "cpu").encode(["hello"], show_progress_bar=False).shape == (1, 16)
assert not asked, asked
"""
    code = code.replace("sys.argv[1]", repr(str(reader))).replace("sys.argv[2]", repr(str(encoder)))
    done = python(code, DOCQA_HOME=str(home), HF_HUB_OFFLINE="0", HF_HOME=str(home / "hf"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# --- lookup ---


def test_bundled_models_are_complete() -> None:
    for kind in ModelKind:
        model = registry.find("bundled", kind)
        assert (model.source, model.name) == ("bundled", "bundled")
        assert model.size > 1_000_000


def test_find_by_name_repository_alias_and_path(reader: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = registry.ALIASES["distilbert"].repo
    (reader / "docqa.json").write_text(json.dumps({"source": {"repo": repo, "revision": "f" * 40}}))
    installed = install(reader, "mine")
    assert installed.source == "pulled"
    for name in ("mine", "distilbert", repo):
        assert registry.find(name, ModelKind.READER) == installed
    by_path = registry.find(str(reader), ModelKind.READER)
    assert (by_path.source, by_path.folder) == ("folder", reader)
    monkeypatch.chdir(reader.parent)
    assert registry.find("./reader", ModelKind.READER) == by_path


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("distilbert", "docqa models pull distilbert"),
        ("owner/thing", "docqa models pull owner/thing"),
        ("distilbret", "did you mean distilbert? docqa models pull distilbert"),
        ("mein", "did you mean mine?"),
        ("xyzzy", "docqa models pull NAME, for example distilbert"),
        ("", "docqa models pull NAME, for example distilbert"),
    ],
)
def test_unknown_name_is_met_with_what_there_is_and_what_to_do(reader: Path, name: str, hint: str) -> None:
    install(reader, "mine")
    with pytest.raises(DocqaError) as caught:
        registry.find(name, ModelKind.READER)
    assert caught.value.message == f"there is no reader called {name!r}; installed: bundled, mine"
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("kind", "missing", "sentence"),
    [
        (ModelKind.READER, "config.json", "lacks config.json"),
        (ModelKind.READER, "model.safetensors", "lacks model.safetensors"),
        (ModelKind.ENCODER, "modules.json", "lacks modules.json"),
        (ModelKind.ENCODER, "model.safetensors", "lacks model.safetensors"),
    ],
)
def test_incomplete_folder_is_refused(
    reader: Path, encoder: Path, kind: ModelKind, missing: str, sentence: str
) -> None:
    folder = reader if kind is ModelKind.READER else encoder
    (folder / missing).unlink()
    with pytest.raises(DocqaError, match=sentence):
        registry.find(str(folder), kind)


@pytest.mark.parametrize("kind", list(ModelKind))
def test_pickled_weights_are_refused_with_the_reason(reader: Path, encoder: Path, kind: ModelKind) -> None:
    folder = reader if kind is ModelKind.READER else encoder
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(DocqaError, match="pickle can run code"):
        registry.find(str(folder), kind)


def test_installed_lists_bundled_first_then_by_name_and_nothing_hidden(reader: Path, encoder: Path) -> None:
    for name in ("zeta", "alpha"):
        install(reader, name)
    install(encoder, "minilm", ModelKind.ENCODER)
    (registry.models_dir() / "reader" / ".on-its-way").mkdir()
    assert [model.name for model in registry.installed(ModelKind.READER)] == ["bundled", "alpha", "zeta"]
    assert [(model.kind, model.name) for model in registry.installed()][-2:] == [
        (ModelKind.ENCODER, "bundled"),
        (ModelKind.ENCODER, "minilm"),
    ]


@pytest.mark.parametrize("name", ["bundled", "", ".hidden", "a/b", "..", "a b", "x" * 101])
def test_names_that_cannot_be_folders_are_refused(reader: Path, name: str) -> None:
    with pytest.raises(DocqaError, match="cannot be a model's name"):
        registry.install(reader, name, ModelKind.READER)
    assert reader.is_dir()


def test_install_replaces_an_earlier_model_of_that_name(reader: Path) -> None:
    before = install(reader, "mine").fingerprint
    (reader / "docqa.json").write_text('{"limits": 1}')
    tiny_models.make_reader(reader, TEXT, seed=1)
    after = install(reader, "mine")
    assert after.fingerprint != before
    assert [entry.name for entry in (registry.models_dir() / "reader").iterdir()] == ["mine"]


def test_incomplete_folder_does_not_replace_a_model(reader: Path) -> None:
    before = install(reader, "mine").fingerprint
    (reader / "model.safetensors").unlink()
    with pytest.raises(DocqaError, match="lacks model"):
        install(reader, "mine")
    assert registry.find("mine", ModelKind.READER).fingerprint == before


def test_model_that_cannot_be_moved_does_not_replace_one(reader: Path) -> None:
    before = install(reader, "mine").fingerprint
    other_disk = Path("/dev/shm")  # noqa: S108
    if not other_disk.is_dir() or other_disk.stat().st_dev == reader.stat().st_dev:
        pytest.skip("needs two file systems")
    with tempfile.TemporaryDirectory(dir=other_disk) as folder:
        elsewhere = tiny_models.make_reader(Path(folder) / "reader", TEXT, seed=1)
        with pytest.raises(DocqaError, match=r"can't change the models in .*cross-device"):
            registry.install(elsewhere, "mine", ModelKind.READER)
    assert [entry.name for entry in (registry.models_dir() / "reader").iterdir()] == ["mine"]
    assert registry.find("mine", ModelKind.READER).fingerprint == before


# --- fingerprints ---


def test_fingerprint_is_of_the_contents(reader: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(reader, tmp_path / "copy", copy_function=shutil.copyfile)
    (copy / "docqa.json").write_text("{}")
    (copy / "README.md").write_text("mine")
    first = registry.find(str(reader), ModelKind.READER).fingerprint
    assert registry.find(str(copy), ModelKind.READER).fingerprint == first
    tiny_models.make_tokenizer(copy, "other words")
    assert registry.find(str(copy), ModelKind.READER).fingerprint != first


def test_fingerprint_of_a_large_file_looks_at_its_ends_and_size(reader: Path) -> None:
    model, weights = registry.find(str(reader), ModelKind.READER), reader / "model.safetensors"
    size, seen = 201 * 2**20, set()
    for position, length in ((0, size), (size - 1, size), (size // 2, size + 1)):
        with weights.open("wb") as opened:
            opened.truncate(length)  # sparse: no disk is used
            opened.seek(position)
            opened.write(b"x")
        seen.add(model.fingerprint)
    assert len(seen) == 3


def test_fingerprint_counts_how_an_encoder_pools(encoder: Path) -> None:
    model = registry.find(str(encoder), ModelKind.ENCODER)
    before = model.fingerprint
    (encoder / "1_Pooling").mkdir()
    (encoder / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    assert model.fingerprint != before


# --- selection ---


def test_use_and_remove(reader: Path, encoder: Path) -> None:
    assert registry.chosen(ModelKind.READER) == "bundled"
    install(reader, "mine")
    install(encoder, "small", ModelKind.ENCODER)
    assert registry.use("mine", ModelKind.READER).name == registry.chosen(ModelKind.READER) == "mine"
    assert registry.use("small", ModelKind.ENCODER).name == registry.chosen(ModelKind.ENCODER) == "small"
    assert registry.remove("mine", ModelKind.READER).name == "mine"
    assert registry.chosen(ModelKind.READER) == "bundled"
    assert registry.chosen(ModelKind.ENCODER) == "small"
    assert registry.use("bundled", ModelKind.ENCODER).source == "bundled"
    assert registry.chosen(ModelKind.ENCODER) == "bundled"
    assert [model.name for model in registry.installed(ModelKind.READER)] == ["bundled"]
    assert not any((registry.models_dir() / "reader").iterdir())


def test_folder_is_chosen_by_its_absolute_path(reader: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(reader.parent)
    registry.use("./reader", ModelKind.READER)
    monkeypatch.chdir("/")
    assert registry.find(registry.chosen(ModelKind.READER), ModelKind.READER).folder == reader


def test_chosen_model_that_vanished_says_how_to_go_on(encoder: Path) -> None:
    registry.use(str(encoder), ModelKind.ENCODER)
    shutil.rmtree(encoder)
    with pytest.raises(DocqaError, match="chosen encoder cannot be used") as caught:
        registry.chosen(ModelKind.ENCODER)
    assert caught.value.hint == "docqa models use bundled --encoder"
    registry.use("bundled", ModelKind.ENCODER)
    assert registry.chosen(ModelKind.ENCODER) == "bundled"


def test_remove_only_what_docqa_installed(reader: Path) -> None:
    with pytest.raises(DocqaError, match="part of docqa"):
        registry.remove("bundled", ModelKind.READER)
    with pytest.raises(DocqaError, match="no reader called"):
        registry.remove(str(reader), ModelKind.READER)
    assert (reader / "config.json").is_file()


def test_using_what_is_not_there_changes_nothing(reader: Path) -> None:
    install(reader, "mine")
    registry.use("mine", ModelKind.READER)
    with pytest.raises(DocqaError):
        registry.use("other", ModelKind.READER)
    assert registry.chosen(ModelKind.READER) == "mine"


# --- loading ---


def test_tokenizer_neither_cuts_nor_pads(reader: Path) -> None:
    tokenizer = loading.load_tokenizer(reader)
    assert tokenizer.encode("the lighthouse").tokens == ["[CLS]", "the", "lighthouse", "[SEP]"]
    assert len(tokenizer.encode("the " * 100).ids) == 102


def test_tokenizer_from_a_vocabulary(reader: Path) -> None:
    expected = loading.load_tokenizer(reader).encode("the LIGHTHOUSE 1858 zz").ids
    (reader / "tokenizer.json").unlink()
    (reader / "vocab.txt").write_text("\n".join(tiny_models.words(TEXT)), encoding="utf-8")
    assert loading.load_tokenizer(reader).encode("the LIGHTHOUSE 1858 zz").ids == expected


@pytest.mark.parametrize("contents", [b"", b"{", b"{}", b'{"model": 1}', b"\xff"])
def test_damaged_tokenizer(reader: Path, encoder: Path, contents: bytes) -> None:
    for folder in (reader, encoder):
        (folder / "tokenizer.json").write_bytes(contents)
    with pytest.raises(DocqaError, match=r"tokenizer\.json"):
        loading.load_tokenizer(reader)
    with pytest.raises(DocqaError, match=r"tokenizer\.json"):
        load_encoder(encoder, "cpu")


def test_no_tokenizer_at_all(reader: Path) -> None:
    (reader / "tokenizer.json").unlink()
    with pytest.raises(DocqaError, match="has no tokenizer"):
        loading.load_tokenizer(reader)


def test_sequence_limit(reader: Path) -> None:
    assert loading.sequence_limit(reader) == 512
    configure(reader, model_type="roberta", max_position_embeddings=514)
    assert loading.sequence_limit(reader) == 512
    configure(reader, max_position_embeddings="many")
    with pytest.raises(DocqaError, match="max_position_embeddings"):
        loading.sequence_limit(reader)


def configure(folder: Path, **changes: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changes))


def test_reader_is_loaded_ready_to_read(reader: Path) -> None:
    import torch

    model = loading.load_reader(reader, "cpu", torch.bfloat16)
    assert not model.training
    assert {parameter.dtype for parameter in model.parameters()} == {torch.bfloat16}
    with torch.inference_mode():
        assert model(input_ids=torch.tensor([[2, 7, 8, 3]])).start_logits.shape == (1, 4)


def test_reader_without_a_head(reader: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rewrite(reader, lambda name: not name.startswith("qa_outputs"))
    with pytest.raises(DocqaError, match="has no question-answering head"):
        load(reader)
    assert capfd.readouterr() == ("", "")


def test_reader_that_lacks_weights(reader: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rewrite(reader, lambda name: "layer.1" not in name)
    with pytest.raises(DocqaError, match=r"incomplete: distilbert\.transformer\.layer\.1"):
        load(reader)
    assert capfd.readouterr() == ("", "")


def load(folder: Path) -> object:
    import torch

    return loading.load_reader(folder, "cpu", torch.float32)


def rewrite(folder: Path, keep: Callable[[str], bool]) -> None:
    from safetensors.numpy import load_file, save_file

    weights = folder / "model.safetensors"
    kept = {name: tensor for name, tensor in load_file(weights).items() if keep(name)}
    save_file(kept, weights, metadata={"format": "pt"})


@pytest.mark.parametrize(
    "changes",
    [
        {"model_type": "no-such-model"},
        {"model_type": "vit"},
        {"model_type": "no-such-model", "auto_map": {"AutoModelForQuestionAnswering": "evil.Evil"}},
        {"dim": 16},
        {"dim": "wide"},
        {"n_heads": 5},
    ],
)
def test_reader_of_a_foreign_or_wrong_configuration(
    reader: Path, changes: dict[str, object], capfd: pytest.CaptureFixture[str]
) -> None:
    configure(reader, **changes)
    with pytest.raises(DocqaError, match="not a reader that docqa can load") as caught:
        load(reader)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("keep", [0, 100, 5000])
def test_truncated_weights(reader: Path, encoder: Path, keep: int) -> None:
    for folder in (reader, encoder):
        weights = folder / "model.safetensors"
        weights.write_bytes(weights.read_bytes()[:keep])
    with pytest.raises(DocqaError, match="damaged"):
        load(reader)
    with pytest.raises(DocqaError, match="damaged"):
        load_encoder(encoder, "cpu")


def test_damaged_configuration(reader: Path, encoder: Path) -> None:
    (reader / "config.json").write_text("{")
    (encoder / "modules.json").write_text('[{"idx": 0}]')
    with pytest.raises(DocqaError, match="not a reader"):
        load(reader)
    with pytest.raises(DocqaError, match="not an encoder"):
        load_encoder(encoder, "cpu")


def test_reader_on_a_device_that_is_not_there(reader: Path) -> None:
    import torch

    with pytest.raises(DocqaError, match="cannot run on 'nonsense'"):
        loading.load_reader(reader, "nonsense", torch.float32)


def test_encoder_that_brings_code_is_refused_and_the_code_not_run(encoder: Path, tmp_path: Path) -> None:
    (encoder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Evil: pass\n")
    (encoder / "modules.json").write_text('[{"idx": 0, "name": "0", "path": "", "type": "evil.Evil"}]')
    with pytest.raises(DocqaError, match="ships custom code"):
        load_encoder(encoder, "cpu")
    assert not (tmp_path / "ran").exists()


# --- the command ---


def test_command_round_trip(reader: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(reader, "mine")
    assert run("use", "mine") == 0
    assert capsys.readouterr().out == "reader in use: mine\n"
    assert run("list") == 0
    bundled, mine = capsys.readouterr().out.splitlines()
    assert bundled.split() == ["bundled", bundled.split()[1], "MB", "bundled"]
    assert mine.split() == ["*", "mine", "0.2", "MB", "trained"]
    assert bundled.index("MB") <= mine.index("MB") + 1
    assert run() == 0
    assert capsys.readouterr().out.splitlines() == [bundled, mine]
    assert run("show", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["name"], shown["chosen"], len(shown["fingerprint"])) == ("mine", True, 64)
    assert run("show", "bundled") == 0
    out = capsys.readouterr().out
    assert re.search(r"^chosen +no$", out, re.MULTILINE)
    assert re.search(r"^calibrated +questions [\d,]+, ", out, re.MULTILINE)
    assert "null" not in out and "{" not in out
    assert run("remove", "mine") == 0
    assert run("list", "--json") == 0
    out = capsys.readouterr().out
    assert [(m["name"], m["chosen"]) for m in json.loads(out[out.index("[") :])] == [("bundled", True)]


def test_command_lists_encoders(encoder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(encoder, "mine", ModelKind.ENCODER)
    run("use", "mine", "--encoder")
    run("list", "--encoder", "--json")
    out = capsys.readouterr().out
    assert [m["kind"] for m in json.loads(out[out.index("[") :])] == ["encoder", "encoder"]


def test_command_uses_no_damaged_reader_and_checks_the_one_in_use(
    reader: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("use", str(reader))
    capsys.readouterr()
    assert run("check") == 0
    assert f"reader {reader}: " in capsys.readouterr().out
    weights = reader / "model.safetensors"
    weights.write_bytes(b"\xff" * 7 + b"\x7f{}")
    assert run("check") == 2
    assert "are damaged" in capsys.readouterr().err
    run("use", "bundled")
    with pytest.raises(DocqaError, match="docqa models use bundled"):
        run("use", str(reader))
    run("list")
    assert "* bundled" in capsys.readouterr().out.replace("  ", " ")


def test_command_lists_a_chosen_folder_and_survives_its_loss(reader: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("use", str(reader))
    run("list")
    assert f"* {reader}" in capsys.readouterr().out.replace("  ", " ")
    shutil.rmtree(reader)
    assert run("list") == 0
    out, err = capsys.readouterr()
    assert "bundled" in out
    assert "docqa models use bundled" in err
