"""Hybrid retrieval: the weighted sum of BM25's and the encoder's z-scores."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from docqa.retrieval import bm25, dense
from docqa.retrieval.retriever import Retriever, standardize

if TYPE_CHECKING:
    from docqa.collection import IndexedDocument
    from docqa.retrieval.dense import Encoder


def build(documents: "Sequence[IndexedDocument]", encoder: "Encoder | None") -> "HybridRetriever":
    """The retriever called `hybrid`: BM25 and the encoder, whose z-scores have the encoder's own weight."""
    dense_retriever = dense.build(documents, encoder)
    return HybridRetriever([(bm25.build(documents, None), 1.0), (dense_retriever, dense_retriever.encoder.weight)])


class HybridRetriever:
    """The weighted sum of several retrievers' z-scores, which makes their units comparable."""

    def __init__(self, parts: Sequence[tuple[Retriever, float]]) -> None:
        self._parts = parts

    def scores(self, question: str) -> NDArray[np.float32]:
        """Weighted sums of shape (windows,)."""
        total: NDArray[np.float32] = np.sum(
            [weight * standardize(part.scores(question)) for part, weight in self._parts], axis=0
        )
        return total
