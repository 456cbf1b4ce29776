"""Load tokenizers and weights from a model's folder, without a network connection and without its code."""

import ctypes
import importlib.util
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from docqa.errors import DocqaError
from docqa.files import read_json_object
from docqa.models import foreign_code

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

# One load at a time: imports of these libraries race in threads, and their verbosity is global.
_loading = threading.RLock()


def map_torch() -> None:
    """Map torch's libraries into memory without holding the GIL.

    `import torch` holds it while it maps them, an eighth of a second in which the app can't respond to keys. A call
    through ctypes releases it. If this fails, the import maps them, or reports the problem.
    """
    spec = None if "torch" in sys.modules else importlib.util.find_spec("torch")
    if sys.platform != "linux" or spec is None or spec.origin is None:
        return
    open_library = ctypes.CDLL(None).dlopen
    open_library.argtypes, open_library.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_void_p
    open_library(os.fsencode(Path(spec.origin).parent / "lib" / "libtorch_python.so"), os.RTLD_LAZY | os.RTLD_LOCAL)


@contextmanager
def quietly() -> Iterator[None]:
    """Silence transformers and sentence-transformers: the terminal may be showing the app."""
    from transformers.utils import logging as transformers_logging

    encoders = logging.getLogger("sentence_transformers")
    before = (
        encoders.level,
        transformers_logging.get_verbosity(),
        transformers_logging.is_progress_bar_enabled(),
    )
    encoders.setLevel(logging.ERROR)
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    try:
        yield
    finally:
        encoders.setLevel(before[0])
        transformers_logging.set_verbosity(before[1])
        if before[2]:
            transformers_logging.enable_progress_bar()


_DAMAGED = "install the model again, or use another one: docqa models use bundled"


@contextmanager
def readable_errors(folder: Path, what: str) -> Iterator[None]:
    """Turn the libraries' errors about a damaged or unsupported folder into a `DocqaError` of one line.

    `what` is what the folder should be: "a reader".
    """
    from safetensors import SafetensorError

    expected = (OSError, ValueError, TypeError, LookupError, RuntimeError, ImportError, ArithmeticError, MemoryError)
    try:
        yield
    except SafetensorError as error:
        raise DocqaError(f"the weights in {folder} are damaged: {error}", _DAMAGED) from error
    except DocqaError:
        raise
    except Exception as error:
        if not isinstance(error, expected):
            from huggingface_hub.errors import StrictDataclassError

            if not isinstance(error, StrictDataclassError):
                raise
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        if "custom code" in reason:
            raise DocqaError(
                f"{folder} is not {what} that docqa can load: it brings code of its own",
                "docqa runs no code that comes with a model; choose one of a type that transformers knows",
            ) from error
        raise DocqaError(f"{folder} is not {what} that docqa can load: {reason}") from error


@contextmanager
def transformers_load(folder: Path, what: str) -> Iterator[None]:
    """Load something with transformers or sentence-transformers: one thread at a time, silently, errors in one line."""
    with _loading, quietly(), readable_errors(folder, what):
        yield


def load_tokenizer(folder: Path) -> "Tokenizer":
    """The tokenizer of the model in `folder`, without truncation and padding.

    Raises `DocqaError` if there is none or it is damaged.
    """
    file = folder / "tokenizer.json"
    tokenizer = _read_tokenizer(file) if file.is_file() else _convert_tokenizer(folder)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _read_tokenizer(file: Path) -> "Tokenizer":
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_str(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DocqaError(f"{file} cannot be read: {error}") from error
    except Exception as error:  # `tokenizers` raises this very class.
        raise DocqaError(f"{file} is damaged: {error}", "install the model again") from error


def _convert_tokenizer(folder: Path) -> "Tokenizer":
    """A tokenizer from the vocabulary files of an older model."""
    # Without one, transformers would create an empty tokenizer of the configured type.
    if not any(file for pattern in ("vocab.*", "*.model") for file in folder.glob(pattern)):
        raise DocqaError(f"{folder} has no tokenizer: neither tokenizer.json nor a vocabulary")
    with transformers_load(folder, "a model"):
        from transformers import AutoTokenizer

        loaded = AutoTokenizer.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
        backend: Tokenizer | None = getattr(loaded, "backend_tokenizer", None)
    if backend is None:
        raise DocqaError(f"{folder} has a type of tokenizer that docqa cannot use")
    return backend


def sequence_limit(folder: Path) -> int:
    """Tokens in a reader's longest sequence. Raises `DocqaError` if its config.json is damaged."""
    config = read_json_object(folder / "config.json")
    limit = config.get("max_position_embeddings", 512)
    if not isinstance(limit, int) or limit < 8:
        raise DocqaError(f"max_position_embeddings of {folder} is {limit!r}, and should be a number of tokens")
    # The RoBERTa family numbers positions from the padding token's id + 1; its configurations include these two.
    kind = str(config.get("model_type", ""))
    return limit - 2 if "roberta" in kind or kind == "mpnet" else limit


def layer_count(folder: Path) -> int:
    """The number of layers of a reader. Raises `DocqaError` if its config.json is damaged."""
    config = read_json_object(folder / "config.json")
    # DistilBERT's name for it is n_layers.
    count = config.get("num_hidden_layers", config.get("n_layers"))
    if not isinstance(count, int) or count < 1:
        raise DocqaError(f"num_hidden_layers of {folder} is {count!r}, and should be a number of layers")
    return count


def load_reader(folder: Path, device: str, dtype: "torch.dtype") -> "torch.nn.Module":
    """The question-answering model in `folder`, on `device`, in evaluation mode.

    Raises `DocqaError` if it is damaged, lacks weights or a question-answering head, or `device` is not available.
    """
    model, new_head = _load_network(folder, dtype)
    if new_head:
        raise DocqaError(f"{folder} has no question-answering head: it was not trained to answer questions")
    try:
        reader: torch.nn.Module = model.eval().to(device)
    except (RuntimeError, AssertionError) as error:
        raise DocqaError(f"the reader cannot run on {device!r}: {str(error).splitlines()[0]}") from error
    return reader


def load_trainable(folder: Path, device: str, seed: int) -> "torch.nn.Module":
    """The model in `folder` for training: in float32, and on a CPU without attention dropout.

    If it has no question-answering head, like an encoder, it gets a random one, drawn from `seed`. Raises `DocqaError`
    if the folder is damaged or lacks weights.
    """
    import torch

    # With attention dropout, PyTorch doesn't use fused attention, and a step takes twice as long. Other dropout stays.
    overrides = {"attention_dropout": 0.0, "attention_probs_dropout_prob": 0.0} if device == "cpu" else {}
    torch.manual_seed(seed)
    model, _ = _load_network(folder, torch.float32, overrides)
    model.train()
    return model


def has_head(folder: Path) -> bool:
    """Whether the folder's weights include a question-answering head. Raises `DocqaError` if they can't be read."""
    return any(name.startswith("qa_outputs.") for name in _weight_names(folder))


def check_weights(folder: Path) -> None:
    """Raise `DocqaError` if a reader's weights can't be read."""
    _weight_names(folder)


def _weight_names(folder: Path) -> list[str]:
    """The names of a reader's tensors. Raises `DocqaError` if they can't be read."""
    from safetensors import SafetensorError, safe_open

    index = folder / "model.safetensors.index.json"
    if index.is_file():
        return [*read_json_object(index).get("weight_map", {})]
    try:
        with safe_open(folder / "model.safetensors", framework="np") as weights:
            return [*weights.keys()]
    except (OSError, SafetensorError) as error:
        raise DocqaError(f"the weights in {folder} are damaged: {error}", _DAMAGED) from error


def _check_layers(folder: Path) -> None:
    """Raise `DocqaError` if a configuration has more layers than there are tensors: building them might never end."""
    try:
        config = read_json_object(folder / "config.json")
    except DocqaError:
        return  # transformers says what is wrong with it.
    count = len(_weight_names(folder))
    for key in ("num_hidden_layers", "n_layers"):
        layers = config.get(key, 0)
        if isinstance(layers, int) and layers > count:
            raise DocqaError(f"{folder} has weights of {count} tensors, which can't be the layers that {key} says")


def save(network: "torch.nn.Module", folder: Path) -> None:
    """Write a model's configuration and weights. Raises `OSError`."""
    with _loading, quietly():
        network.save_pretrained(folder)  # type: ignore[operator]


def _load_network(
    folder: Path, dtype: "torch.dtype", overrides: dict[str, float] | None = None
) -> "tuple[torch.nn.Module, bool]":
    """The model, and whether its question-answering head is new. `overrides` apply to keys that its config has."""
    foreign_code.check_weights(folder)
    foreign_code.check_config(folder)
    _check_layers(folder)
    with transformers_load(folder, "a reader"):
        from transformers import AutoConfig, AutoModelForQuestionAnswering

        config = AutoConfig.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
        for name, value in (overrides or {}).items():
            if hasattr(config, name):
                setattr(config, name, value)
        model, report = AutoModelForQuestionAnswering.from_pretrained(
            str(folder),
            config=config,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            dtype=dtype,
            output_loading_info=True,
        )
    missing = sorted(report["missing_keys"])
    others = [key for key in missing if not key.startswith("qa_outputs.")]
    if others:
        raise DocqaError(f"the weights in {folder} are incomplete: {others[0]} is missing")
    return model, bool(missing)
