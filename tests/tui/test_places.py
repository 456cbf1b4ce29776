"""The list of answers is a list of places: sentences with the answer marked, where they are, and how likely."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from support import main_states
from support.stage import (
    StillApp,
    answer,
    ask,
    marked,
    open_documents,
    paged,
    pane_text,
    result,
    screen_text,
    sees,
    until,
    when_ready,
)
from support.tables import SHIPS
from textual.pilot import Pilot

from docqa.answer_kinds import asks_for_passage
from docqa.answers import Answer, Mark
from docqa.documents import Document
from docqa.tui.state.places import Excerpt, cut, excerpt, places
from docqa.tui.state.short_names import document_titles
from docqa.tui.widgets.answers_pane import AnswersPane
from docqa.tui.workers import events
from docqa.wording import percent

QUESTION = "Who keeps the lights along the coast?"
LIGHTS = [
    "The light on Harrow Point, of which the older reports say little, is kept by Tobias Wren and his two daughters.",
    "That of Gull Rock was kept by Ada Marsh for thirty years.",
    "Nobody has kept the light of Skerry since the storm.",
    "The lamp of the Long Mole is trimmed by Ludmila Novak, who also sells bread there on Tuesdays.",
]
COAST = paged("reports/2019/coast.pdf", [LIGHTS], section="3 The lights")
NAMES = ("Tobias Wren", "Ada Marsh", "Nobody", "Ludmila Novak")


async def show(
    pilot: Pilot[Any],
    *found: Answer,
    closest: tuple[Answer, ...] = (),
    question: str = QUESTION,
    documents: tuple[Document, ...] = (COAST,),
) -> AnswersPane:
    """Open documents and show answers in them."""
    app = pilot.app
    assert isinstance(app, StillApp)
    open_documents(app, documents)
    asked = await ask(pilot, question)
    app.questions.handle(events.AnswersFound(asked, result(question, found, closest)))
    app.questions.handle(events.QuestionAnswered(asked))
    await until(pilot, lambda: not asked.pending)
    await until(pilot, lambda: "passages searched" in pane_text(app.main.answers))
    return app.main.answers


def found_in(document: Document, *texts: str) -> list[Answer]:
    return [answer(document, text, 0.9 - number / 10, number + 1) for number, text in enumerate(texts)]


def rows(pane: AnswersPane) -> list[str]:
    """The rows of the list that are to be seen."""
    region = pane.list.scrollable_content_region
    lines = screen_text(pane.app).split("\n")[region.y : region.bottom]
    return [line[region.x : region.right].rstrip() for line in lines]


def bold(pane: AnswersPane) -> list[str]:
    """What is marked in the list."""
    strips = [pane.list.render_line(y) for y in range(pane.list.size.height)]
    segments = [segment for strip in strips for segment in strip]
    return [each.text for each in segments if each.style is not None and each.style.bold and each.style.underline]


async def test_on_a_small_terminal_three_places_and_six_lines_of_the_page_are_to_be_seen() -> None:
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await show(pilot, *found_in(COAST, *NAMES))
        await until(pilot, lambda: marked(app) == "Tobias Wren")
        assert [row for row in rows(pane) if row] == [
            "▸ 1  …reports say little, is kept by Tobias Wren and his two daughters.",
            "     page 1, line 1, 3 The lights               90%  very likely   ███████░",
            "  2  That of Gull Rock was kept by Ada Marsh for thirty years.",
            "     page 1, line 2, 3 The lights               80%  likely        ██████░░",
            "  3  Nobody has kept the light of Skerry since the storm.",
            "     page 1, line 3, 3 The lights               70%  likely        ██████░░",
            "  4  …Long Mole is trimmed by Ludmila Novak, who also sells bread there on…",
        ]
        assert bold(pane) == ["Tobias Wren", "Ada Marsh", "Nobody", "Ludmila Novak"]
        assert app.main.page.scrollable_content_region.height >= 6
        await show(pilot, closest=tuple(found_in(COAST, *NAMES)))
        await sees(pilot, pane, "∅ No answer in these documents · 10 of 48 passages searched x searches them all")
        assert [row[1:3].strip() for row in rows(pane)] == ["1", "", "2", "", "3", ""]


async def test_where_there_is_room_the_sentence_is_whole_and_the_question_has_its_state_beside_it() -> None:
    app = StillApp()
    async with app.run_test(size=(160, 45)) as pilot:
        pane = await show(pilot, *found_in(COAST, *NAMES))
        await sees(pilot, pane, "4 " + LIGHTS[3])
        await pilot.resize_terminal(80, 24)
        await sees(pilot, pane, f"{QUESTION} ✓ 4 answers")
        await show(pilot, *found_in(COAST, *NAMES), question="Who keeps them?")
        await sees(pilot, pane, "Who keeps them? ✓ 4 answers · 10 of 48 passages searched ▸ 1")


async def test_a_document_is_named_where_it_is_not_that_of_the_place_above() -> None:
    older = paged("reports/2018/coast.pdf", [["The light on Harrow Point was kept by Jens Dyrnes."]])
    bakery = paged("notes/bakery.txt", [["Ludmila Novak sells bread.", "Her oven is fired with beech."]])
    found = [
        answer(bakery, "Ludmila Novak", 0.9, 1),
        answer(bakery, "beech", 0.8, 2),
        answer(older, "Jens Dyrnes", 0.7, 3),
    ]
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await show(pilot, *found, documents=(COAST, older, bakery))
        where = [row.split("   ")[1].strip() for row in rows(pane) if "likely" in row]
        assert where == ["bakery.txt, page 1, line 1", "page 1, line 2", "reports/2018/coast.pdf, page 1, line 1"]
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, *found[:2], documents=(bakery,))
        assert "bakery.txt" not in pane_text(app.main.answers)


async def test_answers_in_one_sentence_are_one_place_with_each_marked() -> None:
    app = StillApp()
    async with app.run_test(size=(120, 36)) as pilot:
        pane = await show(pilot, *found_in(COAST, "Tobias Wren", "Ada Marsh", "his two daughters"))
        await sees(pilot, pane, "✓ 3 answers in 2 places")
        assert [text for text in bold(pane) if text != "Ada Marsh"] == ["Tobias Wren", "his two daughters"]
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: marked(app) == "Ada Marsh")
        assert app.questions.shown is not None and app.questions.shown.result is not None
        assert len(app.questions.shown.result.answers) == 3  # What is exported is as it was.


def test_what_the_user_marked_stays_a_place_of_its_own() -> None:
    first, second = found_in(COAST, "Tobias Wren", "Harrow Point")
    assert [len(place.answers) for place in places([first, second])] == [2]
    for mark in (Mark(right=True), Mark(note="Ask him."), Mark(pinned=True)):
        assert len(places([first, replace(second, mark=mark)])) == 2
    assert len(places([replace(first, mark=Mark(wrong=True)), second])) == 2
    assert len(places([replace(first, outdated=True), second])) == 2


async def test_in_a_table_the_headings_come_before_the_cell() -> None:
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await show(pilot, *found_in(SHIPS, "1,198", "northern line"), documents=(SHIPS,))
        assert rows(pane)[0] == "▸ 1  Bellona · Tons: 1,198"
        assert rows(pane)[2] == "  2  Ship: Cormoran of the northern line, which came only once"
        assert bold(pane) == ["1,198", "northern line"]


async def test_the_closest_passages_have_no_likelihood_and_no_mark() -> None:
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        closest = (answer(COAST, "thirty years", 0.02, 1), answer(COAST, "Tuesdays", 0.2, 2))
        pane = await show(pilot, closest=closest)
        await sees(pilot, pane, "Closest passages, best match first: ▸ 1 That of Gull Rock")
        assert not bold(pane)
        assert "%" not in pane_text(pane) and "likely" not in pane_text(pane)


@pytest.mark.parametrize(
    "question", ["lights on the coast", "How are the lights kept?", "List the keepers of the coast"]
)
async def test_where_a_passage_is_asked_for_only_what_is_possible_is_marked(question: str) -> None:
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        found = answer(COAST, "Tobias Wren", 0.6, 1), answer(COAST, "thirty years", 0.3, 2)
        pane = await show(pilot, *found, question=question)
        assert bold(pane) == ["Tobias Wren"]
        await show(pilot, *found)
        assert bold(pane) == ["Tobias Wren", "thirty years"]


def test_a_topic_and_a_manner_ask_for_a_passage_and_a_fact_does_not() -> None:
    for question in (
        "safety glasses",
        "compare the fees",
        "How do I return a book?",
        "List all duties",
        "notice period",
    ):
        assert asks_for_passage(question), question
    for question in (
        "Who wrote it?",
        "How many ships came?",
        "how long is it",
        "When?",
        "the year of its foundation was",
    ):
        assert not asks_for_passage(question), question


def test_documents_are_called_by_their_files_if_that_is_enough() -> None:
    names = ["a/one.pdf", "b/one.pdf", "b/two\x1b.pdf"]
    assert list(document_titles(names).values()) == ["a/one.pdf", "b/one.pdf", "two\\x1b.pdf"]


WORDS = st.text(st.sampled_from("ab c d 字e\u0301 —"), min_size=1, max_size=120)


@given(WORDS, st.data(), st.integers(4, 60))
def test_a_sentence_is_cut_to_its_room_around_the_answer(text: str, data: st.DataObject, room: int) -> None:
    text = text.strip() or "a"
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    made = cut(Excerpt(text, ((start, end),)), room)
    assert made.text.strip("…") in text
    words = [word for word in made.text.strip("…").split() if word]
    assert cell_len(made.text) <= room or len(words) <= 1
    for first, last in made.spans:
        assert 0 <= first < last <= len(made.text)
        assert made.text[first:last] in text[start:end]


def test_the_sentence_of_a_place_has_single_spaces_and_the_answer_where_it_was() -> None:
    document = paged("a.pdf", [["Before.", "It was built  by Ada", "Marsh in 1874. After."]])
    (place,) = places([answer(document, "Ada\nMarsh", 0.9, 1)])
    made = excerpt(place)
    assert made.text == "It was built by Ada Marsh in 1874."
    assert [made.text[first:last] for first, last in made.spans] == ["Ada Marsh"]


@pytest.mark.parametrize("state", [main_states.crowded, main_states.answered])
async def test_on_the_smallest_terminal_the_first_place_is_seen_with_its_likelihood(state: Any) -> None:
    app = StillApp()
    async with app.run_test(size=(50, 15)) as pilot:
        await when_ready(state)(pilot)
        await sees(pilot, app.main.answers, "▸ 1")
        shown = app.questions.shown
        assert shown is not None
        await sees(pilot, app.main.answers, percent(shown.shown[0].probability))


async def test_on_the_smallest_terminal_no_frame_is_empty() -> None:
    app = StillApp()
    async with app.run_test(size=(50, 15)) as pilot:
        await when_ready(main_states.loading)(pilot)
        for pane in (app.main.documents, app.main.questions, app.main.answers, app.main.page):
            assert pane_text(pane), pane


async def test_alone_on_a_small_terminal_the_list_shows_nine_places() -> None:
    lines = [f"{number} ships came in, and one was lost." for number in range(30, 45)]
    document = paged("log.pdf", [lines])
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        found = [answer(document, f"{number} ships", 0.9 - (number - 30) / 20, number - 29) for number in range(30, 45)]
        await show(pilot, *found, documents=(document,))
        await pilot.press("z")
        await sees(pilot, app.main.answers, "9 38 ships came in")
        await sees(pilot, app.main.answers, "page 1, line 9")
