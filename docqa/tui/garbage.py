"""When Python looks for cyclic garbage, so that the app doesn't stand still meanwhile.

A full collection walks every object of every document and library, which takes a quarter of a second. So there is none
before the first documents are open, and none of what is loaded then. Objects that die young are always collected.
"""

import gc

_NEVER = 1_000_000
"""Collections of the middle generation before one of the oldest."""
_FULL_COLLECTION = gc.get_threshold()[2]


def put_off_full_collections() -> None:
    """Called with the first frame."""
    gc.set_threshold(*gc.get_threshold()[:2], _NEVER)


def leave_out_what_is_loaded() -> None:
    """Called whenever documents were opened; only the first time counts.

    Full collections are needed from then on, because a screen that was closed and the answers that were shown are in
    cycles: a megabyte for each question.
    """
    if gc.get_threshold()[2] == _NEVER:
        gc.freeze()
        gc.set_threshold(*gc.get_threshold()[:2], _FULL_COLLECTION)
