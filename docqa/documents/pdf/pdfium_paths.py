"""The straight lines and rectangles that are drawn on a page, read with PDFium: tables are recognized by them."""

import ctypes
from collections.abc import Callable, Iterator
from itertools import islice, repeat
from typing import Any

import pypdfium2_raw as pdfium

from docqa.documents.pdf.engines import Rule
from docqa.documents.pdf.pdfium_calls import (
    ObjectHandle,
    argument_of,
    four,
    object_bounds,
    object_handle,
    object_type,
    quick,
)
from docqa.documents.pdf.pdfium_frame import Box

# A page with more is a drawing, whose lines are no tables.
_MAX_OBJECTS = 20_000
_MAX_RULES = 2_000
_MAX_SEGMENTS = 1_000
_RECTANGLE_SEGMENTS = 5
_ENCLOSING = 3  # Rules: above and below a header, and at the end of its table.
_THICK, _LONG = 3.0, 80.0  # Points.

_count_segments = quick(pdfium.FPDFPath_CountSegments, ctypes.c_int)
_path_segment = quick(pdfium.FPDFPath_GetPathSegment, ObjectHandle)
_segment_type = quick(pdfium.FPDFPathSegment_GetType, ctypes.c_int)
_segment_point = quick(pdfium.FPDFPathSegment_GetPoint, ctypes.c_int)


def drawn_boxes(page: Any) -> list[Box]:
    """The lines and rectangles of an open page. Of a drawing with thousands of strokes, only the first ones."""
    return [*islice(_paths(page), _MAX_RULES)]


def within_rules(drawn: list[Rule]) -> Callable[[Box], bool] | None:
    """A test of whether a box is between three horizontal rules or more of one length: most likely in a table.

    None if no box is.
    """
    heights: dict[tuple[int, int], list[float]] = {}
    for x0, top, x1, bottom in drawn if len(drawn) >= _ENCLOSING else ():
        if bottom - top < _THICK and x1 - x0 > _LONG:
            heights.setdefault((round(x0 / 4), round(x1 / 4)), []).append(top)
    areas = [
        (4 * left - 4, min(tops), 4 * right + 4, max(tops))
        for (left, right), tops in heights.items()
        if len(tops) >= _ENCLOSING
    ]

    def is_within(box: Box) -> bool:
        x0, y0, x1, y1 = box
        for left, top, right, bottom in areas:  # noqa: SIM110 - twice as fast as `any`
            if left < x0 and top < y0 and x1 < right and y1 < bottom:
                return True
        return False

    return is_within if areas else None


def _paths(page: Any) -> Iterator[Box]:
    sides, references = four(ctypes.c_float)
    is_path, is_form = pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_FORM
    count = min(pdfium.FPDFPage_CountObjects(page), _MAX_OBJECTS)
    for path in map(object_handle, repeat(argument_of(page)), range(count)):
        kind = object_type(path)
        if kind != is_path:
            if kind == is_form and _is_one_path(path) and object_bounds(path, *references):
                yield tuple(sides[:])
            continue
        segments = _count_segments(path)
        if segments > _MAX_SEGMENTS:
            continue
        if segments > _RECTANGLE_SEGMENTS:
            yield from _straight_segments(path, segments)
        elif object_bounds(path, *references):
            yield tuple(sides[:])


def _is_one_path(form: Any) -> bool:
    """Whether a form object draws nothing but one path: so some programs draw the boxes for single letters."""
    form = ctypes.cast(form, pdfium.FPDF_PAGEOBJECT)
    if pdfium.FPDFFormObj_CountObjects(form) != 1:
        return False
    return bool(pdfium.FPDFPageObj_GetType(pdfium.FPDFFormObj_GetObject(form, 0)) == pdfium.FPDF_PAGEOBJ_PATH)


def _straight_segments(path: Any, count: int) -> Iterator[Box]:
    """The horizontal and vertical segments of a path that draws several: a whole grid is often one path."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(ctypes.cast(path, pdfium.FPDF_PAGEOBJECT), matrix)
    a, b, c, d, e, f = matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f
    position = (ctypes.c_float * 2)()
    references = ctypes.byref(position), ctypes.byref(position, 4)
    curve = pdfium.FPDF_SEGMENT_BEZIERTO
    previous = None
    for index in range(count):
        segment = _path_segment(path, index)
        kind = _segment_type(segment)
        if not _segment_point(segment, *references) or kind == curve:
            previous = None
            continue
        x, y = position
        point = a * x + c * y + e, b * x + d * y + f
        if kind == pdfium.FPDF_SEGMENT_LINETO and previous:
            (x0, x1), (y0, y1) = sorted((previous[0], point[0])), sorted((previous[1], point[1]))
            if x1 - x0 < 1 or y1 - y0 < 1:
                yield x0, y0, x1, y1
        previous = point
