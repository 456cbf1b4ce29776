"""What docqa has left on this machine, and how to delete it: all of it, or what is kept of some documents."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from docqa import config, documents, paths
from docqa.array_store import ArrayStore
from docqa.errors import DocqaError
from docqa.files import DRAFT, lock_beside
from docqa.index_cache import content_mark, mark_of, remembered_name
from docqa.models import registry
from docqa.userdata import annotations, corrections, history, preferences, sessions
from docqa.userdata.kept_spans import KeptSpan
from docqa.wording import counted

_INDEX = "index"
_NAMES = "names"


class TraceKind(StrEnum):
    """What a trace is of."""

    CACHE = "cache"
    HISTORY = "history"
    CORRECTIONS = "corrections"
    TRAINING = "training"
    MODELS = "models"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Trace:
    """Something that docqa keeps: what it is in words, where, and its size in bytes. `delete` raises `DocqaError`."""

    kind: TraceKind
    what: str
    where: Path
    size: int
    delete: Callable[[], None]


def all_traces() -> list[Trace]:
    """Everything that docqa has written into its own directories, except the sessions of apps that are running."""
    return [*_cache(), *_history(), *_corrections(), *_training(), *_models(), *_settings()]


def traces_of(names: Sequence[str]) -> list[Trace]:
    """What docqa keeps of these files, and of the files in these folders, which may be gone.

    Of unfinished trainings and of trained readers it can't be told which documents they learned from.
    """
    about = _About(names)
    found = [_index_of(about), *_sessions(about)]
    lines = history.count_about(about)
    if lines:
        what = f"{counted(lines, 'line')} of the history"
        found.append(Trace(TraceKind.HISTORY, what, history.file(), 0, partial(history.forget, about)))
    for store, noun in ((corrections, "correction"), (annotations, "annotation")):
        count = store.count_about(about.of)
        if count:
            forget = partial(store.forget, about.of)
            found.append(Trace(TraceKind.CORRECTIONS, counted(count, noun), store.file(), 0, forget))
    return [trace for trace in found if trace is not None]


class _About:
    """Whether an absolute path, as docqa stores it, is one of these files or in one of these folders."""

    def __init__(self, names: Iterable[str]) -> None:
        given = [name for name in names if name != documents.STDIN]
        # As the history has them, and where links lead.
        self._names = {each for name in given for each in (os.path.abspath(name), os.path.realpath(name))}  # noqa: PTH100
        self.marks = {content_mark(digest) for name in names for digest in _digests(name)}

    def of(self, kept: KeptSpan) -> bool:
        """Whether a span that the user marked is in one of the files, or in one with the same content."""
        return self(kept.document) or (bool(kept.sha256) and content_mark(kept.sha256) in self.marks)

    def __call__(self, stored: str) -> bool:
        return stored in self._names or any(str(folder) in self._names for folder in Path(stored).parents)


def _digests(name: str) -> Iterator[str]:
    """The digests of the file of this name, or of those in a folder, as they are now."""
    if name == documents.STDIN:
        yield documents.read(name).sha256
        return
    for path in documents.expand([name]):
        if isinstance(path, str) and Path(path).is_file():
            with suppress(OSError), Path(path).open("rb") as opened:
                yield hashlib.file_digest(opened, "sha256").hexdigest()


def _index_of(about: _About) -> Trace | None:
    store, folder = ArrayStore.in_cache(_INDEX), paths.cache_dir() / _INDEX
    marks = set(about.marks)
    for file in (folder / _NAMES).glob("*.npz"):
        entry = store.get(_NAMES, file.stem)
        if entry is not None and about(remembered_name(entry)):
            marks.add(mark_of(file.stem))
    found = [file for file in folder.glob("*/*.npz") if mark_of(file.stem) in marks]
    if not found:
        return None
    count = len({mark_of(file.stem) for file in found})
    documents_or_versions = "1 document" if count == 1 else f"{count:,} documents, or versions of them"
    what = f"the text, tokens and vectors of {documents_or_versions}"
    return Trace(TraceKind.CACHE, what, folder, sum(map(_size, found)), partial(_delete, found))


def _cache() -> Iterator[Trace]:
    for entry in _entries(paths.cache_dir()):
        what = "other caches"
        if entry.name == _INDEX:
            what = f"the text, tokens and vectors of {counted(len(list(entry.glob('documents/*.npz'))), 'document')}"
        elif entry.name == "readers":
            what = "whether readers run in int8 here; nothing of a document"
        yield _trace(TraceKind.CACHE, what, entry)


def _history() -> Iterator[Trace]:
    if history.file().is_file():
        what = f"{counted(len(history.entries()), 'question')}, and what was opened"
        delete = partial(_delete, [history.file(), lock_beside(history.file())])
        yield Trace(TraceKind.HISTORY, what, history.file(), _size(history.file()), delete)
    yield from _sessions(None)
    # What a kill left of files that were being written.
    for draft in paths.data_dir().glob(f"{DRAFT}*"):
        yield _trace(TraceKind.HISTORY, "part of a file", draft)


def _sessions(about: Callable[[str], bool] | None) -> list[Trace]:
    left = [file for file, names in sessions.session_files() if about is None or any(map(about, names))]
    if not left:
        return []
    what = f"{counted(sum(file.suffix == '.json' for file in left), 'session')} of the app, with answers"
    return [Trace(TraceKind.HISTORY, what, left[0].parent, sum(map(_size, left)), partial(_delete, left))]


def _corrections() -> Iterator[Trace]:
    for file, noun in ((corrections.file(), "correction"), (annotations.file(), "annotation")):
        if file.is_file():
            count = sum(1 for line in file.read_bytes().split(b"\n") if line.strip())
            delete = partial(_delete, [file, lock_beside(file)])
            yield Trace(TraceKind.CORRECTIONS, counted(count, noun), file, _size(file), delete)


def _training() -> Iterator[Trace]:
    for entry in _entries(paths.data_dir() / "training"):
        if entry.is_dir():
            delete = partial(_delete_locked, lock_beside(entry), [entry])
            yield Trace(TraceKind.TRAINING, f"the unfinished training of {entry.name}", entry, _size(entry), delete)


def _models() -> Iterator[Trace]:
    folder = registry.models_dir()
    if folder.is_dir():
        names = [model.name for model in registry.installed() if model.source != registry.BUNDLED]
        what = counted(len(names), "model") + (f": {', '.join(names)}" if names else "")
        lock = folder / ".partial" / ".lock"
        yield Trace(TraceKind.MODELS, what, folder, _size(folder), partial(_delete_locked, lock, [folder]))


def _settings() -> Iterator[Trace]:
    if config.file().is_file():
        yield _trace(TraceKind.SETTINGS, "your settings", config.file())
    if preferences.file().is_file():
        yield _trace(TraceKind.SETTINGS, "the app's theme", preferences.file())


def _trace(kind: TraceKind, what: str, where: Path) -> Trace:
    return Trace(kind, what, where, _size(where), partial(_delete, [where]))


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _size(path: Path) -> int:
    """The size of a file, or of all that is in a folder; 0 for what is gone."""
    if path.is_dir() and not path.is_symlink():
        return sum(map(_size, _entries(path)))
    try:
        return path.lstat().st_size
    except OSError:
        return 0


@contextmanager
def _readable_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        pass  # Somebody else deleted it.
    except OSError as error:
        raise DocqaError(
            f"{error.filename or path} can't be deleted: {error.strerror or error}", "check its folder's permissions"
        ) from error


def _delete(found: Sequence[Path]) -> None:
    """Delete files, links and folders; and the folders above that become empty, up to docqa's own."""
    for path in found:
        with _readable_errors(path):
            # A link is deleted, never what it leads to.
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    roots = {paths.config_dir(), paths.data_dir(), paths.cache_dir()}
    for path in found:
        for folder in path.parents:
            if not any(folder.is_relative_to(root) for root in roots):
                break
            with suppress(OSError):  # It isn't empty.
                folder.rmdir()


def _delete_locked(lock: Path, found: Sequence[Path]) -> None:
    """Delete what another process might be writing, unless it is."""
    if lock.is_file():
        try:
            with FileLock(lock, timeout=0, mode=0o600):
                _delete(found)
        except Timeout:
            raise DocqaError(
                f"{found[0]} is being written by another docqa", "wait for it, or end it, then run this again"
            ) from None
        _delete([lock])
    else:
        _delete(found)
