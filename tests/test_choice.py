"""The choice adds up: a probability is the sum of what its explanation says. Features mean the same everywhere."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docqa import explanation
from docqa.answer_kinds import AnswerKind, fits, kind_asked
from docqa.candidate_features import FEATURES, QuestionProfile, compare
from docqa.choice import ChoiceModel, Curve
from docqa.documents import Document, Source, parse
from docqa.ranking import Candidate, Evidence

TEXT = (
    "# Rates\n\nThe rate for boats is 4.2 per cent. The rate for barges is 7 per cent.\n\n"
    "# Crew\n\nAnna Holm kept the lamp at Skagen. Nobody else kept it, said Anna Holm."
)
DOCUMENT: Document = parse(Source("a.md", TEXT.encode()))

LOGITS = st.floats(-30, 30)


@st.composite
def choices(draw: st.DrawFn) -> ChoiceModel:
    curves = {}
    for name in draw(st.lists(st.sampled_from(FEATURES), unique=True)):
        knots = sorted(draw(st.lists(st.integers(-20, 20), min_size=1, max_size=6, unique=True)))
        values = draw(st.lists(LOGITS, min_size=len(knots), max_size=len(knots)))
        curves[name] = Curve(tuple(map(float, knots)), tuple(values))
    return ChoiceModel(draw(LOGITS), curves)


def features_of(*candidates: Candidate, question: str = "Who kept the lamp?") -> dict[str, list[float]]:
    profile = QuestionProfile.of(question)
    return {name: values.tolist() for name, values in compare([profile.found(c, DOCUMENT) for c in candidates]).items()}


def at(text: str, score: float = 0.0, *, after: int = 0, rank: int = 0) -> Candidate:
    start = DOCUMENT.text.index(text, after)
    return Candidate(0, start, start + len(text), score, rank)


@given(choices(), st.lists(st.lists(st.floats(-25, 25), min_size=len(FEATURES), max_size=len(FEATURES)), max_size=4))
def test_an_explanation_adds_up_to_the_probability(choice: ChoiceModel, rows: list[list[float]]) -> None:
    columns = {name: np.array([row[i] for row in rows]) for i, name in enumerate(FEATURES)}
    for scored in choice.score([at("lamp")] * len(rows), columns):
        facts = explanation.as_dict(scored.evidence)
        logit = facts["bias"] + sum(reason["logits"] for reason in facts["reasons"])
        assert scored.probability == pytest.approx(1 / (1 + math.exp(-max(-60, min(60, logit)))))
        first, *reasons, total = (float(line.split()[0]) for line in explanation.lines(scored.evidence))
        assert first + sum(reasons) == pytest.approx(total, abs=0.005 * (len(reasons) + 2))


@given(choices(), st.integers(20, 120))
def test_a_short_explanation_fits_and_adds_up(choice: ChoiceModel, width: int) -> None:
    (scored,) = choice.score([at("lamp")], {name: np.array([1.0]) for name in FEATURES})
    text = explanation.short(scored.evidence, width)
    assert len(text) <= width
    if text:
        numbers = [float(number) for number in re.findall(r"[+-]\d+\.\d", text)]
        assert sum(numbers) == pytest.approx(scored.evidence.logit, abs=0.05 * len(numbers) + 1e-9)


def test_every_feature_can_be_said_in_words() -> None:
    for value in (-12.0, -1.0, 0.0, 1.0):
        evidence = Evidence(0.0, FEATURES, (value,) * len(FEATURES), (0.5,) * len(FEATURES))
        assert len(explanation.lines(evidence)) == len(FEATURES) + 2


def test_a_plus_for_being_below_a_rival_says_why() -> None:
    for value, logits, words in (
        (-0.5, 0.5, "+0.50  its score is only 0.5 below that of the best rival"),
        (-9.0, -2.0, "-2.00  its score is 9.0 below that of the best rival"),
        (3.1, 0.5, "+0.50  its score is 3.1 above that of the best rival"),
    ):
        assert explanation.lines(Evidence(0.0, ("lead",), (value,), (logits,)))[1] == words


def test_more_of_what_speaks_for_an_answer_makes_it_more_probable() -> None:
    choice = ChoiceModel(0.0, {"score": Curve((-10.0, 10.0), (-2.0, 2.0))})
    probabilities = [
        scored.probability
        for scored in choice.score([at("lamp")] * 5, {"score": np.array([-99.0, -10.0, 0.0, 10.0, 99.0])})
    ]
    assert probabilities == sorted(probabilities)
    assert probabilities[0] == probabilities[1]  # Outside its knots a curve is constant.
    rescaled = choice.for_scale(0.66)  # Of such a reader's scores, half are worth as much.
    (one,) = rescaled.score([at("lamp")], {"score": np.array([5.0])})
    assert one.probability == probabilities[3]


def test_an_answer_leads_over_what_is_elsewhere_and_says_something_else() -> None:
    found = features_of(
        at("Anna Holm", 5), at("Anna Holm", 3, after=DOCUMENT.text.index("Nobody")), at("Holm kept", 4), at("lamp", 1)
    )
    assert found["lead"] == [4, -1, 1, -4]  # "Holm kept" is no rival of the name that it overlaps.
    assert found["support"][:2] == [3, 5]
    assert found["support"][2] == found["support"][3] < -10


def test_what_stands_around_an_answer_counts_and_where_it_was_found() -> None:
    close, far = at("4.2 per cent", rank=0), at("Skagen", rank=3)
    found = features_of(close, far, question="What is the rate for boats in 2031?")
    assert found["near"][0] > found["near"][1]
    assert found["rank"] == [0, 2]
    assert found["missing"] == [1, 1]  # The year is nowhere.
    assert found["length"][0] > found["length"][1]


def test_features_do_not_depend_on_the_length_of_the_document() -> None:
    long = parse(Source("a.md", (TEXT + "\n\n# Rest\n\n" + "Nothing of note happened. " * 400).encode()))
    profile = QuestionProfile.of("Who kept the lamp?")
    assert profile.found(at("Anna Holm"), DOCUMENT) == profile.found(at("Anna Holm"), long)


@pytest.mark.parametrize(
    ("question", "kind", "right", "wrong"),
    [
        ("How much does silver cost?", AnswerKind.AMOUNT, "$5,000", "silver members"),
        ("when is it due", AnswerKind.DATE, "5 June 2024", "the office"),
        ("How long is the warranty period?", AnswerKind.DURATION, "two years", "the seller"),
        ("What percentage of ships left?", AnswerKind.PERCENTAGE, "11.8 %", "most of them"),
        ("How many boats are there?", AnswerKind.NUMBER, "twelve", "several"),
        ("Who may terminate?", AnswerKind.NAME, "the Customer", "4.2"),
        ("Why did it sink?", AnswerKind.REASON, "because the pumps had failed", "1858"),
        ("maximum weight", AnswerKind.MEASURE, "12 kg", "the trolley"),
    ],
)
def test_a_question_asks_for_a_kind_of_answer(question: str, kind: AnswerKind, right: str, wrong: str) -> None:
    assert kind_asked(question) is kind
    assert fits(right, kind) == 1 > fits(wrong, kind)
    assert fits(right, AnswerKind.ANY) == 0
