"""Running out of memory, which is answered by smaller batches."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def attempt(compute: Callable[[], T]) -> T | None:
    """The result of `compute`; None if memory ran out, and is free again."""
    try:
        return compute()
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
    # Only here, because until it is handled the exception holds the tensors of `compute`.
    from accelerate.utils.memory import clear_device_cache

    clear_device_cache(garbage_collection=True)
    return None


def is_out_of_memory(error: Exception) -> bool:
    """Whether a device, or the process, had too little memory for a tensor."""
    from accelerate.utils.memory import should_reduce_batch_size

    return isinstance(error, MemoryError) or should_reduce_batch_size(error)
