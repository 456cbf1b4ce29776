"""What a killed docqa leaves is found again, once, and never that of one that still runs."""

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

STATE = SessionState(named=("a.txt",), opened=("a.txt", "b.txt"), asked=("Who?", "Why «é»\udc80?"), typed="Half a que")

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
    """Starts a process that writes its session and waits."""
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


def test_what_a_killed_process_wrote_is_found_and_not_before_it_is_dead(
    start: Start,
) -> None:
    process = start()
    assert crash_recovery.leftover_sessions([]) is None
    kill(process)
    found = crash_recovery.leftover_sessions([])
    assert found is not None
    assert (found.state.asked, found.state.typed) == (STATE.asked, STATE.typed)
    assert found.state.opened == (str(Path("a.txt").absolute()), str(Path("b.txt").absolute()))
    assert crash_recovery.leftover_sessions([]) is None, "it was offered twice at once"
    found.drop()
    assert files() == []


@pytest.mark.parametrize("named", [[], ["a.txt"], ["b.txt", "a.txt"]])
def test_it_is_found_for_what_was_named_and_for_what_was_open(start: Start, named: list[str]) -> None:
    kill(start())
    assert crash_recovery.leftover_sessions(["b.txt"]) is None
    assert crash_recovery.leftover_sessions(named) is not None


def test_the_newest_of_several_is_found_first(start: Start) -> None:
    kill(start())
    (older,) = (paths.data_dir() / "sessions").glob("*.json")
    newer = older.with_name("newer.json")
    newer.write_text(json.dumps({**json.loads(older.read_text()), "typed": "newer"}))
    os.utime(older, (1, 1))
    found = [
        crash_recovery.leftover_sessions([]),
        crash_recovery.leftover_sessions([]),
        crash_recovery.leftover_sessions([]),
    ]
    assert [one.state.typed if one else None for one in found] == ["newer", "Half a que", None]


def test_a_session_that_ended_well_leaves_nothing_and_writes_nothing_more() -> None:
    keeper = SessionFile()
    keeper.write(STATE)
    assert files() == [".json", ".lock"]
    keeper.end()
    keeper.write(STATE)
    assert files() == []
    SessionFile().end()  # Nothing was written at all.


def test_a_session_in_which_nothing_would_be_lost_is_not_offered() -> None:
    folder = paths.data_dir() / "sessions"
    folder.mkdir(parents=True)
    folder.joinpath("empty.json").write_text('{"named": [], "opened": ["/a"], "asked": [], "typed": " "}')
    folder.joinpath("broken.json").write_text('{"named": [')
    folder.joinpath("other.json").write_text("[3]")
    assert crash_recovery.leftover_sessions([]) is None
    assert not folder.joinpath("empty.json").exists()


def test_where_nothing_can_be_written_it_says_so(home: Path) -> None:
    home.write_text("a file where the folder should be")
    with pytest.raises(DocqaError, match="what you type can't be kept in"):
        SessionFile().write(STATE)
    assert crash_recovery.leftover_sessions([]) is None


def test_the_file_is_the_person_s_alone() -> None:
    keeper = SessionFile()
    keeper.write(STATE)
    (file,) = (paths.data_dir() / "sessions").glob("*.json")
    assert file.stat().st_mode & 0o077 == 0
    keeper.end()
