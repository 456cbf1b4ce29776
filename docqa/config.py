"""Settings: defaults, then the file `config.toml`, then the environment (`DOCQA_…`), then flags; the last one wins.

What each of them means is said here, once: docs/configuration.md has the table that `python -m docqa.config` prints,
and the app shows the same words.
"""

import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from docqa import paths
from docqa.errors import DocqaError

_KEYS = "keys"
_IN_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


class Applies(StrEnum):
    """When a change of a setting is felt by what is open, in words."""

    ANEW = "the documents are opened anew"
    NEXT = "from the next question on"
    AT_ONCE = "at once"


class Origin(StrEnum):
    """Where a setting's value is from; a later one wins."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class About:
    """What a person is told of a setting."""

    text: str
    applies: Applies
    unset: str = ""
    """What the default means, where its value doesn't say that."""
    known: tuple[str, ...] = ()
    """Values that it can have, where they are few."""
    flag: str | None = None
    """None: as the setting is called."""


def _setting(default: Any, text: str, applies: Applies, **more: Any) -> Any:
    return field(default=default, metadata={"about": About(text, applies, **more)})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a person can set."""

    reader: str = _setting(
        "", "name or folder of the reader", Applies.ANEW, unset="chosen by `docqa models use`, else bundled"
    )
    encoder: str = _setting("", "name or folder of the retriever's encoder", Applies.ANEW, unset="chosen, else bundled")
    retriever: str = _setting(
        "hybrid",
        "`hybrid`, `lexical` (BM25 alone) or `dense`",
        Applies.ANEW,
        known=("hybrid", "lexical", "dense"),
    )
    device: str = _setting(
        "auto",
        "`auto`, `cpu`, `cuda`, `mps`, `xpu`",
        Applies.ANEW,
        known=("auto", "cpu", "cuda", "mps", "xpu"),
    )
    precision: str = _setting(
        "auto",
        "`auto` (the fastest that the device computes in itself) or `float32`",
        Applies.ANEW,
        known=("auto", "float32"),
    )
    max_seq_length: int = _setting(
        384, "tokens in a sequence: 40 are kept for the question, the rest is the window", Applies.ANEW
    )
    doc_stride: int = _setting(128, "tokens that windows overlap by", Applies.ANEW)
    top_k_windows: int = _setting(8, "windows that are read for a question", Applies.NEXT)
    exhaustive: bool = _setting(False, "read every window", Applies.NEXT)
    max_answer_length: int = _setting(30, "tokens in an answer", Applies.ANEW)
    top: int = _setting(5, "answers shown", Applies.NEXT)
    threshold: float = _setting(
        -1.0, "probability below which there is no answer", Applies.NEXT, unset="the reader's own"
    )
    cache: bool = _setting(True, "keep what was computed for a document", Applies.ANEW, flag="--no-cache")
    viewer: str = _setting(
        "",
        "the command with which the app opens a document, for example `okular --page {page} {file}`",
        Applies.AT_ONCE,
        unset="the system's",
        flag="",
    )
    animations: bool = _setting(
        True, "let the app glide when it scrolls; `false` is for reduced motion", Applies.AT_ONCE, flag=""
    )

    def __post_init__(self) -> None:
        _check(
            "retriever",
            self.retriever,
            self.retriever in {"hybrid", "lexical", "dense"},
            "hybrid, lexical or dense",
        )
        _check("precision", self.precision, self.precision in {"auto", "float32"}, "auto or float32")
        for name in ("top_k_windows", "max_answer_length", "top"):
            _check(name, getattr(self, name), getattr(self, name) >= 1, "1 or more")
        _check("threshold", self.threshold, self.threshold <= 1, "from 0 to 1")


def _check(name: str, value: object, fine: bool, expected: str) -> None:
    if not fine:
        raise DocqaError(f"{name} is {value!r}", f"it has to be {expected}")


def load(flags: Mapping[str, Any] | None = None) -> Settings:
    """Settings from everywhere. `flags` that are None were not given. Raises `DocqaError` naming the bad source."""
    return merged(layers(flags or {}))


def layers(flags: Mapping[str, Any]) -> dict[Origin, dict[str, Any]]:
    """What each source says; a later one wins. Raises `DocqaError` naming the bad source."""
    return {
        Origin.DEFAULT: {},
        Origin.FILE: _from_file(),
        Origin.ENVIRONMENT: _from_environment(),
        Origin.FLAG: {name: value for name, value in flags.items() if value is not None},
    }


def merged(said: Mapping[Origin, Mapping[str, Any]]) -> Settings:
    """The settings that the sources come to. Raises `DocqaError` where a value is out of its bounds."""
    return Settings(**{name: value for values in said.values() for name, value in values.items()})


def origin(name: str, said: Mapping[Origin, Mapping[str, Any]]) -> Origin:
    """Which source a setting's value is from."""
    return next((source for source in reversed(tuple(said)) if name in said[source]), Origin.DEFAULT)


def file() -> Path:
    """Where the file is, or would be."""
    return paths.config_dir() / "config.toml"


def names() -> tuple[str, ...]:
    """Every setting."""
    return tuple(_kinds())


def about(name: str) -> About:
    """What a person is told of a setting."""
    told: About = Settings.__dataclass_fields__[name].metadata["about"]
    return told


def variable(name: str) -> str:
    """What a setting is called in the environment."""
    return f"DOCQA_{name.upper()}"


def parse(name: str, text: str) -> Any:
    """The value of a setting that a text stands for. Raises `DocqaError` where it can't be that setting's."""
    value = _parsed(name, text, f"{name} is {text!r}")
    Settings(**{name: value})
    return value


def with_value(settings: Settings, name: str, value: Any) -> Settings:
    """The settings but for one. Raises `DocqaError` where the value is out of its bounds."""
    return replace(settings, **{name: value})


def changes(before: Settings, after: Settings) -> set[Applies]:
    """When the differences between two sets of settings are felt."""
    return {about(name).applies for name in names() if getattr(before, name) != getattr(after, name)}


def written(value: object) -> str:
    """A value as a person writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def table() -> str:
    """The settings, as docs/configuration.md has them."""
    rows = ["| setting | flag | environment | default | meaning |", "|---|---|---|---|---|"]
    for one in fields(Settings):
        told = about(one.name)
        flag = f"--{one.name.replace('_', '-')}" if told.flag is None else told.flag
        default = f"`{written(one.default)}`" if isinstance(one.default, bool | str) else written(one.default)
        cells = [f"`{one.name}`", f"`{flag}`" if flag else "", f"`{variable(one.name)}`", told.unset or default]
        rows.append(f"| {' | '.join(cells)} | {told.text} |".replace("|  |", "| |"))
    return "\n".join(rows)


def keys() -> dict[str, str]:
    """The keys of the app that a person bound anew: the table `keys` of the file, from ids to keys.

    Raises `DocqaError` where the file is not right; whether the app has such ids is its own business.
    """
    bound = _read(file()).get(_KEYS, {})
    if not isinstance(bound, dict) or not all(isinstance(key, str) and key for key in bound.values()):
        raise DocqaError(
            f"{file()} sets {_KEYS} to {bound!r}",
            'it has to be a table of keys: [keys], and below it "answers.copy" = "Y"',
        )
    return bound


def _read(where: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(where.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DocqaError(f"{where} is not valid TOML: {error}", "mend it, or move it away") from error
    except OSError as error:
        raise DocqaError(f"{where} can't be read: {error.strerror or error}", "mend its permissions") from error


def _from_file() -> dict[str, Any]:
    where = file()
    values = {}
    for name, value in _read(where).items():
        if name == _KEYS:
            continue
        kind = _kinds().get(name)
        if kind is None:
            raise DocqaError(f"{where} sets {name!r}, which is no setting", f"there are: {', '.join(_kinds())}")
        if kind is float and type(value) is int:
            value = float(value)  # noqa: PLW2901 - a whole number is a fine probability
        if type(value) is not kind:
            raise DocqaError(f"{where} sets {name} to {value!r}", f"it has to be {_IN_WORDS[kind]}")
        values[name] = value
    return values


def _from_environment() -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in _kinds():
        text = os.environ.get(variable(name))
        if text is not None:
            values[name] = _parsed(name, text, f"the environment sets {variable(name)} to {text!r}")
    return values


def _parsed(name: str, text: str, found: str) -> Any:
    kind = _kinds()[name]
    try:
        return _boolean(text) if kind is bool else kind(text)
    except ValueError:
        raise DocqaError(found, f"it has to be {_IN_WORDS[kind]}") from None


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


if __name__ == "__main__":
    sys.stdout.write(f"{table()}\n")
