"""The pages and sections of a document, to go to (pure)."""

from typing import TYPE_CHECKING

from textual.content import Content

from docqa.tui.formatting import MUTED, counted, flat
from docqa.tui.screens.choose import Choice, matching

if TYPE_CHECKING:
    from docqa.documents import Document


def hint(document: "Document") -> str:
    """What there is to go to."""
    pages, sections = document.page_count, len(document.sections)
    parts = [counted(pages, "page") if pages else counted(len(document.lines), "line")]
    parts += [counted(sections, "section")] if sections else []
    return f"{', '.join(parts)}: type a number{' or a title' if sections else ''}"


def nearest(document: "Document", offset: int) -> int:
    """The number, from 0, of the section that an offset is in."""
    return max(0, sum(section.start <= offset for section in document.sections) - 1)


def targets(document: "Document", typed: str) -> list[Choice[int]]:
    """The pages and sections that fit what is typed, with the offset at which each begins."""
    return _numbered(document, typed) + _sections(document, typed)


def _numbered(document: "Document", typed: str) -> list[Choice[int]]:
    """The page of a number or a label; in a text without pages, the line of a number."""
    lines = document.lines
    if not document.page_count:
        if typed.isdecimal() and 1 <= int(typed) <= len(lines):
            return [(Content(f"line {int(typed):,}"), int(lines.starts[int(typed) - 1]))]
        return []
    pages = [number for number, label in enumerate(document.page_labels, 1) if typed and label == typed]
    if typed.isdecimal() and 1 <= int(typed) <= document.page_count and int(typed) not in pages:
        pages.append(int(typed))
    found: list[Choice[int]] = []
    for page in pages:
        label = document.page_labels[page - 1]
        called = f"page {page:,}" + (f" ({flat(label)})" if label != str(page) else "")
        shown = document.page_lines(page)
        found += [(Content(called), shown[0].start)] if shown else []
    return found


def _sections(document: "Document", typed: str) -> list[Choice[int]]:
    named = []
    for section in document.sections:
        title = flat(section.title)
        page = document.locate(section.start, section.start + 1).page
        where = Content.styled(f"{page:>5}  " if page else "", MUTED)
        indent = "" if typed else "  " * section.level
        named.append((title, (where + Content(indent + title), section.start)))
    return matching(typed, named)
