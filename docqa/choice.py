"""The choice: how likely a candidate is right, as a sum of what speaks for and against it (pure).

A generalized additive model (Hastie & Tibshirani 1986) with a logistic link: each feature's contribution is a curve of
its value, the contributions are logits, and their sum is the probability's. So an explanation is exact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from docqa.ranking import Candidate, Evidence, ScoredCandidate

_IN_READER_UNITS = ("score", "lead", "support")  # Differences of logits, and readers differ in their scale.
DEFAULT_SCALE = 0.33
"""Logits of probability that one logit of a reader's score was worth where that is not known otherwise."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A piecewise linear function: `values` at `knots`, which ascend, and constant outside them."""

    knots: tuple[float, ...]
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        """Raise `ValueError` if the numbers don't make a function."""
        if not self.knots or len(self.knots) != len(self.values):
            raise ValueError("a curve needs as many values as knots, and at least one")
        if any(a >= b for a, b in zip(self.knots, self.knots[1:], strict=False)):
            raise ValueError("the knots of a curve must ascend")

    def __call__(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """The function's values, of the shape of `x`."""
        return np.interp(x, self.knots, self.values)


@dataclass(frozen=True, slots=True)
class ChoiceModel:
    """Probability = 1 / (1 + exp(-(bias + Σ curve(feature)))); a feature without a curve contributes nothing.

    `curves` are by the names in `docqa.candidate_features.FEATURES`.
    """

    bias: float = 0.0
    curves: Mapping[str, Curve] = field(default_factory=dict)
    threshold: float = 0.5
    """docqa abstains below this probability. 0 to 1."""

    def score(
        self, candidates: Sequence[Candidate], features: Mapping[str, NDArray[np.float64]]
    ) -> list[ScoredCandidate]:
        """The candidates with their probabilities. Features are arrays of shape (candidates,), by name."""
        if not candidates:
            return []
        names = tuple(features)
        none = np.zeros(len(candidates))
        contributions = np.stack([self.curves[n](features[n]) if n in self.curves else none for n in names], axis=1)
        values = np.stack([features[name] for name in names], axis=1)
        evidence = [
            Evidence(self.bias, names, tuple(value), tuple(logits))
            for value, logits in zip(values.tolist(), contributions.tolist(), strict=True)
        ]
        return [ScoredCandidate(candidate, each) for candidate, each in zip(candidates, evidence, strict=True)]

    def for_scale(self, scale: float) -> "ChoiceModel":
        """The same choice for a reader of whose score one logit is worth `scale` logits of probability."""
        factor = DEFAULT_SCALE / scale
        rescaled = {
            name: Curve(tuple(knot * factor for knot in self.curves[name].knots), self.curves[name].values)
            for name in _IN_READER_UNITS
            if name in self.curves
        }
        return replace(self, curves={**self.curves, **rescaled})
