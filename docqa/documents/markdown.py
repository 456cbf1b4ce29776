"""Markdown. The canonical text is the source itself, so that line numbers match an editor's; headings are sections."""

import re
from itertools import accumulate, pairwise

from markdown_it import MarkdownIt

from docqa.documents.document import Document, Section
from docqa.documents.plain_text import BLANK_LINE, decode, from_text
from docqa.documents.source import Source
from docqa.progress import Monitor

_BREAK = re.compile(rf"{BLANK_LINE.pattern}|\|")  # Also the cells of a table.


def parse(source: Source, monitor: Monitor) -> Document:
    """Parse a Markdown file. Raises `DocqaError` if it is empty or not text."""
    monitor.check()
    text = decode(source)
    sections = _headings(text)
    title = sections[0].title if sections and sections[0].level == 0 else None
    return from_text(source, "markdown", text, sections, title, breaks=_BREAK)


def _headings(text: str) -> tuple[Section, ...]:
    line_starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    tokens = MarkdownIt("commonmark").parse(text)
    sections = []
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.map and inline.children is not None:
            title = "".join(child.content for child in inline.children).strip()
            sections.append(Section(title, int(token.tag[1]) - 1, line_starts[token.map[0]]))
    return tuple(sections)
