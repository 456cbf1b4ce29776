"""The cached results of indexing a document: how their entries are named and packed.

There are three kinds of entries, so that a changed setting recomputes only what depends on it: the parsed document; its
tokens, windows and terms; its vectors. A fourth says which file had the content, so that `docqa purge FILE` finds what
is kept of it, also after it has changed or is gone. Encrypted documents are never cached.

An entry is named by everything that decides its content: the document's bytes, settings, models, the versions of
libraries, and a version number for each stage. When you change what a stage computes, increment its version here (that
of a parser is in `docqa.extensions.FORMATS`): otherwise users are served stale results. tests/test_index_cache.py fails
when a stage's output changes and its version doesn't.
"""

import json
import os
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docqa.array_store import Arrays, ArrayStore, key
from docqa.documents import STDIN, Document, Source, parse_isolated
from docqa.documents.formats import format_of
from docqa.documents.packing import as_array, as_text, pack_document, unpack_document
from docqa.extensions import resolve
from docqa.progress import Monitor
from docqa.retrieval.bm25 import Terms
from docqa.windows import Tokens

PACKING_VERSION = 4
"""Of the `pack_` functions of this module and of `docqa.documents.packing`, and of `docqa.languages.language_of`, which
looks at every document."""
WINDOWS_VERSION = 4
"""Of `docqa.windows`: tokens and window boundaries."""
TERMS_VERSION = 3
"""Of `docqa.retrieval.bm25.window_terms`."""
VECTORS_VERSION = 1
"""Of `docqa.retrieval.dense.Encoder.embed` and `docqa.retrieval.static_encoder`."""

_MARK = 17  # Characters of a document's digest in the names of its entries, with a hyphen.
_WINDOW_LIBRARIES = ("tokenizers", "bm25s", "PyStemmer")
_VECTOR_LIBRARIES = ("tokenizers", "sentence-transformers")


@cache
def library_versions(libraries: tuple[str, ...]) -> list[str]:
    """Libraries with their installed versions, "" for one that is not installed."""
    return [f"{library} {_version(library)}" for library in libraries]


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""


def document_key(source: Source) -> str:
    """The name of a parsed document's entry. Raises `DocqaError` if no format fits the source."""
    parser = format_of(source)
    libraries = library_versions(parser.libraries)
    # The suffix decides between formats without a signature, and a parser may look at it.
    suffix = Path(source.name).suffix.lower()
    variant = resolve(parser.variant)()
    parts = (PACKING_VERSION, parser.name, parser.version, variant, libraries, suffix, source.sha256)
    return f"{content_mark(source.sha256)}{key('document', *parts)}"


def parsed_document(store: ArrayStore, source: Source, monitor: Monitor) -> Document:
    """The document of a source, from the store if it is there. Raises `DocqaError`; if cancelled, `Cancelled`."""
    name = document_key(source)
    cached = store.get("documents", name)
    if cached is not None:
        return unpack_document(cached, source.name)
    document = parse_isolated(source, monitor)
    if not document.encrypted:
        store.put("documents", name, pack_document(document))
    return document


def windows_key(document: str, reader_fingerprint: str, window_size: int, doc_stride: int) -> str:
    """The name of the entry with the tokens, windows and terms of the document with the key `document`."""
    versions = (PACKING_VERSION, WINDOWS_VERSION, TERMS_VERSION)
    libraries = library_versions(_WINDOW_LIBRARIES)
    name = key("windows", versions, libraries, document, reader_fingerprint, window_size, doc_stride)
    return f"{mark_of(document)}{name}"


def vectors_key(windows: str, encoder_fingerprint: str) -> str:
    """The name of the entry with the vectors of the windows with the key `windows`."""
    libraries = library_versions(_VECTOR_LIBRARIES)
    name = key("vectors", (PACKING_VERSION, VECTORS_VERSION), libraries, windows, encoder_fingerprint)
    return f"{mark_of(windows)}{name}"


def content_mark(sha256: str) -> str:
    """What the names of all entries of a document begin with."""
    return f"{sha256[: _MARK - 1]}-"


def mark_of(name: str) -> str:
    """The `content_mark` that the name of an entry begins with."""
    return name[:_MARK]


def remember_name(store: ArrayStore, source: Source) -> None:
    """Keep which file has this content."""
    if source.name != STDIN:
        file = os.path.abspath(source.name)  # noqa: PTH100 - as the history names it: links are not followed
        name = f"{content_mark(source.sha256)}{key('name', file)}"
        if store.get("names", name) is None:
            store.put("names", name, {"path": as_array(file)})


def remembered_name(entry: Arrays) -> str:
    """The absolute path that `remember_name` kept."""
    return as_text(entry["path"]) if "path" in entry else ""


@dataclass(frozen=True)
class DocumentWindows:
    """A document as the reader and the retriever need it. `bounds`, of shape (windows, 2), are token ranges."""

    tokens: Tokens
    bounds: NDArray[np.int32]
    terms: Terms

    def __len__(self) -> int:
        return len(self.bounds)

    def span(self, window: int) -> tuple[int, int]:
        """The offsets at which a window starts and ends, without the headings that are repeated in it."""
        inside = slice(*self.bounds[window])
        starts = self.tokens.starts[inside]
        own = starts[starts >= self.tokens.reached[inside.start]]
        return int(own[0] if len(own) else starts[0]), int(self.tokens.ends[inside].max())

    @cached_property
    def spans(self) -> NDArray[np.int64]:
        """The `span` of every window, of shape (windows, 2)."""
        return np.array([self.span(window) for window in range(len(self))], dtype=np.int64).reshape(-1, 2)


def pack_windows(windows: DocumentWindows) -> Arrays:
    """Pack windows into arrays."""
    tokens, terms = windows.tokens, windows.terms
    return {
        "ids": tokens.ids,
        "starts": tokens.starts,
        "ends": tokens.ends,
        "words": tokens.words,
        "blocks": tokens.blocks,
        "bounds": windows.bounds,
        "term_vocabulary": as_array(json.dumps(terms.vocabulary)),
        "term_ids": terms.ids,
        "term_bounds": terms.bounds,
    }


def unpack_windows(arrays: Arrays) -> DocumentWindows:
    """Unpack windows."""
    return DocumentWindows(
        Tokens(arrays["ids"], arrays["starts"], arrays["ends"], arrays["words"], arrays["blocks"]),
        arrays["bounds"],
        Terms(tuple(json.loads(as_text(arrays["term_vocabulary"]))), arrays["term_ids"], arrays["term_bounds"]),
    )
