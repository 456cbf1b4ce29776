"""A reader's docqa.json, model card and loss curve."""

from collections.abc import Sequence
from pathlib import Path

from docqa.models.metadata import ModelMetadata, TrainingMetrics, TrainingRecord
from docqa.models.metadata import write as write_metadata
from docqa.training.loss_curve import LossCurve, save_png
from docqa.wording import counted


def write_model_card(folder: Path, name: str, metadata: ModelMetadata, curve: LossCurve) -> None:
    """Write docqa.json, the model card and the picture of the loss curve."""
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
        "| evaluated on | questions | EM before | F1 before | EM after | F1 after |",
        "|---|---|---|---|---|---|",
        *_rows(training.metrics),
        "",
        f"Trained on {counted(training.counts.train, 'pair')} ({counted(training.counts.windows, 'window')}, "
        f"{training.counts.null_windows:,} of them without an answer); "
        f"held out for the evaluation: {counted(training.counts.test, 'pair')} about other documents or contexts.",
        "",
        "| hyperparameter | |",
        "|---|---|",
        *(f"| {key.replace('_', ' ')} | {value} |" for key, value in training.config.items() if value != ""),
        "",
        "| data | SHA-256 |",
        "|---|---|",
        *(f"| {file} | `{digest}` |" for file, digest in training.data.items()),
        "",
        "`docqa.json` has the same data for programs, and the calibration of the probabilities.",
        f"Use it: `docqa models use {name}`. Go back: `docqa models use bundled`.",
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
