"""A training run, from pairs to a reader that can answer: what `docqa finetune` does."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from docqa import __version__, files
from docqa.array_store import ArrayStore
from docqa.config import Settings
from docqa.datasets import Pair
from docqa.engine import Engine
from docqa.errors import DocqaError
from docqa.evaluation import calibrate
from docqa.models import loading, metadata, registry
from docqa.models.metadata import ModelMetadata, TrainingRecord
from docqa.models.registry import Model, ModelKind
from docqa.progress import Monitor
from docqa.reader.devices import choose_device, precision
from docqa.reader.reader import Reader
from docqa.training import distributed
from docqa.training.dataset import OrderedDataset, TokenMasking, batch_order
from docqa.training.distillation import SoftTargets, soft_targets
from docqa.training.features import Feature, make
from docqa.training.job import Job, TrainingData, alone, forget, is_taken, state_file, stored_state
from docqa.training.layer_freezing import freeze_layers
from docqa.training.loss_curve import LossCurve
from docqa.training.model_card import interpolate_weights, write_model_card, write_weights
from docqa.training.scoring import score_reader, selection_key
from docqa.windows import window_size


@dataclass(frozen=True, slots=True)
class FinetuneResult:
    """What came of a run: the reader, its docqa.json, the loss curve, and whether it is better than its base."""

    model: Model
    metadata: ModelMetadata
    curve: LossCurve
    better: bool

    @property
    def training(self) -> TrainingRecord:
        """The record of the training in docqa.json."""
        return self.metadata.training or TrainingRecord()


def finetune(job: Job, data: TrainingData, monitor: Monitor) -> FinetuneResult | None:
    """Train, measure before and after, and install. None in the processes of a `torchrun` other than the first.

    A run that was stopped leaves its checkpoints: `job.resume` goes on from the last, to the same weights. Raises
    `Cancelled` when stopped by the monitor, `DocqaError` where the run can't begin.
    """
    with alone(job.name):
        run = _Run(job, data, monitor)  # Whatever is wrong is said before anything is discarded.
        if job.restart and distributed.is_first():
            forget(job.name)
        return run.go()


class _Run:
    """One run. Its steps are methods, in the order in which they happen."""

    def __init__(self, job: Job, data: TrainingData, monitor: Monitor) -> None:
        self._job = job
        self._data = data
        self._monitor = monitor
        self._device = choose_device(job.device)
        # Another reader may be in use by now than when an unfinished run began.
        begun = stored_state(job.name) if job.resume else None
        base = job.recipe.base or (begun["base"]["name"] if begun else registry.chosen(ModelKind.READER))
        self._base = registry.find(base, ModelKind.READER)
        self._limit = loading.sequence_limit(self._base.folder)
        window_size(job.recipe.max_seq_length, job.recipe.doc_stride, self._limit)  # for the sake of its errors
        layers = loading.layer_count(self._base.folder)
        if job.recipe.frozen >= layers:
            raise DocqaError(f"the base has {layers} layers", f"--frozen has to be {layers - 1} at most")
        if job.recipe.teacher:
            self._teacher = registry.find(job.recipe.teacher, ModelKind.READER)
        if job.recipe.blend < 1 and not loading.has_head(self._base.folder):
            raise DocqaError(
                f"{self._base.name} answers no questions yet: it can't be blended with", "leave --blend out"
            )
        if job.log_dir is not None and find_spec("tensorboard") is None:
            raise DocqaError(
                "TensorBoard is not installed", "pip install 'docqa-tui[tensorboard]', or leave --log-dir out"
            )
        if job.output is not None and job.output.exists():
            raise DocqaError(f"{job.output} is there already", "name a folder that is not")
        if job.output is None and is_taken(job.name):
            raise DocqaError(
                f"there is a reader called {job.name} already",
                f"--name gives this one another name; docqa models remove {job.name} makes room",
            )
        # Not the person's own settings: what a reader's papers say of it must not depend on them.
        self._settings = Settings(
            device=self._device,
            max_seq_length=job.recipe.max_seq_length,
            doc_stride=job.recipe.doc_stride,
            cache=False,
        )

    def go(self) -> FinetuneResult | None:
        with self._first_process_first():
            state = self._begin()
            made, taught = self._features()
            watched = self._make(self._data.watched) if self._data.watched else None
        network, curve = self._train(made, taught, watched)
        return self._finish(state, network, curve, made) if distributed.is_first() else None

    @contextmanager
    def _first_process_first(self) -> Iterator[None]:
        """Let the first process of a `torchrun` measure and ask the teacher; the others find what it wrote."""
        if distributed.count() == 1:
            yield
            return
        from accelerate import PartialState

        with PartialState(cpu=self._device == "cpu", timeout=timedelta(days=1)).main_process_first():
            yield

    def _begin(self) -> dict[str, Any]:
        """What run.json says of this run, once the base has been measured."""
        fingerprint = self._base.fingerprint
        wanted = {
            "docqa": __version__,
            "recipe": self._job.recipe.as_dict(),
            "base": {"name": self._base.name, "fingerprint": fingerprint},
            "data": self._data.digests,
        }
        state = stored_state(self._job.name)
        if state is not None and distributed.is_first() and not self._job.resume:
            raise DocqaError(
                f"there is an unfinished run called {self._job.name}",
                "--resume goes on with it, --restart begins it anew, --name trains beside it",
            )
        if state is None and self._job.resume:
            raise DocqaError(f"there is no unfinished run called {self._job.name}", "leave --resume out to begin one")
        if state is not None:
            _check_same(state, wanted)
            return state
        before = self._measure(self._base) if loading.has_head(self._base.folder) else None
        used = registry.find(registry.chosen(ModelKind.READER), ModelKind.READER)
        other = self._job.output is None and used.fingerprint != fingerprint
        state = wanted | {
            "before": before,
            # What the result has to beat to be used, where that is another reader than its base.
            "in_use": {"name": used.name, "metrics": self._measure(used)} if other else None,
            # From any folder, and for whoever did not hear how it was begun.
            "again": self._job.absolute().again,
        }
        files.write_json_object(state_file(self._job.name), state)
        return state

    def _measure(self, model: Model) -> dict[str, Any]:
        return score_reader(model, self._data.test, self._data.documents, self._settings, self._monitor)

    def _make(self, some: Sequence[Pair]) -> list[Feature]:
        return make(some, loading.load_tokenizer(self._base.folder), self._limit, self._job.recipe, self._monitor)

    def _features(self) -> tuple[list[Feature], list[SoftTargets] | None]:
        recipe = self._job.recipe
        made = self._make(self._data.train)
        if not made:
            raise DocqaError(
                "not one window could be made of the training pairs",
                "their questions may be too long for --max-seq-length; docqa finetune PAIRS --dry-run checks them",
            )
        if not recipe.teacher:
            return made, None
        teacher = Reader(self._teacher, self._device)
        questions = [pair.question for pair in self._data.train]
        store = ArrayStore(self._job.folder)
        return made, soft_targets(
            teacher, made, questions, weight=recipe.teacher_weight, store=store, monitor=self._monitor
        )

    def _train(
        self, made: list[Feature], taught: list[SoftTargets] | None, watched: list[Feature] | None
    ) -> tuple[Any, LossCurve]:
        from docqa.training.trainer import train

        recipe, job = self._job.recipe, self._job
        network = loading.load_trainable(self._base.folder, self._device, recipe.seed)
        if recipe.frozen:
            freeze_layers(network, recipe.frozen)
        lengths = [len(feature.ids) for feature in made]
        numbers = batch_order(lengths, recipe.batch_size * distributed.count(), recipe.epochs, recipe.seed)
        dropout = None
        if recipe.token_dropout:
            tokenizer = loading.load_tokenizer(self._base.folder)
            dropout = TokenMasking.of(tokenizer, recipe.token_dropout, recipe.seed)
        curve = train(
            network,
            OrderedDataset(made, numbers, taught, dropout),
            OrderedDataset(watched, np.arange(len(watched))) if watched else None,
            recipe,
            limit=self._limit,
            folder=job.folder,
            device=self._device,
            precision=_precision(recipe.precision, self._device),
            log_dir=job.log_dir,
            save_minutes=job.save_minutes,
            monitor=self._monitor,
        )
        return network, curve

    def _finish(self, state: dict[str, Any], network: Any, curve: LossCurve, made: Sequence[Feature]) -> FinetuneResult:
        """Write the reader beside where it will be, measure what was written, and put it in place."""
        job, recipe = self._job, self._job.recipe
        parent = (job.output or registry.models_dir() / ModelKind.READER / job.name).parent
        parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(dir=parent, prefix=f".{job.name}."))
        try:
            if recipe.blend < 1:
                interpolate_weights(network, self._base.folder, recipe.blend)
            write_weights(network, self._base.folder, staging)
            # What its base's docqa.json says of reading holds until it is fitted anew.
            base = self._base.metadata
            inherited = ModelMetadata(calibration=base.calibration, length_penalty=base.length_penalty)
            metadata.write(staging, inherited)
            after = self._measure(Model(job.name, ModelKind.READER, staging, "trained"))
            engine = Engine(replace(self._settings, reader=str(staging)))
            fitted = calibrate(engine, self._data.test, self._monitor, documents=self._data.documents)
            written = replace(
                inherited,
                kind="reader",
                docqa=__version__,
                calibration=metadata.CalibrationRecord(**asdict(fitted.calibration)),
                calibrated=fitted.origin(),
                training=metadata.training_record(
                    {
                        # Names without their folders: a reader is passed on, and its papers with it.
                        "base": state["base"] | {"name": Path(state["base"]["name"]).name},
                        "recipe": recipe.as_dict(),
                        "data": _by_name(state["data"]),
                        "counts": {
                            "train": len(self._data.train),
                            "watched": len(self._data.watched),
                            "test": len(self._data.test),
                            "windows": len(made),
                            "null_windows": sum(not feature.answerable for feature in made),
                        },
                        "metrics": {"before": state["before"], "after": after},
                        "in_use": state["in_use"],
                    }
                ),
            )
            write_model_card(staging, job.name, written, curve)
            model = self._install(staging)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        forget(job.name)
        to_beat = [state["before"], (state["in_use"] or {}).get("metrics")]
        better = all(selection_key(after) > selection_key(metrics) for metrics in to_beat if metrics)
        if better and job.output is None:
            registry.use(job.name, ModelKind.READER)
        return FinetuneResult(model, written, tuple(curve), better)

    def _install(self, staging: Path) -> Model:
        job = self._job
        if job.output is None:
            return registry.install(staging, job.name, ModelKind.READER)
        staging.chmod(0o755)
        staging.rename(job.output)
        return registry.find(str(job.output), ModelKind.READER)


def _by_name(digests: dict[str, str]) -> dict[str, str]:
    names = [Path(file).name for file in digests]
    return {
        name if names.count(name) == 1 else file: digest
        for name, (file, digest) in zip(names, digests.items(), strict=True)
    }


def _check_same(state: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Raise `DocqaError` unless a run goes on with what it began with: anything else would be another run."""
    # By contents: the same files may be named from another folder.
    if sorted(state["data"].values()) != sorted(wanted["data"].values()):
        raise DocqaError(
            "the pairs, or documents that they name, changed since the run began", "--restart begins it anew"
        )
    if state["base"]["fingerprint"] != wanted["base"]["fingerprint"]:
        raise DocqaError("the base reader changed since the run began", "--restart begins it anew")
    for name, value in wanted["recipe"].items():
        if state["recipe"].get(name) != value:
            flag = name.replace("_", "-")
            began = state["recipe"].get(name)
            raise DocqaError(
                f"the run began with --{flag} {began}, not {value}", f"leave --{flag} out, or --restart begins it anew"
            )


def _precision(wanted: str, device: str) -> str:
    return str(precision(device)).removeprefix("torch.") if wanted == "auto" else wanted
