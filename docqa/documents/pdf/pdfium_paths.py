"""The straight lines and rectangles that are drawn on a page, read with PDFium: tables are recognized by them."""

import ctypes
from collections.abc import Iterator
from typing import Any

import pypdfium2_raw as pdfium

from docqa.documents.pdf.engines import Rule
from docqa.documents.pdf.pdfium_calls import HANDLE, on_handles
from docqa.documents.pdf.pdfium_page import Box, Frame

# A page with more is a drawing, whose lines are no tables.
_MAX_OBJECTS = 20_000
_MAX_RULES = 2_000
_MAX_SEGMENTS = 1_000
_RECTANGLE_SEGMENTS = 5
_ENCLOSING = 3  # Rules: above and below a header, and at the end of its table.
_THICK, _LONG = 3.0, 80.0  # Points.

_page_object = on_handles(pdfium.FPDFPage_GetObject, HANDLE, HANDLE, ctypes.c_int)
_object_type = on_handles(pdfium.FPDFPageObj_GetType, ctypes.c_int, HANDLE)


def rules(page: Any, frame: Frame) -> list[Rule]:
    """The lines and rectangles of an open page. Of a drawing with thousands of strokes, only the first ones."""
    found: list[Rule] = []
    for box in _paths(page):
        if len(found) >= _MAX_RULES:
            break
        found.append(Rule(*frame.as_displayed(box)))
    return found


def ruled_areas(drawn: list[Rule]) -> list[Box]:
    """Where three horizontal rules or more of one length enclose lines: most likely a table."""
    if len(drawn) < _ENCLOSING:
        return []
    heights: dict[tuple[int, int], list[float]] = {}
    for x0, top, x1, bottom in drawn:
        if bottom - top < _THICK and x1 - x0 > _LONG:
            heights.setdefault((round(x0 / 4), round(x1 / 4)), []).append(top)
    return [
        (4 * left - 4.0, min(tops), 4 * right + 4.0, max(tops))
        for (left, right), tops in heights.items()
        if len(tops) >= _ENCLOSING
    ]


def _paths(page: Any) -> Iterator[Box]:
    left, bottom, right, top = sides = [ctypes.c_float() for _ in range(4)]
    pointers = [ctypes.byref(side) for side in sides]
    handle = ctypes.cast(page, HANDLE).value
    for index in range(min(pdfium.FPDFPage_CountObjects(page), _MAX_OBJECTS)):
        if _object_type(_page_object(handle, index)) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        path = pdfium.FPDFPage_GetObject(page, index)
        segments = pdfium.FPDFPath_CountSegments(path)
        if segments > _MAX_SEGMENTS:
            continue
        if segments > _RECTANGLE_SEGMENTS:
            yield from _straight_segments(path, segments)
        elif pdfium.FPDFPageObj_GetBounds(path, *pointers):
            yield left.value, bottom.value, right.value, top.value


def _straight_segments(path: Any, count: int) -> Iterator[Box]:
    """The horizontal and vertical segments of a path that draws several: a whole grid is often one path."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(path, matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    previous = None
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if not pdfium.FPDFPathSegment_GetPoint(segment, x, y) or kind == pdfium.FPDF_SEGMENT_BEZIERTO:
            previous = None
            continue
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        if kind == pdfium.FPDF_SEGMENT_LINETO and previous:
            (x0, x1), (y0, y1) = sorted((previous[0], point[0])), sorted((previous[1], point[1]))
            if x1 - x0 < 1 or y1 - y0 < 1:
                yield x0, y0, x1, y1
        previous = point
