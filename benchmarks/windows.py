"""F1, EM and cost on whole articles, by window length, overlap and number of windows read.

    python -m benchmarks.windows SQUAD_FILE [QUESTIONS_PER_ARTICLE]

F1 and EM are those of the best answer; cost is processor time relative to the first row. Results, and the defaults
chosen from them, are in benchmarks/README.md.
"""

import sys
import time

from benchmarks.articles import collections, load
from docqa.config import Settings
from docqa.evaluation.metrics import exact_match, f1

# (max_seq_length, doc_stride, top_k_windows). A sequence reserves 40 tokens for the question.
_GRID = [
    (232, 64, 10),
    (384, 128, 10),
    (168, 64, 10),
    (296, 96, 10),
    (384, 128, 5),
    (384, 128, 20),
    (512, 128, 10),
    (104, 24, 10),
]


def main() -> None:
    """Print the table."""
    per_article = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    texts, questions = load(sys.argv[1], per_article)
    print(f"{len(questions)} questions over {len(texts)} articles")
    print(f"{'length/stride':>14} {'read':>5} {'F1':>6} {'EM':>6} {'in windows':>11} {'cost':>6}")
    first = 0.0
    for length, stride, top_k in _GRID:
        settings = Settings(
            max_seq_length=length, doc_stride=stride, top_k_windows=top_k, threshold=0, cache=False, top=1
        )
        scores, exact, spent = [], [], 0.0
        found = []
        for number, collection in enumerate(collections(texts, settings)):
            for question in (q for q in questions if q.article == number):
                began = time.process_time()
                result = collection.ask(question.text)
                spent += time.process_time() - began
                scores.append(f1(result.answers[0].text, question.accepted))
                exact.append(exact_match(result.answers[0].text, question.accepted))
                found.append(_in_windows(collection, question.text, question.accepted, top_k))
        first = first or spent
        row = [100 * sum(values) / len(values) for values in (scores, exact, found)]
        print(
            f"{length:>9}/{stride:<4} {top_k:>5} {row[0]:6.1f} {row[1]:6.1f} {row[2]:10.1f}% {spent / first:5.2f}×",
            flush=True,
        )


def _in_windows(collection, question, accepted, top_k) -> bool:  # type: ignore[no-untyped-def]
    """Return whether one of the windows read contains an accepted answer."""
    order = collection._retriever.scores(question).argsort()[::-1][:top_k]
    document, windows = collection.opened[0].document, collection.opened[0].windows
    texts = [document.text[slice(*windows.span(int(i)))] for i in order]
    return any(answer in text for text in texts for answer in accepted)


if __name__ == "__main__":
    main()
