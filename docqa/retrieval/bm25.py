"""BM25 over the stemmed words of the windows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from docqa.documents import Document
from docqa.documents.superscripts import blank_marks
from docqa.retrieval.document_names import DocumentNames, asked_words, name_words
from docqa.windows import Windows

if TYPE_CHECKING:
    from docqa.collection import IndexedDocument
    from docqa.retrieval.dense import Encoder

_TEXTS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Terms:
    """The stemmed words of a document's windows: those of window i are `vocabulary[ids[bounds[i]:bounds[i + 1]]]`."""

    vocabulary: tuple[str, ...]
    ids: NDArray[np.int32]
    bounds: NDArray[np.int64]

    def of_window(self, window: int) -> list[str]:
        """The stemmed words of a window."""
        return [self.vocabulary[i] for i in self.ids[self.bounds[window] : self.bounds[window + 1]]]


def terms(texts: Iterable[str]) -> Terms:
    """The stemmed words of each text, without stopwords."""
    import bm25s

    vocabulary: dict[str, int] = {}
    ids: list[NDArray[np.int32]] = [np.empty(0, dtype=np.int32)]
    lengths: list[int] = []
    unread = iter(texts)
    while batch := [blank_marks(text) for text in islice(unread, _TEXTS_AT_ONCE)]:
        tokenized = bm25s.tokenize(batch, stopwords="en", stemmer=_stem, show_progress=False)
        words = sorted(tokenized.vocab, key=tokenized.vocab.__getitem__)
        shared = np.array([vocabulary.setdefault(word, len(vocabulary)) for word in words], dtype=np.int32)
        lengths.extend(map(len, tokenized.ids))
        flat = np.fromiter(chain.from_iterable(tokenized.ids), dtype=np.int64)
        ids.append(shared[flat] if len(flat) else ids[0])
    return Terms(tuple(vocabulary), np.concatenate(ids), np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))


def window_terms(document: Document, windows: Windows) -> Terms:
    """The stemmed words of a document's windows, and of the title of the section in which each begins."""
    titles = [document.section_at(start) for start in windows.tokens.starts[windows.bounds[:, 0]].tolist()]
    return terms(
        text if title is None or text.startswith(title) else f"{title}\n{text}"
        for title, text in zip(titles, windows.texts(document.text), strict=True)
    )


def _stem(words: list[str]) -> list[str]:
    import Stemmer

    stems: list[str] = Stemmer.Stemmer("english").stemWords(words)
    return stems


def build(documents: "Sequence[IndexedDocument]", _encoder: "Encoder | None") -> "BM25Retriever":
    """The retriever called `lexical`."""
    openings = (each.windows.terms.of_window(0) if len(each.windows) else [] for each in documents)
    names = terms([name_words(each.document.name, each.document.title) for each in documents])
    named = DocumentNames([(names.of_window(i), opening) for i, opening in enumerate(openings)])
    return BM25Retriever([each.windows.terms for each in documents], named)


class _SharedVocabulary:
    """The windows of several documents as bm25s takes them: each as a list of its words' ids in one vocabulary.

    They are made one at a time: as Python's numbers, those of a long document take ten times as much memory.
    """

    def __init__(self, documents: Sequence[Terms]) -> None:
        self._documents = documents
        self.vocab: dict[str, int] = {}
        # A word's id in this vocabulary, indexed by its id in the document's.
        self._shared = [
            np.array([self.vocab.setdefault(w, len(self.vocab)) for w in document.vocabulary], dtype=np.int64)
            for document in documents
        ]

    @property
    def ids(self) -> "_SharedVocabulary":
        """The windows: bm25s asks for them by this name."""
        return self

    def __len__(self) -> int:
        return sum(len(document.bounds) - 1 for document in self._documents)

    def __iter__(self) -> Iterator[list[int]]:
        for document, shared in zip(self._documents, self._shared, strict=True):
            for first, last in pairwise(document.bounds.tolist()):
                yield shared[document.ids[first:last]].tolist() if first < last else []


class BM25Retriever:
    """BM25 (Robertson & Zaragoza 2009) over the windows of several documents, as one collection.

    `names` adds to all windows of a document what the question says of its name.
    """

    def __init__(self, documents: Sequence[Terms], names: DocumentNames | None = None) -> None:
        import bm25s

        self._names = names
        self._windows_of = [len(document.bounds) - 1 for document in documents]

        windows = _SharedVocabulary(documents)
        self._count = len(windows)
        self._vocabulary = dict(windows.vocab)
        self._index = bm25s.BM25()
        if any(windows):
            self._index.index(windows, show_progress=False)
        else:
            self._vocabulary = {}

    def scores(self, question: str) -> NDArray[np.float32]:
        """BM25 scores of shape (windows,).

        0 for a window that shares no word with the question, unless its document's name does.
        """
        scores = self._window_scores(question)
        if self._names is not None:
            of_documents = self._names.scores(sorted(terms([asked_words(question)]).vocabulary))
            scores = scores + np.repeat(of_documents, self._windows_of)
        return scores

    def _window_scores(self, question: str) -> NDArray[np.float32]:
        # Sorted, because bm25s numbers words in the order of a set, and the last bits of a sum depend on the order.
        words = sorted(terms([question]).vocabulary)
        known = [self._vocabulary[word] for word in words if word in self._vocabulary]
        if not known:
            return np.zeros(self._count, dtype=np.float32)
        scores: NDArray[np.float32] = self._index.get_scores(known)
        return scores
