"""A session that crashed or ended is found exactly once; that of a running app never is."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

import pytest

from docqa import paths
from docqa.errors import DocqaError
from docqa.userdata import sessions
from docqa.userdata.sessions import SessionFile, SessionQuestion, SessionState

QUESTIONS = (SessionQuestion(0, "Who?"), SessionQuestion(1, "Why «é»\udc80?", ("b.txt",)))
STATE = SessionState(
    ("a.txt",), ("a.txt", "b.txt"), ("b.txt",), QUESTIONS, "Half a que", ("b.txt",), 1, ("c.txt",), ("Why?",), "due"
)
ANSWERS = {0: {"text": "Anna\u2028Holm"}}
CELLS = {("Why «é»\udc80?", "/a.txt"): {"text": "So"}, ("Why «é»\udc80?", "/b.txt"): {"text": "No"}}

RUNS = """
import sys
from docqa.userdata.sessions import SessionFile, SessionQuestion, SessionState
file = SessionFile()
asked = (SessionQuestion(0, "Who?"), SessionQuestion(1, "Why «é»\\udc80?", ("b.txt",)))
both = ("a.txt", "b.txt")
state = SessionState(both[:1], both, both[1:], asked, "Half a que", both[1:], 1, ("c.txt",), ("Why?",), "due")
file.write(state, {0: {"text": "Anna\\u2028Holm"}})
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
    assert sessions.claim_crashed([]) is None
    kill(process)
    found = sessions.claim_crashed([])
    assert found is not None
    here = str(Path("b.txt").absolute())
    assert [one.question for one in found.state.questions] == ["Who?", "Why «é»\udc80?"]
    assert (found.state.draft, found.state.shown, found.state.ticked) == ("Half a que", 1, (here,))
    assert found.state.questions[1].only == (here,) and found.answers == ANSWERS
    assert found.state.opened == (str(Path("a.txt").absolute()), str(Path("b.txt").absolute()))
    assert sessions.claim_crashed([]) is None, "the session was claimed twice"
    found.discard()
    assert files() == []


@pytest.mark.parametrize("named", [[], ["a.txt"], ["b.txt", "a.txt"]])
def test_it_is_found_by_its_arguments_and_by_what_was_open(start: Start, named: list[str]) -> None:
    kill(start())
    assert sessions.claim_crashed(["b.txt"]) is None
    assert sessions.claim_crashed(named) is not None


def test_the_newest_of_several_is_found_first(start: Start) -> None:
    kill(start())
    (older,) = (paths.data_dir() / "sessions").glob("*.json")
    newer = older.with_name("newer.json")
    newer.write_text(json.dumps({**json.loads(older.read_text()), "draft": "newer"}))
    os.utime(older, (1, 1))
    found = [
        sessions.claim_crashed([]),
        sessions.claim_crashed([]),
        sessions.claim_crashed([]),
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
    SessionFile().end(STATE)
    assert files() == []


def test_a_session_that_ended_is_kept_for_another_day_and_is_no_crash() -> None:
    for name in ("old", "new"):
        file = SessionFile()
        file.write(STATE, ANSWERS)
        file.end(replace(STATE, draft=name, opened=("a.txt",) if name == "old" else STATE.opened))
        (latest,) = (each for each in sessions._newest_first(paths.data_dir() / "sessions") if name in each.read_text())
        os.utime(latest, (1, 1 if name == "old" else 2))
    assert sessions.claim_crashed([]) is None
    assert [(len(state.opened), state.draft) for _, state in sessions.kept_sessions().values()] == [
        (2, "new"),
        (1, "old"),
    ]
    found = sessions.claim_newest([])
    assert found is not None and found.state.draft == "new" and found.answers == ANSWERS
    assert sessions.claim_newest(["a.txt", "b.txt"]) is None, "it was claimed twice"
    found.release()
    (name, _), _ = sessions.kept_sessions().values()
    again = sessions.claim(name)
    assert again is not None and sessions.claim(name) is None
    again.discard()
    assert [state.draft for _, state in sessions.kept_sessions().values()] == ["old"]


def test_only_the_last_sessions_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "_KEPT", 3)
    for number in range(5):
        file = SessionFile()
        file.write(STATE, ANSWERS)
        os.utime(file._file, (number, number))
        file.end(replace(STATE, opened=(f"{number}.txt",)))
        os.utime(file._file, (number, number))
    assert len(sessions.kept_sessions()) == 3 and len(files()) == 6


def test_of_a_cell_that_was_written_twice_the_later_counts_and_none_that_is_no_cell() -> None:
    file = SessionFile()
    file.write(STATE, ANSWERS, {next(iter(CELLS)): {"text": "Earlier"}})
    file.write(STATE, cells=CELLS)
    with sessions._answers_of(file._file).open("ab") as edited:
        edited.write(b'\n{"cell": ["Who?"], "answers": {}}\n{"cell": ["Who?", 3], "answers": {}}')
        edited.write(b'\n{"cell": ["Who?", "/b.txt"]}\n{"cell": ["Who?", "/b.t')
    file.end(STATE)
    found = sessions.claim_newest([])
    assert found is not None and found.cells == CELLS and found.answers == ANSWERS


def test_an_answer_that_was_half_written_takes_no_other_with_it() -> None:
    file = SessionFile()
    file.write(STATE, ANSWERS)
    with sessions._answers_of(file._file).open("ab") as torn:
        torn.write(b'\n{"number": 1, "answ')
    file.write(STATE, {1: {"text": "Wren"}})
    file.end(STATE)
    found = sessions.claim_newest([])
    assert found is not None and found.answers == {**ANSWERS, 1: {"text": "Wren"}}


def test_an_empty_session_is_not_found() -> None:
    folder = paths.data_dir() / "sessions"
    folder.mkdir(parents=True)
    folder.joinpath("empty.json").write_text(json.dumps(asdict(SessionState(opened=("/a",), draft=" "))))
    folder.joinpath("broken.json").write_text('{"arguments": [')
    folder.joinpath("other.json").write_text("[3]")
    assert sessions.claim_crashed([]) is None
    assert not folder.joinpath("empty.json").exists()


@pytest.mark.parametrize("at", ["", "yesterday", None, 3, "0001-01-01", "9999-12-31T23:59:59-12:00"])
def test_a_session_whose_date_is_none_is_as_old_as_its_file(at: object) -> None:
    file = SessionFile()
    file.write(STATE)
    file.end(STATE)
    file._file.write_text(json.dumps({**json.loads(file._file.read_bytes()), "at": at}))
    os.utime(file._file, (0, 0))
    found = sessions.claim_newest([])
    assert found is not None and datetime.fromisoformat(found.state.at).astimezone()
    if at in {"", "yesterday", None, 3}:
        assert found.state.at == "1970-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    "change",
    [{"shown": float("inf")}, {"questions": [3]}, {"questions": None}, {"opened": 1}, {"at": [[]]}, {"draft": {}}],
)
def test_a_session_edited_by_hand_is_read_or_left_out(change: dict[str, object]) -> None:
    file = SessionFile()
    file.write(STATE, ANSWERS)
    file.end(STATE)
    values = json.loads(file._file.read_bytes())
    file._file.write_text(json.dumps({**values, **change}))
    with sessions._answers_of(file._file).open("ab") as edited:
        edited.write(b'\n{"number": 1e999, "answers": {}}\n' + b"[" * 200_000)
    found = sessions.claim_newest([])
    assert found is None or found.answers == ANSWERS


@pytest.mark.parametrize(
    "change",
    [
        {"matrix": "Why?"},
        {"draft": {}},
        {"question_set": 3},
        {"opened": [1]},
        {"questions": [{"number": 0, "question": None, "only": []}]},
        {"questions": [{"number": 0, "question": "Who?", "only": "b.txt"}]},
    ],
)
def test_a_session_with_what_is_no_text_is_none(change: dict[str, object]) -> None:
    file = SessionFile()
    file.write(STATE, ANSWERS)
    file.end(STATE)
    file._file.write_text(json.dumps({**json.loads(file._file.read_bytes()), **change}))
    assert sessions.claim_newest([]) is None


def test_a_folder_that_is_not_writable_is_an_error(home: Path) -> None:
    home.write_text("a file where the folder should be")
    with pytest.raises(DocqaError, match="can't save the session in"):
        SessionFile().write(STATE)
    assert sessions.claim_crashed([]) is None


def test_only_the_user_can_read_the_file() -> None:
    file = SessionFile()
    file.write(STATE)
    (written,) = (paths.data_dir() / "sessions").glob("*.json")
    assert written.stat().st_mode & 0o077 == 0
    file.delete()
