"""The structure of plain text: which lines go on in the next one, and which were ended on purpose."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docqa.documents import Document, Source, parse

PROSE = """\
The harbour was dredged in the spring of 1921, and the spoil was taken by
barge to the Three Brothers. Captain Fennimore, who had been in charge of at
least ten (10) ships, refused to pay the fee of forty-five
(45) crowns, and the matter went before the court at Lyndhaven in the autumn
of the same year."""


def read(text: str) -> Document:
    return parse(Source("a.txt", text.encode()))


def parts(text: str) -> list[str]:
    """The text cut at its breaks, with white space collapsed."""
    document = read(text)
    cuts = [0, *document.breaks.tolist(), document.body_end]
    found = (" ".join(document.text[a:b].split()) for a, b in pairwise(cuts))
    return [part for part in found if part]


def blocks(text: str) -> list[tuple[str, str]]:
    document = read(text)
    return [(block.kind, " ".join(document.text[block.start : block.end].split())) for block in document.blocks]


def test_a_line_that_was_full_goes_on_in_the_next() -> None:
    assert parts(PROSE) == [" ".join(PROSE.split())]
    assert parts(f"{PROSE}\n\n{PROSE}\n") == [" ".join(PROSE.split())] * 2


def test_text_and_lines_are_those_of_the_file() -> None:
    text = f"\n  {PROSE}\n\f\n- one\n"
    document = read(text)
    assert document.text == text
    assert document.lines.numbers.tolist() == list(range(1, 9))
    assert [text[a:b] for a, b in zip(document.lines.starts, document.lines.ends, strict=True)] == text.split("\n")[:-1]


@pytest.mark.parametrize(
    "lines",
    [
        ["Anna Holm", "The Old Lighthouse", "12 Market Hill", "Lyndhaven", "anna@example.org"],
        ["To: Anna Holm", "From: The Board", "Subject: The rent"],
        [
            "The harbour sleeps beneath the hill,",
            "And all its ships are lying still,",
            "The keeper trims his lamp at eight",
            "And waits for one that comes too late.",
        ],
        ["- a hammer", "- nails", "- a saw"],
        ["1. Open the lid.", "2. Pour in the water.", "3. Close it."],
    ],
)
def test_lines_that_were_ended_on_purpose_stand_alone(lines: list[str]) -> None:
    found = parts(f"{PROSE}\n\n" + "\n".join(lines) + f"\n\n{PROSE}")[1:-1]
    marks = {"-", "1.", "2.", "3."}
    assert [part for part in found if part not in marks] == [
        line.split(" ", 1)[1] if line.split(" ", 1)[0] in marks else line for line in lines
    ]


def test_list_items_are_wrapped_and_nested_and_a_number_in_a_sentence_begins_none() -> None:
    text = """\
Bring these things with you to the meeting, which takes place in the old hall
beside the church:
- a hammer with a long handle, since the short ones were all lent to the people
  of the other village
  * and its case
- nails

(1)   The first clause, which is long enough to be wrapped at the end of its
      line.

(2)   The second."""
    document = read(text)
    items = [block for block in document.blocks if block.kind == "list_item"]
    assert [(item.level, document.text[item.start : item.end].split()[-1]) for item in items] == [
        (0, "village"), (1, "case"), (0, "nails"), (0, "line."), (0, "second."),
    ]  # fmt: skip
    assert [kind for kind, _ in blocks(PROSE)] == ["paragraph"]


def test_columns_of_spaces_are_a_table() -> None:
    text = """\
STOCK OF THE CHANDLERY

ITEM          ON HAND   LAST DELIVERY
------------  -------   -------------
Rope              120   29-SEP-2022
Tar barrels         7   14-MAR-2021
Anchor chain            02-FEB-2023
"""
    document = read(text)
    (table,) = document.tables
    assert table.grid(document.text) == [
        ["ITEM", "ON HAND", "LAST DELIVERY"],
        ["Rope", "120", "29-SEP-2022"],
        ["Tar barrels", "7", "14-MAR-2021"],
        ["Anchor chain", "", "02-FEB-2023"],
    ]
    assert (table.header_rows, table.header_columns) == (1, 1)
    assert {"Rope", "120", "29-SEP-2022", "Tar barrels"} <= set(parts(text))


def test_cells_stand_in_the_columns_that_they_are_under() -> None:
    document = read("""\
                     Harbour dues
Ship            1920      1921     1922
Aurelia          214       220
Bellona                  1,198    1,204
All ships together, with tugs     2,000
""")
    (table,) = document.tables
    total = "All ships together, with tugs"
    assert table.grid(document.text) == [
        ["Ship", "1920", "1921", "1922"], ["Aurelia", "214", "220", ""], ["Bellona", "", "1,198", "1,204"],
        [total, total, total, "2,000"],
    ]  # fmt: skip
    assert table.header_rows == 1


def test_a_statement_is_one_table_with_its_sections_and_signs() -> None:
    document = read(
        """\
                             June 2022    June 2021
                             ---------    ---------
Net sales:
   Boats                     $ 316,199    $ 297,392
   Repairs                      78,129       68,425

Expenses:
   Wages                       201,471      192,266
   Other income, net              (334)         258
Net income                   $  99,803    $  94,680
"""
    )
    (table,) = document.tables
    texts = [
        [" ".join(document.text[cell.start : cell.end].split()) for cell in table.cells if cell.row == row]
        for row in range(8)
    ]
    assert texts == [
        ["June 2022", "June 2021"],
        ["Net sales:"],
        ["Boats", "$ 316,199", "$ 297,392"],
        ["Repairs", "78,129", "68,425"],
        ["Expenses:"],
        ["Wages", "201,471", "192,266"],
        ["Other income, net", "(334)", "258"],
        ["Net income", "$ 99,803", "$ 94,680"],
    ]
    assert (table.header_rows, table.header_columns) == (1, 1)


@pytest.mark.parametrize(
    "rows", ["Rent\t950 EUR\nHeating\t80 EUR", "| Rent | 950 EUR |\n|---|---|\n| Heating | 80 EUR |"]
)
def test_tabs_and_pipes_are_columns_too(rows: str) -> None:
    document = read(rows)
    assert document.tables[0].grid(document.text) == [["Rent", "950 EUR"], ["Heating", "80 EUR"]]
    assert {"Rent", "950 EUR", "Heating", "80 EUR"} <= set(parts(rows))


@pytest.mark.parametrize(
    "text",
    [
        "It was late.  The keeper had gone to bed, and nobody was left on\nthe pier.  A storm came up.  The boat sank.",
        "The  harbour was dredged in the  spring of 1921,  and the spoil was\n"
        "taken  by barge to the Three  Brothers,  where it was dumped into a\n"
        "hole  that nobody had ever  measured, and  where the fish were then\nno longer caught.",
    ],
)
def test_double_spaces_in_sentences_and_in_justified_text_are_no_columns(text: str) -> None:
    assert parts(text) == [" ".join(text.split())]


def test_headings_are_sections() -> None:
    text = f"""\
THE HARBOUR AUTHORITY

{PROSE}

The accounts
------------

{PROSE}

4.1.  Fees of the year

{PROSE}

# Notes

{PROSE}

5 Rope, tar and other things that were bought and are still to be paid for by us

{PROSE}
"""
    document = read(text)
    assert [(section.title, section.level) for section in document.sections] == [
        ("THE HARBOUR AUTHORITY", 0), ("The accounts", 1), ("4.1. Fees of the year", 2), ("Notes", 0),
    ]  # fmt: skip
    assert document.section_at(document.text.index("Notes") + 20) == "Notes"


def test_items_and_entries_of_a_table_of_contents_are_no_headings() -> None:
    contents = "1. The harbour .......... 3\n2. Its ships ......... 12"
    text = f"1. Milk\n\n2. Bread\n\n3. Rope\n\n{PROSE}\n\n{contents}\n\n{PROSE}"
    assert [section.title for section in read(text).sections] in ([], ["3. Rope"])
    assert ("contents", "2. Its ships ......... 12") in blocks(text)


def paginated(pages: int) -> str:
    """A text like an RFC's, with a sentence over each page's end."""
    page = (
        "   The keeper of page {n} looked after the lamp until the war, and\n"
        "   then he told all who asked him that he had"
    )
    foot = "\n\n\nHolm & Thorley              Standards Track                  [Page {n}]\n\f\n"
    head = "RFC 2046                       Lamps                     November 1996\n\n\n"
    text = "".join(
        (head if n > 1 else "") + ("   left it for good.\n\n" if n > 1 else "") + page.format(n=n) + foot.format(n=n)
        for n in range(1, pages + 1)
    )
    return text + head + "   left it for good.\n"


def test_running_heads_of_a_paginated_text_cut_no_sentence() -> None:
    text = paginated(5)
    document = read(text)
    body = document.text[: document.body_end]
    assert "[Page" not in body and "RFC 2046" not in body
    assert parts(text)[1].startswith("The keeper of page 2 looked after")
    assert parts(text)[1].endswith("and then he told all who asked him that he had left it for good.")
    kinds = [block.kind for block in document.blocks]
    assert (kinds.count("header"), kinds.count("footer")) == (5, 5)
    lines = text.split("\n")
    for start, end, number in zip(
        *(getattr(document.lines, each) for each in ("starts", "ends", "numbers")), strict=True
    ):
        assert document.text[start:end] == lines[number - 1]
    shown = [document.text[line.start : line.end] for line in document.page_lines(0)]
    assert [line for line in shown if line.strip()] == [line for line in lines if line.strip()]


def test_a_form_feed_alone_changes_nothing() -> None:
    text = "\n\f\n".join(
        f"{name} came first.\n\nThen {name} left." for name in ("Anna", "Bert", "Cora", "Dora", "Emil")
    )
    assert read(text).text == text


@given(st.text(alphabet=st.sampled_from("aB1.-  \n\t|=#(\f漢"), max_size=120))
def test_any_text_has_a_structure_in_order(text: str) -> None:
    if not text.strip():
        return
    document = read(text)
    assert np.all(np.diff(document.breaks) > 0)
    spans = [(block.start, block.end) for block in document.blocks]
    assert all(start < end for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    for table in document.tables:
        assert all(table.start <= cell.start < cell.end <= table.end for cell in table.cells)
        assert table.grid(document.text)
