"""The panes with difficult text: markup, wide and control characters, very long lines, several pages."""

from dataclasses import replace
from typing import Any

import pytest
from support.stage import (
    NoCollection,
    StillApp,
    answer,
    ask,
    at_rest,
    in_view,
    marked,
    monitor,
    paged,
    pane_text,
    result,
    screen_text,
    sees,
    until,
)
from support.tables import SHIPS
from textual.color import Color
from textual.content import Content
from textual.pilot import Pilot

from docqa.answers import Withheld
from docqa.documents import Section, Source
from docqa.documents.plain_text import parse
from docqa.errors import DocqaError
from docqa.progress import Progress
from docqa.terminal_text import flat, plain
from docqa.tui.formatting import bar, likelihood
from docqa.tui.styling import hang
from docqa.tui.workers import events
from docqa.wording import percent

WIDE = (160, 45)


async def show(pilot: Pilot[Any], document: Any, *texts: str) -> None:
    """Open a document and show these parts as answers."""
    app = pilot.app
    app.questions.handle(events.DocumentsFound((document.name,)))
    app.questions.handle(events.DocumentOpened(document))
    app.questions.handle(events.DocumentsOpened(NoCollection()))  # type: ignore[arg-type]
    asked = await ask(pilot, "Which?")
    found = [answer(document, text, 0.9 - i / 10, i + 1) for i, text in enumerate(texts)]
    app.questions.handle(events.AnswersFound(asked, result("Which?", found)))
    app.questions.handle(events.QuestionAnswered(asked))
    await until(pilot, lambda: not asked.pending)


async def test_markup_in_names_texts_questions_and_errors_is_shown_as_it_is() -> None:
    name = "[red]x[b].txt"
    document = paged(name, [["A [/] here and [bold]there[/bold], said [@click=app.quit]he[/]."]], ["[i]"])
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, document, "[bold]there[/bold]")
        await sees(pilot, app.main.answers, "[bold]there[/bold]")
        await sees(pilot, app.main.answers, "said [@click=app.quit]he[/]. page 1 ([i]), line 1")
        await sees(pilot, app.main.documents, name)
        await sees(pilot, app.main.page, "said [@click=app.quit]he[/].")
        await sees(pilot, app, f"{name} · page 1 ([i]) of 1")
        assert marked(app) == "[bold]there[/bold]"
        app.questions.handle(events.DocumentFailed("[u].pdf", DocqaError("[u].pdf is [b]bad", "[u]mend[/u] it")))
        await sees(pilot, app.main.documents, "[u].pdf is [b]bad → [u]mend[/u] it")
        asked = await ask(pilot, "[/] what is [red]this?")
        app.questions.handle(events.QuestionFailed(asked, DocqaError("no [/] way", "[b]")))
        await sees(pilot, app.main.answers, "[/] what is [red]this? ✗ no [/] way → [b]")
        await sees(pilot, app.main.questions, "[/] what is [red]this?")


@pytest.mark.parametrize("size", [(80, 24), WIDE])
async def test_wide_control_and_tab_characters_keep_within_the_page(size: tuple[int, int]) -> None:
    text = "前書き" * 60 + "\ttab\x1b[31mred\x07 \u202eback " + "e\u0301" * 90 + " 答えは東京です。" + "字" * 70
    app = StillApp()
    async with app.run_test(size=size) as pilot:
        await show(pilot, paged("漢字\x1b.pdf", [[text]]), "東京")
        await until(pilot, lambda: marked(app) == "東京")
        assert in_view(app)
        page = app.main.page
        top = round(page.scroll_y)
        lines = [page.render_line(y - top) for y in range(page.virtual_size.height)]
        assert all(line.cell_length <= page.scrollable_content_region.width for line in lines)
        written = "".join(line.text for line in lines)
        assert "\x1b" not in written and "\u202e" not in written and "\ufffd[31mred" in written


async def test_of_an_endless_line_the_part_with_the_answer_is_shown() -> None:
    text = "word " * 200_000 + "the treasure is under the oak " + "word " * 200_000
    document = parse(Source("one-line.txt", text.encode()), monitor())
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, document, "under the oak")
        await until(pilot, lambda: marked(app) == "under the oak" and in_view(app))


async def test_of_a_file_without_pages_the_lines_around_the_answer_are_shown() -> None:
    text = "\n".join(f"This is line {n}." for n in range(1, 1001))
    document = parse(Source("lines.txt", text.encode()), monitor())
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, document, "line 500", "line 1.", "line 1000")
        await until(pilot, lambda: marked(app) == "line 500" and in_view(app))
        await sees(pilot, app.main.page, "500▌ This is line 500.")
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: marked(app) == "line 1." and in_view(app))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: marked(app) == "line 1000" and in_view(app))
        app.main.page.scroll_home(animate=False, force=True)
        await sees(pilot, app.main.page, "1 This is line 1.")


async def test_an_answer_that_runs_over_a_page_s_end_is_shown_on_both() -> None:
    document = paged("two.pdf", [["Above.", "It was built by Ada"], ["Marsh in 1874.", "Below."]], ["iv", "v"])
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, document, "Ada\nMarsh")
        await until(pilot, lambda: marked(app) == "Ada Marsh")
        await sees(pilot, app.main.page, "─ page 2 (v) ─")
        await sees(pilot, app, "two.pdf · page 1 (iv) of 2")


async def test_an_answer_in_a_table_has_its_headings_and_is_marked_in_its_column() -> None:
    app = StillApp()
    async with app.run_test(size=(80, 40)) as pilot:
        await show(pilot, SHIPS, "northern line, which came only", "1,198")
        await sees(pilot, app.main.answers, "Bellona · Tons")
        await sees(pilot, app.main.page, "Bellona 1870 1,198")
        await until(pilot, lambda: marked(app) == "northern line, which came only", "the mark in one column")
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: marked(app) == "1,198", "the mark in the cell")
        await pilot.press("Y")
        assert app.clipboard == "Bellona · Tons: “1,198” (ships.pdf, page 1, line 6)"


async def test_a_withheld_answer_is_said_to_be_one_and_only_its_passage_is_shown() -> None:
    document = paged("report.txt", [["The hall has 35 square metres. The kitchen has 20."]], ["1"])
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, document)
        asked = await ask(pilot, "Is the hall larger than the kitchen?")
        found = result(asked.question, closest=[answer(document, "35 square metres", 0.9, 1)])
        withheld = Withheld("yes-no", "this asks for a yes or no, which docqa doesn't decide")
        app.questions.handle(events.AnswersFound(asked, replace(found, withheld=withheld)))
        app.questions.handle(events.QuestionAnswered(asked))
        await sees(pilot, app.main.answers, "∅ This asks for a yes or no, which docqa doesn't decide")
        text = pane_text(app.main.answers)
        assert "Closest passages, best match first:" in text
        assert "The hall has 35 square metres." in text
        assert "page 1, line 1" in text
        assert "%" not in text
        assert "likely" not in text
        assert "No answer in these documents" not in text


async def test_the_page_is_dim_only_around_an_answer() -> None:
    document = paged("a.pdf", [["It was built by Ada Marsh.", *["Nothing is said here."] * 60]])
    app = StillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        page = app.main.page

        def colours() -> set[str]:
            """The colours of the last line."""
            row = page.render_line(60 - page.scroll_offset.y)
            return {str(segment.style.color) for segment in row if segment.style and "said" in segment.text}

        app.questions.handle(events.DocumentsFound((document.name,)))
        app.questions.handle(events.DocumentOpened(document))
        await sees(pilot, page, "Nothing is said here.")
        await until(pilot, colours)
        before = colours()
        assert before == {str(Color.parse(app.theme_variables["foreground"]).rich_color)}
        await show(pilot, document, "Ada Marsh")
        await until(pilot, lambda: colours() == {str(Color.parse(app.theme_variables["dim"]).rich_color)})
        await ask(pilot, "Who else?")
        await until(pilot, lambda: colours() == before)


async def test_what_stands_apart_is_dim_and_headings_are_bold() -> None:
    app = StillApp()
    async with app.run_test(size=(80, 40)) as pilot:
        await show(pilot, SHIPS, "412")
        await sees(pilot, app.main.page, "Harbour report")
        styles = {}
        for row in range(app.main.page.size.height):
            for segment in app.main.page.render_line(row):
                if segment.style is not None and segment.text.strip():
                    styles[segment.text.strip()] = (bool(segment.style.italic), bool(segment.style.bold))
        assert styles["1 Tons are register tons."] == styles["Harbour report"] == (True, False)
        assert styles["2 The year in the harbour"] == styles["Ship"] == styles["Tons"] == (False, True)
        assert next(style for text, style in styles.items() if text.startswith("Aurelia")) == (False, False)


async def test_the_selected_answer_stays_selected_when_better_ones_come() -> None:
    document = paged("three.pdf", [["One is Ann.", "Two is Bob.", "Three is Cid."]])
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, document, "Ann", "Bob")
        asked = app.questions.shown
        assert asked is not None
        await pilot.press("j")
        assert marked(app) == "Bob"
        await pilot.press("x")
        found = [answer(document, text, 0.9, i) for i, text in enumerate(("Cid", "Ann", "Bob"), 1)]
        app.questions.handle(events.AnswersFound(asked, result("Which?", found)))
        await sees(pilot, app.main.answers, "▸ 3 Two is Bob.")
        assert marked(app) == "Bob"


async def test_without_colour_everything_is_grey_and_the_answer_still_stands_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, paged("a.pdf", [["It is blue."]]), "blue")
        await until(pilot, lambda: marked(app) == "blue")
        for strip in app.screen._compositor.render_strips():
            for segment in strip:
                for colour in (segment.style.color, segment.style.bgcolor) if segment.style else ():
                    if colour is not None:
                        red, green, blue = colour.get_truecolor()
                        assert red == green == blue


def test_a_text_made_plain_is_as_long_as_before() -> None:
    text = "a\x00b\x1b[0m\n\tc\u2028d\ud800e\u202ef\x9bg"
    assert plain(text) == "a\ufffdb\ufffd[0m\n\tc d\ufffde\ufffdf\ufffdg"
    assert len(plain(text)) == len(flat(text)) == len(text)
    assert "\n" not in flat(text) and "\t" not in flat(text)


def test_a_probability_is_never_certain() -> None:
    assert [percent(p) for p in (0.0, 0.004, 0.07, 0.5, 0.99, 1.0)] == ["<1%", "<1%", "7%", "50%", "99%", ">99%"]
    assert [bar(p, 4) for p in (0.0, 0.01, 0.5, 0.99, 1.0)] == ["░░░░", "█░░░", "██░░", "███░", "████"]
    words = [likelihood(p) for p in (0.0, 0.2, 0.5, 0.7, 0.9)]
    assert words == ["very unlikely", "unlikely", "possible", "likely", "very likely"]


def test_wrapped_lines_hang() -> None:
    lines = hang(Content("one two three"), 10, "> ")
    assert [line.plain.rstrip() for line in lines] == ["> one two", "  three"]
    assert [line.plain for line in hang(Content(""), 10, "> ")] == ["> "]


async def test_hiding_the_documents_and_back_wraps_the_page_as_before() -> None:
    line = "The lighthouse on Harrow Point was built in 1874 by the engineer Ada Marsh, and it stands 41 metres high."
    document = paged("a.pdf", [[f"{line} Line {i}." for i in range(30)]])
    app = StillApp()
    async with app.run_test(size=(120, 36)) as pilot:
        await show(pilot, document, "Ada Marsh")
        await sees(pilot, app.main.page, "1874")
        before = pane_text(app.main.page)
        await pilot.press("d")
        await until(pilot, lambda: pane_text(app.main.page) != before)
        await pilot.press("d")
        await until(pilot, lambda: pane_text(app.main.page) == before)


async def test_a_page_or_section_begins_at_the_top_and_stays_there_when_the_size_changes() -> None:
    pages = [[f"Line {n} of page {page}." for n in range(50)] for page in range(1, 4)]
    document = paged("log.pdf", pages)
    document = replace(document, sections=(Section("Night", 0, document.text.index("Line 20 of page 1")),))
    app = StillApp()
    async with app.run_test(size=(120, 36)) as pilot:
        await show(pilot, document, "Line 3 of page 1")
        page = app.main.page

        def rows() -> list[str]:
            strips = (page.render_line(row) for row in range(2))
            return ["".join(segment.text for segment in strip).strip(" ─") for strip in strips]

        for typed, first in (
            ("2", ["page 2", "1  Line 0 of page 2."]),
            ("Night", ["21  Line 20 of page 1.", "22  Line 21 of page 1."]),
        ):
            app.main.page.focus()
            await pilot.press("g", *typed, "enter")
            await until(pilot, lambda first=first: rows() == first, typed)  # type: ignore[misc]
            for size in ((80, 24), (160, 45), (120, 36)):
                await pilot.resize_terminal(*size)
                await until(pilot, lambda: at_rest(app), "a page at rest")
                assert rows() == first
        await pilot.press("j")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: at_rest(app), "a page at rest")
        assert rows()[0] == "22  Line 21 of page 1."  # Where the user scrolled to.


async def test_a_document_without_an_answer_can_be_looked_at_and_stays_until_the_answer_is_wanted() -> None:
    found = paged("found.pdf", [["It was built by Ada Marsh."]])
    other = paged("other.pdf", [["Of lighthouses nothing is said here."]])
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, found, "Ada Marsh")
        app.questions.handle(events.DocumentFailed("broken.pdf", DocqaError("broken.pdf is no PDF")))
        app.questions.handle(events.DocumentOpened(other))
        await sees(pilot, app.main.documents, "other.pdf")
        row = app.main.documents._lines["other.pdf"][0]
        await pilot.click(app.main.documents, offset=(6, row + app.main.documents.gutter.top))
        await sees(pilot, app.main.page, "Of lighthouses nothing is said here.")
        await sees(pilot, app, "─ other.pdf · page 1 of 1")
        assert app.questions.shown is not None and app.questions.shown.result is not None
        app.questions.handle(
            events.AnswersFound(app.questions.shown, app.questions.shown.result)
        )  # A repeated event changes nothing.
        app.update()
        await pilot.pause()
        await sees(pilot, app.main.page, "Of lighthouses nothing is said here.")
        app.main.answers.list.focus()
        await pilot.press("enter")
        await until(pilot, lambda: marked(app) == "Ada Marsh")
        await pilot.press("b")
        await sees(pilot, app.main.page, "Of lighthouses nothing is said here.")


async def test_while_a_document_opens_plain_words_say_what_is_done() -> None:
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        app.questions.handle(events.DocumentsFound(("a.pdf",)))
        for stage, message in (
            ("reading pages", "reading the pages, 1 of 4"),
            ("tokenizing", "preparing the text, 1 of 4"),
            ("embedding", "preparing the search, 1 of 4"),
        ):
            app.questions.handle(events.OpeningProgressed(Progress(stage, "a.pdf", 1, 4)))
            await sees(pilot, app.main.documents, message)
            await sees(pilot, app.main.header, f"a.pdf: {message}")  # Also if the list is hidden.


async def test_a_notice_does_not_lie_over_what_is_opened_next_and_a_warning_does() -> None:
    app = StillApp()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await show(pilot, paged("a.pdf", [["It is blue."]]), "blue")
        await pilot.press("y")
        await sees(pilot, app, "Copied: blue")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "Copied: blue" not in screen_text(app))
        await pilot.press("escape")
        app.notify("The disk is full", severity="warning")
        await sees(pilot, app, "The disk is full")
        await pilot.press("ctrl+r")
        await sees(pilot, app, "The disk is full")


async def test_in_the_list_of_questions_only_what_changes_is_drawn() -> None:
    document = paged("a.txt", [["It is red."]])
    app = StillApp()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, document, "red")
        listed = app.main.questions
        first = listed.get_option_at_index(0)
        prompt = first.prompt
        asked = await ask(pilot, "What else?")
        await sees(pilot, listed, "✓ Which? » What else?")
        assert listed.get_option_at_index(0) is first and first.prompt is prompt
        app.questions.handle(events.AnswersFound(asked, result("What else?")))
        app.questions.handle(events.QuestionAnswered(asked))
        await sees(pilot, listed, "✓ Which? ∅ What else?")
        assert first.prompt is prompt
        assert listed.highlighted == 1
        await pilot.resize_terminal(80, 45)
        await pilot.press("h")
        await sees(pilot, listed, "✓ Which? ∅ What else?")
