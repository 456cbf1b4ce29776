"""Sessions of the app that ended without quitting: their questions and the text being typed, to be restored.

Each running app has a file, and beside it a lock that the system releases when the process ends for any reason. A file
whose lock is free was left by a crash. The files contain no text of documents.
"""

import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Lock

from filelock import FileLock, Timeout

from docqa import paths
from docqa.errors import DocqaError
from docqa.files import DRAFT, atomic_write, make_private_folder
from docqa.userdata.history import document_set

_FOLDER = "sessions"


@dataclass(frozen=True, slots=True)
class SessionState:
    """What a crash would lose."""

    arguments: tuple[str, ...] = ()
    """The files and folders that the app was started with."""
    opened: tuple[str, ...] = ()
    """The files and folders that were open last."""
    questions: tuple[str, ...] = ()
    """The questions, in order."""
    draft: str = ""
    """The question being typed."""

    @property
    def empty(self) -> bool:
        """Whether nothing would be lost."""
        return not self.questions and not self.draft.strip()


class SessionFile:
    """The file of a running app. Thread-safe."""

    def __init__(self) -> None:
        self._file = paths.data_dir() / _FOLDER / f"{uuid.uuid4().hex}.json"
        self._file_lock = _lock(self._file)
        self._thread_lock = Lock()
        self._deleted = False

    def write(self, state: SessionState) -> None:
        """Replace the state. Does nothing after `delete`. Raises `DocqaError` if it can't be written."""
        with self._thread_lock:
            if self._deleted:
                return
            try:
                make_private_folder(self._file.parent)
                if not self._file_lock.is_locked:
                    self._file_lock.acquire(blocking=False)
                with atomic_write(self._file) as opened:
                    opened.write(json.dumps(asdict(_absolute(state))).encode())
            except (OSError, NotImplementedError) as error:
                raise DocqaError(
                    f"can't save the session in {self._file.parent}: {getattr(error, 'strerror', None) or error}",
                    "a crash would lose what you type; check the directory's permissions and free space",
                ) from error

    def delete(self) -> None:
        """Delete the file, because the app quits."""
        with self._thread_lock:
            self._deleted = True
            if self._file_lock.is_locked:
                _remove(self._file, self._file_lock)


class LeftoverSession:
    """A session that a crash left. No other process can claim it until it is discarded or this process ends."""

    def __init__(self, state: SessionState, file: Path, lock: FileLock) -> None:
        self.state = state
        self._file = file
        self._lock = lock

    def discard(self) -> None:
        """Delete it."""
        _remove(self._file, self._lock)


def claim_leftover_session(paths_to_open: Iterable[str]) -> LeftoverSession | None:
    """Return the newest session that a crash left with these files and folders, or with any if there are none."""
    wanted = document_set(paths_to_open)
    for file in _newest_first(paths.data_dir() / _FOLDER):
        state = _read(file)
        if state is None or (wanted and wanted not in {state.arguments, state.opened}):
            continue
        lock = _lock(file)
        with suppress(Timeout, OSError, NotImplementedError):  # Locked: that app is still running.
            lock.acquire(blocking=False)
            state = _read(file)  # Another docqa may have claimed it since.
            if state is not None and not state.empty:
                return LeftoverSession(state, file, lock)
            _remove(file, lock)
    return None


def leftover_files() -> list[tuple[Path, tuple[str, ...]]]:
    """Return the files that crashes left, and the files and folders that each of these sessions had open."""
    folder = paths.data_dir() / _FOLDER
    left: list[tuple[Path, tuple[str, ...]]] = [(draft, ()) for draft in folder.glob(f"{DRAFT}*")]
    for file in sorted({file.with_suffix(".json") for kind in ("json", "lock") for file in folder.glob(f"*.{kind}")}):
        lock = _lock(file)
        with suppress(Timeout, OSError, NotImplementedError):  # Locked: that app is still running.
            lock.acquire(blocking=False)
            state = _read(file) or SessionState()
            lock.release()
            left += [
                (each, (*state.arguments, *state.opened)) for each in (file, Path(lock.lock_file)) if each.exists()
            ]
    return left


def _absolute(state: SessionState) -> SessionState:
    return replace(state, arguments=document_set(state.arguments), opened=document_set(state.opened))


def _newest_first(folder: Path) -> Iterator[Path]:
    dated = []
    for file in folder.glob("*.json"):
        with suppress(OSError):
            dated.append((file.stat().st_mtime, file))
    return (file for _, file in sorted(dated, reverse=True))


def _read(file: Path) -> SessionState | None:
    try:
        values = json.loads(file.read_bytes())
        arguments, opened, questions = (tuple(map(str, values[name])) for name in ("arguments", "opened", "questions"))
        return SessionState(arguments, opened, questions, str(values["draft"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None  # Deleted meanwhile, or not a session.


def _lock(file: Path) -> FileLock:
    # Acquired in one thread and released in another.
    return FileLock(file.with_suffix(".lock"), thread_local=False, mode=0o600)


def _remove(file: Path, lock: FileLock) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)
    lock.release()
    with suppress(OSError):
        Path(lock.lock_file).unlink(missing_ok=True)
