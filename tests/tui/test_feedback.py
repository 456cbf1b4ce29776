"""Feedback on answers by key, mouse or typing; and disagreeing documents."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from support.engines import Engines
from support.stage import (
    StillApp,
    answer,
    ask,
    ask_and_wait,
    evidence,
    in_view,
    open_documents,
    paged,
    pane_text,
    result,
    said,
    screen_text,
    sees,
    type_in,
    until,
)
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from docqa.answers import Mark
from docqa.config import Settings
from docqa.documents import Document
from docqa.tui.screens.agreement import AgreementScreen, AnswerCard
from docqa.tui.state import agreement, feedback
from docqa.tui.workers import events
from docqa.userdata import annotations, corrections

WIDE = (160, 45)

CREW = paged(
    "crew.pdf",
    [
        [f"Line {n} of the log, by  Helen Strand." for n in range(80)],
        ["The mate was Knut", "Dyrnes, and the cook was Matteo Bellandi.", "", "The third was Jens.", "Log of 1911"],
    ],
)
VOYAGE = replace(CREW, body_end=CREW.text.index("Log of 1911"))


@pytest.fixture(autouse=True)
def own_home(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "home"))


async def show(pilot: Pilot[Any], *documents: Document, found: tuple[str, ...] = (), best: Any = ()) -> None:
    """Open documents, and show the answers `found` from the first."""
    app = pilot.app
    open_documents(app, documents)
    asked = await ask(pilot, "Who was the mate?")
    answers = [answer(documents[0], text, 0.9 - i / 10, i + 1) for i, text in enumerate(found)]
    worth = {document.name: evidence(document, 0.5) for document in documents[:-1]}
    app.questions.handle(events.AnswersFound(asked, result(asked.question, answers), worth, best))
    app.questions.handle(events.QuestionAnswered(asked))
    await until(pilot, lambda: not asked.pending and (not found or in_view(app)))
    await until(pilot, lambda: app.main.page._target is None)


def place(app: Any, text: str, after: str = "") -> tuple[int, int]:
    """Return the position of `text` on the visible page, relative to its upper left corner."""
    page = app.main.page
    for y in range(page.scrollable_content_region.height):
        x = page.render_line(y).text.find(text)
        if x >= 0:
            offset = page.content_region.offset - page.region.offset
            return x + offset.x, y + offset.y
    raise AssertionError(f"{text!r} is not in view")


async def test_what_is_selected_over_a_line_s_end_is_kept_as_the_document_has_it() -> None:
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, VOYAGE, found=("Knut",))
        app.main.page.focus()
        await pilot.press("s", "v", "l")
        assert app.main.page.selection is not None and app.main.page.selection.text == "Knut\nDyrnes"
        await pilot.press("enter")
        await pilot.pause()
        # In a PDF's text, line breaks separate paragraphs, rows and cells.
        assert "answers never do" in said(app)[-1] and app.main.page.selection is not None
        await pilot.press("escape", "s", "j", "dollar_sign", "h", "h", "v", "l", "enter")
        await until(pilot, corrections.load)
        (kept,) = corrections.load()
        assert kept.answer == "Matteo Bellandi" and kept.answer_start is not None
        assert kept.context[kept.answer_start :].startswith("Matteo Bellandi")


async def test_the_view_follows_the_caret_and_the_selection_stays_when_the_terminal_changes_size() -> None:
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, VOYAGE, found=("Line 5 of",))
        page = app.main.page
        await pilot.press("s", *["j"] * 30)
        assert page.selection is not None and page.selection.document is VOYAGE
        assert VOYAGE.locate(*page.selection.caret).line_start == 36
        await until(pilot, lambda: page._in_view(page.selection.caret[0]))
        await pilot.press(*["k"] * 33)
        await until(pilot, lambda: page._in_view(page.selection.caret[0]))
        before = page.selection
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert page.selection is before
        await pilot.press("v", "j")
        await sees(pilot, app, "selected · page 1, lines 3–4")
        await pilot.press("v", "k")
        await pilot.press("v", *["j"] * 30)
        assert len(page.selection) == 60
        await sees(pilot, app, "selected, the maximum")


async def test_without_an_answer_in_view_it_begins_at_the_top_and_with_a_text_found_there() -> None:
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, VOYAGE, found=("Jens",))
        page = app.main.page
        page.go_to(VOYAGE, 0)
        await until(pilot, lambda: page.scroll_offset.y == 0)
        await pilot.press("s")
        assert page.selection.start == 0
        await pilot.press("l", "l", "v", "slash")
        await type_in(pilot, "line 7 of")
        await sees(pilot, app, "“line 7 of” 1 of 1")
        await pilot.press("enter")
        assert app.main.line.selecting.has_focus
        assert page.selection.text.startswith("of the log") and page.selection.full
        await pilot.press("escape", "s")
        assert page.selection.text == "Line" and VOYAGE.locate(*page.selection.caret).line_start == 8


async def test_without_a_question_it_can_be_copied_and_enter_says_to_ask() -> None:
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("tab", "s")
        assert app.main.page.selection is None  # Without a document there is nothing to select.
        app.questions.handle(events.DocumentsFound((VOYAGE.name,)))
        app.questions.handle(events.DocumentOpened(VOYAGE))
        await pilot.pause()
        app.main.page.show(VOYAGE, None)
        app.main.page.focus()
        await sees(pilot, app.main.page, "Line 1 of the log")
        await pilot.press("s", "j", "v", "l", "enter")
        assert "Ask a question first" in said(app)[-1]
        await pilot.press("y")
        assert app.clipboard == "Line 1 (crew.pdf, page 1, line 2)"
        await until(pilot, lambda: app.main.page.has_focus)


async def test_i_leaves_the_selection_and_another_document_ends_it() -> None:
    other = paged("other.pdf", [["The mate was Greta Foss."]])
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, VOYAGE, other, found=("Knut",))
        await pilot.press("s", "i")
        await type_in(pilot, "So?")
        assert app.main.question.value == "So?" and app.main.page.selection is None
        app.main.page.focus()
        await pilot.press("s")
        app.main.page.go_to(other, 0)
        await until(pilot, lambda: app.main.question.display)
        assert app.main.page.selection is None and app.main.page.has_focus


async def test_a_body_without_words_says_so() -> None:
    empty = paged("empty.pdf", [[" "]])
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        app.questions.handle(events.DocumentOpened(empty))
        await pilot.pause()
        app.main.page.show(empty, None)
        app.main.page.focus()
        await until(pilot, lambda: app.main.page._layout is not None)
        await pilot.press("s")
        assert said(app) == ["There is no text to select."]


async def test_dragging_selects_whole_words_and_enter_keeps_them() -> None:
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, VOYAGE, found=("Knut",))
        page = app.main.page
        x, y = place(app, "atteo Bell")
        await pilot.mouse_down(page, offset=(x, y))
        await pilot.hover(page, offset=(x + 8, y))
        assert page.selection.text == "Matteo Bellandi"
        await pilot.mouse_up(page, offset=(x + 8, y))
        assert app.main.line.selecting.has_focus and page.selection.text == "Matteo Bellandi"
        await sees(pilot, app, "“Matteo Bellandi”  Enter right answer")
        await pilot.press("enter")
        await until(pilot, corrections.load)
        assert [one.answer for one in corrections.load()] == ["Matteo Bellandi"]


async def test_a_double_click_selects_a_word_a_click_moves_the_caret_and_does_nothing_else() -> None:
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, VOYAGE, found=("Knut",))
        page = app.main.page
        await pilot.click(page, offset=place(app, "cook"))
        assert page.selection is None and page.has_focus
        await pilot.double_click(page, offset=place(app, "cook"))
        assert page.selection.text == "cook" and app.main.line.selecting.has_focus
        await pilot.click(page, offset=place(app, "mate"))
        assert page.selection.text == "mate" and app.main.line.selecting.has_focus
        await pilot.double_click(page, offset=place(app, "Log of 1911"))
        assert page.selection.text == "mate"  # Answers never include running footers.
        await pilot.press("escape")
        x, y = place(app, "cook")
        await pilot.mouse_down(page, offset=(x, y), button=3)
        await pilot.mouse_up(page, offset=(x + 9, y))
        assert page.selection is None


async def test_dragging_beyond_the_view_scrolls() -> None:
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, VOYAGE, found=("Line 40 of",))
        page, start = app.main.page, app.main.page.scroll_offset.y
        x, y = place(app, "40 of")
        await pilot.mouse_down(page, offset=(x, y))
        await pilot.hover(app.main.question, offset=(x, 0))
        await until(pilot, lambda: page.scroll_offset.y > start + 3)
        await pilot.hover(app.main.answers, offset=(x, 1))
        await until(pilot, lambda: page.scroll_offset.y < start - 3)
        await pilot.hover(page, offset=(x, 3))
        await pilot.mouse_up(page, offset=(x, 3))
        assert page._scroll_timer is None and page.selection.text.endswith("40")


async def test_what_the_reader_could_not_answer_is_not_kept(engines: Engines, write: Callable[..., str]) -> None:
    names = " and ".join(f"Ermintrude Wrangmoor-Oglethorpe {i}" for i in range(9))
    name = write("crew.txt", f"The keepers were {names}. They lived there until 1911.\n\nThe cook was Jens.")
    app = engines.app([name], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await ask_and_wait(pilot, "Who were the keepers?")
        page = app.main.page
        document = page.document
        assert document is not None
        await until(pilot, lambda: page._layout is not None and page._target is None)
        for end in ("8", "Jens"):
            from docqa.tui.state.page_selection import PageSelection, word_at

            first = word_at(document, document.text.index("Ermintrude" if end == "8" else "1911"))
            last = word_at(document, document.text.index(end))
            assert first is not None and last is not None
            page.select(PageSelection(document, last, first))
            await pilot.pause()
            await pilot.press("enter")
            assert page.selection is not None
        assert "more than the 30 that the reader can give" in said(app)[-2]
        assert "answers never do" in said(app)[-1]
        assert corrections.load() == []


# --- w ---


def _texts(typed: str) -> list[str]:
    """Return the texts offered for the input, without the option to select on the page."""
    values = [choice.value for choice in feedback.choices(typed, (), [VOYAGE])[:-1]]
    return [value.text for value in values if isinstance(value, feedback.RightAnswer)]


def test_what_is_typed_in_part_is_taken_whole_in_any_case_and_over_any_space() -> None:
    found = feedback.choices("hELEN str", (), [VOYAGE])
    *places, on_page = found
    assert len(places) == 50 and on_page.value is feedback.ON_PAGE
    right = places[1].value
    assert isinstance(right, feedback.RightAnswer) and right.text == "Helen Strand"
    assert places[1].text == "…Helen Strand. Line 1 of the log, by  Helen Strand. Line 2 of the log, by  Helen Strand.…"
    assert places[1].after == "\n  crew.pdf, page 1, line 2"
    start, end = places[1].emphasis or (0, 0)
    assert start > 1 and places[1].text[start:end] == "Helen Strand"
    assert _texts("knut dyr") == ["Knut\nDyrnes"]
    # Each word is offered once, however often the input occurs in it.
    assert _texts("tt") == ["Matteo"]


async def test_w_leads_to_the_page() -> None:
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, VOYAGE, found=("Knut", "Jens"))
        await pilot.press("w")
        offered = app.screen.query_one(OptionList)
        prompts = [str(option.prompt).split("\n") for option in offered.options]
        assert [len(lines) for lines in prompts] == [1, 1, 2, 2, 1]
        assert [prompts[0], prompts[1]] == [["✗ Only mark “Knut” as wrong"], ["∅ Not in crew.pdf"]]
        assert prompts[4] == ["Select it on the page… (s)"]
        # Options start with the text that distinguishes them; the location is on the next line.
        assert "Knut" in prompts[2][0] and "Jens" in prompts[3][0]
        assert all(lines[1].startswith("  crew.pdf, page ") for lines in prompts[2:4])
        await sees(pilot, app, "Select it on the page… (s)")
        await type_in(pilot, "zebra")
        await sees(pilot, app, "Not found in these documents. Select it on the page…")
        await pilot.press("enter")
        await until(pilot, lambda: app.main.line.selecting.has_focus)
        await pilot.press("v", "enter")
        await until(pilot, corrections.load)
        assert [one.answer for one in corrections.load()] == ["Knut"]


async def test_several_answers_are_right_and_one_is_taken_back() -> None:
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, VOYAGE, found=("Knut", "Jens", "cook"))
        asked = app.questions.shown
        await pilot.press("c")
        await until(pilot, lambda: len(corrections.load()) == 1)
        await pilot.press("w")
        await type_in(pilot, "bellandi")
        await pilot.press("enter")
        await until(pilot, lambda: len(corrections.load()) == 2)
        assert [(one.text, one.mark.right) for one in asked.shown] == [
            ("Knut", True), ("Bellandi", True), ("Jens", False), ("cook", False)
        ]  # fmt: skip
        await pilot.press("w")
        await sees(pilot, app, "Take back that “Knut” is right")
        await pilot.press("enter")
        await until(pilot, lambda: [one.answer for one in corrections.load()] == ["Bellandi"])
        assert [(one.text, one.mark.right) for one in asked.shown][:2] == [("Bellandi", True), ("Knut", False)]
        await until(pilot, lambda: "Taken back. 1 correction saved." in said(app))


async def test_what_is_wrong_is_last_and_stays_so_when_it_is_asked_again() -> None:
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, VOYAGE, found=("Knut", "Jens"))
        await pilot.press("w", "enter")  # Of habit: it concerns only the answer that is selected.
        await until(pilot, annotations.load)
        assert not corrections.load()
        await sees(pilot, app.main.answers, "✗ you marked this wrong")
        assert [one.text for one in app.questions.shown.shown] == ["Jens", "Knut"]
        again = await ask(pilot, "who was  the mate")
        found = result(again.question, [answer(VOYAGE, "Knut", 0.9, 1), answer(VOYAGE, "Jens", 0.8, 2)])
        app.questions.handle(events.AnswersFound(again, found))
        assert [one.text for one in again.shown] == ["Jens", "Knut"]


async def test_notes_and_pins_are_shown_kept_and_exported(engines: Engines, lighthouse: str) -> None:
    question = "Who was the keeper in 1911?"
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, question)
        await pilot.press("a")
        await type_in(pilot, "we *owe* him")  # Letters typed after the key are the note's, not keys.
        assert app.main.line.note.value == "we *owe* him"
        await pilot.press("enter")
        await until(pilot, lambda: [one.note for one in annotations.load()] == ["we *owe* him"])
        await sees(pilot, app.main.answers, "✎ we *owe* him")
        await sees(pilot, app.main.questions, "✎ Tobias Wren — we *owe* him")
        assert app.main.answers.list.has_focus
        await pilot.press("asterisk")
        await until(pilot, lambda: [one.pinned for one in annotations.load()] == [True])
        await sees(pilot, app.main.questions, "★ Tobias Wren — we *owe* him")
        await pilot.press("a", "x", "escape")
        assert asked.shown[0].mark.note == "we *owe* him"
    app = engines.app([lighthouse], Settings(top=1))
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, question)
        assert asked.shown[0].mark == Mark(pinned=True, note="we *owe* him") and asked.shown[0].estimated
        for name in ("all.md", "all.csv", "all.json"):
            await pilot.press("e")
            app.screen.query_one(Input).value = name
            await pilot.press("enter")
            await until(pilot, Path(name).exists)
        sha256 = hashlib.sha256(Path(lighthouse).read_bytes()).hexdigest()
        markdown = Path("all.md").read_text(encoding="utf-8")
        assert f"- lighthouse.txt, SHA-256 {sha256}" in markdown and "1. ★ **Tobias Wren**" in markdown
        assert r"Note: we \*owe\* him" in markdown
        lines = Path("all.csv").read_text(encoding="utf-8").splitlines()
        assert lines[1] == f'"# lighthouse.txt, SHA-256 {sha256}"' and lines[3].endswith(",yes,we *owe* him")
        exported = json.loads(Path("all.json").read_text(encoding="utf-8"))
        assert exported["date"] == date.today().isoformat() and exported["documents"][0]["sha256"] == sha256
        assert exported["results"][0]["answers"][0]["note"] == "we *owe* him"
        await pilot.press("asterisk", "a", "ctrl+u", "enter")
        await until(pilot, lambda: not annotations.load(), "nothing to be left of it")


# --- documents that disagree ---


def test_documents_agree_where_one_has_the_other_s_words_in_it_unless_it_denies_them() -> None:
    says = ("Ada Marsh", "the engineer Ada Marsh", "guilty", "Not guilty", "ADA MARSH!", "Marsh, Ada", "1874", "18")
    documents = [paged(f"{i}.pdf", [[text]]) for i, text in enumerate(says)]
    best = [answer(document, text, 0.9, 1) for document, text in zip(documents, says, strict=True)]
    found = [[one.text for one in group] for group in agreement.group_answers(best)]
    assert found == [
        ["Ada Marsh", "the engineer Ada Marsh", "ADA MARSH!"],
        ["guilty"],
        ["Not guilty"],
        ["Marsh, Ada"],
        ["1874"],
        ["18"],
    ]
    assert (
        agreement.count_disagreeing(best) == 5
        and agreement.count_disagreeing(best[:2]) == agreement.count_disagreeing([]) == 0
    )
    assert agreement.without_answer(["0.pdf", "x.pdf", "y.pdf"], best, {"0.pdf", "x.pdf"}) == (["x.pdf"], ["y.pdf"])


async def test_documents_that_agree_are_one_and_those_without_an_answer_are_named() -> None:
    others = [paged(f"{n}.pdf", [[text]]) for n, text in enumerate(["It was Knut.", "[b]Greta[/b].", "Cake.", "Maps."])]
    best = (answer(VOYAGE, "Knut", 0.9, 1), answer(others[0], "Knut", 0.7, 1), answer(others[1], "[b]Greta", 0.5, 1))
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, VOYAGE, *others, found=("Knut",), best=best)
        await sees(pilot, app.main.answers, "≠ another answer in 1 document · D")
        await pilot.press("D")
        assert isinstance(app.screen, AgreementScreen)
        first, second = app.screen.query(AnswerCard)
        await sees(pilot, app, "∅ No answer in 2.pdf")
        await sees(pilot, app, "· Not searched: 3.pdf")
        shown = pane_text(first)
        assert shown.startswith(
            "2 documents agree Knut 90% very likely ███████░ crew.pdf, page 2, line 1 0.pdf, page 1"
        )
        assert "was »Knut« Dyrnes" in shown
        assert pane_text(second).endswith("»[b]Greta«[/b]. 1 of 1 passage searched")
        assert first.region.y == second.region.y  # Side by side.
        await pilot.press("question_mark")
        await sees(pilot, app, "Search all of these documents")  # A key of this screen, at the top of all keys.
        await pilot.press("question_mark")
        assert isinstance(app.screen, AgreementScreen)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: first.region.x == second.region.x)
        await pilot.press("j", "enter")  # It is not among the answers, so its page is shown, highlighted.
        await until(pilot, lambda: app.main.page.document is others[1])
        assert app.main.page.answer_rows


async def test_the_best_answer_of_each_document_comes_from_the_reading(
    engines: Engines, lighthouse: str, write: Callable[..., str]
) -> None:
    other = write("other.txt", "The lighthouse on Harrow Point was built in 1902 by the mason Tom Reed.")
    same = write("same.txt", "The lighthouse on Harrow Point was built in 1874, of granite.")
    app = engines.app([lighthouse, other, same], Settings(top=1))
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "When was the lighthouse built?")
        assert {one.document: one.text for one in asked.best} == {lighthouse: "1874", other: "1902", same: "1874"}
        await sees(pilot, app.main.answers, "another answer in 1 document · D")
        await pilot.press("D")
        await sees(pilot, app, "2 documents agree")
        assert "built in »1902«" in screen_text(app)


async def test_that_there_is_no_answer_is_said_only_of_the_documents_whose_passages_were_shown() -> None:
    other = paged("other.pdf", [["Of the mate nothing is said here."]])
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, CREW, other, found=("Knut",))
        await pilot.press("w")
        await sees(pilot, app, "∅ Not in crew.pdf")
        await pilot.press("down", "enter")
        await sees(pilot, app.main.answers, "∅ You marked that crew.pdf doesn't answer this")
        await until(pilot, corrections.load)
        assert {Path(one.document).name for one in corrections.load()} == {"crew.pdf"}
