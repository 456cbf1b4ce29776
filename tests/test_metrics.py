"""Metrics: SQuAD's against the official scripts, the others against their definitions."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from support import official_scripts

from docqa.datasets import Gold, Pair
from docqa.evaluation.metrics import (
    Prediction,
    QuestionOutcome,
    auroc,
    best_thresholds,
    coverage,
    exact_match,
    f1,
    outcomes,
    recall_at,
    scores,
)


def pair(name: str, *accepted: str, document: str = "", context: str = "") -> Pair:
    return Pair(name, "Who?", context, tuple(Gold(text, -1) for text in accepted), document)


def predicted(name: str, text: str, probability: float = 0.5, **more: Any) -> Prediction:
    return Prediction(name, text, probability, **more)


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


# A small vocabulary, so that answers often overlap, including words that normalization removes.
TEXT = st.lists(st.sampled_from(["the", "A", "fox", "Fox's", "brown", "dog", "%", "12", "é"]), max_size=4).map(" ".join)
GOLD = TEXT.filter(bool)
ASKED = st.tuples(TEXT, st.sampled_from([0.0, 0.2, 0.5, 0.7, 1.0]))


def squad(golds: list[list[str]]) -> list[Any]:
    asked = [
        {"id": str(number), "answers": [{"text": text} for text in accepted]} for number, accepted in enumerate(golds)
    ]
    return [{"paragraphs": [{"qas": asked}]}]


@given(st.lists(st.tuples(ASKED, st.lists(GOLD, min_size=1, max_size=3)), min_size=1, max_size=8))
@settings(deadline=None)
def test_scores_are_those_of_the_official_script_for_v1(asked: list[Any]) -> None:
    pairs = [pair(str(number), *accepted) for number, (_, accepted) in enumerate(asked)]
    predictions = [predicted(str(number), text, p) for number, ((text, p), _) in enumerate(asked)]
    reference = official_scripts.evaluate_1(
        squad([golds for _, golds in asked]), {one.id: one.text for one in predictions}
    )
    found = scores(predictions, pairs)
    assert (found.exact, found.f1) == pytest.approx((reference["exact_match"], reference["f1"]))
    assert found.no_answer is None
    assert found.has_answer is not None
    assert found.has_answer.total == found.total == len(pairs)


@given(
    st.lists(st.tuples(ASKED, st.lists(GOLD, max_size=3)), max_size=8),
    ASKED,
    st.sampled_from([0.0, 0.3, 0.5, 0.9]),
)
@settings(deadline=None)
def test_scores_are_those_of_the_official_script_for_v2(asked: list[Any], other: Any, threshold: float) -> None:
    asked = [*asked, (other, [])]  # v2.0 has unanswerable questions.
    pairs = [pair(str(number), *accepted) for number, (_, accepted) in enumerate(asked)]
    predictions = [predicted(str(number), text, p) for number, ((text, p), _) in enumerate(asked)]
    data = squad([golds for _, golds in asked])
    shown = {one.id: one.text if one.probability >= threshold else "" for one in predictions}
    reference = official_scripts.evaluate_2(data, shown)
    found = scores(predictions, pairs, threshold)
    assert (found.exact, found.f1) == pytest.approx((reference["exact"], reference["f1"]))
    for part, prefix in ((found.has_answer, "HasAns"), (found.no_answer, "NoAns")):
        if part is None:
            assert f"{prefix}_exact" not in reference
        else:
            expected = [reference[f"{prefix}_{name}"] for name in ("exact", "f1", "total")]
            assert [part.exact, part.f1, part.total] == pytest.approx(expected)
    every = {one.id: one.text for one in predictions}
    none = {one.id: 1 - one.probability for one in predictions}
    reference = official_scripts.evaluate_2(data, every, none)
    for best, name in zip(best_thresholds(predictions, pairs), ("exact", "f1"), strict=True):
        assert best.value == pytest.approx(reference[f"best_{name}"])
        assert best.threshold == pytest.approx(1 - reference[f"best_{name}_thresh"])


def test_the_outcomes_tell_whose_miss_it_was() -> None:
    pairs = [pair(name, "fox") for name in "abcde"] + [pair("f"), pair("g")]
    predictions = [
        predicted("a", "the fox", 0.9, found=1, read=8),
        predicted("b", "fox", 0.1, found=1, read=8),
        predicted("c", "dog", 0.9, found=9, read=8),
        predicted("d", "dog", 0.9, found=8, read=8),
        predicted("e", "dog", 0.1, found=0, read=8),
        predicted("f", "dog", 0.9),
        predicted("g", "dog", 0.1),
    ]
    assert outcomes(predictions, pairs, 0.5) == [
        QuestionOutcome.RIGHT,
        QuestionOutcome.ABSTAINED,
        QuestionOutcome.RETRIEVAL_MISSED,
        QuestionOutcome.READER_MISSED,
        QuestionOutcome.RETRIEVAL_MISSED,
        QuestionOutcome.WRONGLY_ANSWERED,
        QuestionOutcome.REFUSED,
    ]
    assert outcomes([predicted("a", "dog")], [pairs[0]], 0) == [QuestionOutcome.READER_MISSED]  # Nothing was retrieved.
    assert recall_at(predictions, (1, 8, 10)) == {1: 0.4, 8: 0.6, 10: 0.8}
    assert recall_at([predicted("a", "dog")], (1,)) == {}


def test_risk_and_coverage() -> None:
    pairs = [pair("a", "fox"), pair("b", "fox"), pair("c"), pair("d")]
    predictions = [predicted("a", "fox", 0.9), predicted("b", "dog", 0.7), predicted("c", "cat", 0.6)]
    predictions.append(predicted("d", "", 0.0))  # No span means no answer at any threshold.
    low, high, none = coverage(predictions, pairs, [0.0, 0.8, 1.0])
    assert (low.answered, low.right, low.answerable, low.unanswerable) == (0.75, 1 / 3, 1.0, 0.5)
    assert (high.answered, high.right, high.answerable, high.unanswerable) == (0.25, 1.0, 0.5, 0.0)
    assert (none.answered, none.right) == (0.0, None)
    assert coverage(predictions[:2], pairs[:2], [0.0])[0].unanswerable is None


PROBABILITIES = st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.5, 0.5000001, 1.0]), st.booleans()), min_size=2)


@given(PROBABILITIES)
@settings(deadline=None)
def test_auroc_is_the_area_under_the_roc_curve(asked: list[tuple[float, bool]]) -> None:
    pairs = [pair(str(number), *(["fox"] if answerable else [])) for number, (_, answerable) in enumerate(asked)]
    predictions = [predicted(one.id, "x", p) for one, (p, _) in zip(pairs, asked, strict=True)]
    answerable = [fine for _, fine in asked]
    if len(set(answerable)) < 2:
        assert auroc(predictions, pairs) is None
    else:
        assert auroc(predictions, pairs) == pytest.approx(roc_auc_score(answerable, [p for p, _ in asked]))
