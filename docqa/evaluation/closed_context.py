"""Each question put to its own context, as if that were a document."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from docqa.answers import Calibration
from docqa.config import Settings
from docqa.datasets.pair import Pair
from docqa.engine import calibration_of
from docqa.errors import DocqaError
from docqa.evaluation.metrics import Prediction
from docqa.progress import Monitor
from docqa.reader.reader import Reader
from docqa.reader.span_decoding import Span
from docqa.windows import Tokens, Window, WindowCutter, Windows

_AT_ONCE = 2048  # Pairs that are sorted by length together: enough for full batches of equal length.
_CONTEXTS_KEPT = 256  # Tokenized contexts: the questions on one stand together in most files.


@dataclass(frozen=True, slots=True)
class _Item:
    """A window of a pair's context, as the reader takes it."""

    pair: int
    question: Sequence[int]
    window: Window
    first: int
    tokens: Tokens


def evaluate_contexts(
    reader: Reader,
    pairs: Sequence[Pair],
    settings: Settings | None = None,
    monitor: Monitor | None = None,
    calibration: Calibration | None = None,
) -> list[Prediction]:
    """Ask each pair's question of its own context, as if that were a document; one prediction a pair, in their order.

    The context is cut into windows by `settings`; of all the spans of all of them the one counts that stands highest
    above the null of its own window. `calibration` is the reader's own by default. Raises `DocqaError` where a pair
    has no context or the settings don't fit the reader.
    """
    settings = settings or Settings()
    monitor = monitor or Monitor()
    calibration = calibration or calibration_of(reader.model)
    cutter = WindowCutter(reader.tokenizer, settings.max_seq_length, settings.doc_stride, reader.limit)

    @lru_cache(maxsize=_CONTEXTS_KEPT)
    def cut_up(context: str) -> Windows:
        return cutter.cut_text(context, Monitor(cancel=monitor.cancel))

    predictions: list[Prediction] = []
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
            tokens, bounds = cut_up(context_of(pair))
            for a, b in bounds.tolist():
                items.append(_Item(number, question, tokens.window(a, b), a, tokens))
        best, seconds = _read(reader, items, monitor, len(predictions), len(pairs))
        for number, pair in enumerate(some):
            found = best.get(number)
            spent = seconds.get(number, 0.0)
            if found is None:
                failure = failures.get(number, "")
                predictions.append(Prediction(pair.id, "", 0.0, -math.inf, seconds=spent, failure=failure))
                continue
            item, span = found
            start, end = (
                int(item.tokens.starts[item.first + span.first]),
                int(item.tokens.ends[item.first + span.last]),
            )
            text = context_of(pair)[start:end]
            probability = calibration.probability(span.score, 0.0)
            predictions.append(Prediction(pair.id, text, probability, span.score, 0.0, start, spent))
    monitor.update("asking", "", len(pairs), len(pairs))
    return predictions


def context_of(pair: Pair) -> str:
    """The context of a pair. Raises `DocqaError` where it has none."""
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
