"""Linear layers in int8: both factors are rounded to 255 steps within ranges measured beforehand.

Post-training static quantization as in Jacob et al. (2018), "Quantization and training of neural networks for efficient
integer-arithmetic-only inference". Outlier channels would waste most of the steps, so each channel is first shifted and
scaled, and the weights take the inverse: Xiao et al. (2023), "SmoothQuant"; Wei et al. (2023), "Outlier suppression+".
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_BALANCE = 0.8
"""The share of a channel's spread that the weights take over: of 0.6 to 1 the most accurate (docs/performance.md)."""
_MARGIN = 0.3
"""Ranges are widened by this share of their width at either end: other texts exceed the sample's."""
_MIN_SPREAD = 1e-4
"""Smaller values are raised to this share of the largest, so that they can be divided by."""

Linear = Callable[[Any, NDArray[np.float32], NDArray[np.float32], str], Any]
"""Makes the OpenVINO node of a linear layer from its input, weight of shape (outputs, inputs), bias and name."""


class Range(NamedTuple):
    """The smallest and the largest value of each input channel, each of shape (inputs,)."""

    low: NDArray[np.float32]
    high: NDArray[np.float32]


def float_linear(op: Any) -> Linear:
    """Layers in the type that the graph is compiled for. `op` is an OpenVINO opset, here and below."""

    def linear(x: Any, weight: NDArray[np.float32], bias: NDArray[np.float32], name: str) -> Any:  # noqa: ARG001
        product = op.matmul(x, op.constant(weight), transpose_a=False, transpose_b=True)
        return op.add(product, op.constant(bias))

    return linear


def observed_linear(op: Any, extremes: dict[str, tuple[Any, Any]]) -> Linear:
    """The same layers, with nodes added to `extremes` for the minimum and maximum of each input channel, by name."""
    compute = float_linear(op)

    def linear(x: Any, weight: NDArray[np.float32], bias: NDArray[np.float32], name: str) -> Any:
        axes = op.constant(np.array([0, 1], dtype=np.int64))  # Of (rows, width, inputs).
        extremes[name] = op.reduce_min(x, axes).output(0), op.reduce_max(x, axes).output(0)
        return compute(x, weight, bias, name)

    return linear


def int8_linear(op: Any, ranges: Mapping[str, Range]) -> Linear:
    """Layers computed in int8; those without a range stay in floating point."""
    unquantized = float_linear(op)

    def constant(value: object) -> Any:
        return op.constant(np.asarray(value, dtype=np.float32))

    def linear(x: Any, weight: NDArray[np.float32], bias: NDArray[np.float32], name: str) -> Any:
        if name not in ranges:
            return unquantized(x, weight, bias, name)
        layer = quantize(weight, ranges[name])
        shifted = op.multiply(op.subtract(x, constant(layer.centre)), constant(1 / layer.scale))
        rounded = op.fake_quantize(shifted, *(constant(bound) for bound in (-128, 127, -128, 127)), 256)
        stored = op.multiply(op.convert(op.constant(layer.weight), "f32"), constant(layer.step))
        product = op.matmul(rounded, stored, transpose_a=False, transpose_b=True)
        return op.add(product, constant(layer.bias + bias))

    return linear


class QuantizedWeight(NamedTuple):
    """Arrays such that W x is approximately step · weight @ round((x - centre) / scale) + bias.

    Shapes: `weight` (outputs, inputs), in int8; `step` (outputs, 1); `centre` and `scale` (inputs,); `bias` (outputs,).
    """

    weight: NDArray[np.int8]
    step: NDArray[np.float32]
    centre: NDArray[np.float32]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]


def quantize(weight: NDArray[np.float32], inputs: Range) -> QuantizedWeight:
    """Quantize a layer's weight, for inputs in a range."""
    margin = _MARGIN * (inputs.high - inputs.low)
    # The output of an activation function is bounded below: no input can be smaller than the smallest of all.
    low, high = np.maximum(inputs.low - margin, inputs.low.min()), inputs.high + margin
    centre, reach = (high + low) / 2, _at_least((high - low) / 2)
    scale = reach**_BALANCE / _at_least(np.abs(weight).max(axis=0)) ** (1 - _BALANCE)
    scale *= (reach / scale).max() / 127
    scaled = weight * scale
    step = _at_least(np.abs(scaled).max(axis=1, keepdims=True)) / np.float32(127)
    rounded = np.round(scaled / step)
    # From the rounded weights: otherwise their error would be multiplied by the centre.
    bias = (rounded * step) @ (centre / scale)
    return QuantizedWeight(rounded.astype(np.int8), step, centre, scale, bias)


def _at_least(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The values, the smallest ones raised so that all can be divided by."""
    raised: NDArray[np.float32] = np.maximum(values, np.float32(max(_MIN_SPREAD * float(values.max()), 1e-30)))
    return raised
