"""Retrieval: which windows to read first. BM25, a dense encoder, and both fused."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from docqa.errors import DocqaError
from docqa.models import loading, registry
from docqa.progress import Monitor
from docqa.retrieval.static_encoder import is_static

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_EMBEDDED_AT_ONCE = 64


class Retriever(Protocol):
    """Scores every window of a document set against a question."""

    def scores(self, question: str) -> NDArray[np.float32]:
        """Scores of shape (windows,): higher is likelier to hold the answer, in no fixed unit."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """The stemmed words of a document's windows: `ids[bounds[i]:bounds[i + 1]]` index `vocabulary` for window i."""

    vocabulary: tuple[str, ...]
    ids: NDArray[np.int32]
    bounds: NDArray[np.int64]


def terms(texts: Sequence[str]) -> Terms:
    """Stem the words of each text, stopwords left out."""
    import bm25s

    tokenized = bm25s.tokenize(list(texts), stopwords="en", stemmer=_stem, show_progress=False)
    words = sorted(tokenized.vocab, key=tokenized.vocab.__getitem__)
    lengths = [len(ids) for ids in tokenized.ids]
    flat = [number for ids in tokenized.ids for number in ids]
    return Terms(
        tuple(words),
        np.array(flat, dtype=np.int32),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
    )


def _stem(words: list[str]) -> list[str]:
    import Stemmer

    stems: list[str] = Stemmer.Stemmer("english").stemWords(words)
    return stems


class BM25Retriever:
    """BM25 (Robertson & Zaragoza 2009) over the windows of several documents, as one collection."""

    def __init__(self, documents: Sequence[Terms]) -> None:
        import bm25s

        vocabulary: dict[str, int] = {}
        windows: list[list[int]] = []
        for document in documents:
            number = np.array([vocabulary.setdefault(w, len(vocabulary)) for w in document.vocabulary], dtype=np.int64)
            ids = number[document.ids].tolist() if len(document.ids) else []
            windows.extend(ids[a:b] for a, b in zip(document.bounds, document.bounds[1:], strict=False))
        self._count = len(windows)
        self._vocabulary = vocabulary
        self._index = bm25s.BM25()
        if any(windows):
            self._index.index((windows, dict(vocabulary)), show_progress=False)
        else:
            self._vocabulary = {}

    def scores(self, question: str) -> NDArray[np.float32]:
        """BM25 scores of shape (windows,), 0 for a window that shares no word with the question."""
        asked = [self._vocabulary[word] for word in terms([question]).vocabulary if word in self._vocabulary]
        if not asked:
            return np.zeros(self._count, dtype=np.float32)
        scores: NDArray[np.float32] = self._index.get_scores(asked)
        return scores


class Encoder:
    """A sentence-transformers model, loaded when it is first needed."""

    def __init__(self, model: registry.Model, device: str = "cpu") -> None:
        self.model = model
        self._device = device

    @property
    def name(self) -> str:
        """The encoder's name, as `docqa models list --encoder` has it."""
        return self.model.name

    @cached_property
    def fingerprint(self) -> str:
        """The model's fingerprint, computed once: every document asks for it."""
        return self.model.fingerprint

    @property
    def weight(self) -> float:
        """What its z-scores count for beside BM25's. The bundled static encoder was measured at ½."""
        weight = self.model.metadata.get("fusion_weight", 1.0)
        if not isinstance(weight, int | float):
            raise DocqaError(f"fusion_weight of the encoder {self.name} is {weight!r}, not a number", "mend docqa.json")
        return float(weight)

    @cached_property
    def _network(self) -> "SentenceTransformer":
        return loading.load_encoder(self.model.folder, self._device)

    @property
    def needs_torch(self) -> bool:
        """Whether loading it imports torch."""
        return not is_static(self.model.folder)

    def load(self) -> None:
        """Load the weights now."""
        _ = self._network

    def embed(self, texts: Sequence[str], monitor: Monitor, name: str = "") -> NDArray[np.float32]:
        """Embed texts as unit vectors of shape (texts, dimensions).

        A text longer than the encoder's own limit is embedded in pieces, and its vector is their mean, weighted by
        their length: none is silently cut.
        """
        pieces: list[str] = []
        owners: list[int] = []
        for owner, text in enumerate(texts):
            parts = self._within_limit(text)
            pieces.extend(parts)
            owners.extend([owner] * len(parts))
        vectors = []
        for first in range(0, len(pieces), _EMBEDDED_AT_ONCE):
            monitor.update("embedding", name, first, len(pieces))
            batch = pieces[first : first + _EMBEDDED_AT_ONCE]
            vectors.append(self._network.encode(batch, convert_to_numpy=True, show_progress_bar=False))
        monitor.update("embedding", name, len(pieces), len(pieces))
        if not vectors:
            return np.empty((0, self._network.get_embedding_dimension() or 0), dtype=np.float32)
        embedded = _unit(np.concatenate(vectors).astype(np.float32))
        pooled = np.zeros((len(texts), embedded.shape[1]), dtype=np.float32)
        weights = np.array([len(piece) for piece in pieces], dtype=np.float32)
        np.add.at(pooled, np.array(owners), embedded * weights[:, None])
        return _unit(pooled)

    def _within_limit(self, text: str) -> list[str]:
        limit = self._network.max_seq_length
        # A token has a character or more: a text this short needs no count.
        if limit is None or len(text) < limit:
            return [text]
        tokenizer = self._network.tokenizer
        room = limit - 2  # The special tokens at both ends.
        offsets = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)[
            "offset_mapping"
        ]
        if len(offsets) <= room:
            return [text]
        cuts = [0, *(offsets[i][0] for i in range(room, len(offsets), room)), len(text)]
        return [text[a:b] for a, b in pairwise(cuts)]


class DenseRetriever:
    """Cosine similarity of the question to each window's vector."""

    def __init__(self, encoder: Encoder, vectors: NDArray[np.float32]) -> None:
        self._encoder = encoder
        self._vectors = vectors

    def scores(self, question: str) -> NDArray[np.float32]:
        """Cosines of shape (windows,), from -1 to 1."""
        vector = self._encoder.embed([question], Monitor())[0]
        scores: NDArray[np.float32] = self._vectors @ vector
        return scores


class HybridRetriever:
    """The weighted sum of several retrievers' z-scores: each counts in its own standard deviations."""

    def __init__(self, parts: Sequence[tuple[Retriever, float]]) -> None:
        self._parts = parts

    def scores(self, question: str) -> NDArray[np.float32]:
        """Sums of shape (windows,)."""
        total: NDArray[np.float32] = np.sum(
            [weight * standardize(part.scores(question)) for part, weight in self._parts], axis=0
        )
        return total


def standardize(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores in standard deviations from their mean; zeros where they are all alike."""
    if not len(scores) or float(np.ptp(scores)) == 0:
        return np.zeros_like(scores)
    exact = scores.astype(np.float64)  # Of scores that are nearly alike, rounding would make any z whatever.
    standard: NDArray[np.float32] = ((exact - exact.mean()) / exact.std()).astype(np.float32)
    return standard


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = vectors / np.maximum(lengths, 1e-9)
    return unit
