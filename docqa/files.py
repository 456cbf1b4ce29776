"""Files that are written completely or not at all."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from docqa.errors import DocqaError
from docqa.terminal_text import as_json


@contextmanager
def atomic_write(file: Path) -> Iterator[BinaryIO]:
    """A stream whose contents replace `file` on exit: readers see the old contents or the new, never a mixture.

    After an exception `file` is unchanged. Only its owner can read it. Raises `OSError`.
    """
    handle, draft = tempfile.mkstemp(dir=file.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        Path(draft).replace(file)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def read_json_object(file: Path) -> dict[str, Any]:
    """Read a JSON object. Raises `DocqaError` if the file cannot be read or contains something else."""
    try:
        contents = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DocqaError(f"cannot read {file}: {error}") from error
    if not isinstance(contents, dict):
        raise DocqaError(f"{file} should contain a JSON object, but contains a {type(contents).__name__}")
    return contents


def write_json_object(file: Path, contents: dict[str, Any]) -> None:
    """Write `contents` as JSON with `atomic_write`, creating the folder. Raises `OSError`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(file) as stream:
        stream.write((as_json(contents, indent=2) + "\n").encode())
