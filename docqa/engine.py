"""The models and the index: open documents. The command, the app and the Python API all use this module."""

import os
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from docqa import config, documents
from docqa.answers import DocumentWarning
from docqa.array_store import ArrayStore
from docqa.background_load import BackgroundLoad
from docqa.collection import Collection, Failure, IndexedDocument, unread_language
from docqa.config import Settings
from docqa.documents import Document, Source
from docqa.errors import DocqaError, unexpected
from docqa.extensions import RETRIEVERS
from docqa.freed_memory import return_freed_memory
from docqa.index_cache import (
    DocumentWindows,
    document_key,
    pack_windows,
    parsed_document,
    remember_name,
    unpack_windows,
    vectors_key,
    windows_key,
)
from docqa.models import registry
from docqa.progress import Cancelled, Monitor
from docqa.reader.reader import Reader
from docqa.reader.reader_choice import choice_of
from docqa.retrieval.bm25 import window_terms
from docqa.retrieval.dense import Encoder
from docqa.windows import WindowCutter, WindowTexts


class Engine:
    """The models and the index cache, for one set of settings."""

    def __init__(self, settings: Settings | None = None, store: ArrayStore | None = None) -> None:
        self.settings = settings = settings or config.load()
        reader = settings.reader or registry.chosen(registry.ModelKind.READER)
        self.reader = Reader(
            registry.find(reader, registry.ModelKind.READER),
            settings.device,
            exact=settings.precision == "float32",
            store=ArrayStore.in_cache("readers", read_only=settings.private),
        )
        self._cutter = self._make_cutter()
        self.encoder: Encoder | None = None
        if RETRIEVERS.get(settings.retriever).needs_encoder:
            encoder = settings.encoder or registry.chosen(registry.ModelKind.ENCODER)
            self.encoder = Encoder(registry.find(encoder, registry.ModelKind.ENCODER))
        self.store = store or (ArrayStore.in_cache("index") if settings.remembers else ArrayStore(None))
        self.choice = choice_of(self.reader.model, settings.threshold)
        self._loading: BackgroundLoad | None = None
        self._in_use: WeakValueDictionary[tuple[str, str], Document] = WeakValueDictionary()
        """Documents that somebody still has, by name and key: an app's answers keep those that they were found in."""

    def with_settings(self, settings: Settings) -> "Engine":
        """An engine with other settings and the same models.

        Only for settings that don't affect how documents are opened. Raises `DocqaError` if the reader's calibration is
        malformed.
        """
        engine = copy(self)
        engine.settings = settings
        engine.choice = choice_of(self.reader.model, settings.threshold)
        return engine

    def keep_loaded(self, before: "Engine") -> None:
        """Take over the models and the documents of the engine before that this one would only load again.

        Raises `DocqaError` if a model is damaged.
        """
        if self.reader.identity == before.reader.identity:
            self.reader, self._loading = before.reader, before._loading
            self._cutter = self._make_cutter()  # With the tokenizer that stays.
        if self.encoder and before.encoder and self.encoder.identity == before.encoder.identity:
            self.encoder = before.encoder
        if self.reader.languages == before.reader.languages:
            self._in_use = before._in_use  # A document is warned of if the reader doesn't read its language.

    def _make_cutter(self) -> WindowCutter:
        settings, reader = self.settings, self.reader
        return WindowCutter(reader.tokenizer, settings.max_seq_length, settings.doc_stride, reader.limit)

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
        of_document = document_key(source)
        document = self._in_use.get((source.name, of_document)) or parsed_document(self.store, source, monitor)
        store = ArrayStore(None) if document.encrypted else self.store
        remember_name(store, source)
        del source  # It may be large.
        name = windows_key(of_document, self.reader.fingerprint, self._cutter.size, self._cutter.stride)
        windows = self._windows(document, name, store, monitor)
        vectors = self._vectors(document, windows, name, store, monitor)
        return_freed_memory(len(document.text))
        unread = unread_language(self.reader, document.language)
        warning = f"the text seems to be in {unread}, which the reader doesn't read: no answer from it is claimed"
        if unread and warning not in document.warnings:
            document = replace(document, warnings=(*document.warnings, warning))
        if not document.encrypted:  # Whoever opens one again has to know its password.
            self._in_use[document.name, of_document] = document
        return IndexedDocument(document, windows, vectors, unread)

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
