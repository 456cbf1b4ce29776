"""Finding out what to train on and from. Reads the disk in worker threads, and posts what it finds."""

from pathlib import Path
from threading import Event

from textual.message import Message

from docqa.errors import DocqaError
from docqa.models import registry
from docqa.models.registry import ModelKind
from docqa.progress import Cancelled, Monitor
from docqa.tui.messages import Post
from docqa.tui.state.training import TrainingFacts, TrainingPairs
from docqa.userdata import corrections


class FactsFound(Message):
    """What a training can start from is known."""

    def __init__(self, facts: TrainingFacts) -> None:
        super().__init__()
        self.facts = facts


class PairsChecked(Message):
    """A file of pairs was read."""

    def __init__(self, pairs: TrainingPairs) -> None:
        super().__init__()
        self.pairs = pairs


class TrainingBlocked(Message):
    """An error prevents any training."""

    def __init__(self, error: DocqaError) -> None:
        super().__init__()
        self.error = error


def find_facts(file: str, post: Post) -> None:
    """Post what a training on this file can start from. Raises nothing."""
    from docqa.training.job import free_name, unfinished_runs

    try:
        chosen = registry.chosen(ModelKind.READER)
        readers = [model.name for model in registry.installed(ModelKind.READER)]
        if chosen not in readers:
            readers.insert(0, chosen)  # A folder.
        base, name = _base(chosen, file, readers), free_name(file, new=True)
        post(FactsFound(TrainingFacts(tuple(readers), chosen, base, name, tuple(unfinished_runs()))))
    except (DocqaError, OSError) as error:
        post(TrainingBlocked(error if isinstance(error, DocqaError) else DocqaError(str(error))))


def _base(chosen: str, file: str, readers: list[str]) -> str:
    """Return the reader in use, or its base if it was already trained on this file.

    A reader trained on pairs that are now held out would score too well.
    """
    training = registry.find(chosen, ModelKind.READER).metadata.training
    learned = training is not None and Path(file).name in training.data
    return training.base.name if training and learned and training.base.name in readers else chosen


def check_pairs(file: str, cancel: Event, post: Post) -> None:
    """Read a file of pairs as `docqa finetune` does, and post the result. Raises nothing."""
    from docqa import datasets
    from docqa.training.hyperparameters import TrainingConfig
    from docqa.training.job import Job, load_pairs

    defaults = TrainingConfig()
    if file == str(corrections.file()) and not Path(file).exists():
        post(PairsChecked(TrainingPairs(file, datasets.LoadReport(), error=DocqaError("no corrections yet"))))
        return
    report = None
    try:
        too_long = Job((file,), defaults, "").length_check()
        loaded, _ = load_pairs([file], defaults, Monitor(cancel=cancel), too_long=too_long)
        report = loaded.report
        note = datasets.split(loaded.pairs, defaults.test_split, defaults.seed).note
    except Cancelled:
        return
    except DocqaError as error:
        post(PairsChecked(TrainingPairs(file, report, error=error)))
    except OSError as error:
        post(PairsChecked(TrainingPairs(file, error=DocqaError(f"can't read {file}: {error.strerror or error}"))))
    else:
        post(PairsChecked(TrainingPairs(file, report, note)))
