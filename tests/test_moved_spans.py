"""A span is found again in a changed text only where the same words stand in the same surroundings."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docqa.moved_spans import find_again, nearest_offset
from docqa.passages import passage

OLD = """Rules of the library

Books are lent for four weeks. A fee of 12 euros is due for each week after that.
The library is closed on Mondays. Children pay nothing.
"""

words = st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=6), min_size=1, max_size=40)


def again(new: str, span: str, old: str = OLD) -> str | None:
    """What is found of the first occurrence of a span, with a word on either side."""
    start = old.index(span)
    found = find_again(old, new, (start, start + len(span)), passage(old, start, start + len(span), 0))
    if found is None:
        return None
    before, after = new[: found[0]].split(), new[found[1] :].split()
    assert new[slice(*found)].split() == span.split()
    return " ".join([*before[-1:], "|", *new[slice(*found)].split(), "|", *after[:1]])


def test_text_that_moved_is_found() -> None:
    assert again("A new preface. Many words.\n\n" + OLD, "12 euros") == "of | 12 euros | is"
    assert again(OLD.replace("Books are lent for four weeks. ", ""), "12 euros") == "of | 12 euros | is"
    assert (
        again(OLD.replace("Rules of the library", "House rules, revised in May"), "four weeks")
        == "for | four weeks | ."
    )


def test_new_line_breaks_don_t_matter() -> None:
    assert again(OLD.replace("12 euros is due", "12\neuros   is\ndue"), "12 euros") == "of | 12 euros | is"


@pytest.mark.parametrize(
    "new",
    [
        OLD.replace("12 euros", "15 euros"),
        OLD.replace("A fee of 12 euros", "No fee of 12 euros"),
        OLD.replace("A fee of 12 euros", "A fee of 112 euros"),
        OLD.replace("A fee of 12 euros is due for each week after that.", "") + "A parrot costs 12 euros.",
        "",
    ],
)
def test_other_words_are_never_taken_for_it(new: str) -> None:
    assert again(new, "12 euros") is None


def test_a_short_sentence_is_known_by_its_neighbours() -> None:
    rows = "Fees\n\nNorwell\n12\nHarrow\n14\nMill Street\n12\nQuay\n9\n"
    moved = "Fees of the year\n\nQuay\n9\n" + rows[6:]
    assert again(moved, "12", rows) == "Norwell | 12 | Harrow"
    assert again(rows.replace("Norwell\n12", "Norwell\n13"), "12", rows) is None


def test_of_several_places_the_one_with_the_same_surroundings_is_taken() -> None:
    part = "The tenant pays the rent on the first of each month."
    old = f"For the shop. {part} In cash.\n\nFor the flat. {part} By transfer.\n"
    new = f"Leases.\n\nFor the flat. {part} By transfer.\n\nFor the shop. {part} In cash.\n"
    start = old.rindex("first")
    found = find_again(old, new, (start, start + 5), passage(old, start, start + 5, 0))
    assert found == (new.index("first"), new.index("first") + 5)


def test_the_nearest_of_places_that_are_alike_is_taken() -> None:
    line = "one two three four five six seven eight nine ten\n"
    old = line * 100
    start = 50 * len(line)
    found = find_again(old, old, (start, start + 3), (start, start + len(line)))
    assert found == (start, start + 3)


@given(words, words, words, st.data())
def test_what_is_found_has_the_same_words(
    before: list[str], old: list[str], new: list[str], data: st.DataObject
) -> None:
    old_text, new_text = " ".join(old), " ".join([*before, *new])
    start = data.draw(st.integers(0, len(old_text) - 1))
    end = data.draw(st.integers(start + 1, len(old_text)))
    found = find_again(old_text, new_text, (start, end), passage(old_text, start, end, 0))
    if found is not None:
        assert new_text[slice(*found)].split() == old_text[start:end].split()


@given(words, words, words, st.data())
def test_what_was_only_moved_is_found(before: list[str], old: list[str], after: list[str], data: st.DataObject) -> None:
    """All of the old text is in the new one, so each span is found, and with the same text."""
    old_text = " ".join(old)
    new_text = "\n".join([" ".join(before), old_text, " ".join(after)])
    start = data.draw(st.integers(0, len(old_text) - 1))
    end = data.draw(st.integers(start + 1, len(old_text)))
    found = find_again(old_text, new_text, (start, end), passage(old_text, start, end, 0))
    assert found is not None and new_text[slice(*found)] == old_text[start:end]
    assert find_again(old_text, old_text, (start, end), passage(old_text, start, end, 0)) == (start, end)


@given(words, words, st.data())
def test_an_offset_stays_within_the_new_text(old: list[str], new: list[str], data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(" ".join(old))))
    assert 0 <= nearest_offset(" ".join(old), " ".join(new), offset) <= len(" ".join(new))
