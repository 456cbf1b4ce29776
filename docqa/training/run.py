"""A training run, from pairs to an installed reader: what `docqa finetune` does."""

import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from docqa import __version__, files
from docqa.array_store import ArrayStore
from docqa.config import independent
from docqa.datasets import Pair
from docqa.engine import Engine
from docqa.errors import DocqaError
from docqa.evaluation import calibrate
from docqa.evaluation.general_sample import ask_general_sample
from docqa.languages import language_of
from docqa.models import integrity, loading, metadata, registry
from docqa.models.metadata import ModelMetadata, TrainingRecord
from docqa.models.registry import Model, ModelKind
from docqa.progress import Monitor
from docqa.reader.devices import choose_device, precision
from docqa.reader.reader import Reader
from docqa.reader.reader_choice import record_of
from docqa.training import distributed
from docqa.training.dataset import OrderedDataset, TokenMasking, batch_order
from docqa.training.distillation import SoftTargets, soft_targets
from docqa.training.features import Feature, make_features
from docqa.training.hyperparameters import flag
from docqa.training.job import (
    Job,
    TrainingData,
    discard_checkpoints,
    discard_run,
    is_taken,
    lock_run,
    readable_disk_errors,
    state_file,
    stored_config,
    stored_state,
)
from docqa.training.loss_curve import LossCurve
from docqa.training.model_card import write_model_card
from docqa.training.scoring import score_reader, selection_key
from docqa.training.weights import freeze_layers, interpolate_weights, write_weights
from docqa.windows import window_size

_GENERAL_QUESTIONS = 4  # Of each document of the general sample: 152 in all.


@dataclass(frozen=True, slots=True)
class FinetuneResult:
    """The result of a run."""

    model: Model
    metadata: ModelMetadata
    """The contents of the reader's docqa.json."""
    curve: LossCurve
    better: bool
    """Whether it is better on the test than its base and the reader in use."""

    @property
    def training(self) -> TrainingRecord:
        """The record of the training in docqa.json."""
        return self.metadata.training or TrainingRecord()


def finetune(job: Job, data: TrainingData, monitor: Monitor) -> FinetuneResult | None:
    """Train, evaluate before and after, and install. Returns None in all but the first process of a `torchrun`.

    An interrupted run keeps its checkpoints: `job.resume` continues from the last one, to the same weights. Raises
    `Cancelled` when the monitor is cancelled, `DocqaError` if the run can't start, or the disk is full.
    """
    with readable_disk_errors(job.folder), lock_run(job.name), files.owner_only() as umask:
        run = _Run(job, data, monitor, umask)  # Before anything is discarded, because it validates the job.
        if job.restart and distributed.is_first():
            discard_run(job.name)
        return run.execute()


class _Run:
    """One run. Its steps are methods, in order."""

    def __init__(self, job: Job, data: TrainingData, monitor: Monitor, umask: int) -> None:
        self._umask = umask
        """The user's: what is written to `--output` has its permissions."""
        self._job = job
        self._data = data
        self._monitor = monitor
        self._device = choose_device(job.device)
        # When an interrupted run began, another reader may have been in use.
        state = stored_state(job.name) if job.resume else None
        base = job.config.base or (state["base"]["name"] if state else registry.chosen(ModelKind.READER))
        self._base = registry.find(base, ModelKind.READER)
        self._limit = loading.sequence_limit(self._base.folder)
        window_size(
            job.config.max_seq_length, job.config.doc_stride, self._limit
        )  # Raises an error if it does not fit.
        layers = loading.layer_count(self._base.folder)
        if job.config.freeze_layers >= layers:
            raise DocqaError(f"the base has {layers} layers", f"--freeze-layers must be at most {layers - 1}")
        if job.config.teacher:
            self._teacher = registry.find(job.config.teacher, ModelKind.READER)
        if job.config.weight_interpolation < 1 and not loading.has_head(self._base.folder):
            raise DocqaError(
                f"{self._base.name} has no question-answering head to interpolate with", "omit --weight-interpolation"
            )
        if job.log_dir is not None and find_spec("tensorboard") is None:
            raise DocqaError("TensorBoard is not installed", "pip install 'docqa-tui[tensorboard]', or omit --log-dir")
        self._installed = _installed_by(state, job) if state else None
        if self._installed is not None:
            pass  # What is left to do is to use it.
        elif job.output is not None and job.output.exists():
            raise DocqaError(f"{job.output} already exists", "choose a folder that does not exist")
        elif job.output is None and is_taken(job.name):
            raise DocqaError(
                f"a reader named {job.name} already exists",
                f"choose another --name, or remove it: docqa models remove {job.name}",
            )
        self._settings = independent(
            device=self._device, max_seq_length=job.config.max_seq_length, doc_stride=job.config.doc_stride
        )

    def execute(self) -> FinetuneResult | None:
        if self._installed is not None:
            return self._conclude(self._begin(), self._installed, []) if distributed.is_first() else None
        with distributed.first_process_first(self._device):
            state = self._begin()
            features = self._features(self._data.train)
            if not features:
                raise DocqaError(
                    "the training pairs make no windows",
                    "their questions may be too long for --max-seq-length; docqa finetune PAIRS --dry-run checks them",
                )
            targets = self._soft_targets(features)
            validation = self._features(self._data.validation)
        network, curve = self._train(features, targets, validation)
        return self._finish(state, network, curve, features) if distributed.is_first() else None

    def _begin(self) -> dict[str, Any]:
        """Return the contents of run.json: of the run to resume, or, after evaluating the base, of a new run."""
        fingerprint = self._base.fingerprint
        current = {
            "docqa": __version__,
            "config": self._job.config.as_dict(),
            "base": {"name": self._base.name, "fingerprint": fingerprint},
            "data": self._data.digests,
        }
        state = stored_state(self._job.name)
        if state is not None and distributed.is_first() and not self._job.resume:
            raise DocqaError(
                f"there is an unfinished run named {self._job.name}",
                "use --resume to continue it, --restart to discard it, or another --name",
            )
        if state is None and self._job.resume:
            raise DocqaError(f"there is no unfinished run named {self._job.name}", "omit --resume to start one")
        if state is not None:
            _check_unchanged(self._job.name, state, current)
            return state
        # A kill may have left checkpoints of a run that was being discarded.
        discard_checkpoints(self._job.name)
        before = self._score(self._base) if loading.has_head(self._base.folder) else None
        in_use = registry.find(registry.chosen(ModelKind.READER), ModelKind.READER)
        compare = self._job.output is None and in_use.fingerprint != fingerprint
        state = current | {
            "before": before,
            # What the result must also beat to be used, unless it is its base.
            "in_use": {"name": in_use.name, "metrics": self._score(in_use)} if compare else None,
            # With absolute paths, so that the app can resume the run from any directory.
            "resume_arguments": self._job.absolute().resume_arguments,
        }
        files.write_json_object(state_file(self._job.name), state)
        return state

    def _score(self, model: Model) -> dict[str, Any]:
        return score_reader(model, self._data.test, self._data.documents, self._settings, self._monitor)

    def _features(self, pairs: Sequence[Pair]) -> list[Feature]:
        tokenizer = loading.load_tokenizer(self._base.folder)
        return make_features(pairs, tokenizer, self._limit, self._job.config, self._monitor)

    def _soft_targets(self, features: list[Feature]) -> list[SoftTargets] | None:
        config = self._job.config
        if not config.teacher:
            return None
        return soft_targets(
            Reader(self._teacher, self._device),
            features,
            [pair.question for pair in self._data.train],
            weight=config.teacher_weight,
            store=ArrayStore(self._job.folder),
            monitor=self._monitor,
        )

    def _train(
        self, features: list[Feature], targets: list[SoftTargets] | None, validation: list[Feature]
    ) -> tuple[Any, LossCurve]:
        from docqa.training.trainer import train

        config, job = self._job.config, self._job
        network = loading.load_trainable(self._base.folder, self._device, config.seed)
        if config.freeze_layers:
            freeze_layers(network, config.freeze_layers)
        lengths = [len(feature.ids) for feature in features]
        order = batch_order(lengths, config.batch_size * distributed.count(), config.epochs, config.seed)
        masking = None
        if config.token_masking:
            tokenizer = loading.load_tokenizer(self._base.folder)
            masking = TokenMasking.of(tokenizer, config.token_masking, config.seed)
        curve = train(
            network,
            OrderedDataset(features, order, targets, masking),
            OrderedDataset(validation, np.arange(len(validation))) if validation else None,
            config,
            limit=self._limit,
            folder=job.folder,
            device=self._device,
            precision=_precision(config.precision, self._device),
            log_dir=job.log_dir,
            save_minutes=job.save_minutes,
            monitor=self._monitor,
        )
        return network, curve

    def _finish(
        self, state: dict[str, Any], network: Any, curve: LossCurve, features: Sequence[Feature]
    ) -> FinetuneResult:
        """Write the reader to a temporary folder, evaluate it, and move it into place."""
        job, config = self._job, self._job.config
        parent = _target(job).parent
        if job.output is None:
            files.make_private_folder(parent)
        else:
            parent.mkdir(parents=True, exist_ok=True)
        for left in parent.glob(f".training-{job.name}.*"):
            if re.fullmatch(r"\w{8}", left.name.removeprefix(f".training-{job.name}.")):
                shutil.rmtree(left, ignore_errors=True)  # By a kill: this process has the run's lock.
        staging = Path(tempfile.mkdtemp(dir=parent, prefix=f".training-{job.name}."))
        try:
            if config.weight_interpolation < 1:
                interpolate_weights(network, self._base.folder, config.weight_interpolation)
            write_weights(network, self._base.folder, staging)
            # Until it is calibrated, it reads with the settings of its base.
            base = self._base.metadata
            inherited = ModelMetadata(
                calibration=base.calibration,
                length_penalty=base.length_penalty,
                languages=languages_read(base.languages, self._data.train),
            )
            metadata.write(staging, inherited)
            after = self._score(Model(job.name, ModelKind.READER, staging, "trained"))
            engine = Engine(replace(self._settings, reader=str(staging)))
            # The held-out pairs are often too few to fit anything, and training moves all scores.
            general = ask_general_sample(engine, self._monitor, _GENERAL_QUESTIONS)
            documents = self._data.documents
            fitted = calibrate(engine, self._data.test, self._monitor, documents=documents, beside=general)
            written = replace(
                inherited,
                kind="reader",
                docqa=__version__,
                calibration=record_of(fitted.choice),
                calibrated=fitted.origin(),
                training=self._record(state, features, after),
            )
            write_model_card(staging, job.name, written, curve)
            model = self._install(staging)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        return self._conclude(state, model, curve)

    def _conclude(self, state: dict[str, Any], model: Model, curve: LossCurve) -> FinetuneResult:
        """Use the installed reader if it is better, and delete the run: last, so that a kill before can be resumed."""
        written = model.metadata
        after = asdict((written.training or TrainingRecord()).metrics.after)
        to_beat = [state["before"], (state["in_use"] or {}).get("metrics")]
        better = all(selection_key(after) > selection_key(metrics) for metrics in to_beat if metrics)
        if better and self._job.output is None:
            registry.use(self._job.name, ModelKind.READER)
        discard_run(self._job.name)
        return FinetuneResult(model, written, tuple(curve), better)

    def _record(self, state: dict[str, Any], features: Sequence[Feature], after: dict[str, Any]) -> TrainingRecord:
        """Return the record of the run for docqa.json; `after` are the metrics of the trained reader."""
        return metadata.training_record(
            {
                # Names without folders, because readers are published.
                "base": state["base"] | {"name": Path(state["base"]["name"]).name},
                "config": self._job.config.as_dict(),
                "data": _by_name(state["data"]),
                "counts": {
                    "train": len(self._data.train),
                    "validation": len(self._data.validation),
                    "test": len(self._data.test),
                    "windows": len(features),
                    "null_windows": sum(not feature.answerable for feature in features),
                },
                "metrics": {"before": state["before"], "after": after},
                "in_use": state["in_use"],
            }
        )

    def _install(self, staging: Path) -> Model:
        job = self._job
        if job.output is None:
            return registry.install(staging, job.name, ModelKind.READER)
        integrity.record(staging)
        files.make_readable(staging, self._umask)
        files.sync_files(staging)
        staging.rename(job.output)
        return registry.find(str(job.output), ModelKind.READER)


def _target(job: Job) -> Path:
    """The folder of the trained reader."""
    return job.output or registry.models_dir() / ModelKind.READER / job.name


def _installed_by(state: dict[str, Any], job: Job) -> Model | None:
    """The reader that a run installed before it was killed; None if it did not, or another one has its name."""
    if not _target(job).is_dir():
        return None
    model = registry.find(str(_target(job)) if job.output else job.name, ModelKind.READER)
    training = model.metadata.training
    if training is None or training.base.fingerprint != state["base"]["fingerprint"]:
        return None
    same = (training.config, training.data) == (state["config"], _by_name(state["data"]))
    return model if same else None


def languages_read(base: list[str] | None, trained_on: Sequence[Pair]) -> list[str] | None:
    """What a trained reader reads: the languages of its base, if they are known, and that of the pairs."""
    contexts = dict.fromkeys(pair.context for pair in trained_on if pair.context)
    trained = language_of("\n".join(contexts))
    return base if base is None or trained is None or trained in base else [*base, trained]


def _by_name(digests: dict[str, str]) -> dict[str, str]:
    """Key digests by file name; files of the same name keep their paths."""
    names = [Path(file).name for file in digests]
    return {
        name if names.count(name) == 1 else file: digest
        for name, (file, digest) in zip(names, digests.items(), strict=True)
    }


def _check_unchanged(name: str, state: dict[str, Any], current: dict[str, Any]) -> None:
    """Raise `DocqaError` if the data, base or configuration differ from those that the run began with."""
    # By contents, because the files may be named differently.
    if sorted(state["data"].values()) != sorted(current["data"].values()):
        raise DocqaError(
            "the pairs, or documents that they refer to, changed since the run began", "--restart discards the run"
        )
    if state["base"]["fingerprint"] != current["base"]["fingerprint"]:
        raise DocqaError("the base reader changed since the run began", "--restart discards the run")
    stored = stored_config(name)
    before = stored.as_dict() if stored else {}
    for key, value in current["config"].items():
        if before[key] != value:
            raise DocqaError(
                f"the run began with {flag(key)} {before[key]}, not {value}",
                f"omit {flag(key)}, or discard the run with --restart",
            )


def _precision(name: str, device: str) -> str:
    return str(precision(device)).removeprefix("torch.") if name == "auto" else name
