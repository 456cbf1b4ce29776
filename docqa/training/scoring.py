"""How right a reader is before and after training: the two figures that decide whether it is used."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from docqa import datasets, paths
from docqa.config import Settings
from docqa.datasets import Pair
from docqa.documents import Document
from docqa.engine import Engine
from docqa.evaluation import evaluate_contexts, evaluate_documents, group_by_document
from docqa.evaluation.metrics import Prediction, best_thresholds, scores
from docqa.models.registry import Model
from docqa.progress import Monitor


def score_reader(
    model: Model, test: Sequence[Pair], documents: Mapping[str, Document], settings: Settings, monitor: Monitor
) -> dict[str, Any]:
    """EM and F1, in percent, on the `test` pairs and on the "general" sample: what a reader forgets, it forgets of it.

    Pairs that bring a context are asked of it; those that name one of `documents` go the whole way, as they will be
    asked.
    """
    wanted = replace(settings, reader=str(model.folder))
    engine = Engine(wanted)
    measured = {}
    for name, some in (("test", test), ("general", datasets.load([paths.general_sample()]).pairs)):
        bare = [pair for pair in some if pair.document not in documents]
        named = [pair for pair in some if pair.document in documents]
        examined = evaluate_documents(engine, group_by_document(named, documents), monitor) if named else []
        predicted = evaluate_contexts(engine.reader, bare, wanted, monitor)
        predicted += [one.prediction for one in examined]
        measured[name] = _figures(predicted, bare + [one.pair for one in examined])
    return measured


def selection_key(measured: dict[str, Any]) -> tuple[float, float]:
    """What decides which of two readers is better: F1 on the test pairs, then EM."""
    return measured["test"]["f1"], measured["test"]["exact"]


def _figures(predicted: Sequence[Prediction], some: Sequence[Pair]) -> dict[str, float]:
    """EM and F1; where questions have no answer, at the best threshold, as SQuAD v2.0's official script finds it."""
    if all(pair.answers for pair in some):
        whole = scores(predicted, some)
        return {"exact": whole.exact, "f1": whole.f1, "total": whole.total}
    exact, overlap = best_thresholds(predicted, some)
    return {"exact": exact.value, "f1": overlap.value, "total": len(some)}
