"""Answers as text, JSON or JSON Lines (pure). Only colour depends on where the output goes."""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from docqa import explanation, terminal_text
from docqa.aligned_table import AlignedCell, CellPart, align, line_text, narrow
from docqa.answer_kinds import is_topic
from docqa.answers import Answer, Citation, Result
from docqa.cell_state import cell_state
from docqa.documents import Location, display_name
from docqa.documents.formats import cite
from docqa.passages import item_starts
from docqa.table_passages import TablePassage
from docqa.terminal_text import BOLD, DIM, END, one_line, plain
from docqa.wording import denial, percent

if TYPE_CHECKING:
    from docqa.matrix import MatrixRow

SCHEMA = "docqa.answers/1"
MATRIX_SCHEMA = "docqa.matrix/1"

WIDTH = 100
"""Characters in a line of a passage, where output goes to no terminal."""

Paint = Callable[[str, str], str]
"""Called with a style and a text."""

_CLOSEST = 3  # Passages that are shown in place of answers.
_INDENT = "   "
_MARGIN = f"{_INDENT}| "
_NARROWEST = 20
_LONG_CELL, _SHORT_CELL = 120, 40  # Characters shown of a heading or a cell in the answer's row, and of others.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"


WRONG = "you marked this wrong"


def closest_heading(result: Result) -> str:
    """What stands above the passages that are shown in place of answers."""
    return f"{'passages that bear on it' if result.withheld else 'closest passages'}, best match first:"


def said(answer: Answer) -> str:
    """How likely an answer is; or instead, and beside it, what the user said about it."""
    if answer.mark.right:
        return "you marked this right"
    likely = percent(answer.probability) if answer.estimated else "not among the answers now"
    return f"{likely}; {WRONG}" if answer.mark.wrong else likely


def painter(*, colour: bool) -> Paint:
    """What adds colour to a text, or adds none."""
    return (lambda style, text: f"{style}{text}{END}") if colour else (lambda _, text: text)


def as_dict(result: Result, *, explain: bool = False) -> dict[str, Any]:
    """The result as JSON, documented in docs/formats.md; `explain` adds what spoke for and against each answer.

    What the user marked is apart from `answers`, all of which have a probability. Programs look for the most probable
    candidate first: `closest` is in that order, and its ranks are those in which a person is shown the passages.
    """
    facts = asdict(result)
    marked: list[dict[str, Any]] = []
    for name, sources in (("answers", result.answers), ("closest", result.closest)):
        answers = facts[name]
        _simplify(answers, sources, explain=explain)
        facts[name] = [answer for answer, source in zip(answers, sources, strict=True) if source.estimated]
        marked += [answer for answer, source in zip(answers, sources, strict=True) if not source.estimated]
    denied = facts.pop("denied")
    if marked or denied:
        for number, answer in enumerate([*facts["answers"], *facts["closest"]], 1):
            answer["rank"] = number
        for answer in marked:
            del answer["rank"], answer["probability"]
            answer.pop("explanation", None)
        facts["answered"] = bool(facts["answers"])
        facts["marked"] = {"denied": denied, "answers": marked}
    facts["closest"].sort(key=lambda answer: -answer["probability"])
    return {"schema": SCHEMA, **facts}


def _simplify(answers: Sequence[dict[str, Any]], sources: Sequence[Answer], *, explain: bool) -> None:
    """Make answers as they are documented of their fields."""
    for answer, source in zip(answers, sources, strict=True):
        table = answer.pop("table")
        del answer["evidence"]
        if explain:
            answer["explanation"] = explanation.as_dict(source.evidence)
        answer["places"] = answer.pop("other_locations")  # The name that programs know.
        answer["cell"] = table and {"row": table["row_headings"], "column": table["column_headings"]}
        for location in (answer, *answer["places"]):
            del location["format"]
            if not location["outdated"]:
                del location["outdated"]
        mark = answer.pop("mark")
        answer |= {name: mark[name] for name in ("right", "wrong", "pinned", "note") if mark[name]}


def as_json(results: Sequence[Result], *, explain: bool = False) -> str:
    """One JSON object for one question, a list of them for several."""
    documents = [as_dict(result, explain=explain) for result in results]
    return terminal_text.as_json(documents[0] if len(documents) == 1 else documents, indent=2)


def as_json_line(result: Result, *, explain: bool = False) -> str:
    """The result on one line."""
    return terminal_text.as_json(as_dict(result, explain=explain))


def as_text(
    result: Result,
    *,
    colour: bool = False,
    with_question: bool = False,
    explain: bool = False,
    width: int | None = None,
) -> str:
    """The result as text: each answer with its probability, citation and passage.

    A topic asks for nothing that one place has, so all places are listed. `explain` adds what spoke for and against
    each answer. `width` is the terminal's; without one, only passages are wrapped, so that answers and citations stay
    on one line.
    """
    paint = painter(colour=colour)
    blocks = [paint(BOLD, f"? {one_line(result.question)}")] if with_question else []
    topic = is_topic(result.question)
    if result.answered:
        blocks += [_answer(answer, paint, width, explain=explain) for answer in result.answers]
        if topic and result.closest:
            blocks.append(paint(DIM, "other passages:"))
            blocks += [_close(close, paint, width, None, explain=explain) for close in result.closest]
    else:
        withheld = result.withheld
        read = f"{result.windows_read} of {result.windows_total} passages searched"
        why = withheld.message if withheld else "no answer in these documents"
        blocks.append(f"{denial(result.denied_documents) if result.denied else why} ({read})")
        if result.closest:
            blocks.append(paint(DIM, closest_heading(result)))
        mark = None if withheld else paint
        shown = result.closest if topic else result.closest[:_CLOSEST]
        blocks += [_close(close, paint, width, mark, explain=explain) for close in shown]
    return "\n\n".join(blocks)


def matrix_cell(result: Result) -> str:
    """The best answer of one document, its place and its probability; "" if there is none."""
    if not result.answered:
        return ""
    best = result.answers[0]
    return f"{one_line(best.text)} ({place(best)}; {said(best)})"


def matrix_as_dict(documents: Sequence[str], row: "MatrixRow", *, explain: bool = False) -> dict[str, Any]:
    """A question's results as JSON, by document, documented in docs/formats.md."""
    results = [
        {"document": name, "state": cell_state(result), **as_dict(result, explain=explain)}
        for name, result in zip(documents, row.results, strict=True)
    ]
    return {"schema": MATRIX_SCHEMA, "question": row.question, "results": results}


def matrix_as_text(
    documents: Sequence[str], row: "MatrixRow", *, colour: bool = False, width: int | None = None
) -> str:
    """A question, and for each document a line with its best answer, or a dash."""
    paint = painter(colour=colour)
    lines = [paint(BOLD, f"? {one_line(row.question)}")]
    for name, result in zip(documents, row.results, strict=True):
        lines += _wrapped(_INDENT, f"{display_name(name)}: {matrix_cell(result) or '–'}", width)
    return "\n".join(lines)


def _answer(answer: Answer, paint: Paint, width: int | None, *, explain: bool) -> str:
    likely = f"({said(answer)})"
    first, *rest = _wrapped(f"{answer.rank}. ", f"{one_line(answer.text)}  {likely}", width)
    if rest:
        head = [paint(BOLD, line) for line in (first, *rest)]
    else:
        head = [f"{answer.rank}. {paint(BOLD, one_line(answer.text))}  {likely}"]
    where = _wrapped(_INDENT, citation(answer), width)
    if answer.other_locations:
        others = "; ".join(citation(location) for location in answer.other_locations[:5])
        where += _wrapped(_INDENT, f"also: {others}", width)
    shown = [*head, *(paint(DIM, line) for line in where), *_quoted(answer, width, paint)]
    return "\n".join([*shown, *(_reasons(answer, paint) if explain else [])])


def _close(answer: Answer, paint: Paint, width: int | None, mark: Paint | None, *, explain: bool) -> str:
    """The place and the passage of what is no answer; not how probable it is, which is not its place in the list.

    `mark` paints the span in the passage, None doesn't mark it, and nothing is explained of it.
    """
    wrong = f"  ({WRONG})" if answer.mark.wrong else ""
    head = [paint(BOLD, line) for line in _wrapped(f"{answer.rank}. ", f"{citation(answer)}{wrong}", width)]
    reasons = _reasons(answer, paint) if explain and mark is not None else []
    return "\n".join([*head, *_quoted(answer, width, mark), *reasons])


def _reasons(answer: Answer, paint: Paint) -> list[str]:
    """What spoke for and against an answer."""
    lines = explanation.lines(answer.evidence) if answer.estimated else []
    return [paint(DIM, f"{_INDENT}{line}") for line in lines]


def _wrapped(begin: str, text: str, width: int | None) -> list[str]:
    """A text after `begin`, in lines of `width` that are indented alike; in one line without a width."""
    if width is None:
        return [begin + text]
    room = max(_NARROWEST, width)
    indent = " " * len(begin)
    return textwrap.wrap(text, room, initial_indent=begin, subsequent_indent=indent, break_on_hyphens=False)


def _quoted(answer: Answer, width: int | None, mark: Paint | None) -> list[str]:
    """The passage, in a margin; `mark` paints the answer in it, None doesn't mark it."""
    width = width or WIDTH
    lines = _passage(answer, width, mark) if answer.table is None else _table(answer.table, width, mark)
    return [f"{_MARGIN}{line}" for line in lines]


def citation(cited: Answer | Citation) -> str:
    """A citation as text: "report.pdf, page 7 (v), lines 3–4, 2.1 Methods"."""
    parts = [display_name(cited.document), place(cited)]
    if cited.section:
        parts.append(one_line(cited.section))
    if cited.outdated:
        parts.append("in an earlier version")
    return ", ".join(parts)


def place(cited: Answer | Citation) -> str:
    """Return a citation without document and section: "page 7 (v), lines 3–4"."""
    location = Location(cited.page, cited.page_label, cited.page_end, cited.section, cited.line_start, cited.line_end)
    return one_line(cite(cited.format, location))


def _passage(answer: Answer, width: int, mark: Paint | None) -> list[str]:
    """The wrapped passage, each item of a list in lines of its own."""
    text, first = plain(answer.passage), answer.start - answer.passage_start
    edges = [*item_starts(text, 0, len(text)), len(text)]
    text = _marked(text, first, first + len(answer.text)) if mark else text
    if mark:  # The marks move what follows them, and one that opens stands before its character.
        edges = [edge + (edge > first) + (edge >= first + len(answer.text)) for edge in edges]
    room = max(_NARROWEST, width - len(_MARGIN))
    parts = [" ".join(text[start:end].split()) for start, end in pairwise([0, *edges])]
    lines = [line for part in parts for line in textwrap.wrap(part, room, break_long_words=False)]
    if mark is None:
        return lines
    before, after = _around(mark)
    return [line.replace(_OPEN, f"{before}»").replace(_CLOSE, f"«{after}") for line in lines]


def _table(table: TablePassage, width: int, mark: Paint | None) -> list[str]:
    """The part of the table around the answer, without the columns for which there is no room."""
    answer = table.cells[table.cell]
    text, first, last = _cut(plain(answer.text), table.start, table.end)
    text = " ".join((_marked(text, first, last) if mark else text).split())
    cells = [cell._replace(text=text if cell is answer else _shortened(cell, table)) for cell in table.cells]
    room = max(_NARROWEST, width - len(_MARGIN))
    shown = narrow(cells, range(table.header_columns), answer.column, room)
    painted = _text_of if mark is None else _cell_painter(shown, mark)
    return [line_text(line, painted) for line in align(shown, table.header_rows, room)]


def _text_of(part: CellPart) -> str:
    return part.text


def _shortened(cell: AlignedCell, table: TablePassage) -> str:
    """The text of another cell than the answer's. Those of the rows next to it are context only."""
    beside = cell.row < table.header_rows or cell.row == table.cells[table.cell].row
    return textwrap.shorten(one_line(cell.text), _LONG_CELL if beside else _SHORT_CELL, placeholder="…")


def _cut(text: str, start: int, end: int) -> tuple[str, int, int]:
    """Cut a long cell at spaces around the answer in it."""
    low = text.rfind(" ", 0, start - _LONG_CELL) + 1 if start > _LONG_CELL else 0
    high = text.find(" ", end + _LONG_CELL) if end + _LONG_CELL < len(text) else -1
    before, after = "…" if low else "", "" if high < 0 else "…"
    text = f"{before}{text[low : high if after else None]}{after}"
    return text, start - low + len(before), end - low + len(before)


def _cell_painter(cells: Sequence[AlignedCell], paint: Paint) -> Callable[[CellPart], str]:
    """Paints the parts of the cell with the answer, in their order: an answer in several lines is painted in each."""
    answer = next(i for i, cell in enumerate(cells) if _OPEN in cell.text)
    before, after = _around(paint)
    inside = False

    def painted(part: CellPart) -> str:
        nonlocal inside
        if part.cell != answer:
            return part.text
        start = before if inside else ""
        inside = (inside or _OPEN in part.text) and _CLOSE not in part.text
        text = part.text.replace(_OPEN, f"{before}»").replace(_CLOSE, f"«{after}")
        return f"{start}{text}{after if inside else ''}"

    return painted


def _marked(text: str, first: int, last: int) -> str:
    """Mark the answer by noncharacters until the lines are wrapped: an inert text has none, and may have » and «."""
    return f"{text[:first]}{_OPEN}{text[first:last]}{_CLOSE}{text[last:]}"


def _around(paint: Paint) -> tuple[str, str]:
    """What stands around the marks of an answer: colour alone would be lost in a pipe, so it has both."""
    before, after = paint(BOLD, "\0").split("\0")
    return before, after
