"""A table is read row by row, each cell after its headings; every answer in it is still a part of the document."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docqa import paths
from docqa.documents import Cell, Document, Source, Table, parse
from docqa.index_cache import DocumentWindows
from docqa.models import loading
from docqa.progress import Monitor
from docqa.retrieval.bm25 import terms
from docqa.table_linearization import COLON, SEMICOLON, linearized_order
from docqa.windows import WindowCutter, tokenize
from docqa.written_tables import written_tables

TOKENIZER = loading.load_tokenizer(paths.bundled_models_dir() / "reader")

STATEMENT = """# Statement

All amounts in millions.

| | 2018 | 2017 |
|---|---|---|
| Net sales | 2,465 | 3,357 |
| Cost of sales | 1,136 | |

The board met twice.
"""

CELLS = st.sampled_from(["", "a", "12.5", "net sales", "(1,024)", "Ship’s name", "x: y"])
ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6)
)

TEXTS_WITH_GAPS = st.lists(st.lists(CELLS, max_size=4).map("  ".join), max_size=8).map("\n".join)


def document_of(text: str) -> Document:
    return parse(Source("statement.md", text.encode()))


def markdown(rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def test_a_row_is_read_with_the_headings_of_its_cells() -> None:
    tokens = tokenize(document_of(STATEMENT), TOKENIZER, Monitor())
    assert TOKENIZER.decode(tokens.ids.tolist()) == (
        "statement all amounts in millions. 2018 2017 "
        "net sales : 2018 : 2, 465 ; 2017 : 3, 357 cost of sales : 2018 : 1, 136 the board met twice."
    )


def test_windows_have_the_repeated_headings_as_text_and_their_own_span() -> None:
    document = document_of(STATEMENT)
    cut = WindowCutter(TOKENIZER, 68, 0, 512).cut(document, Monitor())
    windows = DocumentWindows(cut.tokens, cut.bounds, terms(cut.texts(document.text)))
    texts = cut.texts(document.text)
    assert len(windows) > 1
    assert next(text for text in texts if "1,136" in text).startswith("Cost of sales  2018  1,136")
    spans = [windows.span(window) for window in range(len(windows))]
    assert [start for start, _ in spans] == sorted({start for start, _ in spans})
    assert all(start < end for start, end in spans)
    for (start, end), text in zip(spans, texts, strict=True):
        assert document.text[start:end].split()[-1] == text.split()[-1]


def test_a_heading_over_several_rows_or_columns_is_read_with_each() -> None:
    # Two rows of ships at one berth, below a heading over two columns:  Berth | Length: from | Length: to
    cells = (
        Cell(0, 5, 0, 0),
        Cell(6, 12, 0, 1, 1, 2),
        Cell(13, 17, 1, 1),
        Cell(18, 20, 1, 2),
        Cell(21, 22, 2, 0, 2, 1),
        Cell(23, 25, 2, 1),
        Cell(26, 28, 2, 2),
        Cell(29, 31, 3, 1),
        Cell(32, 34, 3, 2),
    )
    starts = np.array([cell.start for cell in cells])
    order = linearized_order(starts, [Table(0, 34, 2, 1, cells)])
    assert order is not None
    berth, length, low, high, first, a, b, c, d = range(9)
    assert order.tolist() == [
        *(berth, length, low, high),
        *(first, COLON, length, low, COLON, a, SEMICOLON, length, high, COLON, b),
        *(first, COLON, length, low, COLON, c, SEMICOLON, length, high, COLON, d),
    ]


def test_a_document_without_tables_keeps_its_order() -> None:
    assert linearized_order(np.arange(5), []) is None
    assert linearized_order(np.arange(5), [Table(0, 5, 0, 0, (Cell(0, 5, 0, 0),))]) is None


@given(ROWS)
@settings(deadline=None)
def test_every_token_stands_once_and_every_span_is_inside_a_cell(rows: list[list[str]]) -> None:
    document = document_of(f"Before it.\n\n{markdown(rows)}\n\nAfter it.")
    tokens = tokenize(document, TOKENIZER, Monitor())
    ends = np.maximum.accumulate(np.append(0, tokens.ends))[:-1]
    own = (tokens.starts >= ends) & (tokens.ends > tokens.starts)
    assert "".join(document.text[a:b] for a, b in zip(tokens.starts[own], tokens.ends[own], strict=True)) == "".join(
        document.text.split()
    )
    assert not tokens.words[~own].any()
    assert np.all(np.diff(tokens.blocks) >= 0)
    window = tokens.window(0, len(tokens))
    for first in np.flatnonzero(window.words):
        for last in range(first, len(tokens)):
            if window.word_ends[last] and window.blocks[first] == window.blocks[last]:
                start, end = int(tokens.starts[first]), int(tokens.ends[last])
                assert start < end
                assert not document.spans_break(start, end)


def test_a_passage_written_with_a_table_is_read_as_a_document_with_it() -> None:
    context = (
        "Statement\n2018  2017\nNet sales  2,465  3,357\nCost of sales  1,136\nGross profit  1,329  1,400\nIt grew."
    )
    cut = WindowCutter(TOKENIZER, 384, 128, 512).cut_text(context, Monitor(), written_tables(context))
    assert TOKENIZER.decode(cut.tokens.ids.tolist()) == (
        "statement 2018 2017 net sales : 2018 : 2, 465 ; 2017 : 3, 357 cost of sales : 1, 136 "
        "gross profit : 2018 : 1, 329 ; 2017 : 1, 400 it grew."
    )
    start = context.index("1,400")
    first, last = cut.tokens.around(start, start + 5)
    assert context[cut.tokens.starts[first] : cut.tokens.ends[last]] == "1,400"


@given(TEXTS_WITH_GAPS)
@settings(deadline=None)
def test_cells_of_written_tables_are_parts_of_their_lines(text: str) -> None:
    for table in written_tables(text):
        assert all(
            "\n" not in text[cell.start : cell.end] and "  " not in text[cell.start : cell.end] for cell in table.cells
        )
        spans = [(cell.start, cell.end) for cell in table.cells]
        assert spans == sorted(spans)
        assert table.start == spans[0][0]
        assert table.end >= spans[-1][1]


@pytest.mark.parametrize(
    "text",
    [
        "He came.  He saw.  He won.\nThen he left.",
        "1  2  3\n4  5  6\n7  8  9",  # Nothing names the columns.
        "Name  Berth\nKettle  4",  # Two lines may be anything.
    ],
)
def test_what_may_be_no_table_is_read_as_it_is(text: str) -> None:
    assert written_tables(text) == []
