"""What docqa reads in a document: its blocks and tables as text, Markdown or JSON (pure).

Pages are selected by their numbers in the file; None selects all. A block is on the page on which it begins.
"""

import re
import textwrap
from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from docqa.aligned_table import AlignedCell, align, line_text
from docqa.documents import APART, Block, Document, Location, Table
from docqa.github_markdown import comment, escaped, fenced, markdown_table, paragraph
from docqa.output import Paint
from docqa.terminal_text import BOLD, DIM, one_line, plain

SCHEMA = "docqa.text/1"

_TIGHT = frozenset({"list_item", "field"})  # Without an empty line between them.
_LABELS = frozenset({"figure", "line_number"})  # Short and many: on one line.
_BULLET = re.compile(r"(?:[•‣◦▪●○■□–—*·-]|(\d{1,9})[.)])(?:\s+|$)")
_GAP = re.compile(r"\n[^\S\n]*\n\s*")
_NARROWEST = 20


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A block with its location, and its table if it is one. `apart` blocks are no running text."""

    block: Block
    location: Location
    table: Table | None
    apart: bool


def placed_blocks(document: Document, pages: Container[int] | None = None) -> Iterator[tuple[int, list[PlacedBlock]]]:
    """Yield each page (0 if the format has none) with its blocks: the running text, then what stands apart."""
    by_page: dict[int, list[PlacedBlock]] = {page: [] for page in range(1, document.page_count + 1)}
    tables = {table.start: table for table in document.tables}
    for block in document.blocks if len(document.blocks) else _paragraphs(document):
        apart = block.start >= document.body_end or block.kind in APART
        placed = PlacedBlock(block, document.locate(block.start, block.end), tables.get(block.start), apart)
        by_page.setdefault(placed.location.page or 0, []).append(placed)
    for page, blocks in sorted(by_page.items()):
        if pages is None or page in pages:
            yield page, sorted(blocks, key=lambda placed: placed.apart)


def _paragraphs(document: Document) -> Iterator[Block]:
    """Yield the blocks of a document whose format knows none: what is between empty lines, shown as it is."""
    start = 0
    for gap in [*_GAP.finditer(document.text, 0, document.body_end), None]:
        end = document.body_end if gap is None else gap.start()
        if document.text[start:end].strip():
            yield Block("paragraph", start, end)
        start = end if gap is None else gap.end()
    for start, end in zip(document.lines.starts.tolist(), document.lines.ends.tolist(), strict=True):
        if start >= document.body_end and start < end:
            yield Block("header", start, end)


# --- text ---


def as_text(
    document: Document, pages: Container[int] | None, paint: Paint, width: int | None = None, *, kinds: bool = False
) -> Iterator[str]:
    """Yield the lines: a rule above each page, empty lines between blocks, what stands apart below in a margin.

    Lines are wrapped to `width`, unless that is None. With `kinds`, each block has its kind and lines in the margin.
    """
    for number, (page, blocks) in enumerate(placed_blocks(document, pages)):
        parts = [[paint(DIM, f"— {_page_name(document, page)} —")]] if page else []
        if kinds:
            parts.append(list(_with_kinds(document, blocks, paint, width)))
        else:
            parts += _plain(document, blocks, paint, width)
        for at, part in enumerate(filter(None, parts)):
            if at or number:
                yield ""
            yield from part


def _plain(document: Document, blocks: list[PlacedBlock], paint: Paint, width: int | None) -> Iterator[list[str]]:
    """Yield parts, to be divided by empty lines."""
    tight: list[str] = []
    before = ""
    for placed in blocks:
        if placed.apart:
            break
        kind = placed.block.kind
        if tight and not (kind == before and kind in _TIGHT):
            yield tight
            tight = []
        lines = _lines(document, placed, width)
        tight += [paint(BOLD, line) for line in lines] if kind == "heading" else lines
        before = kind
    if tight:
        yield tight
    apart = [placed for placed in blocks if placed.apart]
    if apart:
        yield [paint(DIM, line) for line in _apart(document, apart, width)]


def _apart(document: Document, blocks: list[PlacedBlock], width: int | None) -> Iterator[str]:
    margin = max(len(placed.block.kind) for placed in blocks) + 4
    room = None if width is None else max(_NARROWEST, width - margin)
    for kind, group in groupby(blocks, key=lambda placed: placed.block.kind):
        if kind in _LABELS:
            labels = (one_line(document.text[placed.block.start : placed.block.end]) for placed in group)
            lines = _wrapped("  ".join(labels), room)
        else:
            lines = [line for placed in group for line in _lines(document, placed, room)]
        for at, line in enumerate(lines):
            yield f"| {'' if at else kind:<{margin - 2}}{line}".rstrip()


def _with_kinds(document: Document, blocks: list[PlacedBlock], paint: Paint, width: int | None) -> Iterator[str]:
    names = [_kind(placed.block) for placed in blocks]
    places = [_place(placed.location) for placed in blocks]
    first, second = (max(map(len, column), default=0) for column in (names, places))
    room = None if width is None else max(_NARROWEST, width - first - second - 4)
    for placed, name, place in zip(blocks, names, places, strict=True):
        margin = f"{name:<{first}}  {place:>{second}}  "
        for at, line in enumerate(_lines(document, placed, room) or [""]):
            yield (" " * len(margin) if at else paint(DIM, margin)) + (paint(DIM, line) if placed.apart else line)


def _kind(block: Block) -> str:
    return f"{block.kind} {block.level + 1}" if block.level or block.kind == "heading" else block.kind


def _place(location: Location) -> str:
    """The lines of a block on its page: "3–5", or "40–4:2" if it ends in line 2 of page 4."""
    first, last = str(location.line_start), str(location.line_end)
    if location.page_end != location.page:
        last = f"{location.page_end}:{last}"
    return first if first == last else f"{first}–{last}"


def _lines(document: Document, placed: PlacedBlock, width: int | None) -> list[str]:
    block = placed.block
    text = document.text[block.start : block.end]
    if placed.table is not None:
        cells = [cell._replace(text=one_line(cell.text)) for cell in _cells(document, placed.table)]
        return [line_text(line) for line in align(cells, placed.table.header_rows, width)]
    if block.kind == "code" or not len(document.blocks):
        return list(map(plain, text.splitlines()))
    indent = "  " * block.level if block.kind == "list_item" else ""
    bullet = _BULLET.match(text) if block.kind == "list_item" else None
    return _wrapped(one_line(text), width, indent, indent + " " * (len(bullet.group()) if bullet else 0))


def _wrapped(text: str, width: int | None, first: str = "", rest: str = "") -> list[str]:
    if width is None:
        return [first + text]
    return textwrap.wrap(text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False)


def _cells(document: Document, table: Table) -> list[AlignedCell]:
    return [
        AlignedCell(document.text[cell.start : cell.end], cell.row, cell.column, cell.column_span)
        for cell in table.cells
    ]


def _page_name(document: Document, page: int) -> str:
    label = one_line(document.page_labels[page - 1])
    return f"page {page}" if label in {"", str(page)} else f"page {page} ({label})"


# --- Markdown ---


def as_markdown(document: Document, pages: Container[int] | None) -> Iterator[str]:
    """Yield the lines of GitHub's Markdown: a comment above each page, and what stands apart below in a quotation."""
    begun = False
    for page, blocks in placed_blocks(document, pages):
        if page:
            yield from [""] * begun
            yield comment(_page_name(document, page))
            begun = True
        before = ""
        for placed in blocks:
            kind = "apart" if placed.apart else placed.block.kind
            if begun and not kind == before == "list_item":
                yield ">" if kind == before == "apart" else ""
            yield from _markdown(document, placed)
            before, begun = kind, True


def _markdown(document: Document, placed: PlacedBlock) -> list[str]:
    block = placed.block
    text = document.text[block.start : block.end]
    if placed.table is not None:
        cells = [cell._replace(text=escaped(cell.text)) for cell in _cells(document, placed.table)]
        lines = markdown_table(cells, placed.table.header_rows)
        return [f"> {line}" for line in lines] if placed.apart else lines
    if placed.apart:
        return [f"> *{escaped(block.kind)}:* {escaped(text)}"]
    if block.kind == "heading":
        return [f"{'#' * min(block.level + 1, 6)} {escaped(text)}"]
    if block.kind == "code":
        return fenced(text)
    if block.kind == "list_item":
        bullet = _BULLET.match(text)
        marker = f"{bullet[1]}." if bullet and bullet[1] else "-"
        return [f"{'    ' * block.level}{marker} {escaped(text[bullet.end() :] if bullet else text)}"]
    if block.kind == "caption":
        return [f"*{escaped(text)}*"]
    return [paragraph(text)]


# --- JSON ---


def as_dict(document: Document, pages: Container[int] | None) -> dict[str, Any]:
    """The document as JSON, documented in docs/text.md."""
    return {
        "schema": SCHEMA,
        "document": document.name,
        "format": document.format,
        "title": document.title,
        "pages": document.page_count,
        "warnings": document.warnings,
        "blocks": [_block(document, placed) for _, blocks in placed_blocks(document, pages) for placed in blocks],
    }


def _block(document: Document, placed: PlacedBlock) -> dict[str, Any]:
    block, location, table = placed.block, placed.location, placed.table
    facts = {
        "kind": block.kind,
        "level": block.level,
        "apart": placed.apart,
        "page": location.page,
        "page_label": location.page_label,
        "page_end": location.page_end,
        "line_start": location.line_start,
        "line_end": location.line_end,
        "start": block.start,
        "end": block.end,
        "text": document.text[block.start : block.end],
    }
    return facts if table is None else {**facts, "table": _table(document, table)}


def _table(document: Document, table: Table) -> dict[str, Any]:
    return {
        "header_rows": table.header_rows,
        "header_columns": table.header_columns,
        "grid": table.grid(document.text),
        "cells": [{"text": document.text[cell.start : cell.end], **cell._asdict()} for cell in table.cells],
    }
