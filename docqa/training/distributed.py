"""The processes of a `torchrun`, which sets these environment variables. Without it there is one process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

TIMEOUT = timedelta(days=1)
"""How long the other processes wait for the first, which evaluates readers and queries the teacher."""


def count() -> int:
    """Return the number of processes."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_first() -> bool:
    """Return whether this is the process that measures, writes and reports."""
    return os.environ.get("RANK", "0") == "0"


@contextmanager
def first_process_first(device: str) -> Iterator[None]:
    """Let the first process run the body before the others, which then find what it wrote."""
    if count() == 1:
        yield
        return
    from accelerate import PartialState

    with PartialState(cpu=device == "cpu", timeout=TIMEOUT).main_process_first():
        yield
