"""Nothing is lost when docqa is killed, the disk is full, or two of them write at once."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.interrupted import ACTIONS

from docqa import files
from docqa.userdata import history

TESTS = Path(__file__).parent
QUESTION = "When was the lighthouse built?"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("action", ACTIONS)
def test_a_kill_leaves_the_state_from_before_or_from_after(action: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "support.interrupted", action], cwd=TESTS, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 5, "hardly anything was interrupted"


def test_drafts_that_a_crash_left_are_removed(tmp_path: Path) -> None:
    """One is dated in the future: the clock was wrong."""
    old, future, fresh = (tmp_path / f"{files.DRAFT}{name}" for name in ("old", "future", "fresh"))
    for file, age in ((old, 100_000), (future, -100_000), (fresh, 0)):
        file.touch()
        os.utime(file, (time.time() - age,) * 2)
    with files.atomic_write(tmp_path / "a.json") as stream:
        stream.write(b"{}")
    assert sorted(file.name for file in tmp_path.iterdir()) == [fresh.name, "a.json"]


@pytest.mark.parametrize("torn", [b'{"question": "Torn', b"\0\0\0\0"], ids=["full disk", "power cut"])
def test_a_torn_line_of_the_history_takes_no_other_with_it(torn: bytes) -> None:
    history.remember("First?", ["/a"])
    with history.file().open("ab") as stream:
        stream.write(torn)
    history.remember("Second?", ["/a"])
    assert [entry.question for entry in history.entries()] == ["First?", "Second?"]
