"""The question controller without an app: real documents, engines and history, and a recording view."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest
from support.engines import Engines
from support.stage import DEADLINE, Gate

from docqa.config import Settings
from docqa.errors import DocqaError
from docqa.tui.controller import QuestionController
from docqa.tui.matrix_controller import MatrixController
from docqa.tui.session_recovery import SessionRecovery
from docqa.tui.state.session import QuestionState
from docqa.tui.workers import events
from docqa.userdata import history, sessions

QUESTION = "Who was the keeper in 1911?"


class Notes:
    """A view that records calls instead of showing them. `wait` runs its event loop."""

    def __init__(self) -> None:
        self.calls: Queue[tuple[Callable[..., Any], tuple[Any, ...]]] = Queue()
        self.threads: list[threading.Thread] = []
        self.events: list[events.WorkerEvent] = []
        self.notices: list[str] = []
        self.warnings: list[str] = []

    def call_later(self, callback: Callable[..., Any], /, *args: Any) -> None:
        self.calls.put((callback, args))

    def start(self, group: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=group)
        self.threads.append(thread)
        thread.start()

    def update(self, event: events.WorkerEvent | None = None) -> None:
        if event is not None:
            self.events.append(event)

    def say(self, text: str) -> None:
        self.notices.append(text)

    def warn(self, error: DocqaError) -> None:
        self.warnings.append(error.message)

    def wait(self, condition: Callable[[], object]) -> None:
        """Run the workers' callbacks until `condition` holds."""
        limit = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < limit, "timed out"
            with suppress(Empty):
                callback, args = self.calls.get(timeout=0.02)
                callback(*args)

    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.events]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "docqa-home"))


@pytest.fixture
def view() -> Any:
    notes = Notes()
    yield notes
    for thread in notes.threads:
        thread.join(DEADLINE)


@pytest.fixture
def make(view: Notes, engines: Engines) -> Callable[..., QuestionController]:
    def make_controller(*paths: str, settings: Settings | None = None) -> QuestionController:
        controller = QuestionController(view, paths, settings or Settings(), make_engine=engines)
        controller.begin()
        return controller

    return make_controller


Make = Callable[..., QuestionController]


def test_a_question_asked_while_documents_open_is_answered_afterwards(
    view: Notes, make: Make, lighthouse: str, held_opening: Gate
) -> None:
    controller = make(lighthouse)
    controller.ask(QUESTION)
    controller.ask("Who was the engineer?")
    first, second = controller.session.asked
    assert first.state is second.state is QuestionState.QUEUED and controller.shown is second
    assert controller.waiting_for == "the documents to open"
    held_opening.pass_on.set()
    view.wait(lambda: second.state is QuestionState.DONE)
    assert [asked.shown[0].text for asked in (first, second)] == ["Tobias Wren", "Ada Marsh"]
    assert first.evidence[lighthouse].read and first.best
    assert view.kinds().index("DocumentsOpened") < view.kinds().index("AnswersFound")
    assert [entry.question for entry in history.entries()] == [QUESTION, "Who was the engineer?"]


def test_a_cancelled_question_stays_cancelled_and_the_next_one_is_read(
    view: Notes, make: Make, lighthouse: str, held_reading: Gate
) -> None:
    controller = make(lighthouse)
    controller.ask(QUESTION)
    view.wait(held_reading.reached.is_set)
    cancelled = controller.cancel_question()
    assert cancelled is controller.session.asked[0] and cancelled.state is QuestionState.CANCELLED
    controller.ask("Who was the engineer?")
    held_reading.pass_on.set()
    view.wait(lambda: not controller.session.asked[1].pending)
    assert controller.session.asked[1].state is QuestionState.DONE
    assert cancelled.state is QuestionState.CANCELLED and cancelled.result is None
    assert controller.cancel_question() is None


def test_opening_is_cancelled_and_taken_up_again(view: Notes, make: Make, lighthouse: str, held_opening: Gate) -> None:
    controller = make(lighthouse)
    assert not controller.can_reopen
    view.wait(held_opening.reached.is_set)
    assert controller.cancel_opening()
    view.wait(lambda: controller.opening is None)
    assert controller.collection is not None and not controller.collection.opened and controller.can_reopen
    assert not controller.cancel_opening()
    held_opening.pass_on.set()
    controller.reopen()
    view.wait(lambda: controller.opening is None)
    assert len(controller.collection.opened) == 1 and not controller.can_reopen


def test_a_document_that_changed_is_reported_once_and_opened_again(view: Notes, make: Make, lighthouse: str) -> None:
    controller = make(lighthouse)
    view.wait(lambda: controller.opening is None)
    Path(lighthouse).write_text("The keeper in 1911 was Greta Foss, who lived there alone.\n", encoding="utf-8")
    for _ in range(2):
        controller.check_files()
        view.threads[-1].join()
    view.wait(view.calls.empty)
    assert view.notices == ["Changed on disk: lighthouse.txt. Press r to reopen."]
    assert controller.can_reopen
    controller.reopen()
    controller.ask(QUESTION)
    view.wait(lambda: not controller.session.asked[0].pending)
    assert controller.session.asked[0].shown[0].text == "Greta Foss"


def test_more_documents_open_after_those_that_are_opening(
    view: Notes, make: Make, lighthouse: str, bakery: str, held_opening: Gate
) -> None:
    controller = make(lighthouse)
    view.wait(held_opening.reached.is_set)
    controller.open([bakery])
    assert view.notices == ["These documents open after the ones that are opening now."]
    held_opening.pass_on.set()
    view.wait(lambda: controller.collection is not None and controller.opening is None)
    assert controller.names == (lighthouse, bakery)
    controller.open([bakery], replace=True)
    assert controller.collection is None and controller.names == ()
    view.wait(lambda: controller.collection is not None)
    assert controller.names == (bakery,)


def test_without_a_reader_questions_fail_until_the_settings_name_another(
    view: Notes, make: Make, lighthouse: str
) -> None:
    controller = make(lighthouse, settings=Settings(reader="nowhere"))
    controller.ask(QUESTION)
    view.wait(lambda: controller.opening is None)
    (asked,) = controller.session.asked
    assert controller.failure is not None and asked.state is QuestionState.FAILED and asked.error is controller.failure
    controller.use_settings(Settings())
    controller.ask(QUESTION)
    view.wait(lambda: not controller.session.asked[1].pending)
    assert controller.failure is None and controller.session.asked[1].shown[0].text == "Tobias Wren"


def test_settings_for_questions_keep_the_documents_open(
    view: Notes, make: Make, lighthouse: str, engines: Engines
) -> None:
    controller = make(lighthouse)
    view.wait(lambda: controller.opening is None)
    assert controller.collection is not None
    (before,) = controller.collection.documents
    controller.use_settings(Settings(top=1))
    view.wait(lambda: controller.opening is None)
    assert controller.collection.documents == (before,) and controller.collection.engine.settings.top == 1
    assert len(engines.made) == 1
    controller.use_settings(Settings(top=1, max_seq_length=320))
    assert controller.collection is None
    view.wait(lambda: controller.opening is None)
    assert controller.collection is not None and len(engines.made) == 2


def test_the_history_is_of_the_files_found_also_if_a_path_fails(view: Notes, make: Make, lighthouse: str) -> None:
    controller = make("-", lighthouse)
    controller.ask(QUESTION)
    view.wait(lambda: not controller.session.asked[0].pending)
    assert controller.can_reopen  # Because one path failed.
    assert history.questions_about([lighthouse], history.entries()) == [QUESTION]
    make("-", lighthouse)
    view.wait(lambda: view.kinds().count("DocumentsFound") == 2)
    found = [event for event in view.events if isinstance(event, events.DocumentsFound)]
    assert found[1].asked_before == [QUESTION]


def test_a_history_that_can_t_be_written_is_warned_of_once(
    view: Notes, make: Make, lighthouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "full").write_text("a file where the folder should be")
    controller = make(lighthouse)
    view.wait(lambda: controller.opening is None)
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "full"))
    for _ in range(2):
        controller.ask(QUESTION)
    view.wait(lambda: not controller.session.asked[1].pending)
    assert len([message for message in view.warnings if message.startswith("can't save the history")]) == 1


def test_a_session_is_saved_and_restored_without_an_app(
    view: Notes, make: Make, lighthouse: str, tmp_path: Path
) -> None:
    controller = make(lighthouse)
    recovery = SessionRecovery(view, controller, MatrixController(view, controller))
    controller.ask(QUESTION)
    recovery.save("half a q")
    view.threads[-1].join()
    recovery._file._file_lock.release()  # As the operating system does when the process is killed.
    session = sessions.claim_crashed([lighthouse])
    assert session is not None and session.state.draft == "half a q"
    restored = make()
    again = SessionRecovery(view, restored, MatrixController(view, restored))
    assert again.restore(session, "and more") == "half a q and more"
    view.wait(lambda: restored.session.asked[0].state is QuestionState.DONE)
    assert restored.session.asked[0].shown[0].text == "Tobias Wren"
    again.end("")
    recovery._file.delete()
    assert sessions.claim_crashed([lighthouse]) is None


def test_closing_cancels_everything(view: Notes, make: Make, lighthouse: str, held_opening: Gate) -> None:
    controller = make(lighthouse)
    controller.ask(QUESTION)
    view.wait(held_opening.reached.is_set)
    controller.close()
    for thread in view.threads:
        thread.join(DEADLINE)
        assert not thread.is_alive()


def test_the_controller_imports_no_user_interface() -> None:
    imports = "import docqa.tui.controller, docqa.tui.session_recovery, sys; assert 'textual' not in sys.modules"
    subprocess.run([sys.executable, "-c", imports], check=True)
