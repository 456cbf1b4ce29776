"""After a crash, and on another day, documents, questions, answers, drafts and marks are as they were."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from support.drawn import Text, draw_pages
from support.engines import Engines
from support.screens import looks_as_before
from support.stage import (
    DEADLINE,
    Gate,
    StillApp,
    ask_and_wait,
    opened,
    pane_text,
    said,
    screen_text,
    sees,
    type_in,
    until,
)
from textual.pilot import Pilot

from docqa import paths
from docqa.config import Settings
from docqa.tui.screens.pick import PickScreen
from docqa.tui.screens.restore import RestoreScreen
from docqa.tui.state.session import AskedQuestion
from docqa.tui.state.session import QuestionState as Asking
from docqa.userdata import annotations, corrections
from docqa.userdata import sessions as kept
from docqa.userdata.sessions import SessionQuestion, SessionState

WIDE = (160, 45)
QUESTION = "Who was the keeper in 1911?"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "docqa-home"))
    monkeypatch.chdir(tmp_path)


def sessions() -> list[dict[str, Any]]:
    """Return the saved states of running and killed sessions."""
    return [json.loads(file.read_bytes()) for file in (paths.data_dir() / "sessions").glob("*.json")]


def crashed(*named: str, asked: tuple[str, ...] = (), typed: str = "") -> None:
    """Leave a session file without a lock, as a killed process does."""
    folder = paths.data_dir() / "sessions"
    folder.mkdir(parents=True, exist_ok=True)
    absolute = [str(Path(name).absolute()) for name in named]
    questions = tuple(SessionQuestion(number, text) for number, text in enumerate(asked))
    state = SessionState(tuple(absolute), tuple(absolute), questions=questions, draft=typed)
    folder.joinpath(f"{len(list(folder.iterdir()))}.json").write_text(json.dumps(asdict(state)))


async def test_what_is_asked_and_typed_is_on_the_disk_while_the_session_goes_on(
    engines: Engines, lighthouse: str
) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await ask_and_wait(pilot, QUESTION)
        app.main.question.focus()
        await type_in(pilot, "half a q")
        await until(pilot, lambda: [one["draft"] for one in sessions()] == ["half a q"])
        (state,) = sessions()
        assert [one["question"] for one in state["questions"]] == [QUESTION] and state["opened"] == [
            str(Path(lighthouse).absolute())
        ]
        assert kept.claim_crashed([]) is None  # Still running.
        await pilot.press("up")  # The draft behaves like typed text.
        assert app.main.question.value == QUESTION and app.main.question.unasked == "half a q"
    assert [(one["draft"], one["ended"]) for one in sessions()] == [("half a q", True)]
    assert kept.claim_crashed([]) is None


async def test_without_the_cache_nothing_of_a_session_is_written_or_offered(engines: Engines, lighthouse: str) -> None:
    crashed(lighthouse, typed="of another day")
    app = engines.app([lighthouse], Settings(cache=False))
    async with app.run_test(size=WIDE) as pilot:
        await ask_and_wait(pilot, QUESTION)
        app.main.question.value = "half a q"
        app._save_session()
        await until(pilot, lambda: opened(app))
        assert not app.recovery._saving and app.screen is app.main
    assert [one["draft"] for one in sessions()] == ["of another day"]


async def test_a_session_is_restored_with_its_documents_answers_and_half_a_question(
    engines: Engines, lighthouse: str, bakery: str
) -> None:
    crashed(lighthouse, bakery, asked=(QUESTION, "Who is the baker?"), typed="half a q")
    app = engines.app([], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await sees(pilot, app, "docqa did not shut down cleanly")
        await sees(pilot, app, "? Who is the baker?")
        await sees(pilot, app, "❯ half a q")
        await pilot.press("enter")
        await until(pilot, lambda: [one.state for one in app.questions.session.asked] == [Asking.DONE, Asking.DONE])
        assert [one.shown[0].text for one in app.questions.session.asked] == ["Tobias Wren", "Ludmila Novak"]
        assert app.main.question.value == "half a q" and app.main.question.has_focus
        assert app.main.documents.listed.states == "2 open"
        # The new session has saved it, and the old one is gone.
        await until(pilot, lambda: [one["draft"] for one in sessions()] == ["half a q"])
        assert [one["question"] for one in sessions()[0]["questions"]] == [QUESTION, "Who is the baker?"]
    assert [one["ended"] for one in sessions()] == [True]


async def test_documents_come_back_in_their_order(engines: Engines, lighthouse: str, bakery: str) -> None:
    app = engines.app([lighthouse, bakery], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await ask_and_wait(pilot, QUESTION)
    app = engines.app([], Settings(), resume=True)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: opened(app))
        assert [Path(one.name).name for one in app.main.documents.open_documents] == ["lighthouse.txt", "bakery.txt"]
        await until(pilot, lambda: app.questions.shown.found is not None)
        await pilot.press("v")  # What isn't kept is said.
        await sees(pilot, app, "The evidence of an earlier session isn't kept. Ask again to see it.")


async def test_behind_the_offer_nothing_happens(engines: Engines, lighthouse: str) -> None:
    crashed(lighthouse, typed="half a q")
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RestoreScreen) and opened(app))
        offer, before = app.screen, screen_text(app)
        await pilot.press(*"abcdeghijklmnoqrstuvwxyzDGMOTUY/*[],", "space", "tab", "ctrl+r", "ctrl+p", "delete")
        assert app.screen is offer and screen_text(app) == before
        assert app.main.question.value == "" and not app.questions.session.asked and app.main.sidebar.display
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_a_session_that_is_left_is_not_offered_again_and_the_list_comes(
    engines: Engines, lighthouse: str
) -> None:
    crashed(lighthouse, typed="half a q")
    app = engines.app([], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RestoreScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, PickScreen) and not sessions())
        await pilot.press("escape")
        assert app.main.question.value == ""


async def test_a_session_of_other_documents_is_left_for_another_time(
    engines: Engines, lighthouse: str, bakery: str
) -> None:
    crashed(bakery, typed="half a q")
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: opened(app))
        assert app.screen is app.main
    assert [one["draft"] for one in sessions()] == ["half a q"]


async def test_a_session_that_is_neither_taken_up_nor_left_stays(engines: Engines, lighthouse: str) -> None:
    crashed(lighthouse, typed="half a q")
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RestoreScreen))
        await pilot.press("ctrl+q")
    assert [one["draft"] for one in sessions()] == ["half a q"]


async def test_an_app_that_breaks_leaves_its_session(monkeypatch: pytest.MonkeyPatch) -> None:
    app = StillApp(["a.txt"])
    with pytest.raises(ZeroDivisionError):
        async with app.run_test(size=WIDE) as pilot:
            app.main.question.value = "half a q"
            await until(pilot, sessions)
            app.call_later(lambda: 1 / 0)
            await pilot.pause()
    assert [one["draft"] for one in sessions()] == ["half a q"]


async def test_a_session_that_can_t_be_kept_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "docqa-home").write_text("a file where the folder should be")
    app = StillApp(["a.txt"])
    async with app.run_test(size=WIDE) as pilot:
        for text in ("half a q", "half a question"):
            tried = app.started.count("saving")
            app.main.question.value = text
            await until(pilot, lambda: app.started.count("saving") > tried + 1)  # noqa: B023 - it is tried again
        await until(pilot, lambda: len(app._notifications))
        assert [one.message.partition(" in ")[0] for one in app._notifications] == ["can't save the session"]


async def test_no_text_of_an_encrypted_document_is_written(engines: Engines) -> None:
    text = Text(90, "The treasure is buried below the old mulberry tree, said the captain.")
    draw_pages(Path("secret.pdf"), [[text]], encrypt="key")
    app = engines.app(["secret.pdf"], Settings(), "key")
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "Where is the treasure buried?")
        assert "mulberry" in asked.shown[0].text
        app.main.question.value = "half a q"
        await until(pilot, lambda: [one["draft"] for one in sessions()] == ["half a q"])
        written = [file.read_bytes() for file in paths.data_dir().rglob("*") if file.is_file()]
        assert written and not any(b"mulberry" in one or one == b"key" for one in written)


# --- another day ---


def seen(asked: AskedQuestion) -> list[tuple[object, ...]]:
    """What is shown of a question's answers."""
    return [(one.text, one.probability, one.mark) for one in asked.shown]


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": 3},
        {"probability": "high"},
        {"page": "4"},
        {"start": None},
        {"mark": {"right": True, "wrong": False, "pinned": False, "note": 1, "found": True}},
        {"alternatives": [{"text": "1874", "probability": [], "start": 0, "end": 4}]},
    ],
)
async def test_answers_that_were_edited_by_hand_are_asked_again(
    engines: Engines, lighthouse: str, wrong: dict[str, object]
) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        before = seen(await ask_and_wait(pilot, QUESTION))
    (file,) = (paths.data_dir() / "sessions").glob("*.answers.jsonl")
    kept = json.loads(file.read_text(encoding="utf-8").split("\n")[-1])
    kept["answers"]["result"]["answers"][0] |= wrong
    file.write_text(json.dumps(kept), encoding="utf-8")
    app = engines.app([], Settings(), resume=True)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: any("can't be read: 1 question" in text for text in said(app)))
        await until(pilot, lambda: opened(app) and not app.questions.session.asked[0].pending)
        assert seen(app.questions.session.asked[0]) == before


async def test_the_last_session_is_resumed_without_asking_anything_again(
    engines: Engines, lighthouse: str, bakery: str, held_opening: Gate
) -> None:
    held_opening.pass_on.set()
    app = engines.app([lighthouse, bakery], Settings())
    async with app.run_test(size=WIDE) as pilot:
        first = await ask_and_wait(pilot, QUESTION)
        await pilot.press("a")
        await type_in(pilot, "the last one")
        await pilot.press("enter", "c")
        await until(pilot, lambda: annotations.load() and corrections.load())
        await ask_and_wait(pilot, "What is baked on Saturdays?")
        app.main.documents.tick([bakery])
        before = [
            [(one.text, one.probability, one.mark) for one in asked.shown] for asked in (first, app.questions.shown)
        ]
        app.questions.show(first)
        await pilot.press("i")
        await type_in(pilot, "half a q")
    held_opening.pass_on.clear()
    engines.reading_gate = Gate()  # Nothing may be read again: it would wait for ever.
    app = engines.app([], Settings(), resume=True)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: len(app.questions.session.asked) == 2)
        assert "Going on with the session of 2" in said(app)[-1]
        await sees(pilot, app.main.answers, "✎ the last one")  # While no document is open.
        await sees(pilot, app.main.answers, "✓ you marked this right")
        assert not app.main.documents.open_documents
        assert app.questions.shown.question == QUESTION and app.main.question.value == "half a q"
        held_opening.pass_on.set()
        await until(pilot, lambda: opened(app) and all(one.found for one in app.questions.session.asked))
        asked = app.questions.session.asked
        assert list(map(seen, asked)) == before
        assert app.main.documents.ticked == {bakery} and not any(one.outdated for each in asked for one in each.shown)
        await until(pilot, lambda: app.main.page.answer_in_view)
        await until(pilot, lambda: len(sessions()) == 1, "the earlier session to be taken over")
    for file in (lighthouse, bakery):
        Path(file).write_text(
            f"A new line.\n\n{Path(file).read_text()}".replace("plum cake", "apple pie"), encoding="utf-8"
        )
    app = engines.app([], Settings(), resume=True)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: opened(app) and all(one.found for one in app.questions.session.asked))
        first, second = app.questions.session.asked
        document = app.questions.versions.newest[lighthouse]
        assert first.shown[0].text == "Tobias Wren" and first.shown[0].mark.note
        assert document.text[first.shown[0].start : first.shown[0].end] == "Tobias Wren" and first.shown[0].mark.right
        assert second.shown[0].outdated, "its sentence has changed"
    Path(bakery).unlink()
    app = engines.app([], Settings(), resume=True)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: any("No longer there: bakery.txt" in text for text in said(app)))
        await until(pilot, lambda: opened(app) and app.main.documents.listed.states == "1 open")
        assert len(app.questions.session.asked) == 2 and app.questions.session.asked[1].shown


async def test_the_questions_of_the_matrix_are_there_after_quitting_and_after_a_crash(
    engines: Engines, lighthouse: str
) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: opened(app))
        app.main.answers.list.focus()
        await pilot.press("t", "i")
        await type_in(pilot, QUESTION)
        await pilot.press("enter", "escape")
        await until(pilot, lambda: [one["matrix"] for one in sessions()] == [[QUESTION]], "what a crash would leave")
    app = engines.app([], Settings(), resume=True)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: opened(app))
        app.main.answers.list.focus()
        await pilot.press("t")
        await sees(pilot, app, "1 question   1 document")
        await sees(pilot, app, "Tobias Wren")


async def test_what_was_closed_stays_closed_and_comes_back_together(engines: Engines, lighthouse: str) -> None:
    folder = Path("letters")
    folder.mkdir()
    for name in ("first.txt", "second.txt"):
        (folder / name).write_text("Dear Tobias, the lamp is out.\n")
    app = engines.app([lighthouse, str(folder)], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: opened(app) and app.main.documents.listed.states == "3 open")
        await ask_and_wait(pilot, QUESTION)
        app.main.documents.focus()
        await pilot.press("j", "j", "j", "k", "k", "delete")  # From the first letter to their folder.
        await sees(pilot, app, "Closed 2 documents. To open them again: O, Enter.")
        await until(pilot, lambda: app.main.documents.listed.states == "1 open")
    app = engines.app([], Settings(), resume=True)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: opened(app))
        assert app.main.documents.listed.states == "1 open" and list(app.main.documents.rows) == [lighthouse]
        app.main.answers.list.focus()
        await pilot.press("O")
        await sees(pilot, app, "closed just now")
        await pilot.press("enter")
        await until(pilot, lambda: app.main.documents.listed.states == "3 open")


async def test_an_earlier_session_comes_with_its_documents_from_the_list(
    engines: Engines, lighthouse: str, bakery: str
) -> None:
    for name, question in ((lighthouse, QUESTION), (bakery, "Who is the baker?")):
        app = engines.app([name], Settings())
        async with app.run_test(size=WIDE) as pilot:
            await ask_and_wait(pilot, question)
    app = engines.app([], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await sees(pilot, app, "Opened before")
        await sees(pilot, app, "1 question with answers")
        await until(pilot, lambda: app.screen.highlighted is not None)
        await pilot.press("down", "enter")
        await until(pilot, lambda: [one.question for one in app.questions.session.asked] == [QUESTION])
        assert app.questions.session.asked[0].shown[0].text == "Tobias Wren"
        await until(pilot, lambda: opened(app) and app.main.documents.listed.states == "1 open")


async def test_nothing_of_a_private_session_is_kept_or_resumed(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings(private=True))
    async with app.run_test(size=WIDE) as pilot:
        await ask_and_wait(pilot, QUESTION)
        await pilot.press("a", "x", "enter", "asterisk", "c")
        await sees(pilot, app.main.answers, "✓ you marked this right")
        again = await ask_and_wait(pilot, QUESTION.lower())
        assert again.shown[0].mark.note == "x" and again.shown[0].mark.right, "it counts until the app is quit"
    assert not paths.data_dir().exists()
    app = engines.app([lighthouse], Settings(private=True), resume=True)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: said(app) == ["There is no earlier session to go on with."])


# --- feedback ---


async def test_what_was_marked_in_an_earlier_session_is_shown_when_it_is_asked_again(
    engines: Engines, lighthouse: str, bakery: str
) -> None:
    lacking = "What is the capital of Mongolia?"
    app = engines.app([lighthouse, bakery], Settings())
    async with app.run_test(size=WIDE) as pilot:
        await ask_and_wait(pilot, QUESTION)
        await pilot.press("c")
        await until(pilot, lambda: len(corrections.load()) == 1)
        await ask_and_wait(pilot, "Who is the baker?")
        await pilot.press("w")
        await type_in(pilot, "rye bread")
        await pilot.press("enter")
        await until(pilot, lambda: len(corrections.load()) == 2)
        await ask_and_wait(pilot, lacking)
        await pilot.press("w", "down", "enter")
        await until(pilot, lambda: len(corrections.load()) > 2)
    app = engines.app([str(Path(lighthouse).absolute()), bakery], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, f"{QUESTION.upper()[:-1]} ?")
        assert asked.shown[0].mark.right
        await sees(pilot, app.main.answers, "✓ you marked this right")
        await ask_and_wait(pilot, "Who is the baker?")
        assert app.questions.shown.shown[0].text == "rye bread" and app.questions.shown.shown[0].mark.right
        await ask_and_wait(pilot, lacking)
        await sees(pilot, app.main.answers, "∅ You marked that 2 documents don't answer this")
        await ask_and_wait(pilot, "When was the lighthouse built?")
        assert "ou marked" not in pane_text(app.main.answers)
    # There is no feedback on other documents, or on a document that has changed since.
    Path(lighthouse).write_text("The keeper in 1911 was Tobias Wren, and not any other man.", encoding="utf-8")
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        assert (await ask_and_wait(pilot, QUESTION)).marks is None


async def test_corrections_that_can_t_be_read_are_told_and_stop_no_answer(engines: Engines, lighthouse: str) -> None:
    corrections.file().parent.mkdir(parents=True)
    corrections.file().write_text("no correction\n")
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        for _ in range(2):
            asked = await ask_and_wait(pilot, QUESTION)
            assert asked.shown[0].text == "Tobias Wren"
        await until(pilot, lambda: len(app._notifications))
        assert ["not a correction" in one.message for one in app._notifications] == [True]


# --- a real process in a real terminal ---


class Terminal:
    """docqa in a pseudo-terminal."""

    def __init__(self, *arguments: str) -> None:
        self.screen = b""
        self._ours, theirs = pty.openpty()
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "36"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "docqa", "open", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
        )
        os.close(theirs)

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def wait(self, condition: Any, what: str) -> None:
        limit = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < limit, f"timed out waiting for {what}: {self.screen[-2000:]!r}"
            if select.select([self._ours], [], [], 0.05)[0]:
                with suppress(OSError):  # It has exited, and all output was read.
                    self.screen += os.read(self._ours, 1 << 16)

    def sees(self, text: str) -> None:
        self.wait(lambda: text.encode() in self.screen, text)

    def end(self, signal_: signal.Signals) -> None:
        self.process.send_signal(signal_)
        self.process.wait()
        os.close(self._ours)


@contextmanager
def terminal(*arguments: str) -> Iterator[Terminal]:
    opened_ = Terminal(*arguments)
    try:
        yield opened_
    finally:
        if opened_.process.poll() is None:
            opened_.end(signal.SIGKILL)


def test_after_a_kill_the_next_docqa_has_both_the_question_asked_and_the_half_typed_one(lighthouse: str) -> None:
    with terminal(lighthouse) as first:
        first.sees("Ask your documents a question")
        first.type("When was the lighthouse built?\r")
        first.sees("passages searched")  # Not the answer's text, which is on the page from the start.
        first.screen = b""
        first.type("i")
        first.sees("Earlier")  # In the footer while the question input has the focus.
        first.type("half a q")
        first.wait(lambda: [one["draft"] for one in sessions()] == ["half a q"], "the draft on the disk")
        first.end(signal.SIGKILL)
    with terminal() as second:
        second.sees("docqa did not shut down cleanly")
        second.sees("When was the lighthouse built?")
        second.type("\r")
        second.wait(lambda: b"1874" in second.screen.partition(b"shut down cleanly")[2], "the answer")
        second.sees("half a q")
        second.type("\x11")  # Ctrl+Q
        second.wait(lambda: second.process.poll() is not None, "docqa to exit")
        assert second.process.returncode == 0
    assert [one["ended"] for one in sessions()] == [True]


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGHUP])
def test_the_app_ends_and_keeps_the_session_if_it_is_told_to_end(lighthouse: str, signal_: signal.Signals) -> None:
    """By `kill`, or because its terminal was closed."""
    with terminal(lighthouse) as first:
        first.sees("Ask your documents a question")
        first.type("half a q")
        first.wait(lambda: [one["draft"] for one in sessions()] == ["half a q"], "the draft on the disk")
        first.process.send_signal(signal_)
        first.wait(lambda: first.process.poll() is not None, "docqa to exit")
        assert first.process.returncode == 128 + signal_
        first.sees("\x1b[?1049l")  # The screen from before.
        assert b"Traceback" not in first.screen
    assert [one["draft"] for one in sessions()] == ["half a q"]


# --- snapshots ---


async def offered(pilot: Pilot[Any]) -> None:
    app = pilot.app
    crashed(
        "harbour/report.pdf", "notes.md", asked=("Who was the mate?", "How many tons was she?"), typed="Who lit the"
    )
    app.earlier.offer(kept.claim_crashed([]))
    await until(pilot, lambda: isinstance(app.screen, RestoreScreen))


async def test_the_offer_looks_as_before() -> None:
    await looks_as_before("restore-offered", offered)


def test_a_long_session_shows_its_last_questions() -> None:
    from docqa.tui.screens.restore import _lines

    lines = [
        line.plain
        for line in _lines(SessionState(questions=tuple(SessionQuestion(n, f"Why {n}?") for n in range(11))), 70)
    ]
    assert "3 earlier questions" in lines[0] and lines[-1].strip() == "? Why 10?"
    (line,) = _lines(SessionState(matrix=("Why?", "Who?")), 70)
    assert line.plain == "Matrix: 2 questions"
