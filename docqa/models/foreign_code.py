"""What in a model's folder would have code run that is not a library's: it is refused before any library sees it.

Weights are loaded from safetensors alone: a pickle can run code. Classes that a folder brings, or that it names outside
of sentence-transformers, are never imported, nor are kernels fetched that its configuration asks for.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docqa.errors import DocqaError

_PICKLES = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.pickle", "*.ckpt")
_INDEX = "model.safetensors.index.json"
_SHARD = re.compile(r"[A-Za-z0-9_][\w.-]*\.safetensors", re.ASCII)
_HINT = "choose another model; docqa runs no code that comes with one"


def pickled_weights(folder: Path) -> str:
    """The name of a file with weights that docqa won't load, "" if there is none, or safetensors beside it."""
    if any(folder.glob("*.safetensors")):
        return ""
    return next((file.name for pattern in _PICKLES for file in sorted(folder.glob(pattern))), "")


def check_weights(folder: Path) -> None:
    """Raise `DocqaError` if the index of sharded weights names anything but safetensors in the folder."""
    index = _read(folder / _INDEX)
    shards = index.get("weight_map") if isinstance(index, dict) else None
    for shard in set(shards.values()) if isinstance(shards, dict) else ():
        if not isinstance(shard, str) or not _SHARD.fullmatch(shard):
            raise DocqaError(f"{folder / _INDEX} names {shard!r}, which is no safetensors file in its folder", _HINT)


def check_config(folder: Path) -> None:
    """Raise `DocqaError` if config.json asks for an implementation from a repository: that is code."""
    for key, value in _members(_read(folder / "config.json")):
        if "implementation" in key and isinstance(value, str) and "/" in value:
            raise DocqaError(f"{folder / 'config.json'} asks for code from elsewhere: {key} is {value!r}", _HINT)


def check_encoder(folder: Path) -> None:
    """Raise `DocqaError` if a module of a sentence-transformers encoder would run code, or lies elsewhere.

    A malformed modules.json is left to those who load it.
    """
    for module in _modules(folder):
        kind, path = str(module.get("type", "")), str(module.get("path", ""))
        # Earlier versions of the library import any class that a local folder names.
        if "type" in module and not kind.startswith("sentence_transformers."):
            raise DocqaError(f"{folder} ships custom code ({kind}), which docqa does not run", _HINT)
        inside = folder / path
        if not inside.resolve().is_relative_to(folder.resolve()):
            raise DocqaError(f"a module of {folder} lies outside of it: {path!r}", _HINT)
        pickle = pickled_weights(inside)
        if pickle:
            raise DocqaError(
                f"{inside} has its weights only in {pickle}",
                "docqa loads only safetensors, because pickle can run code",
            )
        check_weights(inside)
        check_config(inside)


def _modules(folder: Path) -> list[dict[str, Any]]:
    modules = _read(folder / "modules.json")
    return [module for module in modules if isinstance(module, dict)] if isinstance(modules, list) else []


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value, at any depth."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield str(key), member
            yield from _members(member)


def _read(file: Path) -> Any:
    """The contents of a JSON file; None if there is none, or it is damaged, which loading it reports."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
