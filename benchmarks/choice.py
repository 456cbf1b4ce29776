"""Fit a reader's choice anew: to questions asked of their own document, and of all documents at once.

    python -m benchmarks.choice READER OUT --pairs PAIRS... [--documents LIST] [--threshold 0.3]

PAIRS are JSON lists of objects with `question`, `answer` (a text, a list of texts, or null) and `document` (a path
relative to the file). LIST names the documents to use, one a line, as the end of their paths. OUT gets the reader's
docqa.json with the new calibration. The reader must not have been trained on any of it.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from docqa import config
from docqa.choice import ChoiceModel
from docqa.datasets.pair import Gold, Pair
from docqa.engine import Engine
from docqa.evaluation import DocumentQuestions, EvaluatedQuestion, evaluate_collection, evaluate_documents
from docqa.evaluation.calibration import CalibrationFit, fit
from docqa.files import write_json_object
from docqa.models import metadata
from docqa.reader.reader_choice import record_of


def read_pairs(files: Sequence[str], documents: Sequence[str] | None) -> list[Pair]:
    """The pairs of several files about the documents that are named by the ends of their paths; None for all."""
    pairs = []
    for file in files:
        for number, one in enumerate(json.loads(Path(file).read_text(encoding="utf-8"))):
            path = str(Path(file).parent.resolve() / one["document"])
            if documents is None or any(path.endswith(f"/{name}") for name in documents):
                answer = one["answer"]
                texts = [] if answer is None else [answer] if isinstance(answer, str) else answer
                golds = tuple(Gold(text, -1) for text in texts)
                pairs.append(Pair(f"{file}:{number}", one["question"], None, golds, document=path))
    return pairs


def ask(engine: Engine, pairs: Sequence[Pair]) -> list[EvaluatedQuestion]:
    """Ask each question of its own document, and of all documents at once."""
    paths = sorted({pair.document for pair in pairs})
    own = [DocumentQuestions(path, None, tuple(pair for pair in pairs if pair.document == path)) for path in paths]
    alone = evaluate_documents(engine, own)
    collection = engine.open(paths)
    named = dict(zip(paths, collection.documents, strict=True))
    return alone + evaluate_collection(collection, pairs, named)


def fit_anew(evaluated: Sequence[EvaluatedQuestion], threshold: float) -> CalibrationFit:
    """Fit a choice that starts from nothing."""
    numbers = {name: number for number, name in enumerate(sorted({one.pair.document for one in evaluated}))}
    groups = [numbers[one.pair.document] for one in evaluated]
    return fit([one.candidates for one in evaluated], groups, ChoiceModel(threshold=threshold))


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reader")
    parser.add_argument("out", type=Path)
    parser.add_argument("--pairs", nargs="+", required=True)
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--threshold", type=float, default=0.3)
    arguments = parser.parse_args()
    names = arguments.documents.read_text(encoding="utf-8").split() if arguments.documents else None
    engine = Engine(config.load({"reader": arguments.reader}))
    fitted = fit_anew(ask(engine, read_pairs(arguments.pairs, names)), arguments.threshold)
    written = replace(engine.reader.model.metadata, calibration=record_of(fitted.choice), calibrated=fitted.origin())
    write_json_object(arguments.out, metadata.to_json(written))
    print(
        f"{fitted.questions} questions, {fitted.right} best answers right, calibration error {fitted.error_after:.3f}"
    )
    print(f"at {arguments.threshold:.0%}: {fitted.shown:.0%} get an answer, {fitted.precision or 0:.0%} of them right")


if __name__ == "__main__":
    main()
