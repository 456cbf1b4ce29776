"""SQuAD's measures, on the cases that the official script is known for."""

import pytest

from docqa.evaluation import exact_match, f1


@pytest.mark.parametrize(
    ("prediction", "accepted", "exact", "overlap"),
    [
        ("the Fox", ["fox!"], 1, 1),
        ("brown fox", ["fox"], 0, 2 / 3),
        ("cat", ["fox"], 0, 0),
        ("fox", ["brown fox", "fox"], 1, 1),
        ("", [], 1, 1),
        ("fox", [], 0, 0),
        ("", ["fox"], 0, 0),
        ("the the", ["the"], 1, 1),
    ],
)
def test_exact_match_and_f1(prediction: str, accepted: list[str], exact: float, overlap: float) -> None:
    assert exact_match(prediction, accepted) == exact
    assert f1(prediction, accepted) == pytest.approx(overlap)
