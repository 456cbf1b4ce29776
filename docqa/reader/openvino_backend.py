"""The OpenVINO backend: DistilBERT readers on a CPU, in the fastest precision that is accurate enough.

It is faster than torch on a CPU, and loads in a tenth of the time that importing torch and transformers takes
(docs/performance.md). OpenVINO is installed by the extra `fast`. Without it, and for every other architecture, docqa
uses torch.
"""

import importlib
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docqa.array_store import Arrays, key
from docqa.reader import openvino_distilbert, quantization
from docqa.reader.backend import ROWS_ON_CPU, LoadRequest
from docqa.reader.quantization import Range
from docqa.reader.sequences import Batch

_MAX_ERROR = 0.05
"""The largest `relative_error` accepted of int8's logits. F1 is the same at 0.11, but at 0.04 one in ten of the first
answers is another than in float32 (docs/trust.md)."""
_MIN_SPEEDUP = 1.1
"""int8 is used only if it is faster than the default precision by this factor."""
_TIMED_RUNS, _TIMED_WIDTH = 8, 128
_CHOICE_VERSION = 3  # Increment it when the graph, the quantization or the comparison of the two changes.


class OpenVinoBackend:
    """A compiled DistilBERT. Thread-safe: concurrent calls wait for each other."""

    def __init__(self, folder: Path, *, exact: bool = False, ranges: Mapping[str, Range] | None = None) -> None:
        """Build and compile the graph of a folder that passes `openvino_distilbert.can_build`.

        The default is bfloat16 where the processor has it, else float32; `exact` forces float32. Linear layers that
        have `ranges` are computed in int8.
        """
        openvino = _openvino()
        op = openvino.opset13
        linear = quantization.int8_linear(op, ranges) if ranges else quantization.float_linear(op)
        self._request = _compile(openvino_distilbert.build_graph(openvino, folder, linear), exact=exact)
        self._lock = Lock()

    def rows(self, width: int) -> int:  # noqa: ARG002 - part of the protocol
        """The best number of sequences for one batch."""
        return ROWS_ON_CPU

    def logits(self, batches: Sequence[Batch]) -> list[NDArray[np.float32]]:
        """The start and end logits of each batch, of shape (2, rows, width)."""
        logits = []
        for batch in batches:
            with self._lock:
                output = self._request.infer({0: batch.ids, 1: batch.mask}, share_inputs=True)[0]
                logits.append(np.moveaxis(output, -1, 0).astype(np.float32))  # A copy: the request owns the output.
        return logits


def load(request: LoadRequest) -> OpenVinoBackend:
    """Load a reader: in float32 if the request says exact, in int8 if that is faster and accurate, else the default."""
    return OpenVinoBackend(request.folder, exact=True) if request.exact else load_fastest(request)


def load_fastest(request: LoadRequest) -> OpenVinoBackend:
    """The reader in int8 if that is faster on this machine and accurate enough, else in the default precision.

    This depends on the processor and on the reader. It is measured once for each combination, on the request's sample,
    which takes a second or two; the result is kept in the request's store.
    """
    name = _choice_key(request.fingerprint)
    stored = request.store.get("int8", name)
    if stored is not None:
        return OpenVinoBackend(request.folder, ranges=_unpack(stored))
    batches = request.sample()
    ranges, exact = measure_ranges(request.folder, batches)
    default = OpenVinoBackend(request.folder)
    try:
        quantized = OpenVinoBackend(request.folder, ranges=ranges)
        accurate = relative_error(quantized.logits(batches), exact) <= _MAX_ERROR
    except RuntimeError:  # The only class that OpenVINO raises. Some processors' plugins lack layers in int8.
        accurate = False
    use_int8 = accurate and _speedup(quantized, default, batches[0]) >= _MIN_SPEEDUP
    request.store.put("int8", name, _pack(ranges) if use_int8 else {})
    return quantized if use_int8 else default


def measure_ranges(folder: Path, batches: Sequence[Batch]) -> tuple[dict[str, Range], list[NDArray[np.float32]]]:
    """The input ranges of the layers to be quantized, by name, and the logits, both computed in float32.

    Not those whose inputs have the largest outliers, nor the last one, which is small.
    """
    openvino = _openvino()
    extremes: dict[str, tuple[Any, Any]] = {}
    model = openvino_distilbert.build_graph(openvino, folder, quantization.observed_linear(openvino.opset13, extremes))
    for name in [*openvino_distilbert.outlier_layers(folder), openvino_distilbert.HEAD]:
        del extremes[name]
    outputs = [model.outputs[0].get_node().input_value(0)] + [node for pair in extremes.values() for node in pair]
    request = _compile(openvino.Model(outputs, model.get_parameters(), "observed"), exact=True)
    ranges: dict[str, Range] = {}
    logits = []
    for batch in batches:
        arrays = [np.array(output) for output in request.infer({0: batch.ids, 1: batch.mask}).values()]
        logits.append(np.moveaxis(arrays[0], -1, 0))
        for name, low, high in zip(extremes, arrays[1::2], arrays[2::2], strict=True):
            before = ranges.get(name, Range(low, high))
            ranges[name] = Range(np.minimum(before.low, low), np.maximum(before.high, high))
    return ranges, logits


def relative_error(logits: Sequence[NDArray[np.float32]], exact: Sequence[NDArray[np.float32]]) -> float:
    """The root mean square error of logits, in standard deviations of the exact ones."""
    ours, theirs = (np.concatenate([batch.ravel() for batch in batches]) for batches in (logits, exact))
    return float(np.sqrt(np.mean((ours - theirs) ** 2)) / max(float(np.std(theirs)), np.finfo(np.float32).tiny))


def _speedup(ours: OpenVinoBackend, theirs: OpenVinoBackend, batch: Batch) -> float:
    """How many times faster `ours` is: by the shortest of several runs each, taken in turns."""
    short = Batch(*(part[:, :_TIMED_WIDTH] for part in batch))
    times: dict[OpenVinoBackend, list[float]] = {ours: [], theirs: []}
    for _ in range(_TIMED_RUNS):
        for backend, seconds in times.items():
            began = time.perf_counter()
            backend.logits([short])
            seconds.append(time.perf_counter() - began)
    return min(times[theirs]) / min(times[ours])


def _choice_key(fingerprint: str) -> str:
    """The store's key for the choice of precision: reader, processor, library and version of this code."""
    processor = _core().get_property("CPU", "FULL_DEVICE_NAME")
    return key(_CHOICE_VERSION, fingerprint, processor, _openvino().__version__)


def _pack(ranges: Mapping[str, Range]) -> Arrays:
    return {name: np.stack(bounds) for name, bounds in ranges.items()}


def _unpack(arrays: Arrays) -> dict[str, Range]:
    return {name: Range(*bounds) for name, bounds in arrays.items()}


def _openvino() -> Any:
    """The library, imported without `openvino_telemetry`, which reports each import to Intel over the network.

    It is an optional dependency of `openvino`: None in `sys.modules` makes its import fail as if it were missing.
    """
    if "openvino" not in sys.modules and "openvino_telemetry" not in sys.modules:
        sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
        try:
            return importlib.import_module("openvino")
        finally:
            del sys.modules["openvino_telemetry"]
    return importlib.import_module("openvino")


@cache
def _core() -> Any:
    """The process's one Core, never destroyed.

    Each Core installs an alternate signal stack. If two were destroyed in the order of their creation, the second
    would restore the first one's stack, which is freed by then, and Ctrl-C would crash the process.
    """
    return _openvino().Core()


def _compile(model: Any, *, exact: bool) -> Any:
    capabilities = _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    options = {
        "PERFORMANCE_HINT": "LATENCY",
        # On a processor without the instructions, bfloat16 is emulated.
        "INFERENCE_PRECISION_HINT": "bf16" if "BF16" in capabilities and not exact else "f32",
    }
    return _core().compile_model(model, "CPU", options).create_infer_request()
