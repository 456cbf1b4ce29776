"""Page layout: no text is lost, repeated or too wide, and every offset maps to a row."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from support.stage import paged
from support.tables import SHIPS, Page

from docqa.documents import Cell, Source, parse
from docqa.documents.plain_text import from_text
from docqa.terminal_text import flat
from docqa.tui.state.page_layout import RULE, PageLayout, lay_out

_TEXT = st.text(alphabet=st.sampled_from("ab 字e\u0301\t\n漢-"), max_size=200)


@given(_TEXT, st.integers(2, 30))
def test_rows_are_the_lines_in_parts_that_fit(text: str, width: int) -> None:
    document = replace(from_text(Source("a.txt", b""), "text", text), tables=())
    layout = lay_out(document, width)
    rows = list(zip(layout.lines.tolist(), layout.starts.tolist(), layout.ends.tolist(), strict=True))
    for line in range(len(document.lines)):
        parts = [(start, end) for owner, start, end in rows if owner == line]
        assert parts[0][0] == document.lines.starts[line]
        assert parts[-1][1] == document.lines.ends[line]
        assert all(one[1] == following[0] for one, following in pairwise(parts))
    for row, (_, start, end) in enumerate(rows):
        assert cell_len(flat(document.text[start:end]).rstrip()) <= width
        for offset in range(start, end):
            assert layout.row_of(offset) == row


@given(st.text(alphabet="abc ", min_size=1, max_size=120), st.integers(4, 20))
def test_words_that_fit_are_not_broken(text: str, width: int) -> None:
    document = from_text(Source("a.txt", b""), "text", text)
    layout = lay_out(document, width)
    for start, end in zip(layout.starts.tolist(), layout.ends.tolist(), strict=True):
        before, after = document.text[end - 1 : end], document.text[end : end + 1]
        if before.strip() and after.strip():
            assert end - start == width  # A single word fills the row.
            assert " " not in document.text[start:end]


def test_pages_begin_with_a_rule_and_stand_in_their_order() -> None:
    document = paged("two.pdf", [["One.", "Two."], [], ["Three."]], ["i", "ii", "1"])
    layout = lay_out(document, 40)
    assert layout.lines.tolist() == [RULE, 0, 1, RULE, RULE, 2]
    assert layout.pages.tolist() == [1, 1, 1, 2, 3, 3]


def drawn(layout: PageLayout) -> list[str]:
    """Return the rows as text."""
    rows = []
    for row in range(len(layout)):
        text = ""
        for part in layout.parts(row):
            text = text + " " * (part.column - cell_len(text)) + flat(layout.document.text[part.start : part.end])
        rows.append(text.rstrip())
    return rows


def test_a_table_is_drawn_in_columns() -> None:
    assert drawn(lay_out(SHIPS, 60))[4:9] == [
        "Ship                            Master          Built   Tons",
        "Aurelia                         Jens Okkenhaug   1861    214",
        "Bellona                                          1870  1,198",
        "Cormoran of the northern line,  Ada Marsh        1874     86",
        "which came only once",
    ]


def test_a_table_without_room_for_its_columns_is_drawn_as_lines() -> None:
    assert "Bellona  1870  1,198" in drawn(lay_out(SHIPS, 26))


def test_text_of_a_table_that_is_in_no_cell_is_drawn() -> None:
    table = SHIPS.tables[0]
    torn = replace(SHIPS, tables=(replace(table, cells=table.cells[:3] + table.cells[4:]),))
    assert "Ship  Master  Built  Tons" in drawn(lay_out(torn, 60))


_WORDS = st.text(alphabet=st.sampled_from("ab1 字,"), max_size=25).map(lambda text: " ".join(text.split()))
_ROWS = st.lists(st.lists(_WORDS, min_size=3, max_size=3), min_size=1, max_size=5)


@given(_ROWS, _ROWS, st.integers(2, 60), st.integers(0, 2))
def test_each_letter_of_a_table_is_in_one_row_and_no_part_is_too_wide(
    rows: list[list[str]], others: list[list[str]], width: int, header_rows: int
) -> None:
    page = Page().add("paragraph", "Above.").table([["x", "", "y"], *rows], header_rows)
    page.page = 2
    document = page.add("paragraph", "Between.").table([*others, ["", "z", ""]]).document()
    layout = lay_out(document, width)
    seen = np.zeros(len(document.text), dtype=int)
    for row in range(len(layout)):
        right = 0
        for part in layout.parts(row):
            seen[part.start : part.end] += 1
            assert part.column >= right
            right = part.column + cell_len(flat(document.text[part.start : part.end]).rstrip())
            assert all(layout.row_of(offset) == row for offset in range(part.start, part.end))
        assert right <= width
    assert all(seen[offset] == 1 or character.isspace() for offset, character in enumerate(document.text))
    assert layout.pages.tolist() == sorted(layout.pages.tolist())


def test_a_table_over_a_page_end_goes_on_below_the_rule() -> None:
    page = Page().table([["Ship", "Tons"], ["Aurelia", "214"]])
    first = page.document()
    page.page = 2
    # The same table on both pages, as the parser joins them.
    page.text += "\n"
    start = len(page.text)
    page.text += "Bellona  1,198"
    page._add_line(start)
    cells = (Cell(start, start + 7, 2, 0), Cell(start + 9, start + 14, 2, 1))
    table = first.tables[0]
    page.tables = [replace(table, end=len(page.text), cells=table.cells + cells)]
    layout = lay_out(page.document(), 40)
    assert layout.pages.tolist() == [1, 1, 1, 2, 2]
    assert drawn(layout)[1:] == ["Ship      Tons", "Aurelia    214", "", "Bellona  1,198"]


def test_an_indented_table_of_a_text_file_is_drawn_in_columns() -> None:
    rows = ["    Ship          Built    Tons", "    Aurelia       1861      214", "    Bellona       1870    1,198"]
    document = parse(Source("a.txt", "\n".join(["Ships of the year:", "", *rows]).encode()))
    assert len(document.tables) == 1
    assert drawn(lay_out(document, 40))[2:] == [
        "Ship     Built   Tons",
        "Aurelia   1861    214",
        "Bellona   1870  1,198",
    ]
