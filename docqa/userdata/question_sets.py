"""Question sets: questions that are kept under a name, to ask them of other documents too.

A set is a text file in the data folder with a question on each line, which a person can edit. Lines that begin with #
are comments.
"""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

from docqa import paths
from docqa.errors import DocqaError, not_found
from docqa.files import DRAFT, atomic_write, make_private_folder

MARK = "@"
"""Before the name of a set where a file could be meant as well."""

_SUFFIX = ".txt"
_NAME = re.compile(r"\w(?:[\w .,()+&-]{0,62}[\w)])?")
# Windows keeps these for itself, with any suffix.
_RESERVED = re.compile(r"con|prn|aux|nul|(?:com|lpt)\d", re.IGNORECASE)


def folder() -> Path:
    """Return the folder of the sets."""
    return paths.data_dir() / "questions"


def file(name: str) -> Path:
    """Return the file of a set. Raises `DocqaError` if this can't be the name of one."""
    if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name.partition(".")[0]):
        raise DocqaError(
            f"{name!r} can't be the name of a question set",
            "up to 64 letters, digits, spaces, and . , ( ) + & - _; it begins with a letter or a digit",
        )
    return folder() / f"{name}{_SUFFIX}"


def parsed(text: str) -> list[str]:
    """Return the questions in a text, one a line, without comments and empty lines."""
    lines = [" ".join(line.split()) for line in text.removeprefix("\ufeff").splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def read(source: Path) -> str:
    """Return the text of a file of questions. Raises `DocqaError`."""
    try:
        return source.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise not_found(str(source)) from None
    except OSError as error:
        raise DocqaError(
            f"{source} can't be read: {error.strerror or error}", "check that it is a readable file"
        ) from error
    except UnicodeDecodeError as error:
        raise DocqaError(f"{source} is not UTF-8", "save it as UTF-8, one question per line") from error


def names() -> list[str]:
    """Return the names of all sets, in alphabetical order."""
    try:
        found = [each.stem for each in folder().iterdir() if each.suffix == _SUFFIX and not each.name.startswith(DRAFT)]
    except OSError:
        return []  # There are none.
    return sorted((name for name in found if _NAME.fullmatch(name)), key=str.casefold)


def load(name: str) -> list[str]:
    """Return the questions of a set. Raises `DocqaError` if there is none of this name, or it has no questions."""
    questions = parsed(text_of(name))
    if not questions:
        raise DocqaError(f"the question set {name!r} has no questions", f"write one on each line of {file(name)}")
    return questions


def text_of(name: str) -> str:
    """Return the text of a set, with its comments. Raises `DocqaError` if there is none of this name."""
    return read(_existing(name))


def exists(name: str) -> bool:
    """Whether there is a set of this name. Raises `DocqaError` if there can't be one."""
    return file(name).is_file()


def has_comments(name: str) -> bool:
    """Whether a set has comments. Raises `DocqaError` if there is none of this name."""
    return any(line.lstrip().startswith("#") for line in text_of(name).splitlines())


def save(name: str, text: str) -> int:
    """Save a set, replacing one of the same name; return the number of its questions. Raises `DocqaError`.

    A crash leaves the earlier set, or the new one.
    """
    target, questions = file(name), parsed(text)
    if not questions:
        raise DocqaError("there are no questions to save", "write one on each line")
    try:
        make_private_folder(target.parent)
        with atomic_write(target) as opened:
            opened.write((text.removeprefix("\ufeff").rstrip("\n") + "\n").encode("utf-8", "replace"))
    except OSError as error:
        raise DocqaError(
            f"can't save the questions in {target}: {error.strerror or error}",
            "check the folder's permissions and free space",
        ) from error
    return len(questions)


def as_text(questions: Iterable[str]) -> str:
    """Return the text of a set with these questions. One that begins with # stays a question."""
    return "".join(f"{question.lstrip('# ')}\n" for question in questions)


def remove(name: str) -> None:
    """Delete a set. Raises `DocqaError` if there is none of this name, or it can't be deleted."""
    target = _existing(name)
    try:
        target.unlink(missing_ok=True)
    except OSError as error:
        raise DocqaError(
            f"can't delete {target}: {error.strerror or error}", "check its folder's permissions"
        ) from error


def _existing(name: str) -> Path:
    target = file(name)
    if not target.is_file():
        close = difflib.get_close_matches(name, names(), n=1)
        raise DocqaError(
            f"there is no question set {name!r}",
            f"did you mean {close[0]}?" if close else "docqa questions lists them; docqa questions save NAME FILE",
        )
    return target
