"""The report on a finished run, as text and as JSON."""

import shlex
from typing import TYPE_CHECKING, Any

from docqa import terminal_text
from docqa.models import metadata
from docqa.models.metadata import TrainingRecord
from docqa.terminal_text import visible
from docqa.training.loss_curve import as_text as plot

if TYPE_CHECKING:
    from docqa.training.run import FinetuneResult


def as_text(result: "FinetuneResult") -> str:
    """Return the loss curve, the metrics before and after, and what was done with the reader."""
    lines = [plot(result.curve), ""] if result.curve else []
    return "\n".join([*lines, *table(result.training), "", *map(visible, _verdict(result))])


def table(training: TrainingRecord) -> list[str]:
    """Return the metrics before and after training, as the lines of a table."""
    before, after = training.metrics.before, training.metrics.after
    lines = [f"{'':24}{'questions':>10}{'EM before':>11}{'after':>8}{'F1 before':>11}{'after':>8}"]
    for title, old, new in (
        ("held-out pairs", before and before.test, after.test),
        ("general sample", before and before.general, after.general),
    ):
        first = [f"{old.exact:.1f}", f"{old.f1:.1f}"] if old else ["–", "–"]
        lines.append(f"{title:24}{new.total:>10}{first[0]:>11}{new.exact:>8.1f}{first[1]:>11}{new.f1:>8.1f}")
    return lines


def remarks(training: TrainingRecord) -> list[str]:
    """Return what the table does not show: the metrics of the reader in use, and how much the new one forgot."""
    metrics, in_use = training.metrics, training.in_use
    lines = []
    if in_use:
        test = in_use.metrics.test
        scores = f"EM {test.exact:.1f} and F1 {test.f1:.1f}"
        lines.append(f"The reader in use, {in_use.name}, has {scores} on the held-out pairs.")
    if metrics.before:
        forgotten = metrics.before.general.f1 - metrics.after.general.f1
        if forgotten > 1:
            lines.append(f"It lost {forgotten:.1f} points of F1 on general questions.")
    return lines


def _verdict(result: "FinetuneResult") -> list[str]:
    model, training = result.model, result.training
    lines = remarks(training)
    if model.source == "folder":
        lines.append(f"The reader is in {model.folder}.")
        lines.append(f"Use it: docqa models use {shlex.quote(str(model.folder))}")
    elif result.better:
        previous = training.in_use or training.base
        lines.append(f"{model.name} is better on the held-out pairs; docqa now uses it.")
        lines.append(f"Go back: docqa models use {previous.name}")
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
            **metadata.to_json(result.metadata),
        }
    )


def dumps(value: dict[str, Any]) -> str:
    """Return indented JSON."""
    return terminal_text.as_json(value, indent=2)
