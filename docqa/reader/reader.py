"""The reader: extracts answer spans from windows."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from docqa import files, paths
from docqa.array_store import ArrayStore
from docqa.errors import DocqaError
from docqa.models import loading, registry
from docqa.reader.backend import ROWS_ON_CPU, Backend, LoadRequest, choose_backend, load_backend
from docqa.reader.devices import choose_device, is_cpu
from docqa.reader.sequences import Batch, SequenceBuilder, pad
from docqa.reader.span_decoding import Span, best_spans, wider_edges
from docqa.windows import Window

_WINDOWS_ON_ACCELERATOR = 512
LONGEST_ANSWER = 30
"""Tokens in the longest answer, where no setting says otherwise."""
_SAMPLES, _SAMPLE_WIDTH = 8, 384  # Sequences of `Reader.sample`, and tokens in each.


class Reader:
    """An extractive question-answering model. Its weights are loaded on first use, or by `load`."""

    def __init__(
        self,
        model: registry.Model,
        device: str = "auto",
        *,
        exact: bool = False,
        store: ArrayStore | None = None,
    ) -> None:
        """`exact` computes in float32, even where the device is faster in another type. `store` has the results of
        measurements, by default those in the user's cache.

        Raises `DocqaError` if the tokenizer or config.json is damaged.
        """
        self.model = model
        self._exact = exact
        self._store = store or ArrayStore.in_cache("readers")
        self.tokenizer = loading.load_tokenizer(model.folder)
        self.sequences = SequenceBuilder(self.tokenizer, loading.sequence_limit(model.folder))
        self._device_setting = device

    @property
    def name(self) -> str:
        """The reader's name, as in `docqa models list`."""
        return self.model.name

    @cached_property
    def fingerprint(self) -> str:
        """The model's fingerprint, computed once: it is part of every document's cache key."""
        return self.model.fingerprint

    @property
    def identity(self) -> tuple[object, ...]:
        """Readers of the same identity give the same logits. Raises `DocqaError` if the model is damaged."""
        return self.model, self.fingerprint, self._device_setting, self._exact

    @cached_property
    def languages(self) -> list[str] | None:
        """The languages that the reader reads, by their ISO 639-1 codes; None if they are not known."""
        return self.model.metadata.languages

    def reads(self, language: str | None) -> bool:
        """Whether the reader reads a language, by its ISO 639-1 code. True if it, or the reader's, is not known."""
        return language is None or not self.languages or language in self.languages

    @property
    def limit(self) -> int:
        """Tokens in the longest sequence that the reader takes."""
        return self.sequences.limit

    @cached_property
    def device(self) -> str:
        """The device in use, by its torch name."""
        return choose_device(self._device_setting)

    @property
    def needs_torch(self) -> bool:
        """Whether loading the weights imports torch."""
        return not is_cpu(self._device_setting) or choose_backend(self.model.folder, "cpu").needs_torch

    def load(self) -> None:
        """Load the weights now."""
        _ = self._backend

    @cached_property
    def _backend(self) -> Backend:
        request = LoadRequest(
            folder=self.model.folder,
            device=self.device,
            exact=self._exact,
            fingerprint=self.fingerprint,
            sample=self.sample,
            store=self._store,
        )
        return load_backend(choose_backend(request.folder, request.device), request)

    def sample(self) -> list[Batch]:
        """Unpadded sequences of the general sample, all of one length, in batches: what backends measure on."""
        width = min(_SAMPLE_WIDTH, self.limit)
        sequences = []
        for article in files.read_json_object(paths.general_sample())["data"][:_SAMPLES]:
            text = "\n".join(paragraph["context"] for paragraph in article["paragraphs"])
            asked = article["paragraphs"][0]["qas"][0]["question"]
            question, window = (self.tokenizer.encode(one, add_special_tokens=False).ids for one in (asked, text))
            del question[width // 4 :]
            room = width - self.sequences.special_tokens - len(question)
            # `np.resize` repeats a text that is too short.
            sequences.append(self.sequences.build(question, np.resize(np.array(window, dtype=np.int32), room)))
        return [pad(sequences[i : i + ROWS_ON_CPU], width) for i in range(0, _SAMPLES, ROWS_ON_CPU)]

    def question_ids(self, question: str) -> list[int]:
        """Tokenize a question. Raises `DocqaError` if it is empty or takes more than half of a sequence."""
        ids: list[int] = self.tokenizer.encode(question, add_special_tokens=False).ids
        longest = self.limit // 2
        if not ids:
            raise DocqaError("the question is empty", "for example: docqa ask 'Who wrote it?' report.pdf")
        if len(ids) > longest:
            raise DocqaError(
                f"the question has {len(ids)} tokens; this reader takes up to {longest}",
                "shorten it: background belongs in the documents",
            )
        return ids

    @property
    def batch_size(self) -> int:
        """Windows to read per call: enough to keep the device busy, few enough to notice a cancel soon."""
        return ROWS_ON_CPU if self.device == "cpu" else _WINDOWS_ON_ACCELERATOR

    def read(self, question_ids: Sequence[int], windows: Sequence[Window], n_best: int = 5) -> list[Span]:
        """Read windows for one question: `read_pairs` with the same question throughout."""
        return self.read_pairs([(question_ids, window) for window in windows], n_best=n_best)

    def read_pairs(
        self, pairs: Sequence[tuple[Sequence[int], Window]], longest: int = LONGEST_ANSWER, *, n_best: int = 5
    ) -> list[Span]:
        """Read pairs of question tokens and window in one call. `Span.window` is the pair's index.

        Returns up to `n_best` non-overlapping spans a window, of up to `longest` tokens. A window that doesn't fit
        beside its question is read in parts that overlap by as many.
        """
        parts: list[tuple[int, int, Window]] = []
        for index, (question, window) in enumerate(pairs):
            room = self.sequences.room(len(question))
            starts_of_parts = _part_starts(len(window.ids), room, longest)
            parts.extend((index, first, window.part(first, room)) for first in starts_of_parts)
        if not parts:
            return []
        starts, ends = self.logits([(pairs[index][0], part.ids) for index, _, part in parts])
        spans: list[Span] = []
        for row, (index, first, part) in enumerate(parts):
            # The logits of the [CLS] position: "the answer is not in this window" (Devlin et al. 2019, section 4.3).
            null = float(starts[row, 0] + ends[row, 0])
            offset = self.sequences.window_start(len(pairs[index][0]))
            inside = slice(offset, offset + len(part.ids))
            logits = starts[row, inside], ends[row, inside]
            best = best_spans(*logits, part, longest, n_best, length_penalty=self.length_penalty)
            for a, b, score in best:
                firsts, lasts = wider_edges(*logits, part, a, b)
                spans.append(
                    Span(
                        index,
                        first + a,
                        first + b,
                        score - null,
                        tuple(first + token for token in firsts),
                        tuple(first + token for token in lasts),
                    )
                )
        return spans

    @cached_property
    def length_penalty(self) -> float:
        """What each token of a span after its first costs in its score: `length_penalty` in docqa.json, by default 0.

        The likeliest start and the likeliest end, taken independently, often enclose a longer span than annotators
        choose. Raises `DocqaError` if docqa.json is malformed.
        """
        return self.model.metadata.length_penalty or 0.0

    def logits(
        self, pairs: Sequence[tuple[Sequence[int], NDArray[np.int32]]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Start and end logits of pairs of question and window, each of shape (pairs, width).

        Pairs of similar length share a batch. Logits after the end of a pair's own sequence are meaningless.
        """
        sequences = [self.sequences.build(question, window) for question, window in pairs]
        lengths = np.array([len(sequence.ids) for sequence in sequences])
        order = np.argsort(lengths, kind="stable")
        size = self._backend.rows(int(lengths.max()))
        groups = [order[first : first + size] for first in range(0, len(order), size)]
        batches = [pad((sequences[i] for i in group), self.limit) for group in groups]
        logits = np.full((2, len(pairs), batches[-1].ids.shape[1]), -np.inf, dtype=np.float32)
        for group, of_batch in zip(groups, self._backend.logits(batches), strict=True):
            logits[:, group, : of_batch.shape[2]] = of_batch
        return logits[0], logits[1]


def _part_starts(length: int, room: int, overlap: int) -> range:
    if length <= room:
        return range(1)
    return range(0, length - overlap, max(1, room - overlap))
