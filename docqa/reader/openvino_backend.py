"""A DistilBERT reader computed by OpenVINO, in the precision that is the fastest here.

On a CPU it reads faster than torch does, and is ready in a tenth of the time that importing torch and transformers
takes (docs/performance.md). OpenVINO is the extra `fast`; without it, and for every other architecture, torch reads.
"""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docqa.array_store import Arrays, ArrayStore, key
from docqa.reader import openvino_distilbert, quantization
from docqa.reader.backend import ROWS_ON_CPU
from docqa.reader.quantization import Range
from docqa.reader.sequences import Batch

_APART = 0.1
"""How far int8's logits may be from float32's (`apart`). At 0.11 F1 was still the same, at 0.2 lower by 1.5."""
_GAIN = 1.1
"""How many times faster int8 has to be."""
_TRIES, _TIMED = 4, 128  # How often they take their turns, with sequences of so many tokens.
_KEPT_CODE = ("reader/openvino_distilbert.py", "reader/openvino_backend.py", "reader/quantization.py")


class OpenVinoBackend:
    """A compiled DistilBERT. Safe to use from several threads, which wait for each other."""

    def __init__(self, folder: Path, *, exact: bool = False, ranges: Mapping[str, Range] | None = None) -> None:
        """Build and compile the graph of a folder that `distilbert.can_read` says yes to.

        In float32 at all events if `exact`; with products in int8 of the layers that have `ranges`.
        """
        openvino = _openvino()
        op = openvino.opset13
        linear = quantization.in_int8(op, ranges) if ranges else quantization.plain(op)
        self._request = _compiled(openvino_distilbert.build_graph(openvino, folder, linear), exact=exact)
        self._lock = Lock()

    def rows(self, width: int) -> int:  # noqa: ARG002 - other networks need it
        """Sequences that are best computed as one batch."""
        return ROWS_ON_CPU

    def logits(self, batches: Sequence[Batch]) -> list[NDArray[np.float32]]:
        """For each batch the start and end logits, of shape (2, rows, width)."""
        found = []
        for batch in batches:
            with self._lock:
                output = self._request.infer({0: batch.ids, 1: batch.mask}, share_inputs=True)[0]
                found.append(np.moveaxis(output, -1, 0).astype(np.float32))  # A copy: the output is the request's.
        return found


def fastest(
    folder: Path, fingerprint: str, sample: Callable[[], Sequence[Batch]], store: ArrayStore
) -> OpenVinoBackend:
    """The network in int8 where that is faster here and, on a `sample`, nearly as exact; else in the usual type.

    Whether it is depends on the processor and on the reader. It is measured once for each, in a second or two, and kept
    in `store`. The batches of the sample have no padding.
    """
    name = _name(fingerprint)
    kept = store.get("int8", name)
    if kept is not None:
        return OpenVinoBackend(folder, ranges=_unpacked(kept))
    batches = sample()
    ranges, exact = measured(folder, batches)
    usual = OpenVinoBackend(folder)
    try:
        quantized = OpenVinoBackend(folder, ranges=ranges)
        close = apart(quantized.logits(batches), exact) <= _APART
    except RuntimeError:  # OpenVINO's only class. Not every processor's plugin has every layer in int8.
        close = False
    better = close and _gain(quantized, usual, batches[0]) >= _GAIN
    store.put("int8", name, _packed(ranges) if better else {})
    return quantized if better else usual


def measured(folder: Path, batches: Sequence[Batch]) -> tuple[dict[str, Range], list[NDArray[np.float32]]]:
    """The ranges of what each linear layer of the encoder takes in, by its name, and the logits, both in float32."""
    openvino = _openvino()
    met: dict[str, tuple[Any, Any]] = {}
    model = openvino_distilbert.build_graph(openvino, folder, quantization.watched(openvino.opset13, met))
    met.pop(openvino_distilbert.HEAD)  # The last product is small, and the logits are what comes of it.
    outputs = [model.outputs[0].get_node().input_value(0)] + [node for pair in met.values() for node in pair]
    request = _compiled(openvino.Model(outputs, model.get_parameters(), "watched"), exact=True)
    ranges: dict[str, Range] = {}
    logits = []
    for batch in batches:
        found = [np.array(one) for one in request.infer({0: batch.ids, 1: batch.mask}).values()]
        logits.append(np.moveaxis(found[0], -1, 0))
        for name, low, high in zip(met, found[1::2], found[2::2], strict=True):
            before = ranges.get(name, Range(low, high))
            ranges[name] = Range(np.minimum(before.low, low), np.maximum(before.high, high))
    return ranges, logits


def apart(logits: Sequence[NDArray[np.float32]], exact: Sequence[NDArray[np.float32]]) -> float:
    """How far logits are from the exact ones: root mean square, in standard deviations of the exact ones."""
    one, other = (np.concatenate([batch.ravel() for batch in batches]) for batches in (logits, exact))
    return float(np.sqrt(np.mean((one - other) ** 2)) / max(float(np.std(other)), np.finfo(np.float32).tiny))


def _gain(one: OpenVinoBackend, other: OpenVinoBackend, batch: Batch) -> float:
    """How many times faster than the other the one is: the least time of several, in turns."""
    short = Batch(*(part[:, :_TIMED] for part in batch))
    times: dict[OpenVinoBackend, list[float]] = {one: [], other: []}
    for _ in range(_TRIES):
        for network, taken in times.items():
            began = time.perf_counter()
            network.logits([short])
            taken.append(time.perf_counter() - began)
    return min(times[other]) / min(times[one])


def _name(fingerprint: str) -> str:
    """What a choice depends on: the reader, the processor, the library, and the code that makes the graph."""
    processor = _core().get_property("CPU", "FULL_DEVICE_NAME")
    return key(_KEPT_CODE, fingerprint, processor, _openvino().__version__)


def _packed(ranges: Mapping[str, Range]) -> Arrays:
    return {name: np.stack(one) for name, one in ranges.items()}


def _unpacked(arrays: Arrays) -> dict[str, Range]:
    return {name: Range(*both) for name, both in arrays.items()}


def _openvino() -> Any:
    """The library, without the package through which each import of it is reported to its maker, over the network.

    It does without that package where it is not installed, which None stands for in `sys.modules`.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino


@cache
def _core() -> Any:
    """One for the process, which never ends.

    Each sets a stack for signals aside. Where two ended in the order in which they began, the second would put back
    the first one's, which is gone, and Ctrl-C would crash the process.
    """
    return _openvino().Core()


def _compiled(model: Any, *, exact: bool) -> Any:
    there = _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    options = {
        "PERFORMANCE_HINT": "LATENCY",
        # Without the instructions bfloat16 is emulated.
        "INFERENCE_PRECISION_HINT": "bf16" if "BF16" in there and not exact else "f32",
    }
    return _core().compile_model(model, "CPU", options).create_infer_request()
