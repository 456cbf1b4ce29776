"""Hyperparameters: flags, help text and documentation are generated from one definition."""

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from docqa.cli.main import build_parser, main
from docqa.errors import DocqaError
from docqa.training import hyperparameters
from docqa.training.hyperparameters import Group, TrainingConfig

NAMES = [each.name for each in fields(TrainingConfig)]
DOCS = Path(__file__).parent.parent / "docs" / "finetuning.md"


def test_the_documentation_has_the_table_that_the_command_prints() -> None:
    command = [sys.executable, "-m", "docqa.training.hyperparameters"]
    table = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout
    assert table in DOCS.read_text(encoding="utf-8")


def test_the_help_text_has_every_flag_with_its_default(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(SystemExit):
        main(["finetune", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    for name in NAMES:
        flag, metavar = hyperparameters.flag(name), hyperparameters.describe(name).metavar
        summary, default = hyperparameters.summary(name), hyperparameters.default_text(name)
        assert f"{flag} {metavar} {summary} (default: {default})" in text


def test_every_flag_sets_its_hyperparameter() -> None:
    values = {name: _other(name) for name in NAMES}
    flags = [word for name, value in values.items() for word in (hyperparameters.flag(name), str(value))]
    arguments = build_parser("finetune").parse_args(["finetune", "pairs.json", *flags])
    assert {name: getattr(arguments, name) for name in NAMES} == values
    TrainingConfig(**values).check()


def test_every_hyperparameter_is_in_a_group() -> None:
    assert sorted(name for group in Group for name in hyperparameters.names(group)) == sorted(NAMES)


@pytest.mark.parametrize(
    ("values", "message", "hint"),
    [
        ({"epochs": 0.0}, "--epochs is 0.0", "it must be greater than 0"),
        ({"epochs": float("nan")}, "--epochs is nan", "it must be greater than 0"),
        ({"warmup": 1.0}, "--warmup is 1.0", "it must be at least 0 and less than 1"),
        ({"weight_interpolation": 0.0}, "--weight-interpolation is 0.0", "it must be greater than 0 and at most 1"),
        ({"precision": "int8"}, "--precision is int8", "it must be one of auto, float32, bfloat16, float16"),
    ],
)
def test_a_value_out_of_range_is_rejected(values: dict[str, object], message: str, hint: str) -> None:
    with pytest.raises(DocqaError) as error:
        TrainingConfig(**values).check()  # type: ignore[arg-type]
    assert (error.value.message, error.value.hint) == (message, hint)


def _other(name: str) -> object:
    """Return a valid value other than the default."""
    default = hyperparameters.default(name)
    if name == "precision":
        return "float32"
    return default + 1 if isinstance(default, int) else default / 2 + 0.25 if isinstance(default, float) else "other"
