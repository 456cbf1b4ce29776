"""The report on a finished run, as text and as JSON."""

import json
from typing import TYPE_CHECKING, Any

from docqa.training.loss_curve import as_text as plot

if TYPE_CHECKING:
    from docqa.training.run import FinetuneResult


def as_text(result: "FinetuneResult") -> str:
    """Return the loss curve, the metrics before and after, and what was done with the reader."""
    lines = [plot(result.curve), ""] if result.curve else []
    return "\n".join([*lines, *table(result.metadata["training"]), "", *_verdict(result)])


def table(training: dict[str, Any]) -> list[str]:
    """Return the metrics before and after, from `training` in the reader's docqa.json, as the lines of a table."""
    before, after = training["metrics"]["before"], training["metrics"]["after"]
    lines = [f"{'':24}{'questions':>10}{'EM before':>11}{'after':>8}{'F1 before':>11}{'after':>8}"]
    for part, title in (("test", "held-out pairs"), ("general", "general sample")):
        new, old = after[part], before[part] if before else None
        first = [f"{old[name]:.1f}" if old else "–" for name in ("exact", "f1")]
        lines.append(f"{title:24}{new['total']:>10}{first[0]:>11}{new['exact']:>8.1f}{first[1]:>11}{new['f1']:>8.1f}")
    return lines


def remarks(training: dict[str, Any]) -> list[str]:
    """Return what the table does not show: the metrics of the reader in use, and how much the new one forgot."""
    metrics, in_use = training["metrics"], training["in_use"]
    lines = []
    if in_use:
        test = in_use["metrics"]["test"]
        lines.append(
            f"The reader in use, {in_use['name']}, has EM {test['exact']:.1f} and F1 {test['f1']:.1f} on the held-out "
            "pairs."
        )
    if metrics["before"]:
        forgotten = metrics["before"]["general"]["f1"] - metrics["after"]["general"]["f1"]
        if forgotten > 1:
            lines.append(f"It lost {forgotten:.1f} points of F1 on general questions.")
    return lines


def _verdict(result: "FinetuneResult") -> list[str]:
    model = result.model
    training = result.metadata["training"]
    in_use = training["in_use"]
    lines = remarks(training)
    if model.source == "folder":
        lines.append(f"The reader is in {model.folder}.")
        lines.append(f"Use it: docqa models use {model.folder}")
    elif result.better:
        lines.append(f"{model.name} is better on the held-out pairs; docqa now uses it.")
        lines.append(f"Go back: docqa models use {in_use['name'] if in_use else training['base']['name']}")
    else:
        lines.append(f"{model.name} is not better on the held-out pairs; docqa keeps using the current reader.")
        lines.append(f"Use it anyway: docqa models use {model.name}")
    return lines


def as_json(result: "FinetuneResult") -> str:
    """Return the reader's name, folder and docqa.json, whether it is better, and the loss curve."""
    return dumps(
        {
            "name": result.model.name,
            "folder": str(result.model.folder),
            "better": result.better,
            "loss": [{"step": step, "loss": loss} for step, loss in result.curve],
            **result.metadata,
        }
    )


def dumps(value: dict[str, Any]) -> str:
    """Return indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False)
