"""The bundled reader on the sample documents: the accuracy that the README claims."""

import json

import pytest
from support.samples import SAMPLES

from docqa.array_store import ArrayStore
from docqa.config import Settings
from docqa.engine import Collection, Engine
from docqa.evaluation.metrics import exact_match, f1

QUESTIONS = json.loads((SAMPLES / "questions.json").read_text(encoding="utf-8"))


def accepted(question: dict[str, object]) -> list[str]:
    answer = question["answer"]
    return [answer] if isinstance(answer, str) else list(answer or [])


@pytest.fixture(scope="module")
def apart(sample_collection: Collection) -> dict[str, Collection]:
    """Each sample document as a separate collection, by the name its questions use."""
    return {
        one.document.name.rpartition("/")[2]: Collection(sample_collection.engine, [one])
        for one in sample_collection.opened
    }


def test_the_first_answer_is_right_for_three_questions_in_four(apart: dict[str, Collection]) -> None:
    answerable = [question for question in QUESTIONS if question["answer"]]
    right, wrong_page = [], []
    for question in answerable:
        first = apart[question["document"]].ask(question["question"]).answers[0]
        correct = max(exact_match(first.text, accepted(question)), f1(first.text, accepted(question))) >= 0.5
        right.append(correct)
        if correct and question["page"] and first.page != question["page"]:
            wrong_page.append(question["id"])
    print(f"{sum(right)} of {len(right)} first answers are right")
    assert len(answerable) >= 40
    assert sum(right) / len(right) >= 0.75
    assert len(wrong_page) <= 1  # A fact may be on two pages.


def test_it_abstains_more_often_where_there_is_no_answer(apart: dict[str, Collection]) -> None:
    threshold = Engine(Settings(), ArrayStore(None)).choice.threshold
    shown: dict[bool, list[bool]] = {True: [], False: []}
    some = [question for question in QUESTIONS if question["answer"]][::3]
    for question in some + [question for question in QUESTIONS if not question["answer"]]:
        first = apart[question["document"]].ask(question["question"]).answers[0]
        shown[bool(question["answer"])].append(first.probability >= threshold)
    refused = [not answered for answered in shown[False]]
    print(
        f"{sum(shown[True])} of {len(shown[True])} answerable questions answered, "
        f"{sum(refused)} of {len(refused)} unanswerable ones refused"
    )
    assert sum(shown[True]) / len(shown[True]) > 1.5 * sum(shown[False]) / len(shown[False])


def test_every_accepted_answer_stands_in_its_document(apart: dict[str, Collection]) -> None:
    for question in QUESTIONS:
        text = " ".join(apart[question["document"]].documents[0].text.split())
        assert all(" ".join(answer.split()) in text for answer in accepted(question)), question["id"]
    assert sum(not question["answer"] for question in QUESTIONS) >= 5
