"""The torch backend: transformers' implementation of a reader, on any device."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from docqa.models import loading
from docqa.reader.backend import ROWS_ON_CPU, LoadRequest
from docqa.reader.devices import precision
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

    def rows(self, width: int) -> int:
        """The best number of sequences of this width for one batch: on CUDA as many as fit into half the memory."""
        if self._device.type == "cpu":
            return ROWS_ON_CPU
        if self._device.type != "cuda":
            return _ROWS_ON_OTHERS
        free, _ = torch.cuda.mem_get_info(self._device)
        config: Any = self._model.config
        # The activations of a layer and, if attention is not fused, its scores; 4 bytes are twice bfloat16's.
        row_bytes: int = 4 * width * (_LIVE_ACTIVATIONS * config.hidden_size + config.num_attention_heads * width)
        return max(1, min(_MAX_ROWS, free // 2 // row_bytes))

    def logits(self, batches: Sequence[Batch]) -> list[NDArray[np.float32]]:
        """The start and end logits of each batch, of shape (2, rows, width).

        On an accelerator all batches are queued, then awaited once, when their logits are copied back together.
        """
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
