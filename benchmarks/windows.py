"""Window length, overlap and windows read: F1 and EM of the first answer on whole articles, and relative cost.

    python -m benchmarks.windows SQUAD_FILE [QUESTIONS_PER_ARTICLE]

Cost is processor time, relative to the first row. The table that it printed is in benchmarks/README.md; the best
row is docqa's default.
"""

import sys
import time
from collections import defaultdict

from benchmarks.articles import collections, load
from docqa.config import Settings
from docqa.evaluation import exact_match, f1

# (max_seq_length, doc_stride): 40 tokens of a sequence are the question's.
_GRID = [(168, 64), (384, 128), (232, 64), (296, 96), (512, 128), (104, 24)]
_MOST_READ = 16  # Windows; answers come after every 8.


def main() -> None:
    """Print the table."""
    per_article = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    texts, questions = load(sys.argv[1], per_article)
    print(f"{len(questions)} questions over {len(texts)} articles")
    print(f"{'length/stride':>14} {'read':>5} {'F1':>6} {'EM':>6} {'cost':>6}")
    unit = 0.0
    for length, stride in _GRID:
        settings = Settings(
            max_seq_length=length, doc_stride=stride, top_k_windows=_MOST_READ, threshold=0, cache=False, top=1
        )
        overlap, exact, cost = defaultdict(list), defaultdict(list), defaultdict(float)
        for number, collection in enumerate(collections(texts, settings)):
            collection.engine.wait_until_loaded()
            for question in (q for q in questions if q.article == number):
                began = time.process_time()
                for result in collection.ask_progressively(question.text):
                    read = -(-result.windows_read // 8) * 8  # A short article may have fewer than were asked for.
                    cost[read] += time.process_time() - began
                    overlap[read].append(f1(result.answers[0].text, question.accepted))
                    exact[read].append(exact_match(result.answers[0].text, question.accepted))
        for read in sorted(overlap):
            unit = unit or cost[read]
            means = [100 * sum(values[read]) / len(values[read]) for values in (overlap, exact)]
            print(
                f"{length:>9}/{stride:<4} {read:>5} {means[0]:6.1f} {means[1]:6.1f} {cost[read] / unit:5.2f}×", flush=True
            )


if __name__ == "__main__":
    main()
