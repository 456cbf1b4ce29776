"""The bundled reader on the sample documents: the accuracy that the README claims, the same answers as ever, and that
what it cites is where it is cited.
"""

import json
import sys

import pytest
from support.samples import ROOT, SAMPLES

sys.path.insert(0, str(ROOT))

from benchmarks import citations, drift
from benchmarks.citations import Checked
from docqa.answers import Answer, Result
from docqa.array_store import ArrayStore
from docqa.config import Settings
from docqa.documents import Document
from docqa.engine import Engine
from docqa.evaluation.metrics import exact_match, f1

pytestmark = pytest.mark.timeout(900)  # The first test waits for the answers to all questions.
QUESTIONS = json.loads((SAMPLES / "questions.json").read_text(encoding="utf-8"))


def accepted(question: dict[str, object]) -> list[str]:
    answer = question["answer"]
    return [answer] if isinstance(answer, str) else list(answer or [])


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    """The sample documents, by the name their questions use."""
    return {}


@pytest.fixture(scope="module")
def results(documents: dict[str, Document]) -> dict[str, Result]:
    """What docqa finds for each question, by its id, in its own document."""
    engine = Engine(Settings(device="cpu", precision="float32"), ArrayStore(None))
    collections = {name: engine.open([SAMPLES / name]) for name in {question["document"] for question in QUESTIONS}}
    documents.update({name: collection.documents[0] for name, collection in collections.items()})
    return {question["id"]: collections[question["document"]].ask(question["question"]) for question in QUESTIONS}


def first(result: Result) -> Answer:
    found = result.answers[0] if result.answers else result.most_probable
    assert found is not None
    return found


def test_the_first_answer_is_right_for_three_questions_in_four(results: dict[str, Result]) -> None:
    answerable = [question for question in QUESTIONS if question["answer"]]
    right, wrong_page = [], []
    for question in answerable:
        found = first(results[question["id"]])
        correct = max(exact_match(found.text, accepted(question)), f1(found.text, accepted(question))) >= 0.5
        right.append(correct)
        if correct and question["page"] and found.page != question["page"]:
            wrong_page.append(question["id"])
    print(f"{sum(right)} of {len(right)} first answers are right")
    assert len(answerable) >= 40
    assert sum(right) / len(right) >= 0.75
    assert len(wrong_page) <= 1  # A fact may be on two pages.


def test_it_abstains_more_often_where_there_is_no_answer(results: dict[str, Result]) -> None:
    shown: dict[bool, list[bool]] = {True: [], False: []}
    for question in QUESTIONS:
        shown[bool(question["answer"])].append(results[question["id"]].answered)
    refused = [not answered for answered in shown[False]]
    print(
        f"{sum(shown[True])} of {len(shown[True])} answerable questions answered, "
        f"{sum(refused)} of {len(refused)} unanswerable ones refused"
    )
    assert sum(shown[True]) / len(shown[True]) > 1.5 * sum(shown[False]) / len(shown[False])


def test_every_accepted_answer_stands_in_its_document(
    results: dict[str, Result], documents: dict[str, Document]
) -> None:
    for question in QUESTIONS:
        text = " ".join(documents[question["document"]].text.split())
        assert all(" ".join(answer.split()) in text for answer in accepted(question)), question["id"]
    assert sum(not question["answer"] for question in QUESTIONS) >= 5


def test_answers_are_those_that_were_kept(results: dict[str, Result]) -> None:
    found = [drift.first_answer(question["document"], results[question["id"]]) for question in QUESTIONS]
    changed = drift.differences(drift.golden(), found)
    assert not changed, "\n".join(["See CONTRIBUTING.md, “Golden answers”.", *changed])


def test_what_is_cited_is_there_by_another_library(results: dict[str, Result], documents: dict[str, Document]) -> None:
    checked = Checked()
    for name, document in documents.items():
        citations.check(document, [results[one["id"]] for one in QUESTIONS if one["document"] == name], checked)
    assert not checked.notes
    assert checked.citations.total() > 150
    assert checked.line_numbers.total() > 300
    assert checked.on_one_page > 100, "most texts stand on one page alone: these checks say something"
