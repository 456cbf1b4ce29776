"""What to train on which data, and the folder of an unfinished run."""

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from docqa import config as user_config
from docqa import datasets, files, paths
from docqa.datasets import LoadedPairs, LoadReport, MixCount, Pair, mix
from docqa.datasets.loading import LengthCheck
from docqa.documents import Document
from docqa.errors import DocqaError
from docqa.files import lock_beside, make_private_folder
from docqa.models import registry
from docqa.models.registry import ModelKind
from docqa.progress import Monitor
from docqa.reader.answer_length import length_check
from docqa.training import distributed
from docqa.training.hyperparameters import SAVE_MINUTES, TrainingConfig

CHECKPOINTS = "checkpoints"
"""The folder in a run's folder that has its checkpoints."""
_VALIDATION_SHARE = 0.1  # Of the training pairs, for early stopping. The test pairs only measure the result.


@dataclass(frozen=True, slots=True)
class Job:
    """What to train on which files, and where to put the result."""

    files: tuple[str, ...]
    """Files of pairs, and mix files, which list such files (`docqa.datasets.mix`)."""
    config: TrainingConfig
    name: str
    test_files: tuple[str, ...] = ()
    output: Path | None = None
    """A new folder for the reader; None installs it."""
    device: str = "auto"
    log_dir: Path | None = None
    resume: bool = False
    """Continue the unfinished run of this name."""
    restart: bool = False
    """Discard the unfinished run of this name."""
    save_minutes: float = SAVE_MINUTES
    """Minutes between checkpoints: the most work that a kill can lose."""

    @property
    def folder(self) -> Path:
        """The folder of the run's checkpoints until it is done."""
        return run_folder(self.name)

    def length_check(self) -> Callable[[str], DocqaError | None]:
        """What tells answers that are longer than the user will get from the reader. Raises `DocqaError`."""
        base = registry.find(self.config.base or registry.chosen(ModelKind.READER), ModelKind.READER)
        return length_check(base, user_config.load().max_answer_length)

    def absolute(self) -> Self:
        """Return the same job with absolute paths."""
        return replace(
            self,
            files=tuple(str(Path(file).absolute()) for file in self.files),
            test_files=tuple(str(Path(file).absolute()) for file in self.test_files),
            output=self.output.absolute() if self.output else None,
            log_dir=self.log_dir.absolute() if self.log_dir else None,
        )

    @property
    def resume_arguments(self) -> list[str]:
        """The arguments of `docqa` that resume this run."""
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
    """The pairs of a run."""

    train: tuple[Pair, ...]
    validation: tuple[Pair, ...]
    """Held out of the training pairs for early stopping; empty without it."""
    test: tuple[Pair, ...]
    report: LoadReport
    test_report: LoadReport | None
    """The report on the test files, if there are any."""
    mix: tuple[MixCount, ...]
    """What was taken of each file; empty without a mix file."""
    note: str
    """How the pairs were split, for the user."""
    documents: dict[str, Document]
    """The documents that pairs refer to, by `Pair.document`."""
    digests: dict[str, str]
    """The SHA-256 of every file of pairs, mix file and document, by path."""


def run_folder(name: str) -> Path:
    """Return the folder of the unfinished run of this name. Raises `DocqaError` if a model can't have the name."""
    registry.check_name(name)
    return paths.data_dir() / "training" / name


def state_file(name: str) -> Path:
    """Return the file that records how the run of this name began."""
    return run_folder(name) / "run.json"


def stored_state(name: str) -> dict[str, Any] | None:
    """Return how the unfinished run of this name began, or None if there is no such run."""
    file = state_file(name)
    return files.read_json_object(file) if file.is_file() else None


def stored_config(name: str) -> TrainingConfig | None:
    """Return the configuration of the unfinished run of this name, or None if there is no such run.

    Raises `DocqaError` for a run of an incompatible version.
    """
    state = stored_state(name)
    if state is None:
        return None
    try:
        return TrainingConfig(**state["config"])
    except (KeyError, TypeError):
        raise DocqaError(
            f"the unfinished run {name} was started by another version of docqa", "--restart discards it"
        ) from None


def is_taken(name: str) -> bool:
    """Return whether a reader of this name is installed. Raises `DocqaError` as `run_folder` does."""
    registry.check_name(name)
    return any(model.name == name for model in registry.installed(ModelKind.READER))


def unfinished_runs() -> list[str]:
    """Return the names of runs that are in progress or were interrupted, the most recent first."""
    states = (paths.data_dir() / "training").glob("*/run.json")
    return [file.parent.name for file in sorted(states, key=lambda file: -file.stat().st_mtime)]


def free_name(file: str, *, new: bool = False) -> str:
    """Return a reader's name derived from a file name, numbered if a reader has that name.

    The name may be that of an unfinished run, unless `new`.
    """
    stem = re.sub(r"[^\w.-]+", "-", Path(file).stem, flags=re.ASCII).strip("-.") or "reader"
    candidates = chain([stem], (f"{stem}-{number}" for number in count(2)))
    return next(name for name in candidates if (not new if stored_state(name) else not is_taken(name)))


@contextmanager
def lock_run(name: str) -> Iterator[None]:
    """Lock the run of this name, so that no two processes write to its folder. The processes of a `torchrun` share it.

    Raises `DocqaError` if another docqa holds the lock.
    """
    if not distributed.is_first():
        yield
        return
    folder = run_folder(name)
    make_private_folder(folder)
    lock = FileLock(lock_beside(folder), timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise DocqaError(
            f"another docqa process is training {name}", "wait for it to finish, or use another --name"
        ) from None
    try:
        yield
    finally:
        lock.release()


def discard_run(name: str) -> None:
    """Delete the unfinished run of this name, if any. If interrupted, it leaves no run, or one that can be resumed."""
    discard_checkpoints(name)
    shutil.rmtree(run_folder(name), ignore_errors=True)


def discard_checkpoints(name: str) -> None:
    """Delete the checkpoints of the run of this name, if any."""
    shutil.rmtree(run_folder(name) / CHECKPOINTS, ignore_errors=True)


@contextmanager
def readable_disk_errors(folder: Path) -> Iterator[None]:
    """Turn errors in writing a run's folder into a `DocqaError`: the libraries have their own, of several classes."""
    from safetensors import SafetensorError

    try:
        yield
    except BrokenPipeError:
        raise  # Of the progress, not of the disk.
    except (OSError, SafetensorError, RuntimeError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        # Rust's and torch's words for an error of the system.
        if not isinstance(error, OSError) and not re.search(r"os error|PytorchStreamWriter|file write failed", reason):
            raise
        raise DocqaError(
            f"the training can't be saved in {folder}: {reason.splitlines()[0]}",
            "free some space, then continue from the last checkpoint with --resume",
        ) from error


def prepare(job: Job, monitor: Monitor) -> TrainingData:
    """Load, check and split the pairs.

    Training pairs whose context is also in the test files are left out, because a reader must not be measured on what
    it was trained on. Raises `DocqaError` if a file can't be read or no pairs are left.
    """
    config = job.config
    config.check()
    too_long = job.length_check()
    loaded, counts = load_pairs(job.files, config, monitor, too_long=too_long)
    pairs = loaded.pairs
    documents = dict(loaded.documents)
    held_out = datasets.load(job.test_files, monitor, too_long=too_long) if job.test_files else None
    if held_out is not None:
        test = held_out.pairs
        documents |= held_out.documents
        shared = {id(pair) for pair in datasets.overlap(pairs, test).pairs}
        train = tuple(pair for pair in pairs if id(pair) not in shared)
        note = datasets.sizes(train, test)
        if shared:
            note += f"; {len(shared):,} left out of training because their context is in the test"
    else:
        parts = datasets.split(pairs, config.test_split, config.seed)
        train, test, note = parts.train, parts.test, parts.note
    if not train or not test:
        purpose = "training" if not train else "the test"
        raise DocqaError(f"no pairs are left for {purpose}", "docqa finetune PAIRS --dry-run reports on each pair")
    validation: tuple[Pair, ...] = ()
    if config.early_stopping:
        parts = datasets.split(train, _VALIDATION_SHARE, config.seed)
        train, validation = parts.train, parts.test
    read = dict.fromkeys((*job.files, *loaded.report.files, *job.test_files))
    digests = {file: _digest(Path(file)) for file in read}
    digests |= {name: document.sha256 for name, document in documents.items()}
    report = held_out.report if held_out else None
    return TrainingData(train, validation, test, loaded.report, report, counts, note, documents, digests)


def load_pairs(
    files: Sequence[str], config: TrainingConfig, monitor: Monitor, *, too_long: LengthCheck | None = None
) -> tuple[LoadedPairs, tuple[MixCount, ...]]:
    """Load the pairs to train and test on, from files of pairs and mix files. Raises `DocqaError`.

    Pairs of which every answer is `too_long` are reported. Also returns what was taken of each file if one of them is a
    mix file, else nothing.
    """
    entries = mix.expand(files)
    loaded = datasets.load([entry.file for entry in entries], monitor, too_long=too_long)
    pairs = loaded.pairs
    counts: tuple[MixCount, ...] = ()
    if mix.is_mix(files):
        pairs, counts = mix.draw(pairs, entries, config.seed)
    if config.max_per_context:
        pairs = datasets.sample(pairs, config.max_per_context, config.seed)
    return replace(loaded, pairs=pairs), counts


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
