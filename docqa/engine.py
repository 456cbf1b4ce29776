"""Open documents and ask them questions. The command, the app and the Python API all use this module."""

import os
import time
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docqa import config, documents
from docqa.answers import Answer, DocumentWarning, Result, Withheld, rank_answers
from docqa.array_store import ArrayStore
from docqa.background_load import BackgroundLoad
from docqa.candidate_features import naming_stems
from docqa.config import Settings
from docqa.documents import Document, Source
from docqa.documents.formats import file_types
from docqa.documents.packing import pack_document, unpack_document
from docqa.errors import DocqaError, unexpected
from docqa.extensions import RETRIEVERS, resolve
from docqa.freed_memory import return_freed_memory
from docqa.index_cache import (
    DocumentWindows,
    document_key,
    pack_windows,
    remember_name,
    unpack_windows,
    vectors_key,
    windows_key,
)
from docqa.languages import language_name
from docqa.models import registry
from docqa.nonextractive import MESSAGES
from docqa.progress import Cancelled, Monitor
from docqa.ranking import Candidate
from docqa.reader.reader import Reader
from docqa.reader.reader_choice import choice_of
from docqa.reader.span_decoding import Span
from docqa.retrieval.bm25 import window_terms
from docqa.retrieval.dense import Encoder
from docqa.retrieval.retriever import Retriever
from docqa.retrieval.window_order import WindowOrder
from docqa.search_state import QuestionSearch, SearchProgress
from docqa.whole_spans import whole_answer
from docqa.windows import Window, WindowCutter, WindowTexts


@dataclass(frozen=True, slots=True)
class Failure:
    """A path that could not be opened, and the error."""

    path: str
    error: DocqaError


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document and its index. `vectors` has the shape (windows, dimensions), or is None without an encoder.

    `unread_language` is the document's language by its name if the reader doesn't read it, else "".
    """

    document: Document
    windows: DocumentWindows
    vectors: NDArray[np.float32] | None
    unread_language: str = ""


class Engine:
    """The models and the index cache, for one set of settings."""

    def __init__(self, settings: Settings | None = None, store: ArrayStore | None = None) -> None:
        self.settings = settings = settings or config.load()
        reader = settings.reader or registry.chosen(registry.ModelKind.READER)
        self.reader = Reader(
            registry.find(reader, registry.ModelKind.READER),
            settings.device,
            settings.max_answer_length,
            exact=settings.precision == "float32",
            store=ArrayStore.in_cache("readers", read_only=settings.private),
        )
        self._cutter = WindowCutter(
            self.reader.tokenizer, settings.max_seq_length, settings.doc_stride, self.reader.limit
        )
        self.encoder: Encoder | None = None
        if RETRIEVERS.get(settings.retriever).needs_encoder:
            encoder = settings.encoder or registry.chosen(registry.ModelKind.ENCODER)
            self.encoder = Encoder(registry.find(encoder, registry.ModelKind.ENCODER))
        self.store = store or (ArrayStore.in_cache("index") if settings.remembers else ArrayStore(None))
        self.choice = choice_of(self.reader.model, settings.threshold)
        self._loading: BackgroundLoad | None = None

    def with_settings(self, settings: Settings) -> "Engine":
        """An engine with other settings and the same models.

        Only for settings that don't affect how documents are opened. Raises `DocqaError` if the reader's calibration is
        malformed.
        """
        engine = copy(self)
        engine.settings = settings
        engine.choice = choice_of(self.reader.model, settings.threshold)
        return engine

    def check_models(self) -> None:
        """Raise `DocqaError` if a file of the reader or the encoder is damaged. The first call takes a moment."""
        _ = self.reader.fingerprint
        if self.encoder is not None:
            _ = self.encoder.fingerprint

    def load_in_background(self) -> BackgroundLoad:
        """Start loading the reader's weights while documents are opened."""
        if self._loading is None:
            self._loading = BackgroundLoad(self.reader.load)
        return self._loading

    def wait_until_loaded(self, monitor: Monitor | None = None) -> None:
        """Wait until the reader is loaded. Raises what loading raised, or `Cancelled`."""
        loading = self.load_in_background()
        try:
            loading.wait(monitor or Monitor())
        except Cancelled:
            raise
        except Exception:
            self._loading = None  # The next question tries again: the folder may be repaired.
            raise

    def open(
        self, paths: Sequence[str | Path], monitor: Monitor | None = None, password: str | None = None
    ) -> "Collection":
        """Open files and folders; what fails is in `failures`. Raises `Cancelled`; of damaged models, `DocqaError`."""
        self.check_models()
        opened: list[IndexedDocument] = []
        failures: list[Failure] = []
        left_out: list[documents.LeftOut] = []
        for path in documents.expand(paths, left_out):
            if isinstance(path, DocqaError):
                failures.append(Failure("", path))
                continue
            try:
                opened.append(self.index(path, monitor or Monitor(), password))
            except DocqaError as error:
                failures.append(Failure(path, error))
            except Cancelled:
                raise
            except Exception as error:
                if os.environ.get("DOCQA_DEBUG"):
                    raise
                failures.append(Failure(path, unexpected(error)))
        return Collection(self, opened, failures, [DocumentWarning(*each) for each in left_out])

    def index(self, path: str, monitor: Monitor, password: str | None = None) -> IndexedDocument:
        """Parse, tokenize and embed a file, or load the results from the cache. Raises `DocqaError`."""
        return self.index_source(documents.read(path, password, monitor), monitor)

    def index_source(self, source: Source, monitor: Monitor) -> IndexedDocument:
        """Index bytes under a name, like `index`. Raises `DocqaError`."""
        name = document_key(source)
        document = self._document(source, name, monitor)
        store = ArrayStore(None) if document.encrypted else self.store
        remember_name(store, source)
        del source  # It may be large.
        name = windows_key(name, self.reader.fingerprint, self._cutter.size, self._cutter.stride)
        windows = self._windows(document, name, store, monitor)
        vectors = self._vectors(document, windows, name, store, monitor)
        return_freed_memory(len(document.text))
        unread = _unread(self.reader, document.language)
        if unread:
            warning = f"the text seems to be in {unread}, which the reader doesn't read: no answer from it is claimed"
            document = replace(document, warnings=(*document.warnings, warning))
        return IndexedDocument(document, windows, vectors, unread)

    def _document(self, source: Source, name: str, monitor: Monitor) -> Document:
        cached = self.store.get("documents", name)
        if cached is not None:
            return unpack_document(cached, source.name)
        document = documents.parse_isolated(source, monitor)
        if not document.encrypted:
            self.store.put("documents", name, pack_document(document))
        return document

    def _windows(self, document: Document, name: str, store: ArrayStore, monitor: Monitor) -> DocumentWindows:
        cached = store.get("windows", name)
        if cached is not None:
            return unpack_windows(cached)
        cut = self._cutter.cut(document, monitor)
        windows = DocumentWindows(cut.tokens, cut.bounds, window_terms(document, cut))
        store.put("windows", name, pack_windows(windows))
        return_freed_memory(len(document.text))
        return windows

    def _vectors(
        self, document: Document, windows: DocumentWindows, windows_name: str, store: ArrayStore, monitor: Monitor
    ) -> NDArray[np.float32] | None:
        if self.encoder is None:
            return None
        name = vectors_key(windows_name, self.encoder.fingerprint)
        cached = store.get("vectors", name)
        if cached is not None:
            return cached["vectors"]
        vectors = self.encoder.embed(WindowTexts(document.text, windows.tokens, windows.bounds), monitor, document.name)
        store.put("vectors", name, {"vectors": vectors})
        return vectors


class Collection:
    """Opened documents, ready for questions. `left_out` says what was passed over in folders."""

    def __init__(
        self,
        engine: Engine,
        opened: Sequence[IndexedDocument],
        failures: Sequence[Failure] = (),
        left_out: Sequence[DocumentWarning] = (),
    ) -> None:
        self.engine = engine
        self.opened = tuple(opened)
        self.failures = tuple(failures)
        self.left_out = tuple(left_out)
        self._windows = [(d, w) for d, one in enumerate(self.opened) for w in range(len(one.windows))]
        self._documents_of_windows = np.array([d for d, _ in self._windows], dtype=np.int64)
        self._naming_stems = naming_stems(self.documents)
        kind = RETRIEVERS.get(engine.settings.retriever)
        self._retriever: Retriever | None = resolve(kind.build)(self.opened, engine.encoder) if self._windows else None

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents, in the order in which they were opened."""
        return tuple(one.document for one in self.opened)

    @property
    def windows_total(self) -> int:
        """The number of windows in all documents."""
        return len(self._windows)

    def ask(self, question: str, monitor: Monitor | None = None, *, exhaustive: bool | None = None) -> Result:
        """Ask a question. Raises `DocqaError` if the question is empty or too long, or no document is open."""
        start = time.perf_counter()
        question = _one_line(question)
        *_, progress = self.search(question, monitor, exhaustive=exhaustive)
        return self.result(question, progress, time.perf_counter() - start)

    def ask_progressively(
        self, question: str, monitor: Monitor | None = None, *, exhaustive: bool | None = None
    ) -> Iterator[Result]:
        """Ask a question and yield a `Result` after each batch of windows; the last one is final. Raises as `ask`."""
        start = time.perf_counter()
        question = _one_line(question)
        for progress in self.search(question, monitor, exhaustive=exhaustive):
            yield self.result(question, progress, time.perf_counter() - start)

    def ask_all(
        self, questions: Sequence[str], monitor: Monitor | None = None, *, exhaustive: bool | None = None
    ) -> list[Result]:
        """Ask several questions and read their windows in shared batches. Raises as `ask`.

        The time taken is divided equally among the results.
        """
        start = time.perf_counter()
        searches = [self._retrieve(_one_line(question), exhaustive) for question in questions]
        for _ in self._read(searches, monitor or Monitor(), ""):
            pass
        seconds = (time.perf_counter() - start) / max(1, len(searches))
        return [self.result(one.question, one.progress(one.window_order.count), seconds) for one in searches]

    def search(
        self, question: str, monitor: Monitor | None = None, *, exhaustive: bool | None = None
    ) -> Iterator[SearchProgress]:
        """Retrieve and read windows; yield what was found after each batch. Raises as `ask`."""
        search = self._retrieve(question, exhaustive)
        for windows_read in self._read([search], monitor or Monitor(), question):
            yield search.progress(windows_read)

    def _retrieve(self, question: str, exhaustive: bool | None) -> QuestionSearch:
        question_ids = self.engine.reader.question_ids(question)
        if self._retriever is None:
            raise DocqaError("no document is open", f"name a {file_types()} file, or a folder")
        settings = self.engine.settings
        scores = self._retriever.scores(question)
        count = len(scores)
        if not (settings.exhaustive if exhaustive is None else exhaustive):
            count = min(count, settings.top_k_windows)
        order = WindowOrder.of(scores, self._documents_of_windows, count)
        return QuestionSearch(question, question_ids, order, self.engine.choice, named=self._naming_stems)

    def _read(self, searches: Sequence[QuestionSearch], monitor: Monitor, label: str) -> Iterator[int]:
        """Read the windows of all searches in batches; yield the number read so far. `label` is shown with progress."""
        pending = [
            (search, window)
            for search in searches
            for window in search.window_order.windows[: search.window_order.count].tolist()
        ]
        monitor.update("reading", label, 0, len(pending))
        self.engine.wait_until_loaded(monitor)
        reader = self.engine.reader
        for first in range(0, len(pending), reader.batch_size):
            monitor.update("reading", label, first, len(pending))
            batch = pending[first : first + reader.batch_size]
            for span in reader.read_pairs([(search.question_ids, self._window(window)) for search, window in batch]):
                search, window = batch[span.window]
                candidate = self._candidate(search, window, span)
                if candidate is not None:
                    opened = self.opened[candidate.document]
                    readable = not opened.unread_language and reader.reads(search.language)
                    search.add(candidate, window, opened.document, readable=readable)
            yield first + len(batch)
        monitor.update("reading", label, len(pending), len(pending))

    def locate_window(self, window: int) -> tuple[int, int, int]:
        """The number of a window's document, and the offsets at which the window starts and ends."""
        document, number = self._windows[window]
        return document, *self.opened[document].windows.span(number)

    def _window(self, window: int) -> Window:
        document, number = self._windows[window]
        windows = self.opened[document].windows
        return windows.tokens.window(*windows.bounds[number])

    def _candidate(self, search: QuestionSearch, window: int, span: Span) -> Candidate | None:
        """The whole answer around a span; None if that is no answer."""
        number, of_document = self._windows[window]
        opened = self.opened[number]
        offset = int(opened.windows.bounds[of_document][0])
        whole = whole_answer(opened.document.text, opened.windows.tokens, offset, span, search.question)
        return whole and Candidate(number, *whole, span.score, int(search.window_order.ranks[window]))

    def result(self, question: str, progress: SearchProgress, seconds: float) -> Result:
        """The answers found so far, `seconds` after the question was asked."""
        engine = self.engine
        ranked = rank_answers(progress.claimable, self.documents, engine.settings.top)
        answered = bool(ranked) and ranked[0].probability >= engine.choice.threshold
        if not answered:
            ranked = rank_answers(progress.candidates, self.documents, engine.settings.top)
        listed = sum(answered and answer.probability >= engine.choice.listed_from for answer in ranked)
        retriever = engine.settings.retriever
        return Result(
            question=question,
            answered=answered,
            answers=tuple(ranked[:listed]),
            closest=tuple(ranked[listed:]),
            windows_read=progress.windows_read,
            windows_total=self.windows_total,
            reader=engine.reader.name,
            retriever=retriever if engine.encoder is None else f"{retriever}:{engine.encoder.name}",
            elapsed_seconds=seconds,
            warnings=(
                *self.left_out,
                *(DocumentWarning(each.name, message) for each in self.documents for message in each.warnings),
            ),
            withheld=None if answered else self._withheld(progress),
        )

    def _withheld(self, progress: SearchProgress) -> Withheld | None:
        """Why none of the candidates is claimed, unless it is only that they are improbable."""
        unread = _unread(self.engine.reader, progress.language)
        if unread:
            return Withheld("language", f"the question seems to be in {unread}, which the reader doesn't read")
        if progress.nonextractive is not None:
            return Withheld(progress.nonextractive, MESSAGES[progress.nonextractive])
        best = next(iter(progress.candidates), None)
        unread = self.opened[best.candidate.document].unread_language if best else ""
        message = f"the closest passage seems to be in {unread}, which the reader doesn't read"
        return Withheld("language", message) if unread else None

    def best_by_document(self, progress: SearchProgress) -> tuple[Answer, ...]:
        """The best answer of each document that has one at the threshold, the most probable first."""
        threshold = self.engine.choice.threshold
        found = [scored for scored in progress.best_by_document.values() if scored.probability >= threshold]
        found.sort(key=lambda scored: scored.sort_key)
        return tuple(answer for scored in found for answer in rank_answers([scored], self.documents, 1))


def open(
    *paths: str | Path, password: str | None = None, monitor: Monitor | None = None, **settings: object
) -> Collection:
    """Open documents to ask them questions: `docqa.open("report.pdf").ask("Who wrote it?")`.

    `settings` are fields of `docqa.Settings`. The reader is loaded in a thread meanwhile; a script that ends early
    waits for it. Raises `DocqaError` if no path could be opened; if some could, the others are in `failures`.
    """
    engine = Engine(config.load(settings))
    engine.load_in_background()
    collection = engine.open(paths, monitor, password)
    if not collection.opened:
        raise (
            collection.failures[0].error if collection.failures else DocqaError("no paths were given", "name a file")
        )
    return collection


def _unread(reader: Reader, language: str | None) -> str:
    """The name of a language that the reader doesn't read, else ""."""
    return "" if language is None or reader.reads(language) else language_name(language)


def _one_line(question: str) -> str:
    # An argument that was not UTF-8 has lone surrogates, which no tokenizer takes.
    return " ".join(question.encode("utf-16", "surrogatepass").decode("utf-16", "replace").split())
