"""Export questions and answers to a file: Markdown, CSV or JSON, with the date and the documents at its head (pure)."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

from docqa.answers import Answer, Result
from docqa.documents import Document
from docqa.github_markdown import escaped, markdown_table
from docqa.output import WRONG, as_dict, citation, closest_heading, said
from docqa.table_passages import TablePassage
from docqa.terminal_text import as_json, one_line, plain, visible
from docqa.wording import counted, denial, sentence

SCHEMA = "docqa.export/1"

_MAX_CLOSEST = 3  # Passages listed if docqa abstained, and those that are marked.


@dataclass(frozen=True, slots=True)
class ExportedDocument:
    """A document that was asked, as it was read. `pages` is 0 if its format has none."""

    name: str
    pages: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ExportHead:
    """What stands at the head of an export: the date, as ISO 8601 has it, and the documents."""

    date: str
    documents: tuple[ExportedDocument, ...]

    @classmethod
    def of(cls, documents: Iterable[Document], date: str) -> "ExportHead":
        """The head for documents that were asked."""
        return cls(date, tuple(ExportedDocument(one.name, one.page_count, one.sha256) for one in documents))

    def lines(self) -> list[str]:
        """The documents in words."""
        return [", ".join(filter(None, map(str, _about(each)))) for each in self.documents]


def _about(document: ExportedDocument) -> tuple[str, str, str]:
    pages = counted(document.pages, "page") if document.pages else ""
    return visible(document.name), pages, f"SHA-256 {document.sha256}"


def as_markdown(results: Sequence[Result], head: ExportHead) -> str:
    """Markdown: a heading for each question, and its answers quoted in their passages, with citations."""
    documents = "".join(f"- {escaped(line)}\n" for line in head.lines())
    about = f"Exported on {head.date}, of {counted(len(head.documents), 'document')}:\n\n{documents}"
    return f"# Questions and answers\n\n{about}\n" + "\n\n".join(map(_section, results)) + "\n"


def _section(result: Result) -> str:
    lines = [f"## {escaped(result.question)}", ""]
    if result.answered:
        lines += [_item(answer) for answer in result.answers]
    else:
        withheld = result.withheld
        why = withheld.message if withheld else "no answer in these documents"
        why = denial(result.denied_documents) if result.denied else why
        lines.append(f"{sentence(why)} ({result.windows_read} of {result.windows_total} passages searched).")
        if result.closest:
            listed = [*result.closest[:_MAX_CLOSEST], *filter(_is_annotated, result.closest[_MAX_CLOSEST:])]
            shown = (_close(answer, marked=withheld is None) for answer in listed)
            lines += [sentence(closest_heading(result)), "", *shown]
    return "\n".join([*lines, "", f"*reader: {escaped(result.reader)}*"])


def _is_annotated(answer: Answer) -> bool:
    return answer.mark.pinned or bool(answer.mark.note)


def _item(answer: Answer) -> str:
    also = "".join(f"\n   also: {escaped(citation(location))}" for location in answer.other_locations)
    head = f"**{escaped(answer.text)}** ({said(answer)}) — {escaped(citation(answer))}{also}"
    return _listed(answer, head, marked=True)


def _close(answer: Answer, *, marked: bool) -> str:
    """The place and the passage of what is no answer."""
    wrong = f" ({WRONG})" if answer.mark.wrong else ""
    return _listed(answer, f"{escaped(citation(answer))}{wrong}", marked=marked)


def _listed(answer: Answer, head: str, *, marked: bool) -> str:
    pinned = "★ " if answer.mark.pinned else ""
    note = [f"   Note: {escaped(answer.mark.note)}", ""] if answer.mark.note else []
    return "\n".join([f"{answer.rank}. {pinned}{head}", "", *note, *_quoted(answer, marked=marked), ""])


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
    "marked",
    "pinned",
    "note",
)


_FORMULA = tuple("=+-@＝＋－＠")
_BEFORE_FORMULA = ("\t", "\r", "\n")


def as_csv(results: Sequence[Result]) -> str:
    """CSV: a row for each answer; an unanswered question has one row without an answer."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for result in results:
        listed = result.answers or tuple(filter(_is_annotated, result.closest))
        for answer in listed:
            fields = [getattr(answer, column) for column in _COLUMNS[6:-6]]
            mark = answer.mark
            values = [
                result.question,
                "yes" if result.answered else "no",
                answer.rank,
                answer.text,
                f"{answer.probability:.4f}" if answer.estimated else "",
                visible(answer.document),
                *fields,
                *(one_line(" / ".join(headings)) for headings in _headings(answer)),
                "yes" if answer.outdated else "",
                "right" if mark.right else "wrong" if mark.wrong else "",
                "yes" if mark.pinned else "",
                mark.note,
            ]
            rows.writerow([spreadsheet_cell(value) for value in values])
        if not listed:
            rows.writerow([spreadsheet_cell(result.question), "no", *[""] * (len(_COLUMNS) - 2)])
    return file.getvalue()


def _headings(answer: Answer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The headings of the row and of the column that the answer is in, if it is in a table."""
    return (answer.table.row_headings, answer.table.column_headings) if answer.table is not None else ((), ())


def spreadsheet_cell(value: object) -> object:
    """A value as a cell of CSV that no spreadsheet takes for a formula."""
    if not isinstance(value, str):
        return "" if value is None else value
    text = plain(value)
    # A spreadsheet would run text that starts like this as a formula, some also after a space.
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or value.startswith(_BEFORE_FORMULA) else text


def _csv_with_head(results: Sequence[Result], head: ExportHead) -> str:
    lines = [f"# docqa, {head.date}", *(f"# {line}" for line in head.lines())]
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([plain(line)] for line in lines)
    return file.getvalue() + as_csv(results)


def _json_with_head(results: Sequence[Result], head: ExportHead) -> str:
    facts = {"schema": SCHEMA, **asdict(head), "results": [as_dict(result) for result in results]}
    return as_json(facts, indent=2) + "\n"


FORMATS: dict[str, Callable[[Sequence[Result], ExportHead], str]] = {
    ".md": as_markdown,
    ".json": _json_with_head,
    ".csv": _csv_with_head,
}
"""The writer for each suffix."""
