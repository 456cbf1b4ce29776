"""`docqa.json`: what docqa knows about a model beyond its weights. Only this module reads and writes the file.

docs/formats.md documents it. Every key is optional. Top-level keys that docqa does not know are kept when it rewrites
the file.
"""

import dataclasses
import math
import types
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from docqa.errors import DocqaError
from docqa.files import read_json_object, write_json_object

FILE_NAME = "docqa.json"


@dataclass(frozen=True, slots=True)
class HubSource:
    """The hub repository and commit that a model was pulled from."""

    repo: str = ""
    revision: str = ""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of the model as it was installed: its size in bytes, and its SHA-256 (hex)."""

    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class CurveRecord:
    """A `docqa.choice.Curve`."""

    knots: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CalibrationRecord:
    """A reader's `docqa.choice.ChoiceModel`; None where the file leaves a part to the default.

    `scale` is for a reader without `curves`: how many logits of probability one of its score is worth. Earlier versions
    wrote it with `prior`, which is ignored now.
    """

    scale: float | None = None
    prior: float | None = None
    bias: float | None = None
    threshold: float | None = None
    curves: dict[str, CurveRecord] | None = None


@dataclass(frozen=True, slots=True)
class CalibrationOrigin:
    """How the calibration was fitted: the fields of `docqa.evaluation.calibration.CalibrationFit` of these names."""

    questions: int = 0
    right: int = 0
    error_before: float = 0.0
    error_after: float = 0.0
    kept: str = ""
    docqa: str = ""


@dataclass(frozen=True, slots=True)
class BaseReader:
    """The reader that training started from. `fingerprint` is that of `docqa.models.registry.Model`."""

    name: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class TrainingCounts:
    """Pairs used for training, early stopping and the test; training windows, and those of them without an answer."""

    train: int = 0
    validation: int = 0
    test: int = 0
    windows: int = 0
    null_windows: int = 0


@dataclass(frozen=True, slots=True)
class ScoreSummary:
    """Exact match and F1, both in percent, on `total` questions."""

    exact: float = 0.0
    f1: float = 0.0
    total: int = 0


@dataclass(frozen=True, slots=True)
class ReaderScores:
    """A reader's scores on the held-out pairs and on docqa's general sample."""

    test: ScoreSummary = field(default_factory=ScoreSummary)
    general: ScoreSummary = field(default_factory=ScoreSummary)


@dataclass(frozen=True, slots=True)
class TrainingMetrics:
    """Scores of the base, None if it had no question-answering head, and of the trained reader."""

    before: ReaderScores | None = None
    after: ReaderScores = field(default_factory=ReaderScores)


@dataclass(frozen=True, slots=True)
class ReaderInUse:
    """The reader that was in use when training began, if it was not the base."""

    name: str = ""
    metrics: ReaderScores = field(default_factory=ReaderScores)


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """How a reader was trained. `config` holds the hyperparameters, `data` the SHA-256 (hex) of each file by name."""

    base: BaseReader = field(default_factory=BaseReader)
    config: dict[str, Any] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    counts: TrainingCounts = field(default_factory=TrainingCounts)
    metrics: TrainingMetrics = field(default_factory=TrainingMetrics)
    in_use: ReaderInUse | None = None


@dataclass(frozen=True, slots=True)
class ModelMetadata:
    """The contents of `docqa.json`; None for a key that it doesn't have."""

    kind: Literal["reader", "encoder"] | None = None
    docqa: str | None = None
    """The version of docqa that trained the model."""
    source: HubSource | None = None
    calibration: CalibrationRecord | None = None
    calibrated: CalibrationOrigin | None = None
    languages: list[str] | None = None
    """The languages that a reader reads, by their ISO 639-1 codes; None if that is not known."""
    length_penalty: float | None = None
    """Subtracted from a span's score for each token after its first. From 0."""
    fusion_weight: float | None = None
    """The weight of an encoder's z-scores in hybrid retrieval; BM25's have weight 1."""
    training: TrainingRecord | None = None
    files: dict[str, FileRecord] | None = None
    """The files that decide what the model does, by their paths in its folder: `docqa.models.integrity`."""


def read(folder: Path) -> ModelMetadata:
    """The metadata of the model in `folder`, empty if it has no docqa.json.

    Raises `DocqaError` that names the file, the key and what was expected.
    """
    return from_json(read_json(folder), folder / FILE_NAME)


def read_json(folder: Path) -> dict[str, Any]:
    """The JSON object in docqa.json as it is, unknown keys included; {} if there is none. Raises `DocqaError`."""
    file = folder / FILE_NAME
    return read_json_object(file) if file.is_file() else {}


def source_of(folder: Path) -> HubSource | None:
    """The repository that a model was pulled from; None if there is none, or docqa.json is malformed."""
    try:
        return read(folder).source
    except DocqaError:
        return None


def write(folder: Path, metadata: ModelMetadata) -> None:
    """Write docqa.json. Keys of a present file that docqa doesn't know stay. Raises `DocqaError` or `OSError`."""
    unknown = {key: value for key, value in read_json(folder).items() if key not in _KEYS}
    write_json_object(folder / FILE_NAME, to_json(metadata) | unknown)


def to_json(metadata: ModelMetadata) -> dict[str, Any]:
    """The metadata as a JSON object, without the keys that are None."""
    facts = {key: value for key, value in dataclasses.asdict(metadata).items() if value is not None}
    if "calibration" in facts:
        facts["calibration"] = {key: value for key, value in facts["calibration"].items() if value is not None}
    return facts


def from_json(contents: dict[str, Any], file: Path) -> ModelMetadata:
    """Parse the contents of `file`. Raises `DocqaError` that names the file, the key and what was expected."""
    metadata: ModelMetadata = _parse(ModelMetadata, contents, file, "")
    unknown = set(contents.get("calibration") or ()) - {each.name for each in dataclasses.fields(CalibrationRecord)}
    if unknown:  # Unlike elsewhere: without it the probabilities would be wrong.
        raise DocqaError(f"{file}: calibration has an unknown key, {sorted(unknown)[0]!r}")
    if metadata.length_penalty is not None and metadata.length_penalty < 0:
        raise _wrong(file, "length_penalty", "a number from 0", metadata.length_penalty)
    calibration = metadata.calibration or CalibrationRecord()
    if calibration.threshold is not None and not 0 <= calibration.threshold <= 1:
        raise _wrong(file, "calibration.threshold", "a number from 0 to 1", calibration.threshold)
    if calibration.scale is not None and calibration.scale <= 0:
        raise _wrong(file, "calibration.scale", "a number above 0", calibration.scale)
    return metadata


def training_record(contents: dict[str, Any]) -> TrainingRecord:
    """A training record from its JSON object. Raises `DocqaError` as `from_json` does."""
    record: TrainingRecord = _parse(TrainingRecord, contents, Path(FILE_NAME), "training")
    return record


_LONGEST_SHOWN = 80  # Characters of a wrong value in a message.
_LARGEST_SHOWN = 10**20
_KEYS = frozenset(each.name for each in dataclasses.fields(ModelMetadata))
_EXPECTED = {str: "a string", int: "a whole number", float: "a number", dict: "an object", list: "a list"}


def _parse(expected: Any, value: Any, file: Path, key: str) -> Any:
    """Check and convert a JSON value to a type of the records above; `key` is its dotted path in the file."""
    origin, arguments = get_origin(expected), get_args(expected)
    if origin in (types.UnionType, Union):
        if value is None:
            return None
        return _parse(next(each for each in arguments if each is not types.NoneType), value, file, key)
    if origin is Literal:
        if value not in arguments:
            raise _wrong(file, key, " or ".join(f'"{each}"' for each in arguments), value)
        return value
    if dataclasses.is_dataclass(expected):
        record: Any = expected
        hints = get_type_hints(record)
        members = _object(value, file, key)
        known = {name: member for name, member in members.items() if name in hints}
        return record(**{name: _parse(hints[name], known[name], file, f"{key}.{name}".lstrip(".")) for name in known})
    if origin is dict:
        return {
            name: member if arguments[1] is Any else _parse(arguments[1], member, file, f"{key}.{name}")
            for name, member in _object(value, file, key).items()
        }
    if origin is list:
        if not isinstance(value, list):
            raise _wrong(file, key, _EXPECTED[list], value)
        return [_parse(arguments[0], member, file, f"{key}[{number}]") for number, member in enumerate(value)]
    accepted = (int, float) if expected is float else (expected,)
    if not isinstance(value, accepted) or isinstance(value, bool) or (expected is float and not _is_finite(value)):
        raise _wrong(file, key, _EXPECTED[expected], value)
    return expected(value)


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # A whole number that is larger than any float.
        return False


def _object(value: Any, file: Path, key: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(file, key, _EXPECTED[dict], value)
    return value


def _wrong(file: Path, key: str, expected: str, value: object) -> DocqaError:
    found = repr(value) if not isinstance(value, int) or abs(value) < _LARGEST_SHOWN else "a number of many digits"
    found = found if len(found) <= _LONGEST_SHOWN else f"{found[:_LONGEST_SHOWN]}…"
    return DocqaError(f"{file}: {key} is {found}, and should be {expected}", "correct or delete it")
