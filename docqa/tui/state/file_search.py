"""Finding files that docqa can open, and completing paths. Reads the disk: call it in a worker thread."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice

MAX_FILES = 100_000
"""The search stops after this many files."""

_MAX_ENTRIES = 1_000_000  # Directory entries read in all: a whole disk has more.
_COMPLETIONS = 200

# Folders filled by programs. Hidden folders are skipped anyway.
_JUNK = {"__pycache__", "node_modules", "bower_components", "site-packages"}
_MARKS = {"CACHEDIR.TAG", "pyvenv.cfg"}
"""Files that mark a cache or a virtual environment."""


def find_files(folder: str, stopped: Callable[[], bool]) -> Iterator[list[str]]:
    """Yield the files below `folder`, one batch a folder, breadth first; at most `MAX_FILES`, relative to it.

    Stops when `stopped()`. Links to folders are not followed: they may lead back up.
    """
    from docqa.documents.formats import suffixes  # The first frame need not wait for it.

    supported = frozenset(suffixes())
    waiting = deque([""])
    entries_read = found = 0
    while waiting and entries_read < _MAX_ENTRIES and found < MAX_FILES and not stopped():
        here = waiting.popleft()
        entries = _entries(os.path.join(folder, here), _MAX_ENTRIES - entries_read)  # noqa: PTH118 - "" stays ""
        entries_read += len(entries)
        if here and any(entry.name in _MARKS for entry in entries):
            continue
        batch = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            path = os.path.join(here, entry.name)  # noqa: PTH118 - a Path for each of 100,000 files takes a second
            if _is_folder(entry, follow=False):
                if entry.name not in _JUNK:
                    waiting.append(path)
            elif os.path.splitext(entry.name)[1].lower() in supported:  # noqa: PTH122
                batch.append(path)
        batch = batch[: MAX_FILES - found]
        found += len(batch)
        if batch:
            yield batch


def completions(typed: str) -> list[str]:
    """Return the folders (with a trailing slash) and openable files whose paths begin with the typed text.

    If the text itself is an existing path, it comes first. `~` is the home folder.
    """
    from docqa.documents.formats import by_suffix

    path = os.path.expanduser(typed)  # noqa: PTH111 - Path.expanduser raises where there is no home
    folder, prefix = os.path.split(path)
    matching = [
        os.path.join(folder, entry.name) + (os.sep if entry_is_folder else "")  # noqa: PTH118
        for entry in _entries(folder or ".", _MAX_ENTRIES)
        if entry.name.lower().startswith(prefix.lower()) and (prefix.startswith(".") or not entry.name.startswith("."))
        for entry_is_folder in [_is_folder(entry, follow=True)]
        if entry_is_folder or by_suffix(entry.name)
    ]
    here = [path] if os.path.exists(path) else []  # noqa: PTH110 - false where the path is impossible
    return [*here, *islice((one for one in matching if one.rstrip(os.sep) != path.rstrip(os.sep)), _COMPLETIONS)]


def _entries(folder: str, limit: int) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder or ".") as entries:
            return sorted(islice(entries, limit), key=lambda entry: entry.name)
    except (OSError, ValueError):
        return []  # Unreadable, or deleted meanwhile.


def _is_folder(entry: "os.DirEntry[str]", *, follow: bool) -> bool:
    try:
        return entry.is_dir(follow_symlinks=follow)
    except OSError:
        return False
