"""Page layout: no text is lost, repeated or too wide, and every offset maps to a row."""

import textwrap
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from support.stage import paged
from support.tables import SHIPS, Page

from docqa.documents import Blocks, Cell, Lines, Source, parse
from docqa.documents.plain_text import from_text
from docqa.terminal_text import flat
from docqa.tui.state.page_layout import RULE, PageLayout, lay_out

_TEXT = st.text(alphabet=st.sampled_from("ab 字e\u0301\t\n漢-"), max_size=200)
_WORD = st.text(alphabet="abcde", min_size=1, max_size=9)
_PARAGRAPH = st.builds(
    lambda words, first, indent: textwrap.fill(
        " ".join(words), 40, initial_indent=" " * first, subsequent_indent=" " * indent
    ),
    st.lists(_WORD, min_size=1, max_size=40),
    st.integers(0, 5),
    st.integers(0, 5),
)
_HARD_WRAPPED = st.lists(_PARAGRAPH, min_size=1, max_size=4).map("\n\n".join)


def shows_each_offset_once(layout: PageLayout) -> None:
    """Check that no text is lost, repeated or too wide, and that each offset is in the row that shows it."""
    text = layout.document.text
    seen = np.zeros(len(text), dtype=int)
    for row in range(len(layout)):
        right = 0
        for part in layout.parts(row):
            seen[part.start : part.end] += 1
            assert part.column >= right
            right = part.column + cell_len(flat(text[part.start : part.end]).rstrip())
            assert all(layout.row_of(offset) == row for offset in range(part.start, part.end))
        assert right <= layout.width
    assert all(seen[offset] == 1 or (character.isspace() and not seen[offset]) for offset, character in enumerate(text))


@given(_TEXT, st.integers(2, 30))
def test_rows_show_all_text_in_its_order_and_fit(text: str, width: int) -> None:
    document = replace(from_text(Source("a.txt", b""), "text", text), tables=())
    layout = lay_out(document, width)
    shows_each_offset_once(layout)
    assert layout.starts.tolist() == sorted(layout.starts.tolist())


@given(_HARD_WRAPPED, st.integers(15, 70))
def test_paragraphs_are_wrapped_to_the_width_with_the_numbers_of_the_lines_that_begin_in_each_row(
    text: str, width: int
) -> None:
    document = replace(from_text(Source("a.txt", b""), "text", text), tables=())
    layout = lay_out(document, width)
    shows_each_offset_once(layout)
    rows = drawn(layout)
    assert " ".join(rows).split() == text.split()
    begins: dict[int, list[int]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        offset = int(document.lines.starts[number - 1]) + len(line) - len(line.lstrip())
        begins.setdefault(layout.row_of(offset), []).append(number)
    assert layout.numbers.tolist() == [begins.get(row, [0])[0] for row in range(len(layout))]
    for row in range(len(layout) - 1):
        block = document.blocks.at(int(layout.ends[layout.bounds[row + 1] - 1]) - 1)
        following = rows[row + 1].split()
        if block is not None and layout.first_offset(row + 1) < block.end:  # The next word did not fit.
            assert len(rows[row]) + 1 + len(following[0]) > width


def test_the_lines_of_a_paragraph_flow_and_no_line_begins_in_some_rows() -> None:
    lines = [
        "   In the year under report the ships that called",
        "   here were fewer than it had expected, as few as",
        "   a year ago.",
    ]
    layout = lay_out(from_text(Source("a.txt", b""), "text", "\n".join(lines)), 30)
    assert drawn(layout) == [
        "   In the year under report",
        "   the ships that called here",
        "   were fewer than it had",
        "   expected, as few as a year",
        "   ago.",
    ]
    assert layout.numbers.tolist() == [1, 2, 0, 3, 0]


def test_what_ends_on_purpose_does_not_flow() -> None:
    page = Page().add("heading", "The year").add("paragraph", "It was \ngood. \nFew ships \ncame.")
    page.add("list_item", "• one \nthing").add("list_item", "• two").add("paragraph", "Ada Marsh\n3 Corn Quay")
    page.add("code", "a = 1\nb = 2").table([["Ship", "Tons"], ["Aurelia", "214"]])
    rows = [row for row in drawn(lay_out(page.document(), 60)) if row]
    assert rows == [
        "The year",
        "It was good. Few ships came.",
        *("• one thing", "• two"),
        *("Ada Marsh", "3 Corn Quay"),
        *("a = 1", "b = 2"),
        *("Ship     Tons", "Aurelia   214"),
    ]


def test_a_paragraph_over_a_page_end_goes_on_below_the_rule() -> None:
    page = Page().add("paragraph", "The largest \nship was \nthe ")
    (block,) = page.blocks
    page.page = 2
    for line in ("Aure", "lia."):  # A word without its hyphen.
        start = len(page.text)
        page.text += line
        page._add_line(start)
    page.blocks = [block._replace(end=len(page.text))]
    layout = lay_out(page.document(), 60)
    assert drawn(layout) == ["", "The largest ship was the", "", "Aurelia."]
    assert layout.numbers.tolist() == [0, 1, 0, 1]


def test_the_first_text_of_the_body_below_a_row_is_no_running_head() -> None:
    document = paged("two.pdf", [["Two.", "Head"], ["Head", "Three."]])
    lines = document.lines
    order = [0, 3, 1, 2]  # The heads are behind the body.
    text = "Two.\nThree.\nHead\nHead\n"
    starts = np.array([0, 5, 12, 17])
    document = replace(
        document,
        text=text,
        body_end=11,
        blocks=Blocks.of([]),
        lines=Lines(starts, starts + np.array([4, 6, 4, 4]), lines.pages[order], lines.numbers[order]),
    )
    layout = lay_out(document, 20)
    assert drawn(layout) == ["", "Two.", "Head", "", "Head", "Three."]
    assert [layout.first_in_body(row) for row in range(6)] == [0, 0, 5, 5, 5, 5]
    assert lay_out(replace(document, body_end=0), 20).first_in_body(2) == 0


def test_an_endless_paragraph_is_laid_out_in_pieces() -> None:
    lines = [f"{'w ' * 20}w" for _ in range(1_000)]
    document = from_text(Source("a.txt", b""), "text", "\n".join(lines))
    assert len(document.blocks) == 1
    layout = lay_out(document, 190)
    shows_each_offset_once(layout)
    begun = np.isin(document.lines.starts, layout.starts)
    assert {0, 200, 400, 600, 800} <= set(np.flatnonzero(begun).tolist())


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
    shows_each_offset_once(layout)
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
