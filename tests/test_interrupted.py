"""Nothing is lost when docqa is killed, the disk is full or read-only, or two of them write at once."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from support.interrupted import ACTIONS, DISKS
from support.samples import SAMPLES

from docqa import files
from docqa.array_store import ArrayStore
from docqa.models import registry
from docqa.models.registry import ModelKind
from docqa.userdata import corrections, history

TESTS = Path(__file__).parent
JOURNAL = str(SAMPLES / "expedition-journal.txt")
ASK = [sys.executable, "-m", "docqa", "ask", "Who leads the expedition?", JOURNAL, "--device", "cpu", "--json"]


def run(words: Sequence[str], *, check: bool = True) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(words, cwd=TESTS, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stderr
    return done


@cache
def can_mount() -> bool:
    """Whether this process can mount a small disk of its own."""
    words = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]
    return bool(shutil.which("unshare")) and run(words, check=False).returncode == 0


def on_small_disk(home: Path, words: Sequence[str], size: str = "400k") -> list[str]:
    """The command with a small disk as the home, which only it and its children see."""
    home.mkdir(exist_ok=True)
    mount = f'mount -t tmpfs -o size={size} tmpfs {home} && exec "$@"'
    return ["unshare", "-m", "sh", "-c", mount, "sh", *words]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("action", ACTIONS)
def test_a_kill_leaves_the_state_from_before_or_from_after(action: str) -> None:
    done = run([sys.executable, "-m", "support.interrupted", action])
    assert int(done.stdout) > 5, "hardly anything was interrupted"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs Unix")
@pytest.mark.parametrize("disk", DISKS)
def test_what_cannot_be_written_is_told_and_changes_nothing(disk: str, home: Path) -> None:
    words = [sys.executable, "-m", "support.interrupted", disk]
    if disk != "file too large":
        if not can_mount():
            pytest.skip("this user can't mount a small disk")
        words = on_small_disk(home, words)
    told = run(words).stdout
    assert "can't save the correction in" in told and "cannot write" in told


@pytest.mark.parametrize("disk", ["full", "read-only"])
def test_a_question_is_answered_on_such_a_disk(home: Path, disk: str) -> None:
    if not can_mount():
        pytest.skip("this user can't mount a small disk")
    spoil = {
        "full": "head -c 1M /dev/zero >$DOCQA_HOME/filler 2>/dev/null; ",
        "read-only": "mount -o remount,ro $DOCQA_HOME; ",
    }
    done = run(on_small_disk(home, ["sh", "-c", spoil[disk] + 'exec "$@"', "sh", *ASK]))
    assert json.loads(done.stdout)["answered"]
    told = {"full": "No space left on device", "read-only": "Read-only file system"}
    assert "the index could not be stored in" in done.stderr and told[disk] in done.stderr


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


def test_an_export_keeps_links_and_permissions(tmp_path: Path) -> None:
    target, link, pipe = tmp_path / "target.md", tmp_path / "link.md", tmp_path / "new.md"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    files.write_export(link, b"new")
    assert link.is_symlink() and target.read_text() == "new" and target.stat().st_mode & 0o777 == 0o640
    umask = os.umask(0o027)
    try:
        files.write_export(pipe, b"new")
    finally:
        os.umask(umask)
    assert pipe.stat().st_mode & 0o777 == 0o640
    files.write_export(Path(os.devnull), b"new")
    assert not Path(os.devnull).is_file(), "the device was replaced by a file"


def test_several_that_write_at_once_lose_nothing(home: Path) -> None:
    script = """
import sys
from docqa import config_writer
from docqa.userdata import corrections, history
from docqa.userdata.corrections import Correction
from docqa.models import integrity, registry
from support.interrupted import _model
who = sys.argv[1]
for number in range(15):
    history.remember(f"{who} {number}?", ["/a"])
    corrections.save([Correction(f"{who} {number}?", "/a", "It was Ada.", "Ada", 7)])
    config_writer.put({"0": "top", "1": "top_k_windows", "2": "doc_stride"}[who], 10 + number)
    model = registry.install(_model(who, str(number)), who, registry.ModelKind.READER)
    assert integrity.check(model.folder) == 3 and registry.installed()
    registry.use(who, registry.ModelKind.READER)
"""
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(who)], cwd=TESTS, stderr=subprocess.PIPE, text=True)
        for who in range(3)
    ]
    errors = [one.communicate()[1] for one in running]
    assert [one.returncode for one in running] == [0, 0, 0], errors
    expected = {f"{who} {number}?" for who in range(3) for number in range(15)}
    assert {entry.question for entry in history.entries()} == expected
    assert {each.question for each in corrections.load()} == expected
    text = (home / "config" / "config.toml").read_text()
    assert sorted(text.split()) == sorted(["top", "=", "24", "top_k_windows", "=", "24", "doc_stride", "=", "24"])
    assert [model.name for model in registry.installed(ModelKind.READER)] == ["bundled", "0", "1", "2"]
    assert registry.chosen(ModelKind.READER) in {"0", "1", "2"}
    assert [each.name for each in (registry.models_dir() / "reader").glob(".*")] == []


def test_commands_that_are_killed_at_random_leave_an_index_that_is_whole(home: Path) -> None:
    """Some are only told to end: they say so, by their exit codes too, and leave no draft."""
    expected = json.loads(run(ASK).stdout)["answers"]
    shutil.rmtree(home)
    rng = random.Random(0)
    took = 1.0
    for number in range(6):
        signal_ = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)[number % 3]
        began = time.monotonic()
        with subprocess.Popen(ASK, cwd=TESTS, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            try:
                process.wait(rng.uniform(0.5, 1) * took)
            except subprocess.TimeoutExpired:
                process.send_signal(signal_)
            output, errors = process.communicate()
        took = max(took, time.monotonic() - began)
        assert "Traceback" not in errors or "import" in errors, errors  # Before the command itself has begun.
        codes = {signal.SIGKILL: -9, signal.SIGTERM: 143, signal.SIGINT: 130}
        assert process.returncode in {0, codes[signal_], -signal_}, (process.returncode, errors)
        if process.returncode == 0:
            assert json.loads(output)["answers"] == expected
        if process.returncode == codes[signal_] and signal_ is not signal.SIGKILL:
            assert errors == "docqa: interrupted\n"
    assert json.loads(run(ASK).stdout)["answers"] == expected


def test_a_store_keeps_what_was_used_last(tmp_path: Path) -> None:
    import numpy as np

    store = ArrayStore(tmp_path, limit=100_000)
    for number in range(30):
        store.put("documents", str(number), {"x": np.zeros(1000)})
        for file in tmp_path.rglob("*.npz"):  # As if a minute had passed.
            os.utime(file, (file.stat().st_mtime - 60,) * 2)
        assert store.get("documents", "0") is not None
    kept = sorted(int(file.stem) for file in tmp_path.rglob("*.npz"))
    assert kept[0] == 0 and kept[-1] == 29 and kept[1:] == list(range(30 - len(kept) + 1, 30))
    assert 50_000 < sum(file.stat().st_size for file in tmp_path.rglob("*.npz")) <= 100_000
    again = ArrayStore(tmp_path, limit=20_000)
    again.put("documents", "new", {"x": np.zeros(1000)})
    assert sum(file.stat().st_size for file in tmp_path.rglob("*.npz")) <= 20_000
    assert again.get("documents", "new") is not None
