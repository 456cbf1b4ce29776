"""A reader's network as transformers has it, computed by torch on any device."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from docqa.models import loading
from docqa.reader.backend import ROWS_ON_CPU
from docqa.reader.sequences import Batch

_ROWS_ON_OTHERS = 64
_ROWS_AT_MOST = 512  # More keep no device busier.
_WIDTHS_ALIVE = 12  # Hidden sizes of activations that a layer has at once: its input, three projections, 4 + 4 within.


class TorchBackend:
    """A question-answering model on a device, in the given floating point type."""

    def __init__(self, folder: Path, device: str, dtype: torch.dtype) -> None:
        """Load it. Raises `DocqaError` if it is damaged, lacks weights or a head, or `device` isn't there."""
        self._model = loading.load_reader(folder, device, dtype)
        self._device = torch.device(device)
        self._typed = getattr(self._model.config, "type_vocab_size", 0) > 1

    def rows(self, width: int) -> int:
        """Sequences of so many tokens that are best computed as one batch: on CUDA as many as half the memory holds."""
        if self._device.type == "cpu":
            return ROWS_ON_CPU
        if self._device.type != "cuda":
            return _ROWS_ON_OTHERS
        free, _ = torch.cuda.mem_get_info(self._device)
        config: Any = self._model.config
        # Activations of a layer, and its heads' scores where attention is not fused; 4 bytes are twice bfloat16's.
        each: int = 4 * width * (_WIDTHS_ALIVE * config.hidden_size + config.num_attention_heads * width)
        return max(1, min(_ROWS_AT_MOST, free // 2 // each))

    def logits(self, batches: Sequence[Batch]) -> list[NDArray[np.float32]]:
        """For each batch the start and end logits, of shape (2, rows, width).

        On an accelerator all of them are queued, and waited for once, when their logits are copied back together.
        """
        with torch.inference_mode():
            outputs = [self._run(batch) for batch in batches]
            flat = torch.cat([output.flatten() for output in outputs]).cpu().numpy()
        shapes = [(2, *batch.ids.shape) for batch in batches]
        ends = np.cumsum([np.prod(shape) for shape in shapes])
        return [part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), shapes, strict=True)]

    def _run(self, batch: Batch) -> torch.Tensor:
        inputs = {"input_ids": self._there(batch.ids), "attention_mask": self._there(batch.mask)}
        if self._typed:
            inputs["token_type_ids"] = self._there(batch.types)
        output = self._model(**inputs)
        return torch.stack([output.start_logits, output.end_logits]).float()

    def _there(self, array: NDArray[np.int64]) -> torch.Tensor:
        tensor = torch.from_numpy(array)
        if self._device.type == "cuda":
            # From pinned memory the copy needs no wait: the next batch is prepared meanwhile.
            return tensor.pin_memory().to(self._device, non_blocking=True)
        return tensor.to(self._device)
