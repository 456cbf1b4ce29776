"""Names cut in the middle, so that they can still be told apart; and the folders they are in (pure)."""

import os
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path, PurePath

from docqa.terminal_text import visible


def shortened_names(names: Sequence[str], width: int) -> list[str]:
    """The names in at most `width` characters: beginnings and ends; of names that share both, where they differ."""
    shown = [middle_cut(name, width) for name in names]
    alike = defaultdict(set)
    for name, short in zip(names, shown, strict=True):
        alike[short].add(name)
    return [
        _at(name, _difference(alike[short]), width) if len(alike[short]) > 1 else short
        for name, short in zip(names, shown, strict=True)
    ]


def middle_cut(name: str, width: int) -> str:
    """Cut a name in its middle: both ends of a file's name tell it from others."""
    if len(name) <= width:
        return name
    tail = max(0, width - 1) // 2
    return name[: max(0, width - 1 - tail)] + "…" + name[len(name) - tail :]


def document_titles(names: Collection[str]) -> dict[str, str]:
    """What to call documents beside each other: by the file's name, if no other has the same."""
    files = {name: PurePath(name).name or name for name in names}
    count = Counter(files.values())
    return {name: visible(file if count[file] == 1 else name) for name, file in files.items()}


def _difference(names: Collection[str]) -> int:
    """The first character that is not the same in all names."""
    first, last = min(names), max(names)
    pairs = enumerate(zip(first, last, strict=False))
    return next((number for number, (one, other) in pairs if one != other), len(first))


def _at(name: str, difference: int, width: int) -> str:
    """A name from a bit before the character at which it differs from others."""
    room = max(1, width - 1)
    start = max(0, min(difference - width // 4, len(name) - room))
    end = start + room
    return "…" + (name[start:end] if end >= len(name) else name[start : end - 1] + "…")


def folder_of(name: str) -> str:
    """The folder of a document, with a separator at its end; "" if it has none."""
    parent = str(Path(name).parent)
    return "" if parent == "." else os.path.join(parent, "")  # noqa: PTH118 - with the separator


def folder_titles(folders: Collection[str]) -> dict[str, str]:
    """What to call folders beside each other: without the folder that all are in."""
    try:
        common = os.path.commonpath([folder or os.curdir for folder in folders])
    except ValueError:  # No folders, or absolute ones among relative ones.
        return {folder: folder or f"{os.curdir}{os.sep}" for folder in folders}
    titles = {}
    for folder in folders:
        below = os.path.relpath(folder or os.curdir, common)
        title = Path(folder).name or folder if below == os.curdir else below
        titles[folder] = os.path.join(title or os.curdir, "")  # noqa: PTH118 - with the separator
    return titles
