"""Mix files: which pairs of which files are trained on, and what they weigh."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from docqa import datasets
from docqa.datasets import Gold, MixEntry, Pair, mix
from docqa.errors import DocqaError
from docqa.models import loading
from docqa.progress import Monitor
from docqa.training.dataset import collate
from docqa.training.features import make_features
from docqa.training.hyperparameters import TrainingConfig
from docqa.training.job import Job, prepare

_CONTEXT = "Report {}. The lighthouse at Skagen was built in 1858. Its keeper, Anna Holm, lived there for 31 years."
_ASKED = (("When was it built?", "1858"), ("Who kept it?", "Anna Holm"), ("How long?", "31 years"))


def _file(folder: Path, name: str, contexts: int) -> Path:
    """Three questions about each context."""
    records = [
        {"question": question, "context": _CONTEXT.format(f"{name} {number}"), "answer": answer, "title": f"r{number}"}
        for number in range(contexts)
        for question, answer in _ASKED
    ]
    file = folder / name
    file.write_text(json.dumps(records), encoding="utf-8")
    return file


def _mix(folder: Path, text: str) -> str:
    file = folder / "mix.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


_BOTH = """
[[pairs]]
file = "mine.json"

[[pairs]]
file = "general/all.json"
max_per_context = 2
share = 0.25
weight = 0.5
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "general").mkdir()
    _file(tmp_path, "mine.json", 10)
    _file(tmp_path / "general", "all.json", 20)
    return tmp_path


def test_a_mix_takes_a_share_a_number_per_context_and_a_weight(folder: Path) -> None:
    data = prepare(Job((_mix(folder, _BOTH),), TrainingConfig(), "mixed"), Monitor())
    pairs = data.train + data.test
    mine = [pair for pair in pairs if pair.file == str(folder / "mine.json")]
    general = [pair for pair in pairs if pair.file == str(folder / "general" / "all.json")]
    assert (len(mine), {pair.weight for pair in mine}) == (30, {1.0})
    assert (len(general), {pair.weight for pair in general}) == (10, {0.5})  # A quarter of 2 × 20.
    assert max(sum(pair.context == each.context for pair in general) for each in general) <= 2
    assert [(each.pairs, each.used) for each in data.mix] == [(30, 30), (60, 10)]
    assert mix.as_text(data.mix).splitlines() == [
        "mine.json  30 of 30 pairs  weight 1",
        "all.json   10 of 60 pairs  weight 0.5",
    ]
    assert {Path(file).name for file in data.digests} == {"mix.toml", "mine.json", "all.json"}


def test_a_mix_and_a_file_of_pairs_are_trained_on_together(folder: Path) -> None:
    listed = _mix(folder, '[[pairs]]\nfile = "general/all.json"\nshare = 0.1\n')
    data = prepare(Job((str(folder / "mine.json"), listed), TrainingConfig(), "mixed"), Monitor())
    assert [each.used for each in data.mix] == [30, 6]


def test_what_is_taken_depends_on_the_seed_and_not_on_the_order() -> None:
    pairs = [Pair(str(n), f"Which {n}?", f"One {n}.", (Gold("One", 0),), file="a") for n in range(40)]
    entries = (MixEntry("a", share=0.3),)

    def taken(of: list[Pair], seed: int) -> set[str]:
        return {pair.id for pair in mix.draw(of, entries, seed)[0]}

    assert len(taken(pairs, 0)) == 12
    assert taken(pairs, 0) == taken(pairs[::-1], 0) != taken(pairs, 1)


def test_a_pair_in_two_files_is_of_the_first(folder: Path) -> None:
    (folder / "copy.json").write_text((folder / "mine.json").read_text(encoding="utf-8"), encoding="utf-8")
    loaded = datasets.load([folder / "mine.json", folder / "copy.json"])
    assert {pair.file for pair in loaded.pairs} == {str(folder / "mine.json")}


def test_the_weight_counts_in_the_loss(tiny_reader: Path) -> None:
    context = "The lighthouse was built in 1858."
    pair = Pair("1", "When?", context, (Gold("1858", context.index("1858")),), weight=0.25)
    tokenizer = loading.load_tokenizer(tiny_reader)
    features = make_features([pair, replace(pair, weight=1.0)], tokenizer, 512, TrainingConfig(negatives=0))
    batch = collate([(feature, feature.start, feature.end) for feature in features], 512)
    assert batch["weight"].tolist() == [0.25, 1.0]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "lists no files of pairs", "[[pairs]]"),
        ("pairs = 3", "lists no files of pairs", "[[pairs]]"),
        ("[[pairs]\n", "is not valid TOML", "[[pairs]]"),
        ('files = ["a"]\n', "'files' is unknown", "[[pairs]]"),
        ("[[pairs]]\nshare = 0.5\n", "[[pairs]] 1 has no file", "[[pairs]]"),
        ('[[pairs]]\nfile = "nothing.json"\n', "[[pairs]] 1: there is no file", "paths are relative to"),
        ('[[pairs]]\nfile = "mine.json"\nwieght = 2\n', "'wieght' is unknown", "did you mean weight?"),
        ('[[pairs]]\nfile = "mine.json"\nshare = 1.5\n', "share is 1.5", "a number above 0, up to 1"),
        ('[[pairs]]\nfile = "mine.json"\nshare = "all"\n', "share is 'all'", "a number above 0, up to 1"),
        ('[[pairs]]\nfile = "mine.json"\nmax_per_context = 0\n', "max_per_context is 0", "a whole number from 1"),
        ('[[pairs]]\nfile = "mine.json"\nmax_per_context = 1.5\n', "max_per_context is 1.5", "a whole number from 1"),
        ('[[pairs]]\nfile = "mine.json"\nweight = inf\n', "weight is inf", "a number above 0"),
        ('[[pairs]]\nfile = "mine.json"\nweight = true\n', "weight is True", "a number above 0"),
        ('[[pairs]]\nfile = "mine.json"\n[[pairs]]\nfile = "./mine.json"\n', "mine.json is listed twice", "a weight"),
    ],
)
def test_a_mistake_is_told_with_its_place(folder: Path, text: str, message: str, hint: str) -> None:
    with pytest.raises(DocqaError) as caught:
        mix.expand([_mix(folder, text)])
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


def test_a_mix_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DocqaError, match="does not exist"):
        mix.expand([str(tmp_path / "mix.toml")])
