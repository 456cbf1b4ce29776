"""The cached results of indexing a document: how their entries are named and packed.

There are three kinds of entries, so that a changed setting recomputes only what depends on it: the parsed document; its
tokens, windows and terms; its vectors. Encrypted documents are never cached.

An entry is named by everything that decides its content: the document's bytes, settings, models, the versions of
libraries, and a version number for each stage. When you change what a stage computes, increment its version here (that
of a parser is in `docqa.extensions.FORMATS`): otherwise users are served stale results. tests/test_index_cache.py fails
when a stage's output changes and its version doesn't.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docqa.array_store import Arrays, key
from docqa.documents import Blocks, Cell, Document, Lines, Section, Source, Table
from docqa.documents.formats import format_of
from docqa.extensions import resolve
from docqa.retrieval.bm25 import Terms
from docqa.windows import Tokens

PACKING_VERSION = 3
"""Of the `pack_` functions of this module, and of `docqa.languages.language_of`, which looks at every document."""
WINDOWS_VERSION = 3
"""Of `docqa.windows`: tokens and window boundaries."""
TERMS_VERSION = 3
"""Of `docqa.retrieval.bm25.window_terms`."""
VECTORS_VERSION = 1
"""Of `docqa.retrieval.dense.Encoder.embed` and `docqa.retrieval.static_encoder`."""

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
    return key("document", PACKING_VERSION, parser.name, parser.version, variant, libraries, suffix, source.sha256)


def windows_key(document: str, reader_fingerprint: str, window_size: int, doc_stride: int) -> str:
    """The name of the entry with the tokens, windows and terms of the document with the key `document`."""
    versions = (PACKING_VERSION, WINDOWS_VERSION, TERMS_VERSION)
    libraries = library_versions(_WINDOW_LIBRARIES)
    return key("windows", versions, libraries, document, reader_fingerprint, window_size, doc_stride)


def vectors_key(windows: str, encoder_fingerprint: str) -> str:
    """The name of the entry with the vectors of the windows with the key `windows`."""
    libraries = library_versions(_VECTOR_LIBRARIES)
    return key("vectors", (PACKING_VERSION, VECTORS_VERSION), libraries, windows, encoder_fingerprint)


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


def pack_document(document: Document) -> Arrays:
    """Pack a document into arrays, without its name: another file may have the same content."""
    facts = {
        "format": document.format,
        "sha256": document.sha256,
        "body_end": document.body_end,
        "page_labels": document.page_labels,
        "sections": [[section.title, section.level, section.start] for section in document.sections],
        "title": document.title,
        "language": document.language,
        "warnings": document.warnings,
    }
    lines, blocks, tables = document.lines, document.blocks, document.tables
    return {
        "text": _bytes(document.text),
        "facts": _bytes(json.dumps(facts)),
        "starts": lines.starts,
        "ends": lines.ends,
        "pages": lines.pages,
        "numbers": lines.numbers,
        "breaks": document.breaks,
        "block_starts": blocks.starts,
        "block_ends": blocks.ends,
        "block_kinds": blocks.kinds,
        "block_levels": blocks.levels,
        "tables": _integers([(t.start, t.end, t.header_rows, t.header_columns, len(t.cells)) for t in tables], 5),
        "cells": _integers([cell for table in tables for cell in table.cells], 6),
    }


def unpack_document(arrays: Arrays, name: str) -> Document:
    """Unpack a document, under the name that it has now."""
    facts = json.loads(_text(arrays["facts"]))
    return Document(
        name=name,
        format=facts["format"],
        sha256=facts["sha256"],
        text=_text(arrays["text"]),
        body_end=facts["body_end"],
        lines=Lines(arrays["starts"], arrays["ends"], arrays["pages"], arrays["numbers"]),
        breaks=arrays["breaks"],
        blocks=Blocks(arrays["block_starts"], arrays["block_ends"], arrays["block_kinds"], arrays["block_levels"]),
        tables=_unpack_tables(arrays),
        page_labels=tuple(facts["page_labels"]),
        sections=tuple(Section(*section) for section in facts["sections"]),
        title=facts["title"],
        language=facts["language"],
        warnings=tuple(facts["warnings"]),
    )


def _unpack_tables(arrays: Arrays) -> tuple[Table, ...]:
    cells = map(Cell._make, arrays["cells"].tolist())
    return tuple(
        Table(start, end, header_rows, header_columns, tuple(islice(cells, count)))
        for start, end, header_rows, header_columns, count in arrays["tables"].tolist()
    )


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
        "term_vocabulary": _bytes(json.dumps(terms.vocabulary)),
        "term_ids": terms.ids,
        "term_bounds": terms.bounds,
    }


def unpack_windows(arrays: Arrays) -> DocumentWindows:
    """Unpack windows."""
    return DocumentWindows(
        Tokens(arrays["ids"], arrays["starts"], arrays["ends"], arrays["words"], arrays["blocks"]),
        arrays["bounds"],
        Terms(tuple(json.loads(_text(arrays["term_vocabulary"]))), arrays["term_ids"], arrays["term_bounds"]),
    )


def _integers(rows: Sequence[Sequence[int]], width: int) -> NDArray[np.int64]:
    return np.array(rows, dtype=np.int64).reshape(-1, width)


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8)


def _text(array: NDArray[Any]) -> str:
    return array.tobytes().decode("utf-8", "surrogatepass")
