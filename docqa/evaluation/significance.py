"""Confidence intervals and significance: the clustered bootstrap and the paired randomization test (pure)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docqa.datasets.pair import Pair

_RESAMPLES = 2_000
_STATISTIC_RESAMPLES = 1_000  # Of statistics that are recomputed for each resample, which is slow.
_PERMUTATIONS = 10_000
_BATCH = 500  # Resamples drawn at a time, to save memory.
_MIN_CLUSTERS = 10  # With fewer, bootstrap intervals are too narrow (Cameron, Gelbach & Miller 2008).

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The second reader's figure minus the first's, its 95% interval, and the p value of the null hypothesis."""

    difference: float
    interval: Interval | None
    p: float


def clusters(pairs: Sequence[Pair]) -> tuple[str, NDArray[np.int64]]:
    """The unit of resampling ("documents", "contexts" or "questions"), and each pair's unit, of shape (pairs,).

    Questions about one text are not independent. So the units are documents if there are at least ten, otherwise
    contexts, and single questions only if there are fewer than ten of both.
    """
    for name, keys in (
        ("documents", [pair.document for pair in pairs]),
        ("contexts", [pair.context for pair in pairs]),
    ):
        numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
        if len(numbers) >= _MIN_CLUSTERS:
            return name, np.array([numbers[key] for key in keys], dtype=np.int64)
    return "questions", np.arange(len(pairs), dtype=np.int64)


def interval_of_mean(values: Sequence[float], groups: NDArray[np.int64], seed: int = 0) -> Interval | None:
    """The 95% interval of the mean of `values`, by the percentile bootstrap over `groups`; None for a single group.

    Efron & Tibshirani 1993; over clusters: Field & Welsh 2007.
    """
    numbers, inverse = np.unique(groups, return_inverse=True)
    if len(numbers) < 2:
        return None
    sums = np.bincount(inverse, weights=np.asarray(values, dtype=float))
    sizes = np.bincount(inverse)
    return _percentiles([float(counts @ sums / (counts @ sizes)) for counts in _resamples(len(numbers), seed)])


def interval_of(
    statistic: Callable[[NDArray[np.int64]], float | None], groups: NDArray[np.int64], seed: int = 0
) -> Interval | None:
    """The 95% interval of any statistic, by the same bootstrap; None for a single group or an undefined statistic.

    `statistic` is called with the indexes of each resample's questions, repeated as often as they were drawn.
    """
    numbers, inverse = np.unique(groups, return_inverse=True)
    if len(numbers) < 2:
        return None
    everything = np.arange(len(groups))
    resamples = _resamples(len(numbers), seed, _STATISTIC_RESAMPLES)
    values = (statistic(np.repeat(everything, counts[inverse])) for counts in resamples)
    return _percentiles([value for value in values if value is not None])


def compare(first: Sequence[float], second: Sequence[float], groups: NDArray[np.int64], seed: int = 0) -> Comparison:
    """Test whether two readers differ, given a figure of each for every question.

    p is that of the two-sided paired randomization test over `groups`: how often a difference at least as large results
    from swapping the readers at random. Noreen 1989; Dror et al. 2018, "The hitchhiker's guide to testing statistical
    significance in natural language processing".
    """
    differences = np.asarray(second, dtype=float) - np.asarray(first, dtype=float)
    sums = np.bincount(np.unique(groups, return_inverse=True)[1], weights=differences)
    observed = abs(sums.sum())
    random = np.random.default_rng(seed)
    extreme = 0
    for _ in range(_PERMUTATIONS // _BATCH):
        signs = random.integers(0, 2, size=(_BATCH, len(sums)), dtype=np.int8) * 2 - 1
        # The tolerance keeps rounding from separating equal sums.
        extreme += int(np.count_nonzero(np.abs(signs @ sums) >= observed - 1e-7))
    return Comparison(
        float(differences.mean()),
        interval_of_mean(list(differences), groups, seed),
        (extreme + 1) / (_PERMUTATIONS + 1),
    )


def _resamples(count: int, seed: int, total: int = _RESAMPLES) -> Iterator[NDArray[np.int64]]:
    """How often each of `count` clusters is drawn, of shape (count,), for each of `total` resamples."""
    random = np.random.default_rng(seed)
    for _ in range(total // _BATCH):
        yield from random.multinomial(count, np.full(count, 1 / count), size=_BATCH)


def _percentiles(values: Sequence[float]) -> Interval | None:
    if not values:
        return None
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
