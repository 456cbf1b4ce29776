"""Files of what the user marked: JSON lines that are rewritten whole, so that none is lost.

A crash, or another docqa process that writes at the same time, loses none.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from filelock import FileLock

from docqa.errors import DocqaError
from docqa.files import atomic_write, lock_beside, make_private_folder
from docqa.terminal_text import as_json

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    T = TypeVar("T", bound="DataclassInstance")
else:
    T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class MarkedLines(Generic[T]):
    """A file with a dataclass on each line; `noun` is what messages call one."""

    file: Path
    kind: type[T]
    noun: str

    def load(self) -> list[T]:
        """Return all, oldest first. Raises `DocqaError` if the file can't be read."""
        try:
            lines = self.file.read_text(encoding="utf-8").split("\n")  # Not splitlines: a text may contain U+2028.
        except FileNotFoundError:
            return []
        except UnicodeDecodeError as error:
            raise DocqaError(f"{self.file} is not UTF-8: {error}", "save it as UTF-8") from error
        except OSError as error:
            raise DocqaError(
                f"can't read the {self.noun}s in {self.file}: {error.strerror or error}",
                "check the file's permissions",
            ) from error
        found = []
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                found.append(self.kind(**json.loads(line)))
            except (ValueError, TypeError) as error:
                # It was edited by hand. Skipping it would lose it when the file is written again.
                raise DocqaError(
                    f"{self.file}, line {number}: not a {self.noun}: {line[:60]!r}", "correct or delete the line"
                ) from error
        return found

    def rewrite(self, keep: Callable[[T], bool], new: Iterable[T] = ()) -> int:
        """Drop what is not to be kept, append what is new; return how many there are then. Raises `DocqaError`."""
        try:
            make_private_folder(self.file.parent)
            with FileLock(lock_beside(self.file), mode=0o600):
                lines = [*filter(keep, self.load()), *new]
                with atomic_write(self.file) as opened:
                    for each in lines:
                        opened.write((as_json(asdict(each)) + "\n").encode())
        except OSError as error:
            raise DocqaError(
                f"can't save the {self.noun} in {self.file}: {error.strerror or error}",
                "check the directory's permissions and free space, then mark the answer again",
            ) from error
        return len(lines)
