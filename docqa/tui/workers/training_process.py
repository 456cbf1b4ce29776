"""Running `docqa finetune` in a child process. Posts messages; touches no widget."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from textual.message import Message

from docqa.errors import DocqaError
from docqa.tui.messages import Post
from docqa.userdata import corrections

_INTERVAL = 0.1  # Minimum seconds between two progress reports.
_NICENESS = 5  # The app and its questions have priority.


class TrainingReported(Message):
    """The process reported these events, in this order."""

    def __init__(self, events: Sequence[Mapping[str, Any]]) -> None:
        super().__init__()
        self.events = events


class TrainingEnded(Message):
    """The process ended, or could not be started."""

    def __init__(
        self,
        code: int,
        report: Mapping[str, Any] | None = None,
        error: DocqaError | None = None,
        *,
        resumable: bool = False,
    ) -> None:
        """`code` is the exit code, `report` the JSON output, `resumable` whether the run can be resumed."""
        super().__init__()
        self.code = code
        self.report = report or {}
        self.error = error
        self.resumable = resumable


class TrainingProcess:
    """One run of the command. Call `run` in a worker thread and `stop` from another."""

    def __init__(self, name: str, post: Post) -> None:
        self._name = name
        self._post = post
        self._process: subprocess.Popen[str] | None = None
        self._stopping = False

    def run(self, arguments: Callable[[], Sequence[str]]) -> None:
        """Run `docqa` with these arguments. Posts `TrainingReported`, then `TrainingEnded`; raises nothing."""
        try:
            words = arguments()
            with tempfile.TemporaryFile() as printed:  # A pipe would fill up: only stderr is read meanwhile.
                code = self._listen(words, printed)
                printed.seek(0)
                report = _parsed(printed.read().decode("utf-8", "replace"))
        except DocqaError as error:
            self._post(TrainingEnded(2, error=error, resumable=self._resumable()))
        except OSError as error:
            self._post(
                TrainingEnded(2, error=DocqaError(f"can't run the training: {error}"), resumable=self._resumable())
            )
        else:
            self._post(TrainingEnded(code, report, resumable=self._resumable()))

    def stop(self) -> None:
        """Ask the process to save a checkpoint and stop; the second call ends it at once."""
        self._stopping = True
        if self._process is not None:
            # The command treats it like Ctrl-C. SIGINT may be ignored, depending on how the app was started.
            self._process.send_signal(signal.SIGTERM)

    def _listen(self, words: Sequence[str], printed: IO[bytes]) -> int:
        # -P: a json.py in the current folder must not shadow Python's.
        command = [sys.executable, "-P", "-X", "utf8", "-m", "docqa", *words, "--progress", "json", "--json"]
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # Signals from the terminal are for the app only.
        ) as process:
            self._process = process
            if self._stopping:
                self.stop()
            if hasattr(os, "setpriority"):
                with suppress(OSError):  # The process has already ended.
                    os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)
            assert process.stderr is not None  # noqa: S101 - for mypy
            self._follow(process.stderr)
        return process.returncode

    def _follow(self, lines: IO[str]) -> None:
        pending: list[Mapping[str, Any]] = []
        stage, reported = "", 0.0
        for line in lines:
            event = _parsed(line) or {"event": "line", "text": line.rstrip()}
            pending.append(event)
            now = time.monotonic()
            if event.get("event") != "progress" or event.get("stage") != stage or now - reported >= _INTERVAL:
                self._post(TrainingReported(tuple(pending)))
                pending.clear()
                stage, reported = str(event.get("stage", "")), now
        if pending:
            self._post(TrainingReported(tuple(pending)))

    def _resumable(self) -> bool:
        from docqa.training.job import stored_state

        try:
            return stored_state(self._name) is not None
        except DocqaError:  # An invalid name, or damaged state.
            return False


def start_arguments(file: str, name: str, base: str, epochs: str, device: str) -> list[str]:
    """Return the arguments of a new training. Raises `DocqaError` or `OSError`.

    Corrections are copied first: the user may add some meanwhile, and a run can't be resumed on other pairs.
    """
    from docqa.training.job import lock_run, run_folder, stored_state

    if file == str(corrections.file()):
        with lock_run(name):
            if stored_state(name) is None:
                copy = run_folder(name) / corrections.file().name
                shutil.copyfile(file, copy)
                copy.chmod(0o600)
                file = str(copy)
    words = ["finetune", str(Path(file).absolute()), "--name", name, "--base", base, "--epochs", epochs]
    return [*words, "--device", device]


def resume_arguments(name: str) -> list[str]:
    """Return the arguments that resume an unfinished run. Raises `DocqaError` if it didn't record them."""
    from docqa.training.job import stored_state

    words = (stored_state(name) or {}).get("resume_arguments")
    if not isinstance(words, list) or words[:1] != ["finetune"]:
        raise DocqaError(
            f"the unfinished run {name} has no record of its command",
            "run the same command with --resume",
        )
    return [str(word) for word in words]


def discard(name: str) -> None:
    """Delete an unfinished run. Raises `DocqaError` while another process is training it."""
    from docqa.training.job import discard_run, lock_run

    with lock_run(name):
        discard_run(name)


def _parsed(text: str) -> dict[str, Any]:
    """Parse a JSON object; {} for anything else."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
