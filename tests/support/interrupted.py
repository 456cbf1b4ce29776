"""Kill a process before and after each of its calls to the file system.

`python -m support.interrupted ACTION` runs an action in a process of its own, which is killed (SIGKILL) at its first
call, then at its second, and so on until it ends by itself. After each kill the state must be the one from before the
action or the one from after it, and the action must succeed when it is done again. Prints the number of kills.
"""

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import numpy as np

from docqa import config, config_writer, files, paths
from docqa.array_store import ArrayStore
from docqa.errors import DocqaError
from docqa.models import integrity, metadata, registry
from docqa.models.registry import ModelKind
from docqa.training import job
from docqa.userdata import annotations, corrections, history, preferences, sessions
from docqa.userdata.annotations import Annotation
from docqa.userdata.corrections import Correction
from docqa.userdata.sessions import SessionFile, SessionQuestion, SessionState

CALLS = frozenset(
    [
        "open",
        "write",
        "fsync",
        "close",
        "replace",
        "rename",
        "unlink",
        "remove",
        "mkdir",
        "rmdir",
        "chmod",
        "fchmod",
        "utime",
        "ftruncate",
        "flush",
    ]
)


class Action(NamedTuple):
    """What is done, what it finds, and what can be seen of it."""

    prepare: Callable[[], object]
    act: Callable[[], object]
    state: Callable[[], object]


def _kill_at(number: int) -> Callable[[FrameType, str, Any], None]:
    """A profiler that ends the process before (odd numbers) or after a call."""
    count = 0

    def watch(_: FrameType, event: str, called: Any) -> None:
        nonlocal count
        if event in {"c_call", "c_return"} and called.__name__ in CALLS:
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)

    return watch


def kills(action: Action) -> int:
    """Kill the action at each call. Returns how often; raises `AssertionError` for a state in between."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        os.environ["DOCQA_HOME"] = str(home)
        home.mkdir()
        action.prepare()
        before = action.state()
        template = shutil.copytree(home, Path(folder, "template"))
        action.act()
        after = action.state()
        assert before != after, "the action does nothing"
        number = 0
        while True:
            number += 1
            shutil.rmtree(home)
            shutil.copytree(template, home)
            files._swept.clear()
            if not _killed(action, number):
                return number - 1
            found = action.state()
            assert found in (before, after), f"killed at call {number}: {found!r} is neither {before!r} nor {after!r}"
            if found == before:
                action.act()
                assert action.state() == after, f"killed at call {number}: it can't be done again"
            drafts = [file for file in home.rglob(".*") if file.name.startswith((".replaced-", ".removed-"))]
            assert not drafts, f"killed at call {number}: left {drafts}"


def _killed(action: Action, number: int) -> bool:
    """Run the action in a process that is killed at a call. Returns whether it was."""
    child = os.fork()
    if child == 0:
        sys.setprofile(_kill_at(number))
        action.act()
        sys.setprofile(None)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the action failed"
    return os.WIFSIGNALED(status)


# --- actions ---


def _correction(answer: str) -> Correction:
    return Correction("Who?", "/a.txt", f"It was {answer}.", answer, 7)


def _model(name: str, text: str) -> Path:
    """A folder that looks like a reader, all of whose files say `text`."""
    folder = registry.models_dir() / ".staging" / name
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("model.safetensors", "tokenizer.json", "config.json"):
        folder.joinpath(file).write_text(text * 100)
    return folder


def _install(text: str) -> None:
    registry.install(_model("mine", text), "mine", ModelKind.READER)


def _installed() -> object:
    """What the reader says, which must be the same in all its files."""
    names = [model.name for model in registry.installed(ModelKind.READER)]
    chosen = registry.chosen(ModelKind.READER)
    if "mine" not in names:
        return chosen, None
    folder = registry.find("mine", ModelKind.READER).folder
    assert integrity.check(folder) == 3
    (text,) = {folder.joinpath(file).read_text() for file in ("model.safetensors", "tokenizer.json", "config.json")}
    return chosen, text[:3], metadata.read(folder).length_penalty


def _install_and_use(text: str) -> None:
    _install(text)
    registry.use("mine", ModelKind.READER)


def _calibrate() -> None:
    folder = registry.find("mine", ModelKind.READER).folder
    metadata.write(folder, metadata.ModelMetadata(length_penalty=0.5, files=metadata.read(folder).files))


def _put(value: int) -> None:
    ArrayStore.in_cache("index").put("documents", "a", {"x": np.full(1000, value), "y": np.full(10, value)})


def _cached() -> object:
    arrays = ArrayStore.in_cache("index").get("documents", "a")
    return arrays and sorted({*arrays["x"].tolist(), *arrays["y"].tolist()})


def _session(draft: str) -> SessionFile:
    file = SessionFile()
    file.write(
        SessionState(("/a",), ("/a",), questions=(SessionQuestion(0, "Who?"),), draft=draft), {0: {"draft": draft}}
    )
    return file


def _crash_session() -> None:
    _session("")._file_lock.release()


def _end_session() -> None:
    file = SessionFile()
    file._file = next(sessions._newest_first(paths.data_dir() / "sessions"))
    file._file_lock = sessions._lock(file._file)
    file._file_lock.acquire(blocking=False)
    state = sessions._read(file._file)
    assert state is not None
    file.end(state)


def _left_session() -> object:
    found = sessions.claim_newest([])
    if found is None:
        return None
    found.release()
    return found.state.draft, found.state.ended, found.answers


def _note(text: str) -> None:
    note = Annotation("Who?", "/a.txt", "It was Ada.", "Ada", 7, note=text)
    annotations.put(note, "It was Ada.")


def _begin_run() -> None:
    files.write_json_object(job.state_file("mine"), {"config": {}})
    checkpoint = job.run_folder("mine") / job.CHECKPOINTS / "checkpoint-3"
    checkpoint.mkdir(parents=True)
    checkpoint.joinpath("complete.json").write_text("{}")


def _theme(name: str) -> Callable[[], None]:
    return lambda: preferences.remember_theme(name)


def _exported() -> object:
    return (paths.data_dir() / "export.md").read_text()


def _export(text: str) -> None:
    paths.data_dir().mkdir(parents=True, exist_ok=True)
    files.write_export(paths.data_dir() / "export.md", text.encode())


ACTIONS = {
    "history": Action(
        lambda: history.remember("Old?", ["/a"]),
        lambda: history.remember("New?", ["/a"]),
        lambda: [entry.question for entry in history.entries()],
    ),
    "corrections": Action(
        lambda: corrections.save([_correction("Ada"), Correction("When?", "/b", "Never.")]),
        lambda: corrections.save([_correction("Bob")]),
        lambda: sorted(str(each.answer) for each in corrections.load()),
    ),
    "theme": Action(_theme("old"), _theme("new"), preferences.theme),
    "config": Action(
        lambda: config_writer.put("top", 3), lambda: config_writer.put("top", 4), lambda: config.load().top
    ),
    "session": Action(lambda: None, lambda: _session("Half a que"), _left_session),
    "session ends": Action(_crash_session, _end_session, _left_session),
    "note": Action(lambda: _note("old"), lambda: _note("new"), lambda: [each.note for each in annotations.load()]),
    "install": Action(lambda: None, lambda: _install("new"), _installed),
    "replace": Action(lambda: _install_and_use("old"), lambda: _install("new"), _installed),
    "use": Action(lambda: _install("old"), lambda: registry.use("mine", ModelKind.READER), _installed),
    "remove": Action(lambda: _install("old"), lambda: registry.remove("mine", ModelKind.READER), _installed),
    "calibrate": Action(lambda: _install("old"), _calibrate, _installed),
    "index": Action(lambda: _put(1), lambda: _put(2), _cached),
    "export": Action(lambda: _export("old" * 10_000), lambda: _export("new" * 10_000), _exported),
    "discard": Action(_begin_run, lambda: job.discard_run("mine"), lambda: job.stored_state("mine")),
}


def without_disk(prevent: Callable[[], None], allow: Callable[[], None]) -> None:
    """Do each action while nothing can be written, and again when it can. What could not be done is told in words.

    A little may still be written: there is room in a block, or a model is removed.
    """
    for name, (prepare, act, state) in ACTIONS.items():
        shutil.rmtree(registry.models_dir(), ignore_errors=True)
        prepare()
        before = state()
        prevent()
        try:
            act()
        except DocqaError as error:
            assert error.hint, f"{name}: no hint"
            print(f"{name}: {error}")
        except OSError as error:  # Its callers say which file can't be written.
            print(f"{name}: {error.strerror}")
        finally:
            allow()
        if state() == before:
            act()
        after = state()
        assert after != before, f"{name}: it can't be done afterwards"
        if name in AFTERWARDS:
            assert after == AFTERWARDS[name], f"{name}: {after!r}"


AFTERWARDS = {
    "history": ["Old?", "New?"],
    "corrections": ["Ada", "Bob", "None"],
    "note": ["new"],
    "theme": "new",
    "config": 4,
    "calibrate": ("bundled", "old", 0.5),
    "export": "new" * 10_000,
}
"""What some actions lead to, so that no half of them is taken for a new state."""


def _fill() -> None:
    with suppress(OSError), Path(os.environ["DOCQA_HOME"], "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))


def _remount(options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", os.environ["DOCQA_HOME"]], check=True)


DISKS = {
    "full": (_fill, lambda: Path(os.environ["DOCQA_HOME"], "filler").unlink()),
    "read-only": (lambda: _remount("ro"), lambda: _remount("rw")),
    "file too large": (
        lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY)),
        lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2),
    ),
}

if __name__ == "__main__":
    if sys.argv[1] in DISKS:
        without_disk(*DISKS[sys.argv[1]])
        sys.exit()
    try:
        print(kills(ACTIONS[sys.argv[1]]))
    except DocqaError as error:
        sys.exit(f"the state can't be read: {error}")
