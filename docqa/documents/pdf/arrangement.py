"""A whole document from the lines of its pages: what runs on is the body, the rest stands apart (pure)."""

import re
from collections import Counter
from collections.abc import Sequence
from operator import attrgetter

from docqa.documents.pdf.continued_tables import join_continued
from docqa.documents.pdf.lines import LayoutLine
from docqa.documents.pdf.margins import Place
from docqa.documents.pdf.paragraphs import LineBlock, line_blocks
from docqa.documents.pdf.running_heads import running_heads
from docqa.documents.pdf.running_text import RunningText, running_text
from docqa.documents.pdf.words import Words

_CONTENTS = re.compile(r" … ?[\divxlc]+$", re.IGNORECASE)
_PAGE = attrgetter("page")
_TOP = attrgetter("top")
_APART = {"header", "footer", "watermark", "line_number", "figure", "contents", "unreadable"}


def arrange(pages: Sequence[list[LayoutLine]], heights: Sequence[float]) -> RunningText:
    """Lay out a whole document: `pages[i]` has the lines of page i + 1, from `read_page`, `heights[i]` its height.

    Running headers, footers and tables of contents follow the body text, so that they don't interrupt it.
    """
    lines = [line for page in pages for line in page]
    heads = running_heads([line for line in lines if line.kind != "note"], len(pages), heights)
    marked = [_marked(line, heads) for line in lines]
    body = [line for line in marked if line.kind not in _APART]
    apart = [line for line in marked if line.kind in _APART]
    if not body:
        body = [line._replace(kind="") for line in apart if line.kind != "unreadable"]
        apart = [line for line in apart if line.kind == "unreadable"]
    words = Words.of(line.text for line in lines)
    blocks = join_continued(line_blocks(notes_after_paragraphs(body)))
    return running_text(
        [block for block in blocks if block.kind not in _APART],
        [*(LineBlock(line.kind, [line]) for line in apart), *(block for block in blocks if block.kind in _APART)],
        words,
    )


def _marked(line: LayoutLine, heads: dict[tuple[int, int], Place]) -> LayoutLine:
    if line.kind and line.kind != "figure":
        return line
    if line.id in heads:
        return line._replace(kind=heads[line.id])
    return line._replace(kind="contents") if _CONTENTS.search(line.text) else line


def notes_after_paragraphs(lines: list[LayoutLine]) -> list[LayoutLine]:
    """Move footnotes after a paragraph that continues on the next page."""
    if not lines:
        return lines
    weights: Counter[float] = Counter()
    for line in lines:
        weights[round(line.size * 2) / 2] += len(line.text)
    body_size = weights.most_common(1)[0][0]
    ordered: list[LayoutLine] = []
    notes: list[LayoutLine] = []
    for index, line in enumerate(lines):
        if line.size < 0.92 * body_size and _only_notes_follow(lines, index, 0.92 * body_size):
            notes.append(line)
            continue
        if notes and not (ordered and _continues_paragraph(ordered[-1], line)):
            ordered.extend(notes)
            notes = []
        ordered.append(line)
    return ordered + notes


def _only_notes_follow(lines: list[LayoutLine], index: int, size: float) -> bool:
    """Whether only small type follows on the page: then it is footnotes, not a caption in mid-page."""
    page = lines[index].page
    for line in lines[index:]:
        if line.page != page:
            break
        if line.size >= size:
            return False
    return True


_ENDS_SENTENCE = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*\d*$")
_LIST_ITEM = re.compile(r"(?:[•‣◦▪–—*·-]|\(?(?:\d{1,3}|[a-z])[.)]|\[\d+\])\s")


def _continues_paragraph(previous: LayoutLine, line: LayoutLine) -> bool:
    """Whether a paragraph continues over the end of a page or column."""
    if abs(previous.size - line.size) > 0.08 * previous.size or previous.cells > 1 or line.cells > 1:
        return False
    if previous.hyphen:
        return True
    if _LIST_ITEM.match(line.text) or _ENDS_SENTENCE.search(previous.text):
        # A full line that ends a sentence may or may not end its paragraph: a wrong break does less harm.
        return False
    return line.text[0].islower() or previous.x1 > previous.right - 2 * previous.size
