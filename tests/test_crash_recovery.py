"""A crashed session is found exactly once; the session of a running app never is."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from docqa import paths
from docqa.errors import DocqaError
from docqa.userdata import crash_recovery
from docqa.userdata.crash_recovery import SessionFile, SessionState

STATE = SessionState(("a.txt",), ("a.txt", "b.txt"), ("Who?", "Why «é»\udc80?"), "Half a que")

RUNS = """
import sys
from docqa.userdata.crash_recovery import SessionFile, SessionState
file = SessionFile()
file.write(SessionState(("a.txt",), ("a.txt", "b.txt"), ("Who?", "Why «é»\\udc80?"), "Half a que"))
print("written", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start processes that write their session and wait."""
    started: list[subprocess.Popen[str]] = []

    def run() -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", RUNS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout is not None and process.stdout.readline() == "written\n"
        return process

    yield run
    for process in started:
        kill(process)


def kill(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


def files() -> list[str]:
    return sorted(file.suffix for file in (paths.data_dir() / "sessions").iterdir())


def test_a_session_is_found_once_its_process_is_dead(start: Start) -> None:
    process = start()
    assert crash_recovery.claim_leftover_session([]) is None
    kill(process)
    found = crash_recovery.claim_leftover_session([])
    assert found is not None
    assert (found.state.questions, found.state.draft) == (STATE.questions, STATE.draft)
    assert found.state.opened == (str(Path("a.txt").absolute()), str(Path("b.txt").absolute()))
    assert crash_recovery.claim_leftover_session([]) is None, "the session was claimed twice"
    found.discard()
    assert files() == []


@pytest.mark.parametrize("named", [[], ["a.txt"], ["b.txt", "a.txt"]])
def test_it_is_found_by_its_arguments_and_by_what_was_open(start: Start, named: list[str]) -> None:
    kill(start())
    assert crash_recovery.claim_leftover_session(["b.txt"]) is None
    assert crash_recovery.claim_leftover_session(named) is not None


def test_the_newest_of_several_is_found_first(start: Start) -> None:
    kill(start())
    (older,) = (paths.data_dir() / "sessions").glob("*.json")
    newer = older.with_name("newer.json")
    newer.write_text(json.dumps({**json.loads(older.read_text()), "draft": "newer"}))
    os.utime(older, (1, 1))
    found = [
        crash_recovery.claim_leftover_session([]),
        crash_recovery.claim_leftover_session([]),
        crash_recovery.claim_leftover_session([]),
    ]
    assert [session.state.draft if session else None for session in found] == ["newer", "Half a que", None]


def test_a_session_that_was_quit_leaves_nothing_and_writes_nothing() -> None:
    file = SessionFile()
    file.write(STATE)
    assert files() == [".json", ".lock"]
    file.delete()
    file.write(STATE)
    assert files() == []
    SessionFile().delete()  # Nothing was written.


def test_an_empty_session_is_not_found() -> None:
    folder = paths.data_dir() / "sessions"
    folder.mkdir(parents=True)
    folder.joinpath("empty.json").write_text('{"arguments": [], "opened": ["/a"], "questions": [], "draft": " "}')
    folder.joinpath("broken.json").write_text('{"arguments": [')
    folder.joinpath("other.json").write_text("[3]")
    assert crash_recovery.claim_leftover_session([]) is None
    assert not folder.joinpath("empty.json").exists()


def test_a_folder_that_is_not_writable_is_an_error(home: Path) -> None:
    home.write_text("a file where the folder should be")
    with pytest.raises(DocqaError, match="can't save the session in"):
        SessionFile().write(STATE)
    assert crash_recovery.claim_leftover_session([]) is None


def test_only_the_user_can_read_the_file() -> None:
    file = SessionFile()
    file.write(STATE)
    (written,) = (paths.data_dir() / "sessions").glob("*.json")
    assert written.stat().st_mode & 0o077 == 0
    file.delete()
