"""The registered document formats: which one a file has, and what they are called in messages."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from docqa.documents import limits
from docqa.documents.document import Document, Location
from docqa.documents.source import STDIN, Source
from docqa.errors import DocqaError, unexpected
from docqa.extensions import FORMATS, DocumentFormat, resolve
from docqa.languages import language_of
from docqa.progress import Cancelled, Monitor

Parser = Callable[[Source, Monitor], Document]


def suffixes() -> tuple[str, ...]:
    """The suffixes of all formats, lower case, with their dots."""
    known = (FORMATS.get(name) for name in FORMATS.names())
    return tuple(dict.fromkeys(suffix for each in known for suffix in each.suffixes if suffix))


def file_types() -> str:
    """The formats in words: "PDF, text or Markdown"."""
    *others, last = [FORMATS.get(name).label for name in FORMATS.names()] or ["supported"]
    return f"{', '.join(others)} or {last}" if others else last


def readable() -> str:
    """A sentence for error messages: "docqa reads .pdf, .txt, …"."""
    return f"docqa reads {', '.join(suffixes())}"


def by_suffix(name: str) -> DocumentFormat | None:
    """The format of files with the suffix of `name`, None if there is none."""
    suffix = Path(name).suffix.lower()
    return next((each for each in FORMATS if suffix in each.suffixes), None)


def _by_content(name: str, data: bytes) -> DocumentFormat | None:
    """The format that a file without a suffix looks like, None if it has one, or looks like none."""
    if Path(name).suffix:
        return None
    candidates = (each for each in FORMATS if each.looks_like and len(data) <= each.largest)
    return next((each for each in candidates if resolve(each.looks_like)(data)), None)


def format_of(source: Source) -> DocumentFormat:
    """The format of a file: by how its bytes begin, else by its suffix, without one by its content, else plain text's.

    Raises `DocqaError` if there is none, or if the file is larger than that format's largest.
    """
    start = source.data[:1024].lstrip()
    by_signature = (each for each in FORMATS if each.signature and start.startswith(each.signature))
    name = "" if source.name == STDIN else source.name
    found = next(by_signature, None) or _by_content(name, source.data) or by_suffix(name) or by_suffix("")
    if found is None:
        raise DocqaError(f"the format of {source.display_name} is not supported", readable())
    if len(source.data) > found.largest:
        raise too_large(source.display_name, found.largest)
    return found


def too_large(name: str, largest: int) -> DocqaError:
    """The error for a file of more than `largest` bytes."""
    return DocqaError(
        f"{name} is larger than {largest / 1_000_000:,.0f} MB, which is the most that docqa reads of such a file",
        "divide it, or leave out what need not be searched",
    )


def parse(source: Source, monitor: Monitor | None = None) -> Document:
    """Parse a file of any format in this process, without limits but that of its size.

    Raises `DocqaError` if it is empty, damaged, encrypted, or has no text, and for whatever else the parser raises.
    """
    return parse_by(format_of(source).parse, source, monitor or Monitor())


def parse_by(parser: str | Parser, source: Source, monitor: Monitor) -> Document:
    """Parse a file by a parser or a reference to one. Raises as `parse`."""
    try:
        document: Document = resolve(parser)(source, monitor)
        return replace(document, language=language_of(document.text[: document.body_end]))
    except (DocqaError, Cancelled):
        raise
    except MemoryError:
        raise limits.too_large_in_memory(source.display_name) from None
    except Exception as error:
        if os.environ.get("DOCQA_DEBUG"):
            raise
        raise DocqaError(
            f"{source.display_name} could not be parsed: {type(error).__name__}: {error}", unexpected(error).hint
        ) from error


def cite(format_name: str, location: Location) -> str:
    """Cite a location as its format does: "page 7 (v), lines 3–4"."""
    citation: str = resolve(FORMATS.get(format_name).cite)(location)
    return citation
