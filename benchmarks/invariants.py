"""What is true of every document and of all pairs, whatever the file was."""

from itertools import pairwise

import numpy as np

from docqa.datasets.loading import LoadedPairs
from docqa.documents import Document
from docqa.documents.packing import pack_document, unpack_document

_SAMPLED = 50


def check_document(document: Document) -> None:
    """Raise `AssertionError` if an offset is out of range, spans overlap, or the document can't be stored."""
    text, length = document.text, len(document.text)
    assert 0 <= document.body_end <= length, "body_end"
    assert text[: document.body_end].strip(), "no text"
    named = [document.title or "", *(section.title for section in document.sections), *document.page_labels]
    for each in (text, *named, *document.warnings):
        each.encode()  # No half of a surrogate pair: no terminal, file or JSON can have it.
    _check_lines(document)
    _check_spans("blocks", document.blocks.starts.tolist(), document.blocks.ends.tolist(), length)
    breaks = document.breaks.tolist()
    assert breaks == sorted(set(breaks)), "breaks"
    assert not breaks or (breaks[0] >= 0 and breaks[-1] <= length), "breaks in range"
    starts = [section.start for section in document.sections]
    assert starts == sorted(starts), "sections"
    assert all(0 <= start <= document.body_end for start in starts), "sections in range"
    _check_tables(document)
    for start in range(0, length, max(1, length // _SAMPLED)):
        location = document.locate(start, min(length, start + 20))
        assert location.line_start >= 1, "line"
        assert bool(document.page_count) == (location.page is not None), "page"
    for page in range(1, document.page_count + 1) if document.page_count else (0,):
        for line in document.page_lines(page):
            assert 0 <= line.start <= line.end <= length, "page line"
        document.page_blocks(page)
    packed = pack_document(document)
    again = pack_document(unpack_document(packed, document.name))
    assert packed.keys() == again.keys(), "packed"
    assert all(np.array_equal(packed[name], again[name]) for name in packed), "packed and unpacked"


def _check_lines(document: Document) -> None:
    lines = document.lines
    assert len(lines), "no lines"
    assert (np.diff(lines.starts) >= 0).all(), "lines"
    assert (lines.starts >= 0).all() and (lines.starts <= lines.ends).all(), "line spans"
    assert (lines.ends <= len(document.text)).all(), "lines in range"
    assert (lines.numbers >= 1).all(), "line numbers"
    first = 1 if document.page_count else 0
    assert (lines.pages >= first).all() and (lines.pages <= document.page_count).all(), "pages"


def _check_spans(name: str, starts: list[int], ends: list[int], length: int) -> None:
    assert all(start < end for start, end in zip(starts, ends, strict=True)), f"empty {name}"
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False)), f"{name} overlap"
    assert not starts or (starts[0] >= 0 and ends[-1] <= length), f"{name} in range"


def _check_tables(document: Document) -> None:
    tables = document.tables
    _check_spans("tables", [table.start for table in tables], [table.end for table in tables], len(document.text))
    for table in tables:
        _check_spans("cells", [cell.start for cell in table.cells], [cell.end for cell in table.cells], table.end)
        assert table.cells and table.cells[0].start >= table.start, "cells in their table"
        assert all(document.text[cell.start : cell.end].strip() for cell in table.cells), "blank cells"
        places = [
            (row, column)
            for cell in table.cells
            for row in range(cell.row, cell.row + cell.row_span)
            for column in range(cell.column, cell.column + cell.column_span)
        ]
        assert len(places) == len(set(places)), "cells overlap in the grid"
        assert 0 <= table.header_rows <= table.row_count, "header rows"
        assert 0 <= table.header_columns <= table.column_count, "header columns"
        assert all(one.row <= other.row for one, other in pairwise(table.cells)), "rows in order"
        assert table.grid(document.text), "grid"


def check_pairs(loaded: LoadedPairs) -> None:
    """Raise `AssertionError` if an answer is not where it is said to be, or the counts don't add up."""
    report = loaded.report
    assert report.read == report.pairs + report.dropped + report.merged, "counts"
    assert report.pairs == len(loaded.pairs), "pairs"
    for pair in loaded.pairs:
        assert pair.context is not None, "context"
        for text in (pair.question, pair.context, *(gold.text for gold in pair.answers)):
            text.encode()
        for gold in pair.answers:
            assert gold.text.strip() == gold.text != "", "answer"
            assert pair.context[gold.start : gold.start + len(gold.text)] == gold.text, "answer at its start"
