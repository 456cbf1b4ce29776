"""Plain text. The canonical text is the file's own, decoded, with newlines as `\\n`; its lines are those of the file.

Only the running heads of a paginated text, such as an RFC, are moved behind the body, as a PDF's are: they would cut
sentences.
"""

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from docqa.documents.blocks import Block, Blocks
from docqa.documents.document import Document, Lines, Section, find_breaks
from docqa.documents.encodings import decode
from docqa.documents.source import Source
from docqa.documents.text_lines import find_running_lines
from docqa.documents.text_structure import find_structure
from docqa.progress import Monitor

_NEWLINE = re.compile("\n")


def parse(source: Source, monitor: Monitor) -> Document:
    """Parse a plain text file. Raises `DocqaError` if it is empty or not text."""
    monitor.check()
    text, warnings = decode(source)
    running, blank = find_running_lines(text)

    def report(done: int, total: int) -> None:
        monitor.update("reading text", source.display_name, done, total)

    if not running:
        return _document(source, "text", text, warnings=warnings, report=report)
    lines = text.split("\n")
    apart = [number for number in range(1, len(lines) + 1) if number in running]
    body = [number for number in range(1, len(lines) + 1) if number not in running and number not in blank]
    text = "\n".join(lines[number - 1] for number in (*body, *apart))
    del lines
    document = _document(source, "text", text, len(body), warnings=warnings, report=report)
    lines_found = document.lines
    numbers = np.array([*body, *apart], dtype=np.int32)
    blocks = [
        Block(running[number], int(lines_found.starts[index]), int(lines_found.ends[index]))
        for index, number in enumerate(apart, len(body))
    ]
    return replace(
        document,
        lines=replace(lines_found, numbers=numbers[: len(lines_found)]),
        blocks=Blocks.of([*document.blocks, *blocks]),
    )


def from_text(
    source: Source,
    format: str,
    text: str,
    sections: tuple[Section, ...] = (),
    title: str | None = None,
    *,
    warnings: tuple[str, ...] = (),
) -> Document:
    """Build the `Document` of a format whose canonical text is that of the file.

    Its blocks, tables and breaks are those of a plain text, and its headings, if no `sections` are given.
    """
    document = _document(source, format, text, warnings=warnings)
    return replace(document, title=title, sections=sections or document.sections)


def _document(
    source: Source,
    format: str,
    text: str,
    body: int | None = None,
    *,
    warnings: tuple[str, ...],
    report: Callable[[int, int], None] | None = None,
) -> Document:
    """Build the `Document` of a text, the first `body` lines of which are its body, or all."""
    newlines = find_breaks(_NEWLINE, text)
    starts, ends = np.append(0, newlines + 1), np.append(newlines, len(text))
    body_end = int(ends[-1 if body is None else body - 1])
    # A final newline ends the last line and begins no other.
    count = len(starts) - (body_end == len(text) and len(starts) > 1 and text.endswith("\n"))
    structure = find_structure(text[:body_end], report)
    return Document(
        name=source.name,
        format=format,
        sha256=source.sha256,
        text=text,
        body_end=body_end,
        lines=Lines(
            starts[:count], ends[:count], np.zeros(count, dtype=np.int32), np.arange(1, count + 1, dtype=np.int32)
        ),
        breaks=np.array(sorted(structure.breaks), dtype=np.int64),
        blocks=Blocks.of(structure.blocks),
        tables=tuple(structure.tables),
        sections=tuple(structure.sections),
        warnings=warnings,
    )
