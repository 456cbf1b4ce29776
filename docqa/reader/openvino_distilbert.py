"""DistilBERT as an OpenVINO graph, built from a reader's folder without torch."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from docqa.errors import DocqaError
from docqa.files import read_json_object
from docqa.reader.quantization import Linear

_EPSILON = 1e-12  # Of the layer norms, defined by the architecture.
_DTYPES = {"F32", "F16"}  # numpy has no bfloat16.
HEAD = "qa_outputs"
"""Name of the layer that computes the logits."""


def can_build(folder: Path) -> bool:
    """Whether OpenVINO is installed and `folder` holds a complete DistilBERT that this module can build.

    Returns False for a damaged folder: the torch backend reports what is wrong with it.
    """
    if importlib.util.find_spec("openvino") is None:
        return False
    from safetensors import SafetensorError, safe_open

    try:
        config = read_json_object(folder / "config.json")
        if config.get("model_type") != "distilbert" or config.get("activation", "gelu") != "gelu":
            return False
        with safe_open(folder / "model.safetensors", framework="np") as weights:
            slices = {_modern(name): weights.get_slice(name) for name in weights.keys()}  # noqa: SIM118 - no mapping
            return all(
                name in slices and slices[name].get_shape() == shape and slices[name].get_dtype() in _DTYPES
                for name, shape in _shapes(config)
            )
    except (DocqaError, OSError, SafetensorError, KeyError, TypeError, ValueError, ZeroDivisionError):
        return False


def can_load(folder: Path, device: str) -> bool:
    """Whether the OpenVINO backend can load the reader in `folder` on `device`."""
    return device == "cpu" and can_build(folder)


def _modern(name: str) -> str:
    """The current name of a weight: older files call those of layer norms gamma and beta."""
    return name.replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias")


def _shapes(config: dict[str, Any]) -> Iterator[tuple[str, list[int]]]:
    dim, hidden, layers = int(config["dim"]), int(config["hidden_dim"]), int(config["n_layers"])
    if dim % int(config["n_heads"]):
        raise ValueError
    yield "distilbert.embeddings.word_embeddings.weight", [int(config["vocab_size"]), dim]
    yield "distilbert.embeddings.position_embeddings.weight", [int(config["max_position_embeddings"]), dim]
    yield from _norm_shapes("distilbert.embeddings.LayerNorm", dim)
    for layer in range(layers):
        prefix = f"distilbert.transformer.layer.{layer}"
        for name in ("q_lin", "k_lin", "v_lin", "out_lin"):
            yield from _linear_shapes(f"{prefix}.attention.{name}", dim, dim)
        yield from _linear_shapes(f"{prefix}.ffn.lin1", hidden, dim)
        yield from _linear_shapes(f"{prefix}.ffn.lin2", dim, hidden)
        yield from _norm_shapes(f"{prefix}.sa_layer_norm", dim)
        yield from _norm_shapes(f"{prefix}.output_layer_norm", dim)
    yield from _linear_shapes(HEAD, 2, dim)


def outlier_layers(folder: Path) -> Iterator[str]:
    """The linear layers whose inputs have the largest outliers for what they cost (docs/performance.md).

    They follow GELU and the attention in the first half of the network.
    """
    for layer in range(int(read_json_object(folder / "config.json")["n_layers"]) // 2):
        yield f"distilbert.transformer.layer.{layer}.ffn.lin2"
        yield f"distilbert.transformer.layer.{layer}.attention.out_lin"


def _linear_shapes(name: str, rows: int, columns: int) -> Iterator[tuple[str, list[int]]]:
    yield f"{name}.weight", [rows, columns]
    yield f"{name}.bias", [rows]


def _norm_shapes(name: str, dim: int) -> Iterator[tuple[str, list[int]]]:
    yield f"{name}.weight", [dim]
    yield f"{name}.bias", [dim]


def build_graph(openvino: Any, folder: Path, linear: Linear) -> Any:
    """The graph of a folder that passes `can_build`, its linear layers made by `linear`.

    Inputs are token ids and attention mask, of shape (rows, width); the output has the shape (rows, width, 2). Sanh et
    al. (2019), "DistilBERT, a distilled version of BERT": BERT's encoder without token types and pooler.
    """
    from safetensors.numpy import load_file

    op = openvino.opset13
    config = read_json_object(folder / "config.json")
    weights = {_modern(name): value for name, value in load_file(folder / "model.safetensors").items()}
    heads, dim = int(config["n_heads"]), int(config["dim"])

    def integers(*numbers: int) -> Any:
        return op.constant(np.array(numbers, dtype=np.int64)).output(0)

    def weight(name: str) -> Any:
        return op.constant(weights.pop(name).astype(np.float32)).output(0)

    def layer(x: Any, name: str) -> Any:
        matrix, bias = (weights.pop(f"{name}.{kind}").astype(np.float32) for kind in ("weight", "bias"))
        return linear(x, matrix, bias, name).output(0)

    def norm(x: Any, name: str) -> Any:
        normal = op.mvn(x, integers(-1), normalize_variance=True, eps=_EPSILON, eps_mode="inside_sqrt")
        return op.add(op.multiply(normal, weight(f"{name}.weight")), weight(f"{name}.bias")).output(0)

    def by_head(x: Any) -> Any:
        split = op.reshape(x, integers(0, 0, heads, dim // heads), special_zero=True)
        return op.transpose(split, integers(0, 2, 1, 3)).output(0)

    ids, mask = (op.parameter([-1, -1], np.int64, name) for name in ("ids", "mask"))
    first = op.constant(np.int64(0))
    length = op.gather(op.shape_of(ids), integers(1), first)
    positions = op.slice(
        weight("distilbert.embeddings.position_embeddings.weight"), integers(0), length, integers(1), integers(0)
    )
    words = op.gather(weight("distilbert.embeddings.word_embeddings.weight"), ids, first)
    x = norm(op.add(words, positions).output(0), "distilbert.embeddings.LayerNorm")
    unmasked = op.unsqueeze(op.not_equal(mask, first), integers(1, 2))
    for number in range(int(config["n_layers"])):
        prefix = f"distilbert.transformer.layer.{number}"
        query, key, value = (by_head(layer(x, f"{prefix}.attention.{name}_lin")) for name in "qkv")
        attended = op.transpose(op.scaled_dot_product_attention(query, key, value, unmasked), integers(0, 2, 1, 3))
        joined = op.reshape(attended, integers(0, 0, dim), special_zero=True).output(0)
        x = norm(op.add(x, layer(joined, f"{prefix}.attention.out_lin")).output(0), f"{prefix}.sa_layer_norm")
        inner = op.gelu(layer(x, f"{prefix}.ffn.lin1"), "erf").output(0)
        x = norm(op.add(x, layer(inner, f"{prefix}.ffn.lin2")).output(0), f"{prefix}.output_layer_norm")
    return openvino.Model([layer(x, HEAD)], [ids, mask], "reader")
