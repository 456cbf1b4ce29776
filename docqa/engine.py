"""Open documents, ask questions: what both shells and the Python API call."""

import time
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread

import numpy as np
from numpy.typing import NDArray

from docqa import config, documents
from docqa.answers import Answer, Calibration, Candidate, Result, rank
from docqa.array_store import ArrayStore
from docqa.config import Settings
from docqa.documents import Document, Source
from docqa.errors import DocqaError
from docqa.index_cache import DocumentWindows, key, pack_document, pack_windows, unpack_document, unpack_windows
from docqa.models import registry
from docqa.progress import Monitor
from docqa.reader.reader import Reader
from docqa.reader.span_decoding import Span
from docqa.retrieval.bm25 import BM25Retriever, terms
from docqa.retrieval.dense import DenseRetriever, Encoder
from docqa.retrieval.hybrid import HybridRetriever
from docqa.retrieval.retriever import Retriever, standardize
from docqa.search_state import QuestionSearch, SearchProgress
from docqa.windows import Window, WindowCutter


@dataclass(frozen=True, slots=True)
class Failure:
    """A path that could not be opened, and why. The other paths were."""

    path: str
    error: DocqaError


@dataclass(frozen=True, slots=True)
class Indexed:
    """A document with what was computed for it. `vectors` has the shape (windows, dimensions), or is None."""

    document: Document
    windows: DocumentWindows
    vectors: NDArray[np.float32] | None


class Engine:
    """A reader, a retriever's encoder and a store, under one set of settings."""

    def __init__(self, settings: Settings | None = None, store: ArrayStore | None = None) -> None:
        self.settings = settings or config.load()
        wanted = self.settings
        self.reader = Reader(
            registry.find(wanted.reader or registry.chosen(registry.ModelKind.READER), registry.ModelKind.READER),
            wanted.device,
            wanted.max_answer_length,
            exact=wanted.precision == "float32",
        )
        self._cutter = WindowCutter(self.reader.tokenizer, wanted.max_seq_length, wanted.doc_stride, self.reader.limit)
        self.encoder: Encoder | None = None
        if wanted.retriever != "lexical":
            found = registry.find(
                wanted.encoder or registry.chosen(registry.ModelKind.ENCODER), registry.ModelKind.ENCODER
            )
            self.encoder = Encoder(found)
        self.store = store or (ArrayStore.in_cache("index") if wanted.cache else ArrayStore(None))
        self.calibration = calibration_of(self.reader.model, wanted.threshold)
        self._loading: _Loading | None = None

    def under(self, settings: Settings) -> "Engine":
        """The same models under settings that differ in nothing that documents are opened by (`config.changes`).

        Raises `DocqaError` where the reader's calibration is malformed.
        """
        engine = copy(self)
        engine.settings = settings
        engine.calibration = calibration_of(self.reader.model, settings.threshold)
        return engine

    def load_in_background(self) -> "_Loading":
        """Begin to load the reader's weights, so that they are there when the documents are."""
        if self._loading is None:
            self._loading = _Loading(self.reader.load)
        return self._loading

    def wait_until_loaded(self, monitor: Monitor | None = None) -> None:
        """Return when the reader is loaded; raise what its loading raised, or `Cancelled`."""
        loading = self.load_in_background()
        try:
            loading.wait(monitor or Monitor())
        except DocqaError:
            self._loading = None  # A later question may find the folder mended.
            raise

    def open(
        self, paths: Sequence[str | Path], monitor: Monitor | None = None, password: str | None = None
    ) -> "Collection":
        """Open files and directories. Those that fail are in `failures`; nothing raises but `Cancelled`."""
        opened: list[Indexed] = []
        failures: list[Failure] = []
        for path in documents.expand(paths):
            if isinstance(path, DocqaError):
                failures.append(Failure("", path))
                continue
            try:
                opened.append(self.index(path, monitor or Monitor(), password))
            except DocqaError as error:
                failures.append(Failure(path, error))
        return Collection(self, opened, failures)

    def index(self, path: str, monitor: Monitor, password: str | None = None) -> Indexed:
        """Parse, tokenize and embed one file, or take what the store has of it. Raises `DocqaError`."""
        return self.index_source(documents.read(path, password), monitor)

    def index_source(self, source: Source, monitor: Monitor) -> Indexed:
        """The same for bytes under a name. Raises `DocqaError`."""
        suffix = Path(source.name).suffix.lower()
        content = key("document", suffix, source.sha256)
        document = self._document(source, content, monitor)
        store = ArrayStore(None) if document.encrypted else self.store
        cut_as = key("windows", content, self.reader.fingerprint, self._cutter.size, self._cutter.stride)
        windows = self._windows(document, cut_as, store, monitor)
        indexed = Indexed(document, windows, None)
        return replace(indexed, vectors=self._vectors(indexed, cut_as, store, monitor))

    def _document(self, source: Source, name: str, monitor: Monitor) -> Document:
        kept = self.store.get("documents", name)
        if kept is not None:
            return unpack_document(kept, source.name)
        document = documents.parse(source, monitor)
        if not document.encrypted:
            self.store.put("documents", name, pack_document(document))
        return document

    def _windows(self, document: Document, name: str, store: ArrayStore, monitor: Monitor) -> DocumentWindows:
        kept = store.get("windows", name)
        if kept is not None:
            return unpack_windows(kept)
        cut = self._cutter.cut(document, monitor)
        windows = DocumentWindows(cut.tokens, cut.bounds, terms(cut.texts(document.text)))
        store.put("windows", name, pack_windows(windows))
        return windows

    def _vectors(
        self, indexed: Indexed, cut_as: str, store: ArrayStore, monitor: Monitor
    ) -> NDArray[np.float32] | None:
        if self.encoder is None:
            return None
        name = key("vectors", cut_as, self.encoder.fingerprint)
        kept = store.get("vectors", name)
        if kept is not None:
            return kept["vectors"]
        document, windows = indexed.document, indexed.windows
        texts = [document.text[slice(*windows.span(i))] for i in range(len(windows))]
        vectors = self.encoder.embed(texts, monitor, document.name)
        store.put("vectors", name, {"vectors": vectors})
        return vectors


class Collection:
    """Opened documents, ready for questions."""

    def __init__(self, engine: Engine, opened: Sequence[Indexed], failures: Sequence[Failure] = ()) -> None:
        self.engine = engine
        self.opened = tuple(opened)
        self.failures = tuple(failures)
        self._places = [(d, w) for d, one in enumerate(self.opened) for w in range(len(one.windows))]
        self._retriever = self._make_retriever() if self._places else None

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents, in the order in which they were named."""
        return tuple(one.document for one in self.opened)

    @property
    def windows_total(self) -> int:
        """Windows of all the documents."""
        return len(self._places)

    def ask(self, question: str, monitor: Monitor | None = None, *, exhaustive: bool | None = None) -> Result:
        """Ask one question. Raises `DocqaError` where the question is empty or too long, or nothing is open."""
        began = time.perf_counter()
        question = " ".join(question.split())
        *_, reading = self.read(question, monitor, exhaustive=exhaustive)
        return self.result(question, reading, time.perf_counter() - began)

    def ask_progressively(
        self, question: str, monitor: Monitor | None = None, *, exhaustive: bool | None = None
    ) -> Iterator[Result]:
        """Ask one question and give a `Result` after each batch of windows: better and better, the last one final."""
        began = time.perf_counter()
        question = " ".join(question.split())
        for reading in self.read(question, monitor, exhaustive=exhaustive):
            yield self.result(question, reading, time.perf_counter() - began)

    def ask_all(
        self, questions: Sequence[str], monitor: Monitor | None = None, *, exhaustive: bool | None = None
    ) -> list[Result]:
        """Ask several questions, whose windows are read together. Each has its share of the time. Raises as `ask`."""
        monitor = monitor or Monitor()
        began = time.perf_counter()
        asked = [self._retrieve(" ".join(question.split()), exhaustive) for question in questions]
        self.engine.wait_until_loaded(monitor)
        reader = self.engine.reader
        wanted = [(one, int(number)) for one in asked for number in one.order[: one.count]]
        for first in range(0, len(wanted), reader.batch_size):
            monitor.update("reading", "", first, len(wanted))
            batch = wanted[first : first + reader.batch_size]
            for span in reader.read_pairs([(one.ids, self._window(number)) for one, number in batch]):
                one, number = batch[span.window]
                one.take(self._candidate(number, span, one.z), number)
        monitor.update("reading", "", len(wanted), len(wanted))
        each = (time.perf_counter() - began) / max(1, len(asked))
        return [self.result(one.question, one.reading(one.count), each) for one in asked]

    def read(
        self, question: str, monitor: Monitor | None = None, *, exhaustive: bool | None = None
    ) -> Iterator[SearchProgress]:
        """Retrieve and read, and give what was found after each batch of windows: what answers are made of."""
        monitor = monitor or Monitor()
        asked = self._retrieve(question, exhaustive)
        monitor.update("reading", question, 0, asked.count)
        self.engine.wait_until_loaded(monitor)
        reader = self.engine.reader
        for first in range(0, asked.count, reader.batch_size):
            monitor.update("reading", question, first, asked.count)
            batch = [int(i) for i in asked.order[first : min(first + reader.batch_size, asked.count)]]
            for span in reader.read(asked.ids, [self._window(i) for i in batch]):
                number = batch[span.window]
                asked.take(self._candidate(number, span, asked.z), number)
            yield asked.reading(first + len(batch))
        monitor.update("reading", question, asked.count, asked.count)

    def _retrieve(self, question: str, exhaustive: bool | None) -> QuestionSearch:
        ids = self.engine.reader.question_ids(question)
        if self._retriever is None:
            raise DocqaError("no document is open", "name a PDF, a text file or a folder with some in it")
        settings = self.engine.settings
        z = standardize(self._retriever.scores(question))
        count = len(z)
        if not (settings.exhaustive if exhaustive is None else exhaustive):
            count = min(count, settings.top_k_windows)
        return QuestionSearch(question, ids, z, count, self.engine.calibration)

    def place(self, window: int) -> tuple[int, int, int]:
        """Where a window stands: the number of its document, and the offsets at which it begins and ends."""
        document, number = self._places[window]
        return document, *self.opened[document].windows.span(number)

    def _window(self, number: int) -> Window:
        document, window = self._places[number]
        windows = self.opened[document].windows
        return windows.tokens.window(*windows.bounds[window])

    def _candidate(self, number: int, span: Span, z: NDArray[np.float32]) -> Candidate:
        document, window = self._places[number]
        windows = self.opened[document].windows
        begin = int(windows.bounds[window][0])
        tokens = windows.tokens
        return Candidate(
            document,
            int(tokens.starts[begin + span.first]),
            int(tokens.ends[begin + span.last]),
            span.score,
            float(z[number]),
        )

    def result(self, question: str, reading: SearchProgress, elapsed: float) -> Result:
        """The answers that a reading comes to, `elapsed` seconds after the question."""
        engine = self.engine
        ranked = rank(reading.candidates, self.documents, engine.calibration, engine.settings.top)
        answers = tuple(answer for answer in ranked if answer.probability >= engine.calibration.threshold)
        retriever = engine.settings.retriever
        return Result(
            question=question,
            answered=bool(answers),
            answers=answers,
            closest=tuple(ranked[len(answers) :]),
            windows_read=reading.read,
            windows_total=self.windows_total,
            reader=engine.reader.name,
            retriever=retriever if engine.encoder is None else f"{retriever}:{engine.encoder.name}",
            elapsed_seconds=elapsed,
        )

    def best(self, reading: SearchProgress) -> tuple[Answer, ...]:
        """The best answer of each document that has one, the likeliest first."""
        calibration = self.engine.calibration
        likely = [
            one for one in reading.best.values() if calibration.probability(one.score, one.z) >= calibration.threshold
        ]
        answers = [answer for one in likely for answer in rank([one], self.documents, calibration, 1)]
        return tuple(sorted(answers, key=lambda answer: -answer.probability))

    def _make_retriever(self) -> Retriever:
        encoder = self.engine.encoder
        lexical = BM25Retriever([one.windows.terms for one in self.opened])
        if encoder is None:
            return lexical
        vectors = [one.vectors for one in self.opened if one.vectors is not None]
        dense = DenseRetriever(encoder, np.concatenate(vectors))
        if self.engine.settings.retriever == "dense":
            return dense
        return HybridRetriever([(lexical, 1.0), (dense, encoder.weight)])


def open(
    *paths: str | Path, password: str | None = None, monitor: Monitor | None = None, **settings: object
) -> Collection:
    """Open documents to ask them questions: `docqa.open("report.pdf").ask("Who wrote it?")`.

    `settings` are the fields of `docqa.Settings`. Raises `DocqaError` where none of the paths could be opened; where
    only some could, the others are in `failures`.
    """
    engine = Engine(config.load(settings))
    engine.load_in_background()
    collection = engine.open(paths, monitor, password)
    if not collection.opened:
        raise (
            collection.failures[0].error if collection.failures else DocqaError("no paths were given", "name a file")
        )
    return collection


def calibration_of(model: registry.Model, threshold: float = -1.0) -> Calibration:
    """The calibration in a reader's docqa.json, the default one where it has none; `threshold` if not negative.

    Raises `DocqaError` where it is malformed.
    """
    written = model.metadata.get("calibration", {})
    known = Calibration.__dataclass_fields__
    if not isinstance(written, dict) or not all(k in known and isinstance(v, int | float) for k, v in written.items()):
        raise DocqaError(
            f"the calibration of the reader {model.name} is {written!r}",
            f"docqa.json in {model.folder} has to have numbers for {', '.join(known)}",
        )
    calibration = Calibration(**written)
    return replace(calibration, threshold=threshold) if threshold >= 0 else calibration


class _Loading:
    """A call in a thread of its own. A daemon, so that Ctrl-C need not wait for the loading of weights."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True, name="docqa-loading")
        self._thread.start()

    def _run(self) -> None:
        try:
            self._call()
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self._error = error

    def wait(self, monitor: Monitor) -> None:
        # Timed, because an untimed join can't be interrupted on every platform.
        while self._thread.is_alive():
            monitor.check()
            self._thread.join(0.1)
        if self._error is not None:
            raise self._error
