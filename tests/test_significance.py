"""Confidence intervals and tests: against normal theory, and clustered against single questions."""

import numpy as np
import pytest
from numpy.typing import NDArray

from docqa.datasets import Pair
from docqa.evaluation.significance import clusters, compare, interval_of, interval_of_mean


def pair(name: str, document: str, context: str) -> Pair:
    return Pair(name, "Who?", context, (), document)


def test_the_interval_of_a_statistic_is_that_of_the_mean_where_it_is_the_mean() -> None:
    values = np.random.default_rng(0).normal(5, 2, 80)
    groups = np.arange(80) // 4

    def mean(indexes: NDArray[np.int64]) -> float:
        return float(values[indexes].mean())

    assert interval_of(mean, groups) == pytest.approx(interval_of_mean(list(values), groups), abs=0.1)
    assert interval_of(mean, np.zeros(80, dtype=int)) is None
    assert interval_of(lambda _: None, groups) is None


def test_questions_on_one_text_are_drawn_together() -> None:
    values = [100.0] * 50 + [0.0] * 50
    apart = interval_of_mean(values, np.arange(100))
    together = interval_of_mean(values, np.repeat(np.arange(10), 10))
    assert apart is not None
    assert together is not None
    assert apart == pytest.approx((50 - 1.96 * 5, 50 + 1.96 * 5), abs=2)
    assert together[1] - together[0] > 2 * (apart[1] - apart[0])
    assert interval_of_mean(values, np.zeros(100, dtype=int)) is None
    assert interval_of_mean(values, np.arange(100)) == apart


def test_clusters_are_documents_else_contexts_else_questions() -> None:
    documents = [pair(str(n), f"d{n // 2}", f"c{n}") for n in range(20)]
    assert clusters(documents)[0] == "documents"
    assert list(clusters(documents)[1]) == [n // 2 for n in range(20)]
    assert clusters(documents[:18])[0] == "contexts"
    assert clusters(documents[:9])[0] == "questions"


def test_a_comparison_tells_a_difference_from_chance() -> None:
    groups = np.arange(60)
    chance = np.random.default_rng(0)
    first = chance.integers(0, 2, 60).astype(float)
    same = compare(list(first), list(chance.permutation(first)), groups)
    assert same.difference == pytest.approx(0)
    assert same.p > 0.5
    better = compare(list(first), [max(value, 0.3) for value in first], groups)
    assert better.difference > 0
    assert better.p < 0.001
    assert better.interval is not None
    assert better.interval[0] > 0
    # The same gain, all in one of two documents, may be chance.
    assert compare([0.0] * 60, [1.0] * 30 + [0.0] * 30, np.repeat([0, 1], 30)).p > 0.3
