"""When Python looks for cyclic garbage, so that the app doesn't stand still meanwhile.

A full collection walks every object that was made since the last `gc.freeze`: of all documents and libraries that is
a quarter of a second. So there is none before the first documents are open, and what is loaded then is left out. What a
collection that took long found in use, such as the answers of a matrix, is left out of the next ones. Objects that die
young are always collected, and others when nothing refers to them: what stays are cycles that die after they were left
out, until documents are opened again.
"""

import gc
from time import perf_counter

_NEVER = 1_000_000
"""Collections of the middle generation before one of the oldest."""
_FULL_COLLECTION = gc.get_threshold()[2]
_OLDEST = 2
_LONG = 0.03  # Seconds.


def put_off_full_collections() -> None:
    """Called with the first frame."""
    gc.set_threshold(*gc.get_threshold()[:2], _NEVER)


def leave_out_what_is_loaded() -> None:
    """Called whenever documents were opened.

    Full collections are needed from the first time on, because a screen that was closed and the answers that were shown
    are in cycles: a megabyte for each question. Each other time, the next one looks at what was left out, too: the
    documents and the reader before are garbage, and a reader takes 200 MB.
    """
    if gc.get_threshold()[2] != _NEVER:
        gc.unfreeze()
    else:
        gc.freeze()
        gc.set_threshold(*gc.get_threshold()[:2], _FULL_COLLECTION)
        if _collections.ended not in gc.callbacks:
            gc.callbacks.append(_collections.ended)


class _Collections:
    """Notices collections that take long, and leaves what they found in use out of the next."""

    def __init__(self) -> None:
        self._began = 0.0

    def ended(self, phase: str, info: dict[str, int]) -> None:
        """One of `gc.callbacks`."""
        if info["generation"] != _OLDEST:
            return
        if phase == "start":
            self._began = perf_counter()
        elif perf_counter() - self._began > _LONG:
            gc.freeze()


_collections = _Collections()
