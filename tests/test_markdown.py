"""Markdown is read as it is rendered, and every place leads back to its line in the file."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docqa.documents import Document, Source, parse
from docqa.documents.markdown_marks import looks_like_markdown
from docqa.errors import DocqaError


def read(text: str) -> Document:
    return parse(Source("a.md", text.encode()))


def parts(document: Document) -> list[str]:
    cuts = [0, *document.breaks.tolist(), len(document.text)]
    return [part for a, b in pairwise(cuts) if (part := document.text[a:b].strip())]


def blocks(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("The **landlord** is *Margarethe __Vogel__* ~~Tom~~.", "The landlord is Margarethe Vogel Tom."),
        (
            "Ask [the office](https://example.org/a_b 'Hours') or <mail@example.org>.",
            "Ask the office or mail@example.org.",
        ),
        ("See [the rules][1].\n\n[1]: rules.md", "See the rules."),
        ("Run `make  check`, R&amp;D &mdash; 5 &lt; 6, \\*so\\*.", "Run make check, R&D — 5 < 6, *so*."),
        (
            "One <!-- hidden --> two<br>three <b>four</b> 420<sup>3</sup> H<sub>2</sub>O.",
            "One two\nthree four 420 3 H2O.",
        ),
        ("A paragraph that\nis wrapped\nthree times.", "A paragraph that is wrapped three times."),
        ("12 Market Hill  \nLyndhaven\\\nEngland", "12 Market Hill\nLyndhaven\nEngland"),
        ("> It was\n> late.\n>\n> > Very.", "It was late.\n\nVery."),
        (
            "- one\n- two\n  wrapped\n   - deep\n\n3. three\n4. four",
            "- one\n- two wrapped\n  - deep\n\n3. three\n4. four",
        ),
        ("- one\n\n  more\n\n- two", "- one\n\n  more\n\n- two"),
        ("She was born in\n\n1858.\n\n-\n\n1. one\n2.", "She was born in\n\n1858.\n\n1. one\n2."),
        ("<!-- one\n\ntwo -->\n\nText.", "Text."),
        ("Text.\n\n***\n\nMore.", "Text.\n\nMore."),
        ("Water ![a drop](drop.png) is wet.", "Water is wet."),
        ("![The plan of the harbour](plan.png)\n\n![x](x.png)\n\nText.", "The plan of the harbour\n\nText."),
        ("::: {.note}\nTake care.\n:::\n\n{: .class}\n\n{% include x.html %}", "Take care."),
        ("> [!NOTE]\n> Take care.\n\n- [ ] sweep\n- [x] trim [ ] it", "Take care.\n\n- ☐ sweep\n- ☑ trim [ ] it"),
        ("A [link](x){target=_blank} and `code`{.py}.", "A link and code."),
    ],
)
def test_the_text_is_what_a_reader_sees(markdown: str, text: str) -> None:
    assert read(markdown).text == text


def test_places_lead_back_to_the_lines_of_the_file() -> None:
    markdown = """\
---
title: "Lease"
---
<!-- a comment
of two lines -->

# Lease

The landlord is
**Margarethe
Vogel**, who `lives
in` the [old
mill](https://example.org
"The mill"), in
1921.

| Month | Rent |
|---|---|
| May | 950 |

```
the code
```
> quoted
> twice
"""
    document = read(markdown)
    expected = {
        "Lease": 7, "landlord": 9, "Margarethe": 10, "Vogel": 11, "lives": 11, "old": 12, "1921": 15,
        "Month": 17, "950": 19, "the code": 22, "quoted": 24, "twice": 25,
    }  # fmt: skip
    found = {}
    for word in expected:
        start = document.text.index(word)
        found[word] = document.locate(start, start + len(word)).line_start
    assert found == expected
    lines = document.lines
    shown = [document.text[a:b] for a, b in zip(lines.starts, lines.ends, strict=True)]
    assert shown[shown.index("The landlord is") :][:2] == ["The landlord is", "Margarethe"]
    assert "The landlord is Margarethe Vogel, who lives in the old mill, in 1921." in document.text
    assert document.line_count == 25


def test_no_answer_goes_beyond_a_row_an_item_or_a_line_of_an_address() -> None:
    document = read(
        "| a | b |\n|---|---|\n| c | d e |\n\n1. one\n   more\n2. two\n\nthree  \nfour\nfive\n\n    code\n    more"
    )
    assert parts(document) == [
        "a", "b", "c", "d e", "1.", "one more", "2.", "two", "three", "four five", "code", "more",
    ]  # fmt: skip


def test_tables_know_their_rows_columns_and_headings() -> None:
    document = read("| Month | **Rent** | |\n|---|--:|---|\n| May | 950<br>EUR | `a|b` |\n| June | | x |\n")
    (table,) = document.tables
    assert table.grid(document.text) == [["Month", "Rent", ""], ["May", "950 EUR", "`a"], ["June", "", "x"]]
    assert (table.header_rows, table.header_columns) == (1, 1)
    assert document.text == "Month  Rent\nMay  950 EUR  `a\nJune  x"
    cell = table.cell_at(document.text.index("950"))
    assert cell is not None
    assert [document.text[c.start : c.end] for c in table.column_headings(cell)] == ["Rent"]


def test_html_is_its_visible_text() -> None:
    document = read(
        "<script>var x = 1;</script>\n\n<div class='box'><h2>The <em>rates</em></h2>\n<p>Paid\nyearly &amp; late.</p>\n"
        "<ul><li>one</li><li>two</li></ul>\n<table>\n<tr><th colspan=2>Rent</th></tr>\n\n<tr><td rowspan='2'>May</td>"
        "<td>950<br>EUR</td></tr><tr><td>970</td></tr>\n</table></div>\n<!-- never closed <p>hidden</p>\n"
    )
    assert document.text == "The rates\n\nPaid yearly & late.\n\n- one\n- two\n\nRent\nMay  950 EUR\n970"
    assert [(section.title, section.level) for section in document.sections] == [("The rates", 1)]
    (table,) = document.tables
    assert table.grid(document.text) == [["Rent", "Rent"], ["May", "950 EUR"], ["May", "970"]]
    assert table.header_rows == 1
    assert document.locate(document.text.index("970"), len(document.text)).line_start == 10


def test_notes_stand_apart_from_their_sentence() -> None:
    document = read(
        "The data *owner*^[The owner is who\nmade **it**.] keeps them[^1] for years[^long].\n\n"
        "[^1]: Since 2019.\n[^long]: See\n    https://example.org.\n"
    )
    assert blocks(document) == [
        ("paragraph", "The data owner keeps them for years."),
        ("footnote", "The owner is who made it."),
        ("footnote", "Since 2019."),
        ("footnote", "See https://example.org."),
    ]
    assert document.locate(document.text.index("Since"), len(document.text)).line_start == 4


def test_headings_are_sections_and_nothing_else_is() -> None:
    document = read(
        "# Guide <a name='top'></a> {#guide}\nhello\n\n## *Setting* up {-}\n\n```sh\n# no heading  here\n```\n\n"
        "# <a id='x'></a>\n\n- an item of\n  three lines\n  ---\n\nlast words\n"
    )
    assert [(s.title, s.level) for s in document.sections] == [("Guide", 0), ("Setting up", 1)]
    assert document.title == "Guide"
    assert document.section_at(document.text.index("last words")) == "Setting up"
    assert document.section_at(document.text.index("hello")) == "Guide"
    assert ("code", "# no heading  here") in blocks(document)
    assert ("list_item", "- an item of three lines") in blocks(document)


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("---\ntitle: The 'Lease'\nrelated:\n  - a\n---\n", "The 'Lease"),
        ("---\n# a comment\nlang: en\n\n# more\nb: 1\n---\n", None),
        ('---\n.title = "2024",\n.custom = {\n  "a": "b",\n}\n---\n', "2024"),
        ('+++\ntitle = "Rates"\n+++\n', "Rates"),
    ],
)
def test_front_matter_is_no_text(front: str, title: str | None) -> None:
    document = read(f"{front}\nThe keeper is Anna.\n")
    assert (document.text, document.title) == ("The keeper is Anna.", title)
    assert document.locate(0, 3).line_start == front.count("\n") + 2
    assert "Anna" in read("---\nA rule, and a sentence.\n\n---\n\nAnna\n").text


def test_only_newlines_end_lines() -> None:
    document = read("# Rules\n\nThe rules\fof the\u2028club\x85house.\n\n\x0bMore\f.\n\n## Fees\n\nThe fee is 60.\n")
    assert document.section_at(document.text.index("60")) == "Fees"
    assert document.locate(document.text.index("60"), len(document.text)).line_start == 9


def test_a_file_that_shows_nothing_is_refused() -> None:
    with pytest.raises(DocqaError, match=r"a\.md shows no text") as failure:
        read("<!-- TODO -->\n\n[1]: https://example.org\n")
    assert failure.value.hint


_MARKDOWN = st.lists(
    st.sampled_from(
        [
            "a", "b c", "\n", "\n\n", "    ", "- ", "1. ", "> ", "# ", "**", "*", "`", "```\n", "[", "](x)", "|",
            "|---|\n", "<", "<p>", "</p>", "<td>", "<table>", "<br>", "<!--", "-->", "[^1]", "[^1]: ", "^[", "]", ":::",
            "---\n", "&amp;", "\\", "  \n",
        ]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(_MARKDOWN)
def test_any_markdown_has_a_structure_in_order(markdown: str) -> None:
    try:
        document = read(markdown)
    except DocqaError:
        return
    lines = document.lines
    assert all(a <= b for a, b in zip(lines.starts, lines.ends, strict=True))
    assert sorted(lines.starts.tolist()) == lines.starts.tolist()
    assert lines.numbers.min() >= 1 and lines.numbers.max() <= markdown.count("\n") + 1
    assert not re.search(r"\n\s*\Z|\A\n", document.text)
    spans = [(block.start, block.end) for block in document.blocks]
    assert all(a < b for a, b in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    for table in document.tables:
        assert all(table.start <= cell.start < cell.end <= table.end for cell in table.cells)
        assert table.grid(document.text)
    assert sorted(set(document.breaks.tolist())) == document.breaks.tolist()


def test_lists_and_quotations_may_be_deep_and_what_is_too_deep_is_told() -> None:
    after = "\n# Second part\n\nThe cook was Jens Bo.\n"
    deep = read("".join(f"{'  ' * level}- level {level}\n" for level in range(40)) + after)
    assert "level 39" in deep.text
    assert "The cook was Jens Bo." in deep.text
    assert deep.warnings == ()
    assert "secret" in read("> " * 60 + f"secret\n{after}").text
    for markdown in ("".join(f"{'  ' * level}- level {level}\n" for level in range(300)), "> " * 300 + "secret\n"):
        (warning,) = read(markdown + after).warnings
        assert "what is deeper may be missing" in warning


PIPED = "# Tides\n\nThe *bar* is 4 m deep.\n\n## Times\n\n- High water: **10:15**\n"


@pytest.mark.parametrize("name", ["-", "/dev/fd/63", "README"])
def test_what_has_no_suffix_is_read_as_the_markdown_that_it_is(name: str) -> None:
    document = parse(Source(name, PIPED.encode()))
    assert document.format == "markdown"
    start = document.text.index("High water: 10:15")
    assert document.locate(start, start + 17).line_start == 7
    assert [section.title for section in document.sections] == ["Tides", "Times"]


@pytest.mark.parametrize(
    ("text", "is_markdown"),
    [
        ("---\ntitle: Tides\n---\nSee [the table](t.md).\n", True),
        ("```sh\nmake all\n```\n\nUse **make** and **tar**.\n", True),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n\n# Notes\n", True),
        ("\ufeff# A\r\n\r\n## B\r\n", True),
        ("# one comment\n\nport = 80\n\n# another one\n\nhost = a\n", False),
        ("# Tides\n## Times\n# are comments\nport = 80\n", False),
        ("#!/bin/sh\n\n# A\n\n## B\n\necho [a](b) [c](d)\n", False),
        ("- one\n- two\n\n1. three\n\n> four\n\nTitle\n=====\n", False),
        ("a ** b ** c and x[1](2), see [1].\n---\nname: x\n---\n", False),
        ("", False),
    ],
)
def test_only_what_has_several_marks_is_markdown(text: str, is_markdown: bool) -> None:
    assert looks_like_markdown(text.encode()) is is_markdown


@given(st.binary(max_size=200) | st.text(alphabet="#-|*`~[]() ab:\n", max_size=300).map(str.encode))
def test_any_bytes_are_markdown_or_not(data: bytes) -> None:
    assert looks_like_markdown(data) in {True, False}
