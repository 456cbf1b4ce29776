"""Dense retrieval: windows and question as vectors of a sentence encoder."""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from docqa.models import foreign_code, loading, registry
from docqa.progress import Monitor
from docqa.retrieval.static_encoder import StaticEncoder, is_static

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from docqa.collection import IndexedDocument

_BATCH = 64
_TEXTS_AT_ONCE = 32 * _BATCH


class Encoder:
    """A sentence encoder. Its weights are loaded on first use, or by `load`."""

    def __init__(self, model: registry.Model, device: str = "cpu") -> None:
        self.model = model
        self._device = device

    @property
    def name(self) -> str:
        """The encoder's name, as in `docqa models list --encoder`."""
        return self.model.name

    @cached_property
    def fingerprint(self) -> str:
        """The model's fingerprint, computed once: it is part of every document's cache key."""
        return self.model.fingerprint

    @property
    def identity(self) -> tuple[object, ...]:
        """Encoders of the same identity give the same vectors. Raises `DocqaError` if the model is damaged."""
        return self.model, self.fingerprint, self._device

    @property
    def weight(self) -> float:
        """Weight of its z-scores in hybrid retrieval; BM25's is 1. `fusion_weight` in docqa.json, by default 1."""
        weight = self.model.metadata.fusion_weight
        return 1.0 if weight is None else weight

    @cached_property
    def _network(self) -> Any:  # A SentenceTransformer, or a StaticEncoder, which has the methods used here.
        return load_encoder(self.model.folder, self._device)

    @property
    def needs_torch(self) -> bool:
        """Whether loading the weights imports torch."""
        return not is_static(self.model.folder)

    def load(self) -> None:
        """Load the weights now."""
        _ = self._network

    def embed(self, texts: Sequence[str], monitor: Monitor, name: str = "") -> NDArray[np.float32]:
        """Embed texts as unit vectors of shape (texts, dimensions).

        A text that exceeds the encoder's limit is embedded in pieces; its vector is their mean, weighted by length.
        Progress is reported under `name`.
        """
        vectors = np.empty((len(texts), self._network.get_embedding_dimension() or 0), dtype=np.float32)
        for first in range(0, len(texts), _TEXTS_AT_ONCE):
            part = slice(first, first + _TEXTS_AT_ONCE)
            vectors[part] = self._embed(texts[part], monitor, name, first, len(texts))
        monitor.update("embedding", name, len(texts), len(texts))
        return vectors

    def _embed(self, texts: Sequence[str], monitor: Monitor, name: str, done: int, total: int) -> NDArray[np.float32]:
        """Embed some of `total` texts, after the first `done`."""
        pieces: list[str] = []
        owners: list[int] = []
        for owner, text in enumerate(texts):
            parts = self._within_limit(text)
            pieces.extend(parts)
            owners.extend([owner] * len(parts))
        vectors = []
        for first in range(0, len(pieces), _BATCH):
            monitor.update("embedding", name, done + owners[first], total)
            batch = pieces[first : first + _BATCH]
            vectors.append(self._network.encode(batch, convert_to_numpy=True, show_progress_bar=False))
        embedded = _unit(np.concatenate(vectors).astype(np.float32))
        pooled = np.zeros((len(texts), embedded.shape[1]), dtype=np.float32)
        weights = np.array([len(piece) for piece in pieces], dtype=np.float32)
        np.add.at(pooled, np.array(owners), embedded * weights[:, None])
        return _unit(pooled)

    def _within_limit(self, text: str) -> list[str]:
        limit = self._network.max_seq_length
        # Each token has at least one character.
        if limit is None or len(text) < limit:
            return [text]
        tokenizer = self._network.tokenizer
        room = limit - 2  # Special tokens at both ends.
        offsets = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)[
            "offset_mapping"
        ]
        if len(offsets) <= room:
            return [text]
        cuts = [0, *(offsets[i][0] for i in range(room, len(offsets), room)), len(text)]
        return [text[a:b] for a, b in pairwise(cuts)]


def build(documents: "Sequence[IndexedDocument]", encoder: Encoder | None) -> "DenseRetriever":
    """The retriever called `dense`, which needs an encoder and the documents' vectors."""
    vectors = [each.vectors for each in documents if each.vectors is not None]
    if encoder is None or len(vectors) < len(documents):
        raise ValueError("dense retrieval needs an encoder and its vectors of every document")
    return DenseRetriever(encoder, vectors[0] if len(vectors) == 1 else np.concatenate(vectors))


class DenseRetriever:
    """Cosine similarity of the question's vector to each window's."""

    def __init__(self, encoder: Encoder, vectors: NDArray[np.float32]) -> None:
        self.encoder = encoder
        self._vectors = vectors

    def scores(self, question: str) -> NDArray[np.float32]:
        """Cosines of shape (windows,), from -1 to 1."""
        vector = self.encoder.embed([question], Monitor())[0]
        scores: NDArray[np.float32] = self._vectors @ vector
        return scores


def load_encoder(folder: Path, device: str) -> "SentenceTransformer | StaticEncoder":
    """Load the sentence encoder in `folder`. Raises `DocqaError` if it is damaged or ships custom code."""
    with loading.readable_errors(folder, "an encoder"):
        foreign_code.check_encoder(folder)
        tokenizer = loading.load_tokenizer(folder) if (folder / "tokenizer.json").is_file() else None
        if tokenizer is not None and is_static(folder):
            return StaticEncoder(folder, tokenizer)
    with loading.transformers_load(folder, "an encoder"):
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(
            str(folder),
            device=device,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = vectors / np.maximum(lengths, 1e-9)
    return unit
