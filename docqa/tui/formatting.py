"""Text for the screen: shortened, and numbers in words (pure)."""

from typing import TYPE_CHECKING

from docqa.terminal_text import flat

if TYPE_CHECKING:
    from docqa.answers import Answer, Citation

POSSIBLE = 0.4
"""The probability from which an answer is called possible."""

_LIKELIHOODS = (
    (0.85, "very likely"),
    (0.6, "likely"),
    (POSSIBLE, "possible"),
    (0.15, "unlikely"),
    (0.0, "very unlikely"),
)


def cited(place: "Answer | Citation") -> str:
    """Format a citation as all of docqa does."""
    from docqa.output import citation  # Imports numpy, which must not delay the first frame.

    return citation(place)


def located(place: "Answer | Citation") -> str:
    """Page and line, without the document and the section."""
    from docqa.output import place as where  # As above.

    return where(place)


def headings(answer: "Answer") -> str:
    """The headings of the row and of the column of the table that an answer is in: "Bellona · Tons"; or ""."""
    if answer.table is None:
        return ""
    return " · ".join(flat(heading) for heading in (*answer.table.row_headings, *answer.table.column_headings))


def context(answer: "Answer") -> tuple[str, int, int]:
    """The passage of an answer, in a table its cell, on one line; and where in it the answer begins and ends."""
    table = answer.table
    if table is not None:
        return flat(table.cells[table.cell].text), table.start, table.end
    return flat(answer.passage), answer.start - answer.passage_start, answer.end - answer.passage_start


def quotation(answer: "Answer") -> str:
    """Quote the passage of an answer, or its cell of a table after the headings: Bellona · Tons: “1,198”."""
    named = headings(answer)
    return (f"{named}: " if named else "") + f"“{context(answer)[0]}”"


def likelihood(probability: float) -> str:
    """Describe a probability in words."""
    return next(word for least, word in _LIKELIHOODS if probability >= least or least == 0.0)


def bar(done: float, width: int = 8) -> str:
    """Draw a fraction, 0 to 1, as a bar. It is empty only at 0 and full only at 1."""
    done = max(0.0, min(1.0, done))
    filled = round(done * width)
    if 0 < done < 1:
        filled = max(1, min(width - 1, filled))
    return "█" * filled + "░" * (width - filled)


def shortened(text: str, limit: int = 80) -> str:
    """Cut a text at a word boundary if it has more than `limit` characters."""
    if len(text) <= limit:
        return text
    return (text[:limit].rpartition(" ")[0] or text[:limit]).rstrip() + "…"
