"""A whole document from the lines of its pages: what runs on is the body, the rest stands apart (pure)."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from docqa.documents.pdf.contents import contents_entries
from docqa.documents.pdf.continued_tables import join_continued
from docqa.documents.pdf.footnotes import footnote_starts, mark_footnotes
from docqa.documents.pdf.formulas import mark_formulas
from docqa.documents.pdf.lines import LayoutLine, LineBlock, body_size
from docqa.documents.pdf.paragraphs import line_blocks
from docqa.documents.pdf.reading_order import ReadPage
from docqa.documents.pdf.running_heads import running_heads
from docqa.documents.pdf.running_text import RunningText, running_text
from docqa.documents.pdf.words import Words

_LETTERS = 1500  # On a page of text: its type is the usual one.
_PAGE = attrgetter("page")
_MAY_BE_HEAD = {"", "figure"}
_APART = {"header", "footer", "watermark", "line_number", "figure", "contents", "unreadable"}


def arrange(pages: Sequence[ReadPage | None]) -> RunningText:
    """Lay out a whole document; None is a damaged page.

    Running heads, tables of contents and labels of figures follow the body text, so that they don't interrupt it.
    """
    lines = [line for page in pages if page for line in page.lines]
    words = Words.of(line.text for line in lines)
    heads = running_heads(
        [line for line in lines if line.kind != "note"], len(pages), [page.height if page else 0.0 for page in pages]
    )
    marked = [
        line._replace(kind=head)
        if (head := heads.get((line.page, line.number))) and line.kind in _MAY_BE_HEAD
        else line
        for line in lines
    ]
    apart = [LineBlock(line.kind, [line]) for line in marked if line.kind in _APART]
    entries, body = _contents([line for line in marked if line.kind not in _APART])
    size = body_size([[line for line in body if line.kind != "table"]]) if body else 0.0
    blocks = join_continued(line_blocks(list(mark_formulas(list(_with_footnotes(body, pages, size)))), size))
    headings = [block for block in blocks if block.kind in _APART]  # Of tables, repeated on each page.
    body_blocks = [block for block in blocks if block.kind not in _APART]
    aside = sorted([*entries, *apart, *headings], key=lambda block: block.lines[0].id)
    if not body_blocks:  # There is nothing else to read.
        body_blocks = [block for block in aside if block.kind != "unreadable"]
        aside = [block for block in aside if block.kind == "unreadable"]
    return running_text(body_blocks, aside, words)


def _contents(body: list[LayoutLine]) -> tuple[list[LineBlock], list[LayoutLine]]:
    """The entries of tables of contents, and the other lines."""
    spans = contents_entries(body) if body else []
    if not spans:
        return [], body
    entries = [LineBlock("contents", body[first : last + 1], [" "] * (last - first)) for first, last in spans]
    taken = {index for first, last in spans for index in range(first, last + 1)}
    return entries, [line for index, line in enumerate(body) if index not in taken]


def _with_footnotes(body: list[LayoutLine], pages: Sequence[ReadPage | None], size: float) -> Iterator[LayoutLine]:
    """The lines, with those of footnotes marked as such."""
    for number, on_page in groupby(body, key=_PAGE):
        lines, page = list(on_page), pages[number - 1]
        # Most of a paper may be in the small type of its references.
        has_larger = round(max([line.size for line in lines]) * 10) / 10 > size
        has_text = has_larger and sum([len(line.text) for line in lines]) > _LETTERS
        usual = max(size, body_size([lines])) if has_text else size
        notes = mark_footnotes(lines, usual, page.rules if page else [])
        if not notes:
            yield from lines
            continue
        starts = footnote_starts(lines, notes)
        for index, line in enumerate(lines):
            if index in notes and not line.kind:
                yield line._replace(kind="footnote", begins=index in starts)
            else:
                yield line
