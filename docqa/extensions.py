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
    from docqa.engine import IndexedDocument
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
    """A document format. A file is recognized by its signature, else by its suffix."""

    name: str
    """`Document.format` of its documents."""
    label: str
    """Its name in help texts and messages: "PDF"."""
    suffixes: tuple[str, ...]
    """Lower case, with the dot. "" stands for files without a suffix and for standard input."""
    parse: "str | Callable[[Source, Monitor], Document]"
    version: int = 1
    """Part of the index's key: increment it when the parser's output changes."""
    libraries: tuple[str, ...] = ()
    """Distributions that the parser's output depends on; their versions are part of the index's key."""
    signature: bytes = b""
    """The first bytes of such a file after white space, b"" if they vary."""
    cite: "str | Callable[[Location], str]" = "docqa.documents.document:cite_page_and_lines"
    """Describes a location to the user: "page 7, lines 3–4"."""
    media_type: str = "text/plain; charset=utf-8"
    """What a browser is told that the file is. Anything that could run scripts must stay plain text."""


@dataclass(frozen=True, slots=True)
class RetrieverKind:
    """A way to order windows. `build` is given the opened documents and the encoder, which is None unless wanted."""

    name: str
    about: str
    build: "str | Callable[[Sequence[IndexedDocument], Encoder | None], Retriever]"
    needs_encoder: bool = False


@dataclass(frozen=True, slots=True)
class BackendKind:
    """A library that computes a reader's logits. `can_load` is asked with the model's folder and the device."""

    name: str
    can_load: "str | Callable[[Path, str], bool]"
    load: "str | Callable[..., Backend]"


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure that `docqa eval` reports.

    `compute` is called with the predictions, their pairs, and the probability below which docqa abstains. It returns
    a value for each question, reported as their mean, or one figure for all questions; None if it can't be computed
    for these pairs. Only values for each question are tested for significance by `--compare`.
    """

    name: str
    label: str
    compute: "str | Callable[[Sequence[Prediction], Sequence[Pair], float], Sequence[float] | float | None]"
    digits: int = 3
    """Decimals in text output."""
    resampled: bool = True
    """Whether one figure for all questions has an interval, for which `compute` is called 1,000 times."""


FORMATS: Registry[DocumentFormat] = Registry("document format")
RETRIEVERS: Registry[RetrieverKind] = Registry("retriever")
BACKENDS: Registry[BackendKind] = Registry("reader backend")
METRICS: Registry[Metric] = Registry("metric")

# The built-in ones.
FORMATS.register(
    DocumentFormat(
        name="pdf",
        label="PDF",
        suffixes=(".pdf",),
        parse="docqa.documents.pdf.parser:parse",
        libraries=("pypdfium2", "pypdf"),
        signature=b"%PDF-",
        media_type="application/pdf",
    )
)
FORMATS.register(
    DocumentFormat(
        name="text",
        label="text",
        suffixes=(".txt", ".text", ""),
        parse="docqa.documents.plain_text:parse",
        libraries=("charset-normalizer",),
    )
)
FORMATS.register(
    DocumentFormat(
        name="markdown",
        label="Markdown",
        suffixes=(".md", ".markdown"),
        parse="docqa.documents.markdown:parse",
        libraries=("charset-normalizer", "markdown-it-py"),
    )
)
RETRIEVERS.register(RetrieverKind("hybrid", "BM25 and the encoder, fused", "docqa.retrieval.hybrid:build", True))
RETRIEVERS.register(RetrieverKind("lexical", "BM25 alone", "docqa.retrieval.bm25:build"))
RETRIEVERS.register(RetrieverKind("dense", "the encoder alone", "docqa.retrieval.dense:build", True))
METRICS.register(Metric("exact", "EM", "docqa.evaluation.metrics:exact_values", digits=2))
METRICS.register(Metric("f1", "F1", "docqa.evaluation.metrics:f1_values", digits=2))
METRICS.register(Metric("auroc", "AUROC of abstention", "docqa.evaluation.metrics:auroc"))
METRICS.register(
    Metric("calibration_error", "calibration error", "docqa.evaluation.metrics:calibration_error", resampled=False)
)
