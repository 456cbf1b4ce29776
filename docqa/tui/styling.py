"""Styled text for widgets: secondary text, wrapped paragraphs, errors."""

from collections.abc import Iterable

from textual.content import Content

from docqa.errors import DocqaError
from docqa.terminal_text import visible_lines

MUTED = "$dim"
"""The style of secondary text, dim but readable. ($text-muted is for whole widgets.)"""


def hang(content: Content, width: int, first: Content | str, rest: Content | str | None = None) -> list[Content]:
    """Wrap to `width` cells, with `first` before the first line and `rest` (default: blanks) before the others."""
    blank = " " * len(first) if rest is None else rest
    lines = content.wrap(max(4, width - len(first))) or [Content("")]
    return hang_lines(lines, first, blank)


def hang_lines(lines: Iterable[Content], first: Content | str, rest: Content | str) -> list[Content]:
    """The same for lines that are wrapped already."""
    return [Content("") + (rest if number else first) + line for number, line in enumerate(lines)]


def joined(lines: Iterable[Content]) -> Content:
    """Join lines into one text."""
    return Content("\n").join(lines)


def error_lines(error: DocqaError) -> list[Content]:
    """An error's message, and its hint if it has one."""
    hint = [Content(f"→ {visible_lines(error.hint)}")] if error.hint else []
    return [Content.styled(f"✗ {visible_lines(error.message)}", "bold $text-error"), *hint]


def error_line(error: DocqaError) -> str:
    """An error's message and hint on one line."""
    return f"✗ {error.message}" + (f" → {error.hint}" if error.hint else "")
