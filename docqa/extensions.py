"""What docqa can be taught: document formats, retrievers, reader backends and metrics.

Each is registered with one call, the built-in ones at the end of this file by the same call. docs/extending.md has a
worked example of each. Nothing here imports what it names: a reference "package.module:name" is resolved on first use.
"""

import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from docqa.errors import DocqaError

if TYPE_CHECKING:
    from pathlib import Path

    from docqa.datasets import Pair
    from docqa.documents import Document, Location, Source
    from docqa.engine import Indexed
    from docqa.evaluation.metrics import Prediction
    from docqa.progress import Monitor
    from docqa.reader.backend import Backend
    from docqa.retrieval.dense import Encoder
    from docqa.retrieval.retriever import Retriever


class _Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_Named)


class Registry(Generic[T]):
    """Extensions of one kind, by name. Where several fit, the one registered last is taken."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._known: dict[str, T] = {}

    def register(self, extension: T) -> None:
        """Add an extension, in place of the one with the same name if there is one."""
        self._known.pop(extension.name, None)
        self._known[extension.name] = extension

    def remove(self, name: str) -> None:
        """Take an extension out."""
        del self._known[name]

    def get(self, name: str) -> T:
        """The extension of this name. Raises `DocqaError` if there is none."""
        if name not in self._known:
            raise DocqaError(f"there is no {self.kind} called {name!r}", f"one of: {', '.join(self._known)}")
        return self._known[name]

    def names(self) -> tuple[str, ...]:
        """The names, in the order of registration."""
        return tuple(self._known)

    def __iter__(self) -> Iterator[T]:
        """The extensions, the one registered last first."""
        return reversed(self._known.values())


def resolve(reference: Any) -> Any:
    """What a reference "package.module:name" names; anything else is returned as it is."""
    return pkgutil.resolve_name(reference) if isinstance(reference, str) else reference


@dataclass(frozen=True, slots=True)
class DocumentFormat:
    """A document format: its name in `Document.kind`, what files of it look like, its parser, how a place is cited."""

    name: str
    label: str
    """What a person calls it, for help texts: "PDF"."""
    suffixes: tuple[str, ...]
    parse: "str | Callable[[Source, Monitor], Document]"
    version: int = 1
    """Part of the index's key. Raise it when the parser's output changes."""
    signature: bytes = b""
    """How the bytes of such a file begin, white space aside; b"" where they can't be told."""
    cite: "str | Callable[[Location], str]" = "docqa.documents.document:cite_page_and_line"


@dataclass(frozen=True, slots=True)
class RetrieverKind:
    """A way to order windows. `build` is given the opened documents and the encoder, which is None unless wanted."""

    name: str
    about: str
    build: "str | Callable[[Sequence[Indexed], Encoder | None], Retriever]"
    needs_encoder: bool = False


@dataclass(frozen=True, slots=True)
class BackendKind:
    """A library that computes a reader's logits. `can_load` is asked with the model's folder and the device."""

    name: str
    can_load: "str | Callable[[Path, str], bool]"
    load: "str | Callable[..., Backend]"


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure that `docqa eval` reports. `compute` may return None where the pairs don't allow it."""

    name: str
    label: str
    compute: "str | Callable[[Sequence[Prediction], Sequence[Pair]], float | None]"


FORMATS: Registry[DocumentFormat] = Registry("document format")
RETRIEVERS: Registry[RetrieverKind] = Registry("retriever")
BACKENDS: Registry[BackendKind] = Registry("reader backend")
METRICS: Registry[Metric] = Registry("metric")

# The built-in ones.
FORMATS.register(DocumentFormat("pdf", "PDF", (".pdf",), "docqa.documents.pdf.parser:parse", signature=b"%PDF-"))
FORMATS.register(DocumentFormat("text", "text", (".txt", ".text", ""), "docqa.documents.plain_text:parse"))
FORMATS.register(DocumentFormat("markdown", "Markdown", (".md", ".markdown"), "docqa.documents.markdown:parse"))
RETRIEVERS.register(RetrieverKind("hybrid", "BM25 and the encoder, fused", "docqa.retrieval.hybrid:build", True))
RETRIEVERS.register(RetrieverKind("lexical", "BM25 alone", "docqa.retrieval.bm25:build"))
RETRIEVERS.register(RetrieverKind("dense", "the encoder alone", "docqa.retrieval.dense:build", True))
