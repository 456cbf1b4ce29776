"""Altered questions: what they ask is no longer in their passage."""

import random

from hypothesis import given
from hypothesis import strategies as st

from docqa.training.adversarial_questions import adversarial_question

_CONTEXT = "In 1858 the keeper, Anna Holm, sailed from Bergen to Larvik and lit the lamp for the first time."
_ELSEWHERE = "The mill of Oslo burned in 1911, and Peder Lund rebuilt it."


def _all(question: str, answers: tuple[str, ...] = ()) -> set[str | None]:
    return {adversarial_question(question, _CONTEXT, answers, _ELSEWHERE, random.Random(seed)) for seed in range(60)}


def test_a_name_becomes_another_of_the_passage_or_of_elsewhere() -> None:
    assert _all("Who sailed from Bergen?") == {
        *("Who sailed from Anna Holm?", "Who sailed from Larvik?"),
        *("Who sailed from Oslo?", "Who sailed from Peder Lund?"),
    }


def test_what_the_answer_names_is_never_put_in() -> None:
    assert _all("Who sailed from Bergen?", ("Anna Holm",)) == {
        *("Who sailed from Larvik?", "Who sailed from Oslo?", "Who sailed from Peder Lund?")
    }


def test_a_number_becomes_another() -> None:
    assert _all("Who lit it in 1858?") == {"Who lit it in 1911?"}


def test_a_word_becomes_its_opposite() -> None:
    assert _all("When was the lamp lit for the first time?") == {"When was the lamp lit for the last time?"}


def test_a_question_with_nothing_to_change_is_left_out() -> None:
    assert _all("Who lit the lamp?") == {None}


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=20), st.text(max_size=80), st.integers(0, 9))
def test_any_text_gives_another_question_or_none(
    question: str, context: str, answer: str, elsewhere: str, seed: int
) -> None:
    made = adversarial_question(question, context, [answer], elsewhere, random.Random(seed))
    assert made is None or made != question
