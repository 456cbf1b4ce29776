"""A mix: which files of pairs to train on, how much of each, and what its pairs weigh."""

import math
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from docqa.datasets.pair import Pair
from docqa.datasets.splitting import sample, sample_share
from docqa.errors import DocqaError, not_found
from docqa.terminal_text import visible
from docqa.wording import counted, did_you_mean

_SUFFIX = ".toml"

_HINT = 'one table for each file: [[pairs]], then file = "contracts.json", and any of share, max_per_context, weight'
_EXPECTED = {
    "file": "the path of a file of pairs",
    "share": "a number above 0, up to 1",
    "max_per_context": "a whole number from 1",
    "weight": "a number above 0",
}


@dataclass(frozen=True, slots=True)
class MixEntry:
    """A file of pairs and how much of it is used."""

    file: str
    """Its path. In a mix file, relative to that file's folder."""
    share: float = 1.0
    """The share of its pairs that are used, drawn at random: above 0, up to 1."""
    max_per_context: int = 0
    """The maximum number of its pairs from one context, of which the share is drawn; 0 for all."""
    weight: float = 1.0
    """What its pairs count in the loss, above 0."""


@dataclass(frozen=True, slots=True)
class MixCount:
    """What a mix takes of a file: `used` of its `pairs`."""

    entry: MixEntry
    pairs: int
    used: int

    def as_dict(self) -> dict[str, Any]:
        """What the report of a dry run says, as JSON."""
        return {**asdict(self.entry), "pairs": self.pairs, "used": self.used}


def is_mix(files: Sequence[str]) -> bool:
    """Whether one of the files is a mix file."""
    return any(Path(file).suffix == _SUFFIX for file in files)


def expand(files: Sequence[str]) -> tuple[MixEntry, ...]:
    """The entries of all files: those that a mix file (.toml) lists, and whole files of pairs.

    Raises `DocqaError` if a mix file is malformed or names a file that doesn't exist, or a file comes twice.
    """
    entries = [each for file in files for each in (_read(Path(file)) if is_mix([file]) else [MixEntry(file)])]
    twice = [file for file, times in Counter(str(Path(each.file).absolute()) for each in entries).items() if times > 1]
    if is_mix(files) and twice:  # Without a mix, a file that is given twice is merged with itself.
        raise DocqaError(f"{twice[0]} is listed twice", "give its pairs a weight instead")
    return tuple(entries)


def draw(
    pairs: Sequence[Pair], entries: Sequence[MixEntry], seed: int
) -> tuple[tuple[Pair, ...], tuple[MixCount, ...]]:
    """The pairs that a mix takes, in their order and with their weights, and the counts of each file."""
    taken: dict[int, Pair] = {}
    numbers = {id(pair): number for number, pair in enumerate(pairs)}
    counts = []
    for entry in entries:
        of_file = [pair for pair in pairs if pair.file == entry.file]
        capped = sample(of_file, entry.max_per_context, seed) if entry.max_per_context else of_file
        used = sample_share(capped, entry.share, seed)
        taken |= {numbers[id(pair)]: replace(pair, weight=entry.weight) for pair in used}
        counts.append(MixCount(entry, len(of_file), len(used)))
    return tuple(taken[number] for number in sorted(taken)), tuple(counts)


def as_text(counts: Sequence[MixCount]) -> str:
    """What a mix takes of each file, as a table; "" without a mix."""
    rows = [
        [
            visible(Path(each.entry.file).name),
            f"{each.used:,} of {counted(each.pairs, 'pair')}",
            f"weight {each.entry.weight:g}",
        ]
        for each in counts
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _read(path: Path) -> list[MixEntry]:
    try:
        contents = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise not_found(str(path)) from None
    except OSError as error:
        raise DocqaError(f"{path} can't be read: {error.strerror or error}") from error
    except ValueError as error:
        raise DocqaError(f"{path} is not valid TOML: {error}", _HINT) from error
    unknown = sorted(set(contents) - {"pairs"})
    if unknown:
        raise DocqaError(f"{path}: {unknown[0]!r} is unknown", _HINT)
    tables = contents.get("pairs")
    if not isinstance(tables, list) or not tables or not all(isinstance(each, dict) for each in tables):
        raise DocqaError(f"{path} lists no files of pairs", _HINT)
    return [_entry(path, f"{path}, [[pairs]] {number}", table) for number, table in enumerate(tables, 1)]


def _entry(path: Path, where: str, table: dict[str, Any]) -> MixEntry:
    for key, value in table.items():
        if key not in _EXPECTED:
            hint = did_you_mean(key, _EXPECTED, f"known are {', '.join(_EXPECTED)}")
            raise DocqaError(f"{where}: {key!r} is unknown", hint)
        if not _is_valid(key, value):
            raise DocqaError(f"{where}: {key} is {value!r}", f"it has to be {_EXPECTED[key]}")
    if "file" not in table:
        raise DocqaError(f"{where} has no file", _HINT)
    file = path.parent / table["file"]
    if not file.is_file():
        raise DocqaError(f"{where}: there is no file {file}", f"paths are relative to {path.absolute().parent}")
    return MixEntry(**{**table, "file": str(file)})


def _is_valid(key: str, value: Any) -> bool:
    if key == "file":
        return isinstance(value, str) and bool(value)
    if isinstance(value, bool) or not isinstance(value, int if key == "max_per_context" else int | float):
        return False
    if key == "max_per_context":
        return value >= 1
    return 0 < value <= (1 if key == "share" else math.inf) and math.isfinite(value)
