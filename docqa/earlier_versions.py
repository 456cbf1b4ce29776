"""Answers from a document that has changed since: found again in its new text, or marked (pure).

An answer that is found again has the offsets and the citation of the new text. One that is not keeps those of the
version that it was found in, and says so wherever it is shown (`Answer.outdated`).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from docqa.answers import Answer, Citation, Result, cite, sentence_around
from docqa.documents import Document
from docqa.moved_spans import Span, find_again
from docqa.passages import passage
from docqa.table_passages import TablePassage, table_passage

Versions = Mapping[str, tuple[Document, Document]]
"""By name, the version of a document that answers were found in, and its present one."""


def mark_outdated(result: Result, documents: Collection[str]) -> Result:
    """Mark all places in some documents, by name, as of an earlier version."""
    return _with_answers(result, lambda answer: outdated_answer(answer, documents))


def outdated_answer(answer: Answer, documents: Collection[str]) -> Answer:
    """Mark an answer and its other locations, where they are in some documents."""
    others = tuple(replace(one, outdated=one.outdated or one.document in documents) for one in answer.other_locations)
    return replace(answer, outdated=answer.outdated or answer.document in documents, other_locations=others)


def find_result_again(result: Result, versions: Versions) -> Result:
    """Find all answers in documents that have changed again, and mark those that are not found."""
    return _with_answers(result, lambda answer: find_answer_again(answer, versions))


def find_answer_again(answer: Answer, versions: Versions) -> Answer:
    """Find an answer and its other locations again, or mark them."""
    answer = replace(answer, other_locations=tuple(_location(one, versions) for one in answer.other_locations))
    if answer.document not in versions:
        return answer
    old, new = versions[answer.document]
    place = find_span_again(old, new, (answer.start, answer.end))
    if place is None:
        return replace(answer, outdated=True)
    alternatives = tuple(
        replace(one, text=new.text[at:to], start=at, end=to)
        for one in answer.alternatives
        for at, to in [find_span_again(old, new, (one.start, one.end)) or (0, 0)]
        if to
    )
    return replace(_moved(answer, new, place), alternatives=alternatives)


def _moved(answer: Answer, new: Document, place: Span) -> Answer:
    """An answer at its place in the new version, without alternatives."""
    start, end = place
    found = cite(new, start, end)
    moved = start - answer.start
    passage_start, passage_end = answer.passage_start + moved, answer.passage_start + moved + len(answer.passage)
    if passage_start < 0 or new.text[passage_start:passage_end] != answer.passage:
        passage_start, passage_end = sentence_around(new, start, end)
    return replace(
        answer,
        text=new.text[start:end],
        page=found.page,
        page_label=found.page_label,
        page_end=found.page_end,
        section=found.section,
        line_start=found.line_start,
        line_end=found.line_end,
        start=start,
        end=end,
        passage=new.text[passage_start:passage_end],
        passage_start=passage_start,
        table=table_passage(new, start, end),
        alternatives=(),
    )


def is_unchanged(answer: Answer, document: Document) -> bool:
    """Whether an answer and its passage are in a document where they were."""
    first, last = answer.passage_start, answer.passage_start + len(answer.passage)
    return document.text[first:last] == answer.passage and document.text[answer.start : answer.end] == answer.text


def find_kept_answer(answer: Answer, new: Document) -> Answer:
    """Find an answer again of which only the passage is left of the earlier version, or mark it.

    Its other locations stay as they are.
    """
    first = answer.start - answer.passage_start
    span = first, first + len(answer.text)
    place = find_again(answer.passage, new.text[: new.body_end], span, passage(answer.passage, *span, 0))
    if place is None or (answer.table and _headings(answer.table) != _headings(table_passage(new, *place))):
        return replace(answer, outdated=True)
    return _moved(answer, new, place)


def _headings(table: TablePassage | None) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    return None if table is None else (table.row_headings, table.column_headings)


def find_span_again(old: Document, new: Document, span: Span) -> Span | None:
    """Where a span of the old version is in the new one: in the same sentence, or row under the same headings."""
    place = find_again(old.text, new.text[: new.body_end], span, sentence_around(old, *span))
    if place is None:
        return None
    before = _headings(table_passage(old, *span))
    return None if before is not None and before != _headings(table_passage(new, *place)) else place


def _with_answers(result: Result, change: Callable[[Answer], Answer]) -> Result:
    return replace(result, answers=tuple(map(change, result.answers)), closest=tuple(map(change, result.closest)))


def _location(location: Citation, versions: Versions) -> Citation:
    if location.document not in versions:
        return location
    old, new = versions[location.document]
    place = find_span_again(old, new, (location.start, location.end))
    return replace(location, outdated=True) if place is None else cite(new, *place)
