"""Files that are written whole or not at all."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from docqa.errors import DocqaError


@contextmanager
def replacing(file: Path) -> Iterator[BinaryIO]:
    """A stream whose contents take the place of `file` at the end: who reads it sees the old or the new, never half.

    After an exception the old is still there. Readable by its owner alone. Raises `OSError`.
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
    """The JSON object in `file`. Raises `DocqaError` if it can't be read, or holds something else."""
    try:
        contents = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DocqaError(f"{file} cannot be read: {error}") from error
    if not isinstance(contents, dict):
        raise DocqaError(f"{file} should hold a JSON object, and holds {type(contents).__name__}")
    return contents


def write_json_object(file: Path, contents: dict[str, Any]) -> None:
    """Write `contents` as JSON; who reads `file` sees the old or the new, never half. Raises `OSError`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file) as opened:
        opened.write((json.dumps(contents, indent=2, ensure_ascii=False) + "\n").encode())
