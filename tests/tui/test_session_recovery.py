"""After a crash, questions, drafts and feedback are restored."""

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
from pathlib import Path
from typing import Any

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas
from support.engines import Engines
from support.screens import looks_as_before
from support.stage import DEADLINE, StillApp, ask_and_wait, opened, pane_text, sees, type_in, until
from textual.pilot import Pilot

from docqa import paths
from docqa.config import Settings
from docqa.tui.screens.pick import PickScreen
from docqa.tui.screens.restore import RestoreScreen
from docqa.tui.state.session import QuestionState as Asking
from docqa.userdata import corrections, crash_recovery
from docqa.userdata.crash_recovery import SessionState

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
    state = {"arguments": absolute, "opened": absolute, "questions": asked, "draft": typed}
    folder.joinpath(f"{len(list(folder.iterdir()))}.json").write_text(json.dumps(state))


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
        assert state["questions"] == [QUESTION] and state["opened"] == [str(Path(lighthouse).absolute())]
        assert crash_recovery.claim_leftover_session([]) is None  # Still running.
        await pilot.press("up")  # The draft behaves like typed text.
        assert app.main.question.value == QUESTION and app.main.question.unasked == "half a q"
    assert sessions() == []


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
        assert sessions()[0]["questions"] == [QUESTION, "Who is the baker?"]
    assert sessions() == []


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
    canvas = Canvas("secret.pdf", encrypt=StandardEncryption("key", ownerPassword="owner"))
    canvas.drawString(72, 700, "The treasure is buried below the old mulberry tree, said the captain.")
    canvas.save()
    app = engines.app(["secret.pdf"], Settings(), "key")
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, "Where is the treasure buried?")
        assert "mulberry" in asked.shown[0].text
        app.main.question.value = "half a q"
        await until(pilot, lambda: [one["draft"] for one in sessions()] == ["half a q"])
        written = [file.read_bytes() for file in paths.data_dir().rglob("*") if file.is_file()]
        assert written and not any(b"mulberry" in one or one == b"key" for one in written)


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
        await pilot.press("w", "enter")
        await until(pilot, lambda: len(corrections.load()) > 2)
    app = engines.app([str(Path(lighthouse).absolute()), bakery], Settings())
    async with app.run_test(size=WIDE) as pilot:
        asked = await ask_and_wait(pilot, QUESTION)
        assert asked.verdict is not None
        await sees(pilot, app.main.answers, "✓ you marked this right")
        await ask_and_wait(pilot, "Who is the baker?")
        await sees(pilot, app.main.answers, "✎ your correction: rye bread")
        await ask_and_wait(pilot, lacking)
        await sees(pilot, app.main.answers, "✎ your correction: not in these documents")
        await ask_and_wait(pilot, "When was the lighthouse built?")
        assert "your correction" not in pane_text(app.main.answers)
    # There is no feedback on other documents, or on a document that has changed since.
    Path(lighthouse).write_text("The keeper in 1911 was Tobias Wren, and not any other man.", encoding="utf-8")
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=WIDE) as pilot:
        assert (await ask_and_wait(pilot, QUESTION)).verdict is None


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
    assert sessions() == []


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
    app.offer_session(crash_recovery.claim_leftover_session([]))
    await until(pilot, lambda: isinstance(app.screen, RestoreScreen))


async def test_the_offer_looks_as_before() -> None:
    await looks_as_before("restore-offered", offered)


def test_a_long_session_shows_its_last_questions() -> None:
    from docqa.tui.screens.restore import _lines

    lines = [line.plain for line in _lines(SessionState(questions=tuple(f"Why {n}?" for n in range(11))), 70)]
    assert "3 earlier questions" in lines[0] and lines[-1].strip() == "? Why 10?"
