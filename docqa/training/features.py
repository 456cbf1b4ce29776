"""Pairs to training sequences: a question, a window, and where in it the answer starts and ends."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from docqa.datasets.pair import Pair
from docqa.progress import Monitor
from docqa.ranking import normalize
from docqa.reader.sequences import InputSequence, SequenceBuilder
from docqa.training.adversarial_questions import adversarial_question
from docqa.training.hyperparameters import TrainingConfig
from docqa.windows import Tokens, WindowCutter

Target = tuple[tuple[int, float], ...]
"""A sparse distribution over a sequence's positions, which sums to 1. Position 0 is the null: "not in this window"."""

NULL: Target = ((0, 1.0),)

_TRIED = 6  # Windows that are weighed for a negative; the one that shares most words with the question is taken.


@dataclass(frozen=True, slots=True)
class Feature:
    """One training sequence.

    The window's tokens are at `first` to `first + size` in `sequence`; `offsets`, of shape (size, 2), are their
    offsets in `context`, the context of the pair with index `pair`.
    """

    sequence: InputSequence
    size: int
    offsets: NDArray[np.int32]
    start: Target
    end: Target
    pair: int
    context: str

    @property
    def ids(self) -> NDArray[np.int32]:
        """The sequence's token ids, of shape (sequence,), special tokens included."""
        return self.sequence.ids

    @property
    def first(self) -> int:
        """Index in the sequence of the window's first token."""
        return self.sequence.window_start

    @property
    def answerable(self) -> bool:
        """Whether the window holds an answer."""
        return self.start != NULL


@dataclass(frozen=True, slots=True)
class _Cut:
    """A context, tokenized and cut."""

    context: str
    tokens: Tokens
    bounds: NDArray[np.int32]

    def text(self, window: int) -> str:
        begin, end = self.bounds[window]
        return self.context[int(self.tokens.starts[begin]) : int(self.tokens.ends[end - 1])]


def make(
    pairs: Sequence[Pair], tokenizer: Tokenizer, limit: int, recipe: TrainingConfig, monitor: Monitor | None = None
) -> list[Feature]:
    """The features of all pairs: every window that holds an answer, and as many without as the recipe asks for.

    A window's target is the share of the annotators who chose each start and each end. The same pairs and recipe make
    the same features.
    """
    maker = _Maker(tokenizer, limit, recipe)
    contexts = list(dict.fromkeys(pair.context for pair in pairs if pair.context is not None))
    monitor = monitor or Monitor()
    for number, context in enumerate(contexts):
        if number % 100 == 0:
            monitor.update("tokenizing", "contexts", number, len(contexts))
        maker.add(context)
    positive: list[Feature] = []
    null: list[Feature] = []
    wanting: list[tuple[int, Pair]] = []
    for number, pair in enumerate(pairs):
        if number % 1000 == 0:
            monitor.update("tokenizing", "questions", number, len(pairs))
        if pair.answers:
            found = maker.positive(number, pair)
            positive += found
            wanting += [(number, pair)] if found else []
        else:
            null += maker.unanswerable(number, pair)
    return positive + null + _negatives(maker, pairs, wanting, recipe) + _altered(maker, wanting, recipe)


def _negatives(
    maker: "_Maker", pairs: Sequence[Pair], wanting: list[tuple[int, Pair]], recipe: TrainingConfig
) -> list[Feature]:
    """Windows of the same document that don't hold the answer, for a random share of the answerable pairs."""
    chance = random.Random(recipe.seed)  # noqa: S311 - no secret
    by_document: dict[str, list[str]] = defaultdict(list)
    for context, document in dict.fromkeys((pair.context, pair.document) for pair in pairs):
        if context is not None:
            by_document[document].append(context)
    count = round(recipe.negatives * len(wanting))
    chosen: list[tuple[int, Pair]] = []
    while wanting and len(chosen) < count:
        chosen += chance.sample(wanting, min(len(wanting), count - len(chosen)))
    made = (maker.negative(number, pair, by_document[pair.document], chance) for number, pair in chosen)
    return [feature for feature in made if feature is not None]


def _altered(maker: "_Maker", wanting: list[tuple[int, Pair]], recipe: TrainingConfig) -> list[Feature]:
    """The windows that hold the answers of a random share of the pairs, asked what they no longer answer."""
    chance = random.Random(recipe.seed + 1)  # noqa: S311 - no secret
    count = round(recipe.altered * len(wanting))
    made: list[Feature] = []
    for number, pair in chance.sample(wanting, len(wanting)) if count else []:
        if len(made) >= count:
            break
        elsewhere = chance.choice(wanting)[1].context or ""
        answers = [gold.text for gold in pair.answers]
        question = adversarial_question(pair.question, pair.context or "", answers, elsewhere, chance)
        if question is not None:
            made += maker.positive(number, replace(pair, question=question), null=True)[:1]
    return made


class _Maker:
    """Makes features of pairs whose contexts it has been given."""

    def __init__(self, tokenizer: Tokenizer, limit: int, recipe: TrainingConfig) -> None:
        self._tokenizer = tokenizer
        self._sequences = SequenceBuilder(tokenizer, limit)
        self._cutter = WindowCutter(tokenizer, recipe.max_seq_length, recipe.doc_stride, limit)
        self._cuts: dict[str, _Cut] = {}
        self._questions: dict[str, list[int]] = {}

    def add(self, context: str) -> None:
        self._cuts[context] = _Cut(context, *self._cutter.cut_text(context, Monitor()))

    def positive(self, number: int, pair: Pair, *, null: bool = False) -> list[Feature]:
        """Every window that holds one of the answers whole; with the null as its target where it no longer answers."""
        one = self._cuts[pair.context or ""]
        spans = [_token_span(one.tokens, gold.start, gold.start + len(gold.text)) for gold in pair.answers]
        found = []
        for window, (begin, end) in enumerate(one.bounds):
            inside = [(a - begin, b - begin) for a, b in spans if begin <= a <= b < end]
            if inside:
                found.append(self._feature(number, pair, one, window, [] if null else inside))
        return [feature for feature in found if feature is not None]

    def unanswerable(self, number: int, pair: Pair) -> list[Feature]:
        """The two windows of the context that share most words with the question: what a reader would fall for."""
        one = self._cuts[pair.context or ""]
        windows = sorted(range(len(one.bounds)), key=lambda window: -_shared(pair.question, one.text(window)))
        found = [self._feature(number, pair, one, window, []) for window in windows[:2]]
        return [feature for feature in found if feature is not None]

    def negative(self, number: int, pair: Pair, contexts: Sequence[str], chance: random.Random) -> Feature | None:
        """A window of these contexts that has none of the answers in it; None where the tries found none."""
        tried: list[tuple[int, int, _Cut, int]] = []
        for _ in range(_TRIED):
            one = self._cuts[chance.choice(contexts)]
            if len(one.bounds):
                window = chance.randrange(len(one.bounds))
                tried.append((_shared(pair.question, one.text(window)), len(tried), one, window))
        answers = [normalize(gold.text) for gold in pair.answers]
        for _, _, one, window in sorted(tried, key=lambda each: (-each[0], each[1])):
            text = normalize(one.text(window))
            if not any(answer and answer in text for answer in answers):
                return self._feature(number, pair, one, window, [])
        return None

    def _feature(
        self, number: int, pair: Pair, one: _Cut, window: int, spans: Sequence[tuple[int, int]]
    ) -> Feature | None:
        """A sequence of this window, or None where the question is so long that the answer doesn't fit beside it."""
        question = self._question(pair.question)
        begin, end = (int(bound) for bound in one.bounds[window])
        size = min(end - begin, self._sequences.room(len(question)))
        if size < 1 or any(last >= size for _, last in spans):
            return None
        body = slice(begin, begin + size)
        sequence = self._sequences.build(question, one.tokens.ids[body])
        first = sequence.window_start
        return Feature(
            sequence=sequence,
            size=size,
            offsets=np.stack([one.tokens.starts[body], one.tokens.ends[body]], axis=1).astype(np.int32),
            start=_shares(first + a for a, _ in spans) if spans else NULL,
            end=_shares(first + b for _, b in spans) if spans else NULL,
            pair=number,
            context=one.context,
        )

    def _question(self, question: str) -> list[int]:
        ids = self._questions.get(question)
        if ids is None:
            ids = self._tokenizer.encode(question, add_special_tokens=False).ids
            self._questions[question] = ids
        return ids


def _token_span(tokens: Tokens, start: int, end: int) -> tuple[int, int]:
    """The first and the last token of the characters from `start` to `end`."""
    return (
        int(np.searchsorted(tokens.ends, start, side="right")),
        int(np.searchsorted(tokens.starts, end, side="left")) - 1,
    )


def _shares(positions: Iterable[int]) -> Target:
    votes = Counter(positions)
    return tuple((position, count / votes.total()) for position, count in sorted(votes.items()))


def _shared(question: str, text: str) -> int:
    return len(set(normalize(question).split()) & set(normalize(text).split()))
