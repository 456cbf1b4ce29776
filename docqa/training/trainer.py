"""The training loop: the Trainer of transformers with docqa's loss, batch order and checkpoints."""

import math
import os
import shutil
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import torch
from transformers import EarlyStoppingCallback, Trainer, TrainerCallback, TrainingArguments

from docqa.errors import DocqaError
from docqa.files import sync_files, write_json_object
from docqa.models.loading import quietly
from docqa.progress import Cancelled, Monitor
from docqa.reader.memory import attempt
from docqa.training import distributed
from docqa.training.dataset import OrderedDataset, collate
from docqa.training.hyperparameters import TrainingConfig
from docqa.training.job import CHECKPOINTS
from docqa.training.loss_curve import LossCurve

_COMPLETE = "complete.json"
_LOG_POINTS = 200  # Points of the loss curve.


def train(
    network: torch.nn.Module,
    train_set: OrderedDataset,
    validation_set: OrderedDataset | None,
    config: TrainingConfig,
    *,
    limit: int,
    folder: Path,
    device: str,
    precision: str,
    log_dir: Path | None,
    save_minutes: float,
    monitor: Monitor,
) -> LossCurve:
    """Train `network` in place, resuming from the last complete checkpoint in `folder` if there is one.

    The order of `train_set` already holds all epochs. With a `validation_set`, training stops early and the best
    weights are restored. `limit` is the network's longest sequence, in tokens. If memory runs out, batches are computed
    in halves, with the same result. Returns the loss curve. Raises `Cancelled`, after saving a checkpoint, when the
    monitor is cancelled, and `DocqaError` if not even one sequence fits into memory.
    """
    arguments = _arguments(
        config,
        len(train_set),
        folder,
        device=device,
        precision=precision,
        log_dir=log_dir,
        validate=validation_set is not None,
    )
    reporter = _Reporter(monitor, arguments)
    callbacks: list[TrainerCallback] = [reporter, _Checkpoints(60 * save_minutes)]
    if validation_set is not None:
        callbacks.append(EarlyStoppingCallback(config.early_stopping))
    trainer = _Trainer(
        model=network,
        args=arguments,
        train_dataset=train_set,
        eval_dataset=validation_set,
        data_collator=partial(collate, limit=limit),
        callbacks=callbacks,
    )
    for callback in list(trainer.callback_handler.callbacks):
        if type(callback).__name__ in {"PrinterCallback", "ProgressCallback"}:
            trainer.remove_callback(callback)
    last = last_checkpoint(folder)
    _remove_checkpoints(folder, {marker.parent for marker in _markers(folder)})
    with quietly():
        trainer.train(resume_from_checkpoint=str(last) if last else None)
    if reporter.stopped:
        raise Cancelled
    return [(entry["step"], entry["loss"]) for entry in trainer.state.log_history if "loss" in entry]


def last_checkpoint(folder: Path) -> Path | None:
    """Return the newest checkpoint in a run's folder that was written completely."""
    complete = [marker.parent for marker in _markers(folder)]
    return max(complete, key=lambda checkpoint: int(checkpoint.name.rpartition("-")[2]), default=None)


def _markers(folder: Path) -> Iterator[Path]:
    """The files that mark complete checkpoints."""
    return (folder / CHECKPOINTS).glob(f"checkpoint-*/{_COMPLETE}")


def _remove_checkpoints(folder: Path, kept: set[Path]) -> None:
    """Delete all checkpoints of a run but those `kept`, also the partial ones that a kill left."""
    for checkpoint in (folder / CHECKPOINTS).glob("checkpoint-*"):
        if checkpoint not in kept:
            (checkpoint / _COMPLETE).unlink(missing_ok=True)  # First, because a kill may leave the rest.
            shutil.rmtree(checkpoint, ignore_errors=True)


def _arguments(
    config: TrainingConfig,
    count: int,
    folder: Path,
    *,
    device: str,
    precision: str,
    log_dir: Path | None,
    validate: bool,
) -> TrainingArguments:
    steps = math.ceil(count / (config.batch_size * config.gradient_accumulation * distributed.count()))
    steps_per_epoch = max(1, round(steps / config.epochs))
    if log_dir:
        os.environ["TENSORBOARD_LOGGING_DIR"] = str(log_dir)
    early_stopping: dict[str, Any] = (
        {
            "eval_strategy": "steps",
            "eval_steps": steps_per_epoch,
            "save_strategy": "steps",
            "save_steps": steps_per_epoch,
            "load_best_model_at_end": True,
            "metric_for_best_model": "eval_loss",
            "greater_is_better": False,
            "restore_callback_states_from_checkpoint": True,  # the number of passes without improvement
        }
        if validate
        else {"save_strategy": "no"}
    )
    return TrainingArguments(
        output_dir=str(folder / CHECKPOINTS),
        # To the trainer, all epochs are one: `OrderedDataset` repeats the features.
        num_train_epochs=1,
        train_sampling_strategy="sequential",
        per_device_train_batch_size=config.batch_size,
        per_device_eval_batch_size=config.batch_size,
        gradient_accumulation_steps=config.gradient_accumulation,
        learning_rate=config.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=config.warmup,
        weight_decay=config.weight_decay,
        optim="adamw_torch_fused",
        seed=config.seed,
        use_cpu=device == "cpu",
        bf16=precision == "bfloat16",
        fp16=precision == "float16",
        logging_steps=max(1, steps // _LOG_POINTS),
        remove_unused_columns=False,
        label_names=["start", "end"],
        prediction_loss_only=True,
        dataloader_pin_memory=device != "cpu",
        ddp_find_unused_parameters=False,
        ddp_timeout=int(distributed.TIMEOUT.total_seconds()),
        report_to=["tensorboard"] if log_dir else "none",
        disable_tqdm=True,
        **early_stopping,
    )


class _Trainer(Trainer):  # type: ignore[misc] # transformers has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parts = 1
        """In how many parts a batch is computed."""
        self._share = 1.0
        """The share of the batch that the loss is computed of."""
        self._of_step: tuple[int, list[dict[str, torch.Tensor]]] = (-1, [])
        """The number of the step, and its batches so far: more than one if gradients are accumulated."""

    def training_step(self, model: Any, inputs: dict[str, torch.Tensor], num_items_in_batch: Any = None) -> Any:
        """Add the gradients of a batch. If memory runs out, halve the batches until they fit, and redo the step."""
        step, batches = self._of_step
        if step != self.state.global_step:
            batches = []
            self._of_step = self.state.global_step, batches
        batches.append(inputs)
        pending = [inputs]
        while True:
            loss = attempt(partial(self._gradients_of_all, model, pending, num_items_in_batch))
            if loss is not None:
                return loss
            rows = max(len(batch["input_ids"]) for batch in batches)
            # The processes of a `torchrun` would wait for each other's parts.
            if self._parts >= rows or distributed.count() > 1:
                raise DocqaError(
                    f"there is not enough free memory on {str(self.args.device)!r} to train with this batch size",
                    "close other programs, or start again with --restart and a smaller --batch-size or --freeze-layers",
                )
            self._parts = min(2 * self._parts, rows)
            model.zero_grad(set_to_none=True)  # It may have run out in the middle of adding to them.
            pending = batches

    def _gradients_of_all(self, model: Any, batches: list[dict[str, torch.Tensor]], num_items_in_batch: Any) -> Any:
        """Add the gradients of several batches; return the loss of the last."""
        return [self._gradients(model, batch, num_items_in_batch) for batch in batches][-1]

    def _gradients(self, model: Any, batch: dict[str, torch.Tensor], num_items_in_batch: Any) -> Any:
        """Add the gradients of a batch, in parts; return its loss."""
        rows = len(batch["input_ids"])
        losses = []
        for chosen in torch.arange(rows).chunk(self._parts):
            part = {name: tensor[chosen[0] : chosen[-1] + 1] for name, tensor in batch.items()}
            self._share = len(chosen) / rows
            try:
                losses.append(super().training_step(model, part, num_items_in_batch))
            finally:
                self._share = 1.0
        return sum(losses)

    def compute_loss(self, model: Any, inputs: dict[str, torch.Tensor], return_outputs: bool = False, **_: Any) -> Any:
        """Return the mean weighted cross-entropy of the start and end distributions.

        Only positions that can be answers compete: the null and the window, not the question or the padding.
        """
        inputs = dict(inputs)
        allowed = inputs.pop("allowed")
        targets = inputs.pop("start"), inputs.pop("end")
        weight = inputs.pop("weight")
        if not getattr(self.accelerator.unwrap_model(model).config, "type_vocab_size", 0) > 1:
            del inputs["token_type_ids"]
        output = model(**inputs)
        losses = []
        for logits, target in zip((output.start_logits, output.end_logits), targets, strict=True):
            scores = torch.log_softmax(logits.float().masked_fill(~allowed, -1e9), dim=-1)
            losses.append(-(weight * (target * scores).sum(-1)).mean())
        loss = self._share * (losses[0] + losses[1]) / 2
        return (loss, output) if return_outputs else loss


class _Reporter(TrainerCallback):  # type: ignore[misc]
    """Reports each step to the monitor. When that is cancelled, saves a checkpoint and stops."""

    def __init__(self, monitor: Monitor, arguments: TrainingArguments) -> None:
        self._monitor = monitor
        self._batch = arguments.train_batch_size * arguments.gradient_accumulation_steps * arguments.world_size
        self._loss = math.nan
        self._start = (0.0, 0)
        self.stopped = False

    def on_train_begin(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
        self._start = time.monotonic(), state.global_step
        for entry in state.log_history:  # When resuming: report the curve so far.
            if "loss" in entry:
                self._loss = entry["loss"]
                self._monitor.update("training", "", entry["step"], state.max_steps, {"loss": self._loss})

    def on_log(self, _args: Any, _state: Any, _control: Any, logs: Any = None, **_: Any) -> None:
        self._loss = (logs or {}).get("loss", self._loss)

    def on_step_end(self, _args: Any, state: Any, control: Any, **_: Any) -> None:
        if self._monitor.cancel.is_set():
            self.stopped = state.global_step < state.max_steps
            control.should_save = True
            control.should_training_stop = True
            return
        start_time, start_step = self._start
        seconds = time.monotonic() - start_time
        steps = state.global_step - start_step
        rate = steps * self._batch / max(seconds, 1e-9)
        figures = {"rate": rate, "seconds_left": (state.max_steps - state.global_step) * seconds / steps}
        item = f"{rate:.1f} windows/s"
        if not math.isnan(self._loss):
            figures["loss"] = self._loss
            item = f"loss {self._loss:.3f} · {item}"
        self._monitor.update("training", item, state.global_step, state.max_steps, figures)


class _Checkpoints(TrainerCallback):  # type: ignore[misc]
    """Saves every `interval` seconds, and marks complete checkpoints: a kill may leave a partial one."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._last_save = time.monotonic()

    def on_step_end(self, _args: Any, state: Any, control: Any, **_: Any) -> None:
        # Save the last step too: a kill while the result is being evaluated must not lose it.
        if time.monotonic() - self._last_save >= self._interval or state.global_step >= state.max_steps:
            control.should_save = True

    def on_save(self, args: Any, state: Any, _control: Any, **_: Any) -> None:
        self._last_save = time.monotonic()
        if not state.is_world_process_zero:
            return
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        sync_files(folder)
        write_json_object(folder / _COMPLETE, {"step": state.global_step})
        # Not by `save_total_limit`, which sorts by date, so that a clock that was set back deletes the newest, and
        # deletes the one before when the new one is not marked yet.
        best = state.best_model_checkpoint
        _remove_checkpoints(folder.parent.parent, {folder, *([Path(best)] if best else [])})
