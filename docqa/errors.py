"""What can go wrong, in words for the person at the keyboard, and the exit codes that say so to a script."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the command, as grep's."""

    ANSWERED = 0
    NOT_FOUND = 1
    ERROR = 2
    INTERRUPTED = 130


class DocqaError(Exception):
    """A failure that the person can act on.

    `message` is one sentence: what was expected and what was found. `hint` says what to do about it, and may be
    empty where there is nothing to do.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message
