"""What can be opened, as a list to choose from: what was opened before, and the files below the current folder."""

import heapq
import os
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile
from pathlib import Path

from textual.content import Content

from docqa.tui.formatting import MUTED, counted, flat
from docqa.tui.screens.choose import closeness
from docqa.tui.workers import file_search
from docqa.userdata import history

_SHOWN = 200  # Who has not found it among them types more of its name.
_RECENT = 8  # Sets opened before that stand before the files, while nothing is typed.
_NAMED = 3  # Documents of a set that are named.


@dataclass(frozen=True, slots=True)
class PickedDocuments:
    """What is to be opened: with what is open, or instead of it."""

    paths: tuple[str, ...]
    instead: bool = False


@dataclass(frozen=True, slots=True)
class RecentDocuments:
    """What was opened together before, as far as it is still there, and the day of that."""

    paths: tuple[str, ...]
    day: str


SuggestionRow = tuple[Content, PickedDocuments | None]


def recent() -> list[RecentDocuments]:
    """What was opened before, the newest first. It asks the disk what is still there."""
    found = []
    for one in history.recent():
        paths = tuple(called(path) for path in one.paths if os.path.exists(path))  # noqa: PTH110 - never raises
        if paths:
            found.append(RecentDocuments(paths, one.at[:10]))
    return found


def called(path: str) -> str:
    """An absolute path as a person in the current folder calls it."""
    here = os.path.join(os.getcwd(), "")  # noqa: PTH109, PTH118 - one string, with the slash
    return path[len(here) :] if path.startswith(here) and len(path) > len(here) else path


def is_path(typed: str) -> bool:
    """Whether what is typed is a path, and not some of a name."""
    return typed.startswith(("/", "~", "./", "../", ".\\", "..\\")) or Path(typed).is_absolute()


def fitting(
    typed: str,
    before: Sequence[RecentDocuments],
    files: Sequence[str],
    is_open: Container[str] = (),
    stopped: Callable[[], bool] = lambda: False,
) -> list[SuggestionRow]:
    """What fits what is typed, the best first. For a worker thread: there may be a hundred thousand files."""
    if is_path(typed):
        return [_path(path) for path in file_search.completions(typed)]
    if not typed:
        return _all(before, files, is_open)
    words = typed.lower().split()
    sets = ((closeness(words, " ".join(one.paths)), -number, one) for number, one in enumerate(before))
    single: Iterator[tuple[float, int, RecentDocuments | str]] = (
        (closeness(words, path), -number, path) for number, path in enumerate(files, len(before))
    )
    scored = takewhile(lambda _: not stopped(), chain(sets, single))
    best = heapq.nlargest(_SHOWN, (one for one in scored if one[0] > 0), key=lambda one: one[:2])
    return [_set(one, alone=True) if isinstance(one, RecentDocuments) else _file(one, is_open) for _, _, one in best]


def _all(before: Sequence[RecentDocuments], files: Sequence[str], is_open: Container[str]) -> list[SuggestionRow]:
    rows: list[SuggestionRow] = []
    if before:
        rows += [_heading("Opened before"), *map(_set, before[:_RECENT])]
    if files:
        rows += [_heading("Files below this folder"), *(_file(path, is_open) for path in files[:_SHOWN])]
    if len(files) > _SHOWN:
        rows.append(_heading("… and more: type some of a name"))
    return rows


def _heading(text: str) -> SuggestionRow:
    return Content.styled(text, MUTED), None


def _set(one: RecentDocuments, *, alone: bool = False) -> SuggestionRow:
    names = ", ".join(map(_name, one.paths[:_NAMED]))
    if len(one.paths) > _NAMED:
        names += f" and {counted(len(one.paths) - _NAMED, 'other')}"
    folders = {_folder(path) for path in one.paths}
    about = [*(folders if len(folders) == 1 else ()), f"opened {one.day}" if alone else one.day]
    return _row(names, " · ".join(part for part in about if part)), PickedDocuments(one.paths)


def _file(path: str, is_open: Container[str]) -> SuggestionRow:
    about = [_folder(path), "open already" if path in is_open else ""]
    return _row(Path(path).name, " · ".join(part for part in about if part)), PickedDocuments((path,))


def _path(path: str) -> SuggestionRow:
    name = _name(path)
    about = [*(["all documents in it"] if name.endswith(os.sep) else []), _folder(path)]
    return _row(name, " · ".join(about)), PickedDocuments((path,))


def _row(name: str, about: str) -> Content:
    return Content(flat(name)) + Content.styled(f"  {flat(about)}" if about else "", MUTED)


def _name(path: str) -> str:
    return Path(path).name + (os.sep if os.path.isdir(path) else "") or path  # noqa: PTH112 - never raises


def _folder(path: str) -> str:
    folder = str(Path(path).parent)
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home raises where there is none
    if folder == home or folder.startswith(home + os.sep):
        return "~" + folder[len(home) :]
    return "" if folder == "." else folder
