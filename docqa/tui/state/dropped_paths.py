"""Recognizing file paths in pasted text. Terminals paste the path of a file that is dropped on them.

Terminals quote differently: not at all, as for a shell, or as `file://` URLs; several paths come one per line or
separated by spaces.
"""

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes
from urllib.request import url2pathname

_MAX_LENGTH = 1 << 16  # Characters; longer text is not a list of paths.


def existing_paths(text: str) -> list[str]:
    """Return the files and folders that the text consists of; empty if it contains anything else. Reads the disk."""
    return next((paths for paths in parse_paths(text) if all(_exists(path) for path in paths)), [])


def parse_paths(text: str) -> Iterator[list[str]]:
    """Yield the ways to read the text as a list of paths, most likely first. Pure: the paths may not exist."""
    if len(text) > _MAX_LENGTH or "\0" in text:
        return
    lines = [line.strip("\r\n") for line in re.split(r"\r\n|\r|\n", text)]
    for parts in ([text.strip()], [line.strip() for line in lines], _split_shell(text), _split_windows(text)):
        paths = [_path(part) for part in parts if part]
        if paths and all(map(_looks_like_path, paths)):
            yield paths


def _split_shell(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # An unclosed quote, as in “don’t”.
        return []


def _split_windows(text: str) -> list[str]:
    """Split at spaces outside double quotes. Backslashes are literal."""
    return [quoted or bare for quoted, bare in re.findall(r'"([^"]+)"|(\S+)', text)]


def _path(part: str) -> str:
    if part.startswith("file://"):
        rest = part.removeprefix("file://")
        rest = rest[max(0, rest.find("/")) :]  # Drop the host, which is this machine.
        return url2pathname(rest) if os.name == "nt" else os.fsdecode(unquote_to_bytes(rest))
    if part == "~" or part.startswith(("~/", "~\\")):
        return os.path.expanduser(part)  # noqa: PTH111 - Path.expanduser raises where there is no home
    return part


def _looks_like_path(path: str) -> bool:
    """Whether this is more than a word: a plain word is text, even if a file has that name."""
    return os.sep in path or "/" in path or bool(Path(path).suffix)


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # For example, the name is too long.
        return False
