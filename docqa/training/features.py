"""Make features of pairs: sequences of a question and a window, with the start and end of the answer as targets."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from docqa.datasets.pair import Pair
from docqa.progress import Monitor
from docqa.ranking import normalize
from docqa.reader.sequences import InputSequence, SequenceBuilder
from docqa.training.adversarial_questions import adversarial_question
from docqa.training.hyperparameters import TrainingConfig
from docqa.windows import Tokens, WindowCutter, Windows
from docqa.written_tables import written_tables

Target = tuple[tuple[int, float], ...]
"""A distribution over the positions of a sequence, as (position, probability). Position 0 is the null: no answer."""

NULL: Target = ((0, 1.0),)

_NEGATIVE_CANDIDATES = 6  # Random windows, of which the one that shares most words with the question is the negative.


@dataclass(frozen=True, slots=True)
class Feature:
    """One training sequence."""

    sequence: InputSequence
    size: int
    """The number of the window's tokens: those at `first` to `first + size` in the sequence."""
    offsets: NDArray[np.int32]
    """The offsets of these tokens in `context`, of shape (size, 2)."""
    start: Target
    end: Target
    pair: int
    """The index of the pair."""
    context: str
    weight: float = 1.0
    """What it counts in the loss."""

    @property
    def ids(self) -> NDArray[np.int32]:
        """The token ids of the sequence, with special tokens."""
        return self.sequence.ids

    @property
    def first(self) -> int:
        """The position of the window's first token."""
        return self.sequence.window_start

    @property
    def answerable(self) -> bool:
        """Whether the window contains an answer."""
        return self.start != NULL


@dataclass(frozen=True)
class _WindowedContext:
    """A tokenized context and its windows; `bounds` has the shape (windows, 2), in tokens."""

    context: str
    tokens: Tokens
    bounds: NDArray[np.int32]

    @cached_property
    def texts(self) -> list[str]:
        """The windows as they are read."""
        return list(Windows(self.tokens, self.bounds).texts(self.context))


def make_features(
    pairs: Sequence[Pair], tokenizer: Tokenizer, limit: int, config: TrainingConfig, monitor: Monitor | None = None
) -> list[Feature]:
    """Return the features of all pairs: each window with an answer, and the negatives that the configuration asks for.

    A target is the share of the annotators who chose each start and each end. `limit` is the longest sequence that the
    reader accepts, in tokens. The result depends only on the arguments.
    """
    builder = _FeatureBuilder(tokenizer, limit, config)
    contexts = list(dict.fromkeys(pair.context for pair in pairs if pair.context is not None))
    monitor = monitor or Monitor()
    for number, context in enumerate(contexts):
        if number % 100 == 0:
            monitor.update("tokenizing", "contexts", number, len(contexts))
        builder.add(context)
    positive: list[Feature] = []
    null: list[Feature] = []
    answerable: list[tuple[int, Pair]] = []
    for number, pair in enumerate(pairs):
        if number % 1000 == 0:
            monitor.update("tokenizing", "questions", number, len(pairs))
        if pair.answers:
            features = builder.positive(number, pair)
            positive += features
            answerable += [(number, pair)] if features else []
        else:
            null += builder.unanswerable(number, pair)
    negatives = _negatives(builder, pairs, answerable, config)
    return positive + null + negatives + _adversarial(builder, answerable, config)


def _negatives(
    builder: "_FeatureBuilder", pairs: Sequence[Pair], answerable: list[tuple[int, Pair]], config: TrainingConfig
) -> list[Feature]:
    """Return windows without the answer, from the same documents, for a random share of the answerable pairs."""
    rng = random.Random(config.seed)  # noqa: S311 - not for cryptography
    by_document: dict[str, list[str]] = defaultdict(list)
    for context, document in dict.fromkeys((pair.context, pair.document) for pair in pairs):
        if context is not None:
            by_document[document].append(context)
    count = round(config.negatives * len(answerable))
    chosen: list[tuple[int, Pair]] = []
    while answerable and len(chosen) < count:
        chosen += rng.sample(answerable, min(len(answerable), count - len(chosen)))
    negatives = (builder.negative(number, pair, by_document[pair.document], rng) for number, pair in chosen)
    return [feature for feature in negatives if feature is not None]


def _adversarial(
    builder: "_FeatureBuilder", answerable: list[tuple[int, Pair]], config: TrainingConfig
) -> list[Feature]:
    """Return windows with the answers of a random share of the pairs, with questions that they don't answer."""
    rng = random.Random(config.seed + 1)  # noqa: S311 - not for cryptography
    count = round(config.adversarial_questions * len(answerable))
    features: list[Feature] = []
    for number, pair in rng.sample(answerable, len(answerable)) if count else []:
        if len(features) >= count:
            break
        other_context = rng.choice(answerable)[1].context or ""
        answers = [gold.text for gold in pair.answers]
        question = adversarial_question(pair.question, pair.context or "", answers, other_context, rng)
        if question is not None:
            features += builder.positive(number, replace(pair, question=question), null=True)[:1]
    return features


class _FeatureBuilder:
    """Builds features of pairs. Their contexts must have been added."""

    def __init__(self, tokenizer: Tokenizer, limit: int, config: TrainingConfig) -> None:
        self._tokenizer = tokenizer
        self._sequences = SequenceBuilder(tokenizer, limit)
        self._cutter = WindowCutter(tokenizer, config.max_seq_length, config.doc_stride, limit)
        self._has_teacher = bool(config.teacher)
        self._contexts: dict[str, _WindowedContext] = {}
        self._questions: dict[str, list[int]] = {}

    def add(self, context: str) -> None:
        # A teacher's tokens are found by their offsets, in the order of the text.
        tables = () if self._has_teacher else written_tables(context)
        self._contexts[context] = _WindowedContext(context, *self._cutter.cut_text(context, Monitor(), tables))

    def positive(self, number: int, pair: Pair, *, null: bool = False) -> list[Feature]:
        """Return each window that contains a whole answer; with `null`, with the null as target."""
        context = self._contexts[pair.context or ""]
        spans = [context.tokens.around(gold.start, gold.start + len(gold.text)) for gold in pair.answers]
        features = []
        for window, (begin, end) in enumerate(context.bounds):
            inside = [(first - begin, last - begin) for first, last in spans if begin <= first <= last < end]
            if inside:
                features.append(self._feature(number, pair, context, window, [] if null else inside))
        return [feature for feature in features if feature is not None]

    def unanswerable(self, number: int, pair: Pair) -> list[Feature]:
        """Return the two windows that share most words with an unanswerable question: the hardest ones."""
        context = self._contexts[pair.context or ""]
        windows = sorted(
            range(len(context.bounds)), key=lambda window: -_shared_words(pair.question, context.texts[window])
        )
        features = [self._feature(number, pair, context, window, []) for window in windows[:2]]
        return [feature for feature in features if feature is not None]

    def negative(self, number: int, pair: Pair, contexts: Sequence[str], rng: random.Random) -> Feature | None:
        """Return a window of these contexts without any of the answers, or None if no candidate is without."""
        candidates: list[tuple[int, _WindowedContext, int]] = []
        for _ in range(_NEGATIVE_CANDIDATES):
            context = self._contexts[rng.choice(contexts)]
            if len(context.bounds):
                window = rng.randrange(len(context.bounds))
                candidates.append((_shared_words(pair.question, context.texts[window]), context, window))
        answers = [normalize(gold.text) for gold in pair.answers]
        for _, context, window in sorted(candidates, key=lambda candidate: -candidate[0]):
            text = normalize(context.texts[window])
            if not any(answer and answer in text for answer in answers):
                return self._feature(number, pair, context, window, [])
        return None

    def _feature(
        self, number: int, pair: Pair, context: _WindowedContext, window: int, spans: Sequence[tuple[int, int]]
    ) -> Feature | None:
        """Return the sequence of a window, or None if the question leaves no room for the answer.

        `spans` are the answers, as first and last tokens of the window; none for the null.
        """
        question = self._question(pair.question)
        begin, end = (int(bound) for bound in context.bounds[window])
        size = min(end - begin, self._sequences.room(len(question)))
        if size < 1 or any(last >= size for _, last in spans):
            return None
        tokens, body = context.tokens, slice(begin, begin + size)
        sequence = self._sequences.build(question, tokens.ids[body])
        offset = sequence.window_start
        return Feature(
            sequence=sequence,
            size=size,
            offsets=np.stack([tokens.starts[body], tokens.ends[body]], axis=1).astype(np.int32),
            start=_distribution(offset + first for first, _ in spans) if spans else NULL,
            end=_distribution(offset + last for _, last in spans) if spans else NULL,
            pair=number,
            context=context.context,
            weight=pair.weight,
        )

    def _question(self, question: str) -> list[int]:
        ids = self._questions.get(question)
        if ids is None:
            ids = self._tokenizer.encode(question, add_special_tokens=False).ids
            self._questions[question] = ids
        return ids


def _distribution(positions: Iterable[int]) -> Target:
    votes = Counter(positions)
    return tuple((position, count / votes.total()) for position, count in sorted(votes.items()))


def _shared_words(question: str, text: str) -> int:
    return len(set(normalize(question).split()) & set(normalize(text).split()))
