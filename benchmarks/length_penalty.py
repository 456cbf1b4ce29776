"""EM and F1 for several values of a reader's `length_penalty`, each question on its own context.

    python -m benchmarks.length_penalty PAIRS READER_FOLDER [QUESTIONS]

Choose the value on pairs that the reader was trained on, never on evaluation data. Results: benchmarks/README.md.
"""

import random
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from docqa import datasets
from docqa.evaluation import evaluate_contexts
from docqa.evaluation.metrics import exact_match, f1
from docqa.models import metadata
from docqa.models.registry import ModelKind, find
from docqa.progress import Monitor
from docqa.reader.reader import Reader

_PENALTIES = (0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15)


def main() -> None:
    """Print the table."""
    pairs = [pair for pair in datasets.load([sys.argv[1]], Monitor()).pairs if pair.answers]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
    pairs = random.Random(0).sample(pairs, min(count, len(pairs)))
    print(f"{len(pairs)} questions")
    print(f"{'penalty':>8} {'EM':>6} {'F1':>6} {'words':>6}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "reader"
        shutil.copytree(sys.argv[2], folder)
        for penalty in _PENALTIES:
            metadata.write(folder, replace(metadata.read(folder), length_penalty=penalty))
            reader = Reader(find(str(folder), ModelKind.READER))
            predictions = [prediction.text for prediction in evaluate_contexts(reader, pairs)]
            accepted = [[gold.text for gold in pair.answers] for pair in pairs]
            exact = sum(exact_match(text, golds) for text, golds in zip(predictions, accepted, strict=True))
            overlap = sum(f1(text, golds) for text, golds in zip(predictions, accepted, strict=True))
            words = sum(len(text.split()) for text in predictions)
            print(
                f"{penalty:8.2f} {100 * exact / len(pairs):6.2f} {100 * overlap / len(pairs):6.2f} "
                f"{words / len(pairs):6.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
