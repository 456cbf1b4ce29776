"""What a model's folder or name could do besides being data: run code, lie elsewhere, lead out of the models folder."""

import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support import tiny_models

from docqa.errors import DocqaError
from docqa.models import loading, registry
from docqa.models.hub import pull
from docqa.models.registry import ModelKind
from docqa.progress import Monitor
from docqa.retrieval.dense import load_encoder
from docqa.training.job import run_folder

TEXT = "The lighthouse at Skagen was built in 1858 by an architect called Bindesbøll"
HOSTILE = [
    "../x",
    "..",
    ".",
    "/",
    "/etc",
    "~",
    "~nobody-of-this-name/x",
    "a\0b",
    "..\\x",
    "a\nb",
    "\x1b[31m",
    "x" * 5000,
]


@pytest.fixture
def reader(tmp_path: Path, tiny_reader: Path) -> Path:
    return shutil.copytree(tiny_reader, tmp_path / "reader")


@pytest.fixture
def encoder(tmp_path: Path, tiny_encoder: Path) -> Path:
    return shutil.copytree(tiny_encoder, tmp_path / "encoder")


@pytest.fixture
def ran(tmp_path: Path) -> Path:
    """The file that hostile code would write."""
    return tmp_path / "ran"


class Evil:
    """Writes a file when it is unpickled."""

    def __init__(self, ran: Path) -> None:
        self.ran = ran

    def __reduce__(self) -> tuple[object, ...]:
        return open, (str(self.ran), "w")


def write_code(folder: Path, ran: Path) -> None:
    (folder / "evil.py").write_text(f"open({str(ran)!r}, 'w')\nclass Evil: pass\n")


def configure(folder: Path, **changes: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changes))


def load(folder: Path) -> object:
    import torch

    return loading.load_reader(folder, "cpu", torch.float32)


def install(folder: Path, name: str) -> registry.Model:
    copy = shutil.copytree(folder, registry.models_dir() / ".partial" / name)
    return registry.install(copy, name, ModelKind.READER)


def test_the_hostile_code_of_these_tests_would_be_noticed(ran: Path) -> None:
    pickle.loads(pickle.dumps(Evil(ran))).close()  # noqa: S301 - its own bytes
    assert ran.exists()


@pytest.mark.parametrize("kind", ["distilbert", "no-such-model"])
def test_code_that_a_reader_names_is_not_run(reader: Path, ran: Path, kind: str) -> None:
    write_code(reader, ran)
    named = {"AutoConfig": "evil.Evil", "AutoModelForQuestionAnswering": "evil.Evil"}
    configure(reader, auto_map=named, model_type=kind)
    if kind == "distilbert":
        load(reader)  # transformers has a class of its own for it.
    else:
        with pytest.raises(DocqaError, match="it brings code of its own"):
            load(reader)
    assert not ran.exists()


def test_code_that_a_tokenizer_names_is_not_run(reader: Path, ran: Path) -> None:
    write_code(reader, ran)
    (reader / "tokenizer.json").unlink()
    (reader / "vocab.txt").write_text("\n".join(tiny_models.words(TEXT)), encoding="utf-8")
    named = {"tokenizer_class": "Evil", "auto_map": {"AutoTokenizer": ["evil.Evil", "evil.Evil"]}}
    (reader / "tokenizer_config.json").write_text(json.dumps(named))
    try:
        loading.load_tokenizer(reader)
    except DocqaError as error:
        assert "code of its own" in error.message
    assert not ran.exists()


def test_a_pickle_is_never_loaded(reader: Path, encoder: Path, tmp_path: Path, ran: Path) -> None:
    pickled = pickle.dumps(Evil(ran))
    (reader / "pytorch_model.bin").write_bytes(pickled)
    load(reader)  # Beside safetensors it is ignored.
    for name in ("model.pt", "model.pth", "model.ckpt", "weights.pkl", "pytorch_model-00001-of-00002.bin"):
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(reader / "config.json", folder)
        (folder / name).write_bytes(pickled)
        with pytest.raises(DocqaError, match=f"only in {name}"):
            registry.find(str(folder), ModelKind.READER)
    (reader / "model.safetensors").write_bytes(pickled)
    with pytest.raises(DocqaError, match="damaged"):
        load(reader)
    # A module of an encoder, beside others that have safetensors.
    modules = json.loads((encoder / "modules.json").read_text())
    dense = {"idx": 1, "name": "1", "path": "1_Dense", "type": "sentence_transformers.models.Dense"}
    (encoder / "modules.json").write_text(json.dumps([*modules, dense]))
    (encoder / "1_Dense").mkdir()
    (encoder / "1_Dense" / "pytorch_model.bin").write_bytes(pickled)
    with pytest.raises(DocqaError, match=r"only in pytorch_model\.bin"):
        registry.find(str(encoder), ModelKind.ENCODER)
    with pytest.raises(DocqaError, match=r"only in pytorch_model\.bin"):
        load_encoder(encoder, "cpu")
    assert not ran.exists()


@pytest.mark.parametrize("shard", ["../model.safetensors", "/etc/passwd", "model.bin", "a/b.safetensors", 3, None])
def test_shards_are_safetensors_in_the_folder(reader: Path, shard: object) -> None:
    (reader / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"qa_outputs.weight": shard}}))
    with pytest.raises(DocqaError, match="no safetensors file in its folder"):
        registry.find(str(reader), ModelKind.READER)
    with pytest.raises(DocqaError, match="no safetensors file in its folder"):
        load(reader)


@pytest.mark.parametrize("key", ["attn_implementation", "_attn_implementation", "experts_implementation"])
def test_kernels_from_a_repository_are_refused(reader: Path, key: str) -> None:
    configure(reader, text_config={key: "someone/kernels"})
    with pytest.raises(DocqaError, match="asks for code from elsewhere"):
        load(reader)


def test_a_module_outside_of_its_encoder_is_refused(encoder: Path) -> None:
    modules = json.loads((encoder / "modules.json").read_text())
    (encoder / "modules.json").write_text(json.dumps([modules[0] | {"path": "../.."}]))
    with pytest.raises(DocqaError, match="lies outside of it"):
        load_encoder(encoder, "cpu")


@pytest.mark.parametrize("count", [10**7, 10**400])
def test_more_layers_than_weights_are_refused_at_once(reader: Path, count: int) -> None:
    configure(reader, n_layers=count)
    with pytest.raises(DocqaError, match="can't be the layers that n_layers says"):
        load(reader)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_leads_out_of_the_models_folder(reader: Path, name: str) -> None:
    install(reader, "mine")
    before = set(registry.models_dir().rglob("*"))
    actions: list[Callable[[], object]] = [
        lambda: registry.find(name, ModelKind.READER),
        lambda: registry.use(name, ModelKind.READER),
        lambda: registry.remove(name, ModelKind.READER),
        lambda: registry.check_name(name),
        lambda: run_folder(name),
        lambda: pull("someone/model", name=name, monitor=Monitor()),
        lambda: pull(name, monitor=Monitor()),
    ]
    for action in actions:
        with pytest.raises(DocqaError):
            action()
    registry.models_dir().joinpath("chosen.json").write_text(json.dumps({"reader": name}))
    with pytest.raises(DocqaError, match="the chosen reader cannot be used"):
        registry.chosen(ModelKind.READER)
    made = set(registry.models_dir().rglob("*")) - before
    assert {path.name for path in made} <= {"chosen.json", ".partial", ".lock"}


def test_of_a_link_only_the_link_is_removed(reader: Path) -> None:
    install(reader, "mine")
    (registry.models_dir() / "reader" / "linked").symlink_to(reader)
    assert registry.find("linked", ModelKind.READER).fingerprint
    registry.remove("linked", ModelKind.READER)
    assert (reader / "config.json").is_file()
    assert [model.name for model in registry.installed(ModelKind.READER)] == ["bundled", "mine"]


def test_a_bare_name_is_no_folder(reader: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever lies beside somebody's documents: a setting means an installed model."""
    monkeypatch.chdir(reader.parent)
    with pytest.raises(DocqaError, match="there is no reader called 'reader'") as caught:
        registry.find("reader", ModelKind.READER)
    assert caught.value.hint == "if you mean the folder: ./reader"
