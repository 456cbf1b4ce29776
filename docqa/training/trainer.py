"""The training loop: transformers' Trainer with docqa's loss, order and checkpoints."""

import math
import os
import time
from functools import partial
from pathlib import Path
from typing import Any

import torch
from transformers import EarlyStoppingCallback, Trainer, TrainerCallback, TrainingArguments

from docqa.files import write_json_object
from docqa.models.loading import quietly
from docqa.progress import Cancelled, Monitor
from docqa.training import distributed
from docqa.training.dataset import OrderedDataset, collate
from docqa.training.hyperparameters import TrainingConfig
from docqa.training.loss_curve import LossCurve

CHECKPOINTS = "checkpoints"
_COMPLETE = "complete.json"
_LOGGED = 200  # Points of the loss curve.
_DAY = 86_400  # Seconds that other processes wait for the first, which evaluates and labels.


def train(
    network: torch.nn.Module,
    data: OrderedDataset,
    held_out: OrderedDataset | None,
    recipe: TrainingConfig,
    *,
    limit: int,
    folder: Path,
    device: str,
    precision: str,
    log_dir: Path | None,
    save_minutes: float,
    monitor: Monitor,
) -> LossCurve:
    """Train `network` in place, on from the last complete checkpoint in `folder` if there is one.

    `limit`: tokens in the network's longest sequence. Returns the loss curve. Raises `Cancelled`, with a checkpoint
    written, once the monitor is cancelled.
    """
    arguments = _arguments(
        recipe,
        len(data),
        folder,
        device=device,
        precision=precision,
        log_dir=log_dir,
        held_out=held_out is not None,
    )
    reporter = _Reporter(monitor, arguments)
    callbacks: list[TrainerCallback] = [reporter, _Checkpoints(60 * save_minutes)]
    if held_out is not None:
        callbacks.append(EarlyStoppingCallback(recipe.early_stopping))
    trainer = _Trainer(
        model=network,
        args=arguments,
        train_dataset=data,
        eval_dataset=held_out,
        data_collator=partial(collate, limit=limit),
        callbacks=callbacks,
    )
    for unwanted in ("PrinterCallback", "ProgressCallback"):
        for callback in list(trainer.callback_handler.callbacks):
            if type(callback).__name__ == unwanted:
                trainer.remove_callback(callback)
    last = last_checkpoint(folder)
    with quietly():
        trainer.train(resume_from_checkpoint=str(last) if last else None)
    if reporter.stopped:
        raise Cancelled
    return [(entry["step"], entry["loss"]) for entry in trainer.state.log_history if "loss" in entry]


def last_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint in a run's folder that was written to its end."""
    found = [mark.parent for mark in (folder / CHECKPOINTS).glob(f"checkpoint-*/{_COMPLETE}")]
    return max(found, key=lambda checkpoint: int(checkpoint.name.rpartition("-")[2]), default=None)


def _arguments(
    recipe: TrainingConfig,
    count: int,
    folder: Path,
    *,
    device: str,
    precision: str,
    log_dir: Path | None,
    held_out: bool,
) -> TrainingArguments:
    steps = math.ceil(count / (recipe.batch_size * recipe.gradient_accumulation * distributed.count()))
    every_pass = max(1, round(steps / recipe.epochs))
    if log_dir:
        os.environ["TENSORBOARD_LOGGING_DIR"] = str(log_dir)
    watching: dict[str, Any] = (
        {
            "eval_strategy": "steps",
            "eval_steps": every_pass,
            "save_strategy": "steps",
            "save_steps": every_pass,
            "load_best_model_at_end": True,
            "metric_for_best_model": "eval_loss",
            "greater_is_better": False,
            "restore_callback_states_from_checkpoint": True,  # how many passes were no better
        }
        if held_out
        else {"save_strategy": "no"}
    )
    return TrainingArguments(
        output_dir=str(folder / CHECKPOINTS),
        # All epochs are one pass over an `Ordered`, whose order holds whatever happens in between.
        num_train_epochs=1,
        train_sampling_strategy="sequential",
        per_device_train_batch_size=recipe.batch_size,
        per_device_eval_batch_size=recipe.batch_size,
        gradient_accumulation_steps=recipe.gradient_accumulation,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=recipe.warmup,
        weight_decay=recipe.weight_decay,
        optim="adamw_torch_fused",
        seed=recipe.seed,
        use_cpu=device == "cpu",
        bf16=precision == "bfloat16",
        fp16=precision == "float16",
        logging_steps=max(1, steps // _LOGGED),
        save_total_limit=2,
        remove_unused_columns=False,
        label_names=["start", "end"],
        prediction_loss_only=True,
        dataloader_pin_memory=device != "cpu",
        ddp_find_unused_parameters=False,
        ddp_timeout=_DAY,
        report_to=["tensorboard"] if log_dir else "none",
        disable_tqdm=True,
        **watching,
    )


class _Trainer(Trainer):  # type: ignore[misc] # transformers has no types
    def compute_loss(self, model: Any, inputs: dict[str, torch.Tensor], return_outputs: bool = False, **_: Any) -> Any:
        """Cross-entropy of the start and the end distribution with the targets, averaged.

        Only the positions that reading considers compete: the null and the window, never the question or the padding.
        """
        inputs = dict(inputs)
        allowed = inputs.pop("allowed")
        targets = inputs.pop("start"), inputs.pop("end")
        if not getattr(self.accelerator.unwrap_model(model).config, "type_vocab_size", 0) > 1:
            del inputs["token_type_ids"]
        output = model(**inputs)
        losses = []
        for logits, target in zip((output.start_logits, output.end_logits), targets, strict=True):
            scores = torch.log_softmax(logits.float().masked_fill(~allowed, -1e9), dim=-1)
            losses.append(-(target * scores).sum(-1).mean())
        loss = (losses[0] + losses[1]) / 2
        return (loss, output) if return_outputs else loss


class _Reporter(TrainerCallback):  # type: ignore[misc]
    """Tells the monitor of every step, and stops at the next one, with a checkpoint, when it is cancelled."""

    def __init__(self, monitor: Monitor, arguments: TrainingArguments) -> None:
        self._monitor = monitor
        self._batch = arguments.train_batch_size * arguments.gradient_accumulation_steps * arguments.world_size
        self._loss = math.nan
        self._began = (0.0, 0)
        self.stopped = False

    def on_train_begin(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
        self._began = time.monotonic(), state.global_step
        for entry in state.log_history:  # Of a run that goes on: the curve goes on too.
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
        seconds = time.monotonic() - self._began[0]
        steps = state.global_step - self._began[1]
        rate = steps * self._batch / max(seconds, 1e-9)
        figures = {"rate": rate, "seconds_left": (state.max_steps - state.global_step) * seconds / steps}
        shown = ""
        if not math.isnan(self._loss):
            figures["loss"] = self._loss
            shown = f"loss {self._loss:.3f} · "
        item = f"{shown}{rate:.1f} windows/s"
        self._monitor.update("training", item, state.global_step, state.max_steps, figures)


class _Checkpoints(TrainerCallback):  # type: ignore[misc]
    """Saves by the clock, and marks what is wholly on the disk: a kill may leave half a checkpoint."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._saved = time.monotonic()

    def on_step_end(self, _args: Any, state: Any, control: Any, **_: Any) -> None:
        # The last step too: a kill while the result is measured must not cost the training.
        if time.monotonic() - self._saved >= self._every or state.global_step >= state.max_steps:
            control.should_save = True

    def on_save(self, args: Any, state: Any, _control: Any, **_: Any) -> None:
        self._saved = time.monotonic()
        if not state.is_world_process_zero:
            return
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        for file in folder.iterdir():
            with file.open("rb") as opened:
                os.fsync(opened.fileno())
        write_json_object(folder / _COMPLETE, {"step": state.global_step})
