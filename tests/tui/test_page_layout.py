"""Page layout: no text is lost, repeated or too wide, and every offset maps to a row."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from support.stage import paged

from docqa.documents import Source
from docqa.documents.plain_text import from_text
from docqa.tui.formatting import flat
from docqa.tui.state.page_layout import RULE, lay_out

_TEXT = st.text(alphabet=st.sampled_from("ab 字e\u0301\t\n漢-"), max_size=200)


@given(_TEXT, st.integers(2, 30))
def test_rows_are_the_lines_in_parts_that_fit(text: str, width: int) -> None:
    document = from_text(Source("a.txt", b""), "text", text)
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
