"""The networks that compute a reader's logits give the same, on whichever library."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from docqa import distilbert, paths
from docqa.devices import accelerator_possible, choose_device
from docqa.models import Kind, find
from docqa.network import Batch
from docqa.reading import Reader

pytest.importorskip("openvino")

BUNDLED = paths.bundled_models_dir() / "reader"


def batches() -> list[Batch]:
    """Two batches of two widths, the second with padding in all rows but one."""
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
    """The largest difference of each batch, where there are tokens."""
    return [float(np.abs(a - b)[:, batch.mask > 0].max()) for a, b, batch in zip(ours, theirs, batches(), strict=True)]


def test_openvino_computes_what_transformers_does() -> None:
    import torch

    from docqa.torch_network import TorchNetwork

    assert distilbert.can_read(BUNDLED)
    plain = TorchNetwork(BUNDLED, "cpu", torch.float32).logits(batches())
    assert max(differences(distilbert.OpenVinoNetwork(BUNDLED, exact=True).logits(batches()), plain)) < 1e-3
    # bfloat16 has 8 bits of precision; the logits are between -15 and 15.
    assert max(differences(distilbert.OpenVinoNetwork(BUNDLED).logits(batches()), plain)) < 0.5


def test_an_accelerator_computes_what_the_cpu_does() -> None:
    device = choose_device("auto")
    if device == "cpu":
        pytest.skip("there is no accelerator here")
    reader = find("bundled", Kind.READER)
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
    assert distilbert.can_read(folder)
    harm(folder)  # type: ignore[operator]
    assert not distilbert.can_read(folder)


def change(folder: Path, **fields: object) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | fields))


def test_a_question_needs_neither_torch_nor_transformers_nor_a_connection(home: Path) -> None:
    if accelerator_possible():
        pytest.skip("with an accelerator torch reads")
    code = """
import sys
def audit(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto", "os.fork", "subprocess.Popen"}:
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
