"""Named tuples for the thousands of things on a page: a call of their class takes nearly twice as long (pure)."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast

T = TypeVar("T")


def maker(kind: type[T]) -> Callable[[tuple[Any, ...]], T]:
    """What makes a named tuple of all its fields, in order. Nothing is checked, and there are no defaults."""
    return cast("Callable[[tuple[Any, ...]], T]", partial(tuple.__new__, kind))
