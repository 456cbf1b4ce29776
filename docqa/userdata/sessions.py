"""Sessions of the app: what was open, asked, answered and typed, to go on with after quitting or after a crash.

Each running app has a file, and beside it a lock that the system releases when the process ends for any reason: a file
whose lock is free and that has not `ended` was left by a crash. The answers, which don't change any more, are in a
second file, to which each is appended, those in the cells of the matrix too. No text of an encrypted document is in
either.
"""

import json
import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from filelock import FileLock, Timeout

from docqa import paths
from docqa.errors import DocqaError
from docqa.files import DRAFT, atomic_write, make_private_folder
from docqa.terminal_text import as_json
from docqa.userdata.history import document_set
from docqa.userdata.kept_spans import absolute

_FOLDER = "sessions"
_KEPT = 30
"""Sessions that are kept after they have ended."""

_MALFORMED = (ValueError, TypeError, KeyError, OverflowError, RecursionError)
"""What a file that was edited by hand can raise."""

KeptAnswers = Mapping[str, Any]
"""The answers to a question, as JSON."""

Cell = tuple[str, str]
"""A cell of the matrix: the question, and the absolute name of the document that alone was asked."""


@dataclass(frozen=True, slots=True)
class SessionQuestion:
    """A question: its number in the session, and the documents that alone were asked; none if all were."""

    number: int
    question: str
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionState:
    """What the user would miss. Paths are absolute as soon as it is stored."""

    arguments: tuple[str, ...] = ()
    """The files and folders that the app was started with."""
    opened: tuple[str, ...] = ()
    """The files and folders that were open last."""
    documents: tuple[str, ...] = ()
    """The files that these were."""
    questions: tuple[SessionQuestion, ...] = ()
    """The questions, in order."""
    draft: str = ""
    """The question being typed."""
    ticked: tuple[str, ...] = ()
    """The documents that were ticked."""
    shown: int = -1
    """The number of the question that was shown."""
    closed: tuple[str, ...] = ()
    """The documents of these that were closed."""
    matrix: tuple[str, ...] = ()
    """The questions of the matrix, in order."""
    question_set: str = ""
    """The name of the question set that they are of."""
    at: str = ""
    """When it was stored (ISO 8601, UTC)."""
    ended: bool = False
    """Whether the app was quit."""

    @property
    def empty(self) -> bool:
        """Whether nothing would be lost."""
        return not self.asked and not self.draft.strip()

    @property
    def asked(self) -> bool:
        """Whether it has questions."""
        return bool(self.questions or self.matrix)


class SessionFile:
    """The files of a running app. Thread-safe."""

    def __init__(self) -> None:
        self._file = paths.data_dir() / _FOLDER / f"{uuid.uuid4().hex}.json"
        self._file_lock = _lock(self._file)
        self._thread_lock = Lock()
        self._closed = False

    def write(
        self,
        state: SessionState,
        answers: Mapping[int, KeptAnswers] | None = None,
        cells: Mapping[Cell, KeptAnswers] | None = None,
    ) -> None:
        """Replace the state, and add the answers of some questions, by their numbers, and of cells of the matrix.

        Does nothing after `end` or `delete`. Raises `DocqaError` if it can't be written.
        """
        with self._thread_lock:
            if self._closed:
                return
            try:
                make_private_folder(self._file.parent)
                if not self._file_lock.is_locked:
                    self._file_lock.acquire(blocking=False)
                lines: list[dict[str, object]] = []
                lines += ({"cell": one, "answers": each} for one, each in (cells or {}).items())
                lines += ({"number": number, "answers": each} for number, each in (answers or {}).items())
                if lines:
                    _append(_answers_of(self._file), lines)
                self._replace(state)
            except (OSError, NotImplementedError) as error:
                raise DocqaError(
                    f"can't save the session in {self._file.parent}: {getattr(error, 'strerror', None) or error}",
                    "a crash would lose what you type; check the directory's permissions and free space",
                ) from error

    def _replace(self, state: SessionState) -> None:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        with atomic_write(self._file) as opened:
            opened.write(as_json(asdict(replace(_absolute(state), at=at))).encode())

    def end(self, state: SessionState) -> None:
        """Keep the session to go on with another day, because the app quits. Does nothing if it was never written."""
        with self._thread_lock:
            if self._closed or not self._file_lock.is_locked:
                return
            self._closed = True
            if not state.asked:
                _remove(self._file, self._file_lock)
                return
            with suppress(OSError):  # What was stored before remains, as after a crash.
                self._replace(replace(state, ended=True))
            _release(self._file_lock)
        _forget_oldest()

    def delete(self) -> None:
        """Delete what was written: nothing is to be kept."""
        with self._thread_lock:
            self._closed = True
            if self._file_lock.is_locked:
                _remove(self._file, self._file_lock)


class KeptSession:
    """An earlier session. No other process can claim it until it is released, discarded, or this process ends."""

    def __init__(self, state: SessionState, file: Path, lock: FileLock) -> None:
        self.state = state
        self._file = file
        self._lock = lock

    @cached_property
    def answers(self) -> dict[int, KeptAnswers]:
        """The answers by the number of their question. What a crash left half written is not among them."""
        found: dict[int, KeptAnswers] = {}
        for values in self._lines:
            with suppress(*_MALFORMED):
                found[int(values["number"])] = values["answers"]
        return found

    @cached_property
    def cells(self) -> dict[Cell, KeptAnswers]:
        """The answers in the cells of the matrix, of each the last ones."""
        found: dict[Cell, KeptAnswers] = {}
        for values in self._lines:
            with suppress(*_MALFORMED):
                question, document = map(_text, values["cell"])
                found[question, document] = values["answers"]
        return found

    @cached_property
    def _lines(self) -> list[dict[str, Any]]:
        found = []
        with suppress(OSError):
            for line in _answers_of(self._file).read_bytes().split(b"\n"):
                with suppress(*_MALFORMED):
                    found.append(json.loads(line))
        return [values for values in found if isinstance(values, dict)]

    def release(self) -> None:
        """Leave it as it is."""
        _release(self._lock)

    def discard(self) -> None:
        """Delete it."""
        _remove(self._file, self._lock)


def claim_crashed(paths_to_open: Iterable[str]) -> KeptSession | None:
    """Return the newest session that a crash left with these files and folders, or with any if there are none."""
    return _claim(paths_to_open, lambda state: not state.ended)


def claim_newest(paths_to_open: Iterable[str]) -> KeptSession | None:
    """Return the newest session with these files and folders, or with any if there are none, however it ended."""
    return _claim(paths_to_open, lambda state: state.asked)


def claim(name: str) -> KeptSession | None:
    """Return the session of this name; None if it is gone, or another docqa has it."""
    return _claim_file(paths.data_dir() / _FOLDER / f"{name}.json", lambda _: True)


def kept_sessions() -> dict[tuple[str, ...], tuple[str, SessionState]]:
    """Return the newest session of each set of files and folders that has questions, with its name; newest first."""
    found: dict[tuple[str, ...], tuple[str, SessionState]] = {}
    for file in _newest_first(paths.data_dir() / _FOLDER):
        state = _read(file)
        if state is not None and state.asked and (state.ended or not _is_running(file)):
            found.setdefault(document_set(state.opened), (file.stem, state))
    return found


def session_files() -> list[tuple[Path, tuple[str, ...]]]:
    """Return the files of all sessions that are not running, and what each of them had open."""
    folder = paths.data_dir() / _FOLDER
    left: list[tuple[Path, tuple[str, ...]]] = [(draft, ()) for draft in folder.glob(f"{DRAFT}*")]
    for file in sorted({folder / f"{each.name.partition('.')[0]}.json" for each in folder.glob("[!.]*.*")}):
        lock = _lock(file)
        with suppress(Timeout, OSError, NotImplementedError):  # Locked: that app is still running.
            lock.acquire(blocking=False)
            state = _read(file) or SessionState()
            lock.release()
            names = (*state.arguments, *state.opened, *state.documents)
            left += [(each, names) for each in (file, _answers_of(file), Path(lock.lock_file)) if each.exists()]
    return left


def _claim(paths_to_open: Iterable[str], wanted: Callable[[SessionState], bool]) -> KeptSession | None:
    named = document_set(paths_to_open)
    for file in _newest_first(paths.data_dir() / _FOLDER):
        state = _read(file)
        if state is None or (named and named not in {state.arguments, document_set(state.opened)}) or not wanted(state):
            continue
        found = _claim_file(file, wanted)
        if found is not None:
            return found
    return None


def _claim_file(file: Path, wanted: Callable[[SessionState], bool]) -> KeptSession | None:
    lock = _lock(file)
    with suppress(Timeout, OSError, NotImplementedError):  # Locked: that app is still running.
        lock.acquire(blocking=False)
        state = _read(file)  # Another docqa may have claimed it since.
        if state is not None and not state.empty and wanted(state):
            return KeptSession(state, file, lock)
        if state is None or state.empty:
            _remove(file, lock)
        else:
            _release(lock)
    return None


def _is_running(file: Path) -> bool:
    lock = _lock(file)
    try:
        lock.acquire(blocking=False)
    except (Timeout, OSError, NotImplementedError):
        return True
    _release(lock)
    return False


def _forget_oldest() -> None:
    ended = (file for file in _newest_first(paths.data_dir() / _FOLDER) if (state := _read(file)) and state.ended)
    for number, file in enumerate(ended):
        if number >= _KEPT and (found := _claim_file(file, lambda state: state.ended)):
            found.discard()


def _absolute(state: SessionState) -> SessionState:
    return replace(
        state,
        arguments=document_set(state.arguments),
        opened=tuple(dict.fromkeys(map(absolute, state.opened))),  # In their order, as the list shows them.
        documents=tuple(dict.fromkeys(map(absolute, state.documents))),
        ticked=document_set(state.ticked),
        closed=document_set(state.closed),
        questions=tuple(replace(one, only=tuple(map(absolute, one.only))) for one in state.questions),
    )


def _answers_of(file: Path) -> Path:
    return file.with_suffix(".answers.jsonl")


def _append(file: Path, lines: Iterable[Mapping[str, object]]) -> None:
    """Append lines, each of which begins with a line end: the last one may have been left half written."""
    text = b"".join(b"\n" + as_json(line).encode() for line in lines)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())


def _newest_first(folder: Path) -> Iterator[Path]:
    dated = []
    for file in folder.glob("*.json"):
        with suppress(OSError):
            dated.append((file.stat().st_mtime, file))
    return (file for _, file in sorted(dated, reverse=True))


def _read(file: Path) -> SessionState | None:
    try:
        values = json.loads(file.read_bytes())
        sets = ("arguments", "opened", "documents", "ticked", "closed", "matrix")
        texts = {name: _texts(values[name]) for name in sets}
        questions = tuple(
            SessionQuestion(int(one["number"]), _text(one["question"]), _texts(one["only"]))
            for one in values["questions"]
        )
        return SessionState(
            **texts,
            questions=questions,
            draft=_text(values["draft"]),
            shown=int(values["shown"]),
            question_set=_text(values["question_set"]),
            at=_date(values["at"], file),
            ended=bool(values["ended"]),
        )
    except (OSError, *_MALFORMED):
        return None  # Deleted meanwhile, or not a session.


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _texts(values: object) -> tuple[str, ...]:
    if not isinstance(values, list):  # The characters of a string are no questions.
        raise TypeError(values)
    return tuple(map(_text, values))


def _date(at: object, file: Path) -> str:
    """When a session was stored: what its file says, or if that is no date, that of the file."""
    try:
        return datetime.fromisoformat(str(at)).astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat(timespec="seconds")


def _lock(file: Path) -> FileLock:
    # Acquired in one thread and released in another.
    return FileLock(file.with_suffix(".lock"), thread_local=False, mode=0o600)


def _release(lock: FileLock) -> None:
    # While it is held, so that the file that another process locks then is not deleted under it.
    with suppress(OSError):
        Path(lock.lock_file).unlink(missing_ok=True)
    lock.release()


def _remove(file: Path, lock: FileLock) -> None:
    """Delete the state first: answers without one are nothing."""
    for each in (file, _answers_of(file)):
        with suppress(OSError):
            each.unlink(missing_ok=True)
    _release(lock)
