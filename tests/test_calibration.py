"""Fitted probabilities are calibrated, and small or degenerate data does no harm."""

import numpy as np
import pytest
from support.scoring import BY_SCORE

from docqa.candidate_features import FEATURES
from docqa.choice import ChoiceModel
from docqa.evaluation.calibration import MIN_QUESTIONS, LabeledCandidate, bins, expected_error, fit, threshold_for
from docqa.ranking import Candidate

ANEW = ChoiceModel()


def labeled(score: float, lead: float, right: bool) -> LabeledCandidate:
    return LabeledCandidate(
        Candidate(0, 0, 1, score), dict.fromkeys(FEATURES, 0.0) | {"score": score, "lead": lead}, right
    )


def drawn(count: int, seed: int = 0) -> list[list[LabeledCandidate]]:
    """Questions of one span each, right with a probability of 1 / (1 + exp(3 - 0.4 score - 0.2 lead))."""
    chance = np.random.default_rng(seed)
    found = []
    for score, lead in zip(chance.normal(3, 5, count), chance.normal(0, 5, count), strict=True):
        right = bool(chance.random() < _true(score, lead))
        found.append([labeled(float(score), float(lead), right)])
    return found


def _true(score: float, lead: float) -> float:
    return float(1 / (1 + np.exp(3 - 0.4 * score - 0.2 * lead)))


def probabilities(choice: ChoiceModel, asked: list[list[LabeledCandidate]]) -> list[float]:
    features = {name: np.array([one[0].features[name] for one in asked]) for name in FEATURES}
    return [one.probability for one in choice.score([one[0].candidate for one in asked], features)]


def test_it_finds_the_probabilities_that_made_the_data() -> None:
    asked = drawn(4000)
    fitted = fit(asked, [number % 50 for number in range(4000)], ANEW)
    new = drawn(500, seed=1)
    wanted = [_true(one[0].features["score"], one[0].features["lead"]) for one in new]
    assert np.abs(np.array(probabilities(fitted.choice, new)) - wanted).mean() < 0.03
    assert fitted.error_after < 0.03 < fitted.error_before
    assert (fitted.questions, fitted.kept, fitted.choice.threshold) == (4000, "", ANEW.threshold)


def test_a_fit_is_the_same_every_time() -> None:
    assert fit(drawn(300), range(300), ANEW) == fit(drawn(300), range(300), ANEW)


def test_a_few_dozen_pairs_give_no_absurd_fit() -> None:
    # Perfectly separable: without a penalty the curve would be infinitely steep.
    asked = [[labeled(6.0 if number % 2 else -6.0, 0.0, bool(number % 2))] for number in range(24)]
    fitted = fit(asked, range(24), BY_SCORE)
    assert not fitted.kept
    low, high = min(probabilities(fitted.choice, asked)), max(probabilities(fitted.choice, asked))
    assert 0.001 < low < 0.1
    assert 0.5 < high < 0.99


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
def test_without_enough_information_the_choice_is_kept(asked: list[list[LabeledCandidate]], why: str) -> None:
    fitted = fit(asked, range(len(asked)), BY_SCORE)
    assert why in fitted.kept
    assert fitted.choice == BY_SCORE
    assert fitted.error_after == fitted.error_before


def test_the_threshold_is_the_lowest_that_is_precise_enough() -> None:
    probability = [number / 100 for number in range(100)]
    right = [number >= 40 for number in range(100)]
    threshold, reached = threshold_for(probability, right, 0.75)
    assert reached
    shown = [fine for p, fine in zip(probability, right, strict=True) if p >= threshold]
    assert sum(shown) / len(shown) >= 0.75
    assert threshold == pytest.approx(0.20)
    fitted = fit(drawn(2000), [number % 40 for number in range(2000)], ANEW, min_precision=0.9)
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
