"""The app as the user sees it: real documents, the bundled reader, key presses and the screen."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.engines import Engines
from support.stage import Gate, ask, ask_and_wait, in_view, marked, pane_text, said, screen_text, sees, type_in, until
from textual import events

from docqa.config import Settings
from docqa.models import registry
from docqa.models.registry import ModelKind
from docqa.tui.app import DocqaApp
from docqa.tui.screens.help import HelpScreen
from docqa.tui.state.session import QuestionState
from docqa.tui.widgets.documents_pane import DocumentState

WIDE = (160, 45)
REPORT = Path(__file__).parents[2] / "sample_docs" / "harbour-report.pdf"


async def test_an_answer_is_found_selected_and_shown_where_it_stands(
    engines: Engines, lighthouse: str, bakery: str
) -> None:
    app = engines.app([lighthouse, bakery], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "When was the lighthouse built?")
        assert asked.state is QuestionState.DONE
        selected = app.main.answers.selected
        assert selected is not None and selected.text == "1874"
        await until(pilot, lambda: marked(app) == "1874", "the answer marked on its page")
        assert in_view(app)
        text = screen_text(app)
        assert "lighthouse.txt, line 3" in text
        assert "reader: bundled" in text
        assert "built in 1874 by the engineer" in text  # The page is shown, not only the answer.
        assert "likely" in text and "%" in text
        assert app.main.documents.listed.states == "2 open"


async def test_with_its_own_engine_the_app_answers_too(lighthouse: str) -> None:
    app = DocqaApp([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "Who was the keeper in 1911?")
        assert asked.shown[0].text == "Tobias Wren"


@pytest.mark.skipif(not REPORT.exists(), reason="no sample documents in this checkout")
async def test_the_page_of_a_pdf_is_shown(engines: Engines) -> None:
    app = engines.app([str(REPORT)], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "How many apprentices were in training?")
        first = asked.shown[0]
        await until(pilot, lambda: marked(app) == " ".join(first.text.split()))
        assert in_view(app)
        assert f"page {first.page}" in str(app.main.page.border_title)


async def test_a_question_asked_while_documents_open_is_answered_once_they_are(
    engines: Engines, lighthouse: str, held_opening: Gate
) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, held_opening.reached.is_set)
        asked = await ask(pilot, "When was the lighthouse built?")
        await pilot.pause()
        assert asked.state is QuestionState.QUEUED
        await sees(pilot, app.main.answers, "waiting for the documents to open")
        held_opening.pass_on.set()
        await until(pilot, lambda: not asked.pending)
        assert asked.shown[0].text == "1874"


async def test_questions_are_kept_and_shown_again_without_being_read_again(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        first = await ask_and_wait(pilot, "When was the lighthouse built?")
        second = await ask_and_wait(pilot, "Who built the lighthouse?")
        assert second.shown[0].text.endswith("Ada Marsh")
        before = first.result
        await pilot.press("h", "k")
        assert app.questions.shown is first
        await until(pilot, lambda: marked(app) == "1874")
        assert first.result is before and app.questions.session.running is None
        await pilot.press("enter")
        assert app.main.answers.list.has_focus
        await pilot.press("i", "up")
        assert app.main.question.value == "Who built the lighthouse?"
        await pilot.press("up")
        assert app.main.question.value == "When was the lighthouse built?"


async def test_a_second_question_waits_for_the_first(engines: Engines, lighthouse: str, held_reading: Gate) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        first = await ask(pilot, "When was the lighthouse built?")
        await until(pilot, held_reading.reached.is_set)
        second = await ask(pilot, "Who built the lighthouse?")
        await pilot.pause()
        assert (first.state, second.state) == (QuestionState.READING, QuestionState.QUEUED)
        await sees(pilot, app.main.answers, "waiting for the question before it")
        held_reading.pass_on.set()
        await until(pilot, lambda: not second.pending)
        assert first.shown[0].text == "1874"


async def test_docqa_says_that_there_is_no_answer(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "What is the capital of Mongolia?")
        assert asked.abstained
        text = pane_text(app.main.answers)
        assert "∅ What is the capital" in pane_text(app.main.questions)
        assert "No answer in these documents" in text
        assert "Closest passages, best match first:" in text
        assert "%" not in text
        assert "1 of 1 passages searched" in text
        assert "x searches them all" not in text  # All windows were read.
        assert app.main.page.answer_rows and not marked(app)  # The passage is lit, and no words in it are claimed.
        assert "▌" in pane_text(app.main.page)


async def test_only_the_ticked_documents_are_asked(engines: Engines, lighthouse: str, bakery: str) -> None:
    app = engines.app([lighthouse, bakery], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "When was the lighthouse built?")
        assert asked.shown[0].text == "1874"
        app.main.documents.focus()
        app.main.documents.set_current(bakery)
        await pilot.press("space")
        await sees(pilot, app.main.documents, "◉ bakery.txt")
        assert app.main.documents.border_subtitle == "asking 1 of 2"
        asked = await ask_and_wait(pilot, "When was the lighthouse built?")
        assert asked.error is None, asked.error
        assert {answer.document for answer in asked.shown} == {bakery}
        await sees(pilot, app.main.answers, "asked: bakery.txt")
        app.main.documents.focus()
        app.main.documents.set_current(bakery)
        await pilot.press("space")
        assert not app.main.documents.border_subtitle
        asked = await ask_and_wait(pilot, "When was the lighthouse built?")
        assert asked.shown[0].document == lighthouse


async def test_x_reads_every_window(engines: Engines, write: Callable[[str, str], str]) -> None:
    name = write("long.txt", "\n\n".join(f"Paragraph {i} tells of cabbages and kings. " * 20 for i in range(12)))
    app = engines.app([name], Settings(top_k_windows=2, threshold=1.0))
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "Who reigned over the cabbages?")
        assert asked.result is not None and asked.result.windows_read == 2 < asked.result.windows_total
        await sees(pilot, app.main.answers, "x searches them all")
        await pilot.press("x")
        await until(pilot, lambda: not asked.pending)
        assert asked.unread == 0
        total = asked.result.windows_total
        await sees(pilot, app.main.answers, f"{total} of {total} passages searched")
        assert "x searches them all" not in pane_text(app.main.answers)


async def test_reports_that_come_while_the_help_is_open_are_shown_below_it(
    engines: Engines, lighthouse: str, held_opening: Gate
) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask(pilot, "When was the lighthouse built?")
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpScreen)
        held_opening.pass_on.set()
        await until(pilot, lambda: not asked.pending)
        await pilot.press("escape")
        await until(pilot, lambda: marked(app) == "1874")


async def test_every_letter_types_itself_into_the_question(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        question = "why did h/i n p y x r j k?"
        await type_in(pilot, question)
        await pilot.press("enter")
        assert [asked.question for asked in app.questions.session.asked] == [question]
        await pilot.press("i", "enter")
        assert len(app.questions.session.asked) == 1  # An empty question is ignored.
        await sees(pilot, app, "Type a question first")


async def test_the_page_stays_on_the_answer_when_the_terminal_changes_size(
    engines: Engines, write: Callable[[str, str], str]
) -> None:
    filler = "\n".join(f"Line {number} is about nothing in particular." for number in range(150))
    name = write("long.txt", f"{filler}\n\nThe cellar is guarded by a goose named Brunhilde.\n\n{filler}")
    app = engines.app([name], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "What is the name of the goose that guards the cellar?")
        assert "Brunhilde" in asked.shown[0].text
        for size in ((80, 24), (110, 30), (200, 60)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: "Brunhilde" in marked(app) and in_view(app), f"in view at {size}")


async def test_questions_are_recalled_in_the_next_session_unless_nothing_is_kept(
    engines: Engines, lighthouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "own"))
    for settings, question in ((Settings(), "Who was kept?"), (Settings(cache=False), "Who was not?")):
        app = engines.app([lighthouse], settings)
        async with app.run_test(size=WIDE) as pilot:
            await ask_and_wait(pilot, question)
    app = engines.app([str(Path(lighthouse).absolute())], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: app.main.documents.rows)
        await pilot.press("up")
        assert app.main.question.value == "Who was kept?"
        await pilot.press("up")
        assert app.main.question.value == "Who was kept?"


async def test_another_reader_answers_from_the_choice_on(
    lighthouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "own"))
    shutil.copytree(registry.find("bundled", ModelKind.READER).folder, registry.models_dir() / "reader" / "harbour")
    app = DocqaApp([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        before = await ask_and_wait(pilot, "Who was the keeper in 1911?")
        await pilot.press("M")
        await sees(pilot, app, "harbour")
        await pilot.press("j", "enter")
        await sees(pilot, app, "Now using the reader harbour.")
        await pilot.press("escape")
        after = await ask_and_wait(pilot, "Who was the keeper in 1911?")
        assert before.result is not None and after.result is not None
        assert (before.result.reader, after.result.reader) == ("bundled", "harbour")
        assert after.shown[0].text == "Tobias Wren"


async def test_a_file_that_changes_is_read_again_when_the_person_wants_it(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await ask_and_wait(pilot, "Who was the keeper in 1911?")
        assert not app.check_action("reopen", ())
        text = Path(lighthouse).read_text(encoding="utf-8").replace("Tobias Wren", "Ottilie Brandt-Wren")
        Path(lighthouse).write_text(text, encoding="utf-8")
        await sees(pilot, app.main.documents, "changed on disk, r reopens it")
        await pilot.press("r")
        await until(
            pilot,
            lambda: (
                [(row.state, row.changed) for row in app.main.documents.rows.values()] == [(DocumentState.OPEN, False)]
            ),
        )
        after = await ask_and_wait(pilot, "Who was the keeper in 1911?")
        assert after.shown[0].text == "Ottilie Brandt-Wren"


@pytest.mark.parametrize("key", ["enter", "]", "["])
async def test_the_only_answer_is_shown_again_after_scrolling_away(
    engines: Engines, write: Callable[[str, str], str], key: str
) -> None:
    lines = "".join(f"On day {day} the weather was grey.\n\n" for day in range(99))
    app = engines.app([write("log.txt", f"The lighthouse was built in 1874.\n\n{lines}")], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "When was the lighthouse built?")
        assert [answer.text for answer in asked.shown] == ["1874"]
        await until(pilot, lambda: marked(app) == "1874")
        app.main.page.focus()
        await pilot.press("G")
        await until(pilot, lambda: not in_view(app))
        if key == "enter":
            app.main.answers.list.focus()
        await type_in(pilot, key) if key != "enter" else await pilot.press(key)
        await until(pilot, lambda: in_view(app), "the answer on the page")


async def test_on_a_narrow_terminal_the_header_says_that_a_file_has_changed(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=(80, 24)) as pilot:
        await ask_and_wait(pilot, "Who was the keeper in 1911?")
        assert "changed" not in pane_text(app.main.header)
        Path(lighthouse).write_text("The keeper in 1911 was Ottilie Brandt.", encoding="utf-8")
        await sees(pilot, app.main.header, "1 changed on disk · r reopens")
        await pilot.press("r")
        await until(pilot, lambda: "changed" not in pane_text(app.main.header))


async def test_what_is_typed_right_after_i_is_the_question_and_no_key(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "When was the lighthouse built?")
        app.main.answers.list.focus()
        await pilot.pause()
        # All at once, as over a slow connection. As keys, "c" would save a correction and "d" hide the documents.
        for letter in "icd":
            app.post_message(events.Key(letter, letter))
        await until(pilot, lambda: app.main.question.value == "cd", "the typed question")
        assert asked.marks is None
        app.main.page.focus()
        await pilot.pause()
        for key, letter in (("slash", "/"), ("c", "c"), ("o", "o")):
            app.post_message(events.Key(key, letter))
        await until(pilot, lambda: app.main.line.find.value == "co", "the typed search term")
        assert asked.marks is None
        await pilot.press("slash", "i")
        assert app.main.line.find.value == "co/i"


async def test_a_document_can_be_read_and_searched_before_anything_is_asked(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: app.main.page.document is not None, "the document on its page")
        await until(pilot, lambda: "The Harrow Point lighthouse" in screen_text(app), "the start of the document")
        assert app.focused is app.main.question
        await pilot.press("escape", "slash", *"whale")
        await until(pilot, lambda: "“whale” 1 of 1" in screen_text(app), "the match")


async def test_a_page_that_can_only_ask_says_so_of_a_key_for_more(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings(), restricted=True)
    async with app.run_test(size=WIDE) as pilot:
        await ask_and_wait(pilot, "When was the lighthouse built?")
        for key, what in (("c", "mark the answer as right"), ("ctrl+r", "choose an earlier question")):
            await pilot.press(key)
            await sees(pilot, app, f"This page can only ask. Not here: {what}.")
        await pilot.press("i")
        await type_in(pilot, "cow")
        assert app.main.question.value == "cow"  # There they are letters.
        await pilot.press("escape", "t")
        await sees(pilot, app, "1 document")
        await until(pilot, lambda: app.matrix.controller.cells.count() == (1, 1))
        await pilot.press("c")
        await sees(pilot, app, "Not here: mark the answer as right, or that there is none.")


async def test_a_long_passage_that_is_copied_is_named_in_short(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings(top=1))  # Another answer would have a part of the passage.
    async with app.run_test(size=WIDE) as pilot:
        await ask_and_wait(pilot, "When was the lighthouse built?")
        await pilot.press("Y")
        await pilot.pause()
        assert "Its lamp burned" in app.clipboard
        [message] = [text for text in said(app) if text.startswith("Copied: ")]
        assert message.endswith("…") and len(message) < 100


async def test_a_message_and_what_to_do_stand_on_lines_of_their_own(
    engines: Engines, lighthouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("docqa.tui.external_viewer.sys.platform", "linux")
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await ask_and_wait(pilot, "When was the lighthouse built?")
        await pilot.press("o")
        await until(pilot, lambda: app._notifications, "the warning")
        [message] = [note.message for note in app._notifications]
        assert message == "there is no display to open a viewer on\n→ over SSH, copy the citation instead"
