"""Questions for a yes or no, a count, a comparison or a calculation: an answer is claimed only if it is stated."""

import json
import re
from pathlib import Path

import pytest
from support.samples import SHARED

from docqa import output
from docqa.array_store import ArrayStore
from docqa.collection import Collection
from docqa.config import Settings
from docqa.datasets import Gold, Pair
from docqa.engine import Engine
from docqa.evaluation import evaluate_collection, evaluate_contexts
from docqa.nonextractive import MESSAGES, NonExtractive, is_stated, nonextractive

QUESTIONS = Path(__file__).parent / "questions"

POLICY = """\
# Policy

The policy covers fire and storm. Flood damage is excluded unless the owner has paid the supplement of 40 euros.

In no event will fees be refunded. There are 64 rooms. Hedda Vance inspected the pump room on 4 May 2021.

| Site | State | Beds |
|---|---|---|
| Ardal | closed | 12 |
| Vikan | open | 20 |
| Moss | closed | 7 |

The kitchen has 20 square metres. The hall has 35 square metres. The church is older than the tower.
"""


def questions(name: str) -> list[str]:
    return (QUESTIONS / f"{name}.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("kind", list(NonExtractive))
def test_each_kind_is_told_in_many_wordings(kind: NonExtractive) -> None:
    asked = questions(kind)
    assert len(asked) >= 120
    assert {question: nonextractive(question) for question in asked} == dict.fromkeys(asked, kind)


def test_questions_for_a_span_are_none_of_them() -> None:
    asked = questions("extractive")
    assert len(asked) >= 120
    assert [question for question in asked if nonextractive(question)] == []


def test_marks_capitals_and_apostrophes_change_nothing() -> None:
    for kind in NonExtractive:
        for question in questions(kind):
            for changed in (question.upper(), question.replace("'", "’"), f"{question}?"):
                assert nonextractive(changed) is kind, changed


@pytest.mark.parametrize(
    ("question", "span", "before", "after", "stated"),
    [
        ("Does it cover floods?", "Flood damage is excluded", "", " unless paid.", True),
        ("Does it cover floods?", "No", "", "", True),
        ("Is there a crane?", "which could not follow the ship", "a fault in the crane, ", ".", False),
        ("Does it cover floods?", "flood damage", "It excludes ", ".", False),
        ("Can fees be refunded?", "fees can be refunded", "In no event ", ".", False),
        ("Are fees refunded?", "fees are refunded", "We do not think that ", ".", False),
        ("Are fees refunded?", "fees are refunded", "Nothing is lost. The ", ".", True),
        ("How many sites are there?", "Ardal and Moss", "", " are closed", False),
        ("How many sites are there?", "twelve", "", " sites", True),
        ("How many sites are there?", "none", "", "", True),
        ("How many of the sites are closed?", "12", "Ardal closed ", " Ardal Beds", False),
        ("How many of the sites are closed?", "12", "", " of our sites are closed", True),
        ("How many times is dredging mentioned?", "three times", "Dredging was interrupted ", ".", False),
        ("How often is the word shall used?", "three times", "The word occurs ", ".", True),
        ("Which is larger, the kitchen or the hall?", "The hall", "", " has 35 square metres", False),
        ("Which cost more, dredging or salaries?", "£1,000", "damage of more than ", "", False),
        ("Which is larger, the kitchen or the hall?", "The hall", "", " is larger than the kitchen", True),
        ("What is the sum of the rent and the deposit?", "640", "The rent is ", " euros", False),
        ("What is the sum of the rent and the deposit?", "1,280", "Rent and deposit total ", " euros", True),
        ("How much more does plan B cost than plan A?", "40 euros", "Plan A costs ", "", False),
        ("How much more does plan B cost than plan A?", "40 euros", "Plan B costs ", " more", True),
    ],
)
def test_a_span_is_an_answer_if_it_states_what_is_asked_for(
    question: str, span: str, before: str, after: str, stated: bool
) -> None:
    asked = nonextractive(question)
    assert asked is not None
    assert is_stated(question, asked, span, before, after) is stated


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """A document with the bundled models."""
    file = tmp_path_factory.mktemp("policy") / "policy.md"
    file.write_text(POLICY, encoding="utf-8")
    return Engine(Settings(device="cpu"), ArrayStore(None)).open([file])


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Is the kitchen larger than the hall?", NonExtractive.YES_NO),
        ("How many of the sites are closed?", NonExtractive.COUNT),
        ("Which is larger, the kitchen or the hall?", NonExtractive.COMPARISON),
        ("What is the total of the beds in Ardal and Moss?", NonExtractive.CALCULATION),
    ],
)
def test_what_is_not_stated_is_not_answered_and_the_passages_are_shown(
    policy: Collection, question: str, kind: NonExtractive
) -> None:
    result = policy.ask(question)
    assert result.withheld is not None
    assert (result.withheld.reason, result.withheld.message) == (kind, MESSAGES[kind])
    assert not result.answered
    assert result.answers == ()
    assert result.closest
    first, _, passages = output.as_text(result).partition("\n\n")
    assert first == f"{MESSAGES[kind]} (1 of 1 passages searched)"
    assert passages.startswith("passages that bear on it, best match first:")
    assert "policy.md, line" in passages
    assert not re.search(r"»|«|\d%", passages)
    assert json.loads(output.as_json([result]))["withheld"] == {"reason": kind, "message": MESSAGES[kind]}
    *_, found = policy.search(question)
    assert policy.best_by_document(found) == ()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Does the policy cover flood damage?", "excluded"),
        ("How many rooms are there?", "64"),
        ("Which is older, the church or the tower?", "church"),
        ("Who inspected the pump room?", "Hedda Vance"),
    ],
)
def test_what_is_stated_is_answered(policy: Collection, question: str, expected: str) -> None:
    result = policy.ask(question)
    assert result.withheld is None
    assert result.answered
    assert expected in result.answers[0].text


def test_an_evaluation_counts_a_withheld_answer_as_refused() -> None:
    context = POLICY.replace("|", " ")
    asked = [
        Pair("1", "Is the kitchen larger than the hall?", context, (Gold("35", context.index("35")),), ""),
        Pair("2", "How many rooms are there?", context, (Gold("64", context.index("64")),), ""),
    ]
    engine = Engine(Settings(device="cpu"), ArrayStore(None))
    alone = evaluate_contexts(engine.reader, asked)
    assert [one.probability > 0 for one in alone] == [False, True]


def test_an_evaluation_of_documents_does_so_too(policy: Collection) -> None:
    asked = [Pair("1", "What is the total of the beds in Ardal and Moss?", None, (Gold("19", -1),), "")]
    (one,) = evaluate_collection(policy, asked, {})
    assert one.prediction.probability == 0


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared data")
@pytest.mark.parametrize("name", ["dev/squad-v1.1-dev-a.json", "dev/squad-v2.0-dev-a.json"])
def test_few_questions_with_a_span_are_taken_for_one_of_them(name: str) -> None:
    """Counts are left out: nearly all state a number, and are answered."""
    articles = json.loads((SHARED / "data" / name).read_text(encoding="utf-8"))["data"]
    asked = [
        one["question"]
        for article in articles
        for paragraph in article["paragraphs"]
        for one in paragraph["qas"]
        if one["answers"]
    ]
    taken = [question for question in asked if nonextractive(question) not in {None, NonExtractive.COUNT}]
    assert len(taken) < 0.005 * len(asked), taken
