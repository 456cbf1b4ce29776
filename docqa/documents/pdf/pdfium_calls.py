"""Calls of PDFium's functions by handles that are integers."""

import ctypes
from collections.abc import Callable
from typing import Any

HANDLE = ctypes.c_void_p


def on_handles(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    """The same function, but handles are integers: the binding's objects cost more than the calls."""
    prototype = ctypes.CFUNCTYPE(result, *arguments)
    return prototype(ctypes.cast(function, HANDLE).value or 0)
