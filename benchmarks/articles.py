"""Whole SQuAD articles as documents, for the quality benchmarks."""

import json
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docqa.collection import Collection
from docqa.config import Settings
from docqa.engine import Engine


@dataclass(frozen=True)
class Question:
    """A question, its accepted answers, and the index of its article."""

    text: str
    accepted: tuple[str, ...]
    article: int


def load(file: str, per_article: int, seed: int = 0) -> tuple[list[str], list[Question]]:
    """Return the articles' texts, and a random sample of answerable questions on each article."""
    articles = json.loads(Path(file).read_text(encoding="utf-8"))["data"]
    chance = random.Random(seed)
    texts, questions = [], []
    for number, article in enumerate(articles):
        texts.append("\n\n".join(paragraph["context"] for paragraph in article["paragraphs"]))
        asked = [
            Question(qa["question"], tuple(answer["text"] for answer in qa["answers"]), number)
            for paragraph in article["paragraphs"]
            for qa in paragraph["qas"]
            if qa["answers"]
        ]
        questions.extend(chance.sample(asked, min(per_article, len(asked))))
    return texts, questions


def collections(texts: list[str], settings: Settings) -> Iterator[Collection]:
    """Open each text as a separate document."""
    engine = Engine(settings)
    engine.load_in_background()
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            file = Path(folder) / f"{number}.txt"
            file.write_text(text, encoding="utf-8")
            yield engine.open([file])
