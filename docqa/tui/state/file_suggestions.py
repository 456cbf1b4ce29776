"""Suggestions of what to open: recently opened documents, and the files below the current folder. Reads the disk."""

import heapq
import os
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile
from pathlib import Path

from docqa.terminal_text import visible
from docqa.tui.state import file_search
from docqa.tui.state.choices import Choice, match_score
from docqa.userdata import history, sessions
from docqa.userdata.sessions import SessionState
from docqa.wording import counted

_MAX_FILES = 200  # Shown; typing more of a name narrows them.
_MAX_RECENT = 8  # Recent sets shown before the files while nothing is typed.
_MAX_NAMES = 3  # Documents named in the row of a set.


@dataclass(frozen=True, slots=True)
class PickedDocuments:
    """Paths to open, in addition to the open documents or instead of them."""

    paths: tuple[str, ...]
    instead: bool = False
    session: str = ""
    """The name of an earlier session to go on with, "" for none."""


@dataclass(frozen=True, slots=True)
class RecentDocuments:
    """Paths that were opened together and still exist, and the day they were.

    `session` is the name of the last session with them, and `questions` how many were asked in it.
    """

    paths: tuple[str, ...]
    day: str
    session: str = ""
    questions: int = 0


SuggestionRow = Choice[PickedDocuments]


def recent() -> list[RecentDocuments]:
    """Return the sets of documents opened before, newest first, with the session in which they were asked last."""
    found = []
    kept = sessions.kept_sessions()
    for entry in history.recent():
        paths = tuple(relative(path) for path in entry.paths if os.path.exists(path))  # noqa: PTH110 - never raises
        if paths:
            name, state = kept.get(entry.paths, ("", SessionState()))
            found.append(RecentDocuments(paths, entry.at[:10], name, len(state.questions) or len(state.matrix)))
    return found


def relative(path: str) -> str:
    """Return an absolute path relative to the current folder if it is below that, else unchanged."""
    here = os.path.join(os.getcwd(), "")  # noqa: PTH109, PTH118 - one string, with the slash
    return path[len(here) :] if path.startswith(here) and len(path) > len(here) else path


def is_path(typed: str) -> bool:
    """Whether the typed text is a path rather than part of a name."""
    return typed.startswith(("/", "~", "./", "../", ".\\", "..\\")) or Path(typed).is_absolute()


def suggestions(
    typed: str,
    recents: Sequence[RecentDocuments],
    files: Sequence[str],
    is_open: Container[str] = (),
    stopped: Callable[[], bool] = lambda: False,
) -> list[SuggestionRow]:
    """Return the rows that match the typed text, best first. Call it in a thread: there may be 100,000 files."""
    if is_path(typed):
        return [_path_row(path) for path in file_search.completions(typed)]
    if not typed:
        return _all_rows(recents, files, is_open)
    words = typed.lower().split()
    sets = ((match_score(words, " ".join(one.paths)), -number, one) for number, one in enumerate(recents))
    single: Iterator[tuple[float, int, RecentDocuments | str]] = (
        (match_score(words, path), -number, path) for number, path in enumerate(files, len(recents))
    )
    scored = takewhile(lambda _: not stopped(), chain(sets, single))
    best = heapq.nlargest(_MAX_FILES, (item for item in scored if item[0] > 0), key=lambda item: item[:2])
    return [
        _recent_row(item, alone=True) if isinstance(item, RecentDocuments) else _file_row(item, is_open)
        for _, _, item in best
    ]


def _all_rows(recents: Sequence[RecentDocuments], files: Sequence[str], is_open: Container[str]) -> list[SuggestionRow]:
    rows: list[SuggestionRow] = []
    if recents:
        rows += [_heading("Opened before"), *map(_recent_row, recents[:_MAX_RECENT])]
    if files:
        rows += [_heading("Files below this folder"), *(_file_row(path, is_open) for path in files[:_MAX_FILES])]
    if len(files) > _MAX_FILES:
        rows.append(_heading("… and more: type part of a name"))
    return rows


def _heading(text: str) -> SuggestionRow:
    return Choice(text, None)


def _recent_row(recent: RecentDocuments, *, alone: bool = False) -> SuggestionRow:
    names = ", ".join(map(_name, recent.paths[:_MAX_NAMES]))
    if len(recent.paths) > _MAX_NAMES:
        names += f" and {counted(len(recent.paths) - _MAX_NAMES, 'other')}"
    folders = {_folder(path) for path in recent.paths}
    details = [*(folders if len(folders) == 1 else ()), f"opened {recent.day}" if alone else recent.day]
    if recent.questions:
        details.append(f"{counted(recent.questions, 'question')} with answers")
    return _row(names, details, recent.paths, recent.session)


def _file_row(path: str, is_open: Container[str]) -> SuggestionRow:
    return _row(Path(path).name, [_folder(path), "already open" if path in is_open else ""], (path,))


def _path_row(path: str) -> SuggestionRow:
    name = _name(path)
    return _row(name, [*(["all documents in it"] if name.endswith(os.sep) else []), _folder(path)], (path,))


def _row(name: str, details: Sequence[str], paths: tuple[str, ...], session: str = "") -> SuggestionRow:
    about = " · ".join(filter(None, details))
    return Choice(visible(name), PickedDocuments(paths, session=session), after=f"  {visible(about)}" if about else "")


def _name(path: str) -> str:
    return Path(path).name + (os.sep if os.path.isdir(path) else "") or path  # noqa: PTH112 - never raises


def _folder(path: str) -> str:
    folder = str(Path(path).parent)
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home raises where there is none
    if folder == home or folder.startswith(home + os.sep):
        return "~" + folder[len(home) :]
    return "" if folder == "." else folder
