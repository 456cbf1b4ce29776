"""Exporting the matrix to a file."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from docqa.tui.screens.export import ExportScreen

if TYPE_CHECKING:
    from docqa.documents import Document
    from docqa.export import ExportHead
    from docqa.matrix import MatrixRow


class MatrixExportScreen(ExportScreen):
    """Asks for a file name as `ExportScreen` does; the rows are questions, as the user sees them."""

    STEM = "matrix"

    def __init__(self, rows: "Sequence[MatrixRow]", documents: "Iterable[Document]") -> None:
        shown = tuple(documents)
        super().__init__([result for row in rows for result in row.results[:1]], shown)
        self._rows = rows
        self._names = tuple(document.name for document in shown)

    def formats(self) -> "Mapping[str, Callable[[ExportHead], str]]":
        """What writes the file, for each suffix."""
        from docqa.matrix_export import MATRIX_FORMATS

        return {suffix: partial(write, self._names, self._rows) for suffix, write in MATRIX_FORMATS.items()}
