"""EM and F1 of a reader before and after training. They decide whether it is used."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from docqa.config import Settings
from docqa.datasets import Pair
from docqa.documents import Document
from docqa.engine import Engine
from docqa.evaluation import evaluate_contexts, evaluate_documents, group_by_document
from docqa.evaluation.general_sample import general_pairs
from docqa.evaluation.metrics import Prediction, best_thresholds, scores
from docqa.models.registry import Model
from docqa.progress import Monitor


def score_reader(
    model: Model, test: Sequence[Pair], documents: Mapping[str, Document], settings: Settings, monitor: Monitor
) -> dict[str, Any]:
    """Return EM and F1, in percent, on the `test` pairs and on the general sample, which shows forgetting.

    Pairs with a context are read from that context; pairs that refer to one of `documents` are asked end to end.
    """
    settings = replace(settings, reader=str(model.folder))
    engine = Engine(settings)
    metrics = {}
    for name, pairs in (("test", test), ("general", general_pairs())):
        with_context = [pair for pair in pairs if pair.document not in documents]
        with_document = [pair for pair in pairs if pair.document in documents]
        predictions = evaluate_contexts(engine.reader, with_context, settings, monitor)
        evaluated = (
            evaluate_documents(engine, group_by_document(with_document, documents), monitor) if with_document else []
        )
        predictions += [question.prediction for question in evaluated]
        metrics[name] = _metrics(predictions, with_context + [question.pair for question in evaluated])
    return metrics


def selection_key(metrics: dict[str, Any]) -> tuple[float, float]:
    """Return what decides which of two readers is better: F1 on the test pairs, then EM."""
    return metrics["test"]["f1"], metrics["test"]["exact"]


def _metrics(predictions: Sequence[Prediction], pairs: Sequence[Pair]) -> dict[str, float]:
    """Return EM and F1; with unanswerable questions, those at the best threshold, as in SQuAD 2.0's official script."""
    if all(pair.answers for pair in pairs):
        total = scores(predictions, pairs)
        return {"exact": total.exact, "f1": total.f1, "total": total.total}
    exact, f1 = best_thresholds(predictions, pairs)
    return {"exact": exact.value, "f1": f1.value, "total": len(pairs)}
