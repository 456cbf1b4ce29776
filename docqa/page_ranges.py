"""Ranges of pages as the user writes them: "3-9,12" (pure)."""

import re
from typing import TYPE_CHECKING

from docqa.errors import DocqaError
from docqa.wording import counted

# For types only, as in `docqa.documents.document`.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_RANGE = re.compile(r"(\d{1,9})?\s*([-–])?\s*(\d{1,9})?")


class PageRanges:
    """Pages, counted from 1. The last range may go on to the end of any document."""

    def __init__(self, text: str) -> None:
        """Parse "3-9", or "1,4,7-". Raises `DocqaError`."""
        self._ranges = [_range(part.strip(), text) for part in text.split(",")]

    def of(self, count: int) -> set[int]:
        """Those of a document with `count` pages."""
        return {page for low, high in self._ranges for page in range(low, min(count, high or count) + 1)}

    def contain(self, pages: "NDArray[np.int32]") -> "NDArray[np.bool_]":
        """Which of an array's pages are in the ranges. Has the shape of `pages`."""
        found = pages < 0
        for low, high in self._ranges:
            found |= (pages >= low) & (pages <= (high or pages))
        return found


def no_such_page(name: str, count: int) -> DocqaError:
    """The error for a document that has none of the pages asked for. `name` is as it is displayed."""
    if not count:
        return DocqaError(f"{name} has no pages", "leave out --pages")
    return DocqaError(f"{name} has only {counted(count, 'page')}", "choose among them with --pages")


def _range(part: str, text: str) -> tuple[int, int | None]:
    """A range, None for "to the end"."""
    match = _RANGE.fullmatch(part)
    first, dash, last = match.groups() if match else (None, None, None)
    low = int(first or 1)
    high = int(last) if last else None if dash else low
    if not (first or last) or low < 1 or (high is not None and high < low):
        raise DocqaError(f"--pages is {text!r}", "use page numbers from 1 and ranges: 3-9, or 1,4,7-")
    return low, high
