"""The benchmarks' building blocks: planted documents, interleaved measurements, ratios and claims."""

import random
import sys
from pathlib import Path

import pytest
from support.samples import ROOT

sys.path.insert(0, str(ROOT))

from benchmarks import growth, measuring, planted
from benchmarks.measuring import Claim, Worker
from docqa import documents
from docqa.documents import Source

ECHO = """
from benchmarks.worker import serve
serve(lambda: lambda command: print("no reply") or command + 1)
"""


@pytest.fixture
def small(tmp_path: Path) -> planted.Planted:
    return planted.write(tmp_path / "small.pdf", pages=4, seed=1, facts=8)


def test_planted_answers_stand_verbatim_in_the_parsed_document(small: planted.Planted) -> None:
    document = documents.parse(Source(str(small.file), small.file.read_bytes()))
    assert document.page_count == 4
    assert len(small.facts) == 8
    for fact in small.facts:
        assert document.text.count(fact.sentence) == 1
        assert fact.answer in fact.sentence
        assert fact.sentence not in fact.question


def test_a_page_has_about_550_words(small: planted.Planted) -> None:
    document = documents.parse(Source(str(small.file), small.file.read_bytes()))
    assert 450 < len(document.text.split()) / 4 < 650


def test_the_same_seed_gives_the_same_bytes(small: planted.Planted, tmp_path: Path) -> None:
    again = planted.write(tmp_path / "again.pdf", pages=4, seed=1, facts=8)
    assert again.file.read_bytes() == small.file.read_bytes()
    other = planted.write(tmp_path / "other.pdf", pages=4, seed=2, facts=8)
    assert {fact.answer for fact in other.facts} != {fact.answer for fact in small.facts}


def test_sides_take_turns_and_the_first_round_does_not_count() -> None:
    calls = []

    def variant(name: str):  # type: ignore[no-untyped-def]
        return lambda number: calls.append((number, name)) or float(10 * number + (name == "b"))

    times = measuring.interleaved({"a": variant("a"), "b": variant("b")}, rounds=2, settle=0)
    assert calls == [(0, "a"), (0, "b"), (1, "a"), (1, "b"), (2, "a"), (2, "b")]
    assert times == {"a": [10.0, 20.0], "b": [11.0, 21.0]}


def test_a_ratio_is_of_medians_and_has_its_spread() -> None:
    median, spread = measuring.ratio({"slow": [9.0, 10.0, 90.0], "fast": [1.0, 2.0, 3.0]}, "slow", "fast")
    assert (median, spread) == (5.0, (5.0, 30.0))


def test_a_claim_at_least_and_at_most() -> None:
    assert Claim("a", "b", ">=", 2, 2.0).holds
    assert not Claim("a", "b", ">=", 2, 1.9).holds
    assert Claim("a", "b", "<=", 2, 2.0).holds
    assert "FAILS" in measuring.table([Claim("a", "b", "<=", 2, 2.1)])


def test_a_side_replies_to_each_command_whatever_it_prints() -> None:
    with Worker([sys.executable, "-c", ECHO]) as worker:
        assert worker.loaded.output is None
        assert [worker.run(number).output for number in (1, 2)] == [2, 3]
        assert worker.run(0).peak > 1


def test_the_exponent_of_a_power_is_found() -> None:
    chance = random.Random(0)
    seconds = {float(n): 3 * n**1.5 * chance.uniform(0.99, 1.01) for n in (1, 2, 4, 8, 16)}
    assert growth.exponent(seconds) == pytest.approx(1.5, abs=0.05)
