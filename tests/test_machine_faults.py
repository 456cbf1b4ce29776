"""Faults of the machine: damaged files are found by their checksums and named, and too little memory halves a batch."""

import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from support.samples import PROSE, SAMPLES

from docqa import paths
from docqa.array_store import ArrayStore
from docqa.config import Settings
from docqa.datasets import Gold, Pair
from docqa.engine import Engine
from docqa.errors import DocqaError
from docqa.models import integrity, loading, registry
from docqa.models.registry import ModelKind
from docqa.progress import Monitor
from docqa.reader.sequences import Batch
from docqa.reader.torch_backend import TorchBackend
from docqa.training.dataset import OrderedDataset, batch_order
from docqa.training.features import make_features
from docqa.training.hyperparameters import TrainingConfig
from docqa.training.trainer import train

JOURNAL = str(SAMPLES / "expedition-journal.txt")
UNALLOCATABLE = 1 << 50  # Bytes: more than a processor can address.


# --- damaged files ---


def damaged(data: bytes, rng: random.Random) -> bytes:
    """A bit flipped, the end cut off, or a block zeroed."""
    spoiled = bytearray(data)
    at = rng.randrange(len(data))
    match rng.randrange(3):
        case 0:
            spoiled[at] ^= 1 << rng.randrange(8)
        case 1:
            del spoiled[at:]
        case 2:
            spoiled[at : at + 4096] = bytes(len(spoiled[at : at + 4096]))
    return bytes(spoiled)


def test_a_damaged_entry_of_the_index_is_never_taken_for_a_whole_one(tmp_path: Path) -> None:
    store = ArrayStore(tmp_path)
    written = {"text": np.arange(3000, dtype=np.int32), "facts": np.zeros(7), "empty": np.zeros((0, 5), dtype=np.int64)}
    store.put("documents", "a", written)
    (file,) = tmp_path.rglob("*.npz")
    whole = file.read_bytes()
    rng = random.Random(0)
    found = 0
    for _ in range(3000):
        spoiled = damaged(whole, rng)
        file.write_bytes(spoiled)
        read = store.get("documents", "a")
        if read is not None:  # The damage is where nothing is stored, such as a date.
            assert read.keys() == written.keys()
            assert all(read[name].dtype == each.dtype and (read[name] == each).all() for name, each in written.items())
        found += read is None
    assert found > 2500


def test_a_document_whose_entries_are_damaged_is_indexed_again(tiny_settings: Settings) -> None:
    engine = Engine(tiny_settings)
    expected = engine.open([JOURNAL]).documents[0].text
    index = paths.cache_dir() / "index"
    entries = [file for kind in ("documents", "windows", "vectors") for file in (index / kind).iterdir()]
    assert len(entries) == 3
    for file in entries:
        file.write_bytes(damaged(file.read_bytes(), random.Random(1)))
    assert engine.open([JOURNAL]).documents[0].text == expected
    for file in entries:
        assert engine.store.get(file.parent.name, file.stem) is not None, "the damaged entry is still there"
    assert engine.open([JOURNAL]).documents[0].text == expected


@pytest.fixture
def installed(tiny_reader: Path) -> Path:
    """A reader that was installed as "mine"."""
    staging = registry.models_dir() / ".staging"
    staging.parent.mkdir(parents=True)
    shutil.copytree(tiny_reader, staging)
    return registry.install(staging, "mine", ModelKind.READER).folder


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


@pytest.mark.parametrize("damage", [flip, cut, Path.unlink])
@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_damaged_model_is_named_with_what_to_do(installed: Path, name: str, damage: Callable[[Path], None]) -> None:
    Engine(Settings(reader="mine", device="cpu")).open([JOURNAL])
    damage(installed / name)
    with pytest.raises(DocqaError) as told:
        Engine(Settings(reader="mine", device="cpu")).open([JOURNAL])
    error = told.value
    assert name in error.message or str(installed) in error.message
    assert re.search("damaged|missing|lacks|neither|cannot read", error.message), error.message
    check = subprocess.run(
        [sys.executable, "-m", "docqa", "models", "check"], capture_output=True, text=True, check=False
    )
    assert (
        check.returncode == 2
        and str(installed / name) in check.stderr
        and "hint: install the model again" in check.stderr
    )
    assert "reader bundled: 4 files as installed" in check.stdout


def test_the_bundled_models_are_as_recorded() -> None:
    assert [integrity.check(model.folder) for model in registry.installed()] == [4, 3]


def test_a_model_without_a_record_is_used(tiny_settings: Settings) -> None:
    assert integrity.check(Path(tiny_settings.reader)) == 0
    assert Engine(tiny_settings).open([JOURNAL]).documents


# --- memory ---


class Hungry(torch.nn.Module):
    """A network that needs more memory than there is for more than `most` sequences."""

    def __init__(self, network: torch.nn.Module, most: int) -> None:
        super().__init__()
        self.network = network
        self.config = network.config
        self.most = most
        self.refused = 0

    def forward(self, **inputs: Any) -> Any:
        if len(inputs["input_ids"]) > self.most:
            self.refused += 1
            torch.empty(UNALLOCATABLE, dtype=torch.uint8)
        return self.network(**inputs)


def batches(rows: int, width: int) -> list[Batch]:
    rng = np.random.default_rng(0)
    ids = rng.integers(5, 90, (rows, width))
    return [Batch(ids, np.ones_like(ids), np.zeros_like(ids)) for _ in range(2)]


def test_too_little_memory_for_a_batch_halves_it(tiny_reader: Path) -> None:
    backend = TorchBackend(tiny_reader, "cpu", torch.float32)
    asked = batches(7, 32)
    expected = backend.logits(asked)
    backend._model = hungry = Hungry(backend._model, 2)
    found = backend.logits(asked)
    assert [one.shape for one in found] == [(2, 7, 32)] * 2
    assert all(np.allclose(one, other, atol=1e-5) for one, other in zip(found, expected, strict=True))
    refused = hungry.refused
    assert refused > 0
    backend.logits(asked)
    assert hungry.refused == refused, "it has tried the large batch again"
    assert backend.rows(32) <= 2


def test_too_little_memory_for_one_window_is_told(tiny_reader: Path) -> None:
    backend = TorchBackend(tiny_reader, "cpu", torch.float32)
    backend._model = Hungry(backend._model, 0)
    with pytest.raises(DocqaError, match="not enough free memory on 'cpu' to read one window") as told:
        backend.logits(batches(3, 32))
    assert told.value.hint


def test_other_errors_are_not_taken_for_it(tiny_reader: Path) -> None:
    backend = TorchBackend(tiny_reader, "cpu", torch.float32)
    with pytest.raises(IndexError):
        backend.logits([Batch(*(np.full((1, 8), 10_000_000) for _ in range(3)))])


def test_a_device_that_is_not_there_is_told() -> None:
    device = "xpu" if torch.cuda.is_available() else "cuda"
    done = subprocess.run(
        [sys.executable, "-m", "docqa", "ask", "Who?", JOURNAL, "--device", device],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2 and done.stdout == ""
    assert f"there is no device {device!r} that torch can use here" in done.stderr
    assert "hint: available: " in done.stderr


def trained(reader: Path, folder: Path, most: int) -> tuple[dict[str, torch.Tensor], int]:
    """The weights after a training without dropout, of which batches of `most` fit into memory; and how often not."""
    network = loading.load_trainable(reader, "cpu", 0)
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    hungry = Hungry(network, most)
    rng = np.random.default_rng(0)
    words = [word for word in PROSE.split() if word.isalpha()]
    pairs = []
    for number in range(16):
        chosen = rng.choice(words, 30).tolist()
        pairs.append(Pair(str(number), "Which?", " ".join(chosen), (Gold(chosen[0], 0),), str(number)))
    config = TrainingConfig(max_seq_length=72, doc_stride=12, batch_size=6, gradient_accumulation=2, epochs=2)
    features = make_features(pairs, loading.load_tokenizer(reader), 512, config)
    order = batch_order([len(feature.ids) for feature in features], config.batch_size, config.epochs, 0)
    train(
        hungry,
        OrderedDataset(features, order),
        None,
        config,
        limit=512,
        folder=folder,
        device="cpu",
        precision="float32",
        log_dir=None,
        save_minutes=60,
        monitor=Monitor(),
    )
    return network.state_dict(), hungry.refused


def test_too_little_memory_for_a_training_batch_halves_it_with_the_same_result(
    tiny_reader: Path, tmp_path: Path
) -> None:
    whole, _ = trained(tiny_reader, tmp_path / "whole", 100)
    halved, refused = trained(tiny_reader, tmp_path / "halved", 2)
    start = loading.load_trainable(tiny_reader, "cpu", 0).state_dict()
    assert refused == 2, "it was tried again at each step, or not at all"  # In halves, then in quarters.
    moved = sum(float((whole[name] - start[name]).abs().sum()) for name in whole)
    apart = sum(float((whole[name] - halved[name]).abs().sum()) for name in whole)
    assert moved > 0 and apart < 0.01 * moved


def test_too_little_memory_to_train_is_told(tiny_reader: Path, tmp_path: Path) -> None:
    with pytest.raises(DocqaError, match="not enough free memory on 'cpu' to train") as told:
        trained(tiny_reader, tmp_path, 0)
    assert "--batch-size" in told.value.hint
