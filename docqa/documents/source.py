"""The input of a parser: the bytes of one file."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from docqa.terminal_text import visible

STDIN = "-"
"""The name of standard input."""


def display_name(name: str) -> str:
    """The name of a file as messages and citations show it: inert on a terminal."""
    return "(standard input)" if name == STDIN else visible(name)


@dataclass(frozen=True)
class Source:
    """One file: its name as the user wrote it (`STDIN` for standard input), its bytes, and the password, if given."""

    name: str
    data: bytes
    password: str | None = None

    @property
    def display_name(self) -> str:
        """The name for messages."""
        return display_name(self.name)

    @cached_property
    def sha256(self) -> str:
        """Digest of the bytes, in hexadecimal. Cached: it is part of several keys."""
        return hashlib.sha256(self.data).hexdigest()
