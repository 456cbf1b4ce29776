"""Reading: a question and windows in, span logits out, and from them each window's best spans."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from tokenizers import Tokenizer

from docqa import files, paths
from docqa.array_store import ArrayStore
from docqa.errors import DocqaError
from docqa.models import loading, registry
from docqa.reader import openvino_distilbert
from docqa.reader.backend import ROWS_ON_CPU, Backend, Batch
from docqa.reader.devices import choose_device, is_cpu, precision

# Few sequence lengths, because CPU kernels are made anew for each; no fewer, because padding is computed like the rest:
# with 32 a question on full windows costs a tenth more.
_ROUND_TO = 16
_WINDOWS_ON_ACCELERATOR = 512
_SAMPLES, _SAMPLE_WIDTH = 8, 384  # Sequences that the ranges of int8 are measured on, and the tokens of each.


class Span(NamedTuple):
    """A span in a window: `window` indexes the batch, `first` and `last` its tokens; `score` is above the null."""

    window: int
    first: int
    last: int
    score: float


class Window(NamedTuple):
    """What the reader is given of a window: `Tokens.ids`, `words` and `blocks`, each of shape (tokens,)."""

    ids: NDArray[np.int32]
    words: NDArray[np.bool_]
    blocks: NDArray[np.int32]

    def part(self, first: int, size: int) -> "Window":
        """The `size` tokens from `first` on."""
        inside = slice(first, first + size)
        return Window(self.ids[inside], self.words[inside], self.blocks[inside])


@dataclass(frozen=True, slots=True)
class Template:
    """The special tokens around a question and a window, as the reader's own tokenizer sets them."""

    before: tuple[int, ...]
    between: tuple[int, ...]
    after: tuple[int, ...]
    second_type: int

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> "Template":
        """Learn the template from one encoded pair."""
        encoding = tokenizer.encode("a", "b")
        sides = encoding.sequence_ids
        question = [i for i, side in enumerate(sides) if side == 0]
        window = [i for i, side in enumerate(sides) if side == 1]
        ids = encoding.ids
        return cls(
            tuple(ids[: question[0]]),
            tuple(ids[question[-1] + 1 : window[0]]),
            tuple(ids[window[-1] + 1 :]),
            encoding.type_ids[window[0]],
        )

    @property
    def size(self) -> int:
        """Special tokens in a sequence."""
        return len(self.before) + len(self.between) + len(self.after)


class Reader:
    """A span extractor. The weights are loaded when they are first needed, or by `load`."""

    def __init__(
        self, model: registry.Model, device: str = "auto", max_answer_length: int = 30, *, exact: bool = False
    ) -> None:
        """`exact`: compute in float32, whatever the device does faster."""
        self.model = model
        self._exact = exact
        self.tokenizer = loading.load_tokenizer(model.folder)
        self.max_answer_length = max_answer_length
        self._template = Template.of(self.tokenizer)
        self._device_wanted = device

    @property
    def name(self) -> str:
        """The reader's name, as `docqa models list` has it."""
        return self.model.name

    @cached_property
    def fingerprint(self) -> str:
        """The model's fingerprint, computed once: every document asks for it."""
        return self.model.fingerprint

    @cached_property
    def limit(self) -> int:
        """Tokens that the reader takes in one sequence."""
        return loading.sequence_limit(self.model.folder)

    @cached_property
    def device(self) -> str:
        """The device in use, as torch names it."""
        return choose_device(self._device_wanted)

    @property
    def needs_torch(self) -> bool:
        """Whether loading it imports torch."""
        return not (is_cpu(self._device_wanted) and openvino_distilbert.can_build(self.model.folder))

    def load(self) -> None:
        """Load the weights now."""
        _ = self._network

    @cached_property
    def _network(self) -> Backend:
        folder = self.model.folder
        if self.device == "cpu" and openvino_distilbert.can_build(folder):
            from docqa.reader import openvino_backend as openvino

            if self._exact:
                return openvino.OpenVinoBackend(folder, exact=True)
            return openvino.fastest(folder, self.fingerprint, self.sample, ArrayStore.in_cache("readers"))
        from docqa.reader.torch_backend import TorchBackend

        return TorchBackend(folder, self.device, precision(self.device, exact=self._exact))

    def sample(self) -> list[Batch]:
        """Sequences of one length out of the general sample: what the ranges of a network in int8 are measured on."""
        width = min(_SAMPLE_WIDTH, self.limit)
        pairs = []
        for article in files.read_json_object(paths.general_sample())["data"][:_SAMPLES]:
            text = "\n".join(paragraph["context"] for paragraph in article["paragraphs"])
            asked = article["paragraphs"][0]["qas"][0]["question"]
            question, window = (self.tokenizer.encode(one, add_special_tokens=False).ids for one in (asked, text))
            del question[width // 4 :]
            room = width - self._template.size - len(question)
            pairs.append((question, np.resize(np.array(window, dtype=np.int32), room)))  # Repeated where it is short.
        return [self._batch(pairs[first : first + ROWS_ON_CPU], width) for first in range(0, _SAMPLES, ROWS_ON_CPU)]

    def question_ids(self, question: str) -> list[int]:
        """Tokenize a question. Raises `DocqaError` where it leaves less than half of a sequence to the document."""
        ids: list[int] = self.tokenizer.encode(question, add_special_tokens=False).ids
        most = self.limit // 2
        if not ids:
            raise DocqaError(
                "the question is empty", "ask something, for example: docqa ask 'Who wrote it?' report.pdf"
            )
        if len(ids) > most:
            raise DocqaError(
                f"the question has {len(ids)} tokens; this reader takes questions of up to {most}",
                "ask it in fewer words: background belongs in the documents",
            )
        return ids

    @property
    def batch_size(self) -> int:
        """Windows that are read at a time: what keeps the device busy, and lets a cancel be noticed soon."""
        return ROWS_ON_CPU if self.device == "cpu" else _WINDOWS_ON_ACCELERATOR

    def read(self, question_ids: Sequence[int], windows: Sequence[Window], n_best: int = 5) -> list[Span]:
        """Read windows for one question, as one batch: `read_pairs` with the same question throughout."""
        return self.read_pairs([(question_ids, window) for window in windows], n_best)

    def read_pairs(self, pairs: Sequence[tuple[Sequence[int], Window]], n_best: int = 5) -> list[Span]:
        """Read pairs of a question's tokens and a window as one batch. `Span.window` is the pair's index.

        Returns up to `n_best` spans a window that don't overlap, scored above its null. A window that the question
        leaves no room for is read in parts that overlap by `max_answer_length`.
        """
        parts: list[tuple[int, int, Window]] = []
        for index, (question, window) in enumerate(pairs):
            room = self.room(len(question))
            starts_of_parts = _part_starts(len(window.ids), room, self.max_answer_length)
            parts.extend((index, first, window.part(first, room)) for first in starts_of_parts)
        if not parts:
            return []
        starts, ends = self.logits([(pairs[index][0], part.ids) for index, _, part in parts])
        spans: list[Span] = []
        for row, (index, first, part) in enumerate(parts):
            # The logits of the [CLS] position: "the answer is not in this window" (Devlin et al. 2019, section 4.3).
            null = float(starts[row, 0] + ends[row, 0])
            offset = self.offset(len(pairs[index][0]))
            inside = slice(offset, offset + len(part.ids))
            best = best_spans(
                starts[row, inside], ends[row, inside], part, self.max_answer_length, n_best, brevity=self.brevity
            )
            spans.extend(Span(index, first + a, first + b, score - null) for a, b, score in best)
        return spans

    @cached_property
    def brevity(self) -> float:
        """What each token of a span costs, in its score: "brevity" in docqa.json, 0 where it has none.

        A start and an end that are likely each on its own are, together, often a longer span than a person would give.
        Raises `DocqaError` where it is no number from 0.
        """
        brevity = self.model.metadata.get("brevity", 0.0)
        if not isinstance(brevity, int | float) or not brevity >= 0:
            raise DocqaError(
                f"the brevity of the reader {self.name} is {brevity!r}",
                f"docqa.json in {self.model.folder} has to have a number from 0 for it",
            )
        return float(brevity)

    def room(self, question: int) -> int:
        """Tokens of a window that fit into one sequence beside a question of so many tokens."""
        return self.limit - self._template.size - question

    def offset(self, question: int) -> int:
        """Where in a sequence the window begins, after a question of so many tokens."""
        return len(self._template.before) + question + len(self._template.between)

    def logits(
        self, pairs: Sequence[tuple[Sequence[int], NDArray[np.int32]]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Start and end logits of pairs of question and window, each of shape (pairs, sequence).

        Computed in batches of like lengths. What stands behind a pair's own sequence is padding, and means nothing.
        """
        lengths = np.array([len(question) + len(window) for question, window in pairs]) + self._template.size
        order = np.argsort(lengths, kind="stable")
        size = self._network.rows(int(lengths.max()))
        groups = [order[first : first + size] for first in range(0, len(order), size)]
        batches = [self._batch([pairs[i] for i in group], int(lengths[group[-1]])) for group in groups]
        found = np.full((2, len(pairs), batches[-1].ids.shape[1]), -np.inf, dtype=np.float32)
        for group, logits in zip(groups, self._network.logits(batches), strict=True):
            found[:, group, : logits.shape[2]] = logits
        return found[0], found[1]

    def _batch(self, pairs: Sequence[tuple[Sequence[int], NDArray[np.int32]]], longest: int) -> Batch:
        template = self._template
        width = min(self.limit, -(-longest // _ROUND_TO) * _ROUND_TO)
        ids = np.zeros((len(pairs), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        types = np.zeros_like(ids)
        for row, (question, window) in enumerate(pairs):
            sequence = [*template.before, *question, *template.between, *window, *template.after]
            ids[row, : len(sequence)] = sequence
            mask[row, : len(sequence)] = 1
            types[row, self.offset(len(question)) : len(sequence)] = template.second_type
        return Batch(ids, mask, types)


def best_spans(
    starts: NDArray[np.float32],
    ends: NDArray[np.float32],
    window: Window,
    max_length: int,
    count: int,
    *,
    brevity: float = 0.0,
) -> list[tuple[int, int, float]]:
    """The `count` best spans (first, last, score) that don't overlap, the best first.

    Logits have the shape (tokens,). A span is of whole words in one block, at most `max_length` tokens long, and
    ends no sooner than it starts. Its score is start logit + end logit, less `brevity` for each token after its first.
    """
    last_of_word = np.append(window.words[1:], True)
    start, end = np.where(window.words, starts, -np.inf), np.where(last_of_word, ends, -np.inf)
    scores = span_scores(start, end, max_length, brevity)
    width = scores.shape[1]
    block = np.append(window.blocks, np.full(width - 1, -1, dtype=np.int32))
    scores[sliding_window_view(block, width) != window.blocks[:, None]] = -np.inf
    found = []
    for _ in range(count):
        first, length = np.unravel_index(int(np.argmax(scores)), scores.shape)
        score = float(scores[first, length])
        if score == -np.inf:
            break
        last = int(first + length)
        found.append((int(first), last, score))
        scores[first : last + 1] = -np.inf
        for before in range(max(0, int(first) - width + 1), int(first)):
            scores[before, first - before :] = -np.inf
    return found


def span_scores(
    starts: NDArray[np.floating], ends: NDArray[np.floating], max_length: int, brevity: float
) -> NDArray[np.float64]:
    """The score of every span of up to `max_length` tokens: at [i, d] that of the tokens i to i + d.

    Start logit + end logit, of shape (tokens,) each, less `brevity` for each token after the first; minus infinity
    where the span would end behind the last token. The result has the shape (tokens, min(max_length, tokens)).
    """
    width = min(max_length, len(starts))
    end = np.append(ends, np.full(width - 1, -np.inf))
    cost = np.float32(brevity) * np.arange(width, dtype=np.float32)
    scores: NDArray[np.float64] = starts[:, None] + sliding_window_view(end, width) - cost
    return scores


def _part_starts(length: int, room: int, overlap: int) -> range:
    if length <= room:
        return range(1)
    return range(0, length - overlap, max(1, room - overlap))
