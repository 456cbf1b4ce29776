"""Settings written into `config.toml`, which is the person's own: comments, order and all else in it stay."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docqa import config
from docqa.errors import DocqaError
from docqa.files import replacing


def put(name: str, value: Any | None) -> None:
    """Set a setting in the file; None takes it out, so that the default holds.

    `value` has to be one that `config.parse` gives. A crash, or another docqa that writes at the same time, costs
    nothing. Raises `DocqaError` where the file is damaged, read-only or can't be written; it is then as before.
    """
    import tomlkit
    from tomlkit.exceptions import ParseError

    # A link is followed: people keep such files elsewhere, and link to them.
    file = config.file().resolve()
    with _writable(file):
        text = file.read_bytes().decode("utf-8") if file.exists() else ""
        try:
            contents = tomlkit.parse(text)
        except ParseError as error:
            raise DocqaError(f"{file} is not valid TOML: {error}", "mend it, or move it away") from error
        if value is None:
            contents.pop(name, None)
        else:
            contents[name] = value
        mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else None
        with replacing(file) as opened:
            opened.write(tomlkit.dumps(contents).encode("utf-8"))
            opened.flush()
            os.fsync(opened.fileno())
        if mode is not None:
            file.chmod(mode)


@contextmanager
def _writable(file: Path) -> Iterator[None]:
    """The only one that writes the file. What the disk raises becomes a `DocqaError`."""
    from filelock import FileLock

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # A file that is read-only could be replaced all the same, which is not what its owner meant.
        if file.exists() and not (file.stat().st_mode & stat.S_IWUSR and os.access(file, os.W_OK)):
            raise DocqaError(f"{file} is read-only", f"allow yourself to write it: chmod u+w {file}")
        with FileLock(file.with_name(f".{file.name}.lock")):
            yield
    except UnicodeDecodeError as error:
        raise DocqaError(f"{file} is not UTF-8: {error}", "save it as UTF-8") from error
    except OSError as error:
        raise DocqaError(
            f"{file} can't be written: {error.strerror or error}", "mend its folder's permissions, or make room"
        ) from error
