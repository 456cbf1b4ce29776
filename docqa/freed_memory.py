"""Memory that is free, but not the system's yet. Only glibc keeps so much, and has functions for it."""

import ctypes
from contextlib import suppress

_LONG_TEXT = 5_000_000
"""Characters of a text whose indexing leaves enough behind."""

_KEPT = 1 << 20
"""Bytes that are kept at the end of each arena, and of the largest block that is in an arena at all."""
_ARENAS = 2
"""Arenas that threads share. With eight a core, what stays in use is scattered over all of them."""
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # M_TRIM_THRESHOLD and so on in malloc.h.


def return_freed_memory(length: int) -> None:
    """Have the C library return to the system what was freed in between: a third of it, after a text of this length."""
    if length > _LONG_TEXT:
        with suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").malloc_trim(0)


def keep_little_freed_memory() -> None:
    """Have the C library return memory soon after it was freed, from now on: for a process that runs long.

    Else it keeps up to 64 MiB at the end of each arena, where no `malloc_trim` looks, and each thread may have its own
    arena: each reader that was loaded, in a thread of its own, added 10 to 25 MiB. Arenas that are there already stay.
    Nothing gets slower by it.
    """
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL("libc.so.6")
        for option, value in ((_TRIM_THRESHOLD, _KEPT), (_MMAP_THRESHOLD, _KEPT), (_ARENA_MAX, _ARENAS)):
            library.mallopt(option, value)
