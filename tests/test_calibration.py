"""Fitted probabilities are calibrated, and small or degenerate data does no harm."""

import numpy as np
import pytest

from docqa.evaluation.calibration import MIN_QUESTIONS, LabeledCandidate, bins, expected_error, fit, threshold_for
from docqa.ranking import Calibration, Candidate

TRUE = Calibration(scale=0.6, prior=0.1, bias=-1.0)


def labeled(score: float, z: float, right: bool) -> LabeledCandidate:
    return LabeledCandidate(Candidate(0, 0, 1, score, z), right)


def drawn(count: int, seed: int = 0) -> list[list[LabeledCandidate]]:
    """Return questions of one span each, correct with the probability that `TRUE` gives."""
    chance = np.random.default_rng(seed)
    found = []
    for score, z in zip(chance.normal(3, 5, count), chance.normal(2, 1, count), strict=True):
        right = bool(chance.random() < TRUE.probability(score, z))
        found.append([labeled(float(score), float(z), right)])
    return found


def test_it_finds_the_coefficients_that_made_the_data() -> None:
    asked = drawn(4000)
    fitted = fit(asked, [number % 50 for number in range(4000)], Calibration())
    assert fitted.calibration.scale == pytest.approx(TRUE.scale, abs=0.06)
    assert fitted.calibration.bias == pytest.approx(TRUE.bias, abs=0.3)
    assert fitted.error_after < 0.03 < fitted.error_before
    assert fitted.calibration.threshold == Calibration().threshold
    assert (fitted.questions, fitted.kept) == (4000, "")


def test_the_best_candidate_of_each_question_counts() -> None:
    # The decoys score below each question's best span, and are all correct.
    asked = [[labeled(one[0].candidate.score - 4, one[0].candidate.retrieval_z, True), *one] for one in drawn(300)]
    assert fit(asked, range(300), Calibration()).calibration == fit(drawn(300), range(300), Calibration()).calibration


def test_a_few_dozen_pairs_give_no_absurd_fit() -> None:
    # Perfectly separable: without a prior the scale would be infinite.
    asked = [[labeled(6.0 if number % 2 else -6.0, 2.0, bool(number % 2))] for number in range(24)]
    fitted = fit(asked, range(24), Calibration())
    assert not fitted.kept
    assert 0.3 <= fitted.calibration.scale <= 0.6
    # Higher scores for wrong answers are noise: the scale doesn't become negative.
    upside_down = [[labeled(-one[0].candidate.score, 2.0, one[0].right)] for one in asked]
    assert fit(upside_down, range(24), Calibration()).calibration.scale > 0


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (drawn(MIN_QUESTIONS - 1), "needs at least"),
        ([[labeled(5.0, 1.0, True)]] * 30, "all best answers are right"),
        ([[labeled(5.0, 1.0, False)]] * 30, "all best answers are wrong"),
        ([], "questions, not 0"),
        ([[]] * 40, "questions, not 0"),
    ],
)
def test_without_enough_information_the_calibration_is_kept(asked: list[list[LabeledCandidate]], why: str) -> None:
    present = Calibration(scale=0.4)
    fitted = fit(asked, range(len(asked)), present)
    assert why in fitted.kept
    assert fitted.calibration == present
    assert fitted.error_after == fitted.error_before


def test_the_threshold_is_the_lowest_that_is_precise_enough() -> None:
    probability = [number / 100 for number in range(100)]
    right = [number >= 40 for number in range(100)]
    threshold, reached = threshold_for(probability, right, 0.75)
    assert reached
    shown = [fine for p, fine in zip(probability, right, strict=True) if p >= threshold]
    assert sum(shown) / len(shown) >= 0.75
    assert threshold == pytest.approx(0.20)
    fitted = fit(drawn(2000), [number % 40 for number in range(2000)], Calibration(), min_precision=0.9)
    assert fitted.reached
    assert fitted.precision is not None
    assert 0.9 <= fitted.precision < 0.93
    assert 0 < fitted.shown < 1


def test_a_precision_that_cannot_be_had_gives_the_best_that_can() -> None:
    right = [number % 2 == 0 for number in range(80)] + [number % 4 != 0 for number in range(20)]
    threshold, reached = threshold_for([number / 100 for number in range(100)], right, 0.99)
    assert not reached
    assert threshold >= 0.75


def test_the_calibration_error_is_the_mean_gap_of_ten_equal_bins() -> None:
    assert expected_error([0.0] * 50 + [1.0] * 50, [False] * 50 + [True] * 50) == 0
    assert expected_error([0.9] * 100, [number % 2 == 0 for number in range(100)]) == pytest.approx(0.4)
    assert [one.count for one in bins([0.1 * n for n in range(25)], [True] * 25)] == [3] * 5 + [2] * 5
    assert len(bins([0.5], [True])) == 1
