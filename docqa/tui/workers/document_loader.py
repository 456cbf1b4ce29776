"""Opening documents in a worker thread.

`docqa.engine` is imported in the worker: it brings numpy, the tokenizers and later torch, and the first frame must not
wait for them.
"""

import os
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING

from docqa.config import Settings
from docqa.errors import DocqaError, unexpected
from docqa.freed_memory import keep_little_freed_memory
from docqa.progress import Cancelled, Monitor, Progress
from docqa.tui.workers.events import (
    DocumentFailed,
    DocumentOpened,
    DocumentsChanged,
    DocumentsFound,
    DocumentsOpened,
    EngineStarted,
    FilesLeftOut,
    OpeningFailed,
    OpeningProgressed,
    PostEvent,
    WarningRaised,
)
from docqa.userdata import history

if TYPE_CHECKING:
    from docqa.collection import Collection as Opened
    from docqa.collection import Failure, IndexedDocument
    from docqa.documents import LeftOut
    from docqa.engine import Engine

MakeEngine = Callable[[Settings], "Engine"]

_FileStamp = tuple[int, int] | None
"""A file's modification time in nanoseconds and its size in bytes; None if it can't be read."""

_INTERVAL = 0.05  # Seconds between two progress reports of one stage: a screen needs no more.


def default_engine(settings: Settings) -> "Engine":
    """Make an engine, importing what it needs."""
    from docqa.engine import Engine

    return Engine(settings)


class DocumentLoader:
    """Opens documents and keeps them, so that each `run` opens only what is not open yet."""

    def __init__(
        self,
        paths: Sequence[str],
        settings: Settings,
        password: str | None,
        post: PostEvent,
        make_engine: MakeEngine = default_engine,
        *,
        remembers: bool = True,
    ) -> None:
        keep_little_freed_memory()  # Before threads have arenas of their own.
        self.paths = tuple(paths)
        """The files and folders to open, as the user named them."""
        self.engine: Engine | None = None
        """The engine of the last run; None before the first."""
        self._before: Engine | None = None
        """The engine before, until another has taken over the models that stay the same."""
        self._settings = settings
        self._reload = False
        self._password = password
        self._post = post
        self._make_engine = make_engine
        self._remembers = remembers
        self._opened: dict[str, IndexedDocument] = {}
        self._stamps: dict[str, _FileStamp] = {}
        """Each document's file, as it was just before it was opened."""
        self._reported: tuple[str, str, float] = ("", "", 0.0)
        """Stage, item and time of the last progress report."""
        self._remembered: tuple[str, ...] = ()
        self._told: set[tuple[str, str]] = set()
        """What was passed over in folders, and has been said."""
        self._checking = Lock()
        self.closed_together: tuple[tuple[str, ...], ...] = ()
        """Documents that the user closed, each with those that were closed with it; the last ones first."""

    @property
    def closed(self) -> frozenset[str]:
        """The documents that the user closed."""
        return frozenset(chain.from_iterable(self.closed_together))

    def add_paths(self, paths: Iterable[str], *, without: Collection[str] = (), replace: bool = False) -> None:
        """Have the next run open these paths as well, or only these, but `without` some of the documents there.

        What else is at these paths is no longer closed.
        """
        added = list(paths)
        again = {name for name in self.closed if any(_is_at(name, path) for path in added)}
        self._take_back(again)
        if without:
            self._close(without)
        self.paths = tuple(dict.fromkeys([*(() if replace else self.paths), *added]))

    def close(self, names: Collection[str]) -> None:
        """Don't open these documents, until their paths are added again."""
        self._close(names)
        self.paths = tuple(path for path in self.paths if path not in names)
        self.forget(names)

    def _close(self, names: Collection[str]) -> None:
        self._take_back(names)  # Each is in one group.
        self.closed_together = (tuple(names), *self.closed_together)

    def _take_back(self, names: Collection[str]) -> None:
        """Note that these documents are no longer closed."""
        left = (tuple(name for name in group if name not in names) for group in self.closed_together)
        self.closed_together = tuple(filter(None, left))

    def rebuild(self, collection: "Opened") -> None:
        """Post `DocumentsOpened` with what remains of a collection."""
        opened = [one for one in collection.opened if one.document.name not in self.closed]
        failures = [failure for failure in collection.failures if failure.path not in self.closed]
        remaining = type(collection)(collection.engine, opened, failures, collection.left_out)
        self._post(DocumentsOpened(remaining))

    def use_settings(self, settings: Settings, *, reload: bool) -> None:
        """Apply settings from the next run on. `reload` opens every document again, by another engine.

        A run in progress is not affected.
        """
        self._settings = settings
        self._reload = self._reload or reload

    def check_files(self) -> None:
        """Post `DocumentsChanged` if a file changed after it was opened."""
        if not self._checking.acquire(blocking=False):
            return  # The last check still waits for a slow disk.
        try:
            stamps = [(name, self._stamps[name], _file_stamp(name)) for name in list(self._opened)]
            changed = [name for name, then, now in stamps if now not in {then, None}]
            if changed:
                self._post(DocumentsChanged(tuple(changed)))
        finally:
            self._checking.release()

    def forget(self, names: Iterable[str]) -> None:
        """Have the next run open these documents again."""
        for name in names:
            self._opened.pop(name, None)

    def run(self, cancel: Event) -> None:
        """Open what is not open yet. Ends with `DocumentsOpened` or `OpeningFailed`, and raises nothing."""
        try:
            self._run(Monitor(self._report, cancel))
        except DocqaError as error:
            self._post(OpeningFailed(error))
        except Exception as error:  # noqa: BLE001 - shown in place of the answers
            self._post(OpeningFailed(unexpected(error)))

    def _run(self, monitor: Monitor) -> None:
        from docqa.answers import DocumentWarning
        from docqa.collection import Collection

        engine = self._start_engine()
        engine.check_models()
        failures: list[Failure] = []
        left_out: list[LeftOut] = []
        cancelled = False
        names: list[str] = []
        try:
            names = self._find(monitor, failures, left_out)
            for name in names:
                if name not in self._opened and name not in self.closed:
                    self._open(name, engine, monitor, failures)
        except Cancelled:
            cancelled = True
        found = ((name, self._opened.get(name)) for name in names)
        opened = [one for name, one in found if one is not None and name not in self.closed]
        passed_over = [DocumentWarning(*each) for each in left_out]
        self._post(DocumentsOpened(Collection(engine, opened, failures, passed_over), cancelled=cancelled))

    def _start_engine(self) -> "Engine":
        from docqa.models.loading import map_torch

        if self._reload:
            self._before, self.engine = self.engine or self._before, None
            self._reload, self._opened = False, {}
        settings = self._settings
        if self.engine is None:
            self.engine = self._make_engine(settings)
            if self._before is not None:
                self.engine.keep_loaded(self._before)
                self._before = None  # Before another reader is loaded.
        elif settings != self.engine.settings:
            self.engine = self.engine.with_settings(settings)
        encoder = self.engine.encoder
        if self.engine.reader.needs_torch or (encoder is not None and encoder.needs_torch):
            # Not in the thread that loads the weights: while a library is mapped, other imports wait for the lock.
            map_torch()
        self.engine.load_in_background()
        self._post(EngineStarted(self.engine.reader.name, encoder.model.name if encoder else ""))
        return self.engine

    def _find(self, monitor: Monitor, failures: "list[Failure]", left_out: "list[LeftOut]") -> list[str]:
        from docqa import documents

        names: list[str] = []
        for path in documents.expand(self.paths, left_out):
            monitor.check()
            if isinstance(path, DocqaError):
                self._fail("", path, failures)
            elif path == documents.STDIN:
                error = DocqaError("the app can't read a document from standard input", "save it to a file first")
                self._fail("", error, failures)
            elif path not in self.closed:
                names.append(path)
        if new := [one for one in left_out if one not in self._told]:
            self._told.update(new)
            self._post(FilesLeftOut("; ".join(f"{Path(folder).name or folder}: {message}" for folder, message in new)))
        for closed in self._opened.keys() - set(names):
            del self._opened[closed]
        self._remember(names)
        asked_before = history.questions_about(names, history.entries()) if self._remembers else ()
        self._post(DocumentsFound(tuple(names), asked_before))
        return names

    def _remember(self, names: Sequence[str]) -> None:
        if not (names and self._remembers and self._settings.remembers) or self.paths == self._remembered:
            return
        self._remembered = self.paths
        try:
            history.remember_opened(filter(os.path.exists, self.paths))  # Never raises, unlike `Path.exists`.
        except DocqaError as error:
            self._post(WarningRaised(error))

    def _open(self, name: str, engine: "Engine", monitor: Monitor, failures: "list[Failure]") -> None:
        monitor.update("opening", name, 0, 0)
        self._stamps[name] = _file_stamp(name)  # Before reading it: a later write is a change.
        try:
            self._opened[name] = engine.index(name, monitor, self._password)
        except DocqaError as error:
            self._fail(name, error, failures)
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001 - a file that breaks its parser must not stop the others
            self._fail(name, unexpected(error), failures)
        else:
            self._post(DocumentOpened(self._opened[name].document))

    def _fail(self, name: str, error: DocqaError, failures: "list[Failure]") -> None:
        from docqa.collection import Failure

        failures.append(Failure(name, error))
        self._post(DocumentFailed(name, error))

    def _report(self, progress: Progress) -> None:
        stage, item, at = self._reported
        now = time.monotonic()
        if (progress.stage, progress.item) != (stage, item) or now - at >= _INTERVAL:
            self._reported = (progress.stage, progress.item, now)
            self._post(OpeningProgressed(progress))


def _is_at(name: str, path: str) -> bool:
    """Whether a document is the file at a path, or in the folder."""
    file, where = os.path.abspath(name), os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links
    return file == where or file.startswith(os.path.join(where, ""))  # noqa: PTH118 - with the separator


def _file_stamp(name: str) -> _FileStamp:
    try:
        status = Path(name).stat()
    except OSError:
        return None  # Moved, or its disk is offline: the open document can still be queried.
    return status.st_mtime_ns, status.st_size
