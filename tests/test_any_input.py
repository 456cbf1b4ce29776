"""Whatever is in a text, Markdown or pairs file: a whole document or usable pairs, or a sentence that says why not."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.invariants import check_document, check_pairs

from docqa import documents
from docqa.datasets.loading import load
from docqa.documents import Source
from docqa.errors import DocqaError

LONG_NUMBER = "7" * 5000
PIECES = st.sampled_from(
    [
        *("a", "Anna Holm", "1858", "12.5", "é", "漢字", "ﷺ", "🗼", "²", "٣"),
        *("\u0301", "\u200d", "\u202e", "\ufeff", "\ufffe", "\x00", "\x1b[31m"),
        *(" ", "   ", "\t", "\n", "\n\n", "\r", "\r\n", "\f", "\v", "\x1c", "\x1f", "\x85", "\u2028"),
        *("# ", "- ", "1. ", "> ", "|", "|---|\n", "```\n", "    ", "---\n", "* * *\n", "=====\n", "title: "),
        *("<td>", "<table>", "</table>", "<!--", "-->", "[^1]", "[", "](x)", "**", "&#0;", "&#xD800;", "&amp;"),
        *("\\", '"', ",", ";", "{", "}", "'", "question", ":", "\n+++\n"),
        *(LONG_NUMBER, f'<td colspan="{LONG_NUMBER}">'),
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200)
DATA = (
    st.tuples(
        TEXTS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "gb18030", "cp866"])
    )
    .map(lambda each: each[0].encode(each[1], "replace"))
    .flatmap(lambda data: st.binary(max_size=8).map(lambda tail: data + tail) | st.just(data))
) | st.binary(max_size=400)


def is_explained(error: DocqaError) -> bool:
    """Whether an error is one that docqa foresaw, in words that can be printed."""
    str(error).encode()
    return bool(error.message) and "please report it" not in error.hint


@pytest.mark.parametrize("suffix", [".txt", ".md"])
@given(DATA)
@example(b"x" * 30_000 + b"\xe9")  # The only letter that tells the encoding is far from the beginning of its word.
@example(b"<table><tr><td colspan=%s>a</td></tr></table>" % LONG_NUMBER.encode())
@example(b"Text.\n\n```\n\n\n\n")  # Lines without text at the end.
@example(b"Text. <br>\r\n")  # A line break at the end.
@settings(deadline=None, max_examples=150)
def test_any_bytes_are_a_document_or_explained(suffix: str, data: bytes) -> None:
    try:
        document = documents.parse(Source(f"a{suffix}", data))
    except DocqaError as error:
        assert is_explained(error), error
        return
    check_document(document)


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.sampled_from([1e400, 10**400]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS | st.sampled_from(["text"]), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("question", "context", "answer", "answers", "answer_start", "is_impossible", "id", "page", "title")
RECORDS = st.dictionaries(st.sampled_from(FIELDS) | TEXTS, VALUES, max_size=6)
SQUAD = st.fixed_dictionaries(
    {"data": VALUES | st.lists(st.fixed_dictionaries({"paragraphs": VALUES | st.lists(st.fixed_dictionaries(
        {"context": TEXTS | VALUES, "qas": VALUES | st.lists(RECORDS, max_size=2)}), max_size=2)}), max_size=2)},
    optional={"version": VALUES},
)  # fmt: skip


def as_csv(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([["question", "context", "answer", "answer_start"], *rows])
    return text.getvalue()


FILES = st.one_of(
    st.tuples(st.sampled_from([".json", ".jsonl", ".csv", ".tsv"]), DATA),
    st.tuples(st.just(".json"), (st.lists(RECORDS, max_size=4) | SQUAD).map(lambda value: json.dumps(value).encode())),
    st.tuples(st.just(".jsonl"), st.lists(RECORDS | TEXTS, max_size=4).map(
        lambda rows: "\n".join(map(json.dumps, rows)).encode())),
    st.tuples(st.just(".csv"), st.lists(st.lists(TEXTS, max_size=5), max_size=4).map(
        lambda rows: as_csv(rows).encode("utf-8", "replace"))),
)  # fmt: skip


@given(FILES, st.integers(0, 3))
@example(
    (".json", b'[{"question": "Who?", "context": "Anna.", "answer": "Anna", "answer_start": %s}]' % b"7" * 5000), 0
)
@example((".jsonl", b'{"question": "Who?", "answer_start": %s}' % (b"7" * 5000)), 0)
@example((".json", b'{"version": %s, "data": []}' % (b"-" + b"7" * 5000)), 0)
@example((".csv", b'question,context,answers\nWho?,Anna,"%s"\n' % (b"[" * 100_000)), 0)
@example((".csv", b"question,context,answer,answer_start\nWho?,Anna,Anna,%s\n" % (b"7" * 5000)), 0)
@settings(deadline=None, max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_pairs_or_explained(tmp_path: Path, file: tuple[str, bytes], cut: int) -> None:
    suffix, data = file
    path = tmp_path / f"pairs{suffix}"
    path.write_bytes(data[: len(data) - cut])
    try:
        loaded = load([path])
    except DocqaError as error:
        assert is_explained(error), error
        return
    check_pairs(loaded)
    for issue in loaded.report.issues:
        str(issue).encode()
