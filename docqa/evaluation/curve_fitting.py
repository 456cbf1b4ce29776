"""Fitting the curves of a choice: penalized logistic regression (pure).

Hat functions at quantiles of a feature, with penalties on the differences between neighbouring values, after Eilers &
Marx (1996), "Flexible smoothing with B-splines and penalties". The loss is convex: the fit is the same every time.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from docqa.choice import ChoiceModel, Curve

_KNOTS = 6
_ENDS = 0.03  # Share of the candidates beyond the outer knots, where a curve is constant.
_DECIMALS = 3

# Penalties, as inverse variances in logits: of a curve's difference between its ends, if it is a line, and of its
# bends. Nothing else is as informative as the reader's scores, and they alone are free of them. A fit that starts from
# another one doesn't depart far from it without evidence.
_SLOPE, _BENDS = 20.0, 1.0
_SCORES = ("score", "lead")
_SLOPE_OF_SCORES, _BENDS_OF_SCORES = 0.02, 0.1
_SLOPE_OF_REFIT, _BIAS_OF_REFIT = 1.0, 1.0
_LEVEL = 0.05  # Of each value: it decides what the bias has and what the curves.

_STEPS = 30
_CONVERGED = 1e-6


def fit_curves(
    features: Mapping[str, NDArray[np.float64]],
    right: NDArray[np.float64],
    weights: NDArray[np.float64],
    present: ChoiceModel,
) -> ChoiceModel:
    """Fit a curve for each feature to which candidates are right.

    All arrays have the shape (candidates,); `right` is 1 or 0. The penalties are on what differs from `present`.
    """
    refit = bool(present.curves)
    knots = {name: _knots(values) for name, values in features.items()}
    before = [np.array([present.bias])] + [
        present.curves[name](knots[name]) if name in present.curves else np.zeros(len(knots[name])) for name in features
    ]
    design = np.concatenate([np.ones((len(right), 1)), *(_hats(features[n], knots[n]) for n in features)], axis=1)
    penalty = _block_diagonal(
        [np.array([[_BIAS_OF_REFIT if refit else 0.0]]), *(_penalty(n, len(knots[n]), refit=refit) for n in features)]
    )
    centre = np.concatenate(before)
    found = _minimize(design, right, weights, penalty, centre)
    bias, curves, first = float(found[0]), {}, 1
    for name in features:
        values = found[first : first + len(knots[name])]
        first += len(knots[name])
        # Centred, so that the bias is a usual candidate's logit, and contributions are what is unusual about one.
        usual = float(np.average(np.interp(features[name], knots[name], values), weights=weights))
        bias += usual
        curves[name] = Curve(tuple(knots[name].tolist()), tuple(np.round(values - usual, _DECIMALS).tolist()))
    return ChoiceModel(round(bias, _DECIMALS), curves, present.threshold)


def _knots(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles of a feature; fewer where they are equal, one if all values are."""
    quantiles = np.unique(np.quantile(values, np.linspace(_ENDS, 1 - _ENDS, _KNOTS)).round(_DECIMALS))
    return quantiles if len(quantiles) > 1 else np.unique([values.min(), values.max()])


def _hats(values: NDArray[np.float64], knots: NDArray[np.float64]) -> NDArray[np.float64]:
    """The hat functions of the knots at the values, of shape (values, knots): weights of linear interpolation."""
    return np.stack([np.interp(values, knots, one) for one in np.eye(len(knots))], axis=1)


def _penalty(name: str, count: int, *, refit: bool) -> NDArray[np.float64]:
    """The penalty on `count` values of a curve, as the matrix of a quadratic form."""
    free = name in _SCORES
    slope = (_SLOPE_OF_REFIT if refit else _SLOPE_OF_SCORES) if free else _SLOPE
    bends = _BENDS_OF_SCORES if free else _BENDS
    first = np.diff(np.eye(count), axis=0)
    second = np.diff(np.eye(count), n=2, axis=0)
    segments = max(1, count - 1)
    matrix: NDArray[np.float64] = (
        slope * segments * first.T @ first + bends * segments**2 * second.T @ second + _LEVEL * np.eye(count)
    )
    return matrix


def _block_diagonal(blocks: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    size = sum(len(block) for block in blocks)
    matrix = np.zeros((size, size))
    first = 0
    for block in blocks:
        matrix[first : first + len(block), first : first + len(block)] = block
        first += len(block)
    return matrix


def _minimize(
    design: NDArray[np.float64],
    right: NDArray[np.float64],
    weights: NDArray[np.float64],
    penalty: NDArray[np.float64],
    centre: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Newton's method for the weighted log loss and the penalty on the distance from `centre`."""
    found = centre.copy()
    for _ in range(_STEPS):
        probability = 1 / (1 + np.exp(-np.clip(design @ found, -60, 60)))
        gradient = design.T @ (weights * (probability - right)) + penalty @ (found - centre)
        curvature = (design * (weights * probability * (1 - probability))[:, None]).T @ design + penalty
        # The bias alone is not penalized in a first fit, and all candidates may be surely right.
        step = np.linalg.solve(curvature + 1e-9 * np.eye(len(found)), gradient)
        found -= step
        if np.abs(step).max() < _CONVERGED:
            break
    return found
