"""Export questions and answers to a file: Markdown, CSV, or the JSON of `docqa ask` (pure)."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from docqa.answers import Answer, Result
from docqa.github_markdown import escaped, markdown_table
from docqa.matrix import MatrixRow
from docqa.output import as_json, citation, matrix_cell
from docqa.table_passages import TablePassage
from docqa.terminal_text import one_line, plain, visible
from docqa.wording import percent, sentence

_MAX_CLOSEST = 3  # Passages listed if docqa abstained.


def as_markdown(results: Sequence[Result]) -> str:
    """Markdown: a heading for each question, and its answers quoted in their passages, with citations."""
    return "# Questions and answers\n\n" + "\n\n".join(map(_section, results)) + "\n"


def _section(result: Result) -> str:
    lines = [f"## {escaped(result.question)}", ""]
    if result.answered:
        lines += [_item(answer) for answer in result.answers]
    else:
        withheld = result.withheld
        why = sentence(withheld.message) if withheld else "No answer in these documents"
        lines.append(f"{why} ({result.windows_read} of {result.windows_total} passages searched).")
        if result.closest:
            shown = ((_unclaimed if withheld else _item)(answer) for answer in result.closest[:_MAX_CLOSEST])
            lines += ["Passages that bear on it:" if withheld else "Closest:", "", *shown]
    return "\n".join([*lines, "", f"*reader: {escaped(result.reader)}*"])


def _item(answer: Answer) -> str:
    also = "".join(f"\n   also: {escaped(citation(location))}" for location in answer.other_locations)
    head = (
        f"{answer.rank}. **{escaped(answer.text)}** ({percent(answer.probability)}) — {escaped(citation(answer))}{also}"
    )
    return "\n".join([head, "", *_quoted(answer, marked=True), ""])


def _unclaimed(answer: Answer) -> str:
    """The place and the passage of an answer that is not claimed."""
    return "\n".join([f"{answer.rank}. {escaped(citation(answer))}", "", *_quoted(answer, marked=False), ""])


def _quoted(answer: Answer, *, marked: bool) -> list[str]:
    """The lines of a quotation of the passage, or the part of a table, with the answer `marked` in it or not."""
    first = answer.start - answer.passage_start
    if answer.table is not None:
        quoted = _table(answer.table, marked=marked)
    else:
        quoted = [_marked(answer.passage, first, first + len(answer.text)) if marked else escaped(answer.passage)]
    return [f"   > {line}" for line in quoted]


def _table(table: TablePassage, *, marked: bool) -> list[str]:
    cells = [cell._replace(text=escaped(cell.text)) for cell in table.cells]
    answer = table.cells[table.cell]
    if marked:
        cells[table.cell] = answer._replace(text=_marked(answer.text, table.start, table.end))
    return markdown_table(cells, table.header_rows)


def _marked(text: str, first: int, last: int) -> str:
    """Markdown of a text with `text[first:last]` in bold."""
    before, within, after = (escaped(part) for part in (text[:first], text[first:last], text[last:]))
    gaps = ["" if not before or text[first - 1 : first].strip() else " "]
    gaps.append("" if not after or text[last : last + 1].strip() else " ")
    return f"{before}{gaps[0]}**{within}**{gaps[1]}{after}"


_COLUMNS = (
    "question",
    "answered",
    "rank",
    "answer",
    "probability",
    "document",
    "page",
    "page_label",
    "page_end",
    "line_start",
    "line_end",
    "section",
    "passage",
    "row_headings",
    "column_headings",
    "outdated",
)


_FORMULA = tuple("=+-@＝＋－＠")
_BEFORE_FORMULA = ("\t", "\r", "\n")


def as_csv(results: Sequence[Result]) -> str:
    """CSV: a row for each answer; an unanswered question has one row without an answer."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for result in results:
        for answer in result.answers:
            fields = [getattr(answer, column) for column in _COLUMNS[6:-3]]
            values = [
                result.question,
                "yes",
                answer.rank,
                answer.text,
                f"{answer.probability:.4f}",
                visible(answer.document),
                *fields,
            ]
            values += [one_line(" / ".join(headings)) for headings in _headings(answer)]
            values.append("yes" if answer.outdated else "")
            rows.writerow([_cell(value) for value in values])
        if not result.answers:
            rows.writerow([_cell(result.question), "no", *[""] * (len(_COLUMNS) - 2)])
    return file.getvalue()


def matrix_as_csv(documents: Sequence[str], matrix: Iterable[MatrixRow]) -> str:
    """CSV: a row for each question, a column for each document, in a cell its best answer with its place.

    A cell is empty where a document doesn't answer.
    """
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(["question", *(_cell(visible(name)) for name in documents)])
    for row in matrix:
        rows.writerow([_cell(row.question), *(_cell(matrix_cell(result)) for result in row.results)])
    return file.getvalue()


def _headings(answer: Answer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The headings of the row and of the column that the answer is in, if it is in a table."""
    return (answer.table.row_headings, answer.table.column_headings) if answer.table is not None else ((), ())


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return "" if value is None else value
    text = plain(value)
    # A spreadsheet would run text that starts like this as a formula, some also after a space.
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or value.startswith(_BEFORE_FORMULA) else text


def _as_json(results: Sequence[Result]) -> str:
    return as_json(results) + "\n"


FORMATS: dict[str, Callable[[Sequence[Result]], str]] = {
    ".md": as_markdown,
    ".json": _as_json,
    ".csv": as_csv,
}
"""The writer for each suffix."""
