"""Text and tables as GitHub's Markdown (pure)."""

import re
from collections.abc import Sequence

from docqa.aligned_table import AlignedCell, is_numeric
from docqa.terminal_text import one_line, plain

_SPECIAL = frozenset("\\`*_[]<>#|&~")
_LINK = re.compile(r"\b(?=://)|\bwww(?=\.)|\b(?:mailto|xmpp)(?=:)", re.IGNORECASE)
"""What makes GitHub show the characters after it as a link."""
_BEGINS_BLOCK = re.compile(r"([+~-]|\d+(?=[.)]))(?=[\s.)~+-]|$)")
_HEADER_SEPARATOR = " / "  # Between the rows of a header: Markdown's tables have only one.


def escaped(text: str) -> str:
    """One line with Markdown's special characters escaped, and no address a link."""
    line = "".join(f"\\{character}" if character in _SPECIAL else character for character in one_line(text))
    return _LINK.sub(r"\g<0>\\", line)


def paragraph(text: str) -> str:
    """A paragraph: the text escaped, also where its beginning would make it a list item or a rule."""
    line = escaped(text)
    begins = _BEGINS_BLOCK.match(line)
    if begins is None:
        return line
    at = begins.end() if begins.group()[0].isdigit() else 0
    return f"{line[:at]}\\{line[at:]}"


def comment(text: str) -> str:
    """A comment, which the text can't end."""
    return f"<!-- {re.sub('-(?=-)', '- ', one_line(text))} -->"


def fenced(text: str) -> list[str]:
    """The lines of a code block."""
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall(r"`{3,}", text))])
    return [fence, *map(plain, text.splitlines()), fence]


def markdown_table(cells: Sequence[AlignedCell], header_rows: int) -> list[str]:
    """The lines of a table. The cells' texts are Markdown."""
    columns = max((cell.column + cell.column_span for cell in cells), default=0)
    rows = [[""] * columns for _ in range(max((cell.row for cell in cells), default=-1) + 1)]
    for text, row, column, span in cells:
        # A heading of several columns is repeated, since it is joined to those below it.
        for each in range(column, column + (span if row < header_rows else 1)):
            rows[row][each] = text
    header = [_joined([row[column] for row in rows[:header_rows]]) for column in range(columns)]
    body = rows[header_rows:]
    rule = ["--:" if is_numeric(row[column] for row in body) else "---" for column in range(columns)]
    return [f"| {' | '.join(row)} |" for row in (header, rule, *body)]


def _joined(headings: Sequence[str]) -> str:
    return _HEADER_SEPARATOR.join(dict.fromkeys(filter(None, headings)))
