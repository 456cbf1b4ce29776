"""Examples per second: `docqa finetune`'s loop against a plain padded one.

    python -m benchmarks.training PAIRS [ROUNDS]

The plain loop follows transformers' `run_qa.py` example: every window padded to 384, the model's default dropout
(including attention's), hard targets, float32, default AdamW. docqa trains in the precision that `--precision auto`
chooses for the machine, and in float32. All train the bundled reader on the same windows, interleaved; the first round
is a warm-up. Prints each round and the median ratios.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModelForQuestionAnswering

from docqa import datasets
from docqa.models import loading, registry
from docqa.models.registry import ModelKind
from docqa.progress import Monitor
from docqa.reader.devices import choose_device, precision
from docqa.training.dataset import OrderedDataset, batch_order
from docqa.training.features import Feature, make_features
from docqa.training.hyperparameters import TrainingConfig
from docqa.training.trainer import train

_WINDOWS = 192
_BATCH = 16
_PADDED = 384


def main() -> None:
    """Print the examples per second of each loop, round by round."""
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    folder = registry.find(registry.BUNDLED, ModelKind.READER).folder
    config = TrainingConfig(epochs=1, batch_size=_BATCH, negatives=0)
    pairs = datasets.load([sys.argv[1]]).pairs
    chosen = [pairs[i] for i in np.random.default_rng(0).permutation(len(pairs))[: 2 * _WINDOWS]]
    features = make_features(chosen, loading.load_tokenizer(folder), loading.sequence_limit(folder), config)[:_WINDOWS]
    mean = statistics.mean(len(feature.ids) for feature in features)
    print(f"{len(features)} windows, {mean:.0f} tokens on average")
    best = str(precision(choose_device("auto"))).removeprefix("torch.")
    ratios: dict[str, list[float]] = {kind: [] for kind in dict.fromkeys((best, "float32"))}
    for number in range(rounds + 1):
        plain = len(features) / _seconds(lambda: _plain(folder, features, config))
        print(f"{number or 'warm-up'}: plain {plain:.2f}", end="")
        for kind, values in ratios.items():
            ours = len(features) / _seconds(partial(_docqa, folder, features, config, kind))
            print(f", docqa in {kind} {ours:.2f} ({ours / plain:.2f} times)", end="", flush=True)
            if number:
                values.append(ours / plain)
        print()
    for kind, values in ratios.items():
        print(f"median, {kind}: {statistics.median(values):.2f} times the plain loop's examples per second")


def _seconds(loop: Callable[[], None]) -> float:
    began = time.perf_counter()
    loop()
    return time.perf_counter() - began


def _plain(folder: Path, features: list[Feature], config: TrainingConfig) -> None:
    device = choose_device("auto")
    with loading.quietly():
        model = AutoModelForQuestionAnswering.from_pretrained(folder, dtype=torch.float32).to(device)
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    order = np.random.default_rng(config.seed).permutation(len(features))
    for first in range(0, len(features), _BATCH):
        batch = [features[i] for i in order[first : first + _BATCH]]
        ids = torch.zeros((len(batch), _PADDED), dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, feature in enumerate(batch):
            ids[row, : len(feature.ids)] = torch.from_numpy(feature.ids.astype(np.int64))
            mask[row, : len(feature.ids)] = 1
        starts = torch.tensor([feature.start[0][0] for feature in batch], dtype=torch.long)
        ends = torch.tensor([feature.end[0][0] for feature in batch], dtype=torch.long)
        inputs = {"input_ids": ids, "attention_mask": mask, "start_positions": starts, "end_positions": ends}
        loss = model(**{name: value.to(device) for name, value in inputs.items()}).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        loss.item()


def _docqa(folder: Path, features: list[Feature], config: TrainingConfig, kind: str) -> None:
    device = choose_device("auto")
    network = loading.load_trainable(folder, device, config.seed)
    order = batch_order([len(feature.ids) for feature in features], config.batch_size, config.epochs, config.seed)
    with tempfile.TemporaryDirectory() as run:
        train(
            network,
            OrderedDataset(features, order),
            None,
            config,
            limit=loading.sequence_limit(folder),
            folder=Path(run),
            device=device,
            precision=kind,
            log_dir=None,
            save_minutes=60,
            monitor=Monitor(),
        )


if __name__ == "__main__":
    main()
