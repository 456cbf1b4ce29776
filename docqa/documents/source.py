"""What a format module is given: the bytes of one file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One file: `name` as the person wrote it ("-" for standard input), its bytes, and the password, if given."""

    name: str
    data: bytes
    password: str | None = None
