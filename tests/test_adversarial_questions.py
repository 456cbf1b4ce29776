"""Adversarial questions: questions that their passage doesn't answer."""

import random

from hypothesis import given
from hypothesis import strategies as st

from docqa.training.adversarial_questions import adversarial_question

_CONTEXT = "In 1858 the keeper, Anna Holm, sailed from Bergen to Larvik and lit the lamp for the first time."
_OTHER_CONTEXT = "The mill of Oslo burned in 1911, and Peder Lund rebuilt it."


def _variants(question: str, answers: tuple[str, ...] = ()) -> set[str | None]:
    return {
        adversarial_question(question, _CONTEXT, answers, _OTHER_CONTEXT, random.Random(seed)) for seed in range(60)
    }


def test_a_name_is_replaced_by_another_from_either_context() -> None:
    assert _variants("Who sailed from Bergen?") == {
        *("Who sailed from Anna Holm?", "Who sailed from Larvik?"),
        *("Who sailed from Oslo?", "Who sailed from Peder Lund?"),
    }


def test_a_name_in_an_answer_is_never_used() -> None:
    assert _variants("Who sailed from Bergen?", ("Anna Holm",)) == {
        *("Who sailed from Larvik?", "Who sailed from Oslo?", "Who sailed from Peder Lund?")
    }


def test_a_number_is_replaced_by_another() -> None:
    assert _variants("Who lit it in 1858?") == {"Who lit it in 1911?"}


def test_a_word_is_replaced_by_its_antonym() -> None:
    assert _variants("When was the lamp lit for the first time?") == {"When was the lamp lit for the last time?"}


def test_a_question_with_nothing_to_replace_gives_none() -> None:
    assert _variants("Who lit the lamp?") == {None}


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=20), st.text(max_size=80), st.integers(0, 9))
def test_any_text_gives_another_question_or_none(
    question: str, context: str, answer: str, other_context: str, seed: int
) -> None:
    adversarial = adversarial_question(question, context, [answer], other_context, random.Random(seed))
    assert adversarial is None or adversarial != question
