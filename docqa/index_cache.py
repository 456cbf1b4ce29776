"""What was computed for a document, kept in a store by its content and the settings it was computed with.

Three kinds of entry, so that a change of one setting computes again only
what depends on it: the parsed document; its tokens, windows and terms; its vectors. An encrypted document is never
kept: what is behind a password stays there.
"""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docqa import array_store
from docqa.array_store import Arrays
from docqa.documents import Document, Lines, Section
from docqa.retrieval.bm25 import Terms
from docqa.windows import Tokens

_KEPT_CODE = ("documents/**/*.py", "windows.py", "index_cache.py", "retrieval/*.py")


@dataclass(frozen=True, slots=True)
class DocumentWindows:
    """A document as the reader and the retriever need it. `bounds`, of shape (windows, 2), are token ranges."""

    tokens: Tokens
    bounds: NDArray[np.int32]
    terms: Terms

    def __len__(self) -> int:
        return len(self.bounds)

    def span(self, window: int) -> tuple[int, int]:
        """Offsets at which a window begins and ends."""
        first, last = self.bounds[window]
        return int(self.tokens.starts[first]), int(self.tokens.ends[last - 1])


def key(*parts: object) -> str:
    """A name for what this version of docqa computes of a document from `parts`."""
    return array_store.key(_KEPT_CODE, *parts)


def pack_document(document: Document) -> Arrays:
    """A document as arrays. Its name is not kept: the same content may be asked for under another."""
    facts = {
        "format": document.format,
        "sha256": document.sha256,
        "body_end": document.body_end,
        "page_labels": document.page_labels,
        "sections": [[section.title, section.level, section.start] for section in document.sections],
        "title": document.title,
        "warnings": document.warnings,
    }
    lines = document.lines
    return {
        "text": _bytes(document.text),
        "facts": _bytes(json.dumps(facts)),
        "starts": lines.starts,
        "ends": lines.ends,
        "pages": lines.pages,
        "numbers": lines.numbers,
        "breaks": document.breaks,
    }


def unpack_document(arrays: Arrays, name: str) -> Document:
    """The document that `pack_document` packed, under the name it has now."""
    facts = json.loads(_text(arrays["facts"]))
    return Document(
        name=name,
        format=facts["format"],
        sha256=facts["sha256"],
        text=_text(arrays["text"]),
        body_end=facts["body_end"],
        lines=Lines(arrays["starts"], arrays["ends"], arrays["pages"], arrays["numbers"]),
        breaks=arrays["breaks"],
        page_labels=tuple(facts["page_labels"]),
        sections=tuple(Section(*section) for section in facts["sections"]),
        title=facts["title"],
        warnings=tuple(facts["warnings"]),
    )


def pack_windows(windows: DocumentWindows) -> Arrays:
    """Windows as arrays."""
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
    """The windows that `pack_windows` packed."""
    return DocumentWindows(
        Tokens(arrays["ids"], arrays["starts"], arrays["ends"], arrays["words"], arrays["blocks"]),
        arrays["bounds"],
        Terms(tuple(json.loads(_text(arrays["term_vocabulary"]))), arrays["term_ids"], arrays["term_bounds"]),
    )


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8)


def _text(array: NDArray[Any]) -> str:
    return array.tobytes().decode("utf-8", "surrogatepass")
