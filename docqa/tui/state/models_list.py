"""What is known of each reader and encoder on this machine. It reads the disk."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from docqa.errors import DocqaError
from docqa.models import registry
from docqa.models.registry import ALIASES, Model, ModelKind
from docqa.tui.formatting import counted, percent


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model with what its `docqa.json` says. EM and F1, in percent, are those after its training, None where it has
    none; so is the threshold of an encoder, a probability."""

    model: Model
    size: int
    exact: float | None = None
    f1: float | None = None
    questions: int = 0
    threshold: float | None = None
    base: str = ""
    repo: str = ""
    trouble: str = ""

    @property
    def key(self) -> str:
        """What it is told apart by: a reader and an encoder may share a name."""
        return f"{self.model.kind}/{self.model.name}"

    @property
    def bytes(self) -> str:
        """Its size, in words."""
        return f"{self.size / 1e6:,.0f} MB"

    @property
    def scores(self) -> str:
        """EM and F1, "" where they are not known."""
        return "" if self.exact is None or self.f1 is None else f"{self.exact:.1f} / {self.f1:.1f}"

    def told(self) -> list[str]:
        """All that is known of it, in lines."""
        model = self.model
        origin = {
            "bundled": "that came with docqa",
            "pulled": f"that was pulled from {self.repo}",
            "trained": "that was trained here",
        }.get(model.source, "in a folder")
        article = "An" if model.kind is ModelKind.ENCODER else "A"
        lines = [f"{article} {model.kind} {origin}, {self.bytes}" + (f", on top of {self.base}" if self.base else "")]
        if self.scores:
            lines.append(f"EM / F1 after training: {self.scores}, of {counted(self.questions, 'question')} held out")
        if self.threshold is not None:
            lines.append(f"No answer below a probability of {percent(self.threshold).strip()}")
        lines.append(self.trouble or str(self.model.folder))
        return lines


def known(used: Mapping[ModelKind, str]) -> list[KnownModel]:
    """Every model, readers first; `used` are the names of those that answer now, which may be folders."""
    found = registry.installed()
    for kind, name in used.items():
        if name and name not in {model.name for model in found if model.kind is kind}:
            with suppress(DocqaError):  # It is gone by now: then it is not there to choose either.
                found.append(registry.find(name, kind))
    return [_known(model) for model in sorted(found, key=lambda model: model.kind is ModelKind.ENCODER)]


def _known(model: Model) -> KnownModel:
    from docqa.engine import calibration_of

    size = model.size
    try:
        metadata = model.metadata
        threshold = calibration_of(model).threshold if model.kind is ModelKind.READER else None
    except DocqaError as error:
        return KnownModel(model, size, trouble=str(error))
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


def is_here(alias: str, listed: list[KnownModel]) -> bool:
    """Whether the model of a short name is on this machine."""
    return any(one.repo == ALIASES[alias].repo for one in listed)
