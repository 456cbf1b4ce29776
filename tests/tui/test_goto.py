"""Targets of "go to": pages, lines and sections."""

from dataclasses import replace

import pytest
from support.stage import paged

from docqa.documents import Section, Source, parse
from docqa.documents.plain_text import from_text
from docqa.tui.state import goto

_PAGES = paged("log.pdf", [["Contents."], ["First watch."], ["Second watch."]], ["i", "1", "2"])
LOG = replace(
    _PAGES,
    sections=tuple(
        Section(title, level, _PAGES.text.index(at))
        for title, level, at in (("Watches", 0, "First"), ("Night\nwatch", 1, "Second"))
    ),
)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ["Watches", "  Night watch"]),
        ("night", ["Night watch"]),
        ("i", ["page 1 (i)", "Night watch"]),
        ("1", ["page 2 (1)", "page 1 (i)"]),
        ("3", ["page 3 (2)"]),
        ("4", []),
    ],
)
def test_labels_win_over_numbers_and_titles_match_in_part(typed: str, names: list[str]) -> None:
    found = goto.targets(LOG, typed)
    assert [choice.text for choice in found] == names
    for choice in found:
        assert choice.value is not None and LOG.text[choice.value :].startswith(("Contents", "First", "Second"))


def test_a_text_without_pages_has_lines_to_go_to() -> None:
    text = from_text(Source("a.txt", b""), "text", "one\ntwo\nthree")
    assert goto.hint(text) == "3 lines: type a number"
    assert [(choice.text, choice.value) for choice in goto.targets(text, "2")] == [("line 2", 4)]
    assert goto.targets(text, "4") == goto.targets(text, "x") == []


def test_lines_of_markdown_are_those_of_the_file() -> None:
    document = parse(Source("a.md", b"# Rules\n\nThe keeper\nis Anna.\n\n<!-- no\ntext -->\n\nThe end.\n"))
    assert goto.hint(document) == "9 lines, 1 section: type a number or a title"
    at = {typed: goto.targets(document, typed)[0].value for typed in ("1", "4", "6", "9")}
    assert {typed: document.text[offset:][:6] for typed, offset in at.items() if offset is not None} == {
        "1": "Rules\n", "4": "is Ann", "6": "The en", "9": "The en",
    }  # fmt: skip
    assert goto.targets(document, "10") == []


def test_the_section_that_an_offset_is_in_is_highlighted() -> None:
    assert goto.hint(LOG) == "3 pages, 2 sections: type a number or a title"
    assert [goto.section_at(LOG, LOG.text.index(at)) for at in ("Contents", "First", "Second")] == [0, 0, 1]
