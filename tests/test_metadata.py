"""docqa.json is validated on reading, and writing it preserves unknown keys."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from docqa import paths
from docqa.choice import ChoiceModel, Curve
from docqa.errors import DocqaError
from docqa.models import metadata
from docqa.models.metadata import CalibrationRecord, HubSource, ModelMetadata
from docqa.models.registry import ModelKind, find
from docqa.reader.reader import Reader
from docqa.reader.reader_choice import choice_of, record_of


def put(folder: Path, contents: object) -> Path:
    (folder / "docqa.json").write_text(json.dumps(contents), encoding="utf-8")
    return folder


def test_a_folder_without_docqa_json_has_empty_metadata(tmp_path: Path) -> None:
    assert metadata.read(tmp_path) == ModelMetadata()
    assert metadata.read_json(tmp_path) == {}


def test_what_is_missing_has_its_default(tmp_path: Path, tiny_reader: Path) -> None:
    reader = shutil.copytree(tiny_reader, tmp_path / "reader")
    put(reader, {"calibration": {"scale": 2}})
    model = find(str(reader), ModelKind.READER)
    assert model.metadata == ModelMetadata(calibration=CalibrationRecord(scale=2.0))
    bundled = choice_of(find("bundled", ModelKind.READER))
    assert choice_of(model) == bundled.for_scale(2)
    assert choice_of(model, 0.7).threshold == 0.7
    assert Reader(model, "cpu").length_penalty == 0


@pytest.mark.parametrize("kind", ["reader", "retriever"])
def test_the_bundled_models_files_are_read_whole(kind: str) -> None:
    folder = paths.bundled_models_dir() / kind
    assert metadata.to_json(metadata.read(folder)) == metadata.read_json(folder)


@pytest.mark.parametrize("contents", ["{", "[]", "\udcff"])
def test_a_file_that_is_not_a_json_object_is_an_error_of_one_line(tmp_path: Path, contents: str) -> None:
    (tmp_path / "docqa.json").write_bytes(contents.encode(errors="surrogateescape"))
    with pytest.raises(DocqaError, match=r"docqa\.json") as caught:
        metadata.read(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("contents", "key", "expected"),
    [
        ({"length_penalty": "short"}, "length_penalty", "a number"),
        ({"length_penalty": -1}, "length_penalty", "a number from 0"),
        ({"length_penalty": True}, "length_penalty", "a number"),
        ({"fusion_weight": float("nan")}, "fusion_weight", "a number"),
        ({"kind": "table"}, "kind", '"reader" or "encoder"'),
        ({"source": "hub"}, "source", "an object"),
        ({"calibration": {"scale": "2"}}, "calibration.scale", "a number"),
        ({"calibration": {"scale": 0}}, "calibration.scale", "a number above 0"),
        ({"calibration": {"curves": {"score": {"knots": 1}}}}, "calibration.curves.score.knots", "a list"),
        ({"calibration": {"curves": {"score": {"knots": ["1"]}}}}, "calibration.curves.score.knots[0]", "a number"),
        ({"calibration": {"threshold": 30}}, "calibration.threshold", "a number from 0 to 1"),
        ({"training": {"counts": {"train": 1.5}}}, "training.counts.train", "a whole number"),
        ({"training": {"data": {"pairs.json": 7}}}, "training.data.pairs.json", "a string"),
        ({"training": {"metrics": {"after": {"test": []}}}}, "training.metrics.after.test", "an object"),
    ],
)
def test_a_wrong_value_is_reported_with_file_key_and_what_was_expected(
    tmp_path: Path, contents: dict[str, Any], key: str, expected: str
) -> None:
    with pytest.raises(DocqaError) as caught:
        metadata.read(put(tmp_path, contents))
    assert caught.value.message.startswith(f"{tmp_path / 'docqa.json'}: {key} is ")
    assert caught.value.message.endswith(f"should be {expected}")


def test_a_choice_comes_back_from_the_file_as_it_was(tmp_path: Path, tiny_reader: Path) -> None:
    reader = shutil.copytree(tiny_reader, tmp_path / "reader")
    choice = ChoiceModel(
        -1.5, {"score": Curve((-3.0, 0.0, 9.0), (-1.0, 0.25, 2.0)), "rank": Curve((0.0,), (0.5,))}, 0.3
    )
    metadata.write(reader, ModelMetadata(calibration=record_of(choice)))
    assert choice_of(find(str(reader), ModelKind.READER)) == choice


@pytest.mark.parametrize("curve", [{}, {"knots": [1, 2], "values": [0]}, {"knots": [2, 1], "values": [0, 1]}])
def test_a_curve_that_is_none_is_an_error(tmp_path: Path, tiny_reader: Path, curve: dict[str, Any]) -> None:
    reader = shutil.copytree(tiny_reader, tmp_path / "reader")
    put(reader, {"calibration": {"curves": {"lead": curve}}})
    with pytest.raises(DocqaError, match=r"docqa\.json: calibration\.curves\.lead is wrong"):
        choice_of(find(str(reader), ModelKind.READER))


def test_a_misspelt_calibration_is_not_ignored(tmp_path: Path) -> None:
    with pytest.raises(DocqaError, match="unknown key, 'treshold'"):
        metadata.read(put(tmp_path, {"calibration": {"treshold": 0.5}}))


def test_unknown_keys_survive_a_rewrite_and_none_removes_a_key(tmp_path: Path) -> None:
    put(tmp_path, {"note": {"kept": [1]}, "length_penalty": 0.1, "fusion_weight": 0.5})
    metadata.write(tmp_path, replace(metadata.read(tmp_path), fusion_weight=None, source=HubSource("a/b", "c")))
    assert metadata.read_json(tmp_path) == {
        "note": {"kept": [1]},
        "length_penalty": 0.1,
        "source": {"repo": "a/b", "revision": "c"},
    }


@pytest.mark.parametrize("value", [10**400, -(10**400), float("nan"), float("inf"), "x" * 10**6, [], {"a": []}, True])
@pytest.mark.parametrize("key", ["length_penalty", "fusion_weight", "calibration", "languages", "source", "training"])
def test_a_hostile_value_is_an_error_in_few_words(tmp_path: Path, key: str, value: object) -> None:
    try:
        metadata.read(put(tmp_path, {key: value}))
    except DocqaError as error:
        assert key in error.message
        assert len(error.message) < 400 + len(str(tmp_path))
    else:
        assert value in ([], {"a": []}), "only what is empty, or unknown, may pass"


@pytest.mark.parametrize("contents", ["[" * 10**5, '{"a":' * 10**5, "9" * 10**4, '{"length_penalty": 1e999}'])
def test_hostile_json_is_an_error(tmp_path: Path, contents: str) -> None:
    (tmp_path / "docqa.json").write_text(contents)
    with pytest.raises(DocqaError, match=r"docqa\.json"):
        metadata.read(tmp_path)
