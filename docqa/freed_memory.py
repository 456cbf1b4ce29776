"""Memory that is free, but not the system's yet."""

import ctypes
from contextlib import suppress

_LONG_TEXT = 5_000_000
"""Characters of a text whose indexing leaves enough behind."""


def return_freed_memory(length: int) -> None:
    """Have the C library return to the system what was freed in between: a third of it, after a text of this length.

    Only glibc keeps so much, and has a function for it.
    """
    if length > _LONG_TEXT:
        with suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").malloc_trim(0)
