"""The torch backend: transformers' implementation of a reader, on any device."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from docqa.errors import DocqaError
from docqa.models import loading
from docqa.reader.backend import ROWS_ON_CPU, LoadRequest
from docqa.reader.devices import precision
from docqa.reader.memory import attempt
from docqa.reader.sequences import Batch

_ROWS_ON_OTHERS = 64
_MAX_ROWS = 512  # More rows keep the device no busier.
_LIVE_ACTIVATIONS = 12  # Hidden-size activations alive in a layer: its input, three projections, 4 + 4 inside the FFN.


def load(request: LoadRequest) -> "TorchBackend":
    """Load a reader in the fastest type of the device, or in float32 if the request says exact."""
    return TorchBackend(request.folder, request.device, precision(request.device, exact=request.exact))


class TorchBackend:
    """A question-answering model on a device, in a floating point type."""

    def __init__(self, folder: Path, device: str, dtype: torch.dtype) -> None:
        """Raises `DocqaError` if the folder is damaged, lacks weights or a head, or `device` is not available."""
        self._model = loading.load_reader(folder, device, dtype)
        self._device = torch.device(device)
        self._uses_types = getattr(self._model.config, "type_vocab_size", 0) > 1
        self._fitting = _MAX_ROWS
        """Sequences that fit into memory at once, as far as is known."""

    def rows(self, width: int) -> int:
        """The best number of sequences of this width for one batch: on CUDA as many as fit into half the memory."""
        if self._device.type == "cpu":
            return min(ROWS_ON_CPU, self._fitting)
        if self._device.type != "cuda":
            return min(_ROWS_ON_OTHERS, self._fitting)
        free, _ = torch.cuda.mem_get_info(self._device)
        config: Any = self._model.config
        # The activations of a layer and, if attention is not fused, its scores; 4 bytes are twice bfloat16's.
        row_bytes: int = 4 * width * (_LIVE_ACTIVATIONS * config.hidden_size + config.num_attention_heads * width)
        return max(1, min(self._fitting, free // 2 // row_bytes))

    def logits(self, batches: Sequence[Batch]) -> list[NDArray[np.float32]]:
        """The start and end logits of each batch, of shape (2, rows, width).

        If memory runs out, batches are halved until they fit. Raises `DocqaError` if not even one sequence does.
        """
        while True:
            parts = [list(_parts(batch, self._fitting)) for batch in batches]
            found = attempt(partial(self._logits, [part for of_batch in parts for part in of_batch]))
            if found is not None:
                logits = iter(found)
                return [np.concatenate([next(logits) for _ in of_batch], axis=1) for of_batch in parts]
            largest = max(len(part.ids) for of_batch in parts for part in of_batch)
            if largest == 1:
                raise DocqaError(
                    f"there is not enough free memory on {str(self._device)!r} to read one window",
                    "close other programs, or read on the processor: --device cpu",
                )
            self._fitting = largest // 2

    def _logits(self, batches: Sequence[Batch]) -> list[NDArray[np.float32]]:
        """On an accelerator all batches are queued, then awaited once, when their logits are copied back together."""
        with torch.inference_mode():
            outputs = [self._forward(batch) for batch in batches]
            flat = torch.cat([output.flatten() for output in outputs]).cpu().numpy()
        shapes = [(2, *batch.ids.shape) for batch in batches]
        ends = np.cumsum([np.prod(shape) for shape in shapes])
        return [part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), shapes, strict=True)]

    def _forward(self, batch: Batch) -> torch.Tensor:
        inputs = {"input_ids": self._to_device(batch.ids), "attention_mask": self._to_device(batch.mask)}
        if self._uses_types:
            inputs["token_type_ids"] = self._to_device(batch.types)
        output = self._model(**inputs)
        return torch.stack([output.start_logits, output.end_logits]).float()

    def _to_device(self, array: NDArray[np.int64]) -> torch.Tensor:
        tensor = torch.from_numpy(array)
        if self._device.type == "cuda":
            # Pinned memory is copied asynchronously, while the next batch is prepared.
            return tensor.pin_memory().to(self._device, non_blocking=True)
        return tensor.to(self._device)


def _parts(batch: Batch, rows: int) -> Iterator[Batch]:
    """A batch in parts of at most `rows` sequences."""
    for first in range(0, len(batch.ids), rows):
        yield Batch(*(part[first : first + rows] for part in batch))
