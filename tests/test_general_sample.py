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
    """Ten texts of prose with 15 questions each, then 28 documents of the kinds that people have, with 12."""
    assert len({article["title"] for article in articles}) == len(articles) == 38
    for number, article in enumerate(articles):
        prose = number < 10
        assert len(article["paragraphs"]) == (3 if prose else 2)
        impossible = [qa["is_impossible"] for paragraph in article["paragraphs"] for qa in paragraph["qas"]]
        assert (len(impossible), sum(impossible)) == ((15, 3) if prose else (12, 4)), article["title"]
        for paragraph in article["paragraphs"]:
            assert (90 if prose else 70) <= len(paragraph["context"].split()) <= 190, article["title"]
    assert (len(asked), sum(qa["is_impossible"] for _, qa in asked)) == (486, 142)


def test_its_tables_are_written_as_docqa_writes_them(articles: list[dict]) -> None:
    lines = [line for article in articles for p in article["paragraphs"] for line in p["context"].split("\n")]
    rows = [line.strip() for line in lines if "  " in line.strip()]
    assert len(rows) > 100
    assert not [row for row in rows if "   " in row or "\t" in row]


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
