"""Plain text. The canonical text is the file's own, decoded, with newlines as `\\n`; its lines are those of the file.

Only the running heads of a paginated text, such as an RFC, are moved behind the body, as a PDF's are: they would cut
sentences.
"""

from dataclasses import replace

import numpy as np

from docqa.documents.blocks import Block, Blocks
from docqa.documents.document import Document, Lines, Section
from docqa.documents.encodings import decode
from docqa.documents.source import Source
from docqa.documents.text_lines import find_running_lines
from docqa.documents.text_structure import find_structure
from docqa.progress import Monitor


def parse(source: Source, monitor: Monitor) -> Document:
    """Parse a plain text file. Raises `DocqaError` if it is empty or not text."""
    monitor.check()
    text, warnings = decode(source)
    running, blank = find_running_lines(text)
    if not running:
        return from_text(source, "text", text, warnings=warnings)
    lines = text.split("\n")
    apart = [number for number in range(1, len(lines) + 1) if number in running]
    body = [number for number in range(1, len(lines) + 1) if number not in running and number not in blank]
    shown = [lines[number - 1] for number in (*body, *apart)]
    document = _document(source, "text", shown, len(body), warnings=warnings)
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
    lines = text.split("\n")
    document = _document(source, format, lines, len(lines), warnings=warnings)
    return replace(document, title=title, sections=sections or document.sections)


def _document(source: Source, format: str, lines: list[str], body: int, *, warnings: tuple[str, ...]) -> Document:
    """Build the `Document` of lines, the first `body` of which are its body."""
    text = "\n".join(lines)
    lengths = np.array([len(line) for line in lines], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths[:-1] + 1)])
    body_end = int(starts[body - 1] + lengths[body - 1])
    # A final newline ends the last line and begins no other.
    count = len(lines) - (body == len(lines) > 1 and not lines[-1])
    structure = find_structure(text[:body_end])
    return Document(
        name=source.name,
        format=format,
        sha256=source.sha256,
        text=text,
        body_end=body_end,
        lines=Lines(
            starts[:count],
            (starts + lengths)[:count],
            np.zeros(count, dtype=np.int32),
            np.arange(1, count + 1, dtype=np.int32),
        ),
        breaks=np.array(sorted(structure.breaks), dtype=np.int64),
        blocks=Blocks.of(structure.blocks),
        tables=tuple(structure.tables),
        sections=tuple(structure.sections),
        warnings=warnings,
    )
