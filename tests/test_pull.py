"""Pulling models from a local hub that can be made to misbehave."""

import argparse
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support import tiny_models
from support.local_hub import Hub

from docqa.choice import DEFAULT_SCALE
from docqa.cli import models as command
from docqa.errors import DocqaError
from docqa.evaluation.general_sample import needs_calibration
from docqa.models import loading, registry
from docqa.models.hub import pull
from docqa.models.metadata import CalibrationRecord, HubSource, ModelMetadata
from docqa.models.registry import Model, ModelKind
from docqa.progress import Cancelled, Monitor, Progress
from docqa.reader.reader_choice import choice_of

TEXT = "The lighthouse at Skagen was built in 1858 by an architect called Bindesbøll"
REPO = "someone/lighthouse-reader"
WEIGHTS = "model.safetensors"


@pytest.fixture(scope="session")
def reader_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tiny_models.make_reader(tmp_path_factory.mktemp("reader"), TEXT)
    (folder / "README.md").write_text("# A reader\n")
    return folder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_TOKEN", "")
    monkeypatch.setenv("NO_PROXY", "*")
    return tmp_path / "home"


@pytest.fixture
def reader(tmp_path: Path, reader_files: Path) -> Path:
    return shutil.copytree(reader_files, tmp_path / "published")


@pytest.fixture
def hub(reader: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with Hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        hub.add(REPO, reader)
        yield hub


def get(repo: str = REPO, **arguments: str | ModelKind | None) -> Model:
    return pull(repo, monitor=Monitor(), **arguments)  # type: ignore[arg-type]


def refused(repo: str = REPO, **arguments: str | ModelKind | None) -> DocqaError:
    """Pull, expecting an error of one line and no installed model; return the error."""
    with pytest.raises(DocqaError) as caught:
        get(repo, **arguments)
    assert [model.name for model in registry.installed() if model.source != "bundled"] == []
    assert "\n" not in str(caught.value)
    return caught.value


def parts() -> list[int]:
    """Return the sizes of the partial files kept."""
    return [file.stat().st_size for file in (registry.models_dir() / ".partial").rglob("*.part")]


# --- success ---


def test_a_pulled_reader_is_found_and_loads(hub: Hub, reader: Path) -> None:
    import torch

    model = get()
    assert (model.name, model.kind, model.source) == ("lighthouse-reader", ModelKind.READER, "pulled")
    expected = ModelMetadata(kind="reader", source=HubSource(REPO, hub.commit(REPO)))
    assert replace(model.metadata, files=None) == expected
    assert WEIGHTS in (model.metadata.files or {})
    assert registry.find("lighthouse-reader", ModelKind.READER) == registry.find(REPO, ModelKind.READER) == model
    assert model.fingerprint == registry.find(str(reader), ModelKind.READER).fingerprint
    assert (model.folder / "README.md").is_file()
    assert loading.load_tokenizer(model.folder).encode("lighthouse").tokens == [
        "[CLS]",
        "lighthouse",
        "[SEP]",
    ]
    loaded = loading.load_reader(model.folder, "cpu", torch.float32)
    weight = loaded.get_parameter("qa_outputs.weight")
    assert torch.equal(weight, loading.load_reader(reader, "cpu", torch.float32).get_parameter("qa_outputs.weight"))


def test_an_encoder_is_known_by_its_modules(hub: Hub, tmp_path: Path) -> None:
    folder = tiny_models.make_encoder(tmp_path / "encoder", TEXT)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text("{}")
    (folder / "onnx").mkdir()
    (folder / "onnx" / "config.json").write_text("{}")
    modules = json.loads((folder / "modules.json").read_text())
    (folder / "modules.json").write_text(
        json.dumps([*modules, {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}])
    )
    hub.add("someone/encoder", folder)
    model = get("someone/encoder")
    assert model.kind is ModelKind.ENCODER
    assert (model.folder / "1_Pooling" / "config.json").is_file()
    assert not (model.folder / "onnx").exists()
    assert registry.find("encoder", ModelKind.ENCODER) == model


def test_only_what_docqa_loads_is_downloaded(hub: Hub, reader: Path) -> None:
    for name in ("pytorch_model.bin", "tf_model.h5", "rust_model.ot", "flax_model.msgpack", "train.py"):
        (reader / name).write_bytes(b"never")
    for name in ("model-00001-of-00001.safetensors", ".gitattributes", "model.fp16.safetensors"):
        (reader / name).write_bytes(b"never")
    (reader / "onnx").mkdir()
    (reader / "onnx" / "model.safetensors").write_bytes(b"never")
    hub.add(REPO, reader)
    model = get()
    assert sorted(file.name for file in model.folder.iterdir()) == [
        "README.md",
        "config.json",
        "docqa.json",
        WEIGHTS,
        "tokenizer.json",
    ]
    assert b"never" not in b"".join(file.read_bytes() for file in model.folder.iterdir())


def test_paths_that_lead_elsewhere_are_not_followed(hub: Hub, home: Path) -> None:
    for path in ("../../escaped.json", "/tmp/escaped.json", "..\\escaped.json", "C:/escaped.json"):  # noqa: S108
        hub.repositories[REPO][path] = b"{}"
    get()
    assert not list(home.parent.rglob("escaped.json"))
    assert not any("escaped" in request.path for request in hub.requests)


def test_a_vocabulary_becomes_a_tokenizer(hub: Hub, reader: Path) -> None:
    expected = loading.load_tokenizer(reader).encode("the lighthouse").ids
    (reader / "tokenizer.json").unlink()
    (reader / "vocab.txt").write_text("\n".join(tiny_models.words(TEXT)), encoding="utf-8")
    hub.add(REPO, reader)
    model = get()
    assert (model.folder / "tokenizer.json").is_file()
    assert loading.load_tokenizer(model.folder).encode("the lighthouse").ids == expected


def test_provenance_joins_what_the_model_says_of_itself(hub: Hub, reader: Path) -> None:
    (reader / "docqa.json").write_text('{"calibration": {"scale": 2}, "source": {"repo": "elsewhere"}}')
    hub.add(REPO, reader)
    metadata = get().metadata
    assert metadata.calibration == CalibrationRecord(scale=2)
    assert metadata.source == HubSource(REPO, hub.commit(REPO))


def test_alias_is_pulled_at_its_commit(hub: Hub, reader: Path) -> None:
    alias = registry.ALIASES["distilbert"]
    hub.add(alias.repo, reader)
    assert f"no revision {alias.revision!r}" in refused("distilbert").message
    assert hub.requests[-1].path == f"/api/models/{alias.repo}/revision/{alias.revision}"
    model = get("distilbert", revision="main")
    assert model.name == "distilbert"
    assert registry.find("distilbert", ModelKind.READER) == registry.find(alias.repo, ModelKind.READER) == model


def test_progress_is_in_bytes_and_reaches_the_total(hub: Hub) -> None:
    seen: list[Progress] = []
    model = pull(REPO, monitor=Monitor(seen.append))
    downloading = [progress for progress in seen if progress.stage == "downloading"]
    total = sum(file.stat().st_size for file in model.folder.iterdir() if file.name != "docqa.json")
    assert {progress.total for progress in downloading} == {total}
    done = [progress.done for progress in downloading]
    assert done == sorted(done)
    assert done[-1] == total
    assert len(set(done)) > 4


def test_token_goes_to_the_hub_and_not_to_where_it_redirects(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    get()
    assert {request.authorization for request in hub.requests if request.on_cdn} == {""}
    assert {request.authorization for request in hub.requests if not request.on_cdn} == {"Bearer hf_secret"}


def test_afterwards_docqa_is_offline_again(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import HfApi, constants
    from huggingface_hub.errors import OfflineModeIsEnabled

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)  # As in the command line.
    get()
    refused_later = len(hub.requests)
    hub.refuse["someone/other"] = (404, "")
    with pytest.raises(DocqaError):
        get("someone/other")
    assert constants.is_offline_mode()
    asked = len(hub.requests)
    with pytest.raises(OfflineModeIsEnabled):
        HfApi(endpoint=hub.address).model_info(REPO)
    assert len(hub.requests) == asked == refused_later + 1


def test_nothing_but_the_model_is_asked_for(hub: Hub) -> None:
    get()
    assert all(f"/{REPO}/" in request.path for request in hub.requests)


# --- repeated ---


def test_the_same_commit_is_not_downloaded_twice(hub: Hub) -> None:
    first, sent = get(), dict(hub.sent)
    assert get() == first
    assert hub.sent == sent


def test_a_newer_commit_replaces_the_older(hub: Hub, reader: Path) -> None:
    before = get().fingerprint
    tiny_models.make_reader(reader, TEXT, seed=1)
    hub.add(REPO, reader)
    model = get()
    assert model.fingerprint != before
    assert model.metadata.source == HubSource(REPO, hub.commit(REPO))


def test_a_damaged_installation_is_mended(hub: Hub) -> None:
    model = get()
    (model.folder / WEIGHTS).unlink()
    assert (get().folder / WEIGHTS).is_file()


def test_another_model_of_that_name_is_not_overwritten(hub: Hub, reader: Path) -> None:
    mine = get()
    hub.add("other/lighthouse-reader", reader)
    with pytest.raises(DocqaError, match="another reader is already called 'lighthouse-reader'"):
        get("other/lighthouse-reader")
    assert mine.metadata.source is not None and mine.metadata.source.repo == REPO
    assert get("other/lighthouse-reader", name="second").name == "second"


def test_two_at_once_make_one_whole_model(hub: Hub) -> None:
    got: list[Model] = []
    threads = [threading.Thread(target=lambda: got.append(get())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [got[0]] * 3
    assert hub.sent[WEIGHTS] == (got[0].folder / WEIGHTS).stat().st_size


# --- interrupted ---


def test_a_broken_connection_is_made_anew_where_it_broke(hub: Hub) -> None:
    hub.break_after[WEIGHTS] = [40_000, 30_000]
    model = get()
    assert hub.sent[WEIGHTS] == (model.folder / WEIGHTS).stat().st_size
    assert [r.range for r in hub.downloads(WEIGHTS) if r.on_cdn] == ["", "bytes=40000-", "bytes=70000-"]


def test_a_lost_connection_is_resumed_by_the_next_pull(hub: Hub) -> None:
    hub.break_after[WEIGHTS] = [50_000, 0]
    error = refused()
    assert error.message.startswith("cannot reach the model hub")
    assert parts() == [50_000]
    model = get()
    assert [r.range for r in hub.downloads(WEIGHTS) if r.on_cdn][-1] == "bytes=50000-"
    assert hub.sent[WEIGHTS] == (model.folder / WEIGHTS).stat().st_size
    assert len([r for r in hub.downloads("tokenizer.json") if r.method == "GET"]) == 1
    assert not list((registry.models_dir() / ".partial").glob("*@*"))


@pytest.mark.parametrize("stop", [Cancelled, KeyboardInterrupt])
def test_stopping_leaves_no_half_model_and_keeps_what_came(hub: Hub, stop: type[BaseException]) -> None:
    big = [len(contents) for contents in hub.repositories[REPO].values()]

    def report(progress: Progress) -> None:
        if progress.done > sum(big) - max(big):
            raise stop

    with pytest.raises(stop):
        pull(REPO, monitor=Monitor(report))
    assert [model.name for model in registry.installed(ModelKind.READER)] == ["bundled"]
    (kept,) = parts()
    assert 0 < kept < max(big)
    get()
    assert f"bytes={kept}-" in [request.range for request in hub.downloads(WEIGHTS)]


def test_cancelling_while_another_pull_runs(hub: Hub) -> None:
    from filelock import FileLock

    lock = registry.models_dir() / ".partial" / ".lock"
    lock.parent.mkdir(parents=True)
    cancel, stages = threading.Event(), []

    def report(progress: Progress) -> None:
        stages.append(progress.stage)
        cancel.set()

    with FileLock(lock), pytest.raises(Cancelled):
        pull(REPO, monitor=Monitor(report, cancel))
    assert stages == ["waiting for another download"]


def test_a_server_that_cannot_resume_starts_over(hub: Hub) -> None:
    hub.break_after[WEIGHTS] = [50_000, 0]
    refused()
    hub.ignore_range = True
    assert get().fingerprint


# --- damaged or refused ---


def test_small_files_are_checked_too(hub: Hub) -> None:
    hub.corrupt.add("tokenizer.json")
    error = refused()
    assert error.message == f"tokenizer.json of {REPO} arrived damaged: its checksum differs from the hub's"


def test_what_was_damaged_after_it_had_come_is_fetched_again(hub: Hub) -> None:
    hub.break_after[WEIGHTS] = [50_000, 0]
    refused()
    (came,) = (registry.models_dir() / ".partial").rglob("tokenizer.json")
    came.write_bytes(bytes(came.stat().st_size))
    assert loading.load_tokenizer(get().folder).encode("lighthouse").tokens[1] == "lighthouse"


def test_a_pulled_encoder_that_brings_code_is_not_installed(hub: Hub, tmp_path: Path) -> None:
    folder = tiny_models.make_encoder(tmp_path / "encoder", TEXT)
    modules = json.loads((folder / "modules.json").read_text())
    (folder / "modules.json").write_text(json.dumps([*modules, {"path": "", "type": "evil.Evil"}]))
    hub.add("someone/encoder", folder)
    assert "ships custom code (evil.Evil)" in refused("someone/encoder").message


def test_every_alias_names_a_commit() -> None:
    assert all(re.fullmatch("[0-9a-f]{40}", alias.revision) for alias in registry.ALIASES.values())


def test_corrupted_weights_are_refused_and_thrown_away(hub: Hub) -> None:
    hub.corrupt.add(WEIGHTS)
    error = refused()
    assert error.message == f"{WEIGHTS} of {REPO} arrived damaged: its checksum differs from the hub's"
    assert parts() == []
    hub.corrupt.clear()
    assert get().name == "lighthouse-reader"


def test_weights_without_a_checksum_are_refused_before_they_are_downloaded(hub: Hub) -> None:
    hub.report_checksums = False
    assert "gives no checksum of model.safetensors" in refused().message
    assert not hub.downloads(WEIGHTS)


def test_pickled_weights_are_refused_before_anything_is_downloaded(hub: Hub, reader: Path) -> None:
    (reader / WEIGHTS).rename(reader / "pytorch_model.bin")
    hub.add(REPO, reader)
    assert "has no weights in safetensors" in refused().message
    assert not hub.sent


@pytest.mark.parametrize("config", ['{"architectures": ["BertForMaskedLM"]}', "{}", "[]"])
def test_what_is_no_reader_is_refused_before_its_weights_are_downloaded(hub: Hub, reader: Path, config: str) -> None:
    (reader / "config.json").write_text(config)
    hub.add(REPO, reader)
    assert "is not a question-answering model" in refused().message
    assert not hub.downloads(WEIGHTS)


def test_what_cannot_be_told_what_it_is(hub: Hub, reader: Path) -> None:
    (reader / "config.json").write_text("{")
    hub.add(REPO, reader)
    assert refused().message.startswith(f"config.json of {REPO} is damaged")
    (reader / "config.json").unlink()
    hub.add(REPO, reader)
    assert refused().message == f"{REPO} has no config.json, so docqa cannot tell what it is"


def test_a_kind_that_it_is_not(hub: Hub) -> None:
    assert "is not a sentence-transformers encoder" in refused(kind=ModelKind.ENCODER).message


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (403, "GatedRepo", "is gated"),
        (401, "RepoNotFound", "there is no model"),
        (404, "RepoNotFound", "there is no model"),
        (404, "", "there is no model"),
        (401, "", "denies access"),
        (403, "", "denies access"),
        (429, "", "answered HTTP 429"),
        (503, "", "answered HTTP 503"),
    ],
)
def test_each_refusal_has_its_sentence(hub: Hub, status: int, code: str, message: str) -> None:
    hub.refuse[REPO] = (status, code)
    assert message in refused().message


def test_an_unknown_revision(hub: Hub) -> None:
    assert refused(revision="v9").message == f"{REPO} has no revision 'v9'"


@pytest.mark.parametrize("repo", ["", "a/b/c", "two words", "./folder", "a--b", "https://example.org/a"])
def test_what_cannot_be_a_repository(hub: Hub, repo: str) -> None:
    assert "cannot be a model on the hub" in refused(repo).message
    assert not hub.requests


def test_a_login_page_is_not_a_hub(hub: Hub) -> None:
    hub.answer_html = True
    assert "does not answer like a model hub" in refused().message


def test_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    monkeypatch.setenv("HF_ENDPOINT", f"http://{address}")
    error = refused()
    assert error.message == f"cannot reach the model hub ({address})"
    assert error.hint == (
        "the bundled reader still works; or copy a model folder to this machine and name it: --reader FOLDER"
    )


@pytest.mark.parametrize("endpoint", ["hub.example.org", "ftp://example.org", "http://[bad", "http://a b"])
def test_an_endpoint_that_is_no_address(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    assert refused().message == f"HF_ENDPOINT is {endpoint!r}"


def test_a_disk_too_small_is_told_before_the_download(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    assert "the disk is full" in refused().message
    assert not hub.downloads(WEIGHTS)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_disk_that_fills_up(hub: Hub) -> None:
    staging = registry.models_dir() / ".partial" / f"{REPO.replace('/', '--')}@{hub.commit(REPO)}"
    staging.mkdir(parents=True)
    (staging / f"{WEIGHTS}.part").symlink_to("/dev/full")
    assert refused().message == "the disk is full"


# --- the command ---


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    arguments = parser.parse_args(["models", *words])
    return int(arguments.run(arguments))


def test_command(hub: Hub, reader: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (reader / "docqa.json").write_text('{"calibration": {"scale": 2}}')
    hub.add(REPO, reader)
    assert run("pull", REPO, "--name", "mine") == 0
    out, err = capsys.readouterr()
    assert out == f"reader mine: 0.2 MB, {REPO} at {hub.commit(REPO)[:7]}\n"
    assert err.splitlines() == [
        f"downloaded {REPO}",
        "to use it: docqa models use mine",
    ]
    assert registry.find("mine", ModelKind.READER).metadata.calibration == CalibrationRecord(scale=2)  # It is its own.


def uncalibrated(folder: Path) -> Path:
    """The bundled reader as somebody else's: without docqa.json."""
    bundled = registry.find("bundled", ModelKind.READER).folder
    shutil.copytree(bundled, folder, ignore=shutil.ignore_patterns("docqa.json"))
    return folder


def test_the_probabilities_of_a_pulled_reader_are_fitted_and_measured(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On halves of the general sample: one that is fitted to, one that measures."""
    hub.add("someone/good-reader", uncalibrated(tmp_path / "good"))
    assert run("pull", "someone/good-reader") == 0
    out, err = capsys.readouterr()
    assert "fitting its probabilities, which takes up to a minute; Ctrl-C skips it" in err
    model = registry.find("good-reader", ModelKind.READER)
    metadata = model.metadata
    assert metadata.source == HubSource("someone/good-reader", hub.commit("someone/good-reader"))
    assert metadata.calibration is not None and metadata.calibration.curves is not None
    origin = metadata.calibrated
    assert origin is not None and not origin.kept
    assert f"on half of docqa's general sample: {origin.questions} questions; {origin.right} best answers are" in out
    printed = re.search(r"calibration error   (\S+)  (\S+)\n", out)
    assert printed is not None
    assert list(map(float, printed.groups())) == pytest.approx([origin.error_before, origin.error_after], abs=1e-3)
    assert origin.questions == 243
    assert origin.right > 110
    assert origin.error_after < 0.12
    assert choice_of(model).threshold == choice_of(registry.find("bundled", ModelKind.READER)).threshold
    assert run("pull", "someone/good-reader") == 0
    assert "fitting" not in capsys.readouterr().err  # Once is enough.
    assert model.metadata == metadata


def test_ctrl_c_while_fitting_leaves_a_usable_reader(hub: Hub, tmp_path: Path) -> None:
    hub.add("someone/good-reader", uncalibrated(tmp_path / "good"))
    words = [sys.executable, "-m", "docqa", "models", "pull", "someone/good-reader"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("fitting"):
                process.send_signal(signal.SIGINT)
                break
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert out.startswith("reader good-reader: 45")
    assert "good-reader is installed, and its probabilities are not fitted: it answers with default ones" in err
    assert "hint: docqa models pull someone/good-reader fits them, without downloading it again" in err
    model = registry.find("good-reader", ModelKind.READER)
    assert model.metadata.calibration is None and needs_calibration(model)
    assert choice_of(model) == choice_of(registry.find("bundled", ModelKind.READER)).for_scale(DEFAULT_SCALE)


def test_an_encoder_has_no_probabilities(hub: Hub, tmp_path: Path) -> None:
    hub.add("someone/encoder", tiny_models.make_encoder(tmp_path / "encoder", TEXT))
    assert not needs_calibration(get("someone/encoder"))
