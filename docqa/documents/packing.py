"""A parsed document as named arrays: on its way from one process to another, and in the index cache."""

import json
from collections.abc import Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docqa.array_store import Arrays
from docqa.documents.blocks import Blocks, Cell, Table
from docqa.documents.document import Document, Lines, Section


def pack_document(document: Document) -> Arrays:
    """Pack a document into arrays, without its name: another file may have the same content."""
    facts = {
        "format": document.format,
        "sha256": document.sha256,
        "body_end": document.body_end,
        "page_labels": document.page_labels,
        "sections": [[section.title, section.level, section.start] for section in document.sections],
        "title": document.title,
        "language": document.language,
        "encrypted": document.encrypted,
        "warnings": document.warnings,
    }
    lines, blocks, tables = document.lines, document.blocks, document.tables
    return {
        "text": as_array(document.text),
        "facts": as_array(json.dumps(facts)),
        "starts": lines.starts,
        "ends": lines.ends,
        "pages": lines.pages,
        "numbers": lines.numbers,
        "breaks": document.breaks,
        "block_starts": blocks.starts,
        "block_ends": blocks.ends,
        "block_kinds": blocks.kinds,
        "block_levels": blocks.levels,
        "tables": _integers([(t.start, t.end, t.header_rows, t.header_columns, len(t.cells)) for t in tables], 5),
        "cells": _integers([cell for table in tables for cell in table.cells], 6),
    }


def unpack_document(arrays: Arrays, name: str) -> Document:
    """Unpack a document, under the name that it has now."""
    facts = json.loads(as_text(arrays["facts"]))
    return Document(
        name=name,
        format=facts["format"],
        sha256=facts["sha256"],
        text=as_text(arrays["text"]),
        body_end=facts["body_end"],
        lines=Lines(arrays["starts"], arrays["ends"], arrays["pages"], arrays["numbers"]),
        breaks=arrays["breaks"],
        blocks=Blocks(arrays["block_starts"], arrays["block_ends"], arrays["block_kinds"], arrays["block_levels"]),
        tables=_unpack_tables(arrays),
        page_labels=tuple(facts["page_labels"]),
        sections=tuple(Section(*section) for section in facts["sections"]),
        title=facts["title"],
        language=facts["language"],
        encrypted=facts["encrypted"],
        warnings=tuple(facts["warnings"]),
    )


def _unpack_tables(arrays: Arrays) -> tuple[Table, ...]:
    cells = map(Cell._make, arrays["cells"].tolist())
    return tuple(
        Table(start, end, header_rows, header_columns, tuple(islice(cells, count)))
        for start, end, header_rows, header_columns, count in arrays["tables"].tolist()
    )


def _integers(rows: Sequence[Sequence[int]], width: int) -> NDArray[np.int64]:
    return np.array(rows, dtype=np.int64).reshape(-1, width)


def as_array(text: str) -> NDArray[np.uint8]:
    """The bytes of a text."""
    return np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8)


def as_text(array: NDArray[Any]) -> str:
    """The text of such bytes."""
    return array.tobytes().decode("utf-8", "surrogatepass")
