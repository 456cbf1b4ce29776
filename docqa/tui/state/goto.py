"""The pages, lines and sections of a document that the user can jump to (pure)."""

from typing import TYPE_CHECKING

from docqa.terminal_text import flat
from docqa.tui.state.choices import Choice, matching
from docqa.wording import counted

if TYPE_CHECKING:
    from docqa.documents import Document


def hint(document: "Document") -> str:
    """Return a placeholder that says how many targets the document has."""
    pages, sections = document.page_count, len(document.sections)
    parts = [counted(pages, "page") if pages else counted(document.line_count, "line")]
    parts += [counted(sections, "section")] if sections else []
    return f"{', '.join(parts)}: type a number{' or a title' if sections else ''}"


def section_at(document: "Document", offset: int) -> int:
    """Return the index of the section that contains an offset; 0 before the first."""
    return max(0, sum(section.start <= offset for section in document.sections) - 1)


def targets(document: "Document", typed: str) -> list[Choice[int]]:
    """Return the pages, lines and sections that match what was typed. Values are offsets."""
    return _numbered(document, typed) + _sections(document, typed)


def _numbered(document: "Document", typed: str) -> list[Choice[int]]:
    """Match a page number or label, or the line number in a document without pages."""
    lines = document.lines
    if not document.page_count:
        if typed.isdecimal() and 1 <= int(typed) <= document.line_count:
            # A line of the file may show nothing: the next one then.
            later = (lines.numbers >= int(typed)).nonzero()[0]
            index = int(later[lines.numbers[later].argmin()])
            return [Choice(f"line {int(typed):,}", int(lines.starts[index]))]
        return []
    pages = [number for number, label in enumerate(document.page_labels, 1) if typed and label == typed]
    if typed.isdecimal() and 1 <= int(typed) <= document.page_count and int(typed) not in pages:
        pages.append(int(typed))
    found: list[Choice[int]] = []
    for page in pages:
        label = document.page_labels[page - 1]
        name = f"page {page:,}" + (f" ({flat(label)})" if label != str(page) else "")
        shown = document.page_lines(page)
        found += [Choice(name, shown[0].start)] if shown else []
    return found


def _sections(document: "Document", typed: str) -> list[Choice[int]]:
    choices = []
    for section in document.sections:
        page = document.locate(section.start, section.start + 1).page
        indent = "" if typed else "  " * section.level
        choices.append(Choice(indent + flat(section.title), section.start, before=f"{page:>5}  " if page else ""))
    return matching(typed, choices)
