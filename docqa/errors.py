"""Errors with a message for the user, and the command's exit codes."""

from enum import IntEnum

from docqa.terminal_text import visible, visible_lines


class ExitCode(IntEnum):
    """Exit codes of the command; the first three mean what grep's do."""

    ANSWERED = 0
    NOT_FOUND = 1
    ERROR = 2
    INTERRUPTED = 130


class DocqaError(Exception):
    """An error that the user can act on.

    `message` is one sentence: what was expected and what was found. `hint` says what to do about it; it may be empty.
    Both may name a file or quote a text that somebody else wrote, so they are inert from the beginning.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = visible(message)
        self.hint = visible_lines(hint)
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


def not_found(path: str) -> DocqaError:
    """The error for a path that does not exist."""
    return DocqaError(f"{path} does not exist", "check the spelling and the current folder")


def lacks_memory(error: BaseException) -> bool:
    """Whether an exception says that there is no memory left. Libraries that can't be loaded say so in their text."""
    return isinstance(error, MemoryError) or any(
        words in str(error) for words in ("Cannot allocate memory", "failed to map segment", "bad_alloc")
    )


def unexpected(error: Exception) -> DocqaError:
    """Wrap an exception that docqa did not foresee: the message says what it was, the hint where it was raised."""
    if lacks_memory(error):
        return DocqaError("there is not enough memory", "close other programs, or open fewer or smaller documents")
    # `docqa --help` waits for the imports of this module.
    import traceback
    from pathlib import Path

    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else "an unknown place"
    return DocqaError(
        f"something went wrong inside docqa: {type(error).__name__}: {error}",
        f"it happened in {where}; please report it, with your question and the kind of file",
    )
