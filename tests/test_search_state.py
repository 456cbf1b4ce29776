"""What is found for a question while its windows are read: the score of a place is the mean of two readings."""

import numpy as np
import pytest

from docqa.choice import ChoiceModel, Curve
from docqa.documents import Document, Source, parse
from docqa.ranking import Candidate
from docqa.retrieval.window_order import WindowOrder
from docqa.search_state import QuestionSearch

LINES = [
    f"Number {number} is Leonora Vance, who came from Harrow Point in the spring of that year, and kept the lamp of the"
    " outer pier until the war."
    for number in range(9)
]
CHOICE = ChoiceModel(0.0, {"score": Curve((-20.0, 20.0), (-20.0, 20.0))})


@pytest.fixture
def document() -> Document:
    return parse(Source("keepers.txt", "\n\n".join(LINES).encode()))


def search_with(document: Document, scores: list[float]) -> QuestionSearch:
    """A search that found the number of each line, with these scores."""
    search = QuestionSearch("Who?", [1], WindowOrder(np.arange(1), np.arange(1), 1), CHOICE)
    for number, score in enumerate(scores):
        start = document.text.index(f"{number} is")
        search.add(Candidate(0, start, start + 1, score), 0, document)
    return search


def scores_of(search: QuestionSearch) -> list[float]:
    """The scores by position."""
    found = sorted(search.progress().candidates, key=lambda one: one.candidate.start)
    return [one.candidate.score for one in found]


def test_the_three_best_places_are_read_twice_and_their_scores_are_means(document: Document) -> None:
    search = search_with(document, [8, 1, 7, 6, 5])
    places = search.unread_places()
    assert [document.text[place.start] for place in places] == ["0", "2", "3"]
    for place, score in zip(places, (2.0, 9.0, 4.0), strict=True):
        search.add_second_reading(place, [(place.start, place.end + 3, score), (0, 0, 30.0)])
    assert search.unread_places() == []
    assert scores_of(search) == [5, 1, 8, 5, 5]
    assert search.progress().candidates[0].candidate.start == places[1].start


def test_what_stands_near_a_place_is_read_with_it(document: Document) -> None:
    search = search_with(document, [8, 1])
    name = document.text.index("Leonora")
    search.add(Candidate(0, name, name + 13, 6), 0, document)
    first, other = search.unread_places()
    assert (first.score, other.score) == (8, 1)
    search.add_second_reading(first, [(first.start, first.end, 4.0), (name, name + 7, -2.0)])
    search.add_second_reading(other, [])
    assert scores_of(search) == [6, 2, 1]


def test_a_second_reading_that_finds_something_else_speaks_against_a_place(document: Document) -> None:
    search = search_with(document, [8])
    (place,) = search.unread_places()
    search.add_second_reading(place, [(place.end + 20, place.end + 30, 3.0), (place.end + 2, place.end + 4, -4.0)])
    assert scores_of(search) == [2]


def test_a_place_that_better_ones_push_out_has_the_score_that_it_had(document: Document) -> None:
    """So it doesn't matter in how many parts the windows were read."""
    search = search_with(document, [8, 7, 6])
    for place in search.unread_places():
        search.add_second_reading(place, [(place.start, place.end, 0.0)])
    start = document.text.index("5 is")
    search.add(Candidate(0, start, start + 1, 10), 0, document)
    assert scores_of(search) == [4, 3.5, 6, 10]
    assert [place.start for place in search.unread_places()] == [start]
