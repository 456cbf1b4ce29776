"""What a format module is given: the bytes of one file."""

import hashlib
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Source:
    """One file: `name` as the person wrote it ("-" for standard input), its bytes, and the password, if given."""

    name: str
    data: bytes
    password: str | None = None

    @cached_property
    def sha256(self) -> str:
        """Digest of the bytes, in hexadecimal: it names what is kept of them, and is asked for more than once."""
        return hashlib.sha256(self.data).hexdigest()
