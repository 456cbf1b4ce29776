"""A trained network to a reader's folder: weights, tokenizer, docqa.json, the model card and the loss curve."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docqa import files
from docqa.models import loading
from docqa.models.metadata import ModelMetadata, TrainingMetrics, TrainingRecord
from docqa.models.metadata import write as write_metadata
from docqa.training.loss_curve import LossCurve, save_png

_TOKENIZER_FILES = ("tokenizer_config.json", "special_tokens_map.json", "vocab.*", "merges.txt", "*.model")


def write_weights(network: Any, base: Path, folder: Path) -> None:
    """Write the network, in float16 (half the size, and no answer changes), and the base's tokenizer to `folder`."""
    import torch

    # Training may have set dropout off; the next training decides that anew.
    original = files.read_json_object(base / "config.json")
    for name in ("attention_dropout", "attention_probs_dropout_prob"):
        if name in original:
            setattr(network.config, name, original[name])
    network.to(torch.float16)
    loading.save(network, folder)
    loading.load_tokenizer(base).save(str(folder / "tokenizer.json"))
    for pattern in _TOKENIZER_FILES:
        for file in base.glob(pattern):
            shutil.copyfile(file, folder / file.name)


def interpolate_weights(network: Any, base: Path, share: float) -> None:
    """Average the network's weights with its base's, in place; `share` is the network's own.

    Wortsman et al. 2022, "Robust fine-tuning of zero-shot models": between the two lies a reader that keeps of the base
    what the training's pairs had nothing to say about.
    """
    before = loading.load_trainable(base, "cpu", 0).state_dict()
    for name, weights in network.state_dict().items():
        if weights.is_floating_point():
            weights.lerp_(before[name].to(weights), 1 - share)


def write_model_card(folder: Path, name: str, metadata: ModelMetadata, curve: LossCurve) -> None:
    """Write docqa.json, the model card and, where there is a curve, its picture."""
    write_metadata(folder, metadata)
    (folder / "README.md").write_text(_card(name, metadata), encoding="utf-8")
    if curve:
        save_png(curve, folder / "loss.png", name)


def _card(name: str, metadata: ModelMetadata) -> str:
    training = metadata.training or TrainingRecord()
    lines = [
        "---",
        "pipeline_tag: question-answering",
        "library_name: transformers",
        "---",
        "",
        f"# {name}",
        "",
        f"A reader for docqa, fine-tuned by docqa {metadata.docqa} from `{training.base.name}`.",
        "",
        "| measured on | questions | EM before | F1 before | EM after | F1 after |",
        "|---|---|---|---|---|---|",
        *_rows(training.metrics),
        "",
        f"Trained on {training.counts.train:,} pairs ({training.counts.windows:,} windows, "
        f"{training.counts.null_windows:,} of them without an answer); "
        f"{training.counts.test:,} pairs of other documents or contexts were held out to measure with.",
        "",
        "| hyperparameter | |",
        "|---|---|",
        *(f"| {key.replace('_', ' ')} | {value} |" for key, value in training.recipe.items() if value != ""),
        "",
        "| data | SHA-256 |",
        "|---|---|",
        *(f"| {file} | `{digest}` |" for file, digest in training.data.items()),
        "",
        "`docqa.json` has the same for programs, and the calibration of the probabilities that docqa shows.",
        "Use it: `docqa models use " + name + "`. Go back: `docqa models use bundled`.",
    ]
    return "\n".join(lines) + "\n"


def _rows(metrics: TrainingMetrics) -> Sequence[str]:
    before, after = metrics.before, metrics.after
    parts = (
        ("the held-out pairs", before and before.test, after.test),
        ("docqa's general sample", before and before.general, after.general),
    )
    rows = []
    for title, old, new in parts:
        first = f"{old.exact:.1f} | {old.f1:.1f}" if old else "– | –"
        rows.append(f"| {title} | {new.total} | {first} | {new.exact:.1f} | {new.f1:.1f} |")
    return rows
