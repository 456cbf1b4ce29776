"""Fit a reader's calibration on one SQuAD file's articles, and measure it on another's.

    python -m benchmarks.calibration FIT_FILE MEASURE_FILE [QUESTIONS_PER_ARTICLE]

Each article is a document. To every two questions of its own comes one of another article's, which it can't answer.
Prints the coefficients for docqa.json, and for the measured file: the expected calibration error (ten bins of equal
size; Guo et al. 2017), the AUROC of answerable against unanswerable, and what each threshold would do.
"""

import random
import sys

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benchmarks.articles import collections, load
from docqa.config import Settings
from docqa.evaluation import f1
from docqa.retrieval import standardize

_Evidence = tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]


def main() -> None:
    """Print the fit and what it is worth."""
    per_article = int(sys.argv[3]) if len(sys.argv) > 3 else 6
    features, right, _ = _gather(sys.argv[1], per_article)
    model = LogisticRegression(C=1e3).fit(features, right)
    scale, prior = model.coef_[0]
    print(f"fitted on {len(right)} questions: scale {scale:.4f}, prior {prior:.4f}, bias {model.intercept_[0]:.4f}")
    features, right, answerable = _gather(sys.argv[2], per_article)
    probability = model.predict_proba(features)[:, 1]
    print(f"measured on {len(right)} questions, {answerable.sum()} of them answerable: {right.sum()} answered right")
    print(f"expected calibration error {100 * _calibration_error(probability, right):.1f} points")
    print(f"AUROC of abstention {roc_auc_score(answerable, probability):.3f}")
    for threshold in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6):
        shown = probability >= threshold
        print(
            f"threshold {threshold}: {shown[answerable].mean():6.1%} of the answerable answered, "
            f"{shown[~answerable].mean():6.1%} of the others; {right[shown].mean():6.1%} of the answers right"
        )


def _gather(file: str, per_article: int) -> _Evidence:
    """For each question (score, z) of the best span, whether it is right, whether there was anything to find."""
    texts, questions = load(file, per_article)
    chance = random.Random(1)
    rows, right, answerable = [], [], []
    for number, collection in enumerate(collections(texts, Settings(cache=False))):
        own = [question for question in questions if question.article == number]
        others = [question for question in questions if question.article != number]
        for question in (*own, *chance.sample(others, len(own) // 2)):
            score, z, text = _best(collection, question.text)
            accepted = question.accepted if question.article == number else ()
            rows.append((score, z))
            right.append(bool(accepted) and f1(text, accepted) >= 0.5)
            answerable.append(bool(accepted))
    return np.array(rows), np.array(right), np.array(answerable)


def _best(collection, question: str) -> tuple[float, float, str]:  # type: ignore[no-untyped-def]
    collection.engine.wait_until_loaded()
    settings = collection.engine.settings
    z = standardize(collection._retriever.scores(question))
    order = [int(i) for i in np.argsort(-z, kind="stable")[: settings.top_k_windows]]
    reader = collection.engine.reader
    spans = reader.read(reader.question_ids(question), [collection._window(i) for i in order], n_best=1)
    candidates = [collection._candidate(order[s.window], s.first, s.last, s.score, z) for s in spans]
    best = max(candidates, key=lambda candidate: candidate.score + candidate.z)
    return best.score, best.z, collection.documents[0].text[best.start : best.end]


def _calibration_error(probability: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    bins = np.array_split(np.argsort(probability), 10)
    return sum(len(one) / len(right) * abs(probability[one].mean() - right[one].mean()) for one in bins)


if __name__ == "__main__":
    main()
