"""Plain text. The canonical text is the file's own, decoded, with newlines as `\\n`; its lines are those of the file.

Only the running heads of a paginated text, such as an RFC, are moved behind the body, as a PDF's are: they would cut
sentences.
"""

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
    body = [number for number in range(1, len(lines) + 1) if number not in running and number not in blank]
    after = sorted(running)
    return _document(
        source, "text", [lines[number - 1] for number in body], [lines[number - 1] for number in after],
        [*body, *after], [running[number] for number in after], warnings=warnings,
    )  # fmt: skip


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
    return _document(
        source, format, lines, [], range(1, len(lines) + 1), [], sections=sections, title=title, warnings=warnings
    )


def _document(
    source: Source,
    format: str,
    body: list[str],
    running: list[str],
    numbers: "list[int] | range",
    kinds: list[str],
    *,
    sections: tuple[Section, ...] = (),
    title: str | None = None,
    warnings: tuple[str, ...] = (),
) -> Document:
    """Build a `Document` of the lines of its body and its running lines, whose `numbers` in the file and kinds follow."""
    text = "\n".join([*body, *running])
    body_end = len(text) - sum(len(line) + 1 for line in running)
    structure = find_structure(text[:body_end])
    lengths = np.array([len(line) for line in (*body, *running)], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths[:-1] + 1)])
    count = len(lengths)
    if not running and count > 1 and not body[-1]:
        count -= 1  # A final newline ends the last line and begins no other.
    lines = Lines(
        starts[:count], (starts + lengths)[:count], np.zeros(count, dtype=np.int32),
        np.array(numbers, dtype=np.int32)[:count],
    )  # fmt: skip
    apart = [
        Block(kind, int(start), int(start + length))
        for kind, start, length in zip(kinds, starts[len(body) :], lengths[len(body) :], strict=True)
    ]
    return Document(
        name=source.name,
        format=format,
        sha256=source.sha256,
        text=text,
        body_end=body_end,
        lines=lines,
        breaks=np.array(sorted(structure.breaks), dtype=np.int64),
        blocks=Blocks.of([*structure.blocks, *apart]),
        tables=tuple(structure.tables),
        sections=sections or tuple(structure.sections),
        title=title,
        warnings=warnings,
    )
