"""Asking a part of the documents: some of them, some of their pages."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen import canvas
from support.samples import SAMPLES

import docqa
from docqa.array_store import ArrayStore
from docqa.collection import Collection
from docqa.config import Settings
from docqa.engine import Engine
from docqa.errors import DocqaError
from docqa.page_ranges import PageRanges


@pytest.fixture(scope="module")
def collection(tiny_settings: Settings) -> Collection:
    """The samples: a Markdown file, a text and a report of 18 pages, by a reader with random weights."""
    return Engine(tiny_settings, ArrayStore(None)).open([SAMPLES])


def names(collection: Collection, numbers: Sequence[int] | frozenset[int]) -> set[str]:
    return {Path(collection.documents[number].name).name for number in numbers}


@pytest.mark.parametrize(
    ("patterns", "found"),
    [
        ("*.pdf", {"harbour-report.pdf"}),
        ("HARBOUR-report.pdf", {"harbour-report.pdf"}),
        ("sample_docs/*.txt", {"expedition-journal.txt"}),
        (["*.pdf", "*journal*"], {"harbour-report.pdf", "expedition-journal.txt"}),
        ("sample_docs", {"harbour-report.pdf", "expedition-journal.txt", "staff-handbook.md", "README.md"}),
        ((), {"harbour-report.pdf", "expedition-journal.txt", "staff-handbook.md", "README.md"}),
    ],
)
def test_a_pattern_means_names_ends_of_paths_and_folders(
    collection: Collection, patterns: str | Sequence[str], found: set[str]
) -> None:
    assert names(collection, collection.scope(patterns).numbers) == found


@pytest.mark.parametrize(
    ("patterns", "pages", "message"),
    [
        ("*.docx", None, "no document matches '*.docx'"),
        (["a", "b"], None, "no document matches 'a' or 'b'"),
        ("*.md", "3", "has no pages"),
        ((), "19-", "harbour-report.pdf has only 18 pages"),
        ((), "x", "--pages is 'x'"),
    ],
)
def test_a_scope_with_nothing_in_it_is_an_error(
    collection: Collection, patterns: str | Sequence[str], pages: str | None, message: str
) -> None:
    with pytest.raises(DocqaError) as raised:
        collection.scope(patterns, pages)
    assert message in str(raised.value)


@given(first=st.integers(1, 18), last=st.integers(1, 18), question=st.sampled_from(["Who?", "What is the fee?"]))
def test_every_answer_begins_on_one_of_the_pages(collection: Collection, first: int, last: int, question: str) -> None:
    first, last = sorted((first, last))
    result = collection.ask(question, scope=collection.scope(pages=f"{first}-{last}"))
    found = (*result.answers, *result.closest)
    assert all(each.page is not None and first <= each.page <= last for each in found)
    assert 0 < result.windows_read <= result.windows_total < collection.windows_total


def test_the_whole_as_a_scope_changes_nothing(collection: Collection) -> None:
    for question in ("Who retired?", "What is the fee?"):
        asked, all_of_it = collection.ask(question), collection.ask(question, scope=collection.scope())
        assert (asked.answers, asked.closest) == (all_of_it.answers, all_of_it.closest)
        assert asked.windows_total == all_of_it.windows_total


def test_all_windows_of_a_document_are_read_and_no_others(collection: Collection) -> None:
    scope = collection.scope("*.pdf")
    result = collection.ask("Who?", exhaustive=True, scope=scope)
    (number,) = scope.numbers
    assert result.windows_read == result.windows_total == len(collection.opened[number].windows)


def test_a_blank_page_has_no_answer(tiny_settings: Settings, tmp_path: Path) -> None:
    sheets = canvas.Canvas(str(tmp_path / "a.pdf"), invariant=1)
    sheets.drawString(72, 700, "Anna Holm kept the lamp for 31 years.")
    sheets.showPage()
    sheets.showPage()
    sheets.save()
    collection = Engine(tiny_settings, ArrayStore(None)).open([tmp_path])
    result = collection.ask("Who kept the lamp?", scope=collection.scope(pages="2"))
    assert (result.answered, result.closest, result.windows_read, result.windows_total) == (False, (), 0, 0)


def test_ranges_of_pages() -> None:
    assert PageRanges("3-5, 9").of(20) == {3, 4, 5, 9}
    assert PageRanges("-2,7-").of(8) == {1, 2, 7, 8}
    assert PageRanges("7").of(3) == set()
    for wrong in ("", "0", "5-3", "a", "1;2"):
        with pytest.raises(DocqaError):
            PageRanges(wrong)


def test_a_question_may_have_its_own_number_of_answers(collection: Collection) -> None:
    result = collection.ask("Who retired?", top=2)
    assert len(result.answers) + len(result.closest) == 2
    with pytest.raises(DocqaError, match="top is 0"):
        collection.ask("Who retired?", top=0)


def test_the_package_shows_its_interface_and_nothing_else() -> None:
    assert dir(docqa) == sorted(docqa.__all__)
    assert all(hasattr(docqa, name) for name in docqa.__all__)
