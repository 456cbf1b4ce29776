"""Export questions and answers to a file: Markdown, CSV, or the JSON of `docqa ask` (pure)."""

import csv
import io
from collections.abc import Callable, Sequence

from docqa.answers import Answer, Result
from docqa.output import as_json, citation, one_line

_MAX_CLOSEST = 3  # Passages listed if docqa abstained.


def as_markdown(results: Sequence[Result]) -> str:
    """Markdown: a heading for each question, and its answers quoted in their passages, with citations."""
    return "# Questions and answers\n\n" + "\n\n".join(map(_section, results)) + "\n"


def _section(result: Result) -> str:
    lines = [f"## {_escaped(result.question)}", ""]
    if result.answered:
        lines += [_item(answer) for answer in result.answers]
    else:
        lines.append(f"No answer in these documents ({result.windows_read} of {result.windows_total} windows read).")
        if result.closest:
            lines += ["Closest:", "", *(_item(answer) for answer in result.closest[:_MAX_CLOSEST])]
    return "\n".join([*lines, "", f"*reader: {_escaped(result.reader)}*"])


def _item(answer: Answer) -> str:
    first, last = answer.start - answer.passage_start, answer.end - answer.passage_start
    before, within, after = (_escaped(part) for part in (answer.passage[:first], answer.text, answer.passage[last:]))
    gaps = ["" if not before or answer.passage[first - 1 : first].strip() else " "]
    gaps.append("" if not after or answer.passage[last : last + 1].strip() else " ")
    quoted = f"{before}{gaps[0]}**{within}**{gaps[1]}{after}"
    also = "".join(f"\n   also: {_escaped(citation(location))}" for location in answer.other_locations)
    cited = _escaped(citation(answer))
    return f"{answer.rank}. **{within}** ({answer.probability:.0%}) — {cited}{also}\n\n   > {quoted}\n"


def _escaped(text: str) -> str:
    """One line with Markdown's special characters escaped."""
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
    """CSV: a row for each answer; an unanswered question has one row without an answer."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for result in results:
        for answer in result.answers:
            fields = [getattr(answer, column) for column in _COLUMNS[5:]]
            values = [result.question, "yes", answer.rank, answer.text, f"{answer.probability:.4f}", *fields]
            rows.writerow([_cell(value) for value in values])
        if not result.answers:
            rows.writerow([_cell(result.question), "no", *[""] * (len(_COLUMNS) - 2)])
    return file.getvalue()


def _cell(value: object) -> object:
    # A spreadsheet would run text that starts like this as a formula.
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
"""The writer for each suffix."""
