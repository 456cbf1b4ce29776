"""Highlights on each row of a page, and search matches."""

from hypothesis import given
from hypothesis import strategies as st
from support.stage import answer, paged

from docqa.tui.state.page_marks import (
    MAX_MATCHES,
    MarkKind,
    PageMark,
    answer_marks,
    clip,
    find_matches,
    match_marks,
    page_name,
)

_SPANS = st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda pair: (min(pair), max(pair)))


@given(_SPANS, _SPANS)
def test_a_mark_covers_what_a_span_and_a_row_share(span: tuple[int, int], row: tuple[int, int]) -> None:
    shared = set(range(*span)) & set(range(*row))
    marked = {row[0] + i for mark in clip(MarkKind.MATCH, span, row) for i in range(mark.start, mark.end)}
    assert marked == shared


def test_an_answer_is_marked_with_its_passage_and_its_other_places() -> None:
    document = paged("a.pdf", [["It was built by Ada.", "Ada was an engineer."]])
    found = answer(document, "Ada", 0.9, 1, also=["Ada was"])
    line_end = document.text.index("\n")
    first = {mark.kind: (mark.start, mark.end) for mark in answer_marks(found, (0, line_end))}
    assert first[MarkKind.ANSWER] == (16, 19) and MarkKind.OTHER_PLACE not in first
    assert first[MarkKind.PASSAGE][1] >= 19
    second = list(answer_marks(found, (line_end + 1, len(document.text))))
    assert PageMark(MarkKind.OTHER_PLACE, 0, 1) in second
    assert MarkKind.ANSWER not in {mark.kind for mark in second}


@given(st.text(alphabet="ab\n", max_size=60), st.integers(0, 8))
def test_every_match_is_marked_on_its_rows_and_one_is_the_current(text: str, current: int) -> None:
    matches = find_matches(text, "ab")
    marks = [mark for row in range(0, 60, 7) for mark in match_marks(matches, current, (row, row + 7))]
    assert sum(mark.end - mark.start for mark in marks) == 2 * len(matches)
    covered = sum(mark.end - mark.start for mark in marks if mark.kind is MarkKind.CURRENT_MATCH)
    assert covered == (2 if current < len(matches) else 0)


def test_a_match_may_cross_a_line_s_end_and_capitals_count_only_where_typed() -> None:
    text = "The Lamp\n  burns. the lamp. LAMP"
    assert find_matches(text, "lamp burns") == [(4, 16)]
    assert [text[start:end] for start, end in find_matches(text, "lamp")] == ["Lamp", "lamp", "LAMP"]
    assert find_matches(text, "Lamp") == [(4, 8)]
    assert find_matches(text, "la.p") == find_matches(text, "  ") == []
    assert len(find_matches("a" * (MAX_MATCHES + 5), "a")) == MAX_MATCHES


def test_a_page_is_named_by_its_label_too_where_that_differs() -> None:
    document = paged("a.pdf", [["One."], ["Two."]], ["iv", "2"])
    assert [page_name(document, page) for page in (1, 2)] == ["page 1 (iv)", "page 2"]
