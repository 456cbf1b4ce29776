"""The readers and encoders on this machine, and those that can be pulled. Reads the disk."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass

from docqa.errors import DocqaError
from docqa.models import registry
from docqa.models.registry import ALIASES, Model, ModelKind
from docqa.terminal_text import visible
from docqa.tui.state.choices import Choice, matching
from docqa.wording import counted, percent


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model on this machine and what its `docqa.json` says.

    `exact` and `f1` are percentages measured after training, `questions` the number they were measured on. `threshold`
    is an encoder's or reader's probability below which there is no answer. None where unknown.
    """

    model: Model
    size: int
    """Bytes."""
    exact: float | None = None
    f1: float | None = None
    questions: int = 0
    threshold: float | None = None
    base: str = ""
    repo: str = ""
    problem: str = ""
    """Why `docqa.json` can't be used; "" if it can."""

    @property
    def key(self) -> str:
        """A unique key: a reader and an encoder may have the same name."""
        return f"{self.model.kind}/{self.model.name}"

    @property
    def megabytes(self) -> str:
        """The size for display: "1,234 MB"."""
        return f"{self.size / 1e6:,.0f} MB"

    @property
    def scores(self) -> str:
        """Exact match and F1 for display; "" if unknown."""
        return "" if self.exact is None or self.f1 is None else f"{self.exact:.1f} / {self.f1:.1f}"

    def description(self) -> list[str]:
        """Describe the model in a few lines."""
        model = self.model
        origin = {
            "bundled": "bundled with docqa",
            "pulled": f"pulled from {self.repo}",
            "trained": "trained on this machine",
        }.get(model.source, "in a folder")
        based = f", based on {self.base}" if self.base else ""
        lines = [f"{model.kind.capitalize()} {origin}, {self.megabytes}{based}"]
        if self.scores:
            lines.append(f"EM / F1 after training: {self.scores}, on {counted(self.questions, 'held-out question')}")
        if self.threshold is not None:
            lines.append(f"No answer below a probability of {percent(self.threshold)}")
        lines.append(self.problem or str(self.model.folder))
        return lines


def known_models(used: Mapping[ModelKind, str]) -> list[KnownModel]:
    """Return every model, readers first. `used` are the names of those in use, which may be folders."""
    found = registry.installed()
    for kind, name in used.items():
        if name and name not in {model.name for model in found if model.kind is kind}:
            with suppress(DocqaError):  # Deleted meanwhile.
                found.append(registry.find(name, kind))
    return [_describe(model) for model in sorted(found, key=lambda model: model.kind is ModelKind.ENCODER)]


def _describe(model: Model) -> KnownModel:
    from docqa.reader.reader_choice import choice_of

    size = model.size
    try:
        metadata = model.metadata
        threshold = choice_of(model).threshold if model.kind is ModelKind.READER else None
    except DocqaError as error:
        return KnownModel(model, size, problem=str(error))
    training = metadata.training
    scores = training.metrics.after.test if training else None
    return KnownModel(
        model,
        size,
        exact=scores.exact if scores and scores.total else None,
        f1=scores.f1 if scores and scores.total else None,
        questions=scores.total if scores else 0,
        threshold=threshold,
        base=training.base.name if training else "",
        repo=metadata.source.repo if metadata.source else "",
    )


def pullable(typed: str, installed: Collection[str]) -> list[Choice[str]]:
    """Return the models that can be pulled: those with short names, and any repository typed. Needs no network.

    `installed` are the repositories whose models are on this machine.
    """
    choices = []
    for name, alias in ALIASES.items():
        mark = " · installed" if alias.repo in installed else ""
        choices.append(Choice(name, name, after=f"  {alias.kind}: {alias.about}{mark}"))
    found = matching(typed, choices)
    if "/" in typed and typed not in ALIASES:
        found.append(Choice(visible(typed), typed, after="  a repository on the Hugging Face Hub"))
    return found
