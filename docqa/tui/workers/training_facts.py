"""What there is to train on and from, as the disk has it. It runs in worker threads, and posts what it found."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message

from docqa.errors import DocqaError
from docqa.models import registry
from docqa.models.registry import ModelKind
from docqa.progress import Cancelled, Monitor
from docqa.tui.formatting import MUTED, counted, plain
from docqa.userdata import corrections

if TYPE_CHECKING:
    from docqa.datasets import LoadReport

_LEAST = 2  # One to train with, and one about another place to measure with.
_FEW = 24  # "A few dozen at least", docs/finetuning.md.

Post = Callable[[Message], object]


@dataclass(frozen=True, slots=True)
class TrainingFacts:
    """What the form begins with."""

    readers: tuple[str, ...]
    """Those that can be started from."""
    chosen: str
    """The one in use, as far as `docqa models use` decides."""
    base: str
    """The one to start from."""
    name: str
    """One that the new reader can have."""
    unfinished: tuple[str, ...]
    """Runs that can be gone on with, the one begun last first."""


@dataclass(frozen=True, slots=True)
class TrainingPairs:
    """What the pairs of a file come to. `report` is None where it can't be read."""

    file: str
    report: "LoadReport | None" = None
    split: str = ""
    error: DocqaError | None = None

    @property
    def enough(self) -> bool:
        """Whether they can be trained with."""
        return self.report is not None and self.error is None

    def lines(self) -> list[Content]:
        """What there is, what is wrong with it, and what it lacks."""
        error = self.error
        found = self.report.pairs if self.report else 0
        said = [Content(plain(line)) for line in self.report.as_text().split("\n")] if self.report else []
        if self.enough:
            few = f"{counted(found, 'pair')} can be trained with; from {_FEW} on the figures begin to mean something."
            more = [Content.styled(f"! {few} {_FEW - found} more.", "$text-warning")] if found < _FEW else []
            return [*said, Content(plain(self.split)), *more]
        if error is not None and self.report is None:
            return [
                Content.styled(f"✗ {plain(error.message)}", "bold $text-error"),
                *([Content(f"→ {plain(error.hint)}")] if error.hint else []),
            ]
        more_needed = max(1, _LEAST - found)
        where = "another place" if found else "two places"
        needed = f"∅ Not enough to train with: {counted(more_needed, 'pair')} more, about {where}, at least."
        how = "Ask a question. Where an answer is right, c says so; where it is wrong, w says what is right."
        if not found and not (self.report and self.report.read):
            said = [Content("No corrections yet.")]
        return [
            *said,
            Content.styled(needed, "bold $text-warning"),
            Content.styled("One is to learn from, and one to measure with; a few dozen are better.", MUTED),
            *([Content(f"→ {how}")] if self.file == str(corrections.file()) else []),
        ]


class FactsFound(Message):
    """What the form begins with is known."""

    def __init__(self, facts: TrainingFacts) -> None:
        super().__init__()
        self.facts = facts


class PairsChecked(Message):
    """The pairs of a file were read."""

    def __init__(self, pairs: TrainingPairs) -> None:
        super().__init__()
        self.pairs = pairs


class FactsFailed(Message):
    """Something stands in the way of any training."""

    def __init__(self, error: DocqaError) -> None:
        super().__init__()
        self.error = error


def look(file: str, post: Post) -> None:
    """Post what a training on this file begins with. Raises nothing."""
    from docqa.training.job import free_name, unfinished_runs

    try:
        chosen = registry.chosen(ModelKind.READER)
        readers = [model.name for model in registry.installed(ModelKind.READER)]
        if chosen not in readers:
            readers.insert(0, chosen)  # A folder.
        base, name = _base(chosen, file, readers), free_name(file, new=True)
        post(FactsFound(TrainingFacts(tuple(readers), chosen, base, name, tuple(unfinished_runs()))))
    except (DocqaError, OSError) as error:
        post(FactsFailed(error if isinstance(error, DocqaError) else DocqaError(str(error))))


def _base(chosen: str, file: str, readers: list[str]) -> str:
    """The reader in use; where that has learned from this file before, what it started from.

    A reader that was trained on some of what is put aside now would be measured as better than it is.
    """
    training = registry.find(chosen, ModelKind.READER).metadata.training
    learned = training is not None and Path(file).name in training.data
    return training.base.name if training and learned and training.base.name in readers else chosen


def check(file: str, cancel: Event, post: Post) -> None:
    """Read a file of pairs as `docqa finetune` does, and post what they come to. Raises nothing."""
    from docqa import datasets
    from docqa.training.hyperparameters import TrainingConfig

    config = TrainingConfig()
    if file == str(corrections.file()) and not Path(file).exists():
        post(PairsChecked(TrainingPairs(file, datasets.LoadReport(), error=DocqaError("no corrections yet"))))
        return
    report = None
    try:
        loaded = datasets.load([file], Monitor(cancel=cancel))
        report = loaded.report
        note = datasets.split(loaded.pairs, config.test_split, config.seed).note
    except Cancelled:
        return
    except DocqaError as error:
        post(PairsChecked(TrainingPairs(file, report, error=error)))
    except OSError as error:
        post(PairsChecked(TrainingPairs(file, error=DocqaError(f"{file} can't be read: {error.strerror or error}"))))
    else:
        post(PairsChecked(TrainingPairs(file, report, note)))
