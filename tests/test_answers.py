"""Merging, ranking and abstaining: pure functions, tested on synthetic evidence."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.scoring import by_score

from docqa.answers import Answer, Result, closest_passages, rank_answers
from docqa.documents import Document, Source, parse
from docqa.passages import passage
from docqa.ranking import Candidate, answer_identity, normalize

TEXT = (
    "The report opens in March 2024. It was signed by Dr. Holm on page one. Nobody else signed it.\n\n"
    "Later, in march 2024, the board met. Costs rose by 4.2 per cent. The end."
)
DOCUMENT: Document = parse(Source("a.txt", TEXT.encode()))
SECOND: Document = parse(Source("b.txt", b"A second report names March 2024 as well."))


def candidate(text: str, evidence: float, *, after: int = 0, document: int = 0, rank: int = 1) -> Candidate:
    start = (DOCUMENT, SECOND)[document].text.index(text, after)
    return Candidate(document, start, start + len(text), evidence, rank)


def answers_to(*candidates: Candidate, top: int = 5) -> list[Answer]:
    return rank_answers(by_score(*candidates), [DOCUMENT, SECOND], top)


def ranked(*candidates: Candidate, top: int = 5) -> list[tuple[str, int]]:
    answers = answers_to(*candidates, top=top)
    assert [answer.rank for answer in answers] == list(range(1, len(answers) + 1))
    return [(answer.text, len(answer.other_locations)) for answer in answers]


def test_of_overlapping_spans_the_most_probable_is_kept() -> None:
    assert ranked(candidate("in March 2024", 3), candidate("March 2024", 5)) == [("March 2024", 0)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.5 bar", "15 bar", False),
        ("-20 °C", "20 °C", False),
        ("> 5 mg", "< 5 mg", False),
        ("1/2", "12", False),
        (".5", "5", False),
        ("-$5", "$5", False),
        ("10:30", "1030", False),
        ("1,000 crowns", "1000 crowns", True),
        ("the 214 tons.", "214 tons", True),
        ("on 3 May, 1912", "on 3 May 1912", True),
        ("“Aurelia”", "“Aurelia”,", True),
        ("well-known", "wellknown", True),
    ],
)
def test_numbers_with_other_signs_are_other_answers(one: str, other: str, same: bool) -> None:
    assert (answer_identity(one) == answer_identity(other)) is same


def test_equal_answers_are_one_answer_with_all_its_locations() -> None:
    found = answers_to(
        candidate("March 2024", 5),
        candidate("march 2024", 4),
        candidate("March 2024", 3, document=1),
        candidate("4.2 per cent", 2),
    )
    assert [answer.text for answer in found] == ["March 2024", "4.2 per cent"]
    assert [(place.document, place.start) for place in found[0].other_locations] == [
        ("a.txt", TEXT.index("march 2024")),
        ("b.txt", SECOND.text.index("March 2024")),
    ]


def test_spans_in_the_sentence_of_a_better_answer_are_its_alternatives() -> None:
    found = answers_to(
        candidate("Dr. Holm", 5), candidate("page one", 4), candidate("board", 3), candidate("March 2024", 2)
    )
    assert [answer.text for answer in found] == ["Dr. Holm", "board", "March 2024"]
    (alternative,) = found[0].alternatives
    assert (alternative.text, TEXT[alternative.start : alternative.end]) == ("page one", "page one")
    assert found[0].probability > alternative.probability > found[1].probability
    assert found[2].passage == "The report opens in March 2024."
    assert found[0].passage == "It was signed by Dr. Holm on page one. Nobody else signed it."


WORDS = " ".join(f"Word {i} is here. And {i % 7} too.{chr(10) * (2 * (i % 5 == 0))}" for i in range(120))
LONG: Document = parse(Source("long.txt", WORDS.encode()))
SPANS = [match.span() for match in re.finditer(r"\w+", LONG.text)]


@given(st.lists(st.tuples(st.sampled_from(SPANS), st.floats(-5, 5)), max_size=40))
def test_every_answer_has_a_passage_of_its_own(spans: list[tuple[tuple[int, int], float]]) -> None:
    candidates = [Candidate(0, *span, evidence) for span, evidence in spans]
    found = rank_answers(by_score(*candidates), [LONG], 5)
    for number, answer in enumerate(found):
        last = answer.passage_start + len(answer.passage)
        assert answer.passage_start <= answer.start < answer.end <= last
        for other in found[:number]:
            assert other.passage_start + len(other.passage) <= answer.passage_start or last <= other.passage_start
            assert other.probability >= answer.probability
        for one in answer.alternatives:
            assert LONG.text[one.start : one.end] == one.text
            assert answer.passage_start <= one.start < one.end <= last
            assert one.probability <= answer.probability


def test_scores_compare_across_documents_and_retrieval_breaks_ties() -> None:
    assert ranked(candidate("Dr. Holm", 2), candidate("second report", 6, document=1))[0][0] == "second report"
    assert ranked(candidate("Dr. Holm", 2), candidate("4.2 per cent", 2, rank=0))[0][0] == "4.2 per cent"


def test_the_closest_passages_are_the_most_probable_ones_in_the_order_of_retrieval() -> None:
    candidates = (
        candidate("Dr. Holm", 9, rank=7),
        candidate("board", 4, rank=0),
        candidate("4.2 per cent", 3, rank=2),
        candidate("second report", -9, document=1, rank=1),
    )
    found = closest_passages(by_score(*candidates), [DOCUMENT, SECOND], 3)
    assert [(one.rank, one.text) for one in found] == [(1, "board"), (2, "4.2 per cent"), (3, "Dr. Holm")]
    assert len({one.passage for one in found}) == 3
    result = Result("Who?", False, (), tuple(found), 8, 8, "bundled", "hybrid", 0.1)
    assert result.most_probable is found[2]
    assert replace(result, closest=()).most_probable is None


def test_only_the_top_answers_are_returned() -> None:
    three = candidate("Dr. Holm", 2), candidate("4.2 per cent", 1), candidate("second report", 0, document=1)
    assert (len(ranked(*three)), len(ranked(*three, top=2))) == (3, 2)
    assert ranked() == []


@pytest.mark.parametrize(
    ("answer", "sentences"),
    [
        ("Holm", TEXT[: TEXT.index("\n")]),
        ("board", TEXT[TEXT.index("Later") :]),
    ],
)
def test_a_passage_is_whole_sentences_of_one_paragraph(answer: str, sentences: str) -> None:
    start = TEXT.index(answer)
    first, last = passage(TEXT, start, start + len(answer))
    assert TEXT[first:last] == sentences


def test_a_passage_in_a_long_paragraph_is_the_sentence_with_what_fits_around_it() -> None:
    long = " ".join(f"Sentence number {i} is about as long as sentences commonly are in reports." for i in range(50))
    start = long.index("number 30")
    first, last = passage(long, start, start + 9)
    assert long[first:last].startswith("Sentence number 2")
    assert long[first:last].endswith(".")
    assert last - first <= 330
    assert first <= start < last


def test_a_sentence_without_end_is_cut_at_words_around_the_answer() -> None:
    table = " ".join(f"cell{i}" for i in range(2_000))
    start = table.index("cell1000")
    first, last = passage(table, start, start + 8)
    assert "cell1000" in table[first:last].split()
    assert last - first <= 910
    assert set(table[first:last].split()) <= set(table.split())


@given(st.text(max_size=300), st.data())
def test_a_passage_always_holds_its_answer(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first, last = passage(text, start, end)
    assert 0 <= first <= start <= end <= last <= len(text)


def test_a_passage_holds_the_space_that_its_answer_ends_with() -> None:
    assert passage("0000 ", 0, 5) == (0, 5)


def test_normalisation_is_squads() -> None:
    assert normalize("The  quick, brown-ish Fox!") == "quick brownish fox"
