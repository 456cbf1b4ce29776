"""Export a matrix to a file: Markdown, CSV for spreadsheets, or the JSON of `docqa ask --each` (pure)."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence

from docqa import output
from docqa.answers import Result
from docqa.cell_state import CellState, cell_state
from docqa.export import ExportHead, spreadsheet_cell
from docqa.github_markdown import escaped
from docqa.matrix import MatrixRow
from docqa.terminal_text import as_json, one_line, visible
from docqa.wording import counted, percent

BYTE_ORDER_MARK = "\ufeff"
"""Before it reads a file as UTF-8, Excel wants to see it."""


def matrix_as_csv(documents: Sequence[str], matrix: Sequence[MatrixRow], line_end: str = "\n") -> str:
    """CSV: a row for each question, three columns for each document: its best answer, where that is, and its state.

    The first two are empty where a document doesn't answer.
    """
    file = io.StringIO()
    rows = csv.writer(file, lineterminator=line_end)
    names = [visible(name) for name in documents]
    rows.writerow(["question", *(spreadsheet_cell(f"{name}{part}") for name in names for part in _PARTS)])
    for row in matrix:
        parts = [part for result in row.results for part in _parts(result)]
        rows.writerow([spreadsheet_cell(one_line(part)) for part in (row.question, *parts)])
    return file.getvalue()


_PARTS = ("", ": place", ": state")


def _parts(result: Result) -> Iterator[str]:
    """The best answer, where it is, and what is known of it."""
    state = cell_state(result)
    if not result.answered:
        yield from ("", "", state)
        return
    best = result.answers[0]
    yield from (best.text, output.place(best) + (", in an earlier version" if best.outdated else ""))
    yield f"{state} ({percent(best.probability)})" if state is CellState.FOUND else state


def matrix_as_markdown(documents: Sequence[str], matrix: Sequence[MatrixRow], head: ExportHead) -> str:
    """Markdown: a heading for each question, below it a table with a row for each document."""
    listed = "".join(f"- {escaped(line)}\n" for line in head.lines())
    about = f"Exported on {head.date}, of {counted(len(documents), 'document')}:\n\n{listed}"
    sections = (_section(documents, row) for row in matrix)
    return f"# Questions and documents\n\n{about}\n" + "\n\n".join(sections) + "\n"


def _section(documents: Sequence[str], row: MatrixRow) -> str:
    lines = [f"## {escaped(row.question)}", "", "| document | answer | place | state |", "|---|---|---|---|"]
    for name, result in zip(documents, row.results, strict=True):
        cells = [escaped(part) for part in (visible(name), *_parts(result))]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _as_csv_file(documents: Sequence[str], matrix: Sequence[MatrixRow], _: ExportHead) -> str:
    return BYTE_ORDER_MARK + matrix_as_csv(documents, matrix, "\r\n")


def _as_json(documents: Sequence[str], matrix: Sequence[MatrixRow], _: ExportHead) -> str:
    return as_json([output.matrix_as_dict(documents, row) for row in matrix], indent=2) + "\n"


MATRIX_FORMATS: dict[str, Callable[[Sequence[str], Sequence[MatrixRow], ExportHead], str]] = {
    ".csv": _as_csv_file,
    ".md": matrix_as_markdown,
    ".json": _as_json,
}
"""The writer for each suffix."""
