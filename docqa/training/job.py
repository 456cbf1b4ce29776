"""What is to be trained on what, and the folder of a run that is not done."""

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from docqa import datasets, files, paths
from docqa.datasets import Pair
from docqa.documents import Document
from docqa.errors import DocqaError
from docqa.models import registry
from docqa.models.registry import ModelKind
from docqa.progress import Monitor
from docqa.training import distributed
from docqa.training.hyperparameters import TrainingConfig

_WATCHED = 0.1  # Of the training pairs, what early stopping listens to. The test pairs only measure.


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be trained on what, and where the result goes. A kill costs at most `save_minutes` of work."""

    files: tuple[str, ...]
    recipe: TrainingConfig
    name: str
    test_files: tuple[str, ...] = ()
    output: Path | None = None
    device: str = "auto"
    log_dir: Path | None = None
    resume: bool = False
    restart: bool = False
    """Discard an unfinished run of this name."""
    save_minutes: float = 5.0

    @property
    def folder(self) -> Path:
        """Where the run keeps its checkpoints until it is done."""
        return run_folder(self.name)

    def absolute(self) -> Self:
        """The same job, from whatever folder it is told."""
        return replace(
            self,
            files=tuple(str(Path(file).absolute()) for file in self.files),
            test_files=tuple(str(Path(file).absolute()) for file in self.test_files),
            output=self.output.absolute() if self.output else None,
            log_dir=self.log_dir.absolute() if self.log_dir else None,
        )

    @property
    def again(self) -> list[str]:
        """What to say to `docqa` to go on with this run once it was stopped."""
        words = ["finetune", *self.files]
        for file in self.test_files:
            words += ["--test-file", file]
        words += ["--name", self.name]
        words += ["--output", str(self.output)] if self.output else []
        words += ["--log-dir", str(self.log_dir)] if self.log_dir else []
        words += ["--device", self.device] if self.device != "auto" else []
        return [*words, "--resume"]


@dataclass(frozen=True, slots=True)
class TrainingData:
    """The pairs of a run. `watched` are held out of the training pairs, for early stopping."""

    train: tuple[Pair, ...]
    watched: tuple[Pair, ...]
    test: tuple[Pair, ...]
    report: datasets.LoadReport
    test_report: datasets.LoadReport | None
    """That of the test files, where the test has files of its own."""
    note: str
    documents: dict[str, Document]
    digests: dict[str, str]


def run_folder(name: str) -> Path:
    """Where an unfinished run of this name is kept. Raises `DocqaError` if no model can have the name."""
    registry.check_name(name)
    return paths.data_dir() / "training" / name


def state_file(name: str) -> Path:
    """Where it says how the run of this name began."""
    return run_folder(name) / "run.json"


def stored_state(name: str) -> dict[str, Any] | None:
    """What the unfinished run of this name began with, None if there is none."""
    file = state_file(name)
    return files.read_json_object(file) if file.is_file() else None


def stored_recipe(name: str) -> TrainingConfig | None:
    """The recipe of the unfinished run of this name, None if there is none."""
    state = stored_state(name)
    return TrainingConfig.from_dict(state["recipe"]) if state else None


def is_taken(name: str) -> bool:
    """Whether a reader of this name is installed: none is ever overwritten. Raises as `run_folder` does."""
    registry.check_name(name)
    return any(model.name == name for model in registry.installed(ModelKind.READER))


def unfinished() -> list[str]:
    """The names of the runs that were stopped, killed, or are under way, the one begun last first."""
    files = (paths.data_dir() / "training").glob("*/run.json")
    return [file.parent.name for file in sorted(files, key=lambda file: -file.stat().st_mtime)]


def free_name(file: str, *, new: bool = False) -> str:
    """The file's name, as a model can be called; with a number where a reader has it.

    An unfinished run may have it, unless it is for a `new` one.
    """
    name = re.sub(r"[^\w.-]+", "-", Path(file).stem, flags=re.ASCII).strip("-.") or "reader"
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(each for each in names if (not new if stored_state(each) else not is_taken(each)))


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Hold the run of this name: two processes would write over each other. Those of one `torchrun` are one.

    Raises `DocqaError` where another docqa holds it.
    """
    if not distributed.is_first():
        yield
        return
    folder = run_folder(name)
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.parent / f".{folder.name}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise DocqaError(f"another docqa is training {name} right now", "wait for it, or use another --name") from None
    try:
        yield
    finally:
        lock.release()


def forget(name: str) -> None:
    """Delete the unfinished run of this name, if there is one."""
    shutil.rmtree(run_folder(name), ignore_errors=True)


def prepare(job: Job, monitor: Monitor) -> TrainingData:
    """Load, check and split the pairs. Raises `DocqaError` where a file can't be read or nothing is left to use.

    A training pair whose context is also among the test files' is left out, and the report counts it: what is
    measured must not have been seen.
    """
    recipe = job.recipe
    recipe.check()
    loaded = datasets.load(job.files, monitor)
    usable = (
        datasets.sample(loaded.pairs, recipe.max_per_context, recipe.seed) if recipe.max_per_context else loaded.pairs
    )
    documents = dict(loaded.documents)
    held_out = datasets.load(job.test_files, monitor) if job.test_files else None
    if held_out is not None:
        test = held_out.pairs
        documents |= held_out.documents
        shared = {id(pair) for pair in datasets.overlap(usable, test).pairs}
        train = tuple(pair for pair in usable if id(pair) not in shared)
        note = datasets.sizes(train, test)
        if shared:
            note += f"; {len(shared):,} that ask about a context of the test were left out of training"
    else:
        parts = datasets.split(usable, recipe.test_split, recipe.seed)
        train, test, note = parts.train, parts.test, parts.note
    if not train or not test:
        what = "train on" if not train else "test with"
        raise DocqaError(f"no pairs are left to {what}", "docqa finetune PAIRS --dry-run says what became of each")
    watched: tuple[Pair, ...] = ()
    if recipe.early_stopping:
        parts = datasets.split(train, _WATCHED, recipe.seed)
        train, watched = parts.train, parts.test
    digests = {file: _digest(Path(file)) for file in (*job.files, *job.test_files)}
    digests |= {name: document.sha256 for name, document in documents.items()}
    return TrainingData(
        train, watched, test, loaded.report, held_out.report if held_out else None, note, documents, digests
    )


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
