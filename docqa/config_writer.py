"""Write settings into the user's `config.toml`, keeping comments, order and everything else in it."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docqa import config
from docqa.errors import DocqaError
from docqa.files import atomic_write, lock_beside, make_private_folder


def put(name: str, value: Any | None) -> None:
    """Write a setting into the file; None removes it, so that the default applies.

    `value` has to come from `config.parse`. A crash, or another docqa that writes at the same time, loses nothing.
    Raises `DocqaError` if the file is malformed, read-only or cannot be written; it is then left unchanged.
    """
    import tomlkit
    from tomlkit.exceptions import ParseError

    # Follow a link: people keep such files elsewhere and link to them.
    file = config.file().resolve()
    with _locked(file):
        text = file.read_bytes().decode("utf-8") if file.exists() else ""
        try:
            contents = tomlkit.parse(text)
        except ParseError as error:
            raise DocqaError(f"{file} is not valid TOML: {error}", "fix it, or move it away") from error
        if value is None:
            contents.pop(name, None)
        else:
            contents[name] = value
        mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else 0o600
        with atomic_write(file) as stream:
            if hasattr(os, "fchmod"):
                os.fchmod(stream.fileno(), mode)
            stream.write(tomlkit.dumps(contents).encode("utf-8"))


def _is_writable(file: Path) -> bool:
    """Whether its owner lets it be written. Raises `OSError` for other reasons."""
    if not file.stat().st_mode & stat.S_IWUSR:
        return False
    try:
        file.open("r+b").close()
    except PermissionError:
        return False
    return True


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Hold the lock for writing the file. Turns errors of the file system into `DocqaError`."""
    from filelock import FileLock

    try:
        make_private_folder(file.parent)
        # A read-only file could still be replaced, which is not what its owner meant.
        if file.exists() and not _is_writable(file):
            raise DocqaError(f"{file} is read-only", f"make it writable: chmod u+w {file}")
        with FileLock(lock_beside(file), mode=0o600):
            yield
    except UnicodeDecodeError as error:
        raise DocqaError(f"{file} is not UTF-8: {error}", "save it as UTF-8") from error
    except OSError as error:
        raise DocqaError(
            f"cannot write {file}: {error.strerror or error}", "check the folder's permissions and free space"
        ) from error
