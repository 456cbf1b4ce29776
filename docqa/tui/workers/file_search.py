"""The files below a folder that docqa can open, and the paths that go on as one begins that is being typed.

Both ask the disk, and are for worker threads.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice

from docqa.documents.formats import by_suffix, suffixes

MOST = 100_000
"""Files that are found. Who has more below one folder opens a folder in it."""

_LOOKED_AT = 1_000_000  # What is looked at in all: a whole disk has more, and nobody waits for it.
_COMPLETIONS = 200

# Folders that programs fill; hidden ones are left out anyway.
_JUNK = {"__pycache__", "node_modules", "bower_components", "site-packages"}
_MARKS = {"CACHEDIR.TAG", "pyvenv.cfg"}
"""What stands in a cache, and in a virtual environment."""


def files(folder: str, stopped: Callable[[], bool]) -> Iterator[list[str]]:
    """The files below `folder` as paths from there, folder by folder, the nearest first; at most `MOST` of them.

    It ends when `stopped()`. A link to a folder is not followed: it may lead back up.
    """
    supported = frozenset(suffixes())
    waiting = deque([""])
    looked_at = found = 0
    while waiting and looked_at < _LOOKED_AT and found < MOST and not stopped():
        here = waiting.popleft()
        entries = _entries(os.path.join(folder, here), _LOOKED_AT - looked_at)  # noqa: PTH118 - "" stays ""
        looked_at += len(entries)
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
        batch = batch[: MOST - found]
        found += len(batch)
        if batch:
            yield batch


def completions(typed: str) -> list[str]:
    """The files that docqa can open and the folders, with a slash at their ends, whose paths begin as typed.

    The path itself comes first, where it is one. `~` is the home folder.
    """
    path = os.path.expanduser(typed)  # noqa: PTH111 - Path.expanduser raises where there is no home
    folder, begun = os.path.split(path)
    fitting = [
        os.path.join(folder, entry.name) + (os.sep if entry_is_folder else "")  # noqa: PTH118
        for entry in _entries(folder or ".", _LOOKED_AT)
        if entry.name.lower().startswith(begun.lower()) and (begun.startswith(".") or not entry.name.startswith("."))
        for entry_is_folder in [_is_folder(entry, follow=True)]
        if entry_is_folder or by_suffix(entry.name)
    ]
    here = [path] if os.path.exists(path) else []  # noqa: PTH110 - false where the path is impossible
    return [*here, *islice((one for one in fitting if one.rstrip(os.sep) != path.rstrip(os.sep)), _COMPLETIONS)]


def _entries(folder: str, most: int) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder or ".") as entries:
            return sorted(islice(entries, most), key=lambda entry: entry.name)
    except (OSError, ValueError):
        return []  # Not to be read, or gone meanwhile: what is in it can't be opened either.


def _is_folder(entry: "os.DirEntry[str]", *, follow: bool) -> bool:
    try:
        return entry.is_dir(follow_symlinks=follow)
    except OSError:
        return False
