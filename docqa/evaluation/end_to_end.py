"""Questions that go the whole way: documents, retrieval, reading, probability; and the probability fitted to them."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docqa.datasets.pair import Gold, Pair
from docqa.documents import Document
from docqa.engine import Collection, Engine, calibration_of
from docqa.errors import DocqaError
from docqa.evaluation import calibration
from docqa.evaluation.calibration import CalibrationFit, ScoredSpan
from docqa.evaluation.metrics import RIGHT, Prediction, f1
from docqa.evaluation.sampling import DocumentQuestions, group_by_document, sample_questions
from docqa.progress import Monitor

_KEPT = 10  # Spans of a question that a calibration is fitted on: it may make another of them the best.


@dataclass(frozen=True, slots=True)
class EvaluatedQuestion:
    """A question that went the whole way: the pair, what was answered, and the likeliest spans for a calibration."""

    pair: Pair
    prediction: Prediction
    spans: tuple[ScoredSpan, ...]


def evaluate_documents(
    engine: Engine, sat: Sequence[DocumentQuestions], monitor: Monitor | None = None, password: str | None = None
) -> list[EvaluatedQuestion]:
    """Put each sitting's questions to its document. Raises `DocqaError` where a document can't be opened."""
    monitor = monitor or Monitor()
    quietly = Monitor(cancel=monitor.cancel)
    total = sum(len(one.pairs) for one in sat)
    examined: list[EvaluatedQuestion] = []
    for one in sat:
        monitor.update("asking", one.name, len(examined), total)
        if one.source is None:
            indexed = engine.index(one.name, quietly, password)
        else:
            indexed = engine.index_source(one.source, quietly)
        collection = Collection(engine, [indexed])
        for pair in one.pairs:
            monitor.update("asking", one.name, len(examined), total)
            examined.append(_ask(collection, pair, 0, quietly))
    monitor.update("asking", "", total, total)
    return examined


def evaluate_collection(
    collection: Collection,
    pairs: Sequence[Pair],
    documents: Mapping[str, Document],
    monitor: Monitor | None = None,
) -> list[EvaluatedQuestion]:
    """Put every question to all the documents of a collection.

    `documents` are those that pairs name, for their answers to be looked for where they stand; the answers of other
    pairs are looked for by their text.
    """
    monitor = monitor or Monitor()
    quietly = Monitor(cancel=monitor.cancel)
    numbers = {document.sha256: number for number, document in enumerate(collection.documents)}
    examined = []
    for done, pair in enumerate(pairs):
        monitor.update("asking", pair.document, done, len(pairs))
        named = documents.get(pair.document)
        examined.append(_ask(collection, pair, numbers.get(named.sha256) if named else None, quietly))
    monitor.update("asking", "", len(pairs), len(pairs))
    return examined


def _ask(collection: Collection, pair: Pair, at: int | None, monitor: Monitor) -> EvaluatedQuestion:
    """`at` is the number of the document that the pair's answers are offsets into; None: they are only texts."""
    engine = collection.engine
    began = time.perf_counter()
    try:
        engine.reader.question_ids(" ".join(pair.question.split()))
    except DocqaError as error:
        return EvaluatedQuestion(pair, Prediction(pair.id, "", 0.0, -math.inf, failure=error.message), ())
    *_, reading = collection.read(" ".join(pair.question.split()), monitor)
    texts = [document.text for document in collection.documents]
    # In the order in which `docqa.answers.rank` has them: the first is the first answer.
    ranked = sorted(
        ((engine.calibration.probability(c.score, c.z), c) for c in reading.candidates),
        key=lambda one: (-one[0], one[1].document, one[1].start, one[1].end),
    )[:_KEPT]
    seconds = time.perf_counter() - began
    found = _found(collection, reading.order, pair, at) if pair.answers else None
    if not ranked:
        empty = Prediction(pair.id, "", 0.0, -math.inf, seconds=seconds, found=found, read=reading.read)
        return EvaluatedQuestion(pair, empty, ())
    accepted = [gold.text for gold in pair.answers]
    spans = []
    for _, candidate in ranked:
        text = texts[candidate.document][candidate.start : candidate.end]
        spans.append(ScoredSpan(candidate.score, candidate.z, bool(accepted) and f1(text, accepted) >= RIGHT))
    probability, best = ranked[0]
    prediction = Prediction(
        id=pair.id,
        text=texts[best.document][best.start : best.end],
        probability=probability,
        score=best.score,
        z=best.z,
        start=best.start,
        seconds=seconds,
        found=found,
        read=reading.read,
    )
    return EvaluatedQuestion(pair, prediction, tuple(spans))


def _found(collection: Collection, order: NDArray[np.int64], pair: Pair, at: int | None) -> int:
    """The rank, from 1, of the first window that has an accepted answer in it; 0 where none has."""
    placed = [gold for gold in pair.answers if at is not None and _stands(collection, gold, at)]
    spans = [(gold.start, gold.start + len(gold.text)) for gold in placed]
    texts = [_plain(gold.text) for gold in pair.answers]
    for rank, window in enumerate(order, 1):
        document, begin, end = collection.place(int(window))
        if placed:
            if document == at and any(begin <= first and last <= end for first, last in spans):
                return rank
        else:
            text = _plain(collection.documents[document].text[begin:end])
            if any(answer in text for answer in texts):
                return rank
    return 0


def _stands(collection: Collection, gold: Gold, at: int) -> bool:
    return gold.start >= 0 and collection.documents[at].text.startswith(gold.text, gold.start)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def calibrate(
    engine: Engine,
    pairs: Sequence[Pair],
    monitor: Monitor | None = None,
    *,
    documents: Mapping[str, Document] | None = None,
    sample: int | None = 600,
    foreign: float = 1 / 3,
    min_precision: float | None = None,
    seed: int = 0,
) -> CalibrationFit:
    """Fit the probability that the engine's reader shows to what its answers to these pairs are worth.

    The questions go the whole way, because that is how they will be asked: `sample` of the pairs, each put to its
    document, and among what a document is asked a share of questions of others (where there are others).
    `documents` are those that pairs name. The reader's own calibration is what the fit begins from; nothing is
    stored. Raises `DocqaError`.
    """
    sat = group_by_document(pairs, documents or {})
    sat = sample_questions(sat, sample=sample, foreign=foreign if len(sat) > 1 else 0.0, seed=seed)
    return fit_calibration(engine, evaluate_documents(engine, sat, monitor), min_precision)


def fit_calibration(
    engine: Engine, examined: Sequence[EvaluatedQuestion], min_precision: float | None = None
) -> CalibrationFit:
    """Fit the calibration of the engine's reader to questions that went the whole way."""
    numbers = {name: number for number, name in enumerate(dict.fromkeys(one.pair.document for one in examined))}
    return calibration.fit(
        [one.spans for one in examined],
        [numbers[one.pair.document] for one in examined],
        calibration_of(engine.reader.model),
        min_precision,
    )
