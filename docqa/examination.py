"""Examination: pairs are put to a reader, and what it answers is judged by `docqa.evaluation`.

Two ways: each question is put to its own context (`on_contexts`), or goes the whole way of an answer, from documents
through retrieval and reading to the probability (`on_documents`, `on_collection`).
"""

import math
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from docqa import calibration as calibrating
from docqa import evaluation
from docqa.answers import Calibration
from docqa.calibration import Evidence, Fitted
from docqa.chunking import Tokens, cut, tokenize, window_size
from docqa.config import Settings
from docqa.documents import Document, Source
from docqa.documents.text import from_text
from docqa.engine import Collection, Engine, calibration_of
from docqa.errors import DocqaError
from docqa.evaluation import RIGHT, Predicted, f1
from docqa.pairs.pair import Gold, Pair
from docqa.progress import Monitor
from docqa.reading import Reader, Span, Window

_T = TypeVar("_T")

_AT_ONCE = 2048  # Pairs that are sorted by length together: enough for full batches of equal length.
_KEPT = 10  # Spans of a question that a calibration is fitted on: it may make another of them the best.
_TOGETHER = 20  # Contexts without a title that make one document: an article of SQuAD has about forty.
_CONTEXTS_KEPT = 256  # Tokenized contexts: the questions on one stand together in most files.


@dataclass(frozen=True, slots=True)
class _Item:
    """A window of a pair's context, as the reader takes it."""

    pair: int
    question: Sequence[int]
    window: Window
    first: int
    tokens: Tokens


def on_contexts(
    reader: Reader,
    pairs: Sequence[Pair],
    settings: Settings | None = None,
    monitor: Monitor | None = None,
    calibration: Calibration | None = None,
) -> list[Predicted]:
    """Ask each pair's question of its own context, as if that were a document; one prediction a pair, in their order.

    The context is cut into windows by `settings`; of all the spans of all of them the one counts that stands highest
    above the null of its own window. `calibration` is the reader's own by default. Raises `DocqaError` where a pair
    has no context or the settings don't fit the reader.
    """
    settings = settings or Settings()
    monitor = monitor or Monitor()
    calibration = calibration or calibration_of(reader.model)
    size = window_size(settings.max_seq_length, settings.doc_stride, reader.limit)

    @lru_cache(maxsize=_CONTEXTS_KEPT)
    def cut_up(context: str) -> tuple[Tokens, list[tuple[int, int]]]:
        document = from_text(Source("", b""), "text", context)
        tokens = tokenize(document, reader.tokenizer, Monitor(cancel=monitor.cancel))
        return tokens, [(int(a), int(b)) for a, b in cut(tokens, size, settings.doc_stride)]

    predictions: list[Predicted] = []
    for begin in range(0, len(pairs), _AT_ONCE):
        some = pairs[begin : begin + _AT_ONCE]
        items: list[_Item] = []
        failures: dict[int, str] = {}
        for number, pair in enumerate(some):
            monitor.check()
            try:
                question = reader.question_ids(" ".join(pair.question.split()))
            except DocqaError as error:
                failures[number] = error.message
                continue
            tokens, bounds = cut_up(_context(pair))
            for a, b in bounds:
                window = Window(tokens.ids[a:b], tokens.words[a:b], tokens.blocks[a:b])
                items.append(_Item(number, question, window, a, tokens))
        best, seconds = _read(reader, items, monitor, len(predictions), len(pairs))
        for number, pair in enumerate(some):
            found = best.get(number)
            spent = seconds.get(number, 0.0)
            if found is None:
                failure = failures.get(number, "")
                predictions.append(Predicted(pair.id, "", 0.0, -math.inf, seconds=spent, failure=failure))
                continue
            item, span = found
            start, end = (
                int(item.tokens.starts[item.first + span.first]),
                int(item.tokens.ends[item.first + span.last]),
            )
            text = _context(pair)[start:end]
            probability = calibration.probability(span.score, 0.0)
            predictions.append(Predicted(pair.id, text, probability, span.score, 0.0, start, spent))
    monitor.update("asking", "", len(pairs), len(pairs))
    return predictions


def _context(pair: Pair) -> str:
    if pair.context is None:
        raise DocqaError(f"the pair {pair.id!r} names a document and has no context", "put it to the document")
    return pair.context


def _read(
    reader: Reader, items: Sequence[_Item], monitor: Monitor, done: int, total: int
) -> tuple[dict[int, tuple[_Item, Span]], dict[int, float]]:
    """Each pair's best span with the window that it is in, and the seconds that its windows took."""
    best: dict[int, tuple[_Item, Span]] = {}
    seconds: dict[int, float] = {}
    pairs = len({item.pair for item in items})
    order = sorted(range(len(items)), key=lambda i: len(items[i].question) + len(items[i].window.ids), reverse=True)
    for first in range(0, len(order), reader.batch_size):
        monitor.update("asking", "", done + pairs * first // len(order), total)
        batch = [items[i] for i in order[first : first + reader.batch_size]]
        began = time.perf_counter()
        spans = reader.read_pairs([(item.question, item.window) for item in batch], n_best=1)
        each = (time.perf_counter() - began) / len(batch)
        for item in batch:
            seconds[item.pair] = seconds.get(item.pair, 0.0) + each
        for span in spans:
            item = batch[span.window]
            if item.pair not in best or span.score > best[item.pair][1].score:
                best[item.pair] = (item, span)
    return best, seconds


# --- the whole way ---


@dataclass(frozen=True, slots=True)
class Sitting:
    """A document and the questions that are put to it. In its pairs `Gold.start` is an offset into the document.

    `source` is the document's text under a name, or None where `name` is the path of a file.
    """

    name: str
    source: Source | None
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Examined:
    """A question that went the whole way: the pair, what was answered, and the likeliest spans for a calibration."""

    pair: Pair
    prediction: Predicted
    spans: tuple[Evidence, ...]


def sittings(pairs: Sequence[Pair], documents: Mapping[str, Document]) -> list[Sitting]:
    """Group pairs by document: those that name one of `documents` are put to it, of the others it is made.

    The contexts of one title, joined by blank lines, are one document; contexts without a title make documents of up
    to twenty, in the order in which they come, and two at least.
    """
    named: dict[str, list[Pair]] = {}
    titled: dict[str, list[Pair]] = {}
    bare = list(dict.fromkeys(pair.context for pair in pairs if not pair.document))
    size = max(1, min(_TOGETHER, -(-len(bare) // 2)))
    untitled = {
        context: f"contexts {at // size * size + 1}-{at // size * size + size}" for at, context in enumerate(bare)
    }
    for pair in pairs:
        if pair.document in documents:
            named.setdefault(pair.document, []).append(pair)
        else:
            titled.setdefault(pair.document or untitled[pair.context], []).append(pair)
    found = [Sitting(name, None, tuple(some)) for name, some in named.items()]
    return found + [_joined(title, some) for title, some in titled.items()]


def _joined(title: str, pairs: Sequence[Pair]) -> Sitting:
    begins: dict[str, int] = {}
    text = ""
    for pair in pairs:
        context = _context(pair)
        if context not in begins:
            text += "\n\n" if begins else ""
            begins[context] = len(text)
            text += _newlines(context)
    moved = [
        replace(
            pair,
            context=None,
            document=title,
            answers=tuple(
                replace(gold, start=_moved(begins[_context(pair)], _context(pair), gold.start)) for gold in pair.answers
            ),
        )
        for pair in pairs
    ]
    return Sitting(title, Source(f"{title}.txt", text.encode("utf-8", "replace")), tuple(moved))


def _moved(begin: int, context: str, start: int) -> int:
    return begin + len(_newlines(context[:start])) if start >= 0 else -1


def _newlines(text: str) -> str:
    """As reading a text file leaves them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def choose(
    sat: Sequence[Sitting],
    *,
    sample: int | None = None,
    per_document: int | None = None,
    foreign: float = 0.0,
    seed: int = 0,
) -> list[Sitting]:
    """A sample of the questions, the same for the same seed; the documents stay whole.

    At most `per_document` of each document's, `sample` in all. Then `foreign`, a share below 1, of what each document
    is asked are answerable questions of the others, that it has no answer to: `id@document` is their id. Raises
    `DocqaError` where there is no other document.
    """
    if foreign and len(sat) < 2:
        raise DocqaError(
            "the pairs are about one document: there is no other for foreign questions to come from",
            "leave --foreign out, or add pairs about another document",
        )
    chance = _chance(seed)
    chosen = [replace(one, pairs=tuple(_sample(chance, one.pairs, per_document))) for one in sat]
    if sample is not None:
        numbered = [(at, number) for at, one in enumerate(chosen) for number in range(len(one.pairs))]
        kept = set(_sample(chance, numbered, sample))
        chosen = [
            replace(one, pairs=tuple(pair for number, pair in enumerate(one.pairs) if (at, number) in kept))
            for at, one in enumerate(chosen)
        ]
    if not foreign:
        return [one for one in chosen if one.pairs]
    mixed = []
    own = given = 0
    for at, one in enumerate(chosen):
        others = [pair for other, theirs in enumerate(sat) if other != at for pair in theirs.pairs if pair.answers]
        # Of all that was asked so far, so that rounding does not add up where documents are asked little.
        own += len(one.pairs)
        count = round(own * foreign / (1 - foreign)) - given if one.pairs else 0
        strangers = [
            replace(pair, id=f"{pair.id}@{one.name}", context=None, answers=(), document=one.name, page=None)
            for pair in _sample(chance, others, count)
        ]
        given += len(strangers)
        mixed.append(replace(one, pairs=(*one.pairs, *strangers)))
    return [one for one in mixed if one.pairs]


def drawn(pairs: Sequence[Pair], count: int | None, seed: int = 0) -> Sequence[Pair]:
    """A sample of the pairs, in their order and the same for the same seed; all of them where `count` is None."""
    return _sample(_chance(seed), pairs, count)


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - no secret


def _sample(chance: random.Random, some: Sequence[_T], count: int | None) -> list[_T]:
    """So many of them, in their order; all where there are no more, or `count` is None."""
    if count is None or count >= len(some):
        return list(some)
    return [some[at] for at in sorted(chance.sample(range(len(some)), count))]


def on_documents(
    engine: Engine, sat: Sequence[Sitting], monitor: Monitor | None = None, password: str | None = None
) -> list[Examined]:
    """Put each sitting's questions to its document. Raises `DocqaError` where a document can't be opened."""
    monitor = monitor or Monitor()
    quietly = Monitor(cancel=monitor.cancel)
    total = sum(len(one.pairs) for one in sat)
    examined: list[Examined] = []
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


def on_collection(
    collection: Collection,
    pairs: Sequence[Pair],
    documents: Mapping[str, Document],
    monitor: Monitor | None = None,
) -> list[Examined]:
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


def _ask(collection: Collection, pair: Pair, at: int | None, monitor: Monitor) -> Examined:
    """`at` is the number of the document that the pair's answers are offsets into; None: they are only texts."""
    engine = collection.engine
    began = time.perf_counter()
    try:
        engine.reader.question_ids(" ".join(pair.question.split()))
    except DocqaError as error:
        return Examined(pair, Predicted(pair.id, "", 0.0, -math.inf, failure=error.message), ())
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
        empty = Predicted(pair.id, "", 0.0, -math.inf, seconds=seconds, found=found, read=reading.read)
        return Examined(pair, empty, ())
    accepted = [gold.text for gold in pair.answers]
    spans = []
    for _, candidate in ranked:
        text = texts[candidate.document][candidate.start : candidate.end]
        spans.append(Evidence(candidate.score, candidate.z, bool(accepted) and f1(text, accepted) >= RIGHT))
    probability, best = ranked[0]
    prediction = Predicted(
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
    return Examined(pair, prediction, tuple(spans))


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
) -> Fitted:
    """Fit the probability that the engine's reader shows to what its answers to these pairs are worth.

    The questions go the whole way, because that is how they will be asked: `sample` of the pairs, each put to its
    document, and among what a document is asked a share of questions of others (where there are others).
    `documents` are those that pairs name. The reader's own calibration is what the fit begins from; nothing is
    stored. Raises `DocqaError`.
    """
    sat = sittings(pairs, documents or {})
    sat = choose(sat, sample=sample, foreign=foreign if len(sat) > 1 else 0.0, seed=seed)
    return fit(engine, on_documents(engine, sat, monitor), min_precision)


def fit(engine: Engine, examined: Sequence[Examined], min_precision: float | None = None) -> Fitted:
    """Fit the calibration of the engine's reader to questions that went the whole way."""
    numbers = {name: number for number, name in enumerate(dict.fromkeys(one.pair.document for one in examined))}
    return calibrating.fit(
        [one.spans for one in examined],
        [numbers[one.pair.document] for one in examined],
        calibration_of(engine.reader.model),
        min_precision,
    )


# --- the report ---

_RANKS = (1, 2, 3, 5, 8, 10, 20)
_THRESHOLDS = tuple(tenth / 10 for tenth in range(1, 10))


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure with its 95% interval, None where chance can't be told."""

    value: float
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Report:
    """Every figure of one examination. None, or nothing, stands where a figure can't be computed.

    `scores` are the official ones of what was shown: of every best answer where all questions have one, else with
    abstention below `threshold`. `answerable` is of the best answers to the questions that have one, whatever their
    probability. Percentages are 0 to 100; shares, probabilities and AUROC 0 to 1.
    """

    reader: str
    questions: int
    drawn_in: str
    threshold: float
    scores: evaluation.Scores
    exact: Figure
    f1: Figure
    answerable: evaluation.Part | None
    best_exact: evaluation.Best | None
    best_f1: evaluation.Best | None
    auroc: Figure | None
    coverage: tuple[evaluation.Coverage, ...]
    calibration_error: float
    recall: dict[int, float]
    outcomes: dict[evaluation.Outcome, int]
    failures: dict[str, str]
    seconds: float

    @property
    def questions_per_second(self) -> float:
        """Questions asked in a second."""
        return self.questions / self.seconds if self.seconds else 0.0


def report(predictions: Sequence[Predicted], pairs: Sequence[Pair], reader: str, threshold: float) -> Report:
    """Judge `predictions[i]` as the answer to `pairs[i]`. `threshold` is the probability below which docqa abstains."""
    asked = [pair for pair in pairs if pair.answers]
    abstains = len(asked) < len(pairs)
    at = threshold if abstains else 0.0
    drawn_in, groups = evaluation.clusters(pairs)
    each = evaluation.exact_and_f1(evaluation.shown(predictions, at), pairs)
    scores = evaluation.scores(predictions, pairs, at)
    best_exact, best_f1 = evaluation.best_thresholds(predictions, pairs) if abstains else (None, None)
    area = evaluation.auroc(predictions, pairs)
    counted = evaluation.outcomes(predictions, pairs, threshold)
    return Report(
        reader=reader,
        questions=len(pairs),
        drawn_in=drawn_in,
        threshold=threshold,
        scores=scores,
        exact=Figure(scores.exact, evaluation.interval([100 * exact for exact, _ in each], groups)),
        f1=Figure(scores.f1, evaluation.interval([100 * overlap for _, overlap in each], groups)),
        answerable=evaluation.scores(predictions, pairs).has_answer,
        best_exact=best_exact,
        best_f1=best_f1,
        auroc=None if area is None else Figure(area, evaluation.interval_of_auroc(predictions, pairs, groups)),
        coverage=tuple(evaluation.coverage(predictions, pairs, sorted({*_THRESHOLDS, threshold}))),
        calibration_error=calibrating.expected_error(
            [prediction.probability for prediction in predictions], evaluation.right(predictions, pairs)
        ),
        recall=evaluation.recall_at(predictions, _RANKS),
        outcomes={outcome: counted.count(outcome) for outcome in evaluation.Outcome},
        failures={prediction.id: prediction.failure for prediction in predictions if prediction.failure},
        seconds=sum(prediction.seconds for prediction in predictions),
    )
