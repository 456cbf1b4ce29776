"""Files to `Document`s: one module a format, one registry."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from docqa.documents.document import Document, Lines, Location, PageLine, Section
from docqa.documents.source import Source
from docqa.errors import DocqaError
from docqa.progress import Monitor

__all__ = ["STDIN", "Document", "Lines", "Location", "PageLine", "Section", "Source", "expand", "parse", "read"]

STDIN = "-"

Parser = Callable[[Source, Monitor], Document]


def _pdf(source: Source, monitor: Monitor) -> Document:
    from docqa.documents.pdf.parser import parse as parse_pdf

    return parse_pdf(source, monitor)


def _text(source: Source, monitor: Monitor) -> Document:
    from docqa.documents.plain_text import parse as parse_text

    return parse_text(source, monitor)


def _markdown(source: Source, monitor: Monitor) -> Document:
    from docqa.documents.markdown import parse as parse_markdown

    return parse_markdown(source, monitor)


# What a file of each name is. "" is a file without a suffix, such as README.
FORMATS: dict[str, Parser] = {
    ".pdf": _pdf,
    ".txt": _text,
    ".text": _text,
    ".md": _markdown,
    ".markdown": _markdown,
    "": _text,
}

_SUPPORTED = ", ".join(suffix for suffix in FORMATS if suffix)


def expand(paths: Sequence[str | Path]) -> Iterator[str | DocqaError]:
    """Give each file once, in order; a directory stands for the supported files in it, sorted, hidden ones left out.

    What can't be found or holds nothing is given as the error that says so, so that one bad path stops no other.
    """
    seen: set[Path] = set()
    for path in map(str, paths):
        if path == STDIN:
            yield path
            continue
        root = Path(path)
        if not root.is_dir():
            candidates = [path]
        else:
            candidates = [str(file) for file in _walk(root)]
            if not candidates:
                yield DocqaError(f"no supported files in {path}", f"docqa reads {_SUPPORTED}")
        for candidate in candidates:
            resolved = Path(candidate).resolve()
            if resolved not in seen:
                seen.add(resolved)
                yield candidate


def _walk(root: Path) -> Iterator[Path]:
    try:
        entries = sorted(root.iterdir())
    except PermissionError:
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if not entry.is_symlink():  # A link may lead back up, and then nothing ends.
                yield from _walk(entry)
        elif entry.suffix and entry.suffix.lower() in FORMATS:
            yield entry


def read(path: str, password: str | None = None) -> Source:
    """Read a file's bytes, or standard input for "-". Raises `DocqaError` where it can't be read."""
    if path == STDIN:
        return Source(STDIN, sys.stdin.buffer.read(), password)
    file = Path(path)
    if not file.is_dir() and file.suffix.lower() not in FORMATS and file.exists():
        raise DocqaError(
            f"{path} is of a type that docqa does not read ({file.suffix})",
            f"docqa reads {_SUPPORTED}; turn it into one of these, or pipe its text in: … | docqa ask QUESTION -",
        )
    try:
        return Source(path, file.read_bytes(), password)
    except FileNotFoundError:
        raise DocqaError(f"{path} does not exist", "check the spelling, and the folder that you are in") from None
    except PermissionError:
        raise DocqaError(f"{path} can't be read: permission denied", f"try `ls -l {path}`") from None
    except OSError as error:
        raise DocqaError(f"{path} can't be read: {error.strerror or error}", "check the disk or the network") from error


def parse(source: Source, monitor: Monitor | None = None) -> Document:
    """Parse a file by the suffix of its name; standard input, and a file without one, by how its bytes begin.

    Raises `DocqaError` where it is empty, damaged, encrypted, or has no text.
    """
    suffix = "" if source.name == STDIN else Path(source.name).suffix.lower()
    parser = FORMATS.get(suffix, _text)
    if source.data[:1024].lstrip().startswith(b"%PDF-"):
        parser = _pdf
    return parser(source, monitor or Monitor())
