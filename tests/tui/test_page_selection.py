"""The caret and the selection always cover whole words of the body, for any text and keys."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.stage import paged
from support.tables import SHIPS

from docqa.documents import Document, Source
from docqa.documents.plain_text import from_text
from docqa.tui.state import page_selection
from docqa.tui.state.page_layout import PageLayout, lay_out
from docqa.tui.state.page_selection import MAX_WORDS, PageSelection

_TEXT = st.text(alphabet=st.sampled_from("ab1 .,'’-字e\u0301\t\n漢_(…\u200d"), max_size=200)

MOVES: dict[str, Callable[[PageSelection, PageLayout], PageSelection]] = {
    "h": lambda selection, _: page_selection.move_word(selection, -1),
    "l": lambda selection, _: page_selection.move_word(selection, 1),
    "j": lambda selection, layout: page_selection.move_line(selection, layout, 1),
    "k": lambda selection, layout: page_selection.move_line(selection, layout, -1),
    "0": lambda selection, layout: page_selection.move_to_edge(selection, layout, last=False),
    "$": lambda selection, layout: page_selection.move_to_edge(selection, layout, last=True),
    "v": lambda selection, _: page_selection.toggle_anchor(selection),
    "o": lambda selection, _: page_selection.swap_ends(selection),
}


def document(text: str, body: int | None = None) -> Document:
    made = from_text(Source("a.txt", b""), "text", text)
    return made if body is None else replace(made, body_end=body)


def press(selection: PageSelection, layout: PageLayout, keys: str) -> PageSelection:
    for key in keys:
        selection = MOVES[key](selection, layout)
    return selection


def split(text: str) -> list[str]:
    made = document(text)
    return [text[start:end] for start, end in page_selection.words(made, 0, len(text))]


@given(_TEXT)
def test_words_are_the_text_but_for_its_spaces(text: str) -> None:
    made = document(text)
    found = list(page_selection.words(made, 0, made.body_end))
    assert "".join(made.text[start:end] for start, end in found) == "".join(made.text[: made.body_end].split())
    for start, end in found:
        assert all(page_selection.word_at(made, offset) == (start, end) for offset in range(start, end))


def test_words_are_as_the_reader_sees_them() -> None:
    assert split("(don't) pay 2,148.50 at 12:30, rock-hard") == [
        *("(", "don't", ")", "pay", "2,148.50", "at", "12:30", ",", "rock", "-", "hard")
    ]
    assert split("Dues ....... 12") == ["Dues", ".......", "12"]
    assert split("cafe\u0301s 東京です in\u00adside") == ["cafe\u0301s", "東", "京", "です", "in\u00adside"]


@given(_TEXT, st.text(alphabet="hljk0$vo", max_size=30), st.integers(0, 220), st.integers(2, 30), st.data())
def test_the_selection_is_whole_words_inside_the_body(
    text: str, keys: str, offset: int, width: int, data: st.DataObject
) -> None:
    # The body ends at a line break, as in all formats.
    ends = [len(text), *(i for i, character in enumerate(text) if character == "\n")]
    made = document(text, data.draw(st.sampled_from(ends)))
    layout = lay_out(made, width)
    selection = page_selection.start_at(made, offset)
    if selection is None:
        assert not made.text[: made.body_end].strip()
        return
    for key in keys:
        selection = MOVES[key](selection, layout)
        assert 0 <= selection.start < selection.end <= made.body_end
        assert selection.text == made.text[selection.start : selection.end]
        assert page_selection.whole_words(made, selection.start, selection.end) == (selection.start, selection.end)
        assert selection.text == selection.text.strip()
        assert 1 <= len(selection) <= MAX_WORDS
        assert selection.anchor is not None or len(selection) == 1


@given(_TEXT, st.integers(2, 30), st.integers(-1, 60), st.integers(-2, 40))
def test_the_word_under_the_pointer_stands_in_the_row(text: str, width: int, row: int, column: int) -> None:
    made = document(text)
    layout = lay_out(made, width)
    word = page_selection.word_under(made, layout, row, column)
    inside = 0 <= row < len(layout)
    parts = layout.parts(row) if inside else []
    assert (word is None) is not any(made.text[part.start : part.end].strip() for part in parts)
    if word is not None:
        assert any(word[0] < part.end and word[1] > part.start for part in parts)


@given(_TEXT, st.integers(2, 30))
def test_down_and_up_reach_every_line_that_a_word_begins_in(text: str, width: int) -> None:
    made = document(text)
    layout = lay_out(made, width)
    rows = sorted({layout.row_of(start) for start, _ in page_selection.words(made, 0, made.body_end)})
    selection = page_selection.start_in_row(made, layout, 0)
    for key, order in (("j", rows), ("k", rows[::-1])):
        for row in order:
            assert selection is not None and layout.row_of(selection.caret[0]) == row
            selection = MOVES[key](selection, layout)


def test_the_caret_keeps_its_column_from_line_to_line() -> None:
    made = document("one two three four\n\nfive\n\nsix seven eight nine")
    layout = lay_out(made, 40)
    selection = page_selection.start_at(made, made.text.index("three"))
    assert selection is not None
    texts = [press(selection, layout, keys).text for keys in ("j", "jj", "jjk", "jjkk", "jj$", "jj0")]
    assert texts == ["five", "seven", "five", "three", "nine", "six"]


def test_it_goes_over_wrapped_lines_and_page_ends_but_not_into_running_heads() -> None:
    pages = paged("two.pdf", [["Above the mast.", "It was built by Ada"], ["Marsh in 1874.", "Harbour report"]])
    made = replace(pages, body_end=pages.text.index("Harbour report"))
    layout = lay_out(made, 10)
    selection = page_selection.start_at(made, made.text.index("Ada"))
    assert selection is not None
    assert press(selection, layout, "vl").text == "Ada\nMarsh"
    assert press(selection, layout, "vjj").text.startswith("Ada\nMarsh in")
    assert press(selection, layout, "jjjjjj$").text == "."
    assert page_selection.start_at(made, len(made.text)).text == "."  # type: ignore[union-attr]


@pytest.mark.parametrize("keys", ["v" + "l" * 100, "v" + "j" * 100, "llllvhlo" + "l" * 100])
def test_no_more_can_be_selected_than_an_answer_could_have(keys: str) -> None:
    made = document("\n".join(" ".join(f"w{row}x{n}" for n in range(10)) for row in range(50)))
    layout = lay_out(made, 80)
    selection = page_selection.start_at(made, 0)
    assert selection is not None
    selection = press(selection, layout, keys)
    assert len(selection) == MAX_WORDS and selection.full
    assert not press(selection, layout, "h").full


def test_a_body_without_words_has_nothing_to_select() -> None:
    for text in ("", " \n\t\n"):
        made = document(text)
        assert page_selection.start_at(made, 0) is None
        assert page_selection.start_in_row(made, lay_out(made, 10), 0) is None


def test_in_a_table_the_caret_moves_in_its_column() -> None:
    layout = lay_out(SHIPS, 60)
    selection = page_selection.start_at(SHIPS, SHIPS.text.index("214"))
    assert selection is not None
    texts = [press(selection, layout, keys).text for keys in ("k", "j", "jj", "jjj", "jjjj", "h", "l", "0", "$")]
    assert texts == ["Tons", "1,198", "86", "once", "99", "1861", "Bellona", "Aurelia", "214"]
    assert press(selection, layout, "vhh").text == "Okkenhaug  1861  214"


@pytest.mark.parametrize(
    ("column", "word"),
    [(0, "Aurelia"), (6, "Aurelia"), (15, "Aurelia"), (33, "Jens"), (48, "1861"), (59, "214"), (99, "214")],
)
def test_the_pointer_finds_the_cell_that_it_is_over(column: int, word: str) -> None:
    layout = lay_out(SHIPS, 60)
    row = layout.row_of(SHIPS.text.index("Aurelia"))
    found = page_selection.word_under(SHIPS, layout, row, column)
    assert found is not None and SHIPS.text[found[0] : found[1]] == word
