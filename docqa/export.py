"""Questions and their answers as a file to keep: Markdown, CSV, or the JSON of `docqa ask` (pure)."""

import csv
import io
from collections.abc import Callable, Sequence

from docqa.answers import Answer, Result
from docqa.output import as_json, citation, one_line

_SHOWN = 3  # Of the closest passages, where there is no answer.


def as_markdown(results: Sequence[Result]) -> str:
    """For people: each question as a heading, its answers quoted in their passages, with where they stand."""
    return "# Questions and answers\n\n" + "\n\n".join(map(_section, results)) + "\n"


def _section(result: Result) -> str:
    lines = [f"## {_plain(result.question)}", ""]
    if result.answered:
        lines += [_item(answer) for answer in result.answers]
    else:
        lines.append(f"Not in these documents ({result.windows_read} of {result.windows_total} windows read).")
        if result.closest:
            lines += ["Closest:", "", *(_item(answer) for answer in result.closest[:_SHOWN])]
    return "\n".join([*lines, "", f"*reader: {_plain(result.reader)}*"])


def _item(answer: Answer) -> str:
    first, last = answer.start - answer.passage_start, answer.end - answer.passage_start
    before, within, after = (_plain(part) for part in (answer.passage[:first], answer.text, answer.passage[last:]))
    gaps = ["" if not before or answer.passage[first - 1 : first].strip() else " "]
    gaps.append("" if not after or answer.passage[last : last + 1].strip() else " ")
    quoted = f"{before}{gaps[0]}**{within}**{gaps[1]}{after}"
    also = "".join(f"\n   also: {_plain(citation(place))}" for place in answer.places)
    return (
        f"{answer.rank}. **{within}** ({answer.probability:.0%}) — {_plain(citation(answer))}{also}\n\n   > {quoted}\n"
    )


def _plain(text: str) -> str:
    """On one line, with nothing in it that Markdown would obey."""
    return "".join(f"\\{character}" if character in "\\`*_[]<>#|" else character for character in one_line(text))


_COLUMNS = (
    "question",
    "answered",
    "rank",
    "answer",
    "probability",
    "document",
    "page",
    "page_label",
    "line_start",
    "line_end",
    "section",
    "passage",
)


def as_csv(results: Sequence[Result]) -> str:
    """For spreadsheets: a row for each answer, and one without an answer for a question that has none."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for result in results:
        for answer in result.answers:
            own = [getattr(answer, column) for column in _COLUMNS[5:]]
            values = [result.question, "yes", answer.rank, answer.text, f"{answer.probability:.4f}", *own]
            rows.writerow([_cell(value) for value in values])
        if not result.answers:
            rows.writerow([_cell(result.question), "no", *[""] * (len(_COLUMNS) - 2)])
    return written.getvalue()


def _cell(value: object) -> object:
    # A spreadsheet takes what begins so for a formula, and runs it.
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return "" if value is None else value


def _as_json(results: Sequence[Result]) -> str:
    return as_json(results) + "\n"


FORMATS: dict[str, Callable[[Sequence[Result]], str]] = {
    ".md": as_markdown,
    ".json": _as_json,
    ".csv": as_csv,
}
"""What a file's name ends with, and what writes its contents."""
