"""Settings, from four sources: defaults, `config.toml`, the environment (`DOCQA_…`) and flags. The last one wins.

Each setting is described once, here. docs/configuration.md has the table that `python -m docqa.config` prints, and the
command's help and the app's settings screen use the same text.
"""

import os
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from docqa import paths
from docqa.errors import DocqaError
from docqa.extensions import RETRIEVERS
from docqa.wording import did_you_mean

_KEYS = "keys"
_TYPE_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


class Applies(StrEnum):
    """When a change to a setting takes effect on open documents, in words for the user."""

    REOPEN = "once the documents are reopened"
    NEXT_QUESTION = "from the next question on"
    AT_ONCE = "at once"


class Origin(StrEnum):
    """Where a setting's value comes from; a later one wins."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class SettingInfo:
    """What the documentation, the command's help and the app say about a setting."""

    text: str
    """Markdown: names and values are in backticks."""
    applies: Applies
    unset: str = ""
    """What the default means, where the value itself doesn't say."""
    choices: tuple[str, ...] | Callable[[], tuple[str, ...]] = ()
    """The possible values, if there are only a few. A function where extensions can add to them."""
    flag: str | None = None
    """The flag; None for the setting's own name, "" if it has no flag."""


def _setting(default: Any, text: str, applies: Applies, **more: Any) -> Any:
    return field(default=default, metadata={"info": SettingInfo(text, applies, **more)})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the user can set. docs/configuration.md describes each field.

    Raises `DocqaError` if a value is of the wrong type or out of range.
    """

    reader: str = _setting(
        "", "name or folder of the reader", Applies.REOPEN, unset="chosen by `docqa models use`, else bundled"
    )
    encoder: str = _setting(
        "",
        "name or folder of the retriever's encoder",
        Applies.REOPEN,
        unset="chosen by `docqa models use --encoder`, else bundled",
    )
    retriever: str = _setting(
        "hybrid", "how passages are ranked for a question", Applies.REOPEN, choices=RETRIEVERS.names
    )
    device: str = _setting("auto", "where models run", Applies.REOPEN, choices=("auto", "cpu", "cuda", "mps", "xpu"))
    precision: str = _setting(
        "auto",
        "the reader's number format; `auto` is the fastest that the device supports",
        Applies.REOPEN,
        choices=("auto", "float32"),
    )
    max_seq_length: int = _setting(
        384, "tokens in a sequence: 40 for the question, the rest for the passage", Applies.REOPEN
    )
    doc_stride: int = _setting(128, "tokens by which passages overlap", Applies.REOPEN)
    top_k_windows: int = _setting(12, "passages searched for each question", Applies.NEXT_QUESTION)
    exhaustive: bool = _setting(False, "search every passage", Applies.NEXT_QUESTION)
    read_on: int = _setting(
        120,
        "passages up to which the app goes on searching for an answered question while you do nothing; `0` for none",
        Applies.AT_ONCE,
        flag="",
    )
    max_answer_length: int = _setting(30, "longest answer, in tokens", Applies.NEXT_QUESTION)
    top: int = _setting(5, "number of answers to show", Applies.NEXT_QUESTION)
    threshold: float = _setting(
        -1.0, "probability below which docqa abstains", Applies.NEXT_QUESTION, unset="the reader's own"
    )
    cache: bool = _setting(True, "keep indexes, history and sessions on disk", Applies.REOPEN, flag="--no-cache")
    private: bool = _setting(
        False, "leave nothing on disk: no index, history, session, correction or measurement", Applies.REOPEN
    )
    viewer: str = _setting(
        "",
        "command that opens a document from the app, for example `okular --page {page} {file}`",
        Applies.AT_ONCE,
        unset="the system's",
        flag="",
    )
    animations: bool = _setting(
        True, "animate scrolling in the app; `false` for reduced motion", Applies.AT_ONCE, flag=""
    )

    @property
    def remembers(self) -> bool:
        """Whether indexes, history and sessions are kept on disk."""
        return self.cache and not self.private

    def __post_init__(self) -> None:
        for name in names():
            value = getattr(self, name)
            _check(name, value, f"{name} is {value!r}")


def _check(name: str, value: Any, problem: str) -> None:
    """Raise `DocqaError` with the message `problem` if the value is of the wrong type or out of range."""
    expected = _expected(name, value)
    if expected:
        raise DocqaError(problem, f"it has to be {expected}")


def _expected(name: str, value: Any) -> str:
    """What a value has to be, in words; "" if it is valid."""
    kind = _types()[name]
    right_type = isinstance(value, (float, int) if kind is float else kind)
    if not right_type or (isinstance(value, bool) and kind is not bool):
        return _TYPE_NAMES[kind]
    # A device is checked when models are loaded: there may be a second "cuda:1".
    if name in {"retriever", "precision"} and value not in choices(name):
        return _alternatives(choices(name))
    if name in {"top_k_windows", "max_answer_length", "top"} and value < 1:
        return "1 or more"
    if name == "read_on" and value < 0:
        return "0 or more"
    return "" if name != "threshold" or value <= 1 else "from 0 to 1"


def _alternatives(values: tuple[str, ...]) -> str:
    """ "a, b or c"."""
    return " or ".join(filter(None, [", ".join(values[:-1]), values[-1]])) if values else ""


def load(flags: Mapping[str, Any] | None = None) -> Settings:
    """Load the settings from all sources. Flags that are None were not given.

    Raises `DocqaError`, naming the source at fault.
    """
    return merged(layers(flags or {}))


def independent(**fixed: Any) -> Settings:
    """Settings for figures that are published, which must not depend on the user's: the defaults but for `fixed`.

    The retriever is the user's, since one without an encoder must not need one here. Raises `DocqaError` as `load`.
    """
    return Settings(retriever=load().retriever, cache=False, **fixed)


def layers(flags: Mapping[str, Any]) -> dict[Origin, dict[str, Any]]:
    """The values that each source sets, in the order of `Origin`.

    Raises `DocqaError`, naming the source at fault.
    """
    return {
        Origin.DEFAULT: {},
        Origin.FILE: _from_file(),
        Origin.ENVIRONMENT: _from_environment(),
        Origin.FLAG: _from_flags(flags),
    }


def merged(layers: Mapping[Origin, Mapping[str, Any]]) -> Settings:
    """Merge the sources into settings. Raises `DocqaError` if a value is invalid."""
    return Settings(**{name: value for values in layers.values() for name, value in values.items()})


def origin(name: str, layers: Mapping[Origin, Mapping[str, Any]]) -> Origin:
    """The source of a setting's value."""
    return next((source for source in reversed(tuple(layers)) if name in layers[source]), Origin.DEFAULT)


def file() -> Path:
    """Path of `config.toml`, which may not exist."""
    return paths.config_dir() / "config.toml"


def names() -> tuple[str, ...]:
    """Names of all settings."""
    return tuple(_types())


def about(name: str) -> SettingInfo:
    """Describe a setting."""
    info: SettingInfo = Settings.__dataclass_fields__[name].metadata["info"]
    return info


def choices(name: str) -> tuple[str, ...]:
    """The possible values of a setting, if there are only a few; else ()."""
    known = about(name).choices
    return known() if callable(known) else known


def default(name: str) -> Any:
    """The default of a setting."""
    return Settings.__dataclass_fields__[name].default


def default_text(name: str) -> str:
    """The default of a setting in words, as Markdown."""
    value = default(name)
    plain = format_value(value)
    return about(name).unset or (f"`{plain}`" if isinstance(value, bool | str) else plain)


def flag(name: str) -> str:
    """The flag of a setting: "--top"; "" if it has none."""
    known = about(name).flag
    return f"--{name.replace('_', '-')}" if known is None else known


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"DOCQA_{name.upper()}"


def parse(name: str, text: str) -> Any:
    """Parse the value of a setting. Raises `DocqaError` if it is not a valid one."""
    value = _parse(name, text, f"{name} is {text!r}")
    _check(name, value, f"{name} is {value!r}")
    return value


def with_value(settings: Settings, name: str, value: Any) -> Settings:
    """A copy of the settings with one value changed. Raises `DocqaError` if the value is out of range."""
    return replace(settings, **{name: value})


def changes(before: Settings, after: Settings) -> set[Applies]:
    """When the differences between two settings take effect."""
    return {about(name).applies for name in names() if getattr(before, name) != getattr(after, name)}


def format_value(value: object) -> str:
    """A value as the user writes it: `true`, not `True`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def table() -> str:
    """The Markdown table of settings in docs/configuration.md."""
    rows = ["| setting | flag | environment | default | meaning |", "|---|---|---|---|---|"]
    for name in names():
        code = [f"`{text}`" if text else "" for text in (name, flag(name), variable(name))]
        known = ", ".join(f"`{choice}`" for choice in choices(name))
        meaning = f"{about(name).text} ({known})" if known else about(name).text
        rows.append(f"| {' | '.join([*code, default_text(name), meaning])} |".replace("|  |", "| |"))
    return "\n".join(rows)


def keys() -> dict[str, str]:
    """The app's keys that the user has rebound: the file's table `keys`, from binding ids to keys.

    Raises `DocqaError` if the file or the table is malformed. The app checks the ids.
    """
    bound = _read(file()).get(_KEYS, {})
    if not isinstance(bound, dict) or not all(isinstance(key, str) and key for key in bound.values()):
        raise DocqaError(
            f"{file()} sets {_KEYS} to {bound!r}",
            'it has to be a table of keys: [keys], and below it "answers.copy" = "Z"',
        )
    return bound


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DocqaError(f"{path} is not valid TOML: {error}", "fix it, or move it away") from error
    except OSError as error:
        raise DocqaError(f"cannot read {path}: {error.strerror or error}", "check its permissions") from error


def _from_file() -> dict[str, Any]:
    path = file()
    values = {}
    for name, value in _read(path).items():
        if name == _KEYS:
            continue
        expected = _types().get(name)
        if expected is None:
            raise DocqaError(f"{path} sets {name!r}, which is not a setting", _similar(name))
        _check(name, value, f"{path} sets {name} to {value!r}")
        values[name] = float(value) if expected is float else value  # A whole number is a valid probability.
    return values


def _from_environment() -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in _types():
        text = os.environ.get(variable(name))
        if text is not None:
            problem = f"the environment sets {variable(name)} to {text!r}"
            values[name] = _parse(name, text, problem)
            _check(name, values[name], problem)
    return values


def _from_flags(flags: Mapping[str, Any]) -> dict[str, Any]:
    for name in flags:
        if name not in _types():
            raise DocqaError(f"there is no setting called {name!r}", _similar(name))
    # A model's folder may be a `Path`.
    return {
        name: os.fspath(value) if isinstance(value, os.PathLike) else value
        for name, value in flags.items()
        if value is not None
    }


def _similar(name: str) -> str:
    """Suggest a setting for a name that is none."""
    return did_you_mean(name, names(), f"the settings are: {', '.join(names())}")


def _parse(name: str, text: str, problem: str) -> Any:
    expected = _types()[name]
    try:
        return _parse_bool(text) if expected is bool else expected(text)
    except ValueError:
        raise DocqaError(problem, f"it has to be {_TYPE_NAMES[expected]}") from None


def _parse_bool(text: str) -> bool:
    word = text.lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    raise ValueError(text)


def _types() -> dict[str, type]:
    return {field.name: type(field.default) for field in fields(Settings)}


if __name__ == "__main__":
    sys.stdout.write(f"{table()}\n")
