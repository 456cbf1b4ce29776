"""Sessions of the app that didn't end by quitting: what was asked and typed in them, to be taken up again.

Each running app has a file of its own, and beside it a lock that the system frees when the process ends, however it
ends. A file whose lock is free is what a crash left. No text of a document is in it.
"""

import json
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Lock

from filelock import FileLock, Timeout

from docqa import paths
from docqa.errors import DocqaError
from docqa.files import atomic_write
from docqa.userdata.history import document_set

_FOLDER = "sessions"


@dataclass(frozen=True, slots=True)
class SessionState:
    """What would be lost: `asked` are the questions in their order, `typed` is the text not asked yet.

    `named` are the files and folders that the app was started with, `opened` those that were open at the end.
    """

    named: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    typed: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing would be lost."""
        return not self.asked and not self.typed.strip()


class SessionFile:
    """The file of one running app. It may be called from several threads."""

    def __init__(self) -> None:
        self._file = paths.data_dir() / _FOLDER / f"{uuid.uuid4().hex}.json"
        self._lock = _lock(self._file)
        self._busy = Lock()
        self._ended = False

    def write(self, state: SessionState) -> None:
        """Keep a state in the place of the one before. Raises `DocqaError` where it can't be written."""
        with self._busy:
            if self._ended:
                return
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                if not self._lock.is_locked:
                    self._lock.acquire(blocking=False)
                with atomic_write(self._file) as opened:
                    opened.write(json.dumps(asdict(_absolute(state))).encode())
                    opened.flush()
                    os.fsync(opened.fileno())
            except (OSError, NotImplementedError) as error:
                raise DocqaError(
                    f"what you type can't be kept in {self._file.parent}: {getattr(error, 'strerror', None) or error}",
                    "a crash would lose it; mend the folder's permissions, or make room",
                ) from error

    def end(self) -> None:
        """The session ended well: nothing is left of it, and nothing is written any more."""
        with self._busy:
            self._ended = True
            if self._lock.is_locked:
                _remove(self._file, self._lock)


class LeftoverSession:
    """A session that a crash left. Nobody else can take it up before it is dropped, or this process ends."""

    def __init__(self, state: SessionState, file: Path, lock: FileLock) -> None:
        self.state = state
        self._file = file
        self._lock = lock

    def drop(self) -> None:
        """Forget it."""
        _remove(self._file, self._lock)


def leftover_sessions(named: Iterable[str]) -> LeftoverSession | None:
    """The newest session that a crash left, of these files and folders, or of any where none are named."""
    wanted = document_set(named)
    for file in _newest_first(paths.data_dir() / _FOLDER):
        state = _read(file)
        if state is None or (wanted and wanted not in {state.named, state.opened}):
            continue
        lock = _lock(file)
        with suppress(Timeout, OSError, NotImplementedError):  # Held: that session is still going on.
            lock.acquire(blocking=False)
            state = _read(file)  # Another docqa may have taken it up just now.
            if state is not None and not state.empty:
                return LeftoverSession(state, file, lock)
            _remove(file, lock)
    return None


def _absolute(state: SessionState) -> SessionState:
    return replace(state, named=document_set(state.named), opened=document_set(state.opened))


def _newest_first(folder: Path) -> Iterator[Path]:
    dated = []
    for file in folder.glob("*.json"):
        with suppress(OSError):
            dated.append((file.stat().st_mtime, file))
    return (file for _, file in sorted(dated, reverse=True))


def _read(file: Path) -> SessionState | None:
    try:
        values = json.loads(file.read_bytes())
        named, opened, asked = (tuple(map(str, values[name])) for name in ("named", "opened", "asked"))
        return SessionState(named, opened, asked, str(values["typed"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None  # Gone, or not docqa's.


def _lock(file: Path) -> FileLock:
    # Taken in one thread and given back in another.
    return FileLock(file.with_suffix(".lock"), thread_local=False)


def _remove(file: Path, lock: FileLock) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)
    lock.release()
    with suppress(OSError):
        Path(lock.lock_file).unlink(missing_ok=True)
