"""The general sample that ships with docqa, used to measure what a fine-tuned reader has forgotten."""

import json
from importlib.resources import files

import pytest


@pytest.fixture(scope="module")
def articles() -> list[dict]:
    sample = json.loads((files("docqa") / "general_sample.json").read_text(encoding="utf-8"))
    assert sample["version"] == "v2.0"
    return sample["data"]


@pytest.fixture(scope="module")
def asked(articles: list[dict]) -> list[tuple[str, dict]]:
    """Return every question with its paragraph."""
    return [(p["context"], qa) for article in articles for p in article["paragraphs"] for qa in p["qas"]]


def test_its_size(articles: list[dict], asked: list[tuple[str, dict]]) -> None:
    assert len({article["title"] for article in articles}) == 10
    assert [len(article["paragraphs"]) for article in articles] == [3] * 10
    for article in articles:
        for paragraph in article["paragraphs"]:
            assert 90 <= len(paragraph["context"].split()) <= 160
            assert [qa["is_impossible"] for qa in paragraph["qas"]].count(True) == 1
    assert sum(not qa["is_impossible"] for _, qa in asked) == 120
    assert sum(qa["is_impossible"] for _, qa in asked) == 30


def test_no_question_comes_twice(asked: list[tuple[str, dict]]) -> None:
    assert len({qa["id"] for _, qa in asked}) == len(asked)
    assert len({qa["question"].casefold() for _, qa in asked}) == len(asked)


def test_every_answer_stands_where_it_says(asked: list[tuple[str, dict]]) -> None:
    for context, qa in asked:
        for answer in qa["answers"]:
            start, text = answer["answer_start"], answer["text"]
            assert text == text.strip() != ""
            assert context[start : start + len(text)] == text, qa["id"]


def test_unanswerable_means_no_answers(asked: list[tuple[str, dict]]) -> None:
    for _, qa in asked:
        texts = [answer["text"] for answer in qa["answers"]]
        assert len(set(texts)) == len(texts)
        assert len(texts) == 0 if qa["is_impossible"] else 1 <= len(texts) <= 3, qa["id"]
