"""Matrix products in int8: both sides are rounded to 255 steps, in ranges that were measured beforehand.

Post-training static quantization as in Jacob et al. (2018), "Quantization and training of neural networks for efficient
integer-arithmetic-only inference". Channels whose values lie elsewhere than the others' would waste most of the steps.
So each is first shifted and scaled, and the weights take the inverse: Xiao et al. (2023), "SmoothQuant"; Wei et al.
(2023), "Outlier suppression+".
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_BALANCE = 0.8
"""How much of a channel's spread the weights take over: of 0.6 to 1 the closest to float32 (docs/performance.md)."""
_MARGIN = 0.3
"""What a range is widened by at either side, in its widths: other texts go beyond what a sample shows."""
_LEAST = 1e-4  # Of the greatest: what a channel that hardly moves is taken for.

Linear = Callable[[Any, NDArray[np.float32], NDArray[np.float32], str], Any]
"""An OpenVINO node for a linear layer: of `x`, its weight of shape (outputs, inputs), its bias, and its name."""


class Range(NamedTuple):
    """The least and the greatest value that was met, by channel: each of shape (inputs,)."""

    low: NDArray[np.float32]
    high: NDArray[np.float32]


def plain(op: Any) -> Linear:
    """Layers in the type that the graph is compiled for. `op` is OpenVINO's set of operations, here as below."""

    def linear(x: Any, weight: NDArray[np.float32], bias: NDArray[np.float32], name: str) -> Any:  # noqa: ARG001
        product = op.matmul(x, op.constant(weight), transpose_a=False, transpose_b=True)
        return op.add(product, op.constant(bias))

    return linear


def watched(op: Any, met: dict[str, tuple[Any, Any]]) -> Linear:
    """The same, with nodes added to `met` for the least and the greatest value of each channel of `x`, by name."""
    compute = plain(op)

    def linear(x: Any, weight: NDArray[np.float32], bias: NDArray[np.float32], name: str) -> Any:
        rows = op.constant(np.array([0, 1], dtype=np.int64))  # Of (rows, width, inputs).
        met[name] = op.reduce_min(x, rows).output(0), op.reduce_max(x, rows).output(0)
        return compute(x, weight, bias, name)

    return linear


def in_int8(op: Any, ranges: Mapping[str, Range]) -> Linear:
    """Layers whose products are computed in int8; those that have no range stay as they are."""
    otherwise = plain(op)

    def constant(value: object) -> Any:
        return op.constant(np.asarray(value, dtype=np.float32))

    def linear(x: Any, weight: NDArray[np.float32], bias: NDArray[np.float32], name: str) -> Any:
        if name not in ranges:
            return otherwise(x, weight, bias, name)
        layer = quantized(weight, ranges[name])
        moved = op.multiply(op.subtract(x, constant(layer.centre)), constant(1 / layer.scale))
        rounded = op.fake_quantize(moved, *(constant(bound) for bound in (-128, 127, -128, 127)), 256)
        stored = op.multiply(op.convert(op.constant(layer.weight), "f32"), constant(layer.step))
        product = op.matmul(rounded, stored, transpose_a=False, transpose_b=True)
        return op.add(product, constant(layer.bias + bias))

    return linear


class Quantized(NamedTuple):
    """`weight`, `step` and so on such that W x is about step · weight @ round((x - centre) / scale) + bias.

    Of the shapes (outputs, inputs), int8; (outputs, 1); (inputs,), (inputs,) and (outputs,).
    """

    weight: NDArray[np.int8]
    step: NDArray[np.float32]
    centre: NDArray[np.float32]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]


def quantized(weight: NDArray[np.float32], inside: Range) -> Quantized:
    """Round a layer's weight, for inputs in a range."""
    more = _MARGIN * (inside.high - inside.low)
    # What an activation function gives is bounded below: there is nothing beyond.
    low, high = np.maximum(inside.low - more, inside.low.min()), inside.high + more
    centre, reach = (high + low) / 2, _at_least((high - low) / 2)
    scale = reach**_BALANCE / _at_least(np.abs(weight).max(axis=0)) ** (1 - _BALANCE)
    scale *= (reach / scale).max() / 127
    scaled = weight * scale
    step = _at_least(np.abs(scaled).max(axis=1, keepdims=True)) / np.float32(127)
    rounded = np.round(scaled / step)
    # With the rounded weights: an error of theirs would otherwise be multiplied by the centre.
    bias = (rounded * step) @ (centre / scale)
    return Quantized(rounded.astype(np.int8), step, centre, scale, bias)


def _at_least(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The values, the smallest of them raised: none is 0, and all can be divided by."""
    raised: NDArray[np.float32] = np.maximum(values, np.float32(max(_LEAST * float(values.max()), 1e-30)))
    return raised
