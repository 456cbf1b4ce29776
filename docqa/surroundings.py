"""The sentences, or rows of a table, before and after a place in a document (pure)."""

from dataclasses import replace

from docqa.answers import Answer, sentence_around
from docqa.documents import Document
from docqa.table_passages import table_passage

_Span = tuple[int, int]


def surroundings(document: Document, passage: _Span, count: int) -> list[_Span]:
    """Up to `count` sentences or rows before a passage, the passage, and as many after it, in the order of the text."""
    before: list[_Span] = []
    after: list[_Span] = []
    while len(before) < count and (at := _word_before(document, (before or [passage])[-1][0])) is not None:
        before.append(sentence_around(document, at, at + 1))
    while len(after) < count and (at := _word_after(document, (after or [passage])[-1][1])) is not None:
        after.append(sentence_around(document, at, at + 1))
    return [*reversed(before), passage, *after]


def with_surroundings(answer: Answer, document: Document, count: int) -> Answer:
    """An answer with so many sentences or rows around its own as the passage."""
    if answer.outdated:
        return answer  # Its place is in another version of the file.
    own = sentence_around(document, answer.start, answer.end)
    spans = surroundings(document, own, count)
    start, end = spans[0][0], spans[-1][1]
    table = table_passage(document, answer.start, answer.end, count)
    return replace(answer, passage=document.text[start:end], passage_start=start, table=table)


def _word_before(document: Document, offset: int) -> int | None:
    """The last character before an offset that is no white space."""
    at = offset - 1
    while at >= 0 and document.text[at].isspace():
        at -= 1
    return at if at >= 0 else None


def _word_after(document: Document, offset: int) -> int | None:
    """The first character from an offset on that is none, in the running text."""
    while offset < document.body_end and document.text[offset].isspace():
        offset += 1
    return offset if offset < document.body_end else None
