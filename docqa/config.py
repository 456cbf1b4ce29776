"""Settings: defaults, then the file `config.toml`, then the environment (`DOCQA_…`), then flags; the last one wins."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from docqa import paths
from docqa.errors import DocqaError

_KEYS = "keys"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a person can set. Each is documented in docs/configuration.md."""

    reader: str = ""
    """Name or folder of the reader; "" is the one chosen by `docqa models use`, else the bundled one."""
    encoder: str = ""
    """Name or folder of the retriever's encoder; "" as for `reader`."""
    retriever: str = "hybrid"
    device: str = "auto"
    max_seq_length: int = 384
    doc_stride: int = 128
    top_k_windows: int = 8
    exhaustive: bool = False
    """Read every window, and not only the likeliest."""
    max_answer_length: int = 30
    """In tokens."""
    top: int = 5
    """Answers shown."""
    threshold: float = -1.0
    """Probability below which docqa abstains; negative: the reader's own."""
    cache: bool = True
    viewer: str = ""
    """The command that opens a document from the app, with {file}, {uri} or {page} in it; "" is the system's viewer."""

    def __post_init__(self) -> None:
        _check(
            "retriever",
            self.retriever,
            self.retriever in {"hybrid", "lexical", "dense"},
            "hybrid, lexical or dense",
        )
        for name in ("top_k_windows", "max_answer_length", "top"):
            _check(name, getattr(self, name), getattr(self, name) >= 1, "1 or more")
        _check("threshold", self.threshold, self.threshold <= 1, "from 0 to 1")


def _check(name: str, value: object, fine: bool, expected: str) -> None:
    if not fine:
        raise DocqaError(f"{name} is {value!r}", f"it has to be {expected}")


def load(flags: Mapping[str, Any] | None = None) -> Settings:
    """Settings from everywhere. `flags` that are None were not given. Raises `DocqaError` naming the bad source."""
    values = _from_file() | _from_environment()
    values |= {name: value for name, value in (flags or {}).items() if value is not None}
    return Settings(**values)


def keys() -> dict[str, str]:
    """The keys of the app that a person bound anew: the table `keys` of the file, from ids to keys.

    Raises `DocqaError` where the file is not right; whether the app has such ids is its own business.
    """
    file = paths.config_dir() / "config.toml"
    bound = _read(file).get(_KEYS, {})
    if not isinstance(bound, dict) or not all(isinstance(key, str) and key for key in bound.values()):
        raise DocqaError(
            f"{file} sets {_KEYS} to {bound!r}",
            'it has to be a table of keys: [keys], and below it "answers.copy" = "Y"',
        )
    return bound


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DocqaError(f"{file} is not valid TOML: {error}", "mend it, or move it away") from error
    except OSError as error:
        raise DocqaError(f"{file} can't be read: {error.strerror or error}", "mend its permissions") from error


def _from_file() -> dict[str, Any]:
    file = paths.config_dir() / "config.toml"
    values = {}
    for name, value in _read(file).items():
        if name == _KEYS:
            continue
        kind = _kinds().get(name)
        if kind is None:
            raise DocqaError(f"{file} sets {name!r}, which is no setting", f"there are: {', '.join(_kinds())}")
        if kind is float and type(value) is int:
            value = float(value)  # noqa: PLW2901 - a whole number is a fine probability
        if type(value) is not kind:
            raise DocqaError(f"{file} sets {name} to {value!r}", f"it has to be of the type {kind.__name__}")
        values[name] = value
    return values


def _from_environment() -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, kind in _kinds().items():
        variable = f"DOCQA_{name.upper()}"
        text = os.environ.get(variable)
        if text is None:
            continue
        try:
            values[name] = _boolean(text) if kind is bool else kind(text)
        except ValueError:
            raise DocqaError(
                f"the environment sets {variable} to {text!r}", f"it has to be of the type {kind.__name__}"
            ) from None
    return values


def _boolean(text: str) -> bool:
    words = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if text.lower() not in words:
        raise ValueError(text)
    return words[text.lower()]


def _kinds() -> dict[str, type]:
    return {field.name: type(field.default) for field in fields(Settings)}
