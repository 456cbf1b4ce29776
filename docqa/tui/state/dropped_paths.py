"""The files that a pasted text names: terminals paste the path of a file that is dropped on them.

Each quotes in its own way: not at all, as for a shell, or as `file://` addresses; several stand on lines of their own
or with spaces between them.
"""

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes
from urllib.request import url2pathname

_LONGEST = 1 << 16  # Characters from which on a text is no list of paths.


def named(text: str) -> list[str]:
    """The files and folders that a text consists of, all of which exist; none where it is anything else.

    It asks the disk.
    """
    return next((paths for paths in readings(text) if all(_exists(path) for path in paths)), [])


def readings(text: str) -> Iterator[list[str]]:
    """What a text may be as a list of paths, the likeliest first; nothing where it can't be one (pure)."""
    if len(text) > _LONGEST or "\0" in text:
        return
    lines = [line.strip("\r\n") for line in re.split(r"\r\n|\r|\n", text)]
    for parts in ([text.strip()], [line.strip() for line in lines], _as_shell(text), _as_windows(text)):
        paths = [_path(part) for part in parts if part]
        if paths and all(map(_looks_like_one, paths)):
            yield paths


def _as_shell(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # A quotation that doesn't end, as in “don't”.
        return []


def _as_windows(text: str) -> list[str]:
    """Double quotes around what has spaces, and backslashes that are just that."""
    return [quoted or bare for quoted, bare in re.findall(r'"([^"]+)"|(\S+)', text)]


def _path(part: str) -> str:
    if part.startswith("file://"):
        rest = part.removeprefix("file://")
        rest = rest[max(0, rest.find("/")) :]  # Without the host, which is this machine.
        return url2pathname(rest) if os.name == "nt" else os.fsdecode(unquote_to_bytes(rest))
    if part == "~" or part.startswith(("~/", "~\\")):
        return os.path.expanduser(part)  # noqa: PTH111 - Path.expanduser raises where there is no home
    return part


def _looks_like_one(path: str) -> bool:
    """A word alone is text, even where a file happens to be called so."""
    return os.sep in path or "/" in path or bool(Path(path).suffix)


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # Too long for a name, say.
        return False
