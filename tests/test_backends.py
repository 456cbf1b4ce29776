"""A reader's logits are the same on every backend."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file
from support.samples import SAMPLES

from docqa import paths
from docqa.array_store import ArrayStore
from docqa.models import loading
from docqa.models.registry import ModelKind, find
from docqa.reader import openvino_distilbert
from docqa.reader.backend import LoadRequest
from docqa.reader.devices import accelerator_possible, choose_device
from docqa.reader.openvino_backend import OpenVinoBackend, load_fastest, measure_ranges, relative_error
from docqa.reader.quantization import Range, quantize
from docqa.reader.reader import Reader
from docqa.reader.sequences import Batch

pytest.importorskip("openvino")

BUNDLED = paths.bundled_models_dir() / "reader"


def batches() -> list[Batch]:
    """Return two batches of different widths, the second with padding in all rows but one."""
    random = np.random.default_rng(5)
    first = random.integers(1000, 30_000, (3, 64))
    second = random.integers(1000, 30_000, (4, 160))
    mask = np.ones_like(second)
    for row, length in enumerate((160, 131, 17, 150)):
        mask[row, length:] = 0
    return [
        Batch(first, np.ones_like(first), np.zeros_like(first)),
        Batch(second * mask, mask, np.zeros_like(second)),
    ]


def differences(ours: list[np.ndarray], theirs: list[np.ndarray]) -> list[float]:
    """Return the largest difference in each batch, ignoring padding."""
    return [float(np.abs(a - b)[:, batch.mask > 0].max()) for a, b, batch in zip(ours, theirs, batches(), strict=True)]


def test_openvino_computes_what_transformers_does() -> None:
    import torch

    from docqa.reader.torch_backend import TorchBackend

    assert openvino_distilbert.can_build(BUNDLED)
    plain = TorchBackend(BUNDLED, "cpu", torch.float32).logits(batches())
    assert max(differences(OpenVinoBackend(BUNDLED, exact=True).logits(batches()), plain)) < 1e-3
    # bfloat16, if the CPU supports it, has 8 bits of precision; the logits are between -15 and 15.
    assert max(differences(OpenVinoBackend(BUNDLED).logits(batches()), plain)) < 0.5


def passages(file: str, places: int) -> list[Batch]:
    """Return sequences of a question and 160 words of a sample document, of equal length, two per batch."""
    words = (SAMPLES / file).read_text(encoding="utf-8").split()
    each = [" ".join(words[first : first + 160]) for first in range(0, 160 * places, 160)]
    tokenizer = loading.load_tokenizer(BUNDLED)
    rows = [tokenizer.encode("Who was with them, and on what day?", one).ids for one in each]
    ids = np.array([row[: min(map(len, rows))] for row in rows])
    return [Batch(part, np.ones_like(part), np.zeros_like(part)) for part in np.split(ids, places // 2)]


def test_int8_is_close_to_float32_on_another_text_than_its_ranges_are_from() -> None:
    ranges, _ = measure_ranges(BUNDLED, passages("expedition-journal.txt", 8))
    others = passages("staff-handbook.md", 8)
    exact = OpenVinoBackend(BUNDLED, exact=True).logits(others)
    found = OpenVinoBackend(BUNDLED, ranges=ranges).logits(others)
    assert 0 < relative_error(found, exact) < 0.05
    best = [np.argmax(batch, axis=2) for batch in (np.concatenate(found, axis=1), np.concatenate(exact, axis=1))]
    assert (best[0] == best[1]).mean() >= 0.75  # Most starts and ends agree, although there is no answer.


def request(folder: Path, sample: Callable[[], list[Batch]], store: ArrayStore) -> LoadRequest:
    return LoadRequest(folder, "cpu", exact=False, fingerprint=folder.name, sample=sample, store=store)


def test_whether_int8_is_taken_is_measured_once(tmp_path: Path) -> None:
    store, text = ArrayStore(tmp_path), passages("expedition-journal.txt", 4)
    first = load_fastest(request(BUNDLED, lambda: text, store)).logits(text)
    (kept,) = (tmp_path / "int8").iterdir()
    again = load_fastest(request(BUNDLED, lambda: pytest.fail("measured again"), store)).logits(text)
    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))
    kept.write_bytes(b"damaged")
    load_fastest(request(BUNDLED, lambda: text, store))
    assert store.get("int8", kept.stem) is not None


def test_a_reader_that_int8_would_spoil_is_read_as_usual(tmp_path: Path) -> None:
    """One outlier channel makes the quantization steps too coarse for all others."""
    spoilt, text = tmp_path / "reader", passages("expedition-journal.txt", 4)
    shutil.copytree(BUNDLED, spoilt)
    weights = {name: value.astype(np.float32) for name, value in load_file(spoilt / "model.safetensors").items()}
    for layer in range(6):
        weights[f"distilbert.transformer.layer.{layer}.sa_layer_norm.weight"][7] *= 1000
    save_file(weights, spoilt / "model.safetensors", {"format": "pt"})
    ranges, exact = measure_ranges(spoilt, text)
    assert relative_error(OpenVinoBackend(spoilt, ranges=ranges).logits(text), exact) > 0.05
    taken = load_fastest(request(spoilt, lambda: text, ArrayStore(tmp_path))).logits(text)
    usual = OpenVinoBackend(spoilt).logits(text)
    assert all(np.array_equal(one, other) for one, other in zip(taken, usual, strict=True))


def test_ctrl_c_after_networks_have_come_and_gone_is_an_interrupt(tiny_reader: Path) -> None:
    code = f"""
import gc, signal
from pathlib import Path
from docqa.reader.openvino_backend import OpenVinoBackend
signal.signal(signal.SIGINT, signal.default_int_handler)  # A background job inherits it ignored.
first, second = OpenVinoBackend(Path({str(tiny_reader)!r})), OpenVinoBackend(Path({str(tiny_reader)!r}))
del first
gc.collect()
del second
gc.collect()
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("interrupted")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "interrupted\n"), done.stderr


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 10**6))
def test_a_rounded_layer_is_off_by_no_more_than_half_a_step_of_either_side(rows: int, inputs: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    spread = 10 ** random.uniform(-3, 3, inputs)
    values = (random.normal(size=(20, inputs)) * spread + random.normal(size=inputs)).astype(np.float32)
    weight = random.normal(size=(rows, inputs)).astype(np.float32)
    layer = quantize(weight, Range(values.min(axis=0), values.max(axis=0)))
    taken = np.round((values - layer.centre) / layer.scale)
    assert np.abs(taken).max() <= 127
    found = (layer.step * layer.weight @ taken.T).T + layer.bias
    within = np.abs(values / layer.scale).sum(axis=1)[:, None] * layer.step[:, 0] / 2
    within = within + np.abs(layer.step * layer.weight).sum(axis=1) / 2
    assert (np.abs(found - values @ weight.T) <= 1.01 * within + 1e-3 * np.abs(values @ weight.T).max()).all()


def test_an_accelerator_computes_what_the_cpu_does() -> None:
    device = choose_device("auto")
    if device == "cpu":
        pytest.skip("needs an accelerator")
    reader = find("bundled", ModelKind.READER)
    exact = Reader(reader, "cpu", exact=True)
    question = exact.question_ids("Who kept the lighthouse?")
    pairs = [(question, np.arange(1000, 1000 + size, dtype=np.int32)) for size in (300, 20, 344, 120)]
    on_cpu, there = exact.logits(pairs), Reader(reader, device).logits(pairs)
    for mine, theirs in zip(on_cpu, there, strict=True):
        finite = np.isfinite(mine) & np.isfinite(theirs)
        assert np.abs(mine - theirs)[finite].max() < 0.5


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: (folder / "model.safetensors").write_bytes(b"not weights"),
        lambda folder: (folder / "model.safetensors").unlink(),
        lambda folder: (folder / "config.json").write_text("{}"),
        lambda folder: change(folder, n_layers=7),
        lambda folder: change(folder, dim=400),
        lambda folder: change(folder, activation="relu"),
        lambda folder: change(folder, model_type="bert"),
    ],
)
def test_a_folder_that_is_no_whole_distilbert_is_left_to_transformers(harm: object, tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(BUNDLED, folder)
    assert openvino_distilbert.can_build(folder)
    harm(folder)  # type: ignore[operator]
    assert not openvino_distilbert.can_build(folder)


def change(folder: Path, **fields: object) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | fields))


def test_a_question_needs_neither_torch_nor_transformers_nor_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    if accelerator_possible():
        pytest.skip("docqa uses PyTorch on accelerators")
    monkeypatch.delenv("DOCQA_PRECISION")
    code = """
import sys
def audit(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto", "os.fork"}:
        raise SystemExit(f"{event} {arguments}")
sys.addaudithook(audit)
import docqa
result = docqa.open("sample_docs/harbour-report.pdf").ask("Who retired as Harbour Master?")
assert result.answers[0].text == "Duncan Presswell", result
heavy = {"torch", "transformers", "sentence_transformers"} & set(sys.modules)
assert not heavy, heavy
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
