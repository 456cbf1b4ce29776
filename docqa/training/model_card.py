"""A reader's docqa.json, model card and loss curve."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docqa import files
from docqa.models import registry
from docqa.training.loss_curve import LossCurve, save_png


def write_model_card(folder: Path, name: str, metadata: dict[str, Any], curve: LossCurve) -> None:
    """Write docqa.json, the model card and the picture of the loss curve."""
    files.write_json_object(folder / registry.METADATA, metadata)
    (folder / "README.md").write_text(_card(name, metadata), encoding="utf-8")
    if curve:
        save_png(curve, folder / "loss.png", name)


def _card(name: str, metadata: dict[str, Any]) -> str:
    training = metadata["training"]
    metrics = training["metrics"]
    lines = [
        "---",
        "pipeline_tag: question-answering",
        "library_name: transformers",
        "---",
        "",
        f"# {name}",
        "",
        f"A reader for docqa, fine-tuned by docqa {metadata['docqa']} from `{training['base']['name']}`.",
        "",
        "| evaluated on | questions | EM before | F1 before | EM after | F1 after |",
        "|---|---|---|---|---|---|",
        *_rows(metrics),
        "",
        f"Trained on {training['counts']['train']:,} pairs ({training['counts']['windows']:,} windows, "
        f"{training['counts']['null_windows']:,} of them without an answer); "
        f"{training['counts']['test']:,} pairs about other documents or contexts were held out for the evaluation.",
        "",
        "| hyperparameter | |",
        "|---|---|",
        *(f"| {key.replace('_', ' ')} | {value} |" for key, value in training["config"].items() if value != ""),
        "",
        "| data | SHA-256 |",
        "|---|---|",
        *(f"| {file} | `{digest}` |" for file, digest in training["data"].items()),
        "",
        "`docqa.json` has the same data for programs, and the calibration of the probabilities.",
        f"Use it: `docqa models use {name}`. Go back: `docqa models use bundled`.",
    ]
    return "\n".join(lines) + "\n"


def _rows(metrics: dict[str, Any]) -> Sequence[str]:
    rows = []
    for part, title in (("test", "the held-out pairs"), ("general", "docqa's general sample")):
        before, after = metrics["before"], metrics["after"]
        first = f"{before[part]['exact']:.1f} | {before[part]['f1']:.1f}" if before else "– | –"
        last = after[part]
        rows.append(f"| {title} | {last['total']} | {first} | {last['exact']:.1f} | {last['f1']:.1f} |")
    return rows
