"""The extension points: registries of document formats, retrievers, reader backends and metrics.

Each extension is registered with one call; the built-in ones use it at the end of this file. docs/extending.md has a
worked example of each. A reference "package.module:name" is imported on first use, so that this module stays cheap.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from docqa.errors import DocqaError

if TYPE_CHECKING:
    from pathlib import Path

    from docqa.collection import IndexedDocument
    from docqa.datasets import Pair
    from docqa.documents import Document, Location, Source
    from docqa.evaluation.metrics import Prediction
    from docqa.progress import Monitor
    from docqa.reader.backend import Backend, LoadRequest
    from docqa.retrieval.dense import Encoder
    from docqa.retrieval.retriever import Retriever


class _Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_Named)


class Registry(Generic[T]):
    """Extensions of one kind, by name. If several apply, the one registered last is used."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._known: dict[str, T] = {}

    def register(self, extension: T) -> None:
        """Add an extension. It replaces the one with the same name, if any."""
        self._known.pop(extension.name, None)
        self._known[extension.name] = extension

    def remove(self, name: str) -> None:
        """Remove an extension."""
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
    """Import what a reference "package.module:name" names; return anything else unchanged."""
    import pkgutil

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
    variant: "str | Callable[[], object]" = tuple
    """Returns what else the parser's output depends on, as JSON: also part of the index's key."""
    largest: int = 100_000_000
    """Bytes of the largest file that is read. Larger ones are refused."""
    signature: bytes = b""
    """The first bytes of such a file after white space, b"" if they vary."""
    cite: "str | Callable[[Location], str]" = "docqa.documents.document:cite_page_and_lines"
    """Describes a location to the user: "page 7, lines 3–4"."""
    media_type: str = "text/plain; charset=utf-8"
    """What a browser is told that the file is. Anything that could run scripts must stay plain text."""


@dataclass(frozen=True, slots=True)
class RetrieverKind:
    """A way to rank windows, chosen by the setting `retriever`.

    `build` is called with the opened documents and the encoder, which is None unless `needs_encoder`. The retriever
    scores the windows of all documents, in their order.
    """

    name: str
    build: "str | Callable[[Sequence[IndexedDocument], Encoder | None], Retriever]"
    needs_encoder: bool = False


@dataclass(frozen=True, slots=True)
class BackendKind:
    """A library that computes a reader's logits. The one registered last of those that can load a reader is used.

    `can_load` is called with the reader's folder and the torch name of the device.
    """

    name: str
    can_load: "str | Callable[[Path, str], bool]"
    load: "str | Callable[[LoadRequest], Backend]"
    needs_torch: bool = False
    """Whether loading imports torch, which takes seconds. The app does it while nothing else happens."""


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
        version=9,
        libraries=("pypdfium2", "pypdf"),
        variant="docqa.documents.pdf.engines:engine_versions",
        largest=500_000_000,
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
        version=5,
        largest=150_000_000,
    )
)
FORMATS.register(
    DocumentFormat(
        name="markdown",
        label="Markdown",
        suffixes=(".md", ".markdown"),
        parse="docqa.documents.markdown:parse",
        version=6,
        largest=20_000_000,
        libraries=("markdown-it-py",),
    )
)
RETRIEVERS.register(RetrieverKind("hybrid", "docqa.retrieval.hybrid:build", needs_encoder=True))
RETRIEVERS.register(RetrieverKind("lexical", "docqa.retrieval.bm25:build"))
RETRIEVERS.register(RetrieverKind("dense", "docqa.retrieval.dense:build", needs_encoder=True))
BACKENDS.register(
    BackendKind("torch", "docqa.reader.devices:supported_by_torch", "docqa.reader.torch_backend:load", needs_torch=True)
)
BACKENDS.register(
    BackendKind("openvino", "docqa.reader.openvino_distilbert:can_load", "docqa.reader.openvino_backend:load")
)
METRICS.register(Metric("exact", "EM", "docqa.evaluation.metrics:exact_values", digits=2))
METRICS.register(Metric("f1", "F1", "docqa.evaluation.metrics:f1_values", digits=2))
METRICS.register(Metric("auroc", "AUROC of abstention", "docqa.evaluation.metrics:auroc"))
METRICS.register(
    Metric("calibration_error", "calibration error", "docqa.evaluation.metrics:calibration_error", resampled=False)
)
