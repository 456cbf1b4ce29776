"""PDFium's functions for many short calls: the binding's conversions cost more than what they call."""

import ctypes
from collections.abc import Callable
from typing import Any

import pypdfium2_raw as pdfium

HANDLE = ctypes.c_void_p


def quick(function: Any, result: Any) -> Callable[..., Any]:
    """The same function in half of the time: it checks no arguments, and keeps Python's lock.

    It takes `HANDLE`s, C integers, and buffers or references to them. A handle that it returns is an integer.
    """
    return ctypes.PYFUNCTYPE(result)(ctypes.cast(function, HANDLE).value or 0)


argument = HANDLE.from_param
"""An address as an argument of a quick function. ctypes converts nothing else as fast, and a `HANDLE` in each call."""


def argument_of(pointer: Any) -> Any:
    """The same for a pointer that the binding returned, which must outlive it."""
    return argument(ctypes.addressof(pointer.contents))


class ObjectHandle(HANDLE):
    """Returned as it is, since it is a subclass: of `HANDLE`s, ctypes makes integers."""


page_object = quick(pdfium.FPDFPage_GetObject, HANDLE)
object_handle = quick(pdfium.FPDFPage_GetObject, ObjectHandle)
object_type = quick(pdfium.FPDFPageObj_GetType, ctypes.c_int)
object_bounds = quick(pdfium.FPDFPageObj_GetBounds, ctypes.c_int)
"""Into left, bottom, right and top."""
render_mode = quick(pdfium.FPDFTextObj_GetTextRenderMode, ctypes.c_int)
fill_colour = quick(pdfium.FPDFPageObj_GetFillColor, ctypes.c_int)
"""Into red, green, blue and alpha."""


def four(number: type[Any]) -> tuple[Any, list[Any]]:
    """Four C numbers of a type, and a reference to each: for calls that return a box, or a colour."""
    numbers = (number * 4)()
    return numbers, [ctypes.byref(numbers, ctypes.sizeof(number) * place) for place in range(4)]
