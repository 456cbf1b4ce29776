"""What a run came to, for people and for programs."""

import json
from typing import TYPE_CHECKING, Any

from docqa.models import metadata
from docqa.models.metadata import TrainingRecord
from docqa.training.loss_curve import as_text as plot

if TYPE_CHECKING:
    from docqa.training.run import FinetuneResult


def as_text(outcome: "FinetuneResult") -> str:
    """A table of before and after, the loss curve, and what was done with the reader."""
    lines = [plot(outcome.curve), ""] if outcome.curve else []
    return "\n".join([*lines, *table(outcome.training), "", *_verdict(outcome)])


def table(training: TrainingRecord) -> list[str]:
    """The reader's scores before and after training, as a table."""
    before, after = training.metrics.before, training.metrics.after
    lines = [f"{'':24}{'questions':>10}{'EM before':>11}{'after':>8}{'F1 before':>11}{'after':>8}"]
    for title, old, new in (
        ("held-out pairs", before and before.test, after.test),
        ("general sample", before and before.general, after.general),
    ):
        first = [f"{old.exact:.1f}", f"{old.f1:.1f}"] if old else ["–", "–"]
        lines.append(f"{title:24}{new.total:>10}{first[0]:>11}{new.exact:>8.1f}{first[1]:>11}{new.f1:>8.1f}")
    return lines


def _verdict(outcome: "FinetuneResult") -> list[str]:
    model = outcome.model
    training = outcome.training
    in_use = training.in_use
    lines = remarks(training)
    if model.source == "folder":
        lines.append(f"The reader is in {model.folder}.")
        lines.append(f"Use it: docqa models use {model.folder}")
    elif outcome.better:
        lines.append(f"{model.name} is better on the held-out pairs: docqa uses it from now on.")
        lines.append(f"Go back: docqa models use {in_use.name if in_use else training.base.name}")
    else:
        lines.append(f"{model.name} is not better on the held-out pairs: docqa goes on with the reader it used.")
        lines.append(f"Use it all the same: docqa models use {model.name}")
    return lines


def remarks(training: TrainingRecord) -> list[str]:
    """What the table does not say: how right the reader in use is, and what the new one forgot."""
    metrics, in_use = training.metrics, training.in_use
    lines = []
    if in_use:
        test = in_use.metrics.test
        scores = f"EM {test.exact:.1f} and F1 {test.f1:.1f}"
        lines.append(f"The reader in use, {in_use.name}, has {scores} on the held-out pairs.")
    if metrics.before:
        forgotten = metrics.before.general.f1 - metrics.after.general.f1
        if forgotten > 1:
            lines.append(f"It forgot something: {forgotten:.1f} points of F1 on general questions.")
    return lines


def as_json(outcome: "FinetuneResult") -> str:
    """The reader's name and folder, whether it is better, its docqa.json and the loss curve."""
    return dumps(
        {
            "name": outcome.model.name,
            "folder": str(outcome.model.folder),
            "better": outcome.better,
            "loss": [{"step": step, "loss": loss} for step, loss in outcome.curve],
            **metadata.to_json(outcome.metadata),
        }
    )


def dumps(value: dict[str, Any]) -> str:
    """Indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False)
