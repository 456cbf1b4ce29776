"""Whole answers: nothing torn at the edges, nothing that is no part of an answer, never out of the block."""

import re
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docqa.atoms import atoms
from docqa.reader.span_decoding import Span
from docqa.whole_spans import whole_answer, whole_span
from docqa.windows import Tokens

TORN = [
    # A number, and what belongs to it.
    ("The ratio was 7[.7]/11 in all.", "7.7/11"),
    ("They sold [9],976 of them.", "9,976"),
    ("The supply is [5] V at most.", "5 V"),
    ("Between 10 and [20] % of it.", "20 %"),
    ("It cost $[12],500.75 then.", "$12,500.75"),
    ("It cost US$[5] million then.", "US$5 million"),
    ("Doses of ≥[50] MME/day are high.", "≥50 MME/day"),
    ("about [50,000] €/MW/year [1-4].", "50,000 €/MW/year"),
    ("It was −[18.5] °C outside.", "−18.5 °C"),
    ("within [seven (7)] calendar days of it", "seven (7) calendar days"),
    ("no more than [two] (2) Directors", "two (2)"),
    ("a term of [thirty] days", "thirty days"),
    ("interest of twenty [per cent] a year", "twenty per cent"),
    ("1\u202f250[\u202f000] people", "1\u202f250\u202f000"),
    # Dates.
    ("on the 26 March [2024], when", "26 March 2024"),
    ("on March [26], 2024, when", "March 26, 2024"),
    ("on 2024-03-[26] it ended", "2024-03-26"),
    # Addresses, names of files, parts.
    ("Write to [anna-lena].o'neill+sales@post.example.co.uk for offers.", "anna-lena.o'neill+sales@post.example.co.uk"),
    ("write to help[@sti.example.org] soon", "help@sti.example.org"),
    ("It is at [https]://docs.example.org/v2.1/guide.html#step-3.", "https://docs.example.org/v2.1/guide.html#step-3"),
    ("see TMATS_FolderName.[slx] there", "TMATS_FolderName.slx"),
    ("use [abi].encodeCall instead", "abi.encodeCall"),
    ("with httpcore==[0.14].* installed", "httpcore==0.14.*"),
    ("The part is no. AB-[1290] there", "AB-1290"),
    ("licensed as GPL-3.0-[or-later], if", "GPL-3.0-or-later"),
    # Pairs.
    ("at [twenty per cent (20%] of it)", "twenty per cent (20% of it)"),
    ("at [twenty per cent (20%]) of it", "twenty per cent (20%)"),
    ("by [writing “Exempt]” on the form", "writing “Exempt”"),
    ("the password is “[olimex”];", "olimex"),
    ("the rate ([14.7 psia)] is", "14.7 psia"),
    ('to "[exterminate" all of them]', '"exterminate" all of them'),
    (
        "the [Institute (including travel], food and all else that one may need for a journey of several days) pays",
        "Institute",
    ),
    # What is no part of it.
    ("He met[, Anna Holm,] then", "Anna Holm"),
    ("It ended[ in 1957.] Then", "in 1957"),
    ("made by [Northrop Inc.]", "Northrop Inc."),
    ("[(a) the vendor]", "the vendor"),
    ("[2.1 Northern Region]", "Northern Region"),
    ("[2.1 GHz]", "2.1 GHz"),
    ("[Email: anna@example.org]", "anna@example.org"),
    ("[Pulpino: A Datasheet]", "Pulpino: A Datasheet"),
    ("• [• first item]", "first item"),
    ("the abbreviation [(UNEP)] stands", "UNEP"),
    ("the core at [(32,8)] is", "(32,8)"),
    # Nothing to do.
    ("3.4.1.2 [A documented] way", "A documented"),
    ("tubes + [2] blanks", "2"),
    ("an »Early [Stop« of] it", "Stop« of"),
    ("from [1963]–1977 he wrote", "1963"),
    ("the [French]-speaking part", "French"),
    ("opens at [09:30]–18:00", "09:30"),
    ("according to the [report]³ it", "report"),
    ("COVID-19 and [1996] TV films", "1996"),
    ("in the [U.S.] it", "U.S."),
]


def whole(marked: str, question: str = "") -> str | None:
    """The whole answer around the first text in square brackets, which are no part of it."""
    start = marked.index("[")
    end = marked.index("]", start) - 1
    text = marked.replace("[", "", 1).replace("]", "", 1)
    span = whole_span(text, (start, end), (0, len(text)), question)
    return span and text[slice(*span)]


@pytest.mark.parametrize(("marked", "answer"), TORN)
def test_an_answer_is_whole(marked: str, answer: str) -> None:
    assert whole(marked) == answer


@pytest.mark.parametrize(
    ("question", "marked", "answer"),
    [
        ("In which year did it end?", "on 26 March [2024], when", "2024"),
        ("How many days are there?", "a term of [thirty] days", "thirty"),
        ("How long is the term?", "a term of [thirty] days", "thirty days"),
        ("On which port does it listen?", "at http://localhost:[4567]/uploads", "4567"),
        ("Where does it listen?", "at http://localhost:[4567]/uploads", "http://localhost:4567/uploads"),
    ],
)
def test_what_is_whole_depends_on_the_question(question: str, marked: str, answer: str) -> None:
    assert whole(marked, question) == answer


@pytest.mark.parametrize(
    "marked",
    [
        "one[;] two",
        "the cost [of] it",
        "it is [the] end",
        "so [. ] it",
        "the rate ([)] for ten",
        "a bond of [dollars] paid",
        "[$]  5,260",
    ],
)
def test_marks_particles_and_units_are_no_answers(marked: str) -> None:
    assert whole(marked) is None


def test_a_unit_answers_a_question_about_units() -> None:
    assert whole("it is given in [seconds] here", "In which unit is it?") == "seconds"
    assert whole("all amounts in [$] thousands", "In what currency are the amounts?") == "$"


def test_nothing_is_taken_from_another_block() -> None:
    text = "5\n\nV and (20%\n\nof it)"
    assert whole_span(text, (0, 1), (0, 1)) == (0, 1)
    span = whole_span(text, (text.index("20"), text.index("%") + 1), (3, text.index("%") + 1))
    assert span == (text.index("20"), text.index("%") + 1)


@pytest.mark.parametrize(
    ("text", "answer", "firsts", "lasts", "whole_name"),
    [
        ("before Emperor Charles V presiding", "Charles V", ["Emperor"], [], "Emperor Charles V"),
        ("read by Isaac Bashevis Singer which", "Isaac Bashevis", ["by"], ["which", "Singer"], "Isaac Bashevis Singer"),
        ("Line 26: SPI Master 0", "SPI Master", [], ["0"], "SPI Master 0"),
        ("The Wolds are there", "Wolds", ["The"], ["are"], "Wolds"),
        ("in Park Row since", "Row", [], [], "Row"),
    ],
)
def test_a_name_is_whole_if_the_reader_scores_that_as_well(
    text: str, answer: str, firsts: list[str], lasts: list[str], whole_name: str
) -> None:
    words = [match.span() for match in re.finditer(r"\w+", text)]
    starts, ends = np.array(words, dtype=np.int64).T
    count = len(words)
    tokens = Tokens(np.zeros(count, np.int32), starts, ends, np.ones(count, bool), np.zeros(count, np.int32))
    places = {text[a:b]: i for i, (a, b) in enumerate(words)}
    inside = [places[word] for word in answer.split()]
    span = Span(
        0, inside[0], inside[-1], 1.0, tuple(places[one] for one in firsts), tuple(places[one] for one in lasts)
    )
    found = whole_answer(text, tokens, 0, span, "")
    assert found and text[slice(*found)] == whole_name


PIECES = (
    '5 7.7/11 9,976 V % $ per cent days million ( ) [ ] “ ” " . , ; : - – • (a) 1. Email: March 26 2024 Anna Holm '
    "a@b.org https://c.org/d_e x.py the of and \n ≥ ³ é ’ twenty (20) Inc. U.S."
)
TEXTS = st.lists(
    st.tuples(st.sampled_from(PIECES.split(" ")), st.sampled_from(["", " "])), min_size=1, max_size=25
).map(lambda pieces: "".join(a + b for a, b in pieces))


@given(st.one_of(TEXTS, st.text(min_size=1, max_size=60)), st.data())
def test_a_whole_answer_stays_whole_in_its_block_and_divides_nothing(text: str, data: st.DataObject) -> None:
    low = data.draw(st.integers(0, len(text)))
    high = data.draw(st.integers(low, len(text)))
    start = data.draw(st.integers(low, high))
    end = data.draw(st.integers(start, high))
    span = whole_span(text, (start, end), (low, high))
    if span is None:
        return
    first, last = span
    assert low <= first < last <= high
    assert whole_span(text, span, (low, high)) == span
    assert text[first:last] == text[first:last].strip()
    for atom in atoms(text, low, high):
        assert not atom.start < first < atom.end, (text, span, atom)
        assert not atom.start < last < atom.end, (text, span, atom)


@pytest.mark.parametrize(
    "piece", ["a", "1", "1,", "a.", "A1-", "one ", "(", "“", "w@", "$", "1 ", "x.+'-", "[[]", " \n"]
)
def test_the_time_does_not_grow_with_the_text(piece: str) -> None:
    text = piece * (400_000 // len(piece))
    middle = len(text) // 2
    began = time.process_time()
    for shift in range(20):
        whole_span(text, (middle + shift, middle + shift + 100), (0, len(text)))
    assert time.process_time() - began < 2
