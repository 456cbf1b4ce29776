"""`docqa finetune` in a process of its own: begun, listened to, stopped. It posts messages and touches no widget."""

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
from docqa.userdata import corrections

_INTERVAL = 0.1  # Seconds between two reports of progress: a screen needs no more.
_NICENESS = 5  # The app and its questions go first.

Post = Callable[[Message], object]


class TrainingEvent(Message):
    """The process told these things, in this order."""

    def __init__(self, events: Sequence[Mapping[str, Any]]) -> None:
        super().__init__()
        self.events = events


class TrainingEnded(Message):
    """The process ended, or could not be begun."""

    def __init__(
        self,
        code: int,
        report: Mapping[str, Any] | None = None,
        error: DocqaError | None = None,
        *,
        kept: bool = False,
    ) -> None:
        """`code` is the exit code, `report` what was printed, `kept` whether there is a run to go on with."""
        super().__init__()
        self.code = code
        self.report = report or {}
        self.error = error
        self.kept = kept


class TrainingProcess:
    """One run of the command. `run` belongs into a thread; `stop` is called from another."""

    def __init__(self, name: str, post: Post) -> None:
        self._name = name
        self._post = post
        self._process: subprocess.Popen[str] | None = None
        self._stopping = False

    def run(self, arguments: Callable[[], Sequence[str]]) -> None:
        """Run `docqa` with these arguments to its end. Posts `TrainingEvent`, then `TrainingEnded`; raises nothing."""
        try:
            words = arguments()
            with tempfile.TemporaryFile() as printed:  # A pipe that nobody empties meanwhile would hold it up.
                code = self._listen(words, printed)
                printed.seek(0)
                report = _parsed(printed.read().decode("utf-8", "replace"))
        except DocqaError as error:
            self._post(TrainingEnded(2, error=error, kept=self._kept()))
        except OSError as error:
            self._post(TrainingEnded(2, error=DocqaError(f"the training can't be run: {error}"), kept=self._kept()))
        else:
            self._post(TrainingEnded(code, report, kept=self._kept()))

    def stop(self) -> None:
        """Ask it to stop with a checkpoint; the second time it ends at once."""
        self._stopping = True
        if self._process is not None:
            # As Ctrl-C, for the command; a SIGINT may have been set to be ignored by whoever started the app.
            self._process.send_signal(signal.SIGTERM)

    def _listen(self, words: Sequence[str], printed: IO[bytes]) -> int:
        # -P: a json.py in the folder where the person is must not be taken for Python's.
        command = [sys.executable, "-P", "-X", "utf8", "-m", "docqa", *words, "--progress", "json", "--json"]
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # What the terminal sends to the app is not for it.
        ) as process:
            self._process = process
            if self._stopping:
                self.stop()
            if hasattr(os, "setpriority"):
                with suppress(OSError):  # It has ended already.
                    os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)
            assert process.stderr is not None  # noqa: S101 - for mypy
            self._follow(process.stderr)
        return process.returncode

    def _follow(self, lines: IO[str]) -> None:
        waiting: list[Mapping[str, Any]] = []
        stage, at = "", 0.0
        for line in lines:
            event = _parsed(line) or {"event": "line", "text": line.rstrip()}
            waiting.append(event)
            now = time.monotonic()
            if event.get("event") != "progress" or event.get("stage") != stage or now - at >= _INTERVAL:
                self._post(TrainingEvent(tuple(waiting)))
                waiting.clear()
                stage, at = str(event.get("stage", "")), now
        if waiting:
            self._post(TrainingEvent(tuple(waiting)))

    def _kept(self) -> bool:
        from docqa.training.job import stored_state

        try:
            return stored_state(self._name) is not None
        except DocqaError:  # The name can be none, or what is there is damaged: nothing to go on with.
            return False


def begun(file: str, name: str, base: str, epochs: str, device: str) -> list[str]:
    """The arguments of a new training.

    The corrections are copied: those that are made while it runs are none of its own, and it could not be gone on with
    if its pairs were others than when it began. Raises `DocqaError` or `OSError`.
    """
    from docqa.training.job import lock_run, run_folder, stored_state

    if file == str(corrections.file()):
        with lock_run(name):
            if stored_state(name) is None:
                copy = run_folder(name) / corrections.file().name
                shutil.copyfile(file, copy)
                file = str(copy)
    words = ["finetune", str(Path(file).absolute()), "--name", name, "--base", base, "--epochs", epochs]
    return [*words, "--device", device]


def resumed(name: str) -> list[str]:
    """The arguments that go on with an unfinished run. Raises `DocqaError` where it doesn't say how."""
    from docqa.training.job import stored_state

    words = (stored_state(name) or {}).get("resume_arguments")
    if not isinstance(words, list) or words[:1] != ["finetune"]:
        raise DocqaError(
            f"the unfinished run {name} doesn't say on what it was begun",
            "say the command that began it once more, with --resume",
        )
    return [str(word) for word in words]


def discard(name: str) -> None:
    """Delete an unfinished run. Raises `DocqaError` while another docqa trains it."""
    from docqa.training.job import discard_run, lock_run

    with lock_run(name):
        discard_run(name)


def _parsed(text: str) -> dict[str, Any]:
    """A JSON object; {} for anything else."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
