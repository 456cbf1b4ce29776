"""Closed-context evaluation: each question is asked of its own context, without retrieval."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from docqa.candidate_features import QuestionProfile, compare
from docqa.choice import ChoiceModel
from docqa.config import Settings
from docqa.datasets.pair import Pair
from docqa.documents import Document, Lines
from docqa.errors import DocqaError
from docqa.evaluation.metrics import Prediction
from docqa.progress import Monitor
from docqa.ranking import Candidate, ScoredCandidate
from docqa.reader.reader import Reader
from docqa.reader.reader_choice import choice_of
from docqa.reader.span_decoding import Span
from docqa.whole_spans import whole_answer
from docqa.windows import Tokens, Window, WindowCutter, Windows
from docqa.written_tables import written_tables

_CHUNK = 2048  # Pairs sorted by length together: enough for full batches of equal length.
_CACHED_CONTEXTS = 256  # Most files list the questions about one context together.


@dataclass(frozen=True, slots=True)
class _ReadingItem:
    """A window of a pair's context and the pair's question, ready for the reader."""

    pair: int
    question: str
    context: str
    question_ids: Sequence[int]
    window: Window
    first: int
    tokens: Tokens

    def candidate(self, span: Span) -> Candidate | None:
        """The whole answer around a span; None if that is none. Nothing was retrieved: its rank is the first."""
        whole = whole_answer(self.context, self.tokens, self.first, span, self.question)
        return whole and Candidate(0, *whole, span.score)


def evaluate_contexts(
    reader: Reader,
    pairs: Sequence[Pair],
    settings: Settings | None = None,
    monitor: Monitor | None = None,
    choice: ChoiceModel | None = None,
) -> list[Prediction]:
    """Ask each pair's question of its own context, as if that were a document. Returns a prediction for each pair.

    Contexts are cut into windows by `settings`, and the spans of all windows are ranked as everywhere. `choice` is the
    reader's own by default. Raises `DocqaError` if a pair has no context or the settings don't fit the reader.
    """
    settings = settings or Settings()
    monitor = monitor or Monitor()
    choice = choice or choice_of(reader.model)
    cutter = WindowCutter(reader.tokenizer, settings.max_seq_length, settings.doc_stride, reader.limit)

    @lru_cache(maxsize=_CACHED_CONTEXTS)
    def split(context: str) -> Windows:
        return cutter.cut_text(context, Monitor(cancel=monitor.cancel), written_tables(context))

    predictions: list[Prediction] = []
    for begin in range(0, len(pairs), _CHUNK):
        chunk = pairs[begin : begin + _CHUNK]
        items: list[_ReadingItem] = []
        failures: dict[int, str] = {}
        for number, pair in enumerate(chunk):
            monitor.check()
            question = " ".join(pair.question.split())
            try:
                question_ids = reader.question_ids(question)
            except DocqaError as error:
                failures[number] = error.message
                continue
            context = context_of(pair)
            tokens, bounds = split(context)
            for a, b in bounds.tolist():
                items.append(_ReadingItem(number, question, context, question_ids, tokens.window(a, b), a, tokens))

        def report(done: int, before: int = begin) -> None:
            monitor.update("asking", "", before + done, len(pairs))

        found, seconds = _read(reader, items, settings.max_answer_length, report)
        for number, pair in enumerate(chunk):
            spent, failure = seconds.get(number, 0.0), failures.get(number, "")
            if number not in found:
                predictions.append(Prediction(pair.id, "", 0.0, seconds=spent, failure=failure))
                continue
            scored, claimable = _best(pair, found[number], choice)
            start, end = scored.candidate.start, scored.candidate.end
            text = context_of(pair)[start:end]
            # What is not claimable is refused at any threshold.
            probability = scored.probability if claimable else 0.0
            predictions.append(Prediction(pair.id, text, probability, start, seconds=spent))
    monitor.update("asking", "", len(pairs), len(pairs))
    return predictions


def context_of(pair: Pair) -> str:
    """The context of a pair. Raises `DocqaError` if it has none."""
    if pair.context is None:
        raise DocqaError(f"the pair {pair.id!r} names a document and has no context", "ask it of the document")
    return pair.context


def _best(pair: Pair, candidates: Sequence[Candidate], choice: ChoiceModel) -> tuple[ScoredCandidate, bool]:
    """The most probable of a pair's candidates, a claimable one if there is any; and whether it is claimable."""
    profile, document = QuestionProfile.of(pair.question), _as_document(context_of(pair))
    found = [profile.found(candidate, document) for candidate in candidates]
    scored = zip(choice.score(candidates, compare(found)), (one.claimable for one in found), strict=True)
    return min(scored, key=lambda each: (not each[1], each[0].sort_key))


def _as_document(text: str) -> Document:
    """A document of one text without structure. Unlike a parsed one it keeps the text's offsets."""
    nothing = np.array([], dtype=np.int64)
    numbers = nothing.astype(np.int32)
    return Document("", "", "", text, len(text), Lines(nothing, nothing, numbers, numbers), nothing)


def _read(
    reader: Reader, items: Sequence[_ReadingItem], longest: int, report: Callable[[int], None]
) -> tuple[dict[int, list[Candidate]], dict[int, float]]:
    """Each pair's candidates, and the seconds spent on its windows, by the pair's number.

    `longest` is the longest answer, in tokens; `report` is called with the number of pairs done.
    """
    found: dict[int, list[Candidate]] = {}
    seconds: dict[int, float] = {}
    pairs = len({item.pair for item in items})
    order = sorted(range(len(items)), key=lambda i: len(items[i].question_ids) + len(items[i].window.ids), reverse=True)
    for first in range(0, len(order), reader.batch_size):
        report(pairs * first // len(order))
        batch = [items[i] for i in order[first : first + reader.batch_size]]
        start = time.perf_counter()
        spans = reader.read_pairs([(item.question_ids, item.window) for item in batch], longest)
        share = (time.perf_counter() - start) / len(batch)
        for item in batch:
            seconds[item.pair] = seconds.get(item.pair, 0.0) + share
        for span in spans:
            item = batch[span.window]
            candidate = item.candidate(span)
            if candidate is not None:
                found.setdefault(item.pair, []).append(candidate)
    return found, seconds
