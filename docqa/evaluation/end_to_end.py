"""End-to-end evaluation: questions are asked of documents as `docqa ask` asks them, with retrieval and ranking."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docqa.answers import rank_answers
from docqa.collection import Collection
from docqa.datasets.pair import Gold, Pair
from docqa.documents import Document
from docqa.engine import Engine
from docqa.errors import DocqaError
from docqa.evaluation import calibration
from docqa.evaluation.calibration import CalibrationFit, LabeledCandidate
from docqa.evaluation.metrics import RIGHT, Prediction, f1
from docqa.evaluation.sampling import DocumentQuestions, group_by_document, sample_questions
from docqa.progress import Monitor
from docqa.ranking import Candidate
from docqa.reader.reader_choice import choice_of

_MAX_CANDIDATES = 10  # Of a question, for fitting a choice.


@dataclass(frozen=True, slots=True)
class EvaluatedQuestion:
    """A pair, the answer to its question, and the best candidates, which a choice is fitted to."""

    pair: Pair
    prediction: Prediction
    candidates: tuple[LabeledCandidate, ...]


def evaluate_documents(
    engine: Engine, documents: Sequence[DocumentQuestions], monitor: Monitor | None = None, password: str | None = None
) -> list[EvaluatedQuestion]:
    """Ask each document its questions. Raises `DocqaError` if a document can't be opened."""
    monitor = monitor or Monitor()
    silent = Monitor(cancel=monitor.cancel)
    total = sum(len(document.pairs) for document in documents)
    evaluated: list[EvaluatedQuestion] = []
    for document in documents:
        monitor.update("asking", document.name, len(evaluated), total)
        if document.source is None:
            indexed = engine.index(document.name, silent, password)
        else:
            indexed = engine.index_source(document.source, silent)
        collection = Collection(engine, [indexed])
        for pair in document.pairs:
            monitor.update("asking", document.name, len(evaluated), total)
            evaluated.append(_evaluate(collection, pair, 0, silent))
    monitor.update("asking", "", total, total)
    return evaluated


def evaluate_collection(
    collection: Collection,
    pairs: Sequence[Pair],
    documents: Mapping[str, Document],
    monitor: Monitor | None = None,
) -> list[EvaluatedQuestion]:
    """Ask every question of all documents of a collection.

    `documents` are those that pairs name; the answers of these pairs have offsets. The answers of other pairs are
    found by their text.
    """
    monitor = monitor or Monitor()
    silent = Monitor(cancel=monitor.cancel)
    numbers = {document.sha256: number for number, document in enumerate(collection.documents)}
    evaluated = []
    for done, pair in enumerate(pairs):
        monitor.update("asking", pair.document, done, len(pairs))
        named = documents.get(pair.document)
        evaluated.append(_evaluate(collection, pair, numbers.get(named.sha256) if named else None, silent))
    monitor.update("asking", "", len(pairs), len(pairs))
    return evaluated


def _evaluate(collection: Collection, pair: Pair, document: int | None, monitor: Monitor) -> EvaluatedQuestion:
    """Ask a pair's question. `document` is the number of the document that its answers' offsets refer to, if any."""
    question = " ".join(pair.question.split())
    start = time.perf_counter()
    try:
        collection.engine.reader.question_ids(question)
    except DocqaError as error:
        return EvaluatedQuestion(pair, Prediction(pair.id, "", 0.0, failure=error.message), ())
    *_, progress = collection.search(question, monitor)
    seconds = time.perf_counter() - start
    found = _first_window_with_answer(collection, progress.order, pair, document) if pair.answers else None
    # What is not claimable is refused at any threshold.
    best = next(iter(rank_answers(progress.claimable or progress.candidates, collection.documents, 1)), None)
    prediction = Prediction(
        id=pair.id,
        text=best.text if best else "",
        probability=best.probability if best and progress.claimable else 0.0,
        start=best.start if best else -1,
        seconds=seconds,
        found=found,
        read=progress.windows_read,
    )
    # By score, not by probability: what a choice is fitted to doesn't depend on the present choice.
    best_scores = sorted(progress.candidates, key=lambda scored: -scored.candidate.score)[:_MAX_CANDIDATES]
    labeled = [
        LabeledCandidate.of(scored, _is_right(collection, scored.candidate, pair, document)) for scored in best_scores
    ]
    return EvaluatedQuestion(pair, prediction, tuple(labeled))


def _is_right(collection: Collection, candidate: Candidate, pair: Pair, document: int | None) -> bool:
    """Whether a candidate answers a pair's question, in the right document if that is known."""
    accepted = [gold.text for gold in pair.answers]
    text = collection.documents[candidate.document].text[candidate.start : candidate.end]
    return bool(accepted) and document in {None, candidate.document} and f1(text, accepted) >= RIGHT


def _first_window_with_answer(
    collection: Collection, order: NDArray[np.int64], pair: Pair, document: int | None
) -> int:
    """The rank, from 1, of the first window that contains an accepted answer; 0 if none does."""
    located = [gold for gold in pair.answers if document is not None and _is_located(collection, gold, document)]
    spans = [(gold.start, gold.start + len(gold.text)) for gold in located]
    texts = [_folded(gold.text) for gold in pair.answers]
    for rank, window in enumerate(order, 1):
        number, start, end = collection.locate_window(int(window))
        if located:
            if number == document and any(start <= first and last <= end for first, last in spans):
                return rank
        else:
            text = _folded(collection.documents[number].text[start:end])
            if any(answer in text for answer in texts):
                return rank
    return 0


def _is_located(collection: Collection, gold: Gold, document: int) -> bool:
    return gold.start >= 0 and collection.documents[document].text.startswith(gold.text, gold.start)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def calibrate(
    engine: Engine,
    pairs: Sequence[Pair],
    monitor: Monitor | None = None,
    *,
    documents: Mapping[str, Document] | None = None,
    sample: int | None = 600,
    cross_document: float = 1 / 3,
    min_precision: float | None = None,
    seed: int = 0,
    beside: Sequence[EvaluatedQuestion] = (),
) -> CalibrationFit:
    """Fit the calibration of the engine's reader to how good its answers to these pairs are.

    The questions are asked end to end, as users will ask them: a sample of the pairs, each asked of its document. The
    share `cross_document` of what a document is asked are questions about other documents, if there are any.
    `documents` are those that pairs name; `beside` are questions that have been asked already and are fitted to as
    well. The fit starts from the reader's present choice; nothing is stored. Raises `DocqaError`.
    """
    grouped = group_by_document(pairs, documents or {})
    share = cross_document if len(grouped) > 1 else 0.0
    sampled = sample_questions(grouped, sample=sample, cross_document=share, seed=seed)
    return fit_calibration(engine, [*evaluate_documents(engine, sampled, monitor), *beside], min_precision)


def fit_calibration(
    engine: Engine, evaluated: Sequence[EvaluatedQuestion], min_precision: float | None = None
) -> CalibrationFit:
    """Fit the calibration of the engine's reader to evaluated questions."""
    numbers = {name: number for number, name in enumerate(dict.fromkeys(one.pair.document for one in evaluated))}
    return calibration.fit(
        [one.candidates for one in evaluated],
        [numbers[one.pair.document] for one in evaluated],
        choice_of(engine.reader.model),
        min_precision,
    )
