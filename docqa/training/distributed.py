"""The processes of one `torchrun`, as it tells them in the environment; without it there is one."""

import os


def count() -> int:
    """How many train together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_first() -> bool:
    """Whether this is the one that measures, writes and reports."""
    return os.environ.get("RANK", "0") == "0"
